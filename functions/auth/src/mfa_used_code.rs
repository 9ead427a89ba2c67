//! A code serves once.

use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use kernel::{Ambient, Failure, SystemAmbient};
use lambda::Environment;
use serde::Deserialize;
use table::UsedCodeTable;

use crate::{mfa_code::MfaCode, pool_token::claims_of};

/// Longer than any code holds: its own half minute, and one before and after for clocks that differ.
const REMEMBERED_SECONDS: i64 = 180;

/// Remembers the codes that have served (RFC 6238, section 5.2: a code is not to be accepted twice).
pub struct UsedCodes {
    table: UsedCodeTable,
    ambient: Arc<dyn Ambient>,
}

impl UsedCodes {
    pub async fn from_environment() -> Self {
        let client = aws_sdk_dynamodb::Client::new(&Environment::sdk_config().await);
        let table = UsedCodeTable::new(client, Environment::required("TABLE_NAME"));
        Self { table, ambient: Arc::new(SystemAmbient) }
    }

    /// Takes the code of the user whom the pool has just given `token` for it. Asked of the token rather than of the request:
    /// a user has many names, and each would have its own row. `refused` is the answer where the code has served before;
    /// the token is then to be dropped.
    pub(crate) async fn take(
        &self,
        token: &str,
        code: &MfaCode,
        refused: &'static str,
    ) -> Result<(), Failure> {
        let sub = sub_of(token).ok_or_else(|| Failure::internal("the pool's token names nobody"))?;
        let now = self.ambient.now();
        let until = now.plus_seconds(REMEMBERED_SECONDS);
        let first = self.table.take(&sub, &hash(&sub, code), now, until).await?;
        if first { Ok(()) } else { Err(Failure::Unauthenticated(refused)) }
    }
}

fn hash(sub: &str, code: &MfaCode) -> String {
    hex::encode(digest(&SHA256, format!("{sub}#{}", code.as_str()).as_bytes()))
}

/// The user in a token that came straight from the pool.
fn sub_of(token: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Claims {
        sub: String,
    }
    claims_of::<Claims>(token).map(|claims| claims.sub)
}

#[cfg(test)]
mod tests {
    use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};

    use super::*;

    #[test]
    fn the_user_is_the_tokens() {
        let payload = BASE64_URL_SAFE_NO_PAD.encode(br#"{"sub":"7408f4a8","username":"other"}"#);
        assert_eq!(sub_of(&format!("e30.{payload}.c2ln")).as_deref(), Some("7408f4a8"));
        assert_eq!(sub_of("nonsense"), None);
        assert_eq!(sub_of("e30.e30.c2ln"), None);
    }

    #[test]
    fn the_same_code_of_two_users_is_two_codes() {
        let code = MfaCode::parse("123456".to_owned()).unwrap();
        assert_ne!(hash("a", &code), hash("b", &code));
        assert_eq!(hash("a", &code).len(), 64);
    }
}
