//! Writing another tenant's contacts, and naming what is another tenant's.

use http::Method;
use serde_json::json;

use super::{neighbourhood::Neighbourhood, require};
use crate::failed::Outcome;

pub async fn update(matrix: &Neighbourhood) -> Outcome<u32> {
    for other in &matrix.others {
        let path = format!("/v1/contacts/{}", other.contact);
        let request = matrix.mine.bearer(Method::PATCH, &path).header("if-match", "\"1\"");
        request.json(&json!({ "first_name": "Eve" })).send().await?.expect(404)?;

        // One's own contact does not go to a stranger's user or company either.
        let own = format!("/v1/contacts/{}", matrix.contact);
        let request = matrix.mine.bearer(Method::PATCH, &own).header("if-match", "\"1\"");
        let named = json!({ "owner_id": other.tenant.user_id });
        let answer = request.json(&named).send().await?.expect(400)?;
        require(answer.problem_fields() == ["owner_id"], || answer.body.to_string())?;
    }
    Ok(4)
}

pub async fn delete(matrix: &Neighbourhood) -> Outcome<u32> {
    for other in &matrix.others {
        let path = format!("/v1/contacts/{}", other.contact);
        let request = matrix.mine.bearer(Method::DELETE, &path).header("if-match", "\"1\"");
        request.send().await?.expect(404)?;
    }
    Ok(2)
}

pub async fn restore(matrix: &Neighbourhood) -> Outcome<u32> {
    for other in &matrix.others {
        let path = format!("/v1/contacts/{}/restore", other.contact);
        matrix.mine.session.request(Method::POST, &path).send().await?.expect(404)?;
    }
    Ok(2)
}
