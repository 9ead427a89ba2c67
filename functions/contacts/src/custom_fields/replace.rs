//! `PUT /v1/custom-fields`

use kernel::{Action, Caller, Failure, Faults};
use lambda::{Method, Reply, Request, RouteSpec};

use super::{input::CustomFieldsInput, store, view::CustomFieldsView};
use crate::{
    app::App,
    contact::{CustomFields, custom_fields::Definition},
};

pub const ROUTE: RouteSpec = RouteSpec::bearer(
    "custom-fields-replace",
    Method::PUT,
    "/v1/custom-fields",
    Action::ManageTenantSettings,
);

/// Writes the tenant's fields over as a whole. Values of a field that is no more stay until somebody takes them away; a field that
/// stays keeps its type, because contacts hold values of it.
pub async fn handle(app: &App, caller: Caller, request: Request) -> Result<Reply, Failure> {
    let version = request.if_match()?;
    let fields = request.body::<CustomFieldsInput>()?.parse()?;
    let scope = app.data.open(&caller.tenant).await;
    let before = store::find(&scope).await?;
    if before.version != version {
        return Err(Failure::Stale);
    }
    refuse_other_types(&before.fields, &fields)?;
    let next = CustomFields { fields, version: version + 1, updated_at: Some(app.ambient.now()) };
    let next = if next.fields == before.fields {
        before
    } else {
        store::replace(&scope, version, &next).await?;
        next
    };
    let version = next.version;
    Ok(Reply::ok(&CustomFieldsView::from(next))?.versioned(version))
}

fn refuse_other_types(before: &[Definition], next: &[Definition]) -> Result<(), Failure> {
    let mut faults = Faults::default();
    for (position, field) in next.iter().enumerate() {
        if before.iter().any(|known| known.key == field.key && known.r#type != field.r#type) {
            let message = "Contacts hold values of the type that it has; another type takes another key.";
            faults.add(format!("fields[{position}].type"), "type_taken", message);
        }
    }
    faults.into_result()
}
