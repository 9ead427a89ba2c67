//! `POST /v1/auth/password/forgot`

use aws_sdk_cognitoidentityprovider::error::ProvideErrorMetadata;
use kernel::Failure;
use lambda::{Method, Reply, Request, RouteSpec};
use serde::Deserialize;

use crate::{app::ForgottenApp, throttle::Attempt};

pub const ROUTE: RouteSpec =
    RouteSpec::public("auth-password-forgot", Method::POST, "/v1/auth/password/forgot");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Forgotten {
    email: String,
}

/// Sends a code to the address where it is a user's. The answer is the same where it is not, where the user may not reset the
/// password, and where the message could not go out.
pub async fn handle(app: &ForgottenApp, request: Request) -> Result<Reply, Failure> {
    let input: Forgotten = request.body()?;
    let email = input.email.trim().to_lowercase();
    // Attempts are never taken back: each may send a message.
    let _counted = app.throttle.admit(Attempt::Forgot, &email, request.source()).await?;
    let sent =
        app.sign_in.pool.forgot_password().client_id(&app.sign_in.client_id).username(email).send().await;
    match sent {
        Ok(_) => Ok(Reply::no_content()),
        Err(error) => match error.as_service_error().map(ProvideErrorMetadata::code) {
            None => Err(Failure::Unavailable(Box::new(error))),
            Some(code) => {
                tracing::warn!(code, "no code was sent");
                Ok(Reply::no_content())
            }
        },
    }
}
