//! The WebSocket API's authorizer of `$connect`: takes the ticket, once.

use std::collections::BTreeMap;

use kernel::Failure;
use lambda::{Note, note};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    app::GateApp,
    store::{Holder, ticket_holder},
    ticket,
};

pub const FUNCTION: &str = "realtime-authorizer";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConnectQuestion {
    method_arn: String,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    #[serde(default)]
    query_string_parameters: Option<Query>,
}

impl ConnectQuestion {
    /// The page that asks; the gateway keeps the case in which the header was sent.
    fn origin(&self) -> Option<&str> {
        let named = self.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("origin"));
        named.map(|(_, origin)| origin.as_str())
    }
}

#[derive(Deserialize)]
struct Query {
    ticket: Option<String>,
}

/// An IAM policy for this one connection; the context stays with the socket for its life.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Verdict {
    principal_id: String,
    policy_document: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    context: Option<Context>,
}

#[derive(Serialize)]
struct Context {
    tenant_id: String,
    user_id: String,
    sub: String,
    session_id: String,
    /// As text: the context of a WebSocket API knows nothing else.
    session_epoch: String,
}

/// Admits the holder of a ticket that was not used before and is not too old, from a page of ours or from no page. A page from
/// elsewhere does not use the ticket up.
pub async fn handle(app: &GateApp, question: ConnectQuestion) -> Result<Verdict, Failure> {
    let ticket = question.query_string_parameters.as_ref().and_then(|query| query.ticket.as_deref());
    let context = match ticket {
        Some(_) if !app.origins.admit(question.origin()) => {
            tracing::warn!("a page from elsewhere tried to open a socket");
            None
        }
        Some(ticket) => admit(app, ticket).await?,
        None => None,
    };
    Ok(verdict(&question.method_arn, context))
}

async fn admit(app: &GateApp, ticket: &str) -> Result<Option<Context>, Failure> {
    let Some((claim, hash)) = ticket::parse(ticket) else { return Ok(None) };
    let Some(item) = app.claims.open(&claim).await.table.consume_ticket(&hash).await? else {
        return Ok(None);
    };
    app.claims.proved(&claim).await;
    let holder = ticket_holder(&item, app.ambient.now())?;
    Ok(holder.map(|Holder { user, session }| {
        note(Note::Tenant, claim.as_str());
        note(Note::User, user.as_str());
        Context {
            tenant_id: claim.to_string(),
            user_id: user.to_string(),
            sub: session.sub,
            session_id: session.id,
            session_epoch: session.epoch.to_string(),
        }
    }))
}

fn verdict(method_arn: &str, context: Option<Context>) -> Verdict {
    let effect = if context.is_some() { "Allow" } else { "Deny" };
    Verdict {
        principal_id: context.as_ref().map_or_else(|| "nobody".to_owned(), |context| context.user_id.clone()),
        policy_document: json!({
            "Version": "2012-10-17",
            "Statement": [{"Action": "execute-api:Invoke", "Effect": effect, "Resource": method_arn}],
        }),
        context,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sample_event_reads_and_an_unknown_holder_is_denied() {
        let question: ConnectQuestion =
            serde_json::from_str(include_str!("../../../events/realtime-authorizer.json")).unwrap();
        assert!(question.query_string_parameters.is_some_and(|query| query.ticket.is_some()));
        let refused = serde_json::to_value(verdict(&question.method_arn, None)).unwrap();
        assert_eq!(refused["policyDocument"]["Statement"][0]["Effect"], "Deny");
        assert!(refused.get("context").is_none());
    }
}
