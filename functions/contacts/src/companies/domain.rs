//! The domains of companies.

use kernel::EmailAddress;

/// Domains under which anybody may have an address: they say nothing about where somebody works.
const PUBLIC: &str = include_str!("public_mail_domains.txt");
const LONGEST: usize = 253;

/// A domain in its ASCII form and small letters, `example.com`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Domain(String);

impl Domain {
    /// Takes a domain as people write it, also with `www.` or as a web address. `None` where it is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).unwrap_or(text);
        let host = host.strip_suffix('/').unwrap_or(host);
        let url::Host::Domain(ascii) = url::Host::parse(host).ok()? else { return None };
        let ascii = ascii.strip_prefix("www.").unwrap_or(&ascii);
        let label = |label: &str| {
            let byte = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
            (1..=63).contains(&label.len())
                && label.bytes().all(byte)
                && !label.starts_with('-')
                && !label.ends_with('-')
        };
        let fits = ascii.len() <= LONGEST && ascii.contains('.') && ascii.split('.').all(label);
        fits.then(|| Self(ascii.to_owned()))
    }

    /// Where the address is; `None` where that says nothing about a company.
    #[must_use]
    pub fn of_company(address: &EmailAddress) -> Option<Self> {
        let (_, domain) = address.as_str().rsplit_once('@')?;
        Self::parse(domain).filter(|domain| !domain.is_public())
    }

    /// One out of a sealed record, taken as it stands.
    #[must_use]
    pub fn from_record(text: String) -> Self {
        Self(text)
    }

    #[must_use]
    pub fn is_public(&self) -> bool {
        PUBLIC.lines().any(|public| public == self.0)
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Option<String> {
        Domain::parse(text).map(|domain| domain.0)
    }

    #[test]
    fn forms_of_one_domain_are_one() {
        for text in ["example.com", " EXAMPLE.com ", "www.example.com", "https://www.example.com/"] {
            assert_eq!(parsed(text).as_deref(), Some("example.com"), "{text}");
        }
        assert_eq!(parsed("bücher.example").as_deref(), Some("xn--bcher-kva.example"));
        for text in [
            "",
            "localhost",
            "127.0.0.1",
            "[::1]",
            "a b.example",
            "-a.example",
            "example.com/path",
            "a@b.example",
        ] {
            assert_eq!(parsed(text), None, "{text}");
        }
    }

    #[test]
    fn addresses_that_anybody_may_have_name_no_company() {
        let of =
            |address: &str| Domain::of_company(&EmailAddress::parse(address).unwrap()).map(|domain| domain.0);
        assert_eq!(of("Ada@Gamma.example").as_deref(), Some("gamma.example"));
        for address in ["ada@gmail.com", "ada@GMX.de", "ada@outlook.com", "ada@qq.com"] {
            assert_eq!(of(address), None, "{address}");
        }
    }
}
