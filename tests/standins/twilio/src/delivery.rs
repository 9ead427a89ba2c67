//! In which order, how often and how late the callbacks of one call or message arrive.

use std::{sync::Arc, time::Duration};

use serde::Deserialize;
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};

use crate::{app::App, webhook, webhook::Webhook};

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Order {
    /// One after the other, each after the answer to the one before.
    #[default]
    Ordered,
    /// All at the end, in an order the seed decides; never the right one when there are two or more.
    Shuffled,
    /// All at the end, the last one first.
    Reversed,
    /// Each one twice.
    Duplicated,
    /// None at all.
    Dropped,
}

#[derive(Debug, Clone, Copy, Default)]
pub struct Delivery {
    pub order: Order,
    pub delay: Duration,
}

/// Starts the courier of one resource. Dropping the sender tells it that nothing more will come.
pub fn start(app: Arc<App>, delivery: Delivery) -> UnboundedSender<Webhook> {
    let (sender, receiver) = mpsc::unbounded_channel();
    tokio::spawn(deliver(app, delivery, receiver));
    sender
}

async fn deliver(app: Arc<App>, delivery: Delivery, mut incoming: UnboundedReceiver<Webhook>) {
    let mut held = Vec::new();
    while let Some(callback) = incoming.recv().await {
        match delivery.order {
            Order::Ordered => post(&app, delivery, &callback).await,
            Order::Duplicated => {
                post(&app, delivery, &callback).await;
                post(&app, delivery, &callback).await;
            }
            Order::Shuffled | Order::Reversed => held.push(callback),
            Order::Dropped => {}
        }
    }
    match delivery.order {
        Order::Reversed => held.reverse(),
        Order::Shuffled => shuffle(&mut held, || app.sids.number()),
        Order::Ordered | Order::Duplicated | Order::Dropped => {}
    }
    for callback in &held {
        post(&app, delivery, callback).await;
    }
}

async fn post(app: &App, delivery: Delivery, callback: &Webhook) {
    app.clock.wait(delivery.delay).await;
    // Every attempt is in the journal; nobody waits for the answer of a status callback.
    let _ = webhook::send(app, callback).await;
}

/// Sattolo's shuffle: no item keeps its place, so the order is wrong whatever the random numbers are.
fn shuffle<T>(items: &mut [T], mut random: impl FnMut() -> u64) {
    for last in (1..items.len()).rev() {
        let bound = u64::try_from(last).unwrap_or(u64::MAX);
        let other = usize::try_from(random() % bound).unwrap_or_default();
        items.swap(last, other);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_shuffle_keeps_every_item_and_moves_each(seed: u64, length in 2_usize..9) {
            let mut items: Vec<_> = (0..length).collect();
            let mut random = seed;
            shuffle(&mut items, || {
                random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                random >> 33
            });
            prop_assert!(items.iter().enumerate().all(|(place, item)| place != *item));
            items.sort_unstable();
            prop_assert_eq!(items, (0..length).collect::<Vec<_>>());
        }
    }
}
