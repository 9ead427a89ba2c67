//! Signing in, what a token says, and whether a request may pass.

mod address;
mod app;
pub mod authorizer;
pub mod challenge;
mod challenge_session;
pub mod claims;
mod mfa_app;
mod mfa_code;
pub mod mfa_confirm;
pub mod mfa_disable;
pub mod mfa_enroll;
mod mfa_enrolment;
mod mfa_factor;
mod mfa_session;
mod mfa_setup;
mod mfa_used_code;
pub mod oidc_config;
mod outcome;
mod password;
pub mod password_change;
pub mod password_forgot;
pub mod password_reset;
mod pool_client;
mod pool_directory;
mod pool_token;
pub mod refresh;
mod reset_code;
pub mod sign_in;
pub mod sign_out;
pub mod sign_out_everywhere;
#[cfg(test)]
mod testing;
mod throttle;

pub use app::{AttemptApp, ForgottenApp, GateApp, PasswordApp, RefreshApp, SessionApp};
pub use claims::ClaimsApp;
pub use mfa_app::MfaApp;
pub use oidc_config::OidcApp;

/// The HTTP routes of this domain.
pub const ROUTES: &[lambda::RouteSpec] = &[
    sign_in::ROUTE,
    challenge::ROUTE,
    refresh::ROUTE,
    sign_out::ROUTE,
    sign_out_everywhere::ROUTE,
    password_change::ROUTE,
    password_forgot::ROUTE,
    password_reset::ROUTE,
    mfa_enroll::ROUTE,
    mfa_confirm::ROUTE,
    mfa_disable::ROUTE,
    oidc_config::ROUTE,
];

/// Its functions that no route leads to.
pub const WORKERS: &[&str] = &[authorizer::FUNCTION, claims::FUNCTION];
