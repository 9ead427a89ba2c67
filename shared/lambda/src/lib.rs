//! The edge between AWS Lambda and a domain: requests, replies, problems, tokens, webhook signatures, telemetry and the
//! environment. The one crate that names `lambda_http`, status codes and environment variables.

pub mod environment;
mod failure_problem;
mod http_server;
mod idempotency;
mod json;
mod printable_uri;
mod quota;
mod reply;
mod request;
mod route;
pub mod socket;
pub mod stream;
mod telemetry;
mod webhook;
pub mod worker;

pub use environment::Environment;
pub use http::Method;
pub use http_server::{Handled, HttpRoute, serve_http};
pub use lambda_runtime::Error;
pub use quota::{Quota, QuotaLeft};
pub use reply::Reply;
pub use request::{Query, Request, Session};
pub use route::{Access, RouteSpec};
pub use telemetry::{Note, causes, note};
pub use token::{AccessClaims, TokenError, TokenVerifier};
pub use webhook::{SignatureError, plausible_signature, signature_holds, signed_form};
pub use worker::{serve_socket, serve_worker};
