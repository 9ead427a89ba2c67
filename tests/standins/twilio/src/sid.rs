//! Sids: a two-letter prefix and 32 hexadecimal digits.

use std::{
    fmt::Write as _,
    sync::atomic::{AtomicU64, Ordering},
};

use aws_lc_rs::{
    error::Unspecified,
    hmac::{self, HMAC_SHA256, Key},
    rand,
};

/// Gives sids out. The n-th one of a seed is always the same.
pub struct SidSource {
    key: Key,
    given: AtomicU64,
}

impl SidSource {
    pub fn seeded(seed: u64) -> Self {
        Self::keyed(&seed.to_be_bytes())
    }

    pub fn random() -> Result<Self, Unspecified> {
        let mut secret = [0_u8; 32];
        rand::fill(&mut secret)?;
        Ok(Self::keyed(&secret))
    }

    pub fn next(&self, prefix: &str) -> String {
        sid_of(prefix, self.next_tag().as_ref())
    }

    /// A number from the same stream, for choices such as the order of shuffled callbacks.
    pub fn number(&self) -> u64 {
        let mut bytes = [0_u8; 8];
        bytes.copy_from_slice(&self.next_tag().as_ref()[..8]);
        u64::from_be_bytes(bytes)
    }

    /// The sid that always stands for `name`: a phone number has no record of its own here.
    pub fn of(prefix: &str, name: &str) -> String {
        let key = Key::new(HMAC_SHA256, prefix.as_bytes());
        sid_of(prefix, hmac::sign(&key, name.as_bytes()).as_ref())
    }

    fn keyed(secret: &[u8]) -> Self {
        Self { key: Key::new(HMAC_SHA256, secret), given: AtomicU64::new(0) }
    }

    fn next_tag(&self) -> hmac::Tag {
        let count = self.given.fetch_add(1, Ordering::Relaxed);
        hmac::sign(&self.key, &count.to_be_bytes())
    }
}

/// True for `prefix` followed by 32 hexadecimal digits.
pub fn is_sid(text: &str, prefix: &str) -> bool {
    text.strip_prefix(prefix)
        .is_some_and(|digits| digits.len() == 32 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

fn sid_of(prefix: &str, digest: &[u8]) -> String {
    digest.iter().take(16).fold(prefix.to_owned(), |mut sid, byte| {
        // Writing into a String cannot fail.
        let _ = write!(sid, "{byte:02x}");
        sid
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sids_have_the_form_twilio_documents_and_repeat_with_the_seed() {
        let first: Vec<_> = std::iter::repeat_with({
            let source = SidSource::seeded(7);
            move || source.next("CA")
        })
        .take(3)
        .collect();
        let again = SidSource::seeded(7);
        assert!(first.iter().all(|sid| is_sid(sid, "CA")));
        assert_eq!(first, [again.next("CA"), again.next("CA"), again.next("CA")]);
        assert_ne!(first[0], first[1]);
        assert_ne!(first[0], SidSource::seeded(8).next("CA"));
    }

    #[test]
    fn other_forms_are_not_sids() {
        for text in
            ["", "CA", "CA123", "SMaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "CAgaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"]
        {
            assert!(!is_sid(text, "CA"), "{text}");
        }
    }
}
