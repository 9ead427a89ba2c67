//! What the other side is told, and what follows from its answer.

use serde_json::{Value, json};

use super::{heard, record_calls, recorded_call, scripted_call, until};
use crate::{
    calling::ask,
    eventually::eventually,
    failed::Outcome,
    signed_webhook::VoiceStatus,
    world::{CALLER_ID, World},
};

#[tokio::test]
async fn a_contact_who_agrees_is_recorded() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    record_calls(&world, &tenant, "ask").await?;
    let call = scripted_call(&world, &tenant, &json!({ "digits": "1" })).await?;
    assert_eq!(&heard(&tenant, &call).await?[..4], b"RIFF");
    let consent = tenant.read_call(&call).await?["consent"].clone();
    assert_eq!((&consent["policy"], &consent["answer"]), (&json!("ask"), &json!("agreed")));
    Ok(())
}

#[tokio::test]
async fn a_contact_who_does_not_agree_is_not() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    record_calls(&world, &tenant, "ask").await?;
    let call = scripted_call(&world, &tenant, &json!({ "digits": "2" })).await?;
    let state = tenant.read_call(&call).await?;
    assert_eq!((&state["recording"], &state["consent"]["answer"]), (&Value::Null, &json!("declined")));
    tenant.session.get(&format!("/v1/calls/{call}/recording")).await?.expect(404)?;
    Ok(())
}

#[tokio::test]
async fn where_calls_are_not_recorded_nobody_is_told_anything() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let call = recorded_call(&world, &tenant).await?;
    let state = tenant.read_call(&call).await?;
    assert_eq!((&state["recording"], &state["consent"]), (&Value::Null, &Value::Null));
    Ok(())
}

#[tokio::test]
async fn a_caller_is_told_before_anybody_is_rung() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    tenant.contact().await?;
    let _socket = tenant.session.socket().await?;
    let incoming = |sid: char| {
        let sid = format!("CA{}", String::from(sid).repeat(32));
        let fields = [("CallSid", sid.as_str()), ("From", "+14155550132"), ("To", CALLER_ID)];
        VoiceStatus::of(&tenant, "voice-inbound", &fields)
    };
    record_calls(&world, &tenant, "always").await?;
    let (_, told) = ask(&world, &tenant, &incoming('a')).await?;
    assert!(told.contains("<Say>This call is recorded.</Say><Dial"), "{told}");
    assert!(told.contains("record=\"record-from-answer-dual\""), "{told}");
    record_calls(&world, &tenant, "ask").await?;
    let (_, asked) = ask(&world, &tenant, &incoming('b')).await?;
    assert!(asked.contains("<Gather") && !asked.contains(" record="), "{asked}");

    let answer = |digits: &str| {
        let pressed = incoming('b').with("Digits", digits);
        VoiceStatus { path: format!("{}?step=agree", pressed.path), ..pressed }
    };
    let (_, declined) = ask(&world, &tenant, &answer("9")).await?;
    assert!(declined.contains("<Dial") && !declined.contains(" record="), "{declined}");
    let (_, agreed) = ask(&world, &tenant, &answer("1")).await?;
    assert!(agreed.contains(" record="), "{agreed}");
    let strange = VoiceStatus { path: format!("{}?step=dance", incoming('b').path), ..incoming('b') };
    assert_eq!(ask(&world, &tenant, &strange).await?.0, 400);
    let unknown = VoiceStatus { path: format!("{}?step=agree", incoming('c').path), ..incoming('c') };
    assert_eq!(ask(&world, &tenant, &unknown).await?.0, 404);
    Ok(())
}

/// Where the provider does not take the order to record, the call goes on all the same.
#[tokio::test]
async fn a_call_goes_on_where_it_cannot_be_recorded() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    record_calls(&world, &tenant, "ask").await?;
    let (call, sid) = tenant.call(&tenant.contact().await?).await?;
    until(&tenant, &call, "the end", |call| call["status"] == json!("completed")).await?;
    // By now no recording can begin: the provider refuses.
    let pressed = VoiceStatus::of(&tenant, "voice", &[("ParentCallSid", sid.as_str()), ("Digits", "1")]);
    let pressed = VoiceStatus { path: format!("{}?step=agree&call_id={call}", pressed.path), ..pressed };
    let (status, document) = ask(&world, &tenant, &pressed).await?;
    assert_eq!((status, document.ends_with("<Response />")), (200, true), "{document}");
    eventually("the evidence", async || {
        let state = tenant.read_call(&call).await?;
        Ok((state["consent"]["answer"] == json!("agreed")).then_some(()))
    })
    .await?;
    let foreign = pressed.clone().with("ParentCallSid", "CA00000000000000000000000000000077");
    let foreign =
        VoiceStatus { path: foreign.path.replace("step=agree", "step=disclose&policy=always"), ..foreign };
    assert_eq!(ask(&world, &tenant, &foreign).await?.0, 404, "another call's leg");
    let nonsense = VoiceStatus { path: foreign.path.replace("policy=always", "policy=sometimes"), ..foreign };
    assert_eq!(ask(&world, &tenant, &nonsense).await?.0, 404);
    Ok(())
}
