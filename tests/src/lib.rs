//! A client of a running stack that believes nothing: every answer and every frame is held against `infra/openapi.yaml`.
//!
//! [`Stack`] says where the stack is and who may sign in, [`Api`] speaks HTTP, [`Socket`] the socket, [`TwilioControl`]
//! tells the telephony stand-in how calls go. [`Contract`] is the judge.

mod api;
mod contract;
mod error;
mod socket;
mod stack;
mod twilio_control;
mod upload;

pub use api::{Answer, Api, Request, Session, SignIn};
pub use contract::{Contract, Operation, SeenAnswer};
pub use error::Error;
pub use socket::{Resumed, Socket, SocketEvent, Ticket};
pub use stack::{Stack, StackTenant, StackUser};
pub use twilio_control::{LogEntry, LogFilter, TwilioControl};
pub use upload::{get_file, put_file, read_import, upload_import};
