//! Notifications: made by the dispatcher in the step that puts an event into a user's log, so that neither is there without the
//! other; listed, read and configured over HTTP.

pub mod list;
pub mod make;
pub mod preferences;
pub mod read;
mod store;
