//! The pool's pre-token-generation trigger (V2): what our access tokens say.

use kernel::Failure;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use table::{Identity, IdentityStatus, IdentityTable};

pub const FUNCTION: &str = "auth-claims";

/// With this scope a token would let its holder change attributes and factors at the pool, past us.
const SELF_SERVICE_SCOPE: &str = "aws.cognito.signin.user.admin";

#[derive(Deserialize, Serialize)]
pub struct TokenEvent {
    request: TokenRequest,
    #[serde(default)]
    response: Value,
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

/// Puts tenant, user, role and session epoch into the access token. They come from our table by `sub`, never from attributes
/// that a user could write. A user we do not know, or have disabled, gets no token.
pub async fn handle(identities: &IdentityTable, mut event: TokenEvent) -> Result<TokenEvent, Failure> {
    let sub = event.request.user_attributes.get("sub").and_then(Value::as_str);
    let sub = sub.ok_or_else(|| Failure::internal("the trigger's event names no user"))?;
    let identity = identities.find(sub).await?.filter(|identity| identity.status == IdentityStatus::Active);
    let identity = identity.ok_or(Failure::Unauthenticated("no active user has this sub"))?;
    event.response = override_of(&identity);
    Ok(event)
}

fn override_of(identity: &Identity) -> Value {
    json!({
        "claimsAndScopeOverrideDetails": {
            "accessTokenGeneration": {
                "claimsToAddOrOverride": {
                    "tenant_id": identity.tenant.as_str(),
                    "user_id": identity.user.as_str(),
                    "role": identity.role.as_str(),
                    "session_epoch": identity.session_epoch.to_string(),
                },
                "scopesToSuppress": [SELF_SERVICE_SCOPE],
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use kernel::{ClaimedTenant, Role, UserId};

    use super::*;

    #[test]
    fn the_sample_event_reads_and_the_answer_keeps_what_the_pool_sent() {
        let sample = include_str!("../../../events/auth-claims.json");
        let mut event: TokenEvent = serde_json::from_str(sample).unwrap();
        event.response = override_of(&Identity {
            tenant: ClaimedTenant::parse("tnt_a").unwrap(),
            user: UserId::parse("usr_01jd0000000000000000000000").unwrap(),
            role: Role::Rep,
            status: IdentityStatus::Active,
            session_epoch: 3,
        });
        let answer = serde_json::to_value(&event).unwrap();
        let sent: Value = serde_json::from_str(sample).unwrap();
        assert_eq!(answer["request"], sent["request"]);
        assert_eq!(answer["triggerSource"], sent["triggerSource"]);
        let access = &answer["response"]["claimsAndScopeOverrideDetails"]["accessTokenGeneration"];
        assert_eq!(access["claimsToAddOrOverride"]["tenant_id"], "tnt_a");
        assert_eq!(access["claimsToAddOrOverride"]["session_epoch"], "3");
        assert_eq!(access["scopesToSuppress"], json!(["aws.cognito.signin.user.admin"]));
    }
}
