//! The one place where a failure becomes an HTTP answer: RFC 9457 problem details.

use http::{StatusCode, header};
use kernel::{Failure, FieldError};
use lambda_http::{Body, Response};
use serde::Serialize;

use crate::{quota, reply::bare};

#[derive(Serialize)]
struct Problem<'a> {
    r#type: String,
    title: &'a str,
    status: u16,
    detail: String,
    request_id: &'a str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [FieldError],
}

/// The status, the code that ends the problem's type, and the title that goes with it.
pub(crate) fn classify(failure: &Failure) -> (StatusCode, &'static str, &'static str) {
    match failure {
        Failure::MalformedBody => (StatusCode::BAD_REQUEST, "malformed_json", "The body is not JSON"),
        Failure::BodyTooLarge { .. } => (StatusCode::BAD_REQUEST, "body_too_large", "The body is too large"),
        Failure::Invalid(_) => (StatusCode::BAD_REQUEST, "validation_failed", "The request is not valid"),
        Failure::Unauthenticated(_) => (StatusCode::UNAUTHORIZED, "unauthorized", "Not signed in"),
        Failure::Forbidden(_) => (StatusCode::FORBIDDEN, "forbidden", "Not allowed"),
        Failure::NotFound(_) => (StatusCode::NOT_FOUND, "not_found", "Not found"),
        Failure::Conflict { .. } => {
            (StatusCode::CONFLICT, "conflict", "The state of things does not allow it")
        }
        Failure::KeyReused => {
            (StatusCode::UNPROCESSABLE_ENTITY, "idempotency_key_reused", "The key is another request's")
        }
        Failure::Stale => {
            (StatusCode::PRECONDITION_FAILED, "precondition_failed", "Changed by somebody else")
        }
        Failure::PreconditionRequired => {
            (StatusCode::PRECONDITION_REQUIRED, "precondition_required", "A precondition is required")
        }
        Failure::Throttled { .. } => {
            (StatusCode::TOO_MANY_REQUESTS, "too_many_requests", "Too many requests")
        }
        Failure::ProviderRefused { code, .. } => (StatusCode::BAD_GATEWAY, code, "The provider refused"),
        Failure::ProviderUnavailable(_) => {
            (StatusCode::SERVICE_UNAVAILABLE, "provider_unavailable", "The provider is unavailable")
        }
        Failure::Unavailable(_) => {
            (StatusCode::SERVICE_UNAVAILABLE, "unavailable", "Temporarily unavailable")
        }
        Failure::Internal(_) => (StatusCode::INTERNAL_SERVER_ERROR, "internal", "Internal error"),
    }
}

/// The answer for `failure`. What went wrong inside stays inside: a 500 says its request id and no more.
pub(crate) fn into_response(failure: &Failure, request_id: &str) -> Response<Body> {
    let (status, code, title) = classify(failure);
    let conflict;
    let errors = match failure {
        Failure::Invalid(errors) => errors.as_slice(),
        // The kinds of problem are a fixed list; what tells one conflict from another stands with it.
        Failure::Conflict { code, detail } => {
            conflict = [FieldError::new("", code, capitalised(detail))];
            &conflict
        }
        _ => &[],
    };
    let problem = Problem {
        r#type: format!("/problems/{code}"),
        title,
        status: status.as_u16(),
        detail: capitalised(&failure.to_string()),
        request_id,
        errors,
    };
    let mut response =
        Response::builder().status(status).header(header::CONTENT_TYPE, "application/problem+json");
    if let Some(seconds) = retry_after(failure) {
        response = response.header(header::RETRY_AFTER, seconds.to_string());
    }
    if let Failure::Throttled { retry_after_seconds } = failure {
        let (name, value) = quota::nothing_left(*retry_after_seconds);
        response = response.header(name, value);
    }
    serde_json::to_string(&problem)
        .ok()
        .and_then(|body| response.body(Body::Text(body)).ok())
        .unwrap_or_else(|| bare(status))
}

fn retry_after(failure: &Failure) -> Option<u32> {
    match failure {
        Failure::Throttled { retry_after_seconds } => Some(*retry_after_seconds),
        Failure::Unavailable(_) | Failure::ProviderUnavailable(_) => Some(1),
        _ => None,
    }
}

fn capitalised(sentence: &str) -> String {
    let mut characters = sentence.chars();
    let first = characters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", characters.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_internal_failure_tells_its_request_id_and_no_more() {
        let failure = Failure::internal("SELECT secret FROM customers");
        let response = into_response(&failure, "req-1");
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        let Body::Text(body) = response.body() else { panic!("a problem has a body") };
        assert!(body.contains("req-1") && !body.contains("secret"), "{body}");
    }

    #[test]
    fn a_wrong_field_is_named() {
        let failure = Failure::field("emails[0].address", "invalid_email", "Not an e-mail address.");
        let response = into_response(&failure, "req-1");
        let Body::Text(body) = response.body() else { panic!("a problem has a body") };
        let problem: serde_json::Value = serde_json::from_str(body).unwrap();
        assert_eq!(problem["type"], "/problems/validation_failed");
        assert_eq!(problem["errors"][0]["field"], "emails[0].address");
        assert_eq!(response.headers()["content-type"], "application/problem+json");
    }

    #[test]
    fn a_conflict_says_which_one_it_is() {
        let failure = Failure::Conflict { code: "no_phone", detail: "the contact has no phone number" };
        let response = into_response(&failure, "req-1");
        let Body::Text(body) = response.body() else { panic!("a problem has a body") };
        let problem: serde_json::Value = serde_json::from_str(body).unwrap();
        assert_eq!(
            (response.status(), &problem["type"]),
            (StatusCode::CONFLICT, &"/problems/conflict".into())
        );
        assert_eq!(problem["errors"][0]["code"], "no_phone");
        assert_eq!(problem["detail"], "The contact has no phone number.");
    }
}
