//! The HTTP API's authorizer: who is asking, and are they still welcome.

use kernel::Failure;
use lambda::{Note, TokenError, note};
use serde::{Deserialize, Serialize};
use table::{Identity, IdentityStatus};

use crate::app::GateApp;

pub const FUNCTION: &str = "auth-authorizer";

/// The gateway's question (payload format 2.0).
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuthorizerEvent {
    #[serde(default)]
    identity_source: Vec<String>,
}

/// The simple answer; the context reaches the route as `requestContext.authorizer.lambda`.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Verdict {
    is_authorized: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    context: Option<Context>,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
struct Context {
    tenant_id: String,
    user_id: String,
    role: &'static str,
    session_epoch: String,
}

/// Lets a request pass whose access token holds and whose user is active in the session epoch that the token was issued in.
/// Role and tenant are the table's, not the token's: a change counts before the token ends.
pub async fn handle(app: &GateApp, event: AuthorizerEvent) -> Result<Verdict, Failure> {
    let Some(token) = event.identity_source.first().and_then(|header| bearer_token(header)) else {
        return Ok(refused());
    };
    let claims = match app.tokens.verify(token).await {
        Ok(claims) => claims,
        Err(TokenError::Invalid) => return Ok(refused()),
        Err(error @ TokenError::KeysUnavailable(_)) => return Err(Failure::Unavailable(Box::new(error))),
    };
    let identity = app.identities.find(&claims.sub).await?;
    Ok(identity.map_or_else(refused, |identity| verdict(&identity, &claims.tenant_id, &claims.session_epoch)))
}

fn verdict(identity: &Identity, tenant: &str, epoch: &str) -> Verdict {
    let current = identity.session_epoch.to_string();
    let welcome =
        identity.status == IdentityStatus::Active && identity.tenant.as_str() == tenant && current == epoch;
    if !welcome {
        return refused();
    }
    note(Note::Tenant, identity.tenant.as_str());
    note(Note::User, identity.user.as_str());
    let context = Context {
        tenant_id: identity.tenant.to_string(),
        user_id: identity.user.to_string(),
        role: identity.role.as_str(),
        session_epoch: current,
    };
    Verdict { is_authorized: true, context: Some(context) }
}

fn refused() -> Verdict {
    Verdict { is_authorized: false, context: None }
}

/// RFC 6750: the scheme is case-insensitive.
fn bearer_token(header: &str) -> Option<&str> {
    let (scheme, token) = header.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

#[cfg(test)]
mod tests {
    use kernel::{ClaimedTenant, Role, UserId};

    use super::*;

    fn identity() -> Identity {
        Identity {
            tenant: ClaimedTenant::parse("tnt_a").unwrap(),
            user: UserId::parse("usr_01jd0000000000000000000000").unwrap(),
            role: Role::Manager,
            status: IdentityStatus::Active,
            session_epoch: 2,
        }
    }

    #[test]
    fn an_active_user_of_the_current_epoch_passes_with_the_tables_role() {
        let passed = verdict(&identity(), "tnt_a", "2");
        assert!(passed.is_authorized);
        assert_eq!(passed.context.unwrap().role, "manager");
    }

    #[test]
    fn an_older_epoch_another_tenant_or_a_disabled_user_does_not() {
        assert_eq!(verdict(&identity(), "tnt_a", "1"), refused());
        assert_eq!(verdict(&identity(), "tnt_b", "2"), refused());
        assert_eq!(
            verdict(&Identity { status: IdentityStatus::Disabled, ..identity() }, "tnt_a", "2"),
            refused()
        );
    }

    #[test]
    fn only_the_bearer_scheme_carries_a_token() {
        assert_eq!(bearer_token("Bearer abc"), Some("abc"));
        assert_eq!(bearer_token("bearer abc"), Some("abc"));
        assert_eq!(bearer_token("Basic abc"), None);
        assert_eq!(bearer_token("abc"), None);
    }

    #[test]
    fn the_sample_event_reads() {
        let event: AuthorizerEvent =
            serde_json::from_str(include_str!("../../../events/auth-authorizer.json")).unwrap();
        assert!(bearer_token(&event.identity_source[0]).is_some());
    }
}
