//! Twilio's REST API (version 2010-04-01).

use std::time::Duration;

use async_trait::async_trait;
use serde::Deserialize;

use crate::{
    call::ProviderCallId,
    dialer::{DialError, DialRequest, Dialer},
    telephony::TelephonyAccount,
};

/// How long the contact's telephone rings before the call counts as not answered.
const RING_SECONDS: &str = "45";

pub struct TwilioDialer {
    client: reqwest::Client,
    base_url: String,
}

impl TwilioDialer {
    /// `base_url`: `https://api.twilio.com`, or a stand-in's.
    ///
    /// # Panics
    /// Where the TLS library cannot start.
    #[must_use]
    pub fn new(base_url: String) -> Self {
        let client = reqwest::Client::builder()
            .connect_timeout(Duration::from_secs(2))
            .timeout(Duration::from_secs(6))
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .expect("an HTTP client can be built");
        Self { client, base_url }
    }
}

#[derive(Deserialize)]
struct CallResource {
    sid: String,
}

#[derive(Deserialize)]
struct RestError {
    code: i64,
}

#[async_trait]
impl Dialer for TwilioDialer {
    async fn dial(
        &self,
        account: &TelephonyAccount,
        request: &DialRequest,
    ) -> Result<ProviderCallId, DialError> {
        let url = format!("{}/2010-04-01/Accounts/{}/Calls.json", self.base_url, account.account_sid);
        let instructions = connect(&request.agent, &request.from);
        let mut form = vec![
            ("To", request.to.as_str()),
            ("From", request.from.as_str()),
            ("Twiml", instructions.as_str()),
            ("Timeout", RING_SECONDS),
            ("StatusCallback", request.status_url.as_str()),
            ("StatusCallbackMethod", "POST"),
        ];
        form.extend(
            ["initiated", "ringing", "answered", "completed"].map(|event| ("StatusCallbackEvent", event)),
        );
        let answer = self
            .client
            .post(url)
            .basic_auth(&account.account_sid, account.auth_tokens.first())
            .form(&form)
            .send()
            .await
            .map_err(unsent)?;
        let status = answer.status().as_u16();
        if status == 429 {
            return Err(DialError::RateLimited);
        }
        let body = answer.bytes().await.map_err(|error| DialError::Unclear(Box::new(error.without_url())))?;
        match status {
            200..=299 => serde_json::from_slice::<CallResource>(&body)
                .ok()
                .and_then(|call| ProviderCallId::parse(&call.sid))
                .ok_or_else(|| DialError::Unclear("the answer names no call".into())),
            400..=499 => Err(DialError::Refused {
                code: serde_json::from_slice::<RestError>(&body)
                    .map_or(i64::from(status), |error| error.code),
            }),
            _ => Err(DialError::Unclear(format!("status {status}").into())),
        }
    }
}

fn unsent(error: reqwest::Error) -> DialError {
    let unreached = error.is_connect() || error.is_builder();
    let error = Box::new(error.without_url());
    if unreached { DialError::Unreached(error) } else { DialError::Unclear(error) }
}

/// TwiML: once the contact answers, ring the user's own telephone and connect the two. Both are E.164, so nothing needs to
/// be escaped.
fn connect(agent: &str, caller_id: &str) -> String {
    format!(r#"<Response><Dial callerId="{caller_id}"><Number>{agent}</Number></Dial></Response>"#)
}
