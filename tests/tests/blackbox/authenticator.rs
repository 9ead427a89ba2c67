//! An authenticator app: its enrolment, and its codes (RFC 6238 with HMAC-SHA-1, six digits, thirty seconds).

use aws_lc_rs::hmac;
use aws_sdk_cognitoidentityprovider::{Client, types::SoftwareTokenMfaSettingsType};
use kernel::{Ambient, SystemAmbient};
use serde_json::json;

use crate::{
    failed::Outcome,
    pool_key::PoolKey,
    world::{Tenant, World},
};

const PERIOD_SECONDS: i64 = 30;
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// Gives the user an authenticator; the answer is its secret in base32. Our tokens carry no scope for this, on purpose, so
/// the test makes itself one that does.
pub async fn enroll(world: &World, tenant: &Tenant) -> Outcome<String> {
    let scope = json!({ "scope": "aws.cognito.signin.user.admin" });
    let token = PoolKey::of(world)?.sign_changed(&tenant.session.access_token, &scope)?;
    let pool = Client::new(&world.aws.config);
    let enrolled = pool.associate_software_token().access_token(&token).send().await?;
    let secret = enrolled.secret_code().unwrap_or_default().to_owned();
    pool.verify_software_token().access_token(&token).user_code(code_at(&secret, now())).send().await?;
    let preferred = SoftwareTokenMfaSettingsType::builder().enabled(true).preferred_mfa(true).build();
    pool.admin_set_user_mfa_preference()
        .user_pool_id(world.output("UserPoolId"))
        .username(&tenant.email)
        .software_token_mfa_settings(preferred)
        .send()
        .await?;
    Ok(secret)
}

/// Seconds since 1970.
pub fn now() -> i64 {
    SystemAmbient.now().as_second()
}

/// The code for a secret in base32 at a time in seconds.
pub fn code_at(secret: &str, second: i64) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &from_base32(secret));
    let counter = u64::try_from(second / PERIOD_SECONDS).expect("a time after 1970");
    let tag = hmac::sign(&key, &counter.to_be_bytes());
    let digest = tag.as_ref();
    let offset = usize::from(digest[digest.len() - 1] & 0x0f);
    let word = u32::from_be_bytes(digest[offset..offset + 4].try_into().expect("four bytes"));
    format!("{:06}", (word & 0x7fff_ffff) % 1_000_000)
}

fn from_base32(text: &str) -> Vec<u8> {
    let (mut bits, mut held, mut bytes) = (0_u32, 0_u32, Vec::new());
    for character in text.bytes().filter(|byte| *byte != b'=') {
        let value = BASE32.iter().position(|known| *known == character.to_ascii_uppercase());
        held = held << 5 | u32::try_from(value.expect("base32")).expect("less than 32");
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from(held >> bits & 0xff).expect("a byte"));
            held &= (1 << bits) - 1;
        }
    }
    bytes
}

/// The vectors of RFC 6238, appendix B, cut to six digits.
#[test]
fn codes_are_those_of_the_rfc() {
    let secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
    for (second, code) in [(59, "287082"), (1_111_111_109, "081804"), (20_000_000_000, "353130")] {
        assert_eq!(code_at(secret, second), code);
    }
}
