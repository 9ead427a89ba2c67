//! The media of recordings at Twilio: fetched under the tenant's own credentials, and removed there once it is here.
//!
//! Nobody outside says where it is fetched from: the address is made of the configured base, the account and the recording's id.
//! Where Twilio sends us on, its own hosts are followed, once, and without credentials.

use std::time::Duration;

use async_trait::async_trait;
use kernel::failure::{BoxError, Failure};
use objects::Chunks;
use reqwest::{StatusCode, Url, header::LOCATION, redirect::Policy};

use crate::{recorded::ProviderRecordingId, telephony::TelephonyAccount};

/// Of a recording; some nine hours on two channels.
const LARGEST_BYTES: u64 = 1024 * 1024 * 1024;
/// A connection that gives nothing for so long gives nothing more.
const READ_TIMEOUT: Duration = Duration::from_secs(20);
/// Of Twilio's, from which media may come.
const MEDIA_DOMAINS: [&str; 2] = ["twilio.com", "twiliocdn.com"];

/// What keeps media from being fetched. All of it is worth another try but for [`MediaError::NotThere`], which may be too: media
/// follows its callback.
#[derive(Debug, thiserror::Error)]
pub enum MediaError {
    #[error("the provider has no such media, or not yet")]
    NotThere,
    #[error("the provider answered {0}")]
    Status(u16),
    #[error("the media is larger than any recording")]
    TooLarge,
    #[error("the provider names another place than its own for the media")]
    ForeignPlace,
    #[error("the provider cannot be reached")]
    Unreached(#[source] BoxError),
}

impl From<MediaError> for Failure {
    fn from(error: MediaError) -> Self {
        Self::ProviderUnavailable(Box::new(error))
    }
}

pub struct MediaStore {
    client: reqwest::Client,
    base_url: String,
}

impl MediaStore {
    /// `base_url`: `https://api.twilio.com`, or a stand-in's.
    ///
    /// # Panics
    /// Where the TLS library cannot start.
    #[must_use]
    pub fn new(base_url: String) -> Self {
        let client = reqwest::Client::builder()
            .connect_timeout(Duration::from_secs(3))
            .read_timeout(READ_TIMEOUT)
            .redirect(Policy::none())
            .build()
            .expect("an HTTP client can be built");
        Self { client, base_url }
    }

    /// The recording's sound, as it comes.
    pub async fn open(
        &self,
        account: &TelephonyAccount,
        recording: &ProviderRecordingId,
    ) -> Result<Media, MediaError> {
        let request = self.client.get(self.url(account, recording, "wav"));
        let request = request.basic_auth(&account.account_sid, account.auth_tokens.first());
        let mut response = request.send().await.map_err(unreached)?;
        if response.status().is_redirection() {
            let place = response.headers().get(LOCATION).and_then(|place| place.to_str().ok());
            let place = place.and_then(|place| response.url().join(place).ok());
            let place = place.filter(|place| self.is_providers(place)).ok_or(MediaError::ForeignPlace)?;
            response = self.client.get(place).send().await.map_err(unreached)?;
        }
        match response.status() {
            status if status.is_success() => {}
            StatusCode::NOT_FOUND => return Err(MediaError::NotThere),
            status => return Err(MediaError::Status(status.as_u16())),
        }
        if response.content_length().is_some_and(|length| length > LARGEST_BYTES) {
            return Err(MediaError::TooLarge);
        }
        Ok(Media { response, left: LARGEST_BYTES })
    }

    /// Removes the provider's copy; one that is gone already is no error.
    pub async fn delete(
        &self,
        account: &TelephonyAccount,
        recording: &ProviderRecordingId,
    ) -> Result<(), MediaError> {
        let request = self.client.delete(self.url(account, recording, "json"));
        let request = request.basic_auth(&account.account_sid, account.auth_tokens.first());
        let answer = request.timeout(READ_TIMEOUT).send().await.map_err(unreached)?;
        match answer.status() {
            status if status.is_success() || status == StatusCode::NOT_FOUND => Ok(()),
            status => Err(MediaError::Status(status.as_u16())),
        }
    }

    fn url(&self, account: &TelephonyAccount, recording: &ProviderRecordingId, form: &str) -> String {
        let (sid, recording) = (&account.account_sid, recording.as_str());
        format!("{}/2010-04-01/Accounts/{sid}/Recordings/{recording}.{form}", self.base_url)
    }

    /// Whether Twilio itself answers there: its API as it is configured, or one of its hosts over TLS.
    fn is_providers(&self, place: &Url) -> bool {
        let own = Url::parse(&self.base_url).is_ok_and(|base| base.origin() == place.origin());
        let host = place.host_str().unwrap_or_default();
        let known = MEDIA_DOMAINS.iter().any(|domain| {
            host.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        });
        let plain = place.username().is_empty() && place.password().is_none();
        plain && (own || known && place.scheme() == "https" && place.port().is_none())
    }
}

fn unreached(error: reqwest::Error) -> MediaError {
    MediaError::Unreached(Box::new(error.without_url()))
}

/// Media on its way.
pub struct Media {
    response: reqwest::Response,
    left: u64,
}

#[async_trait]
impl Chunks for Media {
    async fn next(&mut self) -> Result<Option<Vec<u8>>, BoxError> {
        let Some(chunk) = self.response.chunk().await.map_err(reqwest::Error::without_url)? else {
            return Ok(None);
        };
        self.left = self.left.checked_sub(chunk.len() as u64).ok_or(MediaError::TooLarge)?;
        Ok(Some(chunk.to_vec()))
    }
}

#[cfg(test)]
mod tests;
