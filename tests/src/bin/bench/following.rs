//! How soon the lists that are read from indexes follow what was committed.

use std::time::{Duration, Instant};

use blackbox::{Error, Session};
use http::Method;
use serde_json::json;

use crate::{
    calls::{call_of, new_contact, place_in_turn},
    report::Report,
    samples::Samples,
    world::World,
};

const ROUNDS: usize = 20;
const BUDGET_MS: f64 = 1000.0;
const LIMIT: Duration = Duration::from_secs(15);

/// Two contacts take turns in being the last that anything has happened to.
pub async fn measure(world: &World, report: &mut Report) -> Result<(), Error> {
    let rep = &world.reps[0];
    let contacts = [new_contact(world, rep).await?, new_contact(world, rep).await?];
    report.latencies("contacts-list.follows_change", &changes(rep, &contacts).await?, Some(BUDGET_MS));
    report.latencies("contacts-list.follows_touch", &touches(rep, &contacts).await?, Some(BUDGET_MS));
    Ok(())
}

/// From the answer to a change until the list in the order of changes has been seen with it.
async fn changes(rep: &Session, contacts: &[String; 2]) -> Result<Samples, Error> {
    let mut samples = Samples::default();
    for round in 0..ROUNDS {
        let contact = &contacts[round % 2];
        let version = format!("\"{}\"", 1 + round / 2);
        let change =
            rep.request(Method::PATCH, &format!("/v1/contacts/{contact}")).header("if-match", &version);
        change.json(&json!({ "title": format!("Buyer {round}") })).send().await?.expect(200)?;
        samples.add(until_first(rep, "-updated", contact, Instant::now()).await?);
    }
    Ok(samples)
}

/// From the arrival of a call's activity on a socket until the list in the order of touching has been seen with it.
async fn touches(rep: &Session, contacts: &[String; 2]) -> Result<Samples, Error> {
    let mut samples = Samples::default();
    let mut turn = Instant::now();
    let mut socket = rep.socket().await?;
    for round in 0..ROUNDS {
        let contact = &contacts[round % 2];
        let (call, _) = place_in_turn(rep, contact, &mut turn).await?;
        let call = call.text("/id")?;
        let activity = socket
            .wait_for(LIMIT, |event| event.kind == "activity.created" && call_of(event) == Some(call))
            .await?;
        samples.add(until_first(rep, "-last_touched", contact, activity.received_at).await?);
    }
    Ok(samples)
}

async fn until_first(rep: &Session, order: &str, contact: &str, start: Instant) -> Result<Duration, Error> {
    let path = format!("/v1/contacts?limit=1&sort={order}");
    while start.elapsed() < LIMIT {
        let page = rep.get(&path).await?.expect(200)?;
        if page.body["items"][0]["id"] == contact {
            return Ok(start.elapsed());
        }
    }
    Err(Error::TooLate { what: "a list that follows", waited: LIMIT })
}
