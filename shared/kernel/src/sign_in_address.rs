//! The address a user signs in with. Of two that people would take for the same, only one can be written here.

use crate::EmailAddress;

/// An e-mail address all in ASCII: lower case, the domain in the form in which DNS knows it. A letter of another script in front of
/// the `@` is refused; in a domain it shows as `xn--…`, so that nothing looks like an address it is not. What follows a `+` stays:
/// it is an address of its own, though mail to it may reach the same person.
#[derive(Clone, PartialEq, Eq)]
pub struct SignInAddress(String);

impl SignInAddress {
    const MAX_LENGTH: usize = 254;

    /// `None` where the text is no address, or one whose name is not in ASCII.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let address = EmailAddress::parse(text)?;
        let (name, domain) = address.as_str().rsplit_once('@')?;
        // Quoted names are as good as never used, and would let one address be written in several ways.
        if !name.is_ascii() || name.contains('"') {
            return None;
        }
        let domain = idna::domain_to_ascii_strict(domain).ok()?;
        let ascii = format!("{}@{domain}", name.to_ascii_lowercase());
        (ascii.len() <= Self::MAX_LENGTH && EmailAddress::parse(&ascii).is_some()).then_some(Self(ascii))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str) -> Option<String> {
        SignInAddress::parse(text).map(|address| address.0)
    }

    #[test]
    fn case_and_width_do_not_make_another_address() {
        for text in
            ["Rep@Alpha.Example", " rep@alpha.example ", "rep@ALPHA.example", "rep@ａｌｐｈａ.example"]
        {
            assert_eq!(written(text).as_deref(), Some("rep@alpha.example"), "{text}");
        }
    }

    #[test]
    fn letters_of_other_scripts_do_not_pass_for_ours() {
        // Cyrillic е, Greek ο, a full-width r, a zero-width joiner.
        for text in [
            "r\u{435}p@alpha.example",
            "\u{3bf}wner@alpha.example",
            "\u{ff52}ep@alpha.example",
            "re\u{200d}p@alpha.example",
        ] {
            assert_eq!(written(text), None, "{text}");
        }
        assert_eq!(written("rep@\u{430}lpha.example").as_deref(), Some("rep@xn--lpha-43d.example"));
        assert_eq!(written("rep@b\u{fc}cher.example").as_deref(), Some("rep@xn--bcher-kva.example"));
    }

    #[test]
    fn what_follows_a_plus_is_an_address_of_its_own() {
        assert_eq!(written("rep+tag@alpha.example").as_deref(), Some("rep+tag@alpha.example"));
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in [
            "",
            "rep",
            "rep@",
            "\"rep\"@alpha.example",
            "rep@alpha..example",
            "rep@-alpha.example",
            "rep@alpha_b.example",
        ] {
            assert_eq!(written(text), None, "{text}");
        }
    }
}
