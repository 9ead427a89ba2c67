//! The routes about calls that are under way or over, as one tenant on another's.

use http::Method;
use serde_json::json;

use super::{neighbourhood::Neighbourhood, require};
use crate::{aws::key, failed::Outcome, signed_webhook::VoiceStatus};

/// Neither another's contact nor another's user lists anything, and another's cursor opens nothing.
pub async fn list(matrix: &Neighbourhood) -> Outcome<u32> {
    for other in &matrix.others {
        let session = &matrix.mine.session;
        session.get(&format!("/v1/calls?contact_id={}", other.contact)).await?.expect(404)?;
        let by_user = format!("/v1/calls?user_id={}", other.tenant.user_id);
        let listed = session.get(&by_user).await?.expect(200)?;
        require(listed.array("/items")?.is_empty(), || listed.body.to_string())?;
        let theirs = other.tenant.session.get("/v1/calls?limit=1").await?.expect(200)?;
        let path = format!("/v1/calls?limit=1&cursor={}", theirs.text("/next_cursor")?);
        require(session.get(&path).await?.expect(400)?.problem_fields() == ["cursor"], || path)?;
    }
    Ok(6)
}

pub async fn update(matrix: &Neighbourhood) -> Outcome<u32> {
    for other in &matrix.others {
        let path = format!("/v1/calls/{}", other.call);
        let request = matrix.mine.bearer(Method::PATCH, &path).header("if-match", "\"1\"");
        request.json(&json!({ "note": "Eve was here" })).send().await?.expect(404)?;
    }
    Ok(2)
}

pub async fn hang_up(matrix: &Neighbourhood) -> Outcome<u32> {
    for other in &matrix.others {
        let path = format!("/v1/calls/{}/hang-up", other.call);
        matrix.mine.session.post(&path, &json!({})).await?.expect(404)?;
    }
    Ok(2)
}

pub async fn log(matrix: &Neighbourhood) -> Outcome<u32> {
    for other in &matrix.others {
        let body = json!({ "contact_id": other.contact, "direction": "outbound", "disposition": "answered",
            "occurred_at": "2026-11-22T09:00:00Z" });
        matrix.mine.session.post("/v1/calls/log", &body).await?.expect(404)?;
    }
    Ok(2)
}

/// A tenant can be named nowhere; and one whose account has no key gets no token.
pub async fn voice_token(matrix: &Neighbourhood) -> Outcome<u32> {
    for other in &matrix.others {
        let path = format!("/v1/calls/voice-token?tenant_id={}", other.tenant.id);
        matrix.mine.session.post(&path, &json!({})).await?.expect(400)?;
    }
    Ok(2)
}

/// One's own secret does not sign for others, and on one's own path there are one's own calls only.
pub async fn voice(matrix: &Neighbourhood) -> Outcome<u32> {
    let (mine, api) = (&matrix.mine, &matrix.world.api);
    let base = &matrix.world.stack.api_url;
    for other in &matrix.others {
        let user = format!("client:{}", other.tenant.user_id);
        let theirs = VoiceStatus::of(&other.tenant, "voice", &[("call_id", &other.call), ("From", &user)]);
        let signed = theirs.signature(base, mine.secret());
        theirs.send(api, Some(&signed)).await?.expect(403)?;
        let on_my_path = VoiceStatus::of(mine, "voice", &[("call_id", &other.call), ("From", &user)]);
        let signed = on_my_path.signature(base, mine.secret());
        on_my_path.send(api, Some(&signed)).await?.expect(404)?;
    }
    Ok(4)
}

/// Another tenant's number is not one's own, and one's own secret takes no calls for others.
pub async fn voice_inbound(matrix: &Neighbourhood) -> Outcome<u32> {
    let (mine, api) = (&matrix.mine, &matrix.world.api);
    let base = &matrix.world.stack.api_url;
    for other in &matrix.others {
        let fields = [("From", "+14155550132"), ("To", "+14155550101"), ("CallStatus", "ringing")];
        let theirs = VoiceStatus::of(&other.tenant, "voice-inbound", &fields);
        theirs.send(api, Some(&theirs.signature(base, mine.secret()))).await?.expect(403)?;
        let unknown = VoiceStatus::of(mine, "voice-inbound", &fields).with("To", "+12125550199");
        unknown.send(api, Some(&unknown.signature(base, mine.secret()))).await?.expect(404)?;
    }
    Ok(4)
}

/// That a call of another tenant is said to be open in one's own name has nobody ask about it.
pub async fn reconcile(matrix: &Neighbourhood) -> Outcome<u32> {
    for other in &matrix.others {
        let partition = format!("T#{}#OPENCALL", matrix.mine.id);
        matrix.world.put_row(key(&partition, &other.call)).await?;
        let read = async || other.tenant.read_call(&other.call).await;
        let before = read().await?;
        let function = matrix.world.function_name("calls-reconcile");
        matrix.world.aws.invoke(&function, &json!({})).await?;
        require(read().await? == before, || format!("a call of {} changed", other.tenant.id))?;
        let taken = matrix.world.row(&format!("T#{}#CALL", matrix.mine.id), &other.call).await?;
        require(taken.is_none(), || "another's call is one's own now".to_owned())?;
    }
    Ok(2)
}
