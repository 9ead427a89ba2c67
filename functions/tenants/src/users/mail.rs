//! The mail that invites.

use aws_config::SdkConfig;
use aws_sdk_sesv2::{
    Client,
    types::{Body, Content, Destination, EmailContent, Message},
};
use kernel::Failure;

pub struct Mailer {
    client: Client,
    sender: String,
}

impl Mailer {
    /// `sender` is an address that the mail service lets us send from.
    #[must_use]
    pub fn new(sdk: &SdkConfig, sender: String) -> Self {
        Self { client: Client::new(sdk), sender }
    }

    /// Sends the temporary password to whom it is for. [`Failure::ProviderUnavailable`] where the mail was not taken.
    pub async fn invite(&self, to: &str, name: &str, tenant: &str, password: &str) -> Result<(), Failure> {
        let (subject, text) = invitation(to, name, tenant, password);
        let content = |data: String| Content::builder().data(data).charset("UTF-8").build();
        let message = Message::builder()
            .subject(content(subject).map_err(Failure::internal)?)
            .body(Body::builder().text(content(text).map_err(Failure::internal)?).build());
        self.client
            .send_email()
            .from_email_address(&self.sender)
            .destination(Destination::builder().to_addresses(to).build())
            .content(EmailContent::builder().simple(message.build()).build())
            .send()
            .await
            .map_err(|error| Failure::ProviderUnavailable(Box::new(error)))?;
        Ok(())
    }
}

fn invitation(to: &str, name: &str, tenant: &str, password: &str) -> (String, String) {
    let subject = format!("You are invited to {tenant}");
    let text = format!(
        "Hello {name},\n\nyou are invited to work with {tenant}.\n\nSign in with the address {to} and this password, which holds for seven days:\n\n{password}\n\nYou will be asked to choose a password of your own.\n"
    );
    (subject, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_password_stands_alone_on_its_line() {
        let (subject, text) = invitation("rep@alpha.example", "Demo rep", "Alpha", "Abc-2345");
        assert_eq!(subject, "You are invited to Alpha");
        assert!(text.lines().any(|line| line == "Abc-2345"), "{text}");
        assert!(text.contains("rep@alpha.example") && text.contains("Demo rep"), "{text}");
    }
}
