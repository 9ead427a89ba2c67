//! Sockets cut at random, dispatchers killed in the middle of a batch, batches repeated and shuffled: in the end every client's log
//! is the server's.

use std::{sync::Arc, time::Duration};

use kernel::{CallId, ContactId, UserId};
use outbox::{Event, EventData, EventId};
use serde_json::Value;
use table::{EventLogHead, ItemBuilder};
use testkit::{FixedAmbient, TestInstallation};

use super::*;
use crate::{
    resume::{Position, Resumption, read_page},
    store::put_socket,
    testing::{FakeGateway, Manner},
};

const USERS: usize = 4;
const EVENTS: usize = 60;
const BATCH: usize = 6;

/// A client as docs/REALTIME.md describes it.
struct Client {
    user: UserId,
    connection: String,
    epoch: Option<String>,
    last_seq: i64,
    events: Vec<String>,
}

impl Client {
    /// Applies what has come by the socket: what is next, and nothing else. Gives whether a number is missing.
    fn listen(&mut self, gateway: &FakeGateway) -> bool {
        let frames = gateway.frames(&self.connection);
        let mut later: Vec<&Value> = frames.iter().collect();
        later.sort_by_key(|frame| frame["seq"].as_i64());
        for frame in later {
            if frame["seq"].as_i64() == Some(self.last_seq + 1) {
                self.apply(frame["event"]["id"].as_str().unwrap_or_default());
            }
        }
        frames.iter().any(|frame| frame["seq"].as_i64() > Some(self.last_seq))
    }

    fn apply(&mut self, event_id: &str) {
        self.last_seq += 1;
        self.events.push(event_id.to_owned());
    }

    /// What `resume` gives.
    async fn resume(&mut self, scope: &TenantScope, ambient: &dyn Ambient) {
        let head: EventLogHead = scope.table.open_event_log(&self.user, ambient).await.unwrap();
        let position = Position { epoch: self.epoch.clone(), last_seq: Some(self.last_seq) };
        self.epoch = Some(head.epoch.clone());
        let (mut first, last) = match position.against(&head) {
            Resumption::UpToDate => return,
            Resumption::Missed { first, last } => (first, last),
            Resumption::Reset(reason) => panic!("{reason}"),
        };
        while first <= last {
            for entry in read_page(&scope.table, &self.user, first, last).await.unwrap().unwrap() {
                let event: Value = serde_json::from_str(&entry.event).unwrap();
                self.apply(event["id"].as_str().unwrap());
                first = entry.seq + 1;
            }
        }
    }
}

/// Random numbers that are the same in every run.
struct Dice(Arc<FixedAmbient>);

impl Dice {
    fn below(&self, bound: usize) -> usize {
        let mut bytes = [0; 4];
        self.0.fill(&mut bytes);
        usize::try_from(u32::from_be_bytes(bytes)).unwrap() % bound
    }

    fn shuffle<T>(&self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }
}

fn delivery(ambient: &FixedAmbient, tenant: &kernel::TenantId, contact: &ContactId, to: &UserId) -> Delivery {
    let call = CallId::generate(ambient);
    let event = Event {
        id: EventId::of_call(&call, 1),
        occurred_at: ambient.now(),
        contact_id: Some(contact.clone()),
        data: EventData::CallUpdated {
            user_id: None,
            call_id: call,
            status: "ringing".to_owned(),
            duration_seconds: None,
            version: 1,
        },
    };
    Delivery::new(tenant, &event, std::slice::from_ref(to)).unwrap()
}

#[tokio::test]
async fn every_clients_log_ends_as_the_servers_with_no_gap_and_no_double() {
    let installation = TestInstallation::start().await;
    let scope = installation.provisioned("tnt_a").await;
    let gateway = FakeGateway::start().await;
    let ambient = installation.ambient.clone();
    let dice = Dice(ambient.clone());
    let users: Vec<_> = (0..USERS).map(|_| UserId::generate(&*ambient)).collect();
    let contact = ContactId::generate(&*ambient);
    let row = ItemBuilder::new(&scope.table.keys().contact(&contact))
        .text("owner_id", users[0].as_str())
        .text("visibility", "tenant");
    installation.table.plant(row.build()).await;
    let mut clients = Vec::new();
    for (number, user) in users.iter().enumerate() {
        let connection = format!("{number}-0=");
        put_socket(&scope, user, &connection, ambient.now()).await.unwrap();
        let client = Client { user: user.clone(), connection, epoch: None, last_seq: 0, events: Vec::new() };
        clients.push(client);
    }
    let deliveries: Vec<_> = (0..EVENTS)
        .map(|number| delivery(&ambient, scope.table.tenant(), &contact, &users[number % USERS]))
        .collect();
    let (mut killed, mut cut, mut gaps) = (0, 0, 0);
    for (round, batch) in deliveries.chunks(BATCH).enumerate() {
        // Two dispatchers at once, each with the batch in an order of its own and some of it twice.
        let mut dispatchers = Vec::new();
        for _ in 0..2 {
            let mut batch = batch.to_vec();
            batch.push(batch[dice.below(BATCH)].clone());
            dice.shuffle(&mut batch);
            let courier = Courier::new(ambient.clone(), gateway.sockets.clone());
            let scope = scope.clone();
            dispatchers.push(tokio::spawn(async move {
                for delivery in &batch {
                    courier.deliver(&scope, delivery).await.unwrap();
                }
            }));
        }
        let doomed = dispatchers.pop().unwrap();
        tokio::time::sleep(Duration::from_millis(u64::try_from(dice.below(12)).unwrap())).await;
        doomed.abort();
        killed += usize::from(doomed.await.is_err());
        // One client loses its socket without a word and comes back later.
        let number = dice.below(USERS);
        gateway.set(&clients[number].connection, Manner::Gone);
        dispatchers.pop().unwrap().await.unwrap();
        let client = &mut clients[number];
        client.listen(&gateway);
        client.connection = format!("{number}-{}=", round + 1);
        put_socket(&scope, &client.user, &client.connection, ambient.now()).await.unwrap();
        client.resume(&scope, &*ambient).await;
        cut += 1;
        for client in &mut clients {
            if client.listen(&gateway) {
                gaps += 1;
                client.resume(&scope, &*ambient).await;
            }
        }
    }
    assert!(killed > 0 && cut == EVENTS / BATCH, "{killed} killed, {cut} cut, {gaps} gaps healed");
    for client in &mut clients {
        client.resume(&scope, &*ambient).await;
        let entries = scope.table.event_log_entries(&client.user, 1, i64::MAX).await.unwrap();
        assert!(entries.iter().map(|entry| entry.seq).eq(1..=client.last_seq));
        let server: Vec<String> = entries
            .iter()
            .map(|entry| {
                serde_json::from_str::<Value>(&entry.event).unwrap()["id"].as_str().unwrap().to_owned()
            })
            .collect();
        assert_eq!(client.events, server);
        let mut once = server.clone();
        once.sort();
        once.dedup();
        assert_eq!(once.len(), server.len(), "an event stands twice");
    }
    // The owner hears of everything.
    assert_eq!(clients[0].events.len(), EVENTS);
}
