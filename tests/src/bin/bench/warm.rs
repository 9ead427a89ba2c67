//! What warm requests ask of AWS. These figures do not depend on the machine.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use blackbox::{Error, Session};
use http::Method;
use tokio::time::sleep;

use crate::{
    calls::{Placed, place_in_turn},
    emulator::{Counters, Summary},
    report::{Report, count},
    world::World,
};

const ROUNDS: usize = 20;
const SOCKETS: usize = 5;
const CALLS: usize = 3;
const LIMIT: Duration = Duration::from_secs(15);
/// Nobody is told when a function has forgotten a socket.
const SETTLING: Duration = Duration::from_secs(1);
/// Between two looks at something of which nobody is told when it is done.
const PAUSE: Duration = Duration::from_millis(50);

/// Asks every route a few times, all of them warm by now, and counts. The emulator's own counters are the judge of KMS and
/// STS: they see every call of every function, whether the function counts it or not. What one request costs is taken from
/// the functions' summaries.
pub async fn measure(world: &World, placed: &Placed, report: &mut Report) -> Result<(), Error> {
    // Sockets have only been opened so far.
    open_and_close_sockets(&world.reps[0]).await?;
    let since = world.clock.milliseconds();
    let before = world.emulator.counters().await?;
    exercise(world, placed).await?;
    let after = world.emulator.counters().await?;
    for service in ["kms", "sts"] {
        let calls = of_functions(&after, service) - of_functions(&before, service);
        report.hold(format!("warm.{service}_calls"), units(calls), "", 0.0);
    }
    for (function, summaries) in invocations(world, since).await? {
        summarize(&function, &summaries, report);
    }
    Ok(())
}

/// The calls to a service under the functions' own roles and the data roles.
fn of_functions(counters: &Counters, service: &str) -> u64 {
    counters.calls(service, |role| role.starts_with("sep-") && role != "sep-provisioner")
}

async fn exercise(world: &World, placed: &Placed) -> Result<(), Error> {
    let rep = &world.reps[0];
    let contact = format!("/v1/contacts/{}", placed.contact);
    for _ in 0..ROUNDS {
        world.sign_in().send().await?.expect(200)?;
        rep.post("/v1/contacts", &world.contact()).await?.expect(201)?;
        rep.get(&contact).await?.expect(200)?;
        rep.get("/v1/contacts?limit=50").await?.expect(200)?;
        rep.get(&format!("{contact}/timeline")).await?.expect(200)?;
        rep.get(&format!("/v1/calls/{}", placed.call)).await?.expect(200)?;
        rep.request(Method::POST, "/v1/realtime/ticket").send().await?.expect(201)?;
    }
    open_and_close_sockets(rep).await?;
    let mut turn = Instant::now();
    let mut last = String::new();
    for _ in 0..CALLS {
        let (answer, _) = place_in_turn(rep, &placed.contact, &mut turn).await?;
        answer.text("/id")?.clone_into(&mut last);
    }
    await_touch(rep, &contact, &last).await
}

/// One after the other, also for whoever forgets them: a second that closes meanwhile starts another environment.
async fn open_and_close_sockets(rep: &Session) -> Result<(), Error> {
    for _ in 0..SOCKETS {
        let mut socket = rep.socket().await?;
        socket.ping(LIMIT).await?;
        socket.close(LIMIT).await?;
        sleep(SETTLING).await;
    }
    Ok(())
}

/// Waits for the call's end, and until its contact is touched by it: then every function on its way has run.
async fn await_touch(rep: &Session, contact: &str, call: &str) -> Result<(), Error> {
    let deadline = Instant::now() + LIMIT;
    loop {
        let seen = rep.get(&format!("/v1/calls/{call}")).await?.expect(200)?;
        let touched = rep.get(contact).await?.expect(200)?;
        // A call's activity occurs when the call is placed, and stands there once it has ended.
        let (placed, ended) = (seen.text("/dialed_at")?, seen.text("/completed_at").is_ok());
        if ended && touched.text("/last_touched_at").is_ok_and(|touched| touched >= placed) {
            return Ok(());
        }
        if Instant::now() > deadline {
            return Err(Error::TooLate { what: "a contact touched by its call's end", waited: LIMIT });
        }
        sleep(PAUSE).await;
    }
}

async fn invocations(world: &World, since: i64) -> Result<BTreeMap<String, Vec<Summary>>, Error> {
    let mut all = BTreeMap::new();
    for function in world.emulator.functions().await? {
        let summaries = world.emulator.summaries(&function.handler, since).await?;
        if !summaries.is_empty() {
            all.insert(function.handler, summaries);
        }
    }
    Ok(all)
}

/// Means of one invocation; for KMS and STS the sum, for one is one too many.
fn summarize(function: &str, summaries: &[Summary], report: &mut Report) {
    let sum = |value: fn(&Summary) -> f64| summaries.iter().map(value).sum::<f64>();
    let mean = |value: fn(&Summary) -> f64| sum(value) / count(summaries.len());
    report.note(format!("warm.{function}.invocations"), count(summaries.len()), "");
    report.hold(format!("warm.{function}.kms_calls"), sum(|one| one.kms_calls.into()), "", 0.0);
    report.hold(format!("warm.{function}.sts_calls"), sum(|one| one.sts_calls.into()), "", 0.0);
    report.note(format!("warm.{function}.dynamodb_calls"), mean(|one| one.dynamodb_calls.into()), "");
    report.note(format!("warm.{function}.rcu"), mean(|one| one.rcu), "RCU");
    report.note(format!("warm.{function}.wcu"), mean(|one| one.wcu), "WCU");
}

fn units(calls: u64) -> f64 {
    f64::from(u32::try_from(calls).unwrap_or(u32::MAX))
}
