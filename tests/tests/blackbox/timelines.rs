//! The order of what happened, and pages that stay where they are.

use http::Method;
use serde_json::{Value, json};

use crate::{
    eventually::{PATIENCE, eventually},
    failed::Outcome,
    world::{Tenant, World},
};

async fn note(tenant: &Tenant, contact: &str, occurred_at: &str) -> Outcome<String> {
    let path = format!("/v1/contacts/{contact}/notes");
    let body = json!({ "text": occurred_at, "occurred_at": occurred_at });
    Ok(tenant.session.post(&path, &body).await?.expect(201)?.text("/id")?.to_owned())
}

fn texts(items: &[Value]) -> Vec<&str> {
    items.iter().filter_map(|item| item["note"]["text"].as_str()).collect()
}

const TIMES: [&str; 5] = [
    "2026-01-01T00:00:00Z",
    "2026-01-02T00:00:00Z",
    "2026-01-03T00:00:00Z",
    "2026-01-04T00:00:00Z",
    "2026-01-05T00:00:00Z",
];

/// A page is a place in the order: what comes before it shifts nothing, and what is told late stands where it belongs.
#[tokio::test]
async fn pages_join_while_new_things_and_old_ones_arrive() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let contact = tenant.contact().await?;
    for time in [2, 0, 4, 1, 3].map(|index: usize| TIMES[index]) {
        note(&tenant, &contact, time).await?;
    }
    let timeline = format!("/v1/contacts/{contact}/timeline?limit=2");
    let first = tenant.session.get(&timeline).await?.expect(200)?;
    assert_eq!(texts(first.array("/items")?), [TIMES[4], TIMES[3]]);
    let cursor = first.text("/next_cursor")?;
    note(&tenant, &contact, "2026-01-06T00:00:00Z").await?;
    note(&tenant, &contact, "2026-01-02T12:00:00Z").await?;
    let second = tenant.session.get(&format!("{timeline}&cursor={cursor}")).await?.expect(200)?;
    assert_eq!(texts(second.array("/items")?), [TIMES[2], "2026-01-02T12:00:00Z"]);
    let cursor = second.text("/next_cursor")?;
    let third = tenant.session.get(&format!("{timeline}&cursor={cursor}")).await?.expect(200)?;
    assert_eq!(texts(third.array("/items")?), [TIMES[1], TIMES[0]]);
    // A cursor belongs to its order and filter.
    for other in ["&order=oldest", "&types=call"] {
        let answer = tenant.session.get(&format!("{timeline}{other}&cursor={cursor}")).await?.expect(400)?;
        assert_eq!(answer.problem_fields(), ["cursor"]);
    }
    let path = format!("/v1/contacts/{contact}/timeline?order=oldest&limit=3");
    let oldest = tenant.session.get(&path).await?.expect(200)?;
    assert_eq!(texts(oldest.array("/items")?), [TIMES[0], TIMES[1], "2026-01-02T12:00:00Z"]);
    Ok(())
}

/// A contact's own changes stand among what happened with it, and reach open sockets; what the fields hold is not repeated.
#[tokio::test]
async fn changes_of_the_contact_itself_are_told() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let contact = tenant.contact().await?;
    let path = format!("/v1/contacts/{contact}");
    let mut socket = tenant.session.socket().await?;
    let change = json!({ "title": "Head of Purchasing", "tags": ["warm"] });
    let at =
        |method: Method, version: &str| tenant.session.request(method, &path).header("if-match", version);
    at(Method::PATCH, "\"1\"").json(&change).send().await?.expect(200)?;
    // What changes nothing is no change.
    at(Method::PATCH, "\"2\"").json(&change).send().await?.expect(200)?;
    let told = socket
        .wait_for(PATIENCE, |event| {
            event.kind == "activity.created" && event.data["type"] == json!("contact")
        })
        .await?;
    assert_eq!(
        told.data["contact"],
        json!({ "change": "updated", "fields": ["title", "tags"], "version": 2 })
    );
    assert!(!told.data.to_string().contains("Purchasing"), "{}", told.data);
    at(Method::DELETE, "\"2\"").send().await?.expect(204)?;
    tenant.session.post(&format!("{path}/restore"), &json!({})).await?.expect(200)?;
    let timeline = tenant.session.get(&format!("{path}/timeline?types=contact")).await?.expect(200)?;
    let changes: Vec<_> =
        timeline.array("/items")?.iter().map(|item| item["contact"]["change"].clone()).collect();
    assert_eq!(changes, ["restored", "updated"]);
    Ok(())
}

/// The same request sent twice writes one note.
#[tokio::test]
async fn a_note_that_is_sent_twice_is_written_once() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let contact = tenant.contact().await?;
    let path = format!("/v1/contacts/{contact}/notes");
    let send = |text: &str| {
        let request = tenant.session.request(Method::POST, &path).header("idempotency-key", "note-1");
        request.json(&json!({ "text": text })).send()
    };
    let (first, second) =
        (send("Asked for an offer").await?.expect(201)?, send("Asked for an offer").await?.expect(201)?);
    assert_eq!(first.body, second.body);
    send("Something else").await?.expect(422)?;
    assert_eq!(tenant.timeline(&contact).await?.len(), 1);
    Ok(())
}

#[tokio::test]
async fn timeline_and_feed_show_the_types_and_users_that_were_asked_for() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let (contact, another) = (tenant.contact().await?, tenant.contact().await?);
    note(&tenant, &contact, TIMES[1]).await?;
    note(&tenant, &another, TIMES[2]).await?;
    let task = json!({ "contact_id": contact, "text": "Send the offer", "due_at": "2030-01-01T09:00:00Z" });
    tenant.session.post("/v1/tasks", &task).await?.expect(201)?;
    tenant.call(&contact).await?;
    eventually("the call on the timeline", async || {
        Ok((tenant.timeline(&contact).await?.len() == 3).then_some(()))
    })
    .await?;
    let kinds = async |path: String| -> Outcome<Vec<String>> {
        let page = tenant.session.get(&path).await?.expect(200)?;
        let kinds = page.array("/items")?.iter().filter_map(|item| item["type"].as_str());
        Ok(kinds.map(str::to_owned).collect())
    };
    let timeline = format!("/v1/contacts/{contact}/timeline");
    assert_eq!(kinds(format!("{timeline}?types=note")).await?, ["note"]);
    assert_eq!(kinds(format!("{timeline}?types=task,note")).await?, ["task", "note"]);
    assert_eq!(kinds(format!("{timeline}?types=call&user_id={}", tenant.user_id)).await?, ["call"]);
    let nobody = "usr_01kar1b2c3d4e5f6g7h8j9k0mn";
    assert!(kinds(format!("{timeline}?user_id={nobody}")).await?.is_empty());
    eventually("all of it in the feed", async || {
        Ok((kinds("/v1/feed".to_owned()).await?.len() == 4).then_some(()))
    })
    .await?;
    assert_eq!(kinds("/v1/feed?types=note".to_owned()).await?, ["note", "note"]);
    assert_eq!(kinds("/v1/feed?types=task".to_owned()).await?, ["task"]);
    assert!(kinds(format!("/v1/feed?user_id={nobody}")).await?.is_empty());
    for query in ["types=sms", "types=", "user_id=me"] {
        tenant.session.get(&format!("/v1/feed?{query}")).await?.expect(400)?;
    }
    Ok(())
}
