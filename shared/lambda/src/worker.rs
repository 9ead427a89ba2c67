//! Functions that no HTTP route leads to: triggers, streams, queues, sockets.

use std::future::Future;

use kernel::Failure;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    socket::{SocketEvent, SocketReply},
    telemetry::{self, Invocation},
};

/// Serves events of one shape until the environment ends. A failure is returned to the service that sent the event, which
/// retries or parks it.
pub async fn serve_worker<E, R, F>(function: &'static str, handler: impl Fn(E) -> F) -> Result<(), Error>
where
    E: DeserializeOwned,
    R: Serialize,
    F: Future<Output = Result<R, Failure>>,
{
    telemetry::start();
    lambda_runtime::run(service_fn(async |event: LambdaEvent<E>| {
        let invocation = Invocation::begin(function);
        let outcome = handler(event.payload).await;
        invocation.end(if outcome.is_ok() { "ok" } else { "failed" }, outcome.as_ref().err());
        outcome.map_err(Error::from)
    }))
    .await
}

/// Serves the events of a WebSocket route. What fails is answered by status, which for `$connect` refuses the socket.
pub async fn serve_socket<F>(function: &'static str, handler: impl Fn(SocketEvent) -> F) -> Result<(), Error>
where
    F: Future<Output = Result<(), Failure>>,
{
    telemetry::start();
    lambda_runtime::run(service_fn(async |event: LambdaEvent<SocketEvent>| {
        let invocation = Invocation::begin(function);
        let outcome = handler(event.payload).await;
        let reply = SocketReply::of(&outcome);
        invocation.end(&reply.status_code.to_string(), outcome.as_ref().err());
        Ok::<_, Error>(reply)
    }))
    .await
}

/// A batch from SQS.
#[derive(Debug, Deserialize)]
pub struct QueueBatch {
    #[serde(rename = "Records")]
    records: Vec<QueueMessage>,
}

/// One message of a batch.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct QueueMessage {
    message_id: String,
    body: String,
}

impl QueueBatch {
    #[must_use]
    pub fn messages(&self) -> &[QueueMessage] {
        &self.records
    }

    /// Works on the messages' bodies one after the other. What fails goes back to the queue, alone.
    pub async fn each(&self, work: impl AsyncFn(&str) -> Result<(), Failure>) -> QueueOutcome {
        let mut outcome = QueueOutcome::default();
        for message in self.messages() {
            // In a box: a worker's future is deep, and the compiler limits how deep its layout may nest.
            if let Err(failure) = Box::pin(work(message.body())).await {
                outcome.failed(message, &failure);
            }
        }
        outcome
    }
}

impl QueueMessage {
    #[must_use]
    pub fn body(&self) -> &str {
        &self.body
    }
}

/// Which messages of a batch go back to the queue (`ReportBatchItemFailures`); the rest is done with.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct QueueOutcome {
    batch_item_failures: Vec<FailedMessage>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct FailedMessage {
    item_identifier: String,
}

impl QueueOutcome {
    /// Sends `message` back; after the queue's limit of tries it lands in the dead-letter queue.
    pub fn failed(&mut self, message: &QueueMessage, failure: &Failure) {
        tracing::warn!(
            message.id = message.message_id,
            cause = telemetry::causes(failure),
            "a message goes back to its queue"
        );
        self.batch_item_failures.push(FailedMessage { item_identifier: message.message_id.clone() });
    }
}
