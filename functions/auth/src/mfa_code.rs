//! The code of an authenticator app.

use kernel::Failure;

/// Six digits. Never printed.
pub struct MfaCode(String);

impl MfaCode {
    /// [`Failure::Invalid`] naming `code` for anything else.
    pub fn parse(code: String) -> Result<Self, Failure> {
        if code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit()) {
            Ok(Self(code))
        } else {
            Err(Failure::field("code", "invalid_code", "Six digits."))
        }
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    #[must_use]
    pub fn into_inner(self) -> String {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn six_ascii_digits_and_nothing_else() {
        assert!(MfaCode::parse("012345".to_owned()).is_ok());
        for code in ["", "12345", "1234567", "12345x", " 12345", "１２３４５６", "-12345"] {
            assert!(MfaCode::parse(code.to_owned()).is_err(), "{code}");
        }
    }
}
