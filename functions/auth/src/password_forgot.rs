//! `POST /v1/auth/password/forgot`

use std::time::Duration;

use aws_sdk_cognitoidentityprovider::{
    error::ProvideErrorMetadata, operation::admin_get_user::AdminGetUserOutput, types::UserStatusType,
};
use kernel::{ClaimedTenant, EmailAddress, Failure};
use lambda::{Method, Reply, Request, RouteSpec};
use mail::Mail;
use serde::Deserialize;
use table::CodeHolder;

use crate::{
    address::typed_address,
    app::ForgottenApp,
    reset_code::{LIFETIME_MINUTES, ResetCode},
    throttle::Attempt,
};

pub const ROUTE: RouteSpec =
    RouteSpec::public("auth-password-forgot", Method::POST, "/v1/auth/password/forgot");

/// No answer comes before this. Only a user is sent a mail, which takes time: nobody shall see from outside whether it did.
const ANSWER_AFTER: Duration = Duration::from_secs(1);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Forgotten {
    email: String,
}

/// Somebody whom the pool knows by an address.
struct Known {
    holder: CodeHolder,
    address: String,
}

/// Sends a code to the address where it is a user's. The answer is the same where it is not, where the user may not reset the
/// password, and where the message could not go out; and it takes as long.
pub async fn handle(app: &ForgottenApp, request: Request) -> Result<Reply, Failure> {
    let input: Forgotten = request.body()?;
    let email = typed_address(&input.email);
    // Attempts are never taken back: each may send a message.
    let _counted = app.throttle.admit(Attempt::Forgot, &email, request.source()).await?;
    let (sent, ()) = tokio::join!(send_code(app, &email), tokio::time::sleep(ANSWER_AFTER));
    sent?;
    Ok(Reply::no_content())
}

async fn send_code(app: &ForgottenApp, email: &str) -> Result<(), Failure> {
    if EmailAddress::parse(email).is_none() {
        return Ok(());
    }
    let known = find(app, email).await?;
    let code = app.codes.mint(email, known.as_ref().map(|known| &known.holder)).await?;
    let Some(known) = known else { return Ok(()) };
    if let Err(failure) = app.mail.send(&known.address, message(&code)).await {
        tracing::warn!(%failure, "no code was sent");
    }
    Ok(())
}

/// Who may reset the password that belongs to this address: not who is disabled, nor who has been invited and has none yet.
async fn find(app: &ForgottenApp, email: &str) -> Result<Option<Known>, Failure> {
    let request = app.sign_in.pool.admin_get_user().user_pool_id(&app.sign_in.pool_id).username(email);
    match request.send().await {
        Ok(user) => Ok(known(&user)),
        Err(error) => match error.as_service_error().and_then(ProvideErrorMetadata::code) {
            Some("UserNotFoundException" | "InvalidParameterException") => Ok(None),
            _ => Err(Failure::Unavailable(Box::new(error))),
        },
    }
}

fn known(user: &AdminGetUserOutput) -> Option<Known> {
    let settled = [UserStatusType::Confirmed, UserStatusType::ResetRequired];
    if !user.enabled() || !user.user_status().is_some_and(|status| settled.contains(status)) {
        return None;
    }
    let attribute = |name: &str| {
        let found = user.user_attributes().iter().find(|attribute| attribute.name() == name);
        found.and_then(|attribute| attribute.value())
    };
    let tenant = attribute("custom:tenant_id").and_then(ClaimedTenant::parse)?;
    let sub = attribute("sub")?.to_owned();
    Some(Known { holder: CodeHolder { tenant, sub }, address: attribute("email")?.to_owned() })
}

fn message(code: &ResetCode) -> Mail {
    let code = code.grouped();
    let text = format!(
        "Hello,\n\nsomebody has asked for a new password for this address. This code sets one. It holds for {LIFETIME_MINUTES} minutes and serves once:\n\n{code}\n\nIf it was not you, nothing has changed, and there is nothing that you have to do.\n"
    );
    Mail { subject: "Your code for a new password".to_owned(), text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_stands_alone_on_its_line() {
        let code = ResetCode::parse("4f7k29qxmb3t").unwrap();
        let Mail { subject, text } = message(&code);
        assert!(text.lines().any(|line| line == "4F7K-29QX-MB3T"), "{text}");
        assert!(text.contains("15 minutes") && !subject.contains("4F7K"), "{subject}: {text}");
    }
}
