//! The levers of the telephony stand-in, which the real provider does not have.

use std::time::Duration;

use http::Method;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::error::Error;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);

/// A client of `/_control` at the stand-in.
#[derive(Clone)]
pub struct TwilioControl {
    http: reqwest::Client,
    base_url: String,
}

/// Which entries of the log are wanted; all of them by default.
#[derive(Debug, Clone, Default, Serialize)]
pub struct LogFilter {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_sid: Option<String>,
    /// A call, message or recording.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_sid: Option<String>,
    /// `request`, `callback`, `webhook` or `note`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Only entries behind this `seq`.
    pub after: u64,
}

/// A request that came to the stand-in, or a callback that it sent.
#[derive(Debug, Clone, Deserialize)]
pub struct LogEntry {
    pub seq: u64,
    /// RFC 3339.
    pub at: String,
    pub kind: String,
    pub account_sid: String,
    pub resource_sid: Option<String>,
    pub method: String,
    pub url: String,
    pub params: Value,
    /// The HTTP status of the answer, if one came.
    pub status: Option<u16>,
    pub error: Option<String>,
    pub attempt: u32,
    pub duration_ms: u64,
    pub signature: Option<String>,
}

#[derive(Deserialize)]
struct LogAnswer {
    entries: Vec<LogEntry>,
}

impl TwilioControl {
    pub fn new(base_url: &str) -> Result<Self, Error> {
        let http = reqwest::Client::builder().connect_timeout(CONNECT_TIMEOUT).build().map_err(|source| {
            Error::Description { what: "the HTTP client".to_owned(), source: source.into() }
        })?;
        Ok(Self { http, base_url: base_url.trim_end_matches('/').to_owned() })
    }

    /// Opens an account, e.g. `{sid, auth_token, numbers: ["+1…"], calls_per_second}`.
    pub async fn register_account(&self, account: &Value) -> Result<Value, Error> {
        self.post("accounts", account).await
    }

    /// Says how the next calls go, e.g. `{to, outcome: "busy", ring_ms: 10}`.
    pub async fn set_script(&self, script: &Value) -> Result<Value, Error> {
        self.post("script", script).await
    }

    /// Posts to any other lever: `answer`, `hang-up`, `inbound-call`, …
    pub async fn post(&self, lever: &str, body: &Value) -> Result<Value, Error> {
        self.call(Method::POST, lever, Some(body), &LogFilter::default(), Duration::ZERO).await
    }

    /// What is on the log now, oldest first.
    pub async fn log(&self, filter: &LogFilter) -> Result<Vec<LogEntry>, Error> {
        self.read_log(filter, Duration::ZERO).await
    }

    /// What is on the log as soon as anything is; fails if nothing comes in time.
    pub async fn wait_for_log(&self, filter: &LogFilter, timeout: Duration) -> Result<Vec<LogEntry>, Error> {
        let entries = self.read_log(filter, timeout).await?;
        if entries.is_empty() {
            return Err(Error::TooLate { what: "an entry of the stand-in's log", waited: timeout });
        }
        Ok(entries)
    }

    async fn read_log(&self, filter: &LogFilter, wait: Duration) -> Result<Vec<LogEntry>, Error> {
        let answer = self.call(Method::GET, "log", None, filter, wait).await?;
        let read: LogAnswer = serde_json::from_value(answer).map_err(|source| Error::Description {
            what: "the stand-in's log".to_owned(),
            source: source.into(),
        })?;
        Ok(read.entries)
    }

    async fn call(
        &self,
        method: Method,
        lever: &str,
        body: Option<&Value>,
        filter: &LogFilter,
        wait: Duration,
    ) -> Result<Value, Error> {
        let path = format!("/_control/{lever}");
        let unanswered = |source: reqwest::Error| Error::NoAnswer {
            method: method.clone(),
            path: path.clone(),
            source: source.into(),
        };
        let mut request = self.http.request(method.clone(), format!("{}{path}", self.base_url));
        request = request.timeout(ANSWER_TIMEOUT + wait);
        request = match body {
            Some(body) => request.json(body),
            None => request.query(filter).query(&[("wait_ms", wait.as_millis())]),
        };
        let answer = request.send().await.map_err(unanswered)?;
        let status = answer.status().as_u16();
        let text = answer.text().await.map_err(unanswered)?;
        if !(200..300).contains(&status) {
            return Err(Error::UnexpectedStatus { method, path, expected: 200, actual: status, body: text });
        }
        if text.is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_str(&text).map_err(|source| Error::Description {
            what: format!("the stand-in's answer to {path}"),
            source: source.into(),
        })
    }
}
