//! Twilio's error bodies: `{code, message, more_info, status}`.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::json;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiError {
    pub status: StatusCode,
    pub code: u32,
    pub message: String,
}

pub type ApiResult<T> = Result<T, ApiError>;

impl ApiError {
    /// A parameter that Twilio refuses: 400 with the code of its error dictionary.
    pub fn refused(code: u32, message: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, code, message: message.into() }
    }

    pub fn unauthenticated() -> Self {
        Self { status: StatusCode::UNAUTHORIZED, code: 20003, message: "Authenticate".to_owned() }
    }

    pub fn not_found(path: &str) -> Self {
        let message = format!("The requested resource {path} was not found");
        Self { status: StatusCode::NOT_FOUND, code: 20404, message }
    }

    pub fn method_not_allowed() -> Self {
        let message = "Method not allowed".to_owned();
        Self { status: StatusCode::METHOD_NOT_ALLOWED, code: 20004, message }
    }

    pub fn too_many_requests() -> Self {
        let message = "Too Many Requests".to_owned();
        Self { status: StatusCode::TOO_MANY_REQUESTS, code: 20429, message }
    }

    /// The record exists but its state does not allow this.
    pub fn not_available(message: impl Into<String>) -> Self {
        Self { status: StatusCode::CONFLICT, code: 20009, message: message.into() }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let body = json!({
            "code": self.code,
            "message": self.message,
            "more_info": format!("https://www.twilio.com/docs/errors/{}", self.code),
            "status": self.status.as_u16(),
        });
        let mut response = (self.status, Json(body)).into_response();
        if self.status == StatusCode::UNAUTHORIZED {
            let challenge = HeaderValue::from_static("Basic realm=\"Twilio API\"");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
        }
        response
    }
}
