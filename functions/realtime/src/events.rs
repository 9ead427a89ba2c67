//! `GET /v1/events`

use kernel::{Action, Caller, Failure};
use lambda::{Method, Query, Reply, Request, RouteSpec};
use serde::Serialize;
use serde_json::value::Value;

use crate::{
    app::ReplayApp,
    resume::{Position, Resumption},
};

pub const ROUTE: RouteSpec =
    RouteSpec::bearer("realtime-events", Method::GET, "/v1/events", Action::OpenSockets);

/// A stretch of the caller's log.
#[derive(Serialize)]
struct EventsView {
    epoch: String,
    /// The log's newest number.
    seq: i64,
    /// Whether what follows `after` cannot be replayed.
    reset: bool,
    items: Vec<EntryView>,
    /// Where to go on; `None` at the end.
    next_after: Option<i64>,
}

#[derive(Serialize)]
struct EntryView {
    seq: i64,
    event: Value,
}

/// What came after a number, as a socket's `resume` would send it.
pub async fn handle(app: &ReplayApp, caller: Caller, request: Request) -> Result<Reply, Failure> {
    let query = request.query(&["after", "epoch", "limit"])?;
    let (limit, position) = (i64::from(query.limit()?.get()), position(&query)?);
    let scope = app.data.open(&caller.tenant).await;
    let head = scope.table.open_event_log(&caller.user, &*app.ambient).await?;
    let mut view = EventsView {
        epoch: head.epoch.clone(),
        seq: head.seq,
        reset: false,
        items: Vec::new(),
        next_after: None,
    };
    match position.against(&head) {
        Resumption::UpToDate => {}
        Resumption::Reset(reason) => {
            tracing::warn!(reason, "a position was of no use");
            view.reset = true;
        }
        Resumption::Missed { first, last } => {
            let until = last.min(first + limit - 1);
            let entries = scope.table.event_log_entries(&caller.user, first, until).await?;
            if entries.iter().map(|entry| entry.seq).eq(first..=until) {
                let read = entries.into_iter().map(|entry| {
                    let event = serde_json::from_str(&entry.event).map_err(Failure::internal)?;
                    Ok(EntryView { seq: entry.seq, event })
                });
                view.items = read.collect::<Result<_, Failure>>()?;
                view.next_after = (until < last).then_some(until);
            } else {
                tracing::warn!(reason = "expired", "a position was of no use");
                view.reset = true;
            }
        }
    }
    Reply::ok(&view)
}

fn position(query: &Query) -> Result<Position, Failure> {
    let last_seq = query.get("after").map(|text| text.parse::<i64>().ok().filter(|after| *after >= 0));
    if last_seq == Some(None) {
        return Err(Failure::field("after", "out_of_range", "Expected a whole number from 0."));
    }
    Ok(Position { epoch: query.get("epoch").map(str::to_owned), last_seq: last_seq.flatten() })
}
