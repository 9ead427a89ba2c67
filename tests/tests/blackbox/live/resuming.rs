//! What a client has missed is what it gets.

use serde_json::json;

use super::{numbers, take};
use crate::{
    eventually::{PATIENCE, eventually},
    failed::Outcome,
    world::{Tenant, World},
};

/// Places a call and waits for its end; gives how many events the user's log holds then.
async fn call_through(tenant: &Tenant, contact: &str) -> Outcome<i64> {
    let before = tenant.timeline(contact).await?.len();
    tenant.call(contact).await?;
    eventually("the call's activity", async || {
        Ok((tenant.timeline(contact).await?.len() > before).then_some(()))
    })
    .await?;
    settled(tenant).await
}

/// The log's newest number, once the last of a call's events, its activity, is in it.
async fn settled(tenant: &Tenant) -> Outcome<i64> {
    eventually("the activity in the log", async || {
        let page = tenant.session.get("/v1/events?after=0&limit=200").await?.expect(200)?;
        let items = page.array("/items")?;
        let ended = items.iter().any(|item| item["event"]["data"]["status"] == json!("completed"));
        let told = items.iter().any(|item| item["event"]["type"] == json!("activity.created"));
        Ok((ended && told).then_some(page.integer("/seq")?))
    })
    .await
}

#[tokio::test]
async fn a_client_gets_what_it_missed_in_order_and_nothing_twice() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let contact = tenant.contact().await?;
    let mut socket = tenant.session.socket().await?;
    let start = socket.resume(None, PATIENCE).await?;
    assert_eq!(start.seq, 0);
    tenant.call(&contact).await?;
    let first = socket.next_event(PATIENCE).await?;
    assert_eq!((first.seq, &first.epoch), (1, &start.epoch));
    drop(socket);

    let last = settled(&tenant).await?;
    let mut socket = tenant.session.socket().await?;
    let hello = socket.resume(Some((&start.epoch, 1)), PATIENCE).await?;
    assert_eq!((hello.seq, &hello.epoch), (last, &start.epoch));
    let missed = take(&mut socket, usize::try_from(last - 1)?).await?;
    assert_eq!(numbers(&missed), (2..=last).collect::<Vec<_>>());
    // Up to date: hello and nothing else, as the pong behind it shows.
    socket.resume(Some((&start.epoch, last)), PATIENCE).await?;
    socket.ping(PATIENCE).await?;

    let page = tenant.session.get(&format!("/v1/events?epoch={}&after=1", start.epoch)).await?.expect(200)?;
    let ids: Vec<_> = page.array("/items")?.iter().map(|item| item["event"]["id"].clone()).collect();
    assert_eq!(ids, missed.iter().map(|event| json!(event.id)).collect::<Vec<_>>());
    Ok(())
}

#[tokio::test]
async fn all_sockets_of_a_user_hear_the_same_under_the_same_numbers() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let contact = tenant.contact().await?;
    let (mut one, mut other) = (tenant.session.socket().await?, tenant.session.socket().await?);
    let last = call_through(&tenant, &contact).await?;
    let count = usize::try_from(last)?;
    let mut heard = [take(&mut one, count).await?, take(&mut other, count).await?];
    for events in &mut heard {
        // Two dispatchers may overtake each other on the way; the numbers tell.
        events.sort_by_key(|event| event.seq);
        assert_eq!(numbers(events), (1..=last).collect::<Vec<_>>());
    }
    let ids =
        |events: &[blackbox::SocketEvent]| events.iter().map(|event| event.id.clone()).collect::<Vec<_>>();
    assert_eq!(ids(&heard[0]), ids(&heard[1]));
    Ok(())
}

#[tokio::test]
async fn pages_over_http_join_without_a_gap() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let contact = tenant.contact().await?;
    let last = call_through(&tenant, &contact).await?;
    let (mut after, mut seen) = (0, Vec::new());
    loop {
        let page = tenant.session.get(&format!("/v1/events?after={after}&limit=2")).await?.expect(200)?;
        seen.extend(page.array("/items")?.iter().filter_map(|item| item["seq"].as_i64()));
        match page.body["next_after"].as_i64() {
            Some(next) => after = next,
            None => break,
        }
    }
    assert_eq!(seen, (1..=last).collect::<Vec<_>>());
    let position = tenant.session.get("/v1/events").await?.expect(200)?;
    assert_eq!((position.integer("/seq")?, position.array("/items")?.len()), (last, 0));
    Ok(())
}

/// The oldest entry has expired: what is missing cannot be made up.
#[tokio::test]
async fn a_log_that_was_trimmed_says_so() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let contact = tenant.contact().await?;
    let last = call_through(&tenant, &contact).await?;
    let (partition, entry) = (format!("T#{}#EVENTS#{}", tenant.id, tenant.user_id), format!("LOG#{:016}", 1));
    let request = world.aws.dynamodb().delete_item().table_name(world.output("TableName"));
    request.set_key(Some(crate::aws::key(&partition, &entry))).send().await?;
    let mut socket = tenant.session.socket().await?;
    let hello = socket.resume(None, PATIENCE).await?;
    socket.resume(Some((&hello.epoch, 0)), PATIENCE).await?;
    let reset = socket.next_answer(PATIENCE).await?;
    assert_eq!(reset, json!({ "type": "reset", "epoch": hello.epoch }));
    socket.resume(Some((&hello.epoch, 1)), PATIENCE).await?;
    assert_eq!(
        numbers(&take(&mut socket, usize::try_from(last - 1)?).await?),
        (2..=last).collect::<Vec<_>>()
    );
    let page = tenant.session.get("/v1/events?after=0").await?.expect(200)?;
    assert_eq!(page.body["reset"], json!(true));
    Ok(())
}
