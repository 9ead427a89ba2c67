//! The rules for passwords: the pool's, checked here too.

use std::iter;

use kernel::Failure;
use zxcvbn::zxcvbn;

/// 12 to 256 characters with upper and lower case, a digit and a character that is none of these, and not one of the passwords
/// that are tried first. Never printed.
pub struct NewPassword(String);

impl NewPassword {
    const LENGTH: std::ops::RangeInclusive<usize> = 12..=256;

    /// `address`: the user's, where it is known; a password made of it is as good as common.
    pub fn parse(password: String, address: &str) -> Result<Self, Failure> {
        let length = password.chars().count();
        let has = |class: fn(char) -> bool| password.chars().any(class);
        let strong = Self::LENGTH.contains(&length)
            && has(char::is_uppercase)
            && has(char::is_lowercase)
            && has(|character| character.is_ascii_digit())
            && has(|character| !character.is_alphanumeric() && !character.is_control())
            && password.trim() == password;
        if strong && common(&password, address) {
            let advice = "This password, or one like it, is among those that are tried first.";
            return Err(Failure::field("new_password", "common_password", advice));
        }
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

/// Whether the password comes early in the lists of leaked ones, as it stands or with the usual changes: capitals, digits for
/// letters, a year or punctuation behind it, rows of keys, repetitions. The lists are those of zxcvbn, which knows the 30,000 most
/// common passwords, names and words; a password counts as common where a billion guesses in their order would find it.
fn common(password: &str, address: &str) -> bool {
    const GUESSES: u64 = 1_000_000_000;
    let parts = address.split(['@', '.', '-', '_', '+']).filter(|part| part.len() > 2);
    let own: Vec<_> = iter::once(address).chain(parts).collect();
    zxcvbn(password, &own).guesses() < GUESSES
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
            assert!(NewPassword::parse(weak.to_owned(), "").is_err(), "{weak}");
        }
        let long = format!("Correct-horse-7 {}", "battery staple ".repeat(14)) + "!";
        for strong in ["Correct-horse-7", "Пароль-Длинный-7", &long] {
            assert!(NewPassword::parse(strong.to_owned(), "rep@alpha.example").is_ok(), "{strong}");
        }
    }

    #[test]
    fn what_is_tried_first_is_refused_however_it_is_dressed_up() {
        for common in [
            "Password123!",
            "P@ssw0rd1234",
            "Qwerty123456!",
            "Welcome2026!!",
            "Iloveyou123!!",
            "Summer2024!!",
            "1q2w3e4r5t6Y!",
            "Football1234!",
            "Admin@123456",
            "!QAZ2wsx3edc",
            "Letmein-12345",
            "Aa1-Aa1-Aa1-Aa1-",
        ] {
            let Err(Failure::Invalid(errors)) = NewPassword::parse(common.to_owned(), "") else {
                panic!("{common} was taken")
            };
            assert_eq!(errors[0].code, "common_password", "{common}");
        }
    }

    #[test]
    fn what_is_made_of_the_address_is_refused() {
        let address = "theodora.quill@brightwater.example";
        for own in ["Theodora.Quill@Brightwater.example1", "Brightwater-2026!"] {
            let Err(Failure::Invalid(errors)) = NewPassword::parse(own.to_owned(), address) else {
                panic!("{own} was taken")
            };
            assert_eq!(errors[0].code, "common_password", "{own}");
        }
        assert!(NewPassword::parse("Lantern-Quarry-58-mosaic".to_owned(), address).is_ok());
    }
}
