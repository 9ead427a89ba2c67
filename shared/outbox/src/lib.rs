//! What leaves the database: events pushed to browsers and messages to queues, as types. The table's stream is the outbox:
//! what is committed is delivered at least once, so every consumer is idempotent.

mod delivery;
mod event;
mod import;
mod owner;
mod queue;
mod recording;
mod search;
mod task;
mod touch;

pub use delivery::{Delivery, Notice};
pub use event::{Event, EventData, EventId, ImportFigures};
pub use import::ImportStep;
pub use owner::OwnerLeft;
pub use queue::{Queue, QueueError};
pub use recording::RecordingReady;
pub use search::SearchChanged;
pub use task::TaskDue;
pub use touch::ContactTouched;
