//! Waiting for what happens behind a queue or a stream, where nothing tells that it has happened.

use std::time::{Duration, Instant};

use crate::failed::{Failed, Outcome};

/// Between two looks.
const PAUSE: Duration = Duration::from_millis(40);
/// How long anything is waited for that follows soon. No budget: a loaded machine takes its time, and a worker that found its tenant's rows
/// taken comes again after twenty seconds.
pub const PATIENCE: Duration = Duration::from_secs(45);

/// Looks until `look` finds something; fails when it has not within [`PATIENCE`].
pub async fn eventually<T>(what: &str, look: impl AsyncFnMut() -> Outcome<Option<T>>) -> Outcome<T> {
    within(PATIENCE, what, look).await
}

/// As [`eventually`], for what takes longer by its nature.
pub async fn within<T>(
    patience: Duration,
    what: &str,
    mut look: impl AsyncFnMut() -> Outcome<Option<T>>,
) -> Outcome<T> {
    let deadline = Instant::now() + patience;
    loop {
        if let Some(found) = look().await? {
            return Ok(found);
        }
        if Instant::now() >= deadline {
            return Err(Failed::new(format!("{what}: not within {patience:?}")));
        }
        tokio::time::sleep(PAUSE).await;
    }
}
