//! Commit → socket, with everybody connected and events of two recipients flowing.

use std::{collections::BTreeSet, time::Duration};

use blackbox::{Error, SocketEvent};
use futures_util::{StreamExt, stream::FuturesUnordered};
use tokio::{
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    task::JoinHandle,
    time::{Instant, interval, timeout},
};

use super::crowd::Crowd;
use crate::{
    clock::{Clock, milliseconds_between, parse},
    report::{Report, count},
    samples::Samples,
};

/// 20 events a second.
const PACE: Duration = Duration::from_millis(50);
/// Opens the tenant's keys in every environment on the way, and lets the local AWS start as many as are needed.
const WARM_UP: Duration = Duration::from_secs(5);
const EVENT_LIMIT: Duration = Duration::from_secs(20);
const P50_BUDGET_MS: f64 = 60.0;
const P95_BUDGET_MS: f64 = 150.0;

/// An event and the number of the member whose socket showed it.
type Heard = (usize, SocketEvent);

pub async fn measure(crowd: &Crowd, clock: Clock, seconds: u64, report: &mut Report) -> Result<(), Error> {
    let (sender, mut heard) = unbounded_channel();
    let mut listeners = Vec::new();
    for number in 0..crowd.members.len() {
        listeners.push(listen(crowd, number, sender.clone()).await?);
    }
    drop(sender);
    let (warm_up, _) = write(crowd, WARM_UP, 0).await?;
    collect(&mut heard, &warm_up).await?;
    let (wanted, written) = write(crowd, Duration::from_secs(seconds), warm_up.len()).await?;
    let events = collect(&mut heard, &wanted).await?;
    listeners.iter().for_each(JoinHandle::abort);

    let mut samples = Samples::default();
    for event in &events {
        // As in the core suite: stamped by the function just before it commits, so no sample is too small.
        let committed = parse(event.data["created_at"].as_str().unwrap_or_default())?;
        samples.add_milliseconds(milliseconds_between(committed, clock.at(event.received_at)));
    }
    report.note(
        "commit_to_socket.rate",
        count(written) / f64::from(u32::try_from(seconds).unwrap_or(1)),
        "/s",
    );
    report.note("commit_to_socket.samples", count(samples.len()), "");
    report.hold("commit_to_socket.unheard", count(wanted.len() - events.len()), "", 0.0);
    report.hold("commit_to_socket.p50", samples.percentile(50), "ms", P50_BUDGET_MS);
    report.hold("commit_to_socket.p95", samples.percentile(95), "ms", P95_BUDGET_MS);
    report.note("commit_to_socket.p99", samples.percentile(99), "ms");
    Ok(())
}

async fn listen(
    crowd: &Crowd,
    number: usize,
    heard: UnboundedSender<Heard>,
) -> Result<JoinHandle<()>, Error> {
    let mut socket = crowd.members[number].session.socket().await?;
    Ok(tokio::spawn(async move {
        while let Ok(event) = socket.next_event(Duration::MAX).await {
            if heard.send((number, event)).is_err() {
                return;
            }
        }
    }))
}

/// Writes notes at the pace, by turns, without waiting for one before the next. Gives who is to hear of which, and how many there are.
async fn write(
    crowd: &Crowd,
    long: Duration,
    first: usize,
) -> Result<(BTreeSet<(usize, String)>, usize), Error> {
    let mut ticks = interval(PACE);
    let (until, mut writes) = (Instant::now() + long, Vec::new());
    // The requests are driven by this same task between two ticks.
    let mut running = FuturesUnordered::new();
    let mut author = first;
    while Instant::now() < until {
        tokio::select! {
            _ = ticks.tick() => {
                let number = author % crowd.members.len();
                author += 1;
                running.push(async move { (number, crowd.note(number).await) });
            }
            Some(done) = running.next(), if !running.is_empty() => writes.push(done),
        }
    }
    while let Some(done) = running.next().await {
        writes.push(done);
    }
    let mut wanted = BTreeSet::new();
    let written = writes.len();
    for (author, note) in writes {
        let note = note?;
        wanted.insert((crowd.mentioned_by(author), note.clone()));
        wanted.insert((author, note));
    }
    Ok((wanted, written))
}

/// The first telling of each wanted activity to each of its recipients, or what has come of them when nothing more comes.
async fn collect(
    heard: &mut UnboundedReceiver<Heard>,
    wanted: &BTreeSet<(usize, String)>,
) -> Result<Vec<SocketEvent>, Error> {
    let (mut missing, mut events) = (wanted.clone(), Vec::with_capacity(wanted.len()));
    while !missing.is_empty() {
        let Ok(next) = timeout(EVENT_LIMIT, heard.recv()).await else { break };
        let (member, event) = next.ok_or(Error::SocketClosed)?;
        let note = event.data["note"]["note_id"].as_str().unwrap_or_default().to_owned();
        if event.kind == "activity.created" && missing.remove(&(member, note)) {
            events.push(event);
        }
    }
    Ok(events)
}
