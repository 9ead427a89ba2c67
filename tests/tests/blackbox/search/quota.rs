//! How often one may search.

use aws_sdk_dynamodb::types::AttributeValue;
use kernel::{Ambient, Role, SystemAmbient};
use serde_json::json;

use crate::{aws::key, bad_input::assert_problem, failed::Outcome, people::Person, world::World};

/// The parameter `name` of a header such as `"default";r=287;t=42`.
fn parameter(header: &str, name: &str) -> Option<i64> {
    header.split(';').find_map(|part| part.strip_prefix(name)?.strip_prefix('=')?.parse().ok())
}

#[tokio::test]
async fn whoever_has_searched_too_often_is_told_to_wait() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let colleague = Person::join(&world, &tenant, "colleague", Role::Rep).await?;
    let query = json!({ "q": "ada" });
    let answer = tenant.session.post("/v1/contacts/search", &query).await?.expect(200)?;
    let header = |name: &str| answer.header(name).unwrap_or_default();
    let quota = parameter(header("ratelimit-policy"), "q").expect("a quota");
    assert_eq!(parameter(header("ratelimit-policy"), "w"), Some(60));
    // A write that the client repeats counts twice.
    assert!((0..quota).contains(&parameter(header("ratelimit"), "r").expect("what is left")));
    assert!((1..=60).contains(&parameter(header("ratelimit"), "t").unwrap_or_default()));
    let nothing = tenant.session.post("/v1/contacts/search", &json!({ "q": "?" })).await?.expect(200)?;
    assert_eq!(nothing.header("ratelimit"), None);

    // This minute, and those that may begin meanwhile.
    let minute = SystemAmbient.now().as_second().div_euclid(60);
    for minute in minute..minute + 3 {
        let partition = format!("T#{}#USES#{}", tenant.id, tenant.user_id);
        let mut row = key(&partition, &format!("search#{minute}"));
        row.insert("uses".to_owned(), AttributeValue::N(quota.to_string()));
        world.put_row(row).await?;
    }
    let refused = tenant.session.post("/v1/contacts/search", &query).await?;
    assert_problem(&refused, 429, "too_many_requests", "one search too many");
    let wait: i64 = refused.header("retry-after").unwrap_or_default().parse()?;
    assert!((1..=60).contains(&wait), "{wait}");
    let left = refused.header("ratelimit").unwrap_or_default();
    assert_eq!((parameter(left, "r"), parameter(left, "t")), (Some(0), Some(wait)));
    colleague.session.post("/v1/contacts/search", &query).await?.expect(200)?;
    Ok(())
}
