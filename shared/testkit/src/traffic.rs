//! What goes between a client and its table: every call is noted with the capacity it consumed, and answered by the test
//! instead of the table where the test says so.

use std::{
    collections::VecDeque,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use aws_sdk_dynamodb::config::SharedHttpClient;
use aws_smithy_runtime_api::client::{
    http::{HttpClient, HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn},
    orchestrator::{HttpRequest, HttpResponse},
    result::ConnectorError,
};
use aws_smithy_types::{body::SdkBody, byte_stream::ByteStream};
use serde_json::{Value, json};

/// A call that a client made, in the order of the answers.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// E.g. `TransactWriteItems`.
    pub operation: String,
    /// Whether it asks for what is committed; an index's reads never do.
    pub consistent: bool,
    /// Capacity units that the answer names; 0 where it names none.
    pub units: f64,
}

/// What a test answers in the table's stead.
#[derive(Debug, Clone)]
pub struct Answer {
    operation: &'static str,
    status: u16,
    body: Value,
}

impl Answer {
    /// `body` with status 200.
    #[must_use]
    pub fn success(operation: &'static str, body: Value) -> Self {
        Self { operation, status: 200, body }
    }

    /// An exception of the service, by its name.
    #[must_use]
    pub fn exception(operation: &'static str, name: &str) -> Self {
        let kind = format!("com.amazonaws.dynamodb.v20120810#{name}");
        Self { operation, status: 400, body: json!({"__type": kind, "message": "answered by the test"}) }
    }

    /// A transaction that was canceled, with one reason's code per element.
    #[must_use]
    pub fn canceled_transaction(codes: &[&str]) -> Self {
        let mut answer = Self::exception("TransactWriteItems", "TransactionCanceledException");
        let reasons: Vec<_> = codes.iter().map(|code| json!({"Code": code})).collect();
        answer.body["CancellationReasons"] = json!(reasons);
        answer
    }
}

/// Shared by a client and the test that watches it.
#[derive(Debug, Clone, Default)]
pub struct Traffic {
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    calls: Vec<Call>,
    answers: VecDeque<Answer>,
}

impl Traffic {
    /// The calls since they were last taken.
    #[must_use]
    pub fn take(&self) -> Vec<Call> {
        std::mem::take(&mut self.lock().calls)
    }

    /// The capacity units of the calls since they were last taken.
    #[must_use]
    pub fn take_units(&self) -> f64 {
        self.take().iter().map(|call| call.units).sum()
    }

    /// Answers the next call of that operation with `answer`; it never reaches the table. Several are given in turn.
    pub fn answer_next(&self, answer: Answer) {
        self.lock().answers.push_back(answer);
    }

    /// `client` with everything it does seen to.
    pub(crate) fn watch(&self, client: SharedHttpClient) -> SharedHttpClient {
        let traffic = self.clone();
        http_client_fn(move |settings, components| {
            let connector = client.http_connector(settings, components);
            SharedHttpConnector::new(Watched { connector, traffic: traffic.clone() })
        })
    }

    fn prepared(&self, operation: &str) -> Option<Answer> {
        let answers = &mut self.lock().answers;
        let position = answers.iter().position(|answer| answer.operation == operation)?;
        answers.remove(position)
    }

    fn note(&self, operation: String, request: &[u8], answer: &[u8]) {
        let read = |body: &[u8]| serde_json::from_slice::<Value>(body).unwrap_or_default();
        let (consistent, units) =
            (is_consistent(&read(request)), consumed(&read(answer)["ConsumedCapacity"]));
        self.lock().calls.push(Call { operation, consistent, units });
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A read of one table, or a batch of each table's.
fn is_consistent(request: &Value) -> bool {
    let asks = |read: &Value| read["ConsistentRead"] == true;
    request["RequestItems"].as_object().map_or_else(|| asks(request), |tables| tables.values().all(asks))
}

/// One table's consumption, or a list with one per table.
fn consumed(capacity: &Value) -> f64 {
    let units = |capacity: &Value| capacity["CapacityUnits"].as_f64().unwrap_or(0.0);
    capacity.as_array().map_or_else(|| units(capacity), |tables| tables.iter().map(units).sum())
}

struct Watched {
    connector: SharedHttpConnector,
    traffic: Traffic,
}

impl fmt::Debug for Watched {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Watched")
    }
}

impl HttpConnector for Watched {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let operation = target.rsplit('.').next().unwrap_or_default().to_owned();
        let (connector, traffic) = (self.connector.clone(), self.traffic.clone());
        let asked = request.body().bytes().unwrap_or_default().to_vec();
        HttpConnectorFuture::new(async move {
            let (status, body) = match traffic.prepared(&operation) {
                Some(answer) => {
                    let status = answer.status.try_into().map_err(|error| other(Box::new(error)))?;
                    (status, answer.body.to_string().into_bytes())
                }
                None => whole(connector.call(request).await?).await?,
            };
            traffic.note(operation, &asked, &body);
            Ok(HttpResponse::new(status, SdkBody::from(body)))
        })
    }
}

async fn whole(
    response: HttpResponse,
) -> Result<(aws_smithy_runtime_api::http::StatusCode, Vec<u8>), ConnectorError> {
    let status = response.status();
    let body = ByteStream::new(response.into_body()).collect().await;
    Ok((status, body.map_err(|error| other(Box::new(error)))?.to_vec()))
}

fn other(error: Box<dyn std::error::Error + Send + Sync>) -> ConnectorError {
    ConnectorError::other(error, None)
}
