//! The suite `calls`: how soon the far end rings and how much of that is ours, how soon the provider has its instructions, how
//! soon the end of a call is on an open socket, and whether fifty calls at once with their reports in any order are fifty calls.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

use blackbox::{Error, LogEntry, LogFilter, Session, SocketEvent, Stack};
use futures_util::future::try_join_all;
use jiff::Timestamp;
use serde_json::json;
use tokio::{
    sync::mpsc::{UnboundedReceiver, unbounded_channel},
    time::{sleep, timeout},
};

use crate::{
    calls::{call_of, listen},
    clock::{milliseconds_between, parse},
    machine,
    report::{Report, count},
    samples::Samples,
    say,
    world::World,
};

/// Far beyond what a bench asks for; the account has its usual limit again afterwards.
const CALLS_A_SECOND: u32 = 200;
const WARM_UP_CALLS: usize = 4;
const CALLS: usize = 60;
const COLD_CALLS: usize = 12;
const INBOUND_CALLS: usize = 60;
const CALLS_AT_ONCE: usize = 50;
/// By as many clients; the calls take longer than their placing, so all go on at once.
const PLACED_TOGETHER: usize = 10;
/// Between two calls, so that each is alone with what is measured of it.
const PACE: Duration = Duration::from_millis(400);
const LIMIT: Duration = Duration::from_mins(1);
/// What has not come by then is not coming.
const AFTERTHOUGHTS: Duration = Duration::from_secs(4);

const RINGING_BUDGET_MS: f64 = 3000.0;
const OUR_SHARE_BUDGET_MS: f64 = 150.0;
const OUR_SHARE_COLD_BUDGET_MS: f64 = 300.0;
const INSTRUCTIONS_BUDGET_MS: f64 = 50.0;
const ACTIVITY_BUDGET_MS: f64 = 250.0;

pub async fn run(stack: &Stack) -> Result<Report, Error> {
    let mut report = Report::new(format!("calls at {} ({})", stack.api_url, machine()));
    let bench = Bench::prepare(World::enter(stack).await?).await?;
    let measured = bench.measure(&mut report).await;
    bench.limit(1).await?;
    measured?;
    Ok(report)
}

struct Bench {
    world: World,
    /// The rep's tenant's at the provider.
    account_sid: String,
    own_number: String,
}

/// A call as it was asked for.
struct Asked {
    id: String,
    provider_id: String,
    at: Timestamp,
}

impl Bench {
    /// Finds out whose account the rep's calls go through, and lifts its limit.
    async fn prepare(world: World) -> Result<Self, Error> {
        let numbers = world.reps[0].get("/v1/tenant/phone-numbers").await?.expect(200)?;
        let own_number = numbers.text("/numbers/0/number")?.to_owned();
        let mut bench = Self { world, account_sid: String::new(), own_number };
        bench.script_number(0, "ordered").await?;
        let contact = bench.contact(0).await?;
        let call = bench.call(&contact).await?;
        let filter = LogFilter { resource_sid: Some(call.provider_id), ..LogFilter::default() };
        let entries = bench.world.twilio.wait_for_log(&filter, LIMIT).await?;
        bench.account_sid = entries.into_iter().next().map(|entry| entry.account_sid).unwrap_or_default();
        bench.limit(CALLS_A_SECOND).await?;
        Ok(bench)
    }

    async fn measure(&self, report: &mut Report) -> Result<(), Error> {
        say("Placing calls");
        self.placing(report).await?;
        say("Placing calls with cold functions");
        self.placing_cold(report).await?;
        say("Taking calls in");
        self.inbound(report).await?;
        say("Placing fifty calls at once");
        self.at_once(report).await
    }

    async fn limit(&self, calls_per_second: u32) -> Result<(), Error> {
        let body = json!({ "account_sid": self.account_sid, "calls_per_second": calls_per_second });
        self.world.twilio.post("limit", &body).await.map(drop)
    }

    fn rep(&self) -> &Session {
        &self.world.reps[0]
    }

    /// A contact with the number of this place.
    async fn contact(&self, place: usize) -> Result<String, Error> {
        let mut body = self.world.contact();
        body["phones"] = json!([{ "number": number(place), "type": "mobile" }]);
        let created = self.rep().post("/v1/contacts", &body).await?.expect(201)?;
        Ok(created.text("/id")?.to_owned())
    }

    /// Calls to the number of this place ring as they do at the provider, and last as long as [`talk_seconds`] says.
    async fn script_number(&self, place: usize, callbacks: &str) -> Result<(), Error> {
        let talk_ms = 1000 * talk_seconds(place) + 50;
        let script =
            json!({ "to": number(place), "answer_ms": 200, "talk_ms": talk_ms, "callbacks": callbacks });
        self.world.twilio.set_script(&script).await.map(drop)
    }

    async fn call(&self, contact: &str) -> Result<Asked, Error> {
        let body = json!({ "contact_id": contact, "mode": "bridge" });
        let at = Instant::now();
        let answer = self.rep().post("/v1/calls", &body).await?.expect(201)?;
        Ok(Asked {
            id: answer.text("/id")?.to_owned(),
            provider_id: answer.text("/provider_call_id")?.to_owned(),
            at: self.world.clock.at(at),
        })
    }

    async fn log(&self, resource: Option<&str>, kind: &str, after: u64) -> Result<Vec<LogEntry>, Error> {
        let filter = LogFilter {
            account_sid: Some(self.account_sid.clone()),
            resource_sid: resource.map(str::to_owned),
            kind: Some(kind.to_owned()),
            after,
        };
        self.world.twilio.log(&filter).await
    }

    async fn placing(&self, report: &mut Report) -> Result<(), Error> {
        let contact = self.contact(0).await?;
        let (sender, mut events) = unbounded_channel();
        let listener = listen(self.rep(), sender).await?;
        let mut calls = Vec::new();
        for _ in 0..WARM_UP_CALLS + CALLS {
            calls.push(self.call(&contact).await?);
            sleep(PACE).await;
        }
        let seen = activities(&mut events, &calls).await?;
        listener.abort();
        let calls = calls.split_off(WARM_UP_CALLS);
        report.latencies("call_to_ringing", &self.ringing(&calls).await?, Some(RINGING_BUDGET_MS));
        report.latencies("our_share.warm", &self.our_share(&calls).await?, Some(OUR_SHARE_BUDGET_MS));
        report.latencies(
            "end_to_activity",
            &self.end_to_activity(&calls, &seen).await?,
            Some(ACTIVITY_BUDGET_MS),
        );
        Ok(())
    }

    /// From the client's request to the provider's report that the user's own telephone rings.
    async fn ringing(&self, calls: &[Asked]) -> Result<Samples, Error> {
        let mut samples = Samples::default();
        for call in calls {
            for entry in self.log(Some(&call.provider_id), "callback", 0).await? {
                if entry.params["CallStatus"] == "ringing" {
                    samples.add_milliseconds(milliseconds_between(call.at, parse(&entry.at)?));
                }
            }
        }
        Ok(samples)
    }

    /// From the client's request to the one that reaches the provider: what is ours, with the gateway and its authorizer.
    async fn our_share(&self, calls: &[Asked]) -> Result<Samples, Error> {
        let mut samples = Samples::default();
        for call in calls {
            for entry in self.log(Some(&call.provider_id), "request", 0).await? {
                if entry.method == "POST" {
                    samples.add_milliseconds(milliseconds_between(call.at, parse(&entry.at)?));
                }
            }
        }
        Ok(samples)
    }

    /// From the provider's report that the contact's leg has ended to the activity's arrival on the socket.
    async fn end_to_activity(&self, calls: &[Asked], seen: &[SocketEvent]) -> Result<Samples, Error> {
        let mut ends = BTreeMap::new();
        for entry in self.log(None, "callback", 0).await? {
            let ended = entry.params["CallStatus"] == "completed";
            if let (true, Some(parent)) = (ended, entry.params["ParentCallSid"].as_str()) {
                ends.insert(parent.to_owned(), parse(&entry.at)?);
            }
        }
        let mut samples = Samples::default();
        for call in calls {
            let event = seen.iter().find(|event| call_of(event) == Some(&call.id));
            if let (Some(event), Some(end)) = (event, ends.get(&call.provider_id)) {
                let arrived = self.world.clock.at(event.received_at);
                samples.add_milliseconds(milliseconds_between(*end, arrived));
            }
        }
        Ok(samples)
    }

    /// Each call meets a function that has just been started.
    async fn placing_cold(&self, report: &mut Report) -> Result<(), Error> {
        let contact = self.contact(0).await?;
        let functions = self.world.emulator.functions().await?;
        let create = functions.iter().find(|function| function.handler == "calls-create");
        let name = create.map(|function| function.name.clone()).unwrap_or_default();
        let mut calls = Vec::new();
        for start in 0..COLD_CALLS {
            self.world.emulator.restart(&name, start).await?;
            calls.push(self.call(&contact).await?);
            sleep(PACE).await;
        }
        report.latencies("our_share.cold", &self.our_share(&calls).await?, Some(OUR_SHARE_COLD_BUDGET_MS));
        Ok(())
    }

    /// From the provider's request for instructions to our answer; a contact calls, and its owner is rung.
    async fn inbound(&self, report: &mut Report) -> Result<(), Error> {
        let _present = self.rep().socket().await?;
        let after = self.log(None, "webhook", 0).await?.last().map_or(0, |entry| entry.seq);
        for _ in 0..WARM_UP_CALLS + INBOUND_CALLS {
            let call = json!({ "account_sid": self.account_sid, "to": self.own_number, "from": number(0),
                "talk_ms": 100 });
            self.world.twilio.post("inbound-call", &call).await?;
            sleep(PACE).await;
        }
        let asked = self.log(None, "webhook", after).await?;
        let first = |entry: &&LogEntry| entry.url.ends_with("/voice-inbound");
        let samples = asked.iter().filter(first).skip(WARM_UP_CALLS);
        let samples = samples.map(|entry| Duration::from_millis(entry.duration_ms)).collect();
        report.latencies("instructions", &samples, Some(INSTRUCTIONS_BUDGET_MS));
        Ok(())
    }

    async fn at_once(&self, report: &mut Report) -> Result<(), Error> {
        for place in 0..CALLS_AT_ONCE {
            self.script_number(place, "shuffled").await?;
        }
        let own = json!({ "account_sid": self.account_sid, "callbacks": "shuffled", "hang_up": "manual" });
        self.world.twilio.set_script(&own).await?;
        let outcome = self.fifty(report).await;
        self.world.twilio.set_script(&json!({ "account_sid": self.account_sid })).await?;
        self.script_number(0, "ordered").await?;
        outcome
    }

    async fn fifty(&self, report: &mut Report) -> Result<(), Error> {
        let mut contacts = Vec::new();
        for place in 0..CALLS_AT_ONCE {
            contacts.push(self.contact(place).await?);
        }
        let (sender, mut events) = unbounded_channel();
        let listener = listen(self.rep(), sender).await?;
        let mut calls = Vec::new();
        for some in contacts.chunks(PLACED_TOGETHER) {
            calls.extend(try_join_all(some.iter().map(|contact| self.call(contact))).await?);
        }
        let mut seen = activities(&mut events, &calls).await?;
        while let Ok(Some(event)) = timeout(AFTERTHOUGHTS, events.recv()).await {
            seen.extend(Some(event).filter(|event| event.kind == "activity.created"));
        }
        listener.abort();
        let told: Vec<_> = seen.iter().filter_map(call_of).collect();
        let distinct: BTreeSet<_> = told.iter().copied().collect();
        let (mut entries, mut wrong) = (0, 0);
        for (place, (contact, call)) in contacts.iter().zip(&calls).enumerate() {
            let timeline = self.rep().get(&format!("/v1/contacts/{contact}/timeline")).await?.expect(200)?;
            entries += timeline.array("/items")?.len();
            let ended = self.rep().get(&format!("/v1/calls/{}", call.id)).await?.expect(200)?;
            let right = ended.body["duration_seconds"] == json!(talk_seconds(place));
            wrong += usize::from(!right || ended.body["status"] != json!("completed"));
        }
        let lost = calls.iter().filter(|call| !distinct.contains(call.id.as_str())).count();
        report.reach("at_once.activities", count(entries), "", count(CALLS_AT_ONCE));
        report.hold("at_once.too_many_activities", count(entries.saturating_sub(CALLS_AT_ONCE)), "", 0.0);
        report.hold("at_once.wrong_durations", count(wrong), "", 0.0);
        report.hold("at_once.lost_on_the_socket", count(lost), "", 0.0);
        report.hold("at_once.doubled_on_the_socket", count(told.len() - distinct.len()), "", 0.0);
        Ok(())
    }
}

/// The events that say that the calls' activities stand, once as many have come as there are calls.
async fn activities(
    events: &mut UnboundedReceiver<SocketEvent>,
    calls: &[Asked],
) -> Result<Vec<SocketEvent>, Error> {
    let mut seen = Vec::new();
    while seen.len() < calls.len() {
        let late = Error::TooLate { what: "the activity of every call on the socket", waited: LIMIT };
        let event = timeout(LIMIT, events.recv()).await.map_err(|_| late)?.ok_or(Error::SocketClosed)?;
        let own = calls.iter().any(|call| call_of(&event) == Some(call.id.as_str()));
        if own && event.kind == "activity.created" {
            seen.push(event);
        }
    }
    Ok(seen)
}

/// Of the hundred numbers reserved for fiction.
fn number(place: usize) -> String {
    format!("+1415555{:04}", 150 + place % 50)
}

/// From 1 to 5.
fn talk_seconds(place: usize) -> usize {
    1 + place % 5
}
