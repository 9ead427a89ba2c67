//! The second factor as one tenant's user with what belongs to another's.

use http::Method;
use serde_json::json;

use super::{neighbourhood::Neighbourhood, require};
use crate::failed::Outcome;

/// Another's password proves nothing about oneself, and nobody is named beside the token.
pub async fn enroll(matrix: &Neighbourhood) -> Outcome<u32> {
    let path = "/v1/auth/mfa/enroll";
    for other in &matrix.others {
        let theirs = json!({ "password": other.tenant.password });
        matrix.mine.session.post(path, &theirs).await?.expect(401)?;
        let named = json!({ "password": matrix.mine.password, "email": other.tenant.email });
        matrix.mine.session.post(path, &named).await?.expect(400)?;
    }
    Ok(4)
}

/// Another's enrolment does not open.
pub async fn confirm(matrix: &Neighbourhood) -> Outcome<u32> {
    for other in &matrix.others {
        let password = json!({ "password": other.tenant.password });
        let begun = other.tenant.session.post("/v1/auth/mfa/enroll", &password).await?.expect(200)?;
        let body = json!({ "session": begun.text("/session")?, "code": "123456" });
        let refused = matrix.mine.session.post("/v1/auth/mfa/confirm", &body).await?.expect(400)?;
        require(refused.problem_fields() == ["session"], || refused.body.to_string())?;
    }
    Ok(2)
}

pub async fn disable(matrix: &Neighbourhood) -> Outcome<u32> {
    for other in &matrix.others {
        let body = json!({ "password": other.tenant.password, "code": "123456" });
        let request = matrix.mine.bearer(Method::DELETE, "/v1/auth/mfa").json(&body);
        request.send().await?.expect(401)?;
    }
    Ok(2)
}

/// Everybody is told the same, whoever is named and whether they exist.
pub async fn oidc_config(matrix: &Neighbourhood) -> Outcome<u32> {
    let ask = async |email: &str| {
        let request = matrix.world.api.request(Method::POST, "/v1/auth/oidc/config");
        request.json(&json!({ "email": email })).send().await?.expect(200)
    };
    let told = ask("nobody@nowhere.example").await?.body;
    for tenant in [&matrix.mine, &matrix.others[0].tenant] {
        let answer = ask(&tenant.email).await?.body;
        require(answer == told, || answer.to_string())?;
    }
    Ok(2)
}
