//! The pool's pre-token-generation trigger (V2): what our access tokens say.

use kernel::{ClaimedTenant, Failure};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use table::{IdentityStatus, IdentityTable, Standing};

use crate::{
    app::GateApp,
    pool_directory::{ClientKind, PoolDirectory},
};

pub const FUNCTION: &str = "auth-claims";

/// With this scope a token would let its holder change attributes and factors at the pool, past us.
const SELF_SERVICE_SCOPE: &str = "aws.cognito.signin.user.admin";

/// What stands in place of a tenant, as the claim `mfa_setup`, where a second factor has to be set up before there are tokens.
pub(crate) const SETUP_REQUIRED: &str = "required";

/// What a user is told whom the trigger does not let in.
pub(crate) const REFUSED: &str = "no active user has this sub";
const FACTOR_MISSING: &str = "no active user has this sub: a second factor has to be set up first";

/// What tokens are issued by.
pub struct ClaimsApp {
    identities: IdentityTable,
    directory: PoolDirectory,
}

impl ClaimsApp {
    pub async fn from_environment() -> Self {
        Self { identities: GateApp::identities().await, directory: PoolDirectory::from_environment().await }
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
///
/// Where the tenant demands a second factor and the user has none, no client gets a token that opens anything. Our own sign-in is
/// told so by a claim, for the pool may by then have taken a new password, and goes on to set the factor up.
pub async fn handle(app: &ClaimsApp, mut event: TokenEvent) -> Result<TokenEvent, Failure> {
    let attribute = |name: &str| event.request.user_attributes.get(name).and_then(Value::as_str);
    let sub = attribute("sub").ok_or_else(|| Failure::internal("the trigger's event names no user"))?;
    let refusal = Failure::Unauthenticated(REFUSED);
    let Some(claim) = attribute(TENANT_ATTRIBUTE).and_then(ClaimedTenant::parse) else { return Err(refusal) };
    let standing = app.identities.find(&claim, sub).await?.filter(Standing::admitted).ok_or(refusal)?;
    let kind = app.directory.kind_of(&event.user_pool_id, &event.caller_context.client_id).await?;
    if standing.lacks_factor()
        && kind != ClientKind::SelfService
        && !find_factor(app, &event, &claim, sub).await?
    {
        if kind != ClientKind::SignIn {
            return Err(Failure::Unauthenticated(FACTOR_MISSING));
        }
        event.response = setup_wanted();
        return Ok(event);
    }
    if standing.identity.status == IdentityStatus::Invited {
        app.identities.accept(&claim, sub).await?;
    }
    event.response = override_of(&claim, &standing, kind);
    Ok(event)
}

/// Whether the user has a factor after all, at the pool; then our row says so from now on. Setting one up writes to both, and may
/// have broken off in between.
async fn find_factor(
    app: &ClaimsApp,
    event: &TokenEvent,
    claim: &ClaimedTenant,
    sub: &str,
) -> Result<bool, Failure> {
    let found = app.directory.has_factor(&event.user_pool_id, sub).await?;
    if found {
        app.identities.note_factor_found(claim, sub).await?;
    }
    Ok(found)
}

fn setup_wanted() -> Value {
    json!({
        "claimsAndScopeOverrideDetails": {
            "accessTokenGeneration": {
                "claimsToAddOrOverride": { "mfa_setup": SETUP_REQUIRED },
                "scopesToSuppress": [SELF_SERVICE_SCOPE],
            }
        }
    })
}

fn override_of(tenant: &ClaimedTenant, standing: &Standing, client: ClientKind) -> Value {
    let identity = &standing.identity;
    let suppressed: &[&str] = if client == ClientKind::SelfService { &[] } else { &[SELF_SERVICE_SCOPE] };
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
        event.response = override_of(
            &ClaimedTenant::parse("tnt_a").unwrap(),
            &crate::testing::standing(3),
            ClientKind::Other,
        );
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
        let suppressed = |client| {
            let details = override_of(&tenant, &crate::testing::standing(3), client);
            details["claimsAndScopeOverrideDetails"]["accessTokenGeneration"]["scopesToSuppress"].clone()
        };
        assert_eq!(suppressed(ClientKind::SelfService), json!([]));
        for client in [ClientKind::SignIn, ClientKind::Other] {
            assert_eq!(suppressed(client), json!([SELF_SERVICE_SCOPE]), "{client:?}");
        }
    }

    #[test]
    fn where_a_factor_is_missing_the_token_names_no_tenant_and_can_do_nothing() {
        let details = setup_wanted();
        let access = &details["claimsAndScopeOverrideDetails"]["accessTokenGeneration"];
        assert_eq!(access["claimsToAddOrOverride"], json!({ "mfa_setup": "required" }));
        assert_eq!(access["scopesToSuppress"], json!([SELF_SERVICE_SCOPE]));
    }
}
