//! One's own account: whatever is named beside the token, it is the token's user's.

use http::Method;
use serde_json::json;

use super::{neighbourhood::Neighbourhood, require};
use crate::failed::Outcome;

pub async fn read(matrix: &Neighbourhood) -> Outcome<u32> {
    for other in &matrix.others {
        let request = matrix.mine.bearer(Method::GET, "/v1/me").header("x-tenant-id", &other.tenant.id);
        let answer = request.header("x-user-id", &other.tenant.user_id).send().await?.expect(200)?;
        let seen = (answer.text("/id")?, answer.text("/tenant/id")?);
        require(seen == (&matrix.mine.user_id, &matrix.mine.id), || answer.body.to_string())?;
        let named = format!("/v1/me?user_id={}", other.tenant.user_id);
        matrix.mine.session.get(&named).await?.expect(400)?;
    }
    Ok(4)
}

/// A tenant or a user can be named nowhere, and a change of one's own account reaches no other's.
pub async fn update(matrix: &Neighbourhood) -> Outcome<u32> {
    let version = matrix.mine.session.get("/v1/me").await?.expect(200)?.integer("/version")?;
    for other in &matrix.others {
        let before = other.tenant.session.get("/v1/me").await?.expect(200)?.body;
        for (name, value) in [("tenant_id", &other.tenant.id), ("id", &other.tenant.user_id)] {
            let request = matrix.mine.bearer(Method::PATCH, "/v1/me");
            let request = request.header("if-match", &format!("\"{version}\""));
            let refused = request.json(&json!({ name: value, "locale": "eo" })).send().await?.expect(400)?;
            require(refused.problem_fields() == [name], || refused.body.to_string())?;
        }
        let after = other.tenant.session.get("/v1/me").await?.expect(200)?.body;
        require(before == after, || after.to_string())?;
    }
    Ok(4)
}
