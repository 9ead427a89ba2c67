//! The socket against a running stack.

use std::{
    collections::VecDeque,
    future::Future,
    sync::Arc,
    time::{Duration, Instant},
};

use futures_util::{SinkExt, StreamExt};
use http::{HeaderValue, header};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async_with_config,
    tungstenite::{Error as WireError, Message, client::IntoClientRequest},
};

use crate::{contract::Contract, error::Error};

type BoxError = Box<dyn std::error::Error + Send + Sync>;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// What `POST /v1/realtime/ticket` answers.
#[derive(Debug, Clone)]
pub struct Ticket {
    /// Opens one socket, once.
    pub secret: String,
    /// The socket's address, without the ticket.
    pub url: String,
    pub expires_in_seconds: u64,
}

/// An event of the tenant, as it was pushed.
#[derive(Debug, Clone)]
pub struct SocketEvent {
    /// Names the log that `seq` counts in.
    pub epoch: String,
    pub seq: i64,
    pub id: String,
    /// E.g. `activity.created` or `call.updated`.
    pub kind: String,
    /// RFC 3339, by the clock of the function that committed the change.
    pub occurred_at: String,
    /// Empty where no contact is concerned.
    pub contact_id: String,
    pub data: Value,
    /// When the frame was read, for measuring.
    pub received_at: Instant,
}

/// What `hello` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resumed {
    pub epoch: String,
    pub seq: i64,
}

/// An open socket that holds every frame against the description.
pub struct Socket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    contract: Arc<Contract>,
    /// Events that came while something else was awaited.
    waiting: VecDeque<SocketEvent>,
}

impl Socket {
    /// Opens a socket. [`Error::SocketRefused`] where the ticket is not accepted.
    pub async fn connect(ticket: &Ticket) -> Result<Self, Error> {
        Self::connect_from(ticket, None).await
    }

    /// As [`Socket::connect`], as a page of this origin would.
    pub async fn connect_from(ticket: &Ticket, origin: Option<&str>) -> Result<Self, Error> {
        let separator = if ticket.url.contains('?') { '&' } else { '?' };
        let address = format!("{}{separator}ticket={}", ticket.url, ticket.secret);
        let contract = Contract::shared()?;
        let malformed = |source: BoxError| Error::Socket { doing: "connecting", source };
        let mut request = address.into_client_request().map_err(|source| malformed(source.into()))?;
        if let Some(origin) = origin {
            let origin = HeaderValue::try_from(origin).map_err(|source| malformed(source.into()))?;
            request.headers_mut().insert(header::ORIGIN, origin);
        }
        let opened =
            within(CONNECT_TIMEOUT, "the socket's handshake", connect_async_with_config(request, None, true));
        match opened.await? {
            Ok((stream, _)) => Ok(Self { stream, contract, waiting: VecDeque::new() }),
            Err(WireError::Http(answer)) => Err(Error::SocketRefused { status: answer.status().as_u16() }),
            Err(source) => Err(Error::Socket { doing: "connecting", source: source.into() }),
        }
    }

    /// The next event, in the order in which they came.
    pub async fn next_event(&mut self, timeout: Duration) -> Result<SocketEvent, Error> {
        if let Some(event) = self.waiting.pop_front() {
            return Ok(event);
        }
        within(timeout, "an event", self.read_event()).await?
    }

    /// The next event that `wanted` holds for; those before it are dropped.
    pub async fn wait_for(
        &mut self,
        timeout: Duration,
        mut wanted: impl FnMut(&SocketEvent) -> bool,
    ) -> Result<SocketEvent, Error> {
        let deadline = Instant::now() + timeout;
        loop {
            let event = self.next_event(deadline.saturating_duration_since(Instant::now())).await;
            match event {
                Ok(event) if wanted(&event) => return Ok(event),
                Ok(_) => {}
                Err(Error::TooLate { .. }) => {
                    return Err(Error::TooLate { what: "the wanted event", waited: timeout });
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Sends a ping and waits for its pong; gives how long that took. Events that come meanwhile are kept.
    pub async fn ping(&mut self, timeout: Duration) -> Result<Duration, Error> {
        let started = Instant::now();
        self.send(&json!({ "type": "ping" }).to_string()).await?;
        let pong = within(timeout, "a pong", self.read_answer()).await??;
        if pong["type"] == json!("pong") {
            return Ok(started.elapsed());
        }
        Err(Error::Frame { fault: format!("a ping was answered with {pong}") })
    }

    /// Sends any text, malformed ones too, and waits for the answer that is no event.
    pub async fn ask(&mut self, text: &str, timeout: Duration) -> Result<Value, Error> {
        self.send(text).await?;
        within(timeout, "the socket's answer", self.read_answer()).await?
    }

    /// Where the log is, and what came after `last_seq` of `epoch`: `hello`, then that many events, or a `reset`.
    pub async fn resume(
        &mut self,
        position: Option<(&str, i64)>,
        timeout: Duration,
    ) -> Result<Resumed, Error> {
        let frame = match position {
            Some((epoch, last_seq)) => json!({ "type": "resume", "epoch": epoch, "last_seq": last_seq }),
            None => json!({ "type": "resume" }),
        };
        let hello = self.ask(&frame.to_string(), timeout).await?;
        let (Some(epoch), Some(seq)) = (hello["epoch"].as_str(), hello["seq"].as_i64()) else {
            return Err(Error::Frame { fault: format!("a resume was answered with {hello}") });
        };
        Ok(Resumed { epoch: epoch.to_owned(), seq })
    }

    /// The next frame that is no event.
    pub async fn next_answer(&mut self, timeout: Duration) -> Result<Value, Error> {
        within(timeout, "an answer", self.read_answer()).await?
    }

    /// Says goodbye and waits until the server has said so too.
    pub async fn close(mut self, timeout: Duration) -> Result<(), Error> {
        self.stream
            .close(None)
            .await
            .map_err(|source| Error::Socket { doing: "closing", source: source.into() })?;
        within(timeout, "the socket's end", async { while let Some(Ok(_)) = self.stream.next().await {} })
            .await
    }

    async fn send(&mut self, text: &str) -> Result<(), Error> {
        let sent = self.stream.send(Message::text(text)).await;
        sent.map_err(|source| Error::Socket { doing: "sending", source: source.into() })
    }

    async fn read_event(&mut self) -> Result<SocketEvent, Error> {
        loop {
            let frame = self.read_frame().await?;
            match event_of(&frame) {
                Some(event) => return Ok(event),
                None if frame["type"] == json!("error") => {
                    return Err(Error::Frame { fault: format!("an error came: {frame}") });
                }
                None => {}
            }
        }
    }

    async fn read_answer(&mut self) -> Result<Value, Error> {
        loop {
            let frame = self.read_frame().await?;
            match event_of(&frame) {
                Some(event) => self.waiting.push_back(event),
                None => return Ok(frame),
            }
        }
    }

    async fn read_frame(&mut self) -> Result<Value, Error> {
        loop {
            let message = match self.stream.next().await {
                Some(Ok(message)) => message,
                Some(Err(source)) => return Err(Error::Socket { doing: "reading", source: source.into() }),
                None => return Err(Error::SocketClosed),
            };
            match message {
                Message::Text(text) => {
                    let frame: Value = serde_json::from_str(&text).map_err(|error| Error::Frame {
                        fault: format!("it is not JSON ({error}): {text}"),
                    })?;
                    self.contract.check_server_frame(&frame)?;
                    return Ok(frame);
                }
                Message::Binary(bytes) => {
                    return Err(Error::Frame { fault: format!("{} bytes that are not text", bytes.len()) });
                }
                Message::Close(_) => return Err(Error::SocketClosed),
                Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => {}
            }
        }
    }
}

/// `None` for frames that are no event; the contract has seen to it that an event has all this.
fn event_of(frame: &Value) -> Option<SocketEvent> {
    let event = frame.get("event")?;
    Some(SocketEvent {
        epoch: frame["epoch"].as_str()?.to_owned(),
        seq: frame["seq"].as_i64()?,
        id: event["id"].as_str()?.to_owned(),
        kind: event["type"].as_str()?.to_owned(),
        occurred_at: event["occurred_at"].as_str()?.to_owned(),
        contact_id: event["contact_id"].as_str().unwrap_or_default().to_owned(),
        data: event["data"].clone(),
        received_at: Instant::now(),
    })
}

async fn within<T>(timeout: Duration, what: &'static str, work: impl Future<Output = T>) -> Result<T, Error> {
    tokio::time::timeout(timeout, work).await.map_err(|_| Error::TooLate { what, waited: timeout })
}
