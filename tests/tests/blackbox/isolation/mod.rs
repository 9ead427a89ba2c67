//! The matrix: whatever there is to call, as one tenant on another's things, on those of a tenant whose id begins with the
//! first one's, and under no tenant at all. Nothing may leak and nothing may change.

mod account;
mod calling;
mod companies;
mod contacts;
mod data_roles;
mod event_logs;
mod factors;
mod imports;
mod index_key;
mod key_service;
mod neighbourhood;
mod notes;
mod notifications;
mod operations;
mod own_roles;
mod recordings;
pub mod routes;
mod sample_rows;
mod sealed_items;
pub mod search;
mod session_tags;
mod sessions;
mod table_matrix;
mod tasks;
mod telephony;
mod tenants_of;
mod users;
mod workers;

use std::{collections::BTreeSet, future::Future, pin::Pin};

use crate::failed::{Failed, Outcome};

/// One row of a matrix: what it is about, and the test, which gives how many cases it tried.
type Row<M> = (&'static str, for<'a> fn(&'a M) -> Pin<Box<dyn Future<Output = Outcome<u32>> + 'a>>);

/// Runs every row, also behind one that fails; gives the number of cases.
async fn run_rows<M>(matrix: &M, rows: &[Row<M>]) -> Outcome<u32> {
    let (mut cases, mut leaks) = (0, Vec::new());
    for (name, row) in rows {
        match row(matrix).await {
            Ok(count) => cases += count,
            Err(failed) => leaks.push(format!("{name}: {failed:?}")),
        }
    }
    if leaks.is_empty() { Ok(cases) } else { Err(Failed::new(leaks.join("\n"))) }
}

/// Fails where something has no row, or a row is about nothing.
fn assert_rows_cover(rows: impl IntoIterator<Item = &'static str>, wanted: &BTreeSet<String>) {
    let rows: BTreeSet<String> = rows.into_iter().map(str::to_owned).collect();
    let lacking: Vec<_> = wanted.difference(&rows).collect();
    let idle: Vec<_> = rows.difference(wanted).collect();
    assert!(
        lacking.is_empty() && idle.is_empty(),
        "without a row: {lacking:?}; rows about nothing: {idle:?}"
    );
}

/// Something other than what the fences should have answered.
fn leak(text: impl Into<String>) -> Failed {
    Failed::new(text)
}

/// Fails unless the condition holds.
fn require(holds: bool, text: impl FnOnce() -> String) -> Outcome {
    if holds { Ok(()) } else { Err(leak(text())) }
}

#[expect(clippy::print_stdout, reason = "the matrix shows how much it has tried")]
fn print_counts(text: &str) {
    println!("matrix: {text}");
}
