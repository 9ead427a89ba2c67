//! Calls: how soon the far end rings, and how soon a committed change is on the socket.

use std::time::{Duration, Instant};

use blackbox::{Answer, Error, LogFilter, Session, SocketEvent};
use jiff::Timestamp;
use serde_json::json;
use tokio::{
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    time::{sleep_until, timeout},
};

use crate::{
    clock::{milliseconds_between, parse},
    report::Report,
    samples::Samples,
    world::{World, called_number},
};

/// Both tenants' together. Each gives five `call.updated` and one `activity.created`.
const CALLS: usize = 60;
/// The first call of each tenant opens its keys in every function on the way.
const WARM_UP_CALLS: usize = 4;
/// The provider starts one call a second of an account, here as in earnest.
const PACE: Duration = Duration::from_millis(1100);
const RINGING_BUDGET_MS: f64 = 3000.0;
const SOCKET_BUDGET_MS: f64 = 150.0;
const EVENT_LIMIT: Duration = Duration::from_secs(15);

/// A call that is over, and its contact; both the first rep's.
pub struct Placed {
    pub call: String,
    pub contact: String,
}

/// A call under way.
struct Dialed {
    id: String,
    provider_id: String,
    asked_at: Timestamp,
    took: Duration,
}

/// Places calls of both tenants by turns, as fast as the provider takes them, while each tenant's rep has a socket open.
pub async fn measure(world: &World, report: &mut Report) -> Result<Placed, Error> {
    let contacts = [new_contact(world, &world.reps[0]).await?, new_contact(world, &world.reps[1]).await?];
    set_script(world).await?;
    let (sender, mut events) = unbounded_channel();
    let mut listeners = Vec::new();
    for session in &world.reps {
        listeners.push(listen(session, sender.clone()).await?);
    }
    drop(sender);

    let mut calls = Vec::new();
    let mut turns = [Instant::now(); 2];
    for number in 0..WARM_UP_CALLS + CALLS {
        let tenant = number % 2;
        calls.push(dial(world, &world.reps[tenant], &contacts[tenant], &mut turns[tenant]).await?);
    }
    let last_activities = calls.len();
    let seen = collect(&mut events, &calls, last_activities).await?;
    listeners.iter().for_each(tokio::task::JoinHandle::abort);

    let placed = Placed { call: calls[0].id.clone(), contact: contacts[0].clone() };
    let calls = calls.split_off(WARM_UP_CALLS);
    let created = calls.iter().map(|call| call.took).collect();
    report.latencies("calls-create.1_client", &created, None);
    report.latencies("call_to_ringing", &ringing(world, &calls).await?, Some(RINGING_BUDGET_MS));
    report.latencies("commit_to_socket", &commit_to_socket(world, &calls, &seen)?, Some(SOCKET_BUDGET_MS));
    Ok(placed)
}

/// Short calls; until the far end rings they take as long as the stand-in lets them by itself.
pub async fn set_script(world: &World) -> Result<(), Error> {
    let script = json!({ "to": called_number(), "answer_ms": 200, "talk_ms": 300 });
    world.twilio.set_script(&script).await.map(|_| ())
}

pub async fn new_contact(world: &World, session: &Session) -> Result<String, Error> {
    let created = session.post("/v1/contacts", &world.contact()).await?.expect(201)?;
    Ok(created.text("/id")?.to_owned())
}

/// Opens a socket and hands on what it shows, until it is aborted or the socket fails.
pub async fn listen(
    session: &Session,
    events: UnboundedSender<SocketEvent>,
) -> Result<tokio::task::JoinHandle<()>, Error> {
    let mut socket = session.socket().await?;
    Ok(tokio::spawn(async move {
        while let Ok(event) = socket.next_event(Duration::MAX).await {
            if events.send(event).is_err() {
                return;
            }
        }
    }))
}

/// Places a call as soon as it is the tenant's turn; where somebody else has taken the turn, at the next one.
async fn dial(world: &World, session: &Session, contact: &str, turn: &mut Instant) -> Result<Dialed, Error> {
    let (answer, asked) = place_in_turn(session, contact, turn).await?;
    Ok(Dialed {
        id: answer.text("/id")?.to_owned(),
        provider_id: answer.text("/provider_call_id")?.to_owned(),
        asked_at: world.clock.at(asked),
        took: answer.elapsed,
    })
}

/// The answer to `POST /v1/calls`, and when it was asked.
pub async fn place_in_turn(
    session: &Session,
    contact: &str,
    turn: &mut Instant,
) -> Result<(Answer, Instant), Error> {
    let body = json!({ "contact_id": contact, "mode": "bridge" });
    loop {
        sleep_until((*turn).into()).await;
        let asked = Instant::now();
        *turn = asked + PACE;
        let answer = session.post("/v1/calls", &body).await?;
        if answer.status != 503 && answer.status != 429 {
            return Ok((answer.expect(201)?, asked));
        }
    }
}

/// The events of these calls, once as many activities have come as there are calls.
async fn collect(
    events: &mut UnboundedReceiver<SocketEvent>,
    calls: &[Dialed],
    activities: usize,
) -> Result<Vec<SocketEvent>, Error> {
    let mut seen: Vec<SocketEvent> = Vec::new();
    let mut missing = activities;
    while missing > 0 {
        let next = timeout(EVENT_LIMIT, events.recv()).await;
        let late = Error::TooLate { what: "the activity of every call on the sockets", waited: EVENT_LIMIT };
        let event = next.map_err(|_| late)?.ok_or(Error::SocketClosed)?;
        if calls.iter().any(|call| call_of(&event) == Some(call.id.as_str())) {
            missing -= usize::from(event.kind == "activity.created");
            seen.push(event);
        }
    }
    Ok(seen)
}

pub fn call_of(event: &SocketEvent) -> Option<&str> {
    event.data.get("call_id").or_else(|| event.data.pointer("/call/call_id"))?.as_str()
}

/// From the sending of `POST /v1/calls` to the stand-in's sending of the callback that says `ringing`.
async fn ringing(world: &World, calls: &[Dialed]) -> Result<Samples, Error> {
    let mut samples = Samples::default();
    for call in calls {
        let filter = LogFilter {
            resource_sid: Some(call.provider_id.clone()),
            kind: Some("callback".to_owned()),
            ..LogFilter::default()
        };
        for entry in world.twilio.log(&filter).await? {
            if entry.params["CallStatus"] == "ringing" {
                samples.add_milliseconds(milliseconds_between(call.asked_at, parse(&entry.at)?));
            }
        }
    }
    Ok(samples)
}

/// From the commit of a change to its event's arrival. A commit leaves no time of its own: what is taken for it is the time
/// that the function stamps on the change just before it writes it, to the millisecond below. So each sample also holds the
/// write itself and up to a millisecond of rounding; it is never too small. An activity's times are the provider's, in seconds,
/// and are left out.
fn commit_to_socket(world: &World, calls: &[Dialed], seen: &[SocketEvent]) -> Result<Samples, Error> {
    let mut samples = Samples::default();
    for event in seen {
        let ours = calls.iter().any(|call| call_of(event) == Some(call.id.as_str()));
        if ours && event.kind == "call.updated" {
            let received = world.clock.at(event.received_at);
            samples.add_milliseconds(milliseconds_between(parse(&event.occurred_at)?, received));
        }
    }
    Ok(samples)
}
