//! The rules for passwords: the pool's, checked here too.

use kernel::Failure;

/// 12 to 256 characters with upper and lower case, a digit and a character that is none of these. Never printed.
pub struct NewPassword(String);

impl NewPassword {
    const LENGTH: std::ops::RangeInclusive<usize> = 12..=256;

    pub fn parse(password: String) -> Result<Self, Failure> {
        let length = password.chars().count();
        let has = |class: fn(char) -> bool| password.chars().any(class);
        let strong = Self::LENGTH.contains(&length)
            && has(char::is_uppercase)
            && has(char::is_lowercase)
            && has(|character| character.is_ascii_digit())
            && has(|character| !character.is_alphanumeric() && !character.is_control())
            && password.trim() == password;
        if strong {
            return Ok(Self(password));
        }
        let rules = "At least 12 characters, with upper and lower case, a digit and a special character, no blanks at the ends.";
        Err(Failure::field("new_password", "weak_password", rules))
    }

    pub fn into_inner(self) -> String {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_rule_is_needed() {
        for weak in [
            "",
            "Short-1",
            "all-lower-case-1",
            "ALL-UPPER-CASE-1",
            "No-Digits-At-All",
            "NoSpecial1234",
            " Padded-Password1",
        ] {
            assert!(NewPassword::parse(weak.to_owned()).is_err(), "{weak}");
        }
        let long = format!("Aa1-{}", "x".repeat(200));
        for strong in ["Correct-horse-7", "Пароль-Длинный-7", &long] {
            assert!(NewPassword::parse(strong.to_owned()).is_ok(), "{strong}");
        }
    }
}
