//! The address that somebody types to sign in.

use kernel::SignInAddress;

/// As it was written down when the user was invited, so that nobody has to type a domain as DNS knows it. What can be no user's
/// address stays as it was typed: it is counted and refused like an unknown one.
pub(crate) fn typed_address(text: &str) -> String {
    SignInAddress::parse(text)
        .map_or_else(|| text.trim().to_lowercase(), |address| address.as_str().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_found_however_its_domain_is_typed() {
        for text in ["Rep@B\u{fc}cher.example", " rep@xn--bcher-kva.example"] {
            assert_eq!(typed_address(text), "rep@xn--bcher-kva.example", "{text}");
        }
        assert_eq!(typed_address(" Nobody "), "nobody");
    }
}
