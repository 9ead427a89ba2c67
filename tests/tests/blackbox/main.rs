//! The suites against a running stack (`cargo xtask up --detach`). Each test makes tenants of its own, so that tests may run
//! side by side and beside whatever else uses the stack.

mod authenticator;
mod aws;
mod bad_input;
mod calling;
mod contacts;
mod demanded_factor;
mod eventually;
mod failed;
mod imports;
mod isolation;
mod live;
mod logs;
mod mailbox;
mod main_path;
mod notes;
mod notifications;
mod open_id_connect;
mod people;
mod platform;
mod poison;
mod pool_key;
mod recordings;
mod search;
mod second_factor;
mod sessions;
mod signed_webhook;
mod tasks;
mod telephony;
mod timelines;
mod warm_path;
mod world;
