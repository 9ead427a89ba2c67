//! Signed HTTP requests to the application, with Twilio's timeouts and connection overrides.

use std::time::Duration;

use reqwest::{Client, Response, header};
use tokio::time::{self, Instant};
use url::form_urlencoded;

use crate::{
    app::App,
    form,
    journal::{Entry, EntryKind},
    signature,
};

/// Twilio gives up on a webhook after this long, retries included.
const TOTAL_TIME: Duration = Duration::from_secs(15);
const CONNECT_TIME: Duration = Duration::from_secs(5);
/// Twilio reads no more than 64 KiB of `TwiML`.
const LONGEST_ANSWER: usize = 64 * 1024;

#[derive(Debug, Clone)]
pub struct Webhook {
    pub kind: EntryKind,
    pub account_sid: String,
    pub resource_sid: String,
    pub url: String,
    pub method: Method,
    pub params: Vec<(String, String)>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Method {
    Get,
    #[default]
    Post,
}

impl Method {
    /// GET or POST; anything else is None.
    pub fn parse(text: &str) -> Option<Self> {
        match text.to_ascii_uppercase().as_str() {
            "GET" => Some(Self::Get),
            "POST" => Some(Self::Post),
            _ => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
        }
    }
}

pub struct Answer {
    pub status: u16,
    pub body: String,
}

/// Why an attempt brought no usable answer, in the words of Twilio's retry policies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    Connect,
    Read,
    Status(u16),
}

pub struct WebhookClient {
    client: Client,
}

impl WebhookClient {
    pub fn new() -> Result<Self, reqwest::Error> {
        let client = Client::builder()
            .connect_timeout(CONNECT_TIME)
            .user_agent("TwilioProxy/1.1")
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()?;
        Ok(Self { client })
    }
}

/// Sends the webhook, repeats it as its URL's overrides say, and journals every attempt. None: no 2xx answer.
pub async fn send(app: &App, webhook: &Webhook) -> Option<Answer> {
    let token = app.state().accounts.get(&webhook.account_sid)?.auth_token.clone();
    let policy = RetryPolicy::of(&webhook.url);
    let request = Signed::new(webhook, &token);
    let idempotency_token = app.sids.next("");
    let deadline = Instant::now() + TOTAL_TIME;
    let mut attempt = 1;
    loop {
        let (fault, answer) = try_once(app, webhook, &request, &idempotency_token, attempt, deadline).await;
        match fault {
            None => return answer,
            Some(fault) if attempt <= policy.count && policy.covers(fault) => attempt += 1,
            Some(_) => return None,
        }
    }
}

async fn try_once(
    app: &App,
    webhook: &Webhook,
    request: &Signed,
    idempotency_token: &str,
    attempt: u32,
    deadline: Instant,
) -> (Option<Fault>, Option<Answer>) {
    let started = Instant::now();
    let mut entry = Entry::new(webhook.kind, app.clock.now(), &webhook.account_sid);
    entry.resource_sid = Some(webhook.resource_sid.clone());
    webhook.method.name().clone_into(&mut entry.method);
    entry.url.clone_from(&webhook.url);
    entry.params = form::as_json(&webhook.params);
    entry.attempt = attempt;
    entry.signature = Some(request.signature.clone());
    let outcome = time::timeout_at(deadline, request.send(&app.webhooks.client, idempotency_token)).await;
    let (fault, answer) = match outcome {
        Ok(Ok(answer)) if (200..300).contains(&answer.status) => (None, Some(answer)),
        Ok(Ok(answer)) => (Some(Fault::Status(answer.status)), Some(answer)),
        Ok(Err(error)) if error.is_connect() => (Some(Fault::Connect), None),
        Ok(Err(_)) | Err(_) => (Some(Fault::Read), None),
    };
    entry.status = answer.as_ref().map(|answer| answer.status);
    entry.error = match fault {
        Some(Fault::Connect) => Some("11200: cannot connect".to_owned()),
        Some(Fault::Read) => Some("11200: no answer in time".to_owned()),
        Some(Fault::Status(status)) => Some(format!("11200: answered {status}")),
        None => None,
    };
    entry.duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    app.journal.add(entry);
    (fault, answer)
}

struct Signed {
    url: String,
    method: Method,
    body: String,
    signature: String,
}

impl Signed {
    fn new(webhook: &Webhook, token: &str) -> Self {
        // The fragment holds the connection overrides; it is neither sent nor signed.
        let url = webhook.url.split('#').next().unwrap_or_default();
        let encoded = form_urlencoded::Serializer::new(String::new()).extend_pairs(&webhook.params).finish();
        let method = webhook.method;
        match method {
            Method::Post => {
                let signature = signature::sign(token, url, &webhook.params);
                Self { url: url.to_owned(), method, body: encoded, signature }
            }
            Method::Get => {
                let joint = if url.contains('?') { '&' } else { '?' };
                let url = format!("{url}{joint}{encoded}");
                Self { signature: signature::sign(token, &url, &[]), url, method, body: String::new() }
            }
        }
    }

    async fn send(&self, client: &Client, idempotency_token: &str) -> Result<Answer, reqwest::Error> {
        let request = match self.method {
            Method::Get => client.get(&self.url),
            Method::Post => client
                .post(&self.url)
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded; charset=UTF-8")
                .body(self.body.clone()),
        };
        let response = request
            .header("X-Twilio-Signature", &self.signature)
            .header("I-Twilio-Idempotency-Token", idempotency_token)
            .header(header::ACCEPT, "*/*")
            .send()
            .await?;
        read(response).await
    }
}

async fn read(mut response: Response) -> Result<Answer, reqwest::Error> {
    let status = response.status().as_u16();
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        body.extend_from_slice(&chunk);
        if body.len() > LONGEST_ANSWER {
            body.truncate(LONGEST_ANSWER);
            break;
        }
    }
    Ok(Answer { status, body: String::from_utf8_lossy(&body).into_owned() })
}

/// `#rc=2&rp=5xx,rt`: how often and after what an attempt is repeated. Twilio's default is once, after a failed
/// connection only.
#[derive(Debug, PartialEq, Eq)]
struct RetryPolicy {
    count: u32,
    after: Vec<String>,
}

impl RetryPolicy {
    fn of(url: &str) -> Self {
        let mut policy = Self { count: 1, after: vec!["ct".to_owned()] };
        let fragment = url.split_once('#').map_or("", |(_, fragment)| fragment);
        for (name, value) in form_urlencoded::parse(fragment.as_bytes()) {
            match &*name {
                "rc" => policy.count = value.parse().map_or(policy.count, |count: u32| count.min(5)),
                "rp" => policy.after = value.split(',').map(str::to_owned).collect(),
                _ => {}
            }
        }
        policy
    }

    fn covers(&self, fault: Fault) -> bool {
        let name = match fault {
            Fault::Connect => "ct",
            Fault::Read => "rt",
            Fault::Status(400..=499) => "4xx",
            Fault::Status(500..=599) => "5xx",
            Fault::Status(_) => return false,
        };
        self.after.iter().any(|covered| covered == name || covered == "all")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overrides_come_from_the_fragment() {
        let policy = RetryPolicy::of("https://example.com/status?x=1#rc=3&rp=5xx,rt");
        assert_eq!(policy.count, 3);
        assert!(policy.covers(Fault::Status(503)) && policy.covers(Fault::Read));
        assert!(!policy.covers(Fault::Status(404)) && !policy.covers(Fault::Connect));
        let default = RetryPolicy::of("https://example.com/status");
        assert!(default.count == 1 && default.covers(Fault::Connect) && !default.covers(Fault::Status(500)));
    }

    #[test]
    fn a_get_carries_its_parameters_in_the_signed_url() {
        let webhook = Webhook {
            kind: EntryKind::Callback,
            account_sid: String::new(),
            resource_sid: String::new(),
            url: "http://localhost/a?b=c#rc=1".to_owned(),
            method: Method::Get,
            params: vec![("To".to_owned(), "+1 2".to_owned())],
        };
        let request = Signed::new(&webhook, "token");
        assert_eq!(request.url, "http://localhost/a?b=c&To=%2B1+2");
        assert_eq!(request.signature, signature::sign("token", &request.url, &[]));
    }
}
