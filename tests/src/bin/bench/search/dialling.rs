//! Phone numbers as people dial them: within their country, and from another.

/// The codes of the corpus' countries, and what is dialled before a number within each.
const COUNTRIES: [(&str, &str); 14] = [
    ("1", "1"),
    ("20", "0"),
    ("30", ""),
    ("33", "0"),
    ("34", ""),
    ("44", "0"),
    ("48", ""),
    ("49", "0"),
    ("52", ""),
    ("7", "8"),
    ("81", "0"),
    ("82", "0"),
    ("86", "0"),
    ("966", "0"),
];
/// Of countries that are none of these.
const OTHER: (&str, &str) = ("971", "0");

/// A number of E.164 in one of four ways, and its digits without what is dialled before them.
pub fn dialled(phone: &str, way: usize) -> (String, &str) {
    let number = &phone[1..];
    let (code, trunk) = COUNTRIES.into_iter().find(|(code, _)| number.starts_with(code)).unwrap_or(OTHER);
    let national = &number[code.len()..];
    let (area, rest) = national.split_at(3);
    let text = match way {
        0 => format!("{trunk} ({area}) {}-{}", &rest[..3], &rest[3..]),
        1 => format!("{trunk}{national}"),
        2 => format!("011 {code} {area} {rest}"),
        // Wrong, and common: the zero is dialled within the country alone.
        _ if trunk == "0" => format!("+{code} (0{area}) {rest}"),
        _ => format!("00{code} {area} {rest}"),
    };
    (text, national)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_they_are_dialled() {
        assert_eq!(dialled("+74951234567", 0), ("8 (495) 123-4567".to_owned(), "4951234567"));
        assert_eq!(dialled("+493012345678", 1).0, "03012345678");
        assert_eq!(dialled("+442079460018", 2).0, "011 44 207 9460018");
        assert_eq!(dialled("+442079460018", 3).0, "+44 (0207) 9460018");
        assert_eq!(dialled("+14155550132", 3).0, "001 415 5550132");
    }
}
