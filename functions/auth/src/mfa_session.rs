//! An enrolment under way, in the hands of the browser: sealed with the tenant's key, for one user and a few minutes.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use kernel::{Failure, UserId, UtcTime};
use serde::{Deserialize, Serialize};
use vault::{Place, TenantVault};

/// A minute less than the token inside lives.
pub(crate) const LIFETIME_SECONDS: i64 = 9 * 60;

/// What confirming an enrolment needs.
#[derive(Serialize, Deserialize)]
pub(crate) struct MfaSession {
    /// A token of the self-service client. Whoever holds it in the clear could change the user's factors.
    pub(crate) token: String,
    pub(crate) sub: String,
    /// Seconds since 1970.
    expires_at: i64,
}

impl MfaSession {
    pub(crate) fn begin(token: String, sub: String, now: UtcTime) -> Self {
        Self { token, sub, expires_at: now.plus_seconds(LIFETIME_SECONDS).as_second() }
    }

    /// The text that the browser keeps; opens for this tenant and user only.
    pub(crate) fn seal(&self, vault: &TenantVault, user: &UserId) -> Result<String, Failure> {
        let content = serde_json::to_vec(self).map_err(Failure::internal)?;
        Ok(BASE64_URL_SAFE_NO_PAD.encode(vault.seal(place(user), &content)?))
    }

    /// [`Failure::Invalid`] naming `session` for one that is over, was changed, or is another user's.
    pub(crate) fn open(
        text: &str,
        vault: &TenantVault,
        user: &UserId,
        now: UtcTime,
    ) -> Result<Self, Failure> {
        let sealed = BASE64_URL_SAFE_NO_PAD.decode(text).ok();
        sealed
            .and_then(|sealed| vault.open(place(user), &sealed).ok())
            .and_then(|content| serde_json::from_slice::<Self>(&content).ok())
            .filter(|session| now.as_second() < session.expires_at)
            .ok_or_else(over)
    }
}

/// The answer to a session that does not serve, whatever is wrong with it.
pub(crate) fn over() -> Failure {
    Failure::field("session", "invalid_session", "This enrolment is over, or never was. Begin anew.")
}

/// No row holds it; the place binds it to its use and its user all the same.
fn place(user: &UserId) -> Place<'_> {
    Place { partition_key: "auth-mfa-confirm", sort_key: user.as_str(), purpose: "mfa_session" }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use kernel::SystemAmbient;
    use vault::{KeyKind, PlainKey};

    use super::*;

    fn vault(byte: u8) -> TenantVault {
        let key = PlainKey::from_bytes(&[byte; 32]).unwrap();
        TenantVault::new(&[(KeyKind::Data, 1, key)], Arc::new(SystemAmbient))
    }

    fn user(last: char) -> UserId {
        UserId::parse(&format!("usr_01jd000000000000000000000{last}")).unwrap()
    }

    #[test]
    fn a_session_opens_for_its_user_and_tenant_until_it_is_over() {
        let now = UtcTime::from_millisecond(1_790_000_000_000).unwrap();
        let session = MfaSession::begin("token".to_owned(), "sub".to_owned(), now);
        let text = session.seal(&vault(1), &user('0')).unwrap();
        let last = now.plus_seconds(LIFETIME_SECONDS - 1);
        let opened = MfaSession::open(&text, &vault(1), &user('0'), last).unwrap();
        assert_eq!((opened.token.as_str(), opened.sub.as_str()), ("token", "sub"));
        let refused = |text: &str, key, user, at| MfaSession::open(text, &vault(key), &user, at).is_err();
        assert!(refused(&text, 1, user('0'), now.plus_seconds(LIFETIME_SECONDS)));
        assert!(refused(&text, 1, user('1'), now));
        assert!(refused(&text, 2, user('0'), now));
        assert!(refused("", 1, user('0'), now));
        assert!(refused(&text[1..], 1, user('0'), now));
    }

    #[test]
    fn what_the_browser_holds_shows_nothing() {
        let now = UtcTime::from_millisecond(1_790_000_000_000).unwrap();
        let session = MfaSession::begin("eyJraWQiOiJ0b2tlbiJ9".to_owned(), "sub-1".to_owned(), now);
        let sealed = BASE64_URL_SAFE_NO_PAD.decode(session.seal(&vault(1), &user('0')).unwrap()).unwrap();
        let shows = |text: &str| sealed.windows(text.len()).any(|window| window == text.as_bytes());
        assert!(!shows("eyJraWQ") && !shows("sub-1") && !shows("token"));
    }
}
