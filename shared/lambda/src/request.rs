//! An HTTP request as a route sees it.

use kernel::{
    Ambient, Caller, ClaimedTenant, Failure, Faults, Limit, PLATFORM_TENANT, Provenance, ReservedSuffix,
    Role, TeamIds, UserId,
};
use lambda_http::{RequestExt, request::RequestContext};
use serde::de::DeserializeOwned;

use crate::{json, webhook::signed_form};

/// Larger bodies are refused (docs/API.md, Conventions).
pub(crate) const BODY_LIMIT_BYTES: usize = 1024 * 1024;

/// One request. What it holds was written by somebody outside until a route has parsed it.
pub struct Request {
    pub(crate) inner: lambda_http::Request,
    /// Set aside for what this request makes, where it carries an idempotency key.
    pub(crate) suffix: Option<ReservedSuffix>,
}

impl Request {
    pub(crate) fn new(inner: lambda_http::Request) -> Result<Self, Failure> {
        if inner.body().len() > BODY_LIMIT_BYTES {
            return Err(Failure::BodyTooLarge { limit_bytes: BODY_LIMIT_BYTES });
        }
        Ok(Self { inner, suffix: None })
    }

    /// The JSON body; [`Failure::MalformedBody`] where it is none, [`Failure::Invalid`] naming the field that does not fit.
    pub fn body<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        json::parse(self.inner.body())
    }

    /// The suffix of the id under which the request makes something. Carried out again under the same idempotency key, because
    /// nobody knows how far it came, it has the same: then what it made may be there.
    #[must_use]
    pub fn suffix(&self, ambient: &dyn Ambient) -> ReservedSuffix {
        self.suffix.clone().unwrap_or_else(|| ReservedSuffix::generate(ambient))
    }

    /// A part of the path, as the route's template names it.
    pub fn path<T>(
        &self,
        name: &str,
        what: &'static str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<T, Failure> {
        let parameters = self.inner.path_parameters();
        parameters.first(name).and_then(parse).ok_or(Failure::NotFound(what))
    }

    /// The query's parameters, of which only `known` may occur.
    pub fn query(&self, known: &[&str]) -> Result<Query, Failure> {
        Query::parse(self.inner.uri().query().unwrap_or_default(), known)
    }

    /// A header's value, where there is one that is text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.inner.headers().get(name)?.to_str().ok()
    }

    /// The version that `If-Match` names, as [`crate::Reply::versioned`] wrote it. A list of versions or `*` promises nothing about
    /// what the caller has seen, so neither passes.
    pub fn if_match(&self) -> Result<i64, Failure> {
        let text = self.header("if-match").ok_or(Failure::PreconditionRequired)?;
        let version = text.trim().strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        version.and_then(|version| version.parse().ok()).ok_or(Failure::Stale)
    }

    /// Path and query string as they were sent, for checking a signature over them.
    #[must_use]
    pub fn path_and_query(&self) -> String {
        let path = self.inner.raw_http_path();
        self.inner.uri().query().map_or_else(|| path.to_owned(), |query| format!("{path}?{query}"))
    }

    /// The form-encoded body's pairs in the order they were sent.
    pub fn form(&self) -> Result<Vec<(String, String)>, Failure> {
        signed_form(self.inner.body()).ok_or(Failure::MalformedBody)
    }

    /// The body's bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        self.inner.body()
    }

    /// The user whose token the authorizer verified.
    pub(crate) fn caller(&self) -> Result<Caller, Failure> {
        let unknown = Failure::Unauthenticated("the request carries no verified caller");
        let Some(RequestContext::ApiGatewayV2(context)) = self.inner.request_context_ref() else {
            return Err(unknown);
        };
        let Some(authorizer) = context.authorizer.as_ref() else { return Err(unknown) };
        let field = |name: &str| authorizer.fields.get(name).and_then(serde_json::Value::as_str);
        let parsed = (
            field("tenant_id").and_then(ClaimedTenant::parse),
            field("user_id").and_then(UserId::parse),
            field("role").and_then(Role::parse),
            field("team_ids").map_or_else(|| Some(TeamIds::default()), teams_of),
        );
        let (Some(claim), Some(user), Some(role), Some(teams)) = parsed else { return Err(unknown) };
        // A row that made an operator of a tenant's user, or a rep of an operator, would be a mistake: it opens nothing.
        if (claim.as_str() == PLATFORM_TENANT) != (role == Role::Operator) {
            return Err(unknown);
        }
        #[expect(
            clippy::disallowed_methods,
            reason = "the gateway sets this context from our authorizer's verdict alone"
        )]
        let tenant = claim.vouch(Provenance::VerifiedToken);
        Ok(Caller { tenant, user, role, teams })
    }

    /// The session that the caller's token belongs to.
    pub fn session(&self) -> Result<Session, Failure> {
        let unknown = Failure::Unauthenticated("the request carries no verified session");
        let Some(RequestContext::ApiGatewayV2(context)) = self.inner.request_context_ref() else {
            return Err(unknown);
        };
        let field = |name: &str| Some(context.authorizer.as_ref()?.fields.get(name)?.as_str()?.to_owned());
        match (field("sub"), field("session_id"), field("session_epoch").and_then(|epoch| epoch.parse().ok()))
        {
            (Some(sub), Some(id), Some(epoch)) => Ok(Session { sub, id, epoch }),
            _ => Err(unknown),
        }
    }

    /// Where the request came from, as the gateway saw it.
    #[must_use]
    pub fn source(&self) -> &str {
        match self.inner.request_context_ref() {
            Some(RequestContext::ApiGatewayV2(context)) => {
                context.http.source_ip.as_deref().unwrap_or_default()
            }
            _ => "",
        }
    }

    /// The tenant that a webhook's path claims.
    pub(crate) fn claimed_tenant(&self) -> Result<ClaimedTenant, Failure> {
        self.path("tenant_id", "tenant", ClaimedTenant::parse)
    }
}

/// The authorizer writes no team as an empty text.
fn teams_of(text: &str) -> Option<TeamIds> {
    if text.is_empty() { Some(TeamIds::default()) } else { TeamIds::parse(text) }
}

/// A sign-in and what has been refreshed from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The user's name at the pool.
    pub sub: String,
    pub id: String,
    pub epoch: i64,
}

/// The parameters of a query string, each known and at most once.
#[derive(Debug)]
pub struct Query {
    pairs: Vec<(String, String)>,
}

impl Query {
    /// The parameters of a query string, of which only `known` may occur.
    pub fn parse(text: &str, known: &[&str]) -> Result<Self, Failure> {
        let malformed = |_| Failure::field("", "malformed_query", "The query string is not form-encoded.");
        let pairs: Vec<(String, String)> = serde_urlencoded::from_str(text).map_err(malformed)?;
        let mut faults = Faults::default();
        for (position, (name, _)) in pairs.iter().enumerate() {
            if !known.contains(&name.as_str()) {
                faults.add(name.clone(), "unknown_parameter", "There is no such parameter.");
            } else if pairs[..position].iter().any(|(earlier, _)| earlier == name) {
                faults.add(name.clone(), "repeated_parameter", "This parameter stands twice.");
            }
        }
        faults.into_result()?;
        Ok(Self { pairs })
    }

    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// `limit`: 1 to 200, 50 where it is missing.
    pub fn limit(&self) -> Result<Limit, Failure> {
        let Some(text) = self.get("limit") else { return Ok(Limit::default()) };
        Limit::parse(text)
            .ok_or_else(|| Failure::field("limit", "out_of_range", "Expected a whole number from 1 to 200."))
    }
}
