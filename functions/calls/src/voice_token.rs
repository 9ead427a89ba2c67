//! `POST /v1/calls/voice-token`

use jsonwebtoken::{Algorithm, EncodingKey, Header};
use kernel::{Action, Caller, Failure, UserId, UtcTime};
use lambda::{Method, Reply, Request, RouteSpec};
use serde::Serialize;

use crate::{
    app::App,
    create::refuse_without_voice_key,
    numbers::conflict,
    store::CallStore,
    telephony::{ApiKey, TelephonyAccount},
};

pub const ROUTE: RouteSpec =
    RouteSpec::bearer("calls-voice-token", Method::POST, "/v1/calls/voice-token", Action::PlaceCalls);

/// The provider takes up to a day; a browser asks again long before.
const LIFETIME_SECONDS: i64 = 3600;

#[derive(Serialize)]
struct TokenView {
    token: String,
    /// As whom the browser registers, and is rung.
    identity: String,
    expires_in: i64,
}

/// What the provider's Voice SDK signs in with (Twilio, "Access Tokens").
#[derive(Serialize)]
struct Claims<'a> {
    jti: String,
    iss: &'a str,
    sub: &'a str,
    nbf: i64,
    exp: i64,
    grants: Grants<'a>,
}

#[derive(Serialize)]
struct Grants<'a> {
    identity: &'a str,
    voice: VoiceGrant<'a>,
}

#[derive(Serialize)]
struct VoiceGrant<'a> {
    incoming: Incoming,
    outgoing: Outgoing<'a>,
}

#[derive(Serialize)]
struct Incoming {
    allow: bool,
}

#[derive(Serialize)]
struct Outgoing<'a> {
    application_sid: &'a str,
}

/// A token with which the caller's browser places and takes calls, for an hour.
pub async fn handle(app: &App, caller: Caller, request: Request) -> Result<Reply, Failure> {
    request.query(&[])?;
    let scope = app.data.open(&caller.tenant).await;
    let account = CallStore::open(&scope).await?.telephony().await?;
    let account = account.ok_or(conflict("no_telephony", "the tenant has no telephony account"))?;
    refuse_without_voice_key(&account)?;
    let token = sign(&account, &caller.user, app.ambient.now())?;
    Reply::ok(&TokenView { token, identity: caller.user.to_string(), expires_in: LIFETIME_SECONDS })
}

fn sign(account: &TelephonyAccount, user: &UserId, now: UtcTime) -> Result<String, Failure> {
    let (Some(ApiKey { sid, secret }), Some(application_sid)) = (&account.api_key, &account.application_sid)
    else {
        return Err(Failure::internal("the account has no voice key"));
    };
    let now = now.as_second();
    let claims = Claims {
        jti: format!("{sid}-{now}"),
        iss: sid,
        sub: &account.account_sid,
        nbf: now,
        exp: now + LIFETIME_SECONDS,
        grants: Grants {
            identity: user.as_str(),
            voice: VoiceGrant { incoming: Incoming { allow: true }, outgoing: Outgoing { application_sid } },
        },
    };
    let header = Header { cty: Some("twilio-fpa;v=1".to_owned()), ..Header::new(Algorithm::HS256) };
    jsonwebtoken::encode(&header, &claims, &EncodingKey::from_secret(secret.as_bytes()))
        .map_err(Failure::internal)
}

#[cfg(test)]
mod tests {
    use jsonwebtoken::{DecodingKey, Validation};
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn the_token_says_what_the_voice_sdk_reads() {
        let account = TelephonyAccount {
            api_key: Some(ApiKey { sid: "SK1".to_owned(), secret: "key-secret".to_owned() }),
            application_sid: Some("AP1".to_owned()),
            ..TelephonyAccount::new("AC1".to_owned(), "token".to_owned(), Vec::new())
        };
        let user = UserId::parse("usr_01jd0000000000000000000000").unwrap();
        let now = UtcTime::from_millisecond(1_790_000_000_000).unwrap();
        let token = sign(&account, &user, now).unwrap();
        let mut validation = Validation::new(Algorithm::HS256);
        validation.validate_exp = false;
        let key = DecodingKey::from_secret(b"key-secret");
        let read = jsonwebtoken::decode::<Value>(&token, &key, &validation).unwrap();
        assert_eq!(read.header.cty.as_deref(), Some("twilio-fpa;v=1"));
        assert_eq!(read.header.typ.as_deref(), Some("JWT"));
        assert_eq!(
            read.claims,
            json!({ "jti": "SK1-1790000000", "iss": "SK1", "sub": "AC1", "nbf": 1_790_000_000,
                "exp": 1_790_003_600, "grants": { "identity": user, "voice": {
                    "incoming": { "allow": true }, "outgoing": { "application_sid": "AP1" } } } })
        );
    }
}
