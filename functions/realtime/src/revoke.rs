//! The sockets of those who have lost what they had: signed out everywhere, disabled, in another role, of a suspended tenant.

use kernel::{Failure, UserId};
use lambda::stream::StreamRecord;
use table::{MalformedItem, Revocation, revocation_of};
use tenancy::TenantScope;

use crate::{
    app::DeliverApp,
    push::PushError,
    store::{forget_socket, open_sockets},
};

/// Whom the change of an identity row has cost access; `None` where nobody, or where the row is new.
pub fn revocation(record: &StreamRecord) -> Result<Option<Revocation>, MalformedItem> {
    let Some(old) = record.old_image() else { return Ok(None) };
    revocation_of(old, record.new_image())
}

/// Closes every socket of those concerned. A socket that will not close makes the record come again.
pub async fn close_sockets(
    app: &DeliverApp,
    record: &StreamRecord,
    revocation: Revocation,
) -> Result<(), Failure> {
    let Some(tenant) = record.tenant() else { return Ok(()) };
    let scope = app.data.open(&tenant).await;
    let users = match revocation {
        Revocation::User(user) => vec![user],
        Revocation::Tenant => scope.table.identities().users(&tenant).await?,
    };
    for user in &users {
        let sockets = open_sockets(&scope, user).await?;
        let ends = sockets.iter().map(|socket| close_one(app, &scope, user, &socket.connection));
        for outcome in futures_util::future::join_all(ends).await {
            outcome?;
        }
    }
    Ok(())
}

async fn close_one(
    app: &DeliverApp,
    scope: &TenantScope,
    user: &UserId,
    connection: &str,
) -> Result<(), Failure> {
    match app.courier.sockets.close(connection).await {
        Ok(()) | Err(PushError::Gone) => forget_socket(scope, user, connection).await,
        Err(error @ (PushError::Failed(_) | PushError::Throttled)) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use lambda::stream::StreamBatch;
    use serde_json::{Value, json};

    use super::*;

    fn row(epoch: &str) -> Value {
        json!({
            "pk": {"S": "IDENTITY#tnt_alpha"}, "sk": {"S": "7408f4a8-2031-70c5-8f2b-3c1d5e6f7a8b"},
            "user_id": {"S": "usr_01jd0000000000000000000000"}, "role": {"S": "rep"}, "status": {"S": "active"},
            "session_epoch": {"N": epoch},
        })
    }

    fn change(partition: &str, old: Option<Value>, new: Option<Value>) -> StreamBatch {
        let mut event: Value =
            serde_json::from_str(include_str!("../../../events/realtime-dispatch.json")).unwrap();
        let record = &mut event["Records"][0];
        record["dynamodb"]["Keys"]["pk"]["S"] = json!(partition);
        record["dynamodb"]["OldImage"] = old.unwrap_or_else(|| json!({}));
        record["dynamodb"]["NewImage"] = new.unwrap_or_else(|| json!({}));
        serde_json::from_value(event).unwrap()
    }

    #[test]
    fn a_raised_epoch_revokes_and_a_new_user_does_not() {
        let raised = change("IDENTITY#tnt_alpha", Some(row("1")), Some(row("2")));
        let record = &raised.records()[0];
        assert!(record.is_identity());
        assert_eq!(record.tenant().unwrap().as_str(), "tnt_alpha");
        let user = UserId::parse("usr_01jd0000000000000000000000").unwrap();
        assert_eq!(revocation(record).unwrap(), Some(Revocation::User(user)));
        let created = change("IDENTITY#tnt_alpha", None, Some(row("1")));
        assert_eq!(revocation(&created.records()[0]).unwrap(), None);
    }

    #[test]
    fn the_end_of_one_session_is_no_change_of_who_may_come_in() {
        let ended = change("IDENTITY#tnt_alpha#ENDED", Some(row("1")), None);
        assert!(!ended.records()[0].is_identity());
        assert!(ended.records()[0].tenant().is_none());
    }
}
