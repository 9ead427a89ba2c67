//! `GET /v1/calls/{call_id}`

use kernel::{CallId, Caller, Failure};
use lambda::{Method, Reply, Request, RouteSpec};

use crate::{app::App, store::CallStore, view::CallView};

pub const ROUTE: RouteSpec = RouteSpec::bearer("calls-get", Method::GET, "/v1/calls/{call_id}");

/// One call, as it stands now.
pub async fn handle(app: &App, caller: Caller, request: Request) -> Result<Reply, Failure> {
    let id = request.path("call_id", "call", CallId::parse)?;
    request.query(&[])?;
    let scope = app.data.open(&caller.tenant).await;
    let call = CallStore::open(&scope).await?.find(&id).await?.ok_or(Failure::NotFound("call"))?;
    let version = call.version;
    Ok(Reply::ok(&CallView::of(call))?.versioned(version))
}
