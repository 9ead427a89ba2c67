//! `POST /v1/realtime/ticket`

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use kernel::{Action, Caller, ClaimedTenant, Failure};
use lambda::{Method, Reply, Request, RouteSpec};
use serde::Serialize;

use crate::{
    app::App,
    store::{Holder, put_ticket},
};

pub const ROUTE: RouteSpec =
    RouteSpec::bearer("realtime-ticket", Method::POST, "/v1/realtime/ticket", Action::OpenSockets);

const LIFETIME_SECONDS: i64 = 30;
const SECRET_BYTES: usize = 32;

#[derive(Serialize)]
struct TicketView {
    ticket: String,
    url: String,
    /// Seconds.
    expires_in: i64,
}

/// A ticket that opens one socket, once, within half a minute. Only its hash is kept.
pub async fn handle(app: &App, caller: Caller, request: Request) -> Result<Reply, Failure> {
    let holder = Holder { user: caller.user.clone(), session: request.session()? };
    let mut secret = [0; SECRET_BYTES];
    app.ambient.fill(&mut secret);
    let secret = BASE64_URL_SAFE_NO_PAD.encode(secret);
    let scope = app.data.open(&caller.tenant).await;
    put_ticket(&scope, &secret_hash(&secret), &holder, app.ambient.now().plus_seconds(LIFETIME_SECONDS))
        .await?;
    let ticket = format!("{}.{secret}", caller.tenant);
    Reply::created(&TicketView { ticket, url: app.socket_url.clone(), expires_in: LIFETIME_SECONDS })
}

/// A ticket as somebody presents it: the tenant it claims to be of, and the hash under which it may be found.
pub(crate) fn parse(ticket: &str) -> Option<(ClaimedTenant, String)> {
    let (tenant, secret) = ticket.split_once('.')?;
    let plausible = BASE64_URL_SAFE_NO_PAD.decode(secret).is_ok_and(|bytes| bytes.len() == SECRET_BYTES);
    plausible.then_some(())?;
    Some((ClaimedTenant::parse(tenant)?, secret_hash(secret)))
}

fn secret_hash(secret: &str) -> String {
    hex::encode(digest(&SHA256, secret.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_is_known_by_its_hash_alone() {
        let secret = BASE64_URL_SAFE_NO_PAD.encode([7; SECRET_BYTES]);
        let (tenant, hash) = parse(&format!("tnt_a.{secret}")).unwrap();
        assert_eq!(tenant.as_str(), "tnt_a");
        assert_eq!(hash, secret_hash(&secret));
        assert!(!hash.contains(&secret));
    }

    #[test]
    fn what_is_no_ticket_is_not_looked_up() {
        let secret = BASE64_URL_SAFE_NO_PAD.encode([7; SECRET_BYTES]);
        for ticket in [
            "",
            ".",
            "tnt_a.",
            "tnt_a",
            "tnt_a.short",
            &format!("tnt_#.{secret}"),
            &format!("{secret}.tnt_a"),
        ] {
            assert!(parse(ticket).is_none(), "{ticket}");
        }
    }
}
