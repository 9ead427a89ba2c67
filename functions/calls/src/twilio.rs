//! Twilio's REST API (version 2010-04-01).

use std::time::Duration;

use async_trait::async_trait;
use serde::Deserialize;

use crate::{
    call::ProviderCallId,
    dialer::{
        Credentials, DialError, DialRequest, Dialer, LegState, ProviderRecordingStatus, RecordingAccount,
    },
    progress::CallStatus,
    recorded::ProviderRecordingId,
    telephony::TelephonyAccount,
    voice_status::parse_rfc2822,
};

/// How long the user's own telephone rings before the call counts as given up.
const RING_SECONDS: &str = "30";

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

    fn recordings_url(&self, account: &TelephonyAccount, call: &ProviderCallId) -> String {
        let (sid, call) = (&account.account_sid, call.as_str());
        format!("{}/2010-04-01/Accounts/{sid}/Calls/{call}/Recordings.json", self.base_url)
    }
}

#[derive(Deserialize)]
struct CallResource {
    sid: String,
}

#[derive(Deserialize)]
struct LegPage {
    calls: Vec<LegResource>,
}

#[derive(Deserialize)]
struct LegResource {
    sid: String,
    status: String,
    /// RFC 2822.
    end_time: Option<String>,
    /// Whole seconds, as text.
    duration: Option<String>,
}

impl LegResource {
    /// `None` for what we have no word for.
    fn state(self) -> Option<LegState> {
        Some(LegState {
            id: ProviderCallId::parse(&self.sid)?,
            status: CallStatus::parse(&self.status)?,
            ended_at: self.end_time.as_deref().and_then(parse_rfc2822),
            duration_seconds: self.duration.and_then(|seconds| seconds.parse().ok()),
        })
    }
}

#[derive(Deserialize)]
struct RecordingPage {
    recordings: Vec<RecordingResource>,
}

#[derive(Deserialize)]
struct RecordingResource {
    sid: String,
    status: String,
    /// Whole seconds, as text; -1 while it is not known.
    duration: Option<String>,
}

impl RecordingResource {
    fn account(self) -> Option<RecordingAccount> {
        let status = match self.status.as_str() {
            "completed" => ProviderRecordingStatus::Completed,
            "absent" | "failed" | "deleted" => ProviderRecordingStatus::Absent,
            _ => ProviderRecordingStatus::Unfinished,
        };
        let duration_seconds = self.duration.and_then(|seconds| seconds.parse().ok());
        Some(RecordingAccount { id: ProviderRecordingId::parse(&self.sid)?, status, duration_seconds })
    }
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
        let mut form = vec![
            ("To", request.to.as_str()),
            ("From", request.from.as_str()),
            ("Twiml", request.instructions.as_str()),
            ("Timeout", RING_SECONDS),
            ("StatusCallback", request.status_url.as_str()),
            ("StatusCallbackMethod", "POST"),
        ];
        form.extend(
            ["initiated", "ringing", "answered", "completed"].map(|event| ("StatusCallbackEvent", event)),
        );
        let place = async || {
            let request =
                self.client.post(&url).basic_auth(&account.account_sid, account.auth_tokens.first());
            answer(request.form(&form)).await
        };
        let body = match place().await {
            // Nobody was reached, so nothing can ring twice.
            Err(DialError::Unreached(_)) => place().await?,
            outcome => outcome?,
        };
        serde_json::from_slice::<CallResource>(&body)
            .ok()
            .and_then(|call| ProviderCallId::parse(&call.sid))
            .ok_or_else(|| DialError::Unclear("the answer names no call".into()))
    }

    async fn hang_up(&self, account: &TelephonyAccount, leg: &ProviderCallId) -> Result<(), DialError> {
        let (sid, leg) = (&account.account_sid, leg.as_str());
        let url = format!("{}/2010-04-01/Accounts/{sid}/Calls/{leg}.json", self.base_url);
        let request = self.client.post(url).basic_auth(sid, account.auth_tokens.first());
        answer(request.form(&[("Status", "completed")])).await.map(drop)
    }

    async fn legs(
        &self,
        account: &TelephonyAccount,
        first: &ProviderCallId,
    ) -> Result<Vec<LegState>, DialError> {
        let (sid, first) = (&account.account_sid, first.as_str());
        let base = format!("{}/2010-04-01/Accounts/{sid}/Calls", self.base_url);
        let read = async |url: String| {
            answer(self.client.get(url).basic_auth(sid, account.auth_tokens.first())).await
        };
        let unclear = |error: serde_json::Error| DialError::Unclear(Box::new(error));
        let parent: LegResource =
            serde_json::from_slice(&read(format!("{base}/{first}.json")).await?).map_err(unclear)?;
        let children = read(format!("{base}.json?ParentCallSid={first}&PageSize=50")).await?;
        let children: LegPage = serde_json::from_slice(&children).map_err(unclear)?;
        Ok([parent].into_iter().chain(children.calls).filter_map(LegResource::state).collect())
    }

    async fn record(
        &self,
        account: &TelephonyAccount,
        leg: &ProviderCallId,
        callback_url: &str,
    ) -> Result<(), DialError> {
        let form = [
            ("RecordingChannels", "dual"),
            ("RecordingStatusCallback", callback_url),
            ("RecordingStatusCallbackEvent", "completed absent"),
        ];
        let request = self.client.post(self.recordings_url(account, leg));
        let request = request.basic_auth(&account.account_sid, account.auth_tokens.first());
        answer(request.form(&form)).await.map(drop)
    }

    async fn recordings(
        &self,
        account: &TelephonyAccount,
        first: &ProviderCallId,
    ) -> Result<Vec<RecordingAccount>, DialError> {
        let request = self.client.get(self.recordings_url(account, first));
        let request = request.basic_auth(&account.account_sid, account.auth_tokens.first());
        let page: RecordingPage = serde_json::from_slice(&answer(request).await?)
            .map_err(|error| DialError::Unclear(Box::new(error)))?;
        Ok(page.recordings.into_iter().filter_map(RecordingResource::account).collect())
    }

    async fn check(&self, account_sid: &str, credentials: &Credentials) -> Result<(), DialError> {
        let url = format!("{}/2010-04-01/Accounts/{account_sid}/Calls.json?PageSize=1", self.base_url);
        let request = self.client.get(url).basic_auth(&credentials.user, Some(&credentials.secret));
        answer(request).await.map(drop)
    }
}

/// The body of a good answer.
async fn answer(request: reqwest::RequestBuilder) -> Result<Vec<u8>, DialError> {
    let answer = request.send().await.map_err(unsent)?;
    let status = answer.status().as_u16();
    if status == 429 {
        return Err(DialError::RateLimited);
    }
    let body = answer.bytes().await.map_err(|error| DialError::Unclear(Box::new(error.without_url())))?;
    match status {
        200..=299 => Ok(body.into()),
        400..=499 => Err(DialError::Refused {
            code: serde_json::from_slice::<RestError>(&body).map_or(i64::from(status), |error| error.code),
        }),
        _ => Err(DialError::Unclear(format!("status {status}").into())),
    }
}

fn unsent(error: reqwest::Error) -> DialError {
    let unreached = error.is_connect() || error.is_builder();
    let error = Box::new(error.without_url());
    if unreached { DialError::Unreached(error) } else { DialError::Unclear(error) }
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    async fn dial_at(listener: &TcpListener) -> DialError {
        let dialer = TwilioDialer::new(format!("http://{}", listener.local_addr().unwrap()));
        failed_dial(&dialer).await
    }

    async fn failed_dial(dialer: &TwilioDialer) -> DialError {
        let account = TelephonyAccount::new(
            "AC00000000000000000000000000000000".to_owned(),
            "secret".to_owned(),
            Vec::new(),
        );
        let request = DialRequest {
            to: "+14155550132".to_owned(),
            from: "+14155550100".to_owned(),
            instructions: "<Response />".to_owned(),
            status_url: "http://127.0.0.1/status".to_owned(),
        };
        dialer.dial(&account, &request).await.unwrap_err()
    }

    #[tokio::test]
    async fn where_nobody_listens_nothing_rings() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let dialer = TwilioDialer::new(format!("http://{}", listener.local_addr().unwrap()));
        drop(listener);
        let error = failed_dial(&dialer).await;
        assert!(matches!(error, DialError::Unreached(_)) && error.nothing_rings(), "{error:?}");
    }

    #[tokio::test]
    async fn where_the_request_arrived_and_no_answer_came_it_may_ring() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let hang_up = async {
            let (stream, _) = listener.accept().await.unwrap();
            stream.readable().await.unwrap();
        };
        let (error, ()) = tokio::join!(dial_at(&listener), hang_up);
        assert!(matches!(error, DialError::Unclear(_)) && !error.nothing_rings(), "{error:?}");
        assert!(!format!("{error:?}").contains("4155550132"), "{error:?}");
    }
}
