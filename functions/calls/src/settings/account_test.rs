//! `POST /v1/tenant/telephony/test`

use kernel::{Action, Caller, Failure};
use lambda::{Method, Reply, Request, RouteSpec};
use serde::Serialize;

use crate::{
    app::App,
    dialer::{Credentials, DialError, Dialer},
    telephony::{TelephonyAccount, TelephonyStore},
};

pub const ROUTE: RouteSpec = RouteSpec::bearer(
    "telephony-test",
    Method::POST,
    "/v1/tenant/telephony/test",
    Action::ManageTenantSettings,
);

#[derive(Serialize)]
struct Report {
    ok: bool,
    checks: Vec<Check>,
}

/// How one secret fared at the provider.
#[derive(Serialize)]
struct Check {
    name: &'static str,
    ok: bool,
    /// Why not.
    detail: Option<String>,
}

/// Asks the provider with every secret that is stored. That one of them fails is the answer, not an error.
pub async fn handle(app: &App, caller: Caller, request: Request) -> Result<Reply, Failure> {
    request.query(&[])?;
    let dialer = app.dialer()?;
    let scope = app.data.open(&caller.tenant).await;
    let account = TelephonyStore::open(&scope).await?.account().await?;
    let account = account.ok_or(Failure::NotFound("telephony account"))?.record;
    let mut checks = Vec::new();
    for (name, credentials) in credentials(&account) {
        checks.push(check(dialer, &account, name, &credentials).await);
    }
    Reply::ok(&Report { ok: checks.iter().all(|check| check.ok), checks })
}

fn credentials(account: &TelephonyAccount) -> Vec<(&'static str, Credentials)> {
    let named = ["auth_token", "secondary_auth_token"].into_iter().zip(&account.auth_tokens);
    let tokens = named.map(|(name, token)| {
        (name, Credentials { user: account.account_sid.clone(), secret: token.clone() })
    });
    let key = account
        .api_key
        .iter()
        .map(|key| ("api_key", Credentials { user: key.sid.clone(), secret: key.secret.clone() }));
    tokens.chain(key).collect()
}

async fn check(
    dialer: &dyn Dialer,
    account: &TelephonyAccount,
    name: &'static str,
    credentials: &Credentials,
) -> Check {
    let outcome = dialer.check(&account.account_sid, credentials).await;
    let detail = outcome.err().map(|error| match error {
        DialError::Refused { .. } => "the provider does not accept it".to_owned(),
        error => error.to_string(),
    });
    Check { name, ok: detail.is_none(), detail }
}
