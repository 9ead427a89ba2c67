//! Calls beyond the main path: by browser, listed, described, hung up, written down.

mod after;
mod browser;
mod hanging_up;
mod inbound;
mod listing;

pub use browser::ask;
