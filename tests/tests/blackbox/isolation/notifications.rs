//! Notifications across tenants.

use http::Method;
use serde_json::{Value, json};

use super::{neighbourhood::Neighbourhood, require};
use crate::{aws::key, failed::Outcome};

const PATH: &str = "/v1/me/notification-preferences";

/// The id of the notification that is planted with others.
const PLANTED: &str = "ntf_01kar4vg2s9d8f7g6h5j4k3m2n";

/// A notification of another's user.
async fn plant(matrix: &Neighbourhood, tenant: &str, user: &str) -> Outcome<()> {
    let notification = json!({
        "id": PLANTED, "type": "mention", "contact_id": null, "subject_id": null, "actor_id": null, "count": 1,
        "channels": ["in_app"], "urgent": false, "created_at": "2026-11-22T09:31:45.218Z",
        "updated_at": "2026-11-22T09:31:45.218Z", "read_at": null,
    });
    let mut item = key(&format!("T#{tenant}#NOTIFICATION#{user}"), PLANTED);
    let text = aws_sdk_dynamodb::types::AttributeValue::S(notification.to_string());
    item.insert("notification".to_owned(), text);
    matrix.world.put_row(item).await?;
    Ok(())
}

pub async fn list(matrix: &Neighbourhood) -> Outcome<u32> {
    for other in &matrix.others {
        // Under the other's tenant for one's own user id, too: it is not the tenant that one reads.
        for user in [&other.tenant.user_id, &matrix.mine.user_id] {
            plant(matrix, &other.tenant.id, user).await?;
        }
        let listed = matrix.mine.session.get("/v1/notifications").await?.expect(200)?;
        require(!names(listed.array("/items")?, PLANTED), || listed.body.to_string())?;
        let theirs = other.tenant.session.get("/v1/notifications").await?.expect(200)?;
        require(names(theirs.array("/items")?, PLANTED), || theirs.body.to_string())?;
    }
    Ok(4)
}

/// The other rows of the matrix make notifications of their own, such as an import's end: ids tell them apart.
fn names(items: &[Value], id: &str) -> bool {
    items.iter().any(|item| item["id"] == id)
}

pub async fn read(matrix: &Neighbourhood) -> Outcome<u32> {
    for other in &matrix.others {
        plant(matrix, &other.tenant.id, &other.tenant.user_id).await?;
        for body in [json!({ "ids": [PLANTED] }), json!({ "all": true })] {
            let answer = matrix.mine.session.post("/v1/notifications/read", &body).await?.expect(200)?;
            let read = answer.array("/ids")?;
            require(!read.iter().any(|id| id == PLANTED), || answer.body.to_string())?;
        }
        let theirs = other.tenant.session.get("/v1/notifications?unread=true").await?.expect(200)?;
        require(names(theirs.array("/items")?, PLANTED), || theirs.body.to_string())?;
    }
    Ok(4)
}

/// What one user wants is that user's alone.
pub async fn preferences(matrix: &Neighbourhood) -> Outcome<u32> {
    let wanted =
        json!({ "types": { "mention": { "in_app": false, "browser": false } }, "quiet_hours": null });
    matrix.mine.bearer(Method::PUT, PATH).json(&wanted).send().await?.expect(200)?;
    for other in &matrix.others {
        let theirs = other.tenant.session.get(PATH).await?.expect(200)?;
        require(theirs.body["types"] == json!({}), || theirs.body.to_string())?;
    }
    let own = matrix.mine.session.get(PATH).await?.expect(200)?;
    require(own.body == wanted, || own.body.to_string())?;
    Ok(2)
}
