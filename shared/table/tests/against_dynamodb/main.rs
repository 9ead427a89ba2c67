//! The table against a real DynamoDB API, under the schema of the template.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod faults;
mod identities;
mod once;
mod rows;
mod standing;
mod transactions;
mod visible;

use kernel::{Ambient, CallId, ContactId};
use table::{Item, ItemBuilder, Key};
use testkit::FixedAmbient;

/// Contacts in the order of their creation, a second apart.
fn contacts(count: usize) -> Vec<ContactId> {
    let ambient = FixedAmbient::seeded(7);
    let next = || {
        ambient.advance_seconds(1);
        ContactId::generate(&ambient)
    };
    (0..count).map(|_| next()).collect()
}

fn call(ambient: &dyn Ambient) -> CallId {
    CallId::generate(ambient)
}

/// A row with a text to know it by.
fn row(key: &Key, mark: &str) -> Item {
    ItemBuilder::new(key).text("mark", mark).number("version", 1).build()
}

fn mark(item: &Item) -> &str {
    item["mark"].as_s().unwrap()
}

fn sort(item: &Item) -> &str {
    item["sk"].as_s().unwrap()
}
