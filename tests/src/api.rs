//! HTTP against a running stack.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use serde_json::{Value, json};

use crate::{
    contract::{Contract, SeenAnswer},
    error::Error,
    socket::{Socket, Ticket},
};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Longer than the gateway waits for a function (30 s), so that its own 503 is seen.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(35);

/// A client that holds every answer against the description. Cheap to clone; clones share their connections.
#[derive(Clone)]
pub struct Api {
    http: reqwest::Client,
    base_url: String,
    contract: Arc<Contract>,
}

impl Api {
    /// `base_url` ends before `/v1`.
    pub fn new(base_url: &str) -> Result<Self, Error> {
        let http = reqwest::Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(ANSWER_TIMEOUT)
            .tcp_nodelay(true)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|source| Error::Description {
                what: "the HTTP client".to_owned(),
                source: source.into(),
            })?;
        Ok(Self { http, base_url: base_url.trim_end_matches('/').to_owned(), contract: Contract::shared()? })
    }

    #[must_use]
    pub fn contract(&self) -> &Contract {
        &self.contract
    }

    /// A request without a token. `path` begins with `/v1/` and may carry a query.
    pub fn request(&self, method: Method, path: &str) -> Request {
        let path = path.to_owned();
        Request { api: self.clone(), method, path, headers: HeaderMap::new(), body: Vec::new(), fault: None }
    }

    /// Signs in; fails on a wrong password, and on a challenge.
    pub async fn sign_in(&self, email: &str, password: &str) -> Result<Session, Error> {
        match self.begin_sign_in(email, password).await? {
            SignIn::Done(session) => Ok(session),
            SignIn::Challenged { challenge, .. } => {
                Err(Error::Challenged { email: email.to_owned(), challenge })
            }
        }
    }

    /// Signs in as far as the password leads.
    pub async fn begin_sign_in(&self, email: &str, password: &str) -> Result<SignIn, Error> {
        let body = json!({ "email": email, "password": password });
        let answer = self.request(Method::POST, "/v1/auth/sign-in").json(&body).send().await?.expect(200)?;
        self.signed_in(&answer)
    }

    /// Meets a challenge; `response` holds `code` or `new_password`.
    pub async fn meet_challenge(
        &self,
        challenge: &str,
        session: &str,
        response: &Value,
    ) -> Result<SignIn, Error> {
        let mut body = json!({ "challenge": challenge, "session": session });
        for (name, value) in response.as_object().into_iter().flatten() {
            body[name] = value.clone();
        }
        let answer =
            self.request(Method::POST, "/v1/auth/challenge").json(&body).send().await?.expect(200)?;
        self.signed_in(&answer)
    }

    /// A session from a token got elsewhere, e.g. a forged one.
    #[must_use]
    pub fn with_token(&self, access_token: &str) -> Session {
        Session {
            api: self.clone(),
            access_token: access_token.to_owned(),
            id_token: String::new(),
            refresh_token: String::new(),
        }
    }

    fn signed_in(&self, answer: &Answer) -> Result<SignIn, Error> {
        if let Ok(challenge) = answer.text("/challenge") {
            let session = answer.text("/session")?.to_owned();
            return Ok(SignIn::Challenged { challenge: challenge.to_owned(), session });
        }
        Ok(SignIn::Done(Session {
            api: self.clone(),
            access_token: answer.text("/access_token")?.to_owned(),
            id_token: answer.text("/id_token")?.to_owned(),
            refresh_token: answer.text("/refresh_token")?.to_owned(),
        }))
    }
}

/// How far a sign-in got.
pub enum SignIn {
    Done(Session),
    Challenged { challenge: String, session: String },
}

/// A user's tokens. Requests carry the access token.
#[derive(Clone)]
pub struct Session {
    api: Api,
    pub access_token: String,
    pub id_token: String,
    pub refresh_token: String,
}

impl Session {
    #[must_use]
    pub fn api(&self) -> &Api {
        &self.api
    }

    pub fn request(&self, method: Method, path: &str) -> Request {
        self.api.request(method, path).bearer(&self.access_token)
    }

    pub async fn get(&self, path: &str) -> Result<Answer, Error> {
        self.request(Method::GET, path).send().await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Result<Answer, Error> {
        self.request(Method::POST, path).json(body).send().await
    }

    /// A fresh ticket for a socket.
    pub async fn ticket(&self) -> Result<Ticket, Error> {
        let answer = self.request(Method::POST, "/v1/realtime/ticket").send().await?.expect(201)?;
        let (secret, url) = (answer.text("/ticket")?.to_owned(), answer.text("/url")?.to_owned());
        Ok(Ticket { secret, url, expires_in_seconds: answer.integer("/expires_in")?.unsigned_abs() })
    }

    /// An open socket of this user.
    pub async fn socket(&self) -> Result<Socket, Error> {
        Socket::connect(&self.ticket().await?).await
    }
}

/// A request under construction. A header that cannot be sent fails the sending.
#[must_use = "a request does nothing until it is sent"]
pub struct Request {
    api: Api,
    method: Method,
    path: String,
    headers: HeaderMap,
    body: Vec<u8>,
    fault: Option<String>,
}

impl Request {
    pub fn header(mut self, name: &str, value: &str) -> Self {
        match (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            (Ok(name), Ok(value)) => {
                self.headers.insert(name, value);
            }
            _ => self.fault = Some(format!("the header {name} cannot be sent")),
        }
        self
    }

    pub fn bearer(self, token: &str) -> Self {
        self.header(header::AUTHORIZATION.as_str(), &format!("Bearer {token}"))
    }

    pub fn json(self, body: &Value) -> Self {
        self.body("application/json", body.to_string())
    }

    /// A form of names and values, in the order given.
    pub fn form(self, fields: &[(&str, &str)]) -> Self {
        let encoded = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.body("application/x-www-form-urlencoded", encoded)
    }

    /// Any bytes under any content type, malformed ones too.
    pub fn body(mut self, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self.header(header::CONTENT_TYPE.as_str(), content_type)
    }

    /// Sends, and holds the answer against the description whatever its status is.
    pub async fn send(self) -> Result<Answer, Error> {
        let Self { api, method, path, headers, body, fault } = self;
        let unanswered = |source| Error::NoAnswer { method: method.clone(), path: path.clone(), source };
        if let Some(fault) = fault {
            return Err(unanswered(fault.into()));
        }
        let url = format!("{}{path}", api.base_url);
        let started = Instant::now();
        let answer = api.http.request(method.clone(), url).headers(headers).body(body).send().await;
        let answer = answer.map_err(|source| unanswered(source.into()))?;
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let bytes = answer.bytes().await.map_err(|source| unanswered(source.into()))?;
        let elapsed = started.elapsed();
        let seen = SeenAnswer { status, headers: &headers, body: &bytes };
        let body = api.contract.check_answer(&method, &path, seen)?;
        Ok(Answer { method, path, status, headers, body, elapsed })
    }
}

/// An answer that keeps the contract.
#[derive(Debug, Clone)]
pub struct Answer {
    pub method: Method,
    pub path: String,
    pub status: u16,
    pub headers: HeaderMap,
    /// Null where the answer has no body.
    pub body: Value,
    /// From the sending of the request to the last byte of the answer.
    pub elapsed: Duration,
}

impl Answer {
    /// The answer, if it has this status.
    pub fn expect(self, status: u16) -> Result<Self, Error> {
        if self.status == status {
            return Ok(self);
        }
        Err(Error::UnexpectedStatus {
            method: self.method,
            path: self.path,
            expected: status,
            actual: self.status,
            body: self.body.to_string(),
        })
    }

    /// The text at a JSON pointer, e.g. `/items/0/id`.
    pub fn text(&self, pointer: &str) -> Result<&str, Error> {
        self.body.pointer(pointer).and_then(Value::as_str).ok_or_else(|| self.missing(pointer))
    }

    /// The whole number at a JSON pointer.
    pub fn integer(&self, pointer: &str) -> Result<i64, Error> {
        self.body.pointer(pointer).and_then(Value::as_i64).ok_or_else(|| self.missing(pointer))
    }

    /// The array at a JSON pointer.
    pub fn array(&self, pointer: &str) -> Result<&[Value], Error> {
        let array = self.body.pointer(pointer).and_then(Value::as_array);
        array.map(Vec::as_slice).ok_or_else(|| self.missing(pointer))
    }

    /// A header's text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The last part of a problem's type, e.g. `validation_failed`; `None` for anything but a problem.
    #[must_use]
    pub fn problem(&self) -> Option<&str> {
        self.body["type"].as_str()?.strip_prefix("/problems/")
    }

    /// The fields that a problem names.
    #[must_use]
    pub fn problem_fields(&self) -> Vec<&str> {
        let errors = self.body["errors"].as_array().into_iter().flatten();
        errors.filter_map(|error| error["field"].as_str()).collect()
    }

    fn missing(&self, pointer: &str) -> Error {
        Error::MissingField { pointer: pointer.to_owned(), body: self.body.to_string() }
    }
}
