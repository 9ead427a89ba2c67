//! `GET /v1/contacts` in its orders.

use http::Method;
use kernel::{Ambient, Role, SystemAmbient};
use serde_json::{Value, json};

use super::{delete, patch};
use crate::{
    bad_input::assert_names,
    eventually::eventually,
    failed::Outcome,
    people::Person,
    world::{Tenant, World},
};

async fn listed(tenant: &Tenant, query: &str) -> Outcome<Vec<String>> {
    let answer = tenant.session.get(&format!("/v1/contacts?{query}")).await?.expect(200)?;
    Ok(answer.array("/items")?.iter().filter_map(|item| item["id"].as_str().map(str::to_owned)).collect())
}

/// The indexes follow the table within a moment.
async fn assert_listed(tenant: &Tenant, query: &str, expected: &[&String]) -> Outcome {
    eventually(query, async || {
        Ok((listed(tenant, query).await?.iter().collect::<Vec<_>>() == expected).then_some(()))
    })
    .await
}

async fn assert_at_once(tenant: &Tenant, query: &str, expected: &[&String]) -> Outcome {
    assert_eq!(listed(tenant, query).await?.iter().collect::<Vec<_>>(), expected, "{query}");
    Ok(())
}

#[tokio::test]
async fn a_list_has_the_order_and_the_bounds_that_are_asked_for() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let other = Person::join(&world, &tenant, "other", Role::Rep).await?;
    let [first, second, third] = [tenant.contact().await?, tenant.contact().await?, tenant.contact().await?];
    let now = SystemAmbient.now();
    patch(&tenant, &first, 1, &json!({ "title": "T" })).await?.expect(200)?;
    patch(&tenant, &second, 1, &json!({ "owner_id": other.id })).await?.expect(200)?;

    assert_listed(&tenant, "", &[&third, &second, &first]).await?;
    assert_listed(&tenant, "sort=created", &[&first, &second, &third]).await?;
    assert_listed(&tenant, "sort=-updated", &[&second, &first, &third]).await?;
    assert_listed(&tenant, "sort=updated", &[&third, &first, &second]).await?;
    assert_listed(&tenant, &format!("owner_id={}", other.id), &[&second]).await?;
    assert_listed(&tenant, &format!("owner_id={}&sort=created", tenant.user_id), &[&first, &third]).await?;
    assert_listed(&tenant, &format!("created_after={now}"), &[]).await?;
    let hour_ago = now.plus_seconds(-3600);
    assert_listed(&tenant, &format!("created_before={hour_ago}"), &[]).await?;
    for (after, before) in [(now, hour_ago), (now, now)] {
        for order in ["sort=created", "sort=-created", &format!("owner_id={}", tenant.user_id), "tag=any"] {
            let none = format!("created_after={after}&created_before={before}&{order}");
            assert_at_once(&tenant, &none, &[]).await?;
        }
        let none = format!("touched_after={after}&touched_before={before}");
        assert_at_once(&tenant, &none, &[]).await?;
    }
    let within = format!("created_after={hour_ago}&created_before={now}&sort=created");
    assert_listed(&tenant, &within, &[&first, &second, &third]).await?;

    assert_listed(&tenant, "sort=-last_touched", &[]).await?;
    for contact in [&third, &first] {
        let (call, _) = tenant.call(contact).await?;
        eventually("the end of the call", async || {
            Ok(tenant.read_call(&call).await?["disposition"].as_str().map(drop))
        })
        .await?;
    }
    assert_listed(&tenant, "sort=-last_touched", &[&first, &third]).await?;
    assert_listed(&tenant, "sort=last_touched", &[&third, &first]).await?;
    assert_listed(&tenant, &format!("touched_after={hour_ago}"), &[&first, &third]).await?;
    assert_listed(&tenant, &format!("touched_before={hour_ago}"), &[]).await?;
    // Touches together with everything else.
    let (mine, theirs) = (format!("owner_id={}", tenant.user_id), format!("owner_id={}", other.id));
    for order in ["sort=last_touched", "sort=-created", "sort=-updated"] {
        let expected: &[&String] =
            if order == "sort=-updated" { &[&first, &third] } else { &[&third, &first] };
        assert_listed(&tenant, &format!("{mine}&touched_after={hour_ago}&{order}"), expected).await?;
        assert_listed(
            &tenant,
            &format!("touched_after={hour_ago}&created_after={hour_ago}&{order}"),
            expected,
        )
        .await?;
        assert_listed(&tenant, &format!("{mine}&touched_before={hour_ago}&{order}"), &[]).await?;
        assert_listed(&tenant, &format!("{theirs}&touched_after={hour_ago}&{order}"), &[]).await?;
        assert_listed(&tenant, &format!("tag=any&touched_after={hour_ago}&{order}"), &[]).await?;
    }

    delete(&tenant, &third, 1).await?.expect(204)?;
    assert_listed(&tenant, "sort=updated", &[&first, &second]).await?;
    assert_listed(&tenant, "sort=last_touched", &[&first]).await
}

#[tokio::test]
async fn a_contact_is_created_when_it_says() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let post = tenant.session.request(Method::POST, "/v1/contacts").header("idempotency-key", "the-one");
    let made = post.json(&json!({ "last_name": "L", "tags": ["any"] })).send().await?.expect(201)?;
    let (id, at) = (made.text("/id")?.to_owned(), made.text("/created_at")?);
    for order in ["sort=created", "tag=any"] {
        assert_at_once(&tenant, &format!("created_after={at}&{order}"), &[&id]).await?;
        assert_at_once(&tenant, &format!("created_before={at}&{order}"), &[]).await?;
    }
    Ok(())
}

#[tokio::test]
async fn each_order_is_paged_by_cursors_of_its_own() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let mut contacts = Vec::new();
    for _ in 0..3 {
        contacts.push(tenant.contact().await?);
    }
    let owner = format!("owner_id={}", tenant.user_id);
    for contact in &contacts {
        let (call, _) = tenant.call(contact).await?;
        eventually("the end of the call", async || {
            Ok(tenant.read_call(&call).await?["disposition"].as_str().map(drop))
        })
        .await?;
    }
    let queries = [
        "sort=created",
        "sort=updated",
        "sort=last_touched",
        &format!("sort=created&{owner}"),
        &format!("sort=updated&{owner}"),
        &format!("sort=last_touched&{owner}"),
        "sort=created&touched_after=2026-01-01T00:00:00Z",
    ];
    for query in queries {
        assert_listed(&tenant, query, &contacts.iter().collect::<Vec<_>>()).await?;
        let first = tenant.session.get(&format!("/v1/contacts?limit=2&{query}")).await?.expect(200)?;
        let cursor = first.text("/next_cursor")?;
        let second = tenant
            .session
            .get(&format!("/v1/contacts?limit=2&{query}&cursor={cursor}"))
            .await?
            .expect(200)?;
        let ids: Vec<&Value> = [&first, &second]
            .iter()
            .flat_map(|page| page.array("/items").into_iter().flatten())
            .map(|item| &item["id"])
            .collect();
        assert_eq!(ids, contacts.iter().map(|id| json!(id)).collect::<Vec<_>>().iter().collect::<Vec<_>>());
        let elsewhere =
            tenant.session.get(&format!("/v1/contacts?limit=2&sort=-updated&cursor={cursor}")).await?;
        assert_names(&elsewhere, "cursor", "a cursor of another order");
        let tampered = format!("{}A", &cursor[..cursor.len() - 1]);
        let tampered =
            if tampered == cursor { format!("{}B", &cursor[..cursor.len() - 1]) } else { tampered };
        let answer = tenant.session.get(&format!("/v1/contacts?limit=2&{query}&cursor={tampered}")).await?;
        assert_names(&answer, "cursor", "a tampered cursor");
    }
    Ok(())
}

#[tokio::test]
async fn what_a_list_cannot_have_is_named() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    for (query, field) in [
        ("sort=name".to_owned(), "sort"),
        ("sort=".to_owned(), "sort"),
        ("owner_id=me".to_owned(), "owner_id"),
        ("created_after=yesterday".to_owned(), "created_after"),
        ("company_id=acme".to_owned(), "company_id"),
        ("tag=".to_owned(), "tag"),
        (format!("tag={}", "a".repeat(101)), "tag"),
        ("touched_before=soon".to_owned(), "touched_before"),
        ("colour=red".to_owned(), "colour"),
    ] {
        assert_names(&tenant.session.get(&format!("/v1/contacts?{query}")).await?, field, &query);
    }
    Ok(())
}

/// What the search holds is as it was committed, so a list from it shows one's own write at once.
#[tokio::test]
async fn a_list_is_filtered_by_tag_and_company() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let company = tenant.session.post("/v1/companies", &json!({ "name": "Acme" })).await?.expect(201)?;
    let company = company.text("/id")?;
    let make = async |contact: Value| -> Outcome<String> {
        let answer = tenant.session.post("/v1/contacts", &contact).await?.expect(201)?;
        Ok(answer.text("/id")?.to_owned())
    };
    let lead = make(json!({ "last_name": "One", "tags": ["Léad"] })).await?;
    let both = make(json!({ "last_name": "Two", "tags": ["lead", "fair"], "company_id": company })).await?;
    let own = json!({ "last_name": "Three", "tags": ["lead"], "company_id": company, "visibility": "owner" });
    let own = make(own).await?;
    assert_at_once(&tenant, "tag=lead", &[&own, &both, &lead]).await?;
    assert_at_once(&tenant, "tag=LEAD&sort=created", &[&lead, &both, &own]).await?;
    assert_at_once(&tenant, "tag=fair", &[&both]).await?;
    assert_at_once(&tenant, "tag=nothing", &[]).await?;
    assert_at_once(&tenant, &format!("company_id={company}"), &[&own, &both]).await?;
    assert_at_once(&tenant, &format!("company_id={company}&tag=fair"), &[&both]).await?;

    patch(&tenant, &lead, 1, &json!({ "tags": ["won"] })).await?.expect(200)?;
    assert_at_once(&tenant, "tag=lead&sort=updated", &[&both, &own]).await?;
    assert_at_once(&tenant, "tag=won", &[&lead]).await?;
    delete(&tenant, &both, 1).await?.expect(204)?;
    assert_at_once(&tenant, "tag=lead", &[&own]).await?;
    let colleague = Person::join(&world, &tenant, "colleague", Role::Rep).await?.session;
    let seen = colleague.get("/v1/contacts?tag=lead").await?.expect(200)?;
    assert_eq!(seen.body["items"], json!([]), "somebody else's own contact");
    Ok(())
}
