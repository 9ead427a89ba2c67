//! One tenant's burst, and sockets that died without a word.

use std::{collections::BTreeSet, time::Duration};

use aws_sdk_dynamodb::types::{AttributeValue, PutRequest, WriteRequest};
use kernel::{ActivityId, SystemAmbient};
use serde_json::json;

use crate::{
    aws::{Item, key},
    eventually::{PATIENCE, eventually, within},
    failed::{Failed, Outcome},
    world::{Tenant, World},
};

/// What one batch takes; several of them are one batch of the stream, or nearly.
const BATCH: usize = 25;
const BATCHES: usize = 6;
/// A burst is delivered in the end, if not at once.
const LONG: Duration = Duration::from_mins(1);

#[tokio::test]
async fn a_tenants_burst_goes_on_in_its_lane_and_keeps_nobody_else_waiting() -> Outcome {
    let world = World::open().await?;
    let (busy, other) = (world.tenant().await?, world.tenant().await?);
    let (contact, quiet) = (busy.contact().await?, other.contact().await?);
    let mut socket = other.session.socket().await?;
    let activities = burst(&world, &busy, &contact).await?;
    let path = format!("/v1/contacts/{quiet}/notes");
    other.session.post(&path, &json!({ "text": "in between" })).await?.expect(201)?;
    socket.wait_for(PATIENCE, |event| event.kind == "activity.created").await?;

    let told = within(LONG, "the whole burst in the log", async || {
        let told = told(&busy).await?;
        Ok((told.len() >= activities.len()).then_some(told))
    })
    .await?;
    assert_eq!(told.len(), activities.len(), "an event stands twice");
    assert_eq!(told.into_iter().collect::<BTreeSet<_>>(), activities);
    within(LONG, "the lane empty again", async || {
        let lane = world.row(&format!("T#{}#LANE", busy.id), "DISPATCH").await?;
        let lane = lane.ok_or_else(|| Failed::new("the burst took no detour"))?;
        let sent: i64 = lane["sent"].as_n().expect("a number").parse()?;
        let done = lane.get("done").and_then(|done| done.as_s().ok()?.parse::<i64>().ok());
        Ok((done == Some(sent)).then_some(()))
    })
    .await
}

/// The activities of a tenant's log, oldest first.
async fn told(tenant: &Tenant) -> Outcome<Vec<String>> {
    let (mut after, mut ids) = (0, Vec::new());
    loop {
        let page = tenant.session.get(&format!("/v1/events?after={after}&limit=200")).await?.expect(200)?;
        let events = page.array("/items")?.iter().filter(|item| item["event"]["type"] == "activity.created");
        ids.extend(events.filter_map(|item| item["event"]["data"]["id"].as_str().map(str::to_owned)));
        match page.body["next_after"].as_i64() {
            Some(next) => after = next,
            None => return Ok(ids),
        }
    }
}

/// Many activities of a contact at once, past the API; gives the ids of all of its activities.
async fn burst(world: &World, tenant: &Tenant, contact: &str) -> Outcome<BTreeSet<String>> {
    let path = format!("/v1/contacts/{contact}/notes");
    tenant.session.post(&path, &json!({ "text": "first" })).await?.expect(201)?;
    let rows = world.rows_of(&tenant.id).await?;
    let (at, first) = rows
        .into_iter()
        .find(|((pk, _), _)| pk.contains("#TIMELINE#"))
        .ok_or_else(|| Failed::new("no activity"))?;
    let text = |value: &str| AttributeValue::S(value.to_owned());
    let mut ids = BTreeSet::from([first["activity_id"].as_s().expect("an id").clone()]);
    let mut copies: Vec<Item> = Vec::new();
    for number in 0..BATCHES * BATCH {
        let (id, time) = (ActivityId::generate(&SystemAmbient), format!("2026-01-01T00:00:00.{number:03}Z"));
        let mut copy = first.clone();
        copy.extend(key(&at.0, &format!("{time}#{id}")));
        copy.insert("gsi1sk".to_owned(), text(&format!("{time}#{id}")));
        copy.insert("activity_id".to_owned(), text(id.as_str()));
        copy.insert("occurred_at".to_owned(), text(&time));
        ids.insert(id.to_string());
        copies.push(copy);
    }
    let (client, table) = (world.aws.dynamodb(), world.output("TableName"));
    let writes = copies.chunks(BATCH).map(|chunk| {
        let put = |item: &Item| {
            let put = PutRequest::builder().set_item(Some(item.clone())).build().expect("an item");
            WriteRequest::builder().put_request(put).build()
        };
        client.batch_write_item().request_items(table, chunk.iter().map(put).collect()).send()
    });
    for written in futures_util::future::join_all(writes).await {
        assert!(written?.unprocessed_items().is_none_or(std::collections::HashMap::is_empty));
    }
    Ok(ids)
}

/// The gateway never said that it had gone; whoever pushes to it finds out.
#[tokio::test]
async fn a_socket_that_died_silently_is_forgotten_with_what_it_watched() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let contact = tenant.contact().await?;
    let number = |value: i64| AttributeValue::N(value.to_string());
    let text = |value: &str| AttributeValue::S(value.to_owned());
    let later = number(4_000_000_000);
    let dead = "ZGVhZGRlYWRkZWFk";
    let mut row = key(&format!("T#{}#SOCKET#{}", tenant.id, tenant.user_id), dead);
    row.insert("connected_at".to_owned(), text("2026-01-01T00:00:00.000Z"));
    row.insert("expires_at".to_owned(), later.clone());
    world.put_row(row).await?;
    for (partition, sort) in [(contact.as_str(), dead), (dead, contact.as_str())] {
        let mut row = key(&format!("T#{}#WATCH#{partition}", tenant.id), sort);
        row.insert("user_id".to_owned(), text(&tenant.user_id));
        row.insert("expires_at".to_owned(), later.clone());
        world.put_row(row).await?;
    }
    let mut alive = tenant.session.socket().await?;
    let path = format!("/v1/contacts/{contact}/notes");
    tenant.session.post(&path, &json!({ "text": "anybody there?" })).await?.expect(201)?;
    alive.wait_for(PATIENCE, |event| event.kind == "activity.created").await?;
    eventually("nothing left of the dead socket", async || {
        let rows = world.rows_of(&tenant.id).await?;
        let of_it = rows.keys().filter(|(pk, sk)| pk.contains(dead) || sk == dead);
        Ok((of_it.count() == 0).then_some(()))
    })
    .await?;
    alive.ping(PATIENCE).await?;
    Ok(())
}
