//! `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header): a request that creates or sends, carried out once however
//! often it is sent. A key belongs to its tenant, user and route, for 24 hours.

use std::future::Future;

use aws_lc_rs::digest::{SHA256, digest};
use kernel::{Ambient, Caller, Failure, ReservedSuffix};
use lambda_http::{Body, Response};
use serde::{Deserialize, Serialize};
use table::{Begun, ItemReader, OnceKey, Purpose};
use tenancy::{TenantScope, seal_record, unseal_record};
use vault::BlindIndex;

use crate::{failure_problem, reply::Reply, request::Request};

const HEADER: &str = "idempotency-key";
const LONGEST_KEY: usize = 255;

/// What came of a request, as it is kept.
#[derive(Serialize, Deserialize)]
struct Outcome {
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
}

/// The key that the request carries: a string in quotes, as the draft has it, or without them.
pub(crate) fn key_of(request: &Request) -> Result<Option<String>, Failure> {
    let Some(header) = request.inner.headers().get(HEADER) else { return Ok(None) };
    let text = header.to_str().unwrap_or_default().trim();
    let key = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(text);
    let printable = key.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"');
    if key.is_empty() || key.len() > LONGEST_KEY || !printable {
        let message = format!("Expected 1 to {LONGEST_KEY} visible ASCII characters.");
        return Err(Failure::field("Idempotency-Key", "invalid_key", message));
    }
    Ok(Some(key.to_owned()))
}

/// Carries out `work`, unless it has been or is being.
pub(crate) async fn once<F: Future<Output = Result<Reply, Failure>>>(
    scope: &TenantScope,
    ambient: &dyn Ambient,
    caller: &Caller,
    (route, key, request_id): (&str, &str, &str),
    mut request: Request,
    work: impl FnOnce(Request) -> F,
) -> Result<Reply, Failure> {
    let once = once_key(scope, caller, route, key, &request).await?;
    let begun = scope.table.begin_once(&once, ReservedSuffix::generate(ambient), ambient.now()).await?;
    let suffix = match begun {
        Begun::Now(suffix) => suffix,
        Begun::Before(item) => {
            let outcome: Outcome =
                unseal_record(&*scope.vault().await?, ItemReader::new(&item), Purpose::Replay)?;
            return Reply::again(outcome.status, outcome.headers, outcome.body);
        }
        Begun::InFlight => {
            let detail = "a request with this Idempotency-Key is still being carried out";
            return Err(Failure::Conflict { code: "request_in_flight", detail });
        }
        Begun::OtherRequest => return Err(Failure::KeyReused),
    };
    request.suffix = Some(suffix.clone());
    let outcome = work(request).await;
    // What was done is done, so the answer goes out even where keeping it fails; asked again, the suffix finds it.
    if let Err(failure) = keep(scope, ambient, &once, &suffix, &outcome, request_id).await {
        tracing::warn!(cause = crate::telemetry::causes(&failure), "an idempotent answer is not kept");
    }
    outcome
}

async fn once_key(
    scope: &TenantScope,
    caller: &Caller,
    route: &str,
    key: &str,
    request: &Request,
) -> Result<OnceKey, Failure> {
    let vault = scope.vault().await?;
    let body = hex::encode(digest(&SHA256, request.bytes()));
    let sent = format!("{} {} {body}", request.inner.method(), request.path_and_query());
    let index = vault.blind_index(BlindIndex::IdempotencyKey, key)?;
    Ok(OnceKey {
        key: scope.table.keys().replay(&caller.user, route, &index),
        fingerprint: vault.blind_index(BlindIndex::Request, &sent)?,
    })
}

async fn keep(
    scope: &TenantScope,
    ambient: &dyn Ambient,
    once: &OnceKey,
    suffix: &ReservedSuffix,
    outcome: &Result<Reply, Failure>,
    request_id: &str,
) -> Result<(), Failure> {
    let (table, now) = (&scope.table, ambient.now());
    let response = match outcome {
        Ok(reply) => reply.to_response(),
        // It may have reached somebody outside, who must not be reached twice.
        Err(failure @ (Failure::ProviderRefused { .. } | Failure::ProviderUnavailable(_))) => {
            failure_problem::into_response(failure, request_id)
        }
        // Nobody knows how far it came.
        Err(Failure::Internal(_) | Failure::Unavailable(_)) => {
            return Ok(table.release_once(once, suffix, now).await?);
        }
        Err(_) => return Ok(table.forget_once(once).await?),
    };
    let vault = scope.vault().await?;
    let sealed = seal_record(&vault, &once.key, Purpose::Replay, &Outcome::of(&response))?;
    Ok(table.finish_once(once, suffix, sealed, now).await?)
}

impl Outcome {
    fn of(response: &Response<Body>) -> Self {
        let headers = response
            .headers()
            .iter()
            .filter_map(|(name, value)| Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned())));
        let body = match response.body() {
            Body::Text(text) => text.clone(),
            _ => String::new(),
        };
        Self { status: response.status().as_u16(), headers: headers.collect(), body }
    }
}
