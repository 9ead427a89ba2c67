//! Calls in lists: a contact's, a user's, a time's, everybody's.

use serde_json::{Value, json};

use crate::{
    failed::Outcome,
    world::{Tenant, World},
};

async fn listed(tenant: &Tenant, query: &str) -> Outcome<Vec<Value>> {
    let page = tenant.session.get(&format!("/v1/calls{query}")).await?.expect(200)?;
    Ok(page.array("/items")?.iter().map(|call| call["id"].clone()).collect())
}

#[tokio::test]
async fn calls_are_listed_the_latest_first() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let (ada, ben) = (tenant.contact().await?, tenant.contact().await?);
    let mut calls = Vec::new();
    for contact in [&ada, &ben, &ada] {
        calls.insert(0, json!(tenant.call(contact).await?.0));
    }
    assert_eq!(listed(&tenant, "").await?, calls);
    assert_eq!(listed(&tenant, &format!("?user_id={}", tenant.user_id)).await?, calls);
    crate::eventually::eventually("the calls of the contact in the index", async || {
        Ok((listed(&tenant, &format!("?contact_id={ada}")).await?
            == [&calls[0], &calls[2]].map(Clone::clone))
        .then_some(()))
    })
    .await?;
    let middle = tenant.read_call(calls[1].as_str().unwrap_or_default()).await?;
    let time = middle["dialed_at"].as_str().unwrap_or_default();
    assert_eq!(listed(&tenant, &format!("?created_after={time}")).await?, calls[..2]);
    assert_eq!(listed(&tenant, &format!("?created_before={time}")).await?, calls[2..]);

    let mut paged = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = tenant.session.get(&format!("/v1/calls?limit=1{cursor}")).await?.expect(200)?;
        paged.extend(page.array("/items")?.iter().map(|call| call["id"].clone()));
        match page.body["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(paged, calls);
    Ok(())
}

#[tokio::test]
async fn a_query_that_makes_no_sense_is_refused_by_name() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    for (query, field) in [
        ("?contact_id=nonsense", "contact_id"),
        ("?user_id=nonsense", "user_id"),
        ("?created_after=yesterday", "created_after"),
        ("?created_before=2026-13-01", "created_before"),
        ("?limit=0", "limit"),
        ("?cursor=AAAA", "cursor"),
        ("?status=completed", "status"),
        ("?contact_id=con_01kar4t5v3c8m2x9p7w6r4n1hz&user_id=usr_01kar1b2c3d4e5f6g7h8j9k0mn", "user_id"),
    ] {
        let answer = tenant.session.get(&format!("/v1/calls{query}")).await?.expect(400)?;
        assert_eq!(answer.problem_fields(), [field], "{query}");
    }
    let unknown = "/v1/calls?contact_id=con_01kar4t5v3c8m2x9p7w6r4n1hz";
    assert_eq!(tenant.session.get(unknown).await?.status, 404);
    Ok(())
}
