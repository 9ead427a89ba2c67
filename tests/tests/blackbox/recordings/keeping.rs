//! From the provider to the link, and away.

use aws_sdk_dynamodb::types::AttributeValue;
use http::Method;
use kernel::Role;
use serde_json::json;

use super::{
    accesses, heard, left_at_provider, objects_of, recorded_call, recording_tenant, scripted_call,
    until_recording,
};
use crate::{
    aws::key,
    eventually::{PATIENCE, eventually},
    failed::Outcome,
    people::Person,
    telephony::admin,
    world::World,
};

#[tokio::test]
async fn a_call_is_announced_recorded_kept_and_heard() -> Outcome {
    let (world, tenant) = recording_tenant().await?;
    let mut socket = tenant.session.socket().await?;
    let call = recorded_call(&world, &tenant).await?;
    let sound = heard(&tenant, &call).await?;
    assert_eq!((&sound[..4], &sound[8..12]), (&b"RIFF"[..], &b"WAVE"[..]));
    let state = tenant.read_call(&call).await?;
    assert_eq!(state["recording"]["kind"], json!("call"));
    assert_eq!(state["recording"]["size_bytes"], json!(sound.len()));
    assert!(state["recording"]["duration_seconds"].as_u64() >= Some(1), "{state}");
    assert_eq!(
        (&state["consent"]["policy"], &state["consent"]["answer"], &state["consent"]["script_version"]),
        (&json!("always"), &json!("announced"), &json!(1))
    );
    // One activity, which says what became of the recording as that is learnt.
    let told = socket
        .wait_for(PATIENCE, |event| {
            event.kind == "activity.updated" && event.data["call"]["recording"] == json!("available")
        })
        .await?;
    let contact = state["contact_id"].as_str().unwrap_or_default();
    assert_eq!(tenant.timeline(contact).await?, [told.data]);
    let names = objects_of(&world, &tenant).await?;
    assert_eq!(names.len(), 1);
    eventually("the removal at the provider", async || {
        Ok((left_at_provider(&world, &tenant).await? == 0).then_some(()))
    })
    .await?;
    assert_eq!(accesses(&world, &tenant, &call).await?, [(tenant.user_id.clone(), "linked".to_owned())]);
    Ok(())
}

#[tokio::test]
async fn a_link_is_short_and_to_one_object() -> Outcome {
    let (world, tenant) = recording_tenant().await?;
    let call = recorded_call(&world, &tenant).await?;
    heard(&tenant, &call).await?;
    let path = format!("/v1/calls/{call}/recording");
    let link = tenant.session.get(&path).await?.expect(200)?;
    let url = url::Url::parse(link.text("/url")?)?;
    assert!(url.path().contains(&format!("{}/recordings/{call}/RE", tenant.id)), "{}", url.path());
    let expires =
        url.query_pairs().find(|(name, _)| name == "X-Amz-Expires").map(|(_, value)| value.into_owned());
    assert_eq!(expires.as_deref(), Some("300"));
    assert_eq!(
        tenant.session.get(&format!("{path}?token=1")).await?.expect(400)?.problem_fields(),
        ["token"]
    );
    let unsigned = world.api.request(Method::GET, &path).send().await?;
    assert_eq!(unsigned.status, 401);
    Ok(())
}

#[tokio::test]
async fn whoever_may_removes_a_recording_for_good() -> Outcome {
    let (world, tenant) = recording_tenant().await?;
    let call = recorded_call(&world, &tenant).await?;
    heard(&tenant, &call).await?;
    let path = format!("/v1/calls/{call}/recording");
    let remove = async |session: &blackbox::Session, version: &str| {
        session.request(Method::DELETE, &path).header("if-match", version).send().await
    };
    let version = tenant.session.get(&path).await?.expect(200)?;
    let version = version.header("etag").unwrap_or_default().to_owned();
    assert_eq!(remove(&tenant.session, &version).await?.status, 403, "a rep removes");
    let admin = admin(&world, &tenant).await?;
    assert_eq!(admin.request(Method::DELETE, &path).send().await?.status, 428);
    assert_eq!(remove(&admin, "\"1\"").await?.status, 412);
    assert_eq!(objects_of(&world, &tenant).await?.len(), 1);
    let manager = Person::join(&world, &tenant, "manager", Role::Manager).await?;
    assert_eq!(remove(&manager.session, &version).await?.status, 204);

    assert!(objects_of(&world, &tenant).await?.is_empty());
    tenant.session.get(&path).await?.expect(404)?;
    assert_eq!(remove(&admin, &version).await?.status, 404);
    let state = tenant.read_call(&call).await?;
    assert_eq!(state["recording"]["status"], json!("deleted"));
    let deleted = (manager.id.clone(), "deleted".to_owned());
    assert!(accesses(&world, &tenant, &call).await?.contains(&deleted));
    Ok(())
}

#[tokio::test]
async fn a_provider_that_stumbles_is_asked_again() -> Outcome {
    let (world, tenant) = recording_tenant().await?;
    let failing = json!({ "fail_media": { "status": 500, "code": 20500, "count": 2 } });
    let call = scripted_call(&world, &tenant, &failing).await?;
    assert_eq!(&heard(&tenant, &call).await?[..4], b"RIFF");
    Ok(())
}

#[tokio::test]
async fn a_recording_without_sound_is_said_to_be_one() -> Outcome {
    let (world, tenant) = recording_tenant().await?;
    for status in ["empty", "absent"] {
        let call = scripted_call(&world, &tenant, &json!({ "recording": status })).await?;
        until_recording(&tenant, &call, status).await?;
        tenant.session.get(&format!("/v1/calls/{call}/recording")).await?.expect(404)?;
    }
    assert!(objects_of(&world, &tenant).await?.is_empty());
    assert_eq!(left_at_provider(&world, &tenant).await?, 2, "there it can still be looked into");
    Ok(())
}

/// Nobody tells of it: what the schedule would do is done here by hand, on a call that looks long quiet. Late reports of its legs make it
/// look lively again, and the provider takes a moment to make the recording.
#[tokio::test]
async fn a_recording_that_nobody_announces_is_asked_for() -> Outcome {
    let (world, tenant) = recording_tenant().await?;
    let call = scripted_call(&world, &tenant, &json!({ "recording": "unannounced" })).await?;
    until_recording(&tenant, &call, "expected").await?;
    let refused = tenant.session.get(&format!("/v1/calls/{call}/recording")).await?.expect(409)?;
    assert_eq!(refused.text("/errors/0/code")?, "recording_not_ready");
    eventually("news of the recording", async || {
        age(&world, &tenant.id, &call).await?;
        world.aws.invoke(&world.function_name("calls-reconcile"), &json!({})).await?;
        let status = tenant.read_call(&call).await?["recording"]["status"].clone();
        Ok((status != json!("expected")).then_some(()))
    })
    .await?;
    assert_eq!(&heard(&tenant, &call).await?[..4], b"RIFF");
    Ok(())
}

/// Has a call look as if it had been quiet for an hour.
async fn age(world: &World, tenant: &str, call: &str) -> Outcome {
    let long_ago = AttributeValue::S("2026-01-01T00:00:00.000Z".to_owned());
    let update = world.aws.dynamodb().update_item().table_name(world.output("TableName"));
    let update = update.set_key(Some(key(&format!("T#{tenant}#CALL"), call)));
    let update =
        update.update_expression("SET updated_at = :long_ago").condition_expression("attribute_exists(pk)");
    update.expression_attribute_values(":long_ago", long_ago).send().await?;
    Ok(())
}
