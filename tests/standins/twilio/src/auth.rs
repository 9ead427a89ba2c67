//! HTTP Basic: an account's sid with its auth token, or one of its API keys with the secret.

use axum::http::{HeaderMap, header};
use base64::{Engine as _, engine::general_purpose::STANDARD};

use crate::{
    api_error::{ApiError, ApiResult},
    app::App,
};

/// Refuses with 20003 unless the credentials are those of the account in the path.
pub fn authenticate(app: &App, account_sid: &str, headers: &HeaderMap) -> ApiResult<()> {
    let (user, password) = credentials(headers).ok_or_else(ApiError::unauthenticated)?;
    let state = app.state();
    let account = state.accounts.get(account_sid).ok_or_else(ApiError::unauthenticated)?;
    if account.accepts(&user, &password) { Ok(()) } else { Err(ApiError::unauthenticated()) }
}

fn credentials(headers: &HeaderMap) -> Option<(String, String)> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, encoded) = value.split_once(' ')?;
    let decoded = STANDARD.decode(encoded.trim()).ok().filter(|_| scheme.eq_ignore_ascii_case("basic"))?;
    let text = String::from_utf8(decoded).ok()?;
    let (user, password) = text.split_once(':')?;
    Some((user.to_owned(), password.to_owned()))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn only_well_formed_basic_credentials_are_read() {
        let read = |value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::AUTHORIZATION, HeaderValue::from_static(value));
            credentials(&headers)
        };
        assert_eq!(read("Basic QUMxOnRva2VuOng="), Some(("AC1".to_owned(), "token:x".to_owned())));
        for bad in ["Basic", "Basic !!", "Bearer QUMxOnRva2Vu", "Basic QUMx"] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }
}
