//! Mail that the system itself writes to its users: invitations, codes. What users write to others is not sent from here.

use aws_config::SdkConfig;
use aws_sdk_sesv2::{
    Client,
    types::{Body, Content, Destination, EmailContent, Message},
};
use kernel::Failure;

/// A mail in plain text. Never printed: it may hold what lets its reader in.
pub struct Mail {
    pub subject: String,
    pub text: String,
}

/// Hands mail to the mail service.
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

    /// Sends `mail` to one address. [`Failure::ProviderUnavailable`] where it was not taken.
    pub async fn send(&self, to: &str, mail: Mail) -> Result<(), Failure> {
        let content = |data: String| Content::builder().data(data).charset("UTF-8").build();
        let message = Message::builder()
            .subject(content(mail.subject).map_err(Failure::internal)?)
            .body(Body::builder().text(content(mail.text).map_err(Failure::internal)?).build());
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
