//! The pool's pre-token-generation trigger (V2): what our access tokens say.

use kernel::{ClaimedTenant, Failure};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use table::{IdentityStatus, IdentityTable, Standing};

use crate::{app::GateApp, mfa_client::SelfServiceClient};

pub const FUNCTION: &str = "auth-claims";

/// With this scope a token would let its holder change attributes and factors at the pool, past us.
const SELF_SERVICE_SCOPE: &str = "aws.cognito.signin.user.admin";

/// What tokens are issued by.
pub struct ClaimsApp {
    identities: IdentityTable,
    self_service: SelfServiceClient,
}

impl ClaimsApp {
    pub async fn from_environment() -> Self {
        Self {
            identities: GateApp::identities().await,
            self_service: SelfServiceClient::from_environment().await,
        }
    }
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TokenEvent {
    user_pool_id: String,
    caller_context: CallerContext,
    request: TokenRequest,
    #[serde(default)]
    response: Value,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct CallerContext {
    client_id: String,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct TokenRequest {
    user_attributes: Map<String, Value>,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

/// Set when the user was made and by nothing after that: the attribute is immutable, and no client may write it.
const TENANT_ATTRIBUTE: &str = "custom:tenant_id";

/// Puts tenant, user, role and session epoch into the access token. The pool only says in which tenant to look; they come from
/// our own row there, by `sub`. A user we do not know or have disabled gets no token, nor does one of a suspended tenant. The
/// pool gives no token before an invited user has set a password, so the first one accepts the invitation.
///
/// No token keeps the scope that changes its own user, but those of the self-service client, which stay within our functions.
pub async fn handle(app: &ClaimsApp, mut event: TokenEvent) -> Result<TokenEvent, Failure> {
    let attribute = |name: &str| event.request.user_attributes.get(name).and_then(Value::as_str);
    let sub = attribute("sub").ok_or_else(|| Failure::internal("the trigger's event names no user"))?;
    let refusal = Failure::Unauthenticated("no active user has this sub");
    let Some(claim) = attribute(TENANT_ATTRIBUTE).and_then(ClaimedTenant::parse) else { return Err(refusal) };
    let standing = app.identities.find(&claim, sub).await?.filter(Standing::admitted).ok_or(refusal)?;
    if standing.identity.status == IdentityStatus::Invited {
        app.identities.accept(&claim, sub).await?;
    }
    let self_service = app.self_service.is(&event.user_pool_id, &event.caller_context.client_id).await;
    event.response = override_of(&claim, &standing, self_service);
    Ok(event)
}

fn override_of(tenant: &ClaimedTenant, standing: &Standing, self_service: bool) -> Value {
    let identity = &standing.identity;
    let suppressed: &[&str] = if self_service { &[] } else { &[SELF_SERVICE_SCOPE] };
    json!({
        "claimsAndScopeOverrideDetails": {
            "accessTokenGeneration": {
                "claimsToAddOrOverride": {
                    "tenant_id": tenant.as_str(),
                    "user_id": identity.user.as_str(),
                    "role": identity.role.as_str(),
                    "session_epoch": identity.session_epoch.to_string(),
                },
                "scopesToSuppress": suppressed,
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sample_event_reads_and_the_answer_keeps_what_the_pool_sent() {
        let sample = include_str!("../../../events/auth-claims.json");
        let mut event: TokenEvent = serde_json::from_str(sample).unwrap();
        assert!(event.request.user_attributes.contains_key(TENANT_ATTRIBUTE));
        event.response =
            override_of(&ClaimedTenant::parse("tnt_a").unwrap(), &crate::testing::standing(3), false);
        let answer = serde_json::to_value(&event).unwrap();
        let sent: Value = serde_json::from_str(sample).unwrap();
        assert_eq!(answer["request"], sent["request"]);
        assert_eq!(answer["triggerSource"], sent["triggerSource"]);
        let access = &answer["response"]["claimsAndScopeOverrideDetails"]["accessTokenGeneration"];
        assert_eq!(access["claimsToAddOrOverride"]["tenant_id"], "tnt_a");
        assert_eq!(access["claimsToAddOrOverride"]["session_epoch"], "3");
        assert_eq!(access["scopesToSuppress"], json!(["aws.cognito.signin.user.admin"]));
        assert_eq!(answer["callerContext"], sent["callerContext"]);
    }

    #[test]
    fn only_the_self_service_client_keeps_the_scope_that_changes_its_user() {
        let tenant = ClaimedTenant::parse("tnt_a").unwrap();
        let details = override_of(&tenant, &crate::testing::standing(3), true);
        let access = &details["claimsAndScopeOverrideDetails"]["accessTokenGeneration"];
        assert_eq!(access["scopesToSuppress"], json!([]));
    }
}
