//! The gateway's management API as tests need it: it takes frames, or does not.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use aws_config::{BehaviorVersion, Region, SdkConfig};
use axum::{
    Router,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::{delete, post},
};
use serde_json::Value;
use tokio::{net::TcpListener, task::JoinHandle};

use crate::push::Sockets;

/// How a connection behaves; one that nobody has described takes frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    Gone,
    /// Answers nothing for longer than anybody waits.
    Stalled,
    Throttled,
}

#[derive(Default)]
struct Connections {
    manners: BTreeMap<String, Manner>,
    frames: BTreeMap<String, Vec<Value>>,
    closed: Vec<String>,
    stalls: usize,
}

type Shared = Arc<Mutex<Connections>>;

pub struct FakeGateway {
    connections: Shared,
    pub sockets: Sockets,
    server: JoinHandle<()>,
}

impl FakeGateway {
    pub async fn start() -> Self {
        let connections = Shared::default();
        let routes = Router::new()
            .route("/@connections/{connection}", post(take))
            .route("/@connections/{connection}", delete(close))
            .with_state(connections.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let server = tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
        let sdk = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::from_static("us-east-1"))
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .credentials_provider(aws_credential_types::provider::SharedCredentialsProvider::new(
                aws_credential_types::Credentials::new("test", "test", None, None, "test"),
            ))
            .build();
        Self { connections, sockets: Sockets::new(&sdk, &address), server }
    }

    pub fn set(&self, connection: &str, manner: Manner) {
        self.lock().manners.insert(connection.to_owned(), manner);
    }

    /// What a connection has been sent, in the order in which it came.
    pub fn frames(&self, connection: &str) -> Vec<Value> {
        self.lock().frames.get(connection).cloned().unwrap_or_default()
    }

    pub fn closed(&self) -> Vec<String> {
        self.lock().closed.clone()
    }

    /// How often somebody had to wait for a connection that answers nothing.
    pub fn stalls(&self) -> usize {
        self.lock().stalls
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Connections> {
        self.connections.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for FakeGateway {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn take(State(shared): State<Shared>, Path(connection): Path<String>, body: Bytes) -> Response {
    let manner = shared.lock().unwrap_or_else(PoisonError::into_inner).manners.get(&connection).copied();
    let exception = |status: StatusCode, name: &str| {
        let mut headers = HeaderMap::new();
        headers.insert("x-amzn-errortype", name.parse().unwrap());
        (status, headers, "{}").into_response()
    };
    match manner {
        None => {
            let frame = serde_json::from_slice(&body).unwrap();
            let mut connections = shared.lock().unwrap_or_else(PoisonError::into_inner);
            connections.frames.entry(connection).or_default().push(frame);
            StatusCode::OK.into_response()
        }
        Some(Manner::Gone) => exception(StatusCode::GONE, "GoneException"),
        Some(Manner::Throttled) => exception(StatusCode::TOO_MANY_REQUESTS, "LimitExceededException"),
        Some(Manner::Stalled) => {
            shared.lock().unwrap_or_else(PoisonError::into_inner).stalls += 1;
            tokio::time::sleep(Duration::from_mins(1)).await;
            StatusCode::OK.into_response()
        }
    }
}

async fn close(State(shared): State<Shared>, Path(connection): Path<String>) -> StatusCode {
    shared.lock().unwrap_or_else(PoisonError::into_inner).closed.push(connection);
    StatusCode::NO_CONTENT
}
