//! One JSON line per invocation. Bodies, headers, paths and query strings are never among its fields.

use std::{
    sync::{Mutex, PoisonError},
    time::Instant,
};

use kernel::{
    Failure,
    meter::{self, Count},
};
use tracing_subscriber::EnvFilter;

/// Who and what an invocation was for; fields of its summary line. Never personal data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Note {
    Tenant,
    User,
    /// The id that the caller is answered with: theirs, or the gateway's where they gave none.
    Request,
    /// The id under which the gateway's access log has the request, whatever the caller calls it.
    GatewayRequest,
}

static NOTES: Mutex<Vec<(Note, String)>> = Mutex::new(Vec::new());

/// Adds a field to the summary line of the invocation under way.
pub fn note(field: Note, value: impl Into<String>) {
    NOTES.lock().unwrap_or_else(PoisonError::into_inner).push((field, value.into()));
}

/// Starts logging: JSON to standard output, which Lambda hands to the log group.
pub(crate) fn start() {
    // Below info, libraries write down what goes over the wire, bodies and all.
    let level = crate::Environment::optional("LOG_LEVEL")
        .filter(|level| ["error", "warn", "info"].contains(&level.as_str()))
        .unwrap_or_else(|| "info".to_owned());
    tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_target(false)
        .with_current_span(false)
        .with_span_list(false)
        .with_env_filter(EnvFilter::new(level))
        .init();
}

/// Measures one invocation and writes its line.
pub(crate) struct Invocation {
    function: &'static str,
    started: Instant,
}

impl Invocation {
    pub(crate) fn begin(function: &'static str) -> Self {
        NOTES.lock().unwrap_or_else(PoisonError::into_inner).clear();
        Self { function, started: Instant::now() }
    }

    /// `outcome` is a status code or a word; a failure that is ours to mend is logged with its causes.
    pub(crate) fn end(self, outcome: &str, failure: Option<&Failure>) {
        let notes = std::mem::take(&mut *NOTES.lock().unwrap_or_else(PoisonError::into_inner));
        let named = |field| notes.iter().find(|(name, _)| *name == field).map(|(_, value)| value.as_str());
        let hundredths = |count| {
            let units = u32::try_from(meter::take(count)).unwrap_or(u32::MAX);
            f64::from(units) / 100.0
        };
        tracing::info!(
            route = self.function,
            outcome,
            duration_ms = self.started.elapsed().as_secs_f64() * 1000.0,
            sts.calls = meter::take(Count::StsCalls),
            kms.calls = meter::take(Count::KmsCalls),
            dynamodb.calls = meter::take(Count::DynamodbCalls),
            dynamodb.rcu = hundredths(Count::DynamodbReadHundredths),
            dynamodb.wcu = hundredths(Count::DynamodbWriteHundredths),
            tenant.id = named(Note::Tenant),
            user.id = named(Note::User),
            request.id = named(Note::Request),
            gateway.request.id = named(Note::GatewayRequest),
            cause = failure.and_then(causes),
            "invocation"
        );
    }
}

/// The chain of causes, for failures whose reason the caller is not told.
#[must_use]
pub fn causes(failure: &Failure) -> Option<String> {
    let mut source = std::error::Error::source(failure);
    let mut chain = Vec::new();
    while let Some(cause) = source {
        chain.push(cause.to_string());
        source = cause.source();
    }
    (!chain.is_empty()).then(|| chain.join(": "))
}
