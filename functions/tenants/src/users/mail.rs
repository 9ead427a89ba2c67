//! The mail that invites.

use mail::Mail;

/// Brings the temporary password to whom it is for.
pub fn invitation_mail(to: &str, name: &str, tenant: &str, password: &str) -> Mail {
    let subject = format!("You are invited to {tenant}");
    let text = format!(
        "Hello {name},\n\nyou are invited to work with {tenant}.\n\nSign in with the address {to} and this password, which holds for seven days:\n\n{password}\n\nYou will be asked to choose a password of your own.\n"
    );
    Mail { subject, text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_password_stands_alone_on_its_line() {
        let Mail { subject, text } = invitation_mail("rep@alpha.example", "Demo rep", "Alpha", "Abc-2345");
        assert_eq!(subject, "You are invited to Alpha");
        assert!(text.lines().any(|line| line == "Abc-2345"), "{text}");
        assert!(text.contains("rep@alpha.example") && text.contains("Demo rep"), "{text}");
    }
}
