//! Contacts out of files.

mod bad_input;
mod going_through;

use std::time::Duration;

use blackbox::{Answer, read_import, upload_import};
use serde_json::{Value, json};

use crate::{eventually::within, failed::Outcome, world::Tenant};

/// A small file is through in a second; debug builds beside other tests take their time.
const PATIENCE: Duration = Duration::from_secs(90);

pub fn mapping() -> Value {
    json!({ "First": "first_name", "Last": "last_name", "Mail": "email", "Mobile": "phone.mobile", "Tags": "tags" })
}

pub async fn start(tenant: &Tenant, id: &str, mapping: &Value, on_duplicate: &str) -> Outcome<Answer> {
    let body = json!({ "mapping": mapping, "on_duplicate": on_duplicate });
    Ok(tenant.session.post(&format!("/v1/imports/{id}/start"), &body).await?)
}

/// The import once it is over.
pub async fn over(tenant: &Tenant, id: &str) -> Outcome<Value> {
    within(PATIENCE, "the end of the import", async || {
        let import = read_import(&tenant.session, id).await?;
        Ok(matches!(import["status"].as_str(), Some("completed" | "failed")).then_some(import))
    })
    .await
}

/// A file that goes through, from its upload to its end.
pub async fn import(tenant: &Tenant, file: &[u8], on_duplicate: &str) -> Outcome<Value> {
    let id = upload_import(&tenant.session, file).await?;
    start(tenant, &id, &mapping(), on_duplicate).await?.expect(202)?;
    over(tenant, &id).await
}

pub fn counts(import: &Value) -> [i64; 4] {
    ["created", "updated", "skipped", "failed"].map(|name| import[name].as_i64().unwrap_or(-1))
}
