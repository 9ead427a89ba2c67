//! However a call goes and however its reports arrive: one end, and one activity.

use std::collections::BTreeSet;

use blackbox::LogFilter;
use serde_json::{Value, json};

use super::ended;
use crate::{
    eventually::eventually,
    failed::Outcome,
    world::{Tenant, World},
};

#[tokio::test]
async fn reports_in_any_order_end_in_the_same_state_and_one_activity() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let mut ends = BTreeSet::new();
    for order in ["ordered", "duplicated", "shuffled", "reversed"] {
        world.script(&tenant.account, &json!({ "callbacks": order, "talk_ms": 2100 })).await?;
        let contact = tenant.contact().await?;
        let (call, call_sid) = tenant.call(&contact).await?;
        all_reported(&world, &call_sid, if order == "duplicated" { 8 } else { 4 }).await?;
        let state = ended(&tenant, &call).await?;
        assert!(!state["answered_at"].is_null(), "{order}: {state}");
        let timeline = tenant.timeline(&contact).await?;
        assert_eq!(timeline.len(), 1, "{order}: {timeline:?}");
        assert_eq!(timeline[0]["call"]["call_id"], json!(call), "{order}");
        assert_eq!(timeline[0]["call"]["status"], state["status"], "{order}");
        let fields = ["status", "disposition", "duration_seconds"].map(|field| state[field].to_string());
        ends.insert(fields.join(" "));
    }
    assert_eq!(ends, BTreeSet::from([r#""completed" "answered" 2"#.to_owned()]));
    Ok(())
}

#[tokio::test]
async fn a_call_that_is_not_answered_says_why() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    for outcome in ["busy", "no-answer", "failed", "canceled"] {
        world.script(&tenant.account, &json!({ "outcome": outcome })).await?;
        let contact = tenant.contact().await?;
        let (call, _) = tenant.call(&contact).await?;
        let state = ended(&tenant, &call).await?;
        assert_eq!((&state["status"], &state["disposition"]), (&json!(outcome), &json!(outcome)));
        assert_eq!(state["answered_at"], Value::Null, "{outcome}");
        let timeline = tenant.timeline(&contact).await?;
        assert_eq!(timeline.len(), 1, "{outcome}: {timeline:?}");
        assert_eq!(timeline[0]["call"]["disposition"], json!(outcome));
    }
    Ok(())
}

/// A call whose reports never come stays as the provider took it: it must not look ended.
#[tokio::test]
async fn a_call_without_reports_stays_open() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    world.script(&tenant.account, &json!({ "callbacks": "dropped" })).await?;
    let contact = tenant.contact().await?;
    let (call, call_sid) = tenant.call(&contact).await?;
    ended_at_the_provider(&tenant, &world, &call_sid).await?;
    let state = tenant.read_call(&call).await?;
    assert_eq!((&state["status"], &state["disposition"]), (&json!("queued"), &Value::Null));
    assert_eq!(tenant.timeline(&contact).await?, Vec::<Value>::new());
    Ok(())
}

/// Waits until the stand-in has delivered this many reports of a call, every one of them accepted.
async fn all_reported(world: &World, call_sid: &str, count: usize) -> Outcome {
    let filter = LogFilter {
        resource_sid: Some(call_sid.to_owned()),
        kind: Some("callback".to_owned()),
        ..LogFilter::default()
    };
    let reports = eventually("all reports of the call", async || {
        let entries = world.twilio.log(&filter).await?;
        Ok(Some(entries).filter(|entries| entries.len() >= count))
    })
    .await?;
    let answers: Vec<_> = reports.iter().map(|report| report.status).collect();
    assert_eq!(answers, vec![Some(204); count]);
    Ok(())
}

/// Waits until the provider itself calls the call completed.
async fn ended_at_the_provider(tenant: &Tenant, world: &World, call_sid: &str) -> Outcome {
    let http = reqwest::Client::builder().build()?;
    let base = world.stack.twilio_url.as_deref().unwrap_or_default();
    let account = &tenant.account.account_sid;
    let url = format!("{base}/2010-04-01/Accounts/{account}/Calls/{call_sid}.json");
    eventually("the provider's end of the call", async || {
        let call: Value =
            http.get(&url).basic_auth(account, Some(tenant.secret())).send().await?.json().await?;
        Ok((call["status"] == json!("completed")).then_some(()))
    })
    .await
}
