//! The provider says no, or says nothing: the caller hears it in our words and the attempt is kept. That nobody listens at
//! the provider's address is tried in the calls domain's own tests, since the address is the deployment's.

use blackbox::{Answer, LogFilter};
use serde_json::{Value, json};

use crate::{
    failed::{Failed, Outcome},
    world::{Tenant, World},
};

#[tokio::test]
async fn what_the_provider_refuses_is_told_and_kept_as_failed() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    for (code, reason) in [
        (21211, "the number cannot be dialed"),
        (21215, "the telephony account does not allow calls to this number's country"),
        (21212, "the caller id is not a number of the telephony account"),
        (20003, "the telephony account's credentials are wrong"),
        (99999, "the call was not accepted"),
    ] {
        world.script(&tenant.account, &json!({ "fail_next": { "status": 400, "code": code } })).await?;
        let (answer, call) = attempt(&world, &tenant).await?;
        assert_eq!((answer.status, answer.problem()), (502, Some("provider_refused")), "{code}");
        let detail = answer.text("/detail")?;
        assert!(detail.contains(reason), "{code}: {detail}");
        assert_failed(&tenant, &call).await?;
    }
    Ok(())
}

#[tokio::test]
async fn wrong_credentials_at_the_provider_are_told_apart() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let mut rotated = tenant.account.clone();
    rotated.auth_tokens = vec!["0".repeat(32)];
    world.register(&rotated, 100).await?;
    let (answer, call) = attempt(&world, &tenant).await?;
    assert_eq!((answer.status, answer.problem()), (502, Some("provider_refused")));
    let detail = answer.text("/detail")?;
    assert!(detail.contains("credentials") && !detail.contains(tenant.secret()), "{detail}");
    assert_failed(&tenant, &call).await
}

#[tokio::test]
async fn the_providers_rate_limit_is_passed_on_with_a_time_to_wait() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    world.register(&tenant.account, 1).await?;
    tenant.call(&tenant.contact().await?).await?;
    let (answer, call) = attempt(&world, &tenant).await?;
    assert_eq!((answer.status, answer.problem()), (429, Some("too_many_requests")));
    assert_eq!(answer.header("retry-after"), Some("1"));
    assert_failed(&tenant, &call).await
}

/// After a 500 nobody knows whether it rings, so the call stays open for reports.
#[tokio::test]
async fn a_provider_in_trouble_is_told_and_leaves_the_call_open() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    world.script(&tenant.account, &json!({ "fail_next": { "status": 500, "code": 20500 } })).await?;
    let (answer, call) = attempt(&world, &tenant).await?;
    assert_eq!((answer.status, answer.problem()), (503, Some("provider_unavailable")));
    assert_eq!(answer.header("retry-after"), Some("1"));
    let state = tenant.read_call(&call).await?;
    assert_eq!((&state["status"], &state["provider_call_id"]), (&json!("queued"), &Value::Null));
    Ok(())
}

#[tokio::test]
async fn a_contact_without_a_number_cannot_be_called() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let contact = tenant.session.post("/v1/contacts", &json!({ "first_name": "Ada" })).await?.expect(201)?;
    let body = json!({ "contact_id": contact.text("/id")?, "mode": "bridge" });
    let answer = tenant.session.post("/v1/calls", &body).await?;
    assert_eq!((answer.status, answer.problem()), (409, Some("conflict")));
    assert_eq!(answer.text("/errors/0/code")?, "no_phone");
    let filter = LogFilter { account_sid: Some(tenant.account.account_sid.clone()), ..LogFilter::default() };
    assert_eq!(world.twilio.log(&filter).await?.len(), 0, "nothing was asked of the provider");
    Ok(())
}

/// Tries to call a new contact; gives the answer and the id of the call that was kept.
async fn attempt(world: &World, tenant: &Tenant) -> Outcome<(Answer, String)> {
    let contact = tenant.contact().await?;
    let body = json!({ "contact_id": contact, "mode": "bridge" });
    let answer = tenant.session.post("/v1/calls", &body).await?;
    let rows = world.rows_of(&tenant.id).await?;
    let of_contact =
        |item: &&crate::aws::Item| item.get("contact_id").is_some_and(|id| id.as_s() == Ok(&contact));
    let partition = format!("T#{}#CALL", tenant.id);
    let calls: Vec<_> = rows
        .iter()
        .filter(|((pk, _), item)| *pk == partition && of_contact(item))
        .map(|((_, sk), _)| sk)
        .collect();
    match calls.as_slice() {
        [call] => Ok((answer, (*call).clone())),
        _ => Err(Failed::new(format!("one call should be kept of the attempt, not {}", calls.len()))),
    }
}

async fn assert_failed(tenant: &Tenant, call: &str) -> Outcome {
    let state = tenant.read_call(call).await?;
    assert_eq!((&state["status"], &state["disposition"]), (&json!("failed"), &json!("failed")));
    assert_eq!(state["provider_call_id"], Value::Null);
    let contact = state["contact_id"].as_str().unwrap_or_default();
    let timeline = tenant.timeline(contact).await?;
    assert_eq!(timeline.len(), 1, "the attempt stands on the timeline: {timeline:?}");
    Ok(())
}
