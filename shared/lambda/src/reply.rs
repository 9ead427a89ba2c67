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

    /// 200 with a document that is XML.
    #[must_use]
    pub fn xml(document: String) -> Self {
        Self { status: StatusCode::OK, body: Some(document.into_bytes()), headers: Vec::new() }
            .with(header::CONTENT_TYPE, "text/xml; charset=utf-8".to_owned())
    }

    /// 202 with a JSON body: what was asked for goes on behind the answer.
    pub fn accepted(view: &impl Serialize) -> Result<Self, Failure> {
        Self::json(StatusCode::ACCEPTED, view)
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

    pub(crate) fn with(mut self, name: header::HeaderName, value: String) -> Self {
        self.headers.push((name, value));
        self
    }

    /// An answer that was given before, with all its headers.
    pub(crate) fn again(status: u16, headers: Vec<(String, String)>, body: String) -> Result<Self, Failure> {
        let named = headers.into_iter().map(|(name, value)| Ok((header::HeaderName::try_from(name)?, value)));
        let headers = named.collect::<Result<_, header::InvalidHeaderName>>().map_err(Failure::internal)?;
        let status = StatusCode::from_u16(status).map_err(Failure::internal)?;
        let body = (!body.is_empty()).then(|| body.into_bytes());
        Ok(Self { status, body, headers })
    }

    pub(crate) fn to_response(&self) -> Response<Body> {
        let mut response = Response::builder().status(self.status);
        let typed = self.headers.iter().any(|(name, _)| *name == header::CONTENT_TYPE);
        if self.body.is_some() && !typed {
            response = response.header(header::CONTENT_TYPE, "application/json");
        }
        for (name, value) in &self.headers {
            response = response.header(name, value);
        }
        let text = |bytes: &Vec<u8>| Body::Text(String::from_utf8_lossy(bytes).into_owned());
        let body = self.body.as_ref().map_or(Body::Empty, text);
        response.body(body).unwrap_or_else(|_| bare(StatusCode::INTERNAL_SERVER_ERROR))
    }
}

/// An answer without headers or body, for where even building one failed.
pub(crate) fn bare(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::Empty);
    *response.status_mut() = status;
    response
}
