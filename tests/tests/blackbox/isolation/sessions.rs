//! The routes about sessions: whoever ends or renews one does it to a session of the own tenant.

use blackbox::Session;
use http::Method;
use serde_json::json;

use super::{leak, neighbourhood::Neighbourhood, require};
use crate::{aws::Item, failed::Outcome, pool_key::changed_claims};

const STOLEN: &str = "Stolen-staple-7-horse";

/// What comes of one's own refresh token is one's own, and there is no way to ask for more.
pub async fn refresh(matrix: &Neighbourhood) -> Outcome<u32> {
    let session = own_session(matrix).await?;
    let api = &matrix.world.api;
    for other in &matrix.others {
        let named = json!({ "refresh_token": session.refresh_token, "tenant_id": other.tenant.id });
        api.request(Method::POST, "/v1/auth/refresh").json(&named).send().await?.expect(400)?;
        let request = api.request(Method::POST, "/v1/auth/refresh").header("x-tenant-id", &other.tenant.id);
        let body = json!({ "refresh_token": session.refresh_token });
        let answer = request.json(&body).send().await?.expect(200)?;
        let claims = changed_claims(answer.text("/access_token")?, &json!({}))?;
        require(claims["tenant_id"] == json!(matrix.mine.id), || claims.to_string())?;
    }
    Ok(4)
}

/// The end of a session is noted in its own tenant.
pub async fn sign_out(matrix: &Neighbourhood) -> Outcome<u32> {
    for other in &matrix.others {
        let session = own_session(matrix).await?;
        let id = changed_claims(&session.access_token, &json!({}))?["origin_jti"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        let body = json!({ "refresh_token": session.refresh_token });
        session.post("/v1/auth/sign-out", &body).await?.expect(204)?;
        let noted = async |tenant: &str| matrix.world.row(&format!("IDENTITY#{tenant}#ENDED"), &id).await;
        require(noted(&matrix.mine.id).await?.is_some(), || "the end is not noted".to_owned())?;
        require(noted(&other.tenant.id).await?.is_none(), || "the end is noted elsewhere".to_owned())?;
        other.tenant.session.get("/v1/contacts").await?.expect(200)?;
    }
    Ok(2)
}

/// Ending all of one's own sessions leaves the others' epochs alone.
pub async fn sign_out_everywhere(matrix: &Neighbourhood) -> Outcome<u32> {
    for other in &matrix.others {
        let before = identity(matrix, &other.tenant.id, &other.tenant.session).await?;
        let session = own_session(matrix).await?;
        session.request(Method::POST, "/v1/auth/sign-out-everywhere").send().await?.expect(204)?;
        let after = identity(matrix, &other.tenant.id, &other.tenant.session).await?;
        require(before == after, || "another's identity has changed".to_owned())?;
        other.tenant.session.get("/v1/contacts").await?.expect(200)?;
    }
    Ok(2)
}

/// Another's password does for nothing but that other's own, and nobody can be named.
pub async fn password_change(matrix: &Neighbourhood) -> Outcome<u32> {
    for other in &matrix.others {
        let before = identity(matrix, &other.tenant.id, &other.tenant.session).await?;
        let stolen = json!({ "current_password": other.tenant.password, "new_password": STOLEN });
        matrix.mine.session.post("/v1/auth/password/change", &stolen).await?.expect(400)?;
        let named = json!({
            "current_password": other.tenant.password, "new_password": STOLEN, "user_id": other.tenant.user_id,
        });
        matrix.mine.session.post("/v1/auth/password/change", &named).await?.expect(400)?;
        let after = identity(matrix, &other.tenant.id, &other.tenant.session).await?;
        require(before == after, || "another's identity has changed".to_owned())?;
    }
    Ok(4)
}

/// Whoever asks for a code in another's name learns nothing and ends nothing.
pub async fn password_forgot(matrix: &Neighbourhood) -> Outcome<u32> {
    for other in &matrix.others {
        let before = identity(matrix, &other.tenant.id, &other.tenant.session).await?;
        let body = json!({ "email": other.tenant.email });
        let request = matrix.world.api.request(Method::POST, "/v1/auth/password/forgot").json(&body);
        let answer = request.send().await?.expect(204)?;
        require(answer.body.is_null(), || answer.body.to_string())?;
        let after = identity(matrix, &other.tenant.id, &other.tenant.session).await?;
        require(before == after, || "another's identity has changed".to_owned())?;
        other.tenant.session.get("/v1/contacts").await?.expect(200)?;
    }
    Ok(2)
}

/// A code that was not sent to this user sets no password of theirs.
pub async fn password_reset(matrix: &Neighbourhood) -> Outcome<u32> {
    for other in &matrix.others {
        let before = identity(matrix, &other.tenant.id, &other.tenant.session).await?;
        let body = json!({ "email": other.tenant.email, "code": "000000", "new_password": STOLEN });
        let request = matrix.world.api.request(Method::POST, "/v1/auth/password/reset").json(&body);
        request.send().await?.expect(401)?;
        let after = identity(matrix, &other.tenant.id, &other.tenant.session).await?;
        require(before == after, || "another's identity has changed".to_owned())?;
    }
    Ok(2)
}

/// A session of another user of the own tenant, so that the matrix's own goes on.
async fn own_session(matrix: &Neighbourhood) -> Outcome<Session> {
    let password = "Colleague-horse-7";
    let email = format!("sessions@{}.example", matrix.mine.id.replace('_', "-"));
    matrix.world.user(&matrix.mine.tenant_id, &email, password).await?;
    Ok(matrix.world.api.sign_in(&email, password).await?)
}

async fn identity(matrix: &Neighbourhood, tenant: &str, session: &Session) -> Outcome<Item> {
    let claims = changed_claims(&session.access_token, &json!({}))?;
    let row =
        matrix.world.row(&format!("IDENTITY#{tenant}"), claims["sub"].as_str().unwrap_or_default()).await?;
    row.ok_or_else(|| leak("there is no identity"))
}
