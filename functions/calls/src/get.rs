//! `GET /v1/calls/{call_id}`

use kernel::{Action, CallId, Caller, Failure};
use lambda::{Method, Reply, Request, RouteSpec};

use crate::{app::App, store::CallStore, view::CallView};

pub const ROUTE: RouteSpec =
    RouteSpec::bearer("calls-get", Method::GET, "/v1/calls/{call_id}", Action::ReadCalls);

/// One call, as it stands now; to its user, and to whoever may see its contact.
pub async fn handle(app: &App, caller: Caller, request: Request) -> Result<Reply, Failure> {
    let id = request.path("call_id", "call", CallId::parse)?;
    request.query(&[])?;
    let scope = app.data.open(&caller.tenant).await;
    let store = CallStore::open(&scope).await?;
    let call = store.find_visible(&id, &caller).await?;
    let version = call.version;
    Ok(Reply::ok(&CallView::of(call))?.versioned(version))
}
