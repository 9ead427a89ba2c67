//! The routes about telephony, as one tenant's admin on another's: each knows its own.

use http::Method;
use serde_json::json;

use super::{neighbourhood::Neighbourhood, require};
use crate::{
    failed::Outcome,
    telephony::{ACCOUNT, NUMBERS, admin, put},
};

pub async fn read(matrix: &Neighbourhood) -> Outcome<u32> {
    let admin = admin(&matrix.world, &matrix.mine).await?;
    for other in &matrix.others {
        let request = admin.request(Method::GET, ACCOUNT).header("x-tenant-id", &other.tenant.id);
        let answer = request.send().await?.expect(200)?;
        require(answer.text("/account_sid")? == matrix.mine.account.account_sid, || answer.body.to_string())?;
    }
    Ok(2)
}

/// A tenant can be named nowhere.
pub async fn replace(matrix: &Neighbourhood) -> Outcome<u32> {
    let admin = admin(&matrix.world, &matrix.mine).await?;
    for other in &matrix.others {
        let body = json!({ "account_sid": other.tenant.account.account_sid, "tenant_id": other.tenant.id });
        put(&admin, ACCOUNT, 1, &body).await?.expect(400)?;
    }
    Ok(2)
}

/// The account that is tried is one's own, whatever else is said.
pub async fn test(matrix: &Neighbourhood) -> Outcome<u32> {
    let admin = admin(&matrix.world, &matrix.mine).await?;
    for other in &matrix.others {
        let asked = blackbox::LogFilter {
            account_sid: Some(other.tenant.account.account_sid.clone()),
            kind: Some("request".to_owned()),
            ..blackbox::LogFilter::default()
        };
        let before = matrix.world.twilio.log(&asked).await?.len();
        let body = json!({ "account_sid": other.tenant.account.account_sid });
        admin.post(&format!("{ACCOUNT}/test"), &body).await?.expect(200)?;
        let after = matrix.world.twilio.log(&asked).await?.len();
        require(before == after, || "another account was tried".to_owned())?;
    }
    Ok(2)
}

pub async fn numbers(matrix: &Neighbourhood) -> Outcome<u32> {
    let admin = admin(&matrix.world, &matrix.mine).await?;
    for other in &matrix.others {
        let request = admin.request(Method::GET, NUMBERS).header("x-tenant-id", &other.tenant.id);
        request.send().await?.expect(200)?;
        request_named(&admin, &other.tenant.id).await?;
    }
    Ok(4)
}

async fn request_named(admin: &blackbox::Session, tenant: &str) -> Outcome {
    admin.get(&format!("{NUMBERS}?tenant_id={tenant}")).await?.expect(400)?;
    Ok(())
}

/// Another tenant's team is no team.
pub async fn replace_numbers(matrix: &Neighbourhood) -> Outcome<u32> {
    let mine = admin(&matrix.world, &matrix.mine).await?;
    for other in &matrix.others {
        let body = json!({ "numbers": [], "tenant_id": other.tenant.id });
        put(&mine, NUMBERS, 1, &body).await?.expect(400)?;
        let team = json!({ "number": "+14155550101", "team_id": "team_01kar1b2c3d4e5f6g7h8j9k0mn" });
        put(&mine, NUMBERS, 1, &json!({ "numbers": [team] })).await?.expect(400)?;
    }
    Ok(4)
}
