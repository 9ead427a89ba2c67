//! Lines of text that people write.

use kernel::Faults;

/// The longest line, in characters.
pub const MAX_LINE: usize = 200;

/// One line of text; nothing where only blanks were written.
pub fn line(field: &str, value: &str, faults: &mut Faults) -> Option<String> {
    let value = value.trim();
    if value.chars().count() > MAX_LINE {
        faults.add(field, "too_long", format!("At most {MAX_LINE} characters."));
    } else if value.chars().any(char::is_control) {
        faults.add(field, "control_character", "Control characters are not allowed.");
    }
    (!value.is_empty()).then(|| value.to_owned())
}

/// Short lines such as tags, each once, in the order given; `code` names one that is empty or too long.
pub fn list_of_lines(
    field: &str,
    inputs: Vec<String>,
    (most, longest): (usize, usize),
    code: &'static str,
    faults: &mut Faults,
) -> Vec<String> {
    at_most(field, inputs.len(), most, faults);
    let mut lines: Vec<String> = Vec::new();
    for (position, input) in inputs.into_iter().take(most).enumerate() {
        let text = input.trim();
        let fits = !text.is_empty() && text.chars().count() <= longest && !text.chars().any(char::is_control);
        if !fits {
            let message = format!("1 to {longest} printable characters.");
            faults.add(format!("{field}[{position}]"), code, message);
        } else if !lines.iter().any(|known| known == text) {
            lines.push(text.to_owned());
        }
    }
    lines
}

pub fn at_most(field: &str, count: usize, limit: usize, faults: &mut Faults) {
    if count > limit {
        faults.add(field, "too_many", format!("At most {limit}."));
    }
}

pub fn repeated(field: &str, values: impl Iterator<Item = String>, faults: &mut Faults) {
    let mut seen = std::collections::HashSet::new();
    if !values.into_iter().all(|value| seen.insert(value)) {
        faults.add(field, "repeated", "The same entry stands twice.");
    }
}
