//! What is found, and how it is shown.

use blackbox::Session;
use kernel::Role;
use serde_json::json;

use super::{create, found};
use crate::{failed::Outcome, people::Person, world::World};

#[tokio::test]
async fn a_search_forgives() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let mut ids = Vec::new();
    for contact in [
        json!({
            "first_name": "John", "last_name": "Smith", "company_name": "Acme Rockets", "tags": ["Trade fair"],
            "emails": [{ "address": "j.smith@rockets.example", "type": "work" }],
            "phones": [{ "number": "+1 (415) 555-0132", "type": "mobile" }],
        }),
        json!({ "first_name": "José", "last_name": "Muñoz", "title": "Head of Procurement" }),
        json!({ "first_name": "Елена", "last_name": "Кузнецова" }),
        json!({ "first_name": "Γιώργος", "last_name": "Παπαδόπουλος" }),
        json!({ "first_name": "محمد", "last_name": "الحسن" }),
        json!({ "first_name": "太郎", "last_name": "田中" }),
        json!({ "first_name": "민수", "last_name": "김" }),
    ] {
        ids.push(create(&tenant, &contact).await?);
    }
    for (query, expected) in [
        ("Jonh Smtih", 0),
        ("smith john", 0),
        ("smi", 0),
        ("rokets", 0),
        ("trade fair", 0),
        ("j.smith@rockets.example", 0),
        ("(415) 555-0132", 0),
        ("4155550132", 0),
        ("555 0132", 0),
        ("jose munoz", 1),
        ("MUÑO", 1),
        ("procurment", 1),
        ("Кузнетсова", 2),
        ("γιωργος", 3),
        ("محمد", 4),
        ("田中太郎", 5),
        ("太郎", 5),
        ("김민수", 6),
    ] {
        assert_eq!(found(&tenant, query).await?.first(), Some(&ids[expected]), "{query}");
    }
    Ok(())
}

#[tokio::test]
async fn what_was_found_shows_where() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let contact = json!({
        "first_name": "Ada", "last_name": "Lovelace",
        "phones": [{ "number": "+1 (415) 555-0132", "type": "mobile" }],
    });
    let id = create(&tenant, &contact).await?;
    let query = json!({ "q": "lovlace 555-0132", "limit": 1 });
    let answer = tenant.session.post("/v1/contacts/search", &query).await?.expect(200)?;
    let found = &answer.array("/items")?[0];
    assert_eq!(found["contact"], tenant.session.get(&format!("/v1/contacts/{id}")).await?.body);
    assert_eq!(
        found["highlights"],
        json!([
            { "field": "last_name", "ranges": [[0, 8]] },
            { "field": "phones[0].raw", "ranges": [[9, 17]] },
            { "field": "phones[0].e164", "ranges": [[5, 12]] },
        ])
    );
    Ok(())
}

#[tokio::test]
async fn what_was_committed_is_found_at_once() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    for number in 0..10 {
        let name = format!("Person{number}");
        let id = create(&tenant, &json!({ "first_name": name, "last_name": "Atonce" })).await?;
        assert_eq!(found(&tenant, &format!("{name} atonce")).await?.first(), Some(&id));
    }
    Ok(())
}

/// A colleague finds what they may see, whoever owns it, and nothing else.
#[tokio::test]
async fn what_a_colleague_may_not_see_is_not_found() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let colleague = Person::join(&world, &tenant, "colleague", Role::Rep).await?;
    let shared = create(&tenant, &json!({ "last_name": "Namesake", "visibility": "tenant" })).await?;
    let own = create(&tenant, &json!({ "last_name": "Namesake", "visibility": "owner" })).await?;
    let found_by = async |session: &Session| -> Outcome<Vec<String>> {
        let answer = session.post("/v1/contacts/search", &json!({ "q": "namesake" })).await?.expect(200)?;
        let ids = answer.array("/items")?.iter().filter_map(|item| item["contact"]["id"].as_str());
        Ok(ids.map(str::to_owned).collect())
    };
    assert_eq!(found_by(&colleague.session).await?, std::slice::from_ref(&shared));
    let mut all = found_by(&tenant.session).await?;
    all.sort();
    let mut both = [shared, own];
    both.sort();
    assert_eq!(all, both);
    Ok(())
}

#[tokio::test]
async fn as_many_as_asked_for_are_given() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    for _ in 0..6 {
        create(&tenant, &json!({ "last_name": "Namesake" })).await?;
    }
    for (limit, expected) in [(1, 1), (5, 5), (50, 6)] {
        let query = json!({ "q": "namesake", "limit": limit });
        let answer = tenant.session.post("/v1/contacts/search", &query).await?.expect(200)?;
        assert_eq!(answer.array("/items")?.len(), expected);
    }
    Ok(())
}
