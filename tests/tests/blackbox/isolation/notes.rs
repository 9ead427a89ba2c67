//! Notes and the feed across tenants.

use http::Method;
use serde_json::json;

use super::{neighbourhood::Neighbourhood, require};
use crate::failed::Outcome;

/// Another's contact takes no note of one's own; one's own takes none that mentions another's user.
pub async fn create(matrix: &Neighbourhood) -> Outcome<u32> {
    for other in &matrix.others {
        let foreign = format!("/v1/contacts/{}/notes", other.contact);
        matrix.mine.session.post(&foreign, &json!({ "text": "mine" })).await?.expect(404)?;
        let own = format!("/v1/contacts/{}/notes", matrix.contact);
        let body = json!({ "text": "mine", "mentions": [other.tenant.user_id] });
        let answer = matrix.mine.session.post(&own, &body).await?.expect(400)?;
        require(answer.problem_fields() == ["mentions[0]"], || answer.body.to_string())?;
    }
    Ok(4)
}

/// The id of a note of the neighbour, who takes it away again.
async fn with_foreign_note(matrix: &Neighbourhood, attempt: impl AsyncFn(&str) -> Outcome) -> Outcome<u32> {
    for other in &matrix.others {
        let path = format!("/v1/contacts/{}/notes", other.contact);
        let note = other.tenant.session.post(&path, &json!({ "text": "theirs" })).await?.expect(201)?;
        let note = format!("/v1/notes/{}", note.text("/id")?);
        attempt(&note).await?;
        let request = other.tenant.bearer(Method::DELETE, &note).header("if-match", "\"1\"");
        request.send().await?.expect(204)?;
    }
    Ok(2)
}

pub async fn update(matrix: &Neighbourhood) -> Outcome<u32> {
    with_foreign_note(matrix, async |note| {
        let request = matrix.mine.bearer(Method::PATCH, note).header("if-match", "\"1\"");
        request.json(&json!({ "text": "mine" })).send().await?.expect(404)?;
        Ok(())
    })
    .await
}

pub async fn delete(matrix: &Neighbourhood) -> Outcome<u32> {
    with_foreign_note(matrix, async |note| {
        let request = matrix.mine.bearer(Method::DELETE, note).header("if-match", "\"1\"");
        request.send().await?.expect(404)?;
        Ok(())
    })
    .await
}

/// One's feed shows one's own contacts, whatever another's holds; a cursor into another's is none.
pub async fn feed(matrix: &Neighbourhood) -> Outcome<u32> {
    let own = matrix.mine.session.get("/v1/feed?limit=200").await?.expect(200)?;
    for other in &matrix.others {
        let theirs = other.tenant.session.get("/v1/feed?limit=1").await?.expect(200)?;
        require(theirs.array("/items")?.len() == 1, || theirs.body.to_string())?;
        let foreign = own.array("/items")?.iter().any(|item| item["contact_id"] == other.contact);
        require(!foreign, || "another's activity is in the feed".to_owned())?;
        let path = format!("/v1/feed?limit=1&cursor={}", theirs.text("/next_cursor")?);
        let answer = matrix.mine.session.get(&path).await?.expect(400)?;
        require(answer.problem_fields() == ["cursor"], || answer.body.to_string())?;
    }
    Ok(4)
}
