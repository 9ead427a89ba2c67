//! `GET /v1/custom-fields`

use kernel::{Action, Caller, Failure};
use lambda::{Method, Reply, Request, RouteSpec};

use super::{store, view::CustomFieldsView};
use crate::app::App;

pub const ROUTE: RouteSpec =
    RouteSpec::bearer("custom-fields-get", Method::GET, "/v1/custom-fields", Action::ReadContacts);

pub async fn handle(app: &App, caller: Caller, request: Request) -> Result<Reply, Failure> {
    request.query(&[])?;
    let fields = store::find(&app.data.open(&caller.tenant).await).await?;
    let version = fields.version;
    Ok(Reply::ok(&CustomFieldsView::from(fields))?.versioned(version))
}
