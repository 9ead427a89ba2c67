//! What nobody can search for: refused with a reason, or found nowhere; never a fault of ours.

use serde_json::json;

use super::create;
use crate::{failed::Outcome, world::World};

#[tokio::test]
async fn a_query_that_means_nothing_finds_nothing_or_is_refused() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    create(&tenant, &json!({ "first_name": "Ada", "last_name": "Lovelace" })).await?;
    for text in [
        "",
        "   ",
        "the and of",
        "?!…",
        "\t\n",
        "🎈",
        "9999999",
        "a b c d e f g h i j k l",
        "'''",
        "@.@",
        "\u{202e}",
    ] {
        let answer = tenant.session.post("/v1/contacts/search", &json!({ "q": text })).await?.expect(200)?;
        assert!(answer.array("/items")?.is_empty(), "{text:?}: {}", answer.body);
    }
    for (body, field) in [
        (json!({ "q": "a".repeat(10_000) }), "q"),
        (json!({ "q": "ж".repeat(501) }), "q"),
        (json!({ "q": "ada\u{0}" }), "q"),
        (json!({ "q": "a\u{1b}[31m" }), "q"),
        (json!({ "q": 5 }), "q"),
        (json!({ "q": ["ada"] }), "q"),
        (json!({ "q": null }), "q"),
        (json!({}), "q"),
        (json!({ "q": "ada", "limit": 0 }), "limit"),
        (json!({ "q": "ada", "limit": 51 }), "limit"),
        (json!({ "q": "ada", "limit": -1 }), "limit"),
        (json!({ "q": "ada", "limit": "10" }), "limit"),
        (json!({ "q": "ada", "fields": ["first_name"] }), "fields"),
    ] {
        let answer = tenant.session.post("/v1/contacts/search", &body).await?;
        assert_eq!((answer.status, answer.problem_fields()), (400, vec![field]), "{body}");
    }
    tenant.session.post("/v1/contacts/search?q=ada", &json!({ "q": "ada" })).await?.expect(400)?;
    Ok(())
}
