//! SQS.

use aws_sdk_sqs::{
    Client,
    types::{SendMessageBatchRequestEntry, builders::SendMessageBatchRequestEntryBuilder},
};
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

    /// Sends all of `messages` as JSON, in this order, within one group of a FIFO queue. Each comes with a name by which one that is
    /// sent twice within five minutes is known. After an error some may have been sent.
    pub async fn send_in_order(
        &self,
        group: &str,
        messages: &[(String, impl Serialize)],
    ) -> Result<(), QueueError> {
        for chunk in messages.chunks(BATCH_LIMIT) {
            let mut entries = Vec::with_capacity(chunk.len());
            for (position, (name, message)) in chunk.iter().enumerate() {
                let entry = entry(position, message)?.message_group_id(group).message_deduplication_id(name);
                entries.push(entry.build().map_err(|error| QueueError(Box::new(error)))?);
            }
            self.send_batch(entries).await?;
        }
        Ok(())
    }

    /// Sends all of `messages` as JSON. After an error some may have been sent: receivers are idempotent.
    pub async fn send_all(&self, messages: &[impl Serialize]) -> Result<(), QueueError> {
        self.send_later(messages, 0).await
    }

    /// As [`Queue::send_all`]; the messages are given out `seconds` later, at most 900.
    pub async fn send_later(&self, messages: &[impl Serialize], seconds: i32) -> Result<(), QueueError> {
        let messages: Vec<_> = messages.iter().map(|message| (message, seconds)).collect();
        self.send_each_later(&messages).await
    }

    /// As [`Queue::send_later`], each message with its own wait in seconds.
    pub async fn send_each_later(&self, messages: &[(impl Serialize, i32)]) -> Result<(), QueueError> {
        for chunk in messages.chunks(BATCH_LIMIT) {
            let mut entries = Vec::with_capacity(chunk.len());
            for (position, (message, seconds)) in chunk.iter().enumerate() {
                let entry = entry(position, message)?.set_delay_seconds((*seconds > 0).then_some(*seconds));
                entries.push(entry.build().map_err(|error| QueueError(Box::new(error)))?);
            }
            self.send_batch(entries).await?;
        }
        Ok(())
    }

    async fn send_batch(&self, entries: Vec<SendMessageBatchRequestEntry>) -> Result<(), QueueError> {
        let request = self.client.send_message_batch().queue_url(&self.url).set_entries(Some(entries));
        let answer = request.send().await.map_err(|error| QueueError(Box::new(error)))?;
        match answer.failed().first() {
            Some(failed) => {
                Err(QueueError(format!("{} of a batch was refused: {}", failed.id(), failed.code()).into()))
            }
            None => Ok(()),
        }
    }
}

fn entry(
    position: usize,
    message: &impl Serialize,
) -> Result<SendMessageBatchRequestEntryBuilder, QueueError> {
    let body = serde_json::to_string(message).map_err(|error| QueueError(Box::new(error)))?;
    Ok(SendMessageBatchRequestEntry::builder().id(position.to_string()).message_body(body))
}
