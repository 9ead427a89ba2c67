//! SQS.

use aws_sdk_sqs::{Client, types::SendMessageBatchRequestEntry};
use kernel::failure::{BoxError, Failure};
use serde::Serialize;

/// What one `SendMessageBatch` takes.
const BATCH_LIMIT: usize = 10;

#[derive(Debug, thiserror::Error)]
#[error("the queue did not take the message")]
pub struct QueueError(#[source] BoxError);

impl From<QueueError> for Failure {
    fn from(error: QueueError) -> Self {
        Self::Unavailable(Box::new(error))
    }
}

/// One queue, for sending.
#[derive(Debug, Clone)]
pub struct Queue {
    client: Client,
    url: String,
}

impl Queue {
    #[must_use]
    pub fn new(client: Client, url: impl Into<String>) -> Self {
        Self { client, url: url.into() }
    }

    /// Sends all of `messages` as JSON. After an error some may have been sent: receivers are idempotent.
    pub async fn send_all(&self, messages: &[impl Serialize]) -> Result<(), QueueError> {
        self.send_later(messages, 0).await
    }

    /// As [`Queue::send_all`]; the messages are given out `seconds` later, at most 900.
    pub async fn send_later(&self, messages: &[impl Serialize], seconds: i32) -> Result<(), QueueError> {
        for chunk in messages.chunks(BATCH_LIMIT) {
            let mut request = self.client.send_message_batch().queue_url(&self.url);
            for (position, message) in chunk.iter().enumerate() {
                let body = serde_json::to_string(message).map_err(|error| QueueError(Box::new(error)))?;
                let entry = SendMessageBatchRequestEntry::builder()
                    .id(position.to_string())
                    .message_body(body)
                    .set_delay_seconds((seconds > 0).then_some(seconds))
                    .build();
                request = request.entries(entry.map_err(|error| QueueError(Box::new(error)))?);
            }
            let answer = request.send().await.map_err(|error| QueueError(Box::new(error)))?;
            if let Some(failed) = answer.failed().first() {
                return Err(QueueError(
                    format!("{} of a batch was refused: {}", failed.id(), failed.code()).into(),
                ));
            }
        }
        Ok(())
    }
}
