//! `GET /v1/tenant/phone-numbers`

use kernel::{Action, Caller, Failure};
use lambda::{Method, Reply, Request, RouteSpec};

use super::numbers_view::NumbersView;
use crate::{app::App, telephony::TelephonyStore};

pub const ROUTE: RouteSpec =
    RouteSpec::bearer("phone-numbers-get", Method::GET, "/v1/tenant/phone-numbers", Action::ReadPhoneNumbers);

/// The tenant's own numbers. Whoever places calls may choose among them.
pub async fn handle(app: &App, caller: Caller, request: Request) -> Result<Reply, Failure> {
    request.query(&[])?;
    let scope = app.data.open(&caller.tenant).await;
    let numbers = TelephonyStore::open(&scope).await?.numbers().await?;
    let version = numbers.as_ref().map_or(0, |numbers| numbers.version);
    Ok(Reply::ok(&NumbersView::of(numbers))?.versioned(version))
}
