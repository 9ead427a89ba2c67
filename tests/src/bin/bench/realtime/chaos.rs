//! Sockets cut at random, dispatchers killed in the middle of their work, batches of the stream repeated and shuffled: in the end
//! every client's log is the server's.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    time::Duration,
};

use blackbox::{Error, Session, SocketEvent};
use futures_util::future::{join, join_all};
use kernel::{Ambient, SystemAmbient};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep, timeout};

use super::{crowd::Crowd, stream::StreamReader};
use crate::{
    emulator::Emulator,
    processes,
    report::{Report, count},
};

const CLIENTS: usize = 20;
const NOTES: usize = 200;
const NOTE_PAUSE: Duration = Duration::from_millis(100);
const KILL_PAUSE: Duration = Duration::from_millis(1500);
const REPLAY_PAUSE: Duration = Duration::from_millis(700);
const BATCH: usize = 25;
/// A socket lives this long at most before it is cut.
const SOCKET_LIFE_MS: u64 = 2500;
const PATIENCE: Duration = Duration::from_secs(10);
/// Until retries of killed batches have ended.
const SETTLING: Duration = Duration::from_secs(40);

/// What a client has of its log, and what it went through.
#[derive(Default)]
struct Client {
    epoch: Option<String>,
    last_seq: i64,
    events: Vec<String>,
    /// What came before its turn.
    held: BTreeMap<i64, String>,
    cuts: usize,
    refused: usize,
}

#[derive(Default)]
struct Tally {
    kills: Cell<usize>,
    replays: Cell<usize>,
    written: RefCell<BTreeMap<usize, usize>>,
    over: Cell<bool>,
}

pub async fn measure(crowd: &Crowd, emulator: &Emulator, report: &mut Report) -> Result<(), Error> {
    let tally = Tally::default();
    let clients = crowd.members.len().min(CLIENTS);
    let starts = positions(crowd, clients).await?;
    let listening = join_all(
        (0..clients).map(|number| listen(&crowd.members[number].session, starts[number].clone(), &tally)),
    );
    let trouble = async {
        let (written, ()) = join(write(crowd, clients, &tally), make_trouble(crowd, emulator, &tally)).await;
        written
    };
    let (listened, written) = join(listening, trouble).await;
    written?;
    let clients: Vec<Client> = listened.into_iter().collect::<Result<_, _>>()?;
    judge(crowd, &starts, &clients, &tally, report).await
}

/// Where each client's log is before anything happens.
async fn positions(crowd: &Crowd, clients: usize) -> Result<Vec<(String, i64)>, Error> {
    let mut positions = Vec::with_capacity(clients);
    for member in &crowd.members[..clients] {
        let answer = member.session.get("/v1/events").await?.expect(200)?;
        positions.push((answer.text("/epoch")?.to_owned(), answer.integer("/seq")?));
    }
    Ok(positions)
}

/// Notes among the clients, each to two of them.
async fn write(crowd: &Crowd, clients: usize, tally: &Tally) -> Result<(), Error> {
    let mut outcome = Ok(());
    for number in 0..NOTES {
        let (author, mentioned) = (number % clients, (number + clients / 2) % clients);
        let (member, other) = (&crowd.members[author], &crowd.members[mentioned]);
        let body = json!({ "text": "Chaos", "mentions": [other.id] });
        let path = format!("/v1/contacts/{}/notes", member.contact);
        match member.session.post(&path, &body).await.and_then(|answer| answer.expect(201)) {
            Ok(_) => {
                let mut written = tally.written.borrow_mut();
                *written.entry(author).or_default() += 1;
                *written.entry(mentioned).or_default() += 1;
            }
            Err(error) => outcome = Err(error),
        }
        sleep(NOTE_PAUSE).await;
    }
    tally.over.set(true);
    outcome
}

/// Kills the dispatcher's process and gives it batches once more, until all has been written. That a call of it fails is the point.
async fn make_trouble(crowd: &Crowd, emulator: &Emulator, tally: &Tally) {
    let killing = async {
        while !tally.over.get() {
            sleep(KILL_PAUSE).await;
            tally.kills.set(tally.kills.get() + processes::kill(emulator, "realtime-dispatch"));
        }
    };
    let repeating = async {
        let Ok(mut stream) = StreamReader::open(emulator, &crowd.table).await else { return };
        let prefix = format!("T#{}#TIMELINE#", crowd.tenant);
        let mut records: Vec<Value> = Vec::new();
        while !tally.over.get() {
            sleep(REPLAY_PAUSE).await;
            records.extend(stream.read(emulator, &prefix).await.unwrap_or_default());
            let mut batch: Vec<_> =
                (0..BATCH.min(records.len())).map(|_| records[below(records.len())].clone()).collect();
            shuffle(&mut batch);
            let event = json!({ "Records": batch });
            if !batch.is_empty() && emulator.invoke("realtime-dispatch", &event).await.is_ok() {
                tally.replays.set(tally.replays.get() + 1);
            }
        }
    };
    join(killing, repeating).await;
}

/// A client as docs/REALTIME.md describes it, whose socket is cut again and again without a word.
async fn listen(session: &Session, start: (String, i64), tally: &Tally) -> Result<Client, Error> {
    let mut client = Client { epoch: Some(start.0), last_seq: start.1, ..Client::default() };
    while !tally.over.get() {
        let life = Duration::from_millis(200 + u64::try_from(below(2300)).unwrap_or(0).min(SOCKET_LIFE_MS));
        client.connect_for(session, life).await?;
        client.cuts += 1;
    }
    // Once nothing changes any more, one last time to the end.
    sleep(SETTLING).await;
    client.connect_for(session, Duration::from_secs(3)).await?;
    Ok(client)
}

impl Client {
    async fn connect_for(&mut self, session: &Session, life: Duration) -> Result<(), Error> {
        let until = Instant::now() + life;
        let mut socket = match session.socket().await {
            Ok(socket) => socket,
            // Where the door is too busy, the next attempt.
            Err(Error::TooLate { .. } | Error::SocketRefused { .. }) => return Ok(()),
            Err(error) => return Err(error),
        };
        let position = self.epoch.clone().map(|epoch| (epoch, self.last_seq));
        let position = position.as_ref().map(|(epoch, seq)| (epoch.as_str(), *seq));
        match socket.resume(position, PATIENCE).await {
            Ok(hello) => self.epoch = Some(hello.epoch),
            Err(Error::TooLate { .. } | Error::SocketClosed | Error::Frame { .. }) => return Ok(()),
            Err(error) => return Err(error),
        }
        self.held.clear();
        while let Some(left) = until.checked_duration_since(Instant::now()) {
            match timeout(left, socket.next_event(PATIENCE)).await {
                Ok(Ok(event)) => self.take(event),
                Ok(Err(Error::Frame { .. })) => self.refused += 1,
                Ok(Err(_)) | Err(_) => return Ok(()),
            }
        }
        Ok(())
    }

    /// What has been seen is dropped, what comes before its turn held.
    fn take(&mut self, event: SocketEvent) {
        if event.seq > self.last_seq {
            self.held.insert(event.seq, event.id);
        }
        while let Some(id) = self.held.remove(&(self.last_seq + 1)) {
            self.last_seq += 1;
            self.events.push(id);
        }
    }
}

async fn judge(
    crowd: &Crowd,
    starts: &[(String, i64)],
    clients: &[Client],
    tally: &Tally,
    report: &mut Report,
) -> Result<(), Error> {
    let (mut events, mut gaps, mut doubles, mut lost) = (0, 0, 0, 0);
    for (number, client) in clients.iter().enumerate() {
        let server = server_log(&crowd.members[number].session, &starts[number]).await?;
        events += server.len();
        gaps += server.len().abs_diff(client.events.len());
        gaps +=
            server.iter().zip(&client.events).filter(|((_, server, _), client)| server != *client).count();
        let mut ids: Vec<_> = client.events.iter().collect();
        ids.sort();
        ids.dedup();
        doubles += client.events.len() - ids.len();
        let told = server.iter().filter(|(_, _, kind)| kind == "activity.created").count();
        lost += tally.written.borrow().get(&number).copied().unwrap_or(0).abs_diff(told);
    }
    let sum = |of: fn(&Client) -> usize| clients.iter().map(of).sum::<usize>();
    report.note("chaos.clients", count(clients.len()), "");
    report.reach("chaos.events", count(events), "", 1.0);
    report.reach("chaos.cuts", count(sum(|client| client.cuts)), "", 1.0);
    report.reach("chaos.dispatchers_killed", count(tally.kills.get()), "", 1.0);
    report.reach("chaos.batches_repeated", count(tally.replays.get()), "", 1.0);
    report.hold("chaos.gaps", count(gaps), "", 0.0);
    report.hold("chaos.doubles", count(doubles), "", 0.0);
    report.hold("chaos.not_in_the_log", count(lost), "", 0.0);
    report.note("chaos.error_frames", count(sum(|client| client.refused)), "");
    Ok(())
}

/// The log behind a position: numbers, ids and kinds.
async fn server_log(session: &Session, start: &(String, i64)) -> Result<Vec<(i64, String, String)>, Error> {
    let (mut after, mut log) = (start.1, Vec::new());
    loop {
        let path = format!("/v1/events?epoch={}&after={after}&limit=200", start.0);
        let page = session.get(&path).await?.expect(200)?;
        for item in page.array("/items")? {
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            log.push((
                item["seq"].as_i64().unwrap_or_default(),
                text(&item["event"]["id"]),
                text(&item["event"]["type"]),
            ));
        }
        match page.body["next_after"].as_i64() {
            Some(next) => after = next,
            None => return Ok(log),
        }
    }
}

fn below(bound: usize) -> usize {
    let mut bytes = [0; 4];
    SystemAmbient.fill(&mut bytes);
    usize::try_from(u32::from_be_bytes(bytes)).unwrap_or(0) % bound.max(1)
}

fn shuffle<T>(items: &mut [T]) {
    for last in (1..items.len()).rev() {
        items.swap(last, below(last + 1));
    }
}
