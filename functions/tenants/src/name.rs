//! The name of a tenant.

use kernel::Faults;

const MAX_NAME: usize = 200;

/// The name as it is kept; what is wrong with it is noted in `faults`.
pub(crate) fn parse_name(text: &str, faults: &mut Faults) -> String {
    let text = text.trim();
    if text.is_empty() {
        faults.add("name", "empty", "A tenant has a name.");
    } else if text.chars().count() > MAX_NAME {
        faults.add("name", "too_long", format!("At most {MAX_NAME} characters."));
    } else if text.chars().any(char::is_control) {
        faults.add("name", "control_character", "Control characters are not allowed.");
    }
    text.to_owned()
}
