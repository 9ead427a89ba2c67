//! Many sockets for a long time: all of them stay, and nothing grows.

use std::time::Duration;

use blackbox::{Error, Socket};
use futures_util::{StreamExt, stream};
use serde_json::json;
use tokio::time::{Instant, sleep};

use super::crowd::Crowd;
use crate::{
    emulator::Emulator,
    processes,
    report::{Report, count},
};

/// At once, while opening and asking.
const AT_ONCE: usize = 16;
const ROUND: Duration = Duration::from_mins(1);
const PATIENCE: Duration = Duration::from_secs(20);
/// Within which the ends of all sockets have been noted.
const CLEAN_UP: Duration = Duration::from_mins(1);
const GROWTH_BUDGET_MB: f64 = 5.0;

pub async fn measure(
    crowd: &Crowd,
    emulator: &Emulator,
    (sockets, minutes): (usize, u64),
    report: &mut Report,
) -> Result<(), Error> {
    let turns = (0..sockets).map(|number| crowd.members[number % crowd.members.len()].session.socket());
    let opened: Vec<Result<Socket, Error>> = stream::iter(turns).buffer_unordered(AT_ONCE).collect().await;
    let mut open: Vec<Socket> = opened.into_iter().collect::<Result<_, _>>()?;
    let until = Instant::now() + Duration::from_mins(minutes);
    ask_all(&mut open).await;
    let before = processes::resident(emulator, "realtime");
    while Instant::now() < until {
        sleep(ROUND.min(until.duration_since(Instant::now()))).await;
        ask_all(&mut open).await;
    }
    let growth = processes::resident(emulator, "realtime") - before;
    report.note("hold.sockets", count(sockets), "");
    report.note("hold.minutes", f64::from(u32::try_from(minutes).unwrap_or(u32::MAX)), "min");
    report.hold("hold.lost", count(sockets - open.len()), "", 0.0);
    report.note("hold.functions", before, "MB");
    report.hold("hold.growth", growth, "MB", GROWTH_BUDGET_MB);
    let closing = open.into_iter().map(|socket| socket.close(PATIENCE));
    let _: Vec<_> = stream::iter(closing).buffer_unordered(AT_ONCE).collect().await;
    report.hold("hold.rows_left", count(rows_left(crowd, emulator).await?), "", 0.0);
    Ok(())
}

/// Keeps those that answer.
async fn ask_all(open: &mut Vec<Socket>) {
    let asking = open.drain(..).map(async |mut socket| socket.ping(PATIENCE).await.ok().map(|_| socket));
    let answered: Vec<_> = stream::iter(asking).buffer_unordered(AT_ONCE).collect().await;
    open.extend(answered.into_iter().flatten());
}

/// Rows of sockets that nobody holds any more, once the last that were going have gone.
async fn rows_left(crowd: &Crowd, emulator: &Emulator) -> Result<usize, Error> {
    let question = json!({
        "TableName": crowd.table, "ConsistentRead": true, "Select": "COUNT",
        "FilterExpression": "begins_with(pk, :sockets)",
        "ExpressionAttributeValues": { ":sockets": { "S": format!("T#{}#SOCKET#", crowd.tenant) } },
    });
    let until = Instant::now() + CLEAN_UP;
    loop {
        let (mut left, mut start) = (0, None);
        loop {
            let mut page = question.clone();
            if let Some(start) = start.take() {
                page["ExclusiveStartKey"] = start;
            }
            let answer = emulator.call("dynamodb", "DynamoDB_20120810.Scan", "1.0", &page).await?;
            left += usize::try_from(answer["Count"].as_u64().unwrap_or(0)).unwrap_or(usize::MAX);
            match answer.get("LastEvaluatedKey") {
                Some(key) if !key.is_null() => start = Some(key.clone()),
                _ => break,
            }
        }
        if left == 0 || Instant::now() >= until {
            return Ok(left);
        }
        sleep(Duration::from_secs(1)).await;
    }
}
