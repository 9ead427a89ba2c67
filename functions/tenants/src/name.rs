//! Names that stand in the mails that invite.

use kernel::Faults;

const MAX_NAME: usize = 200;

/// A tenant's name as it is kept; what is wrong with it is noted in `faults`.
pub(crate) fn parse_name(text: &str, faults: &mut Faults) -> String {
    name_at("name", text, "A tenant has a name.", faults)
}

/// A name as it is kept, at `field`; `missing` is what is said where there is none. Mail programs make links of what is written as
/// one, so no name begins a web address (`://`, `www.`): an invitation carries the name to somebody who does not know the sender yet.
pub(crate) fn name_at(field: &str, text: &str, missing: &str, faults: &mut Faults) -> String {
    let text = text.trim();
    if text.is_empty() {
        faults.add(field, "empty", missing);
    } else if text.chars().count() > MAX_NAME {
        faults.add(field, "too_long", format!("At most {MAX_NAME} characters."));
    } else if text.chars().any(char::is_control) {
        faults.add(field, "control_character", "Control characters are not allowed.");
    } else if holds_address(text) {
        faults.add(field, "web_address", "A name holds no web address.");
    }
    text.to_owned()
}

fn holds_address(text: &str) -> bool {
    let text = text.to_lowercase();
    text.contains("://") || text.contains("www.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(name: &str) -> Option<&'static str> {
        let mut faults = Faults::default();
        parse_name(name, &mut faults);
        match faults.into_result() {
            Ok(()) => None,
            Err(kernel::Failure::Invalid(errors)) => Some(errors[0].code),
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn names_are_of_any_script_and_hold_no_links() {
        for name in ["Alpha", "Société Générale & Fils", "株式会社アルファ", "Wwwidgets", "A.B. Holding"]
        {
            assert_eq!(code(name), None, "{name}");
        }
        for name in ["Win at https://prize.example", "HTTP://prize.example", "see WWW.prize.example"] {
            assert_eq!(code(name), Some("web_address"), "{name}");
        }
        assert_eq!(code(" "), Some("empty"));
        assert_eq!(code("A\u{7}"), Some("control_character"));
        assert_eq!(code(&"a".repeat(201)), Some("too_long"));
    }
}
