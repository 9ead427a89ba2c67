//! What a route answers.

use http::{StatusCode, header};
use kernel::Failure;
use lambda_http::{Body, Response};
use serde::Serialize;

/// A successful answer.
#[derive(Debug)]
pub struct Reply {
    status: StatusCode,
    body: Option<Vec<u8>>,
    headers: Vec<(header::HeaderName, String)>,
}

impl Reply {
    /// 200 with a JSON body.
    pub fn ok(view: &impl Serialize) -> Result<Self, Failure> {
        Self::json(StatusCode::OK, view)
    }

    /// 201 with a JSON body.
    pub fn created(view: &impl Serialize) -> Result<Self, Failure> {
        Self::json(StatusCode::CREATED, view)
    }

    /// 204.
    #[must_use]
    pub fn no_content() -> Self {
        Self { status: StatusCode::NO_CONTENT, body: None, headers: Vec::new() }
    }

    fn json(status: StatusCode, view: &impl Serialize) -> Result<Self, Failure> {
        let body = serde_json::to_vec(view).map_err(Failure::internal)?;
        Ok(Self { status, body: Some(body), headers: Vec::new() })
    }

    /// Where the created thing stands.
    #[must_use]
    pub fn located_at(self, path: String) -> Self {
        self.with(header::LOCATION, path)
    }

    /// The entity's version as a strong `ETag`.
    #[must_use]
    pub fn versioned(self, version: i64) -> Self {
        self.with(header::ETAG, format!("\"{version}\""))
    }

    fn with(mut self, name: header::HeaderName, value: String) -> Self {
        self.headers.push((name, value));
        self
    }

    pub(crate) fn into_response(self) -> Response<Body> {
        let mut response = Response::builder().status(self.status);
        if self.body.is_some() {
            response = response.header(header::CONTENT_TYPE, "application/json");
        }
        for (name, value) in self.headers {
            response = response.header(name, value);
        }
        let body =
            self.body.map_or(Body::Empty, |bytes| Body::Text(String::from_utf8_lossy(&bytes).into_owned()));
        response.body(body).unwrap_or_else(|_| bare(StatusCode::INTERNAL_SERVER_ERROR))
    }
}

/// An answer without headers or body, for where even building one failed.
pub(crate) fn bare(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::Empty);
    *response.status_mut() = status;
    response
}
