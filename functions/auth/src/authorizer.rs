//! The HTTP API's authorizer: who is asking, and are they still welcome.

use kernel::{ClaimedTenant, Failure};
use lambda::{AccessClaims, Note, TokenError, note};
use serde::{Deserialize, Serialize};
use table::Standing;

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
    sub: String,
    session_id: String,
    /// Separated by commas; empty for no team.
    team_ids: String,
}

/// Lets a request pass whose access token holds, whose session has not ended, and whose user and tenant are active in the epoch
/// that the token was issued in.
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
    let Some(tenant) = ClaimedTenant::parse(&claims.tenant_id) else { return Ok(refused()) };
    let standing = app.identities.find_in_session(&tenant, &claims.sub, &claims.origin_jti).await?;
    Ok(standing.map_or_else(refused, |standing| verdict(&tenant, &standing, claims)))
}

fn verdict(tenant: &ClaimedTenant, standing: &Standing, claims: AccessClaims) -> Verdict {
    let identity = &standing.identity;
    let current = identity.session_epoch.to_string();
    if !standing.welcome() || current != claims.session_epoch {
        return refused();
    }
    note(Note::Tenant, tenant.as_str());
    note(Note::User, identity.user.as_str());
    let context = Context {
        tenant_id: tenant.to_string(),
        user_id: identity.user.to_string(),
        role: identity.role.as_str(),
        session_epoch: current,
        sub: claims.sub,
        session_id: claims.origin_jti,
        team_ids: identity.team_ids.to_text().unwrap_or_default(),
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
    use kernel::Role;
    use table::{IdentityStatus, TenantStatus};

    use super::*;
    use crate::testing::standing;

    fn tenant() -> ClaimedTenant {
        ClaimedTenant::parse("tnt_a").unwrap()
    }

    fn claims(epoch: &str) -> AccessClaims {
        serde_json::from_value(serde_json::json!({
            "sub": "sub-1", "client_id": "client", "token_use": "access", "tenant_id": "tnt_a",
            "session_epoch": epoch, "origin_jti": "session-1",
        }))
        .unwrap()
    }

    #[test]
    fn an_active_user_of_the_current_epoch_passes_with_the_tables_role() {
        let mut standing = standing(2);
        standing.identity.role = Role::Manager;
        let passed = verdict(&tenant(), &standing, claims("2"));
        assert!(passed.is_authorized);
        let context = passed.context.unwrap();
        assert_eq!((context.role, context.session_id.as_str()), ("manager", "session-1"));
    }

    #[test]
    fn an_older_epoch_a_disabled_user_or_a_suspended_tenant_does_not() {
        assert_eq!(verdict(&tenant(), &standing(2), claims("1")), refused());
        let mut disabled = standing(2);
        disabled.identity.status = IdentityStatus::Disabled;
        assert_eq!(verdict(&tenant(), &disabled, claims("2")), refused());
        let mut suspended = standing(2);
        suspended.tenant.status = TenantStatus::Suspended;
        assert_eq!(verdict(&tenant(), &suspended, claims("2")), refused());
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
