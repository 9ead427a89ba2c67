//! E-mail addresses.

use std::fmt;

/// An address that RFC 5321 and 5322 allow, without display name or comments, at most 254 octets. Held as it was written;
/// [`EmailAddress::canonical`] is what equality goes by.
#[derive(Clone, PartialEq, Eq)]
pub struct EmailAddress(String);

impl EmailAddress {
    const MAX_LENGTH: usize = 254;

    /// `None` where the text is no mailbox that mail could reach from outside: a bare word as domain, an address literal
    /// and a display name are refused. Blanks around it are dropped.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let options = email_address::Options::default()
            .without_display_text()
            .without_domain_literal()
            .with_required_tld();
        let parsed = email_address::EmailAddress::parse_with_options(text, options).ok()?;
        let printable = !text.chars().any(|character| character.is_control() || character.is_whitespace());
        (printable && text.len() <= Self::MAX_LENGTH).then(|| Self(parsed.as_str().to_owned()))
    }

    /// An address out of a sealed record, taken as it stands: it was parsed before it was sealed.
    #[must_use]
    pub fn from_record(text: String) -> Self {
        Self(text)
    }

    /// As it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Lower case: RFC 5321 lets a host tell `A@` from `a@`, no mailbox provider does, and people do not. The domain is in its ASCII
    /// form (RFC 5890), where it has one.
    #[must_use]
    pub fn canonical(&self) -> String {
        let lower = self.0.to_lowercase();
        let ascii = lower
            .rsplit_once('@')
            .and_then(|(local, domain)| Some(format!("{local}@{}", idna::domain_to_ascii(domain).ok()?)));
        ascii.unwrap_or(lower)
    }
}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("EmailAddress(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn addresses_people_have_are_taken() {
        for text in [
            "ada@example.com",
            " ada@example.com ",
            "a.b+tag@sub.example.co.uk",
            "o'neil@example.com",
            "ü@exämple.de",
        ] {
            assert!(EmailAddress::parse(text).is_some(), "{text}");
        }
        assert_eq!(EmailAddress::parse("Ada@Example.COM").unwrap().canonical(), "ada@example.com");
        let forms = ["a@exämple.de", "A@EXÄMPLE.de", "a@xn--exmple-cua.de"];
        for form in forms {
            assert_eq!(EmailAddress::parse(form).unwrap().canonical(), "a@xn--exmple-cua.de", "{form}");
        }
    }

    #[test]
    fn what_no_mail_reaches_is_refused() {
        let long = format!("{}@example.com", "a".repeat(250));
        for text in [
            "",
            "ada",
            "ada@",
            "@example.com",
            "ada@localhost",
            "ada@[127.0.0.1]",
            "Ada <ada@example.com>",
            "a b@example.com",
            "a@b@example.com",
            "ada@example.com\r\nBcc: x@example.com",
            &long,
        ] {
            assert!(EmailAddress::parse(text).is_none(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn parsing_what_was_parsed_changes_nothing(text in "\\PC{0,40}") {
            if let Some(address) = EmailAddress::parse(&text) {
                prop_assert_eq!(EmailAddress::parse(address.as_str()), Some(address));
            }
        }
    }
}
