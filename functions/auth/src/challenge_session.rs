//! What a client holds while a challenge is under way.

use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use kernel::{Ambient, Failure, SystemAmbient};
use lambda::Environment;
use table::IssuedSessionTable;

use crate::outcome::SignInOutcome;

/// As long as the pool could be told to let a session of its own hold.
const LIFETIME_SECONDS: i64 = 15 * 60;

/// A challenge under way: the pool's own session, and the pool's name for the user (an id, or an address), which answering it
/// takes again. The address that was typed goes along, for a new password must not be made of it.
pub struct ChallengeSession {
    pub user_name: String,
    pub address: String,
    pub pool_session: String,
}

impl ChallengeSession {
    /// `None` where the text did not come from [`ChallengeSession::to_text`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (user_name, rest) = text.split_once('.')?;
        let (address, pool_session) = rest.split_once('.')?;
        let read = |part: &str| String::from_utf8(BASE64_URL_SAFE_NO_PAD.decode(part).ok()?).ok();
        let (user_name, address) = (read(user_name)?, read(address)?);
        let fits = !user_name.is_empty() && !pool_session.is_empty();
        fits.then(|| Self { user_name, address, pool_session: pool_session.to_owned() })
    }

    pub(crate) fn to_text(&self) -> String {
        let [user_name, address] =
            [&self.user_name, &self.address].map(|part| BASE64_URL_SAFE_NO_PAD.encode(part));
        format!("{user_name}.{address}.{}", self.pool_session)
    }
}

/// Knows the sessions that were handed out, by their hashes. Whose sign-in a session continues is written in it, and the client
/// could write anything there: only what sign-in itself has written is believed, for the user whose password was right.
pub struct ChallengeSessions {
    table: IssuedSessionTable,
    ambient: Arc<dyn Ambient>,
}

impl ChallengeSessions {
    pub async fn from_environment() -> Self {
        let client = aws_sdk_dynamodb::Client::new(&Environment::sdk_config().await);
        let table = IssuedSessionTable::new(client, Environment::required("TABLE_NAME"));
        Self { table, ambient: Arc::new(SystemAmbient) }
    }

    /// Notes the session in an outcome that is about to be handed out.
    pub(crate) async fn issue(&self, outcome: &SignInOutcome) -> Result<(), Failure> {
        if let SignInOutcome::Challenge { session, .. } = outcome {
            let until = self.ambient.now().plus_seconds(LIFETIME_SECONDS);
            self.table.put(&hash(session), until).await?;
        }
        Ok(())
    }

    /// The session in a text that was handed out and has not served; `None` for any other text.
    pub(crate) async fn find(&self, text: &str) -> Result<Option<ChallengeSession>, Failure> {
        let Some(session) = ChallengeSession::parse(text) else { return Ok(None) };
        Ok(self.table.holds(&hash(text), self.ambient.now()).await?.then_some(session))
    }

    /// Takes the session, which serves for one challenge that was met. `refused` is the answer where it has served.
    pub(crate) async fn take(&self, text: &str, refused: &'static str) -> Result<(), Failure> {
        let first = self.table.take(&hash(text), self.ambient.now()).await?;
        if first { Ok(()) } else { Err(Failure::Unauthenticated(refused)) }
    }
}

fn hash(session: &str) -> String {
    hex::encode(digest(&SHA256, session.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_comes_apart_into_what_made_it() {
        for user_name in ["51190091-17f8-420d-8a2d-44c537af0f01", "first.last+tag@alpha.example"] {
            let session = ChallengeSession {
                user_name: user_name.to_owned(),
                address: "rep@alpha.example".to_owned(),
                pool_session: "a.b-c".to_owned(),
            };
            let read = ChallengeSession::parse(&session.to_text()).expect("a session");
            assert_eq!((read.user_name.as_str(), read.pool_session.as_str()), (user_name, "a.b-c"));
            assert_eq!(read.address, "rep@alpha.example");
        }
        for text in
            ["", ".", "nonsense", "..session", "YQ..", "YQ.YQ", "no base64!..session", "_w..not-utf-8"]
        {
            assert!(ChallengeSession::parse(text).is_none(), "{text}");
        }
    }
}
