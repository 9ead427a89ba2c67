//! Recordings, as one tenant on another's.

use http::Method;
use serde_json::json;

use super::{neighbourhood::Neighbourhood, require};
use crate::{
    eventually::eventually,
    failed::Outcome,
    recordings::{heard, objects_of, record_calls, recorded_call, report},
    telephony::admin,
};

pub async fn listen(matrix: &Neighbourhood) -> Outcome<u32> {
    for other in &matrix.others {
        let path = format!("/v1/calls/{}/recording", other.call);
        matrix.mine.session.get(&path).await?.expect(404)?;
    }
    Ok(2)
}

pub async fn remove(matrix: &Neighbourhood) -> Outcome<u32> {
    let admin = admin(&matrix.world, &matrix.mine).await?;
    for other in &matrix.others {
        let path = format!("/v1/calls/{}/recording", other.call);
        let request = admin.request(Method::DELETE, &path).header("if-match", "\"1\"");
        request.send().await?.expect(404)?;
    }
    Ok(2)
}

/// One's own secret does not sign for others; and on one's own path there are one's own calls only.
pub async fn reported(matrix: &Neighbourhood, route: &str) -> Outcome<u32> {
    let (mine, api) = (&matrix.mine, &matrix.world.api);
    let base = &matrix.world.stack.api_url;
    for other in &matrix.others {
        let theirs = report(&other.tenant, route, &other.call, &other.call_sid, '7');
        theirs.send(api, Some(&theirs.signature(base, mine.secret()))).await?.expect(403)?;
        let as_me = theirs.clone().with("AccountSid", &mine.account.account_sid);
        as_me.send(api, Some(&as_me.signature(base, mine.secret()))).await?.expect(403)?;
        let on_my_path = report(mine, route, &other.call, &other.call_sid, '7');
        on_my_path.send(api, Some(&on_my_path.signature(base, mine.secret()))).await?.expect(404)?;
    }
    Ok(6)
}

/// A message of one tenant about another's call fetches nothing, and leaves that call's recording alone.
pub async fn fetch(matrix: &Neighbourhood) -> Outcome<u32> {
    let world = &matrix.world;
    let queue = aws_sdk_sqs::Client::new(&world.aws.config);
    // A tenant of its own: nothing about the others may change.
    let stranger = world.tenant().await?;
    record_calls(world, &stranger, "always").await?;
    let theirs = recorded_call(world, &stranger).await?;
    heard(&stranger, &theirs).await?;
    let before = objects_of(world, &stranger).await?;
    let send = queue.send_message().queue_url(world.output("RecordingQueueUrl"));
    let body = json!({ "tenant_id": matrix.mine.id, "call_id": theirs });
    send.message_body(body.to_string()).send().await?;
    record_calls(world, &matrix.mine, "always").await?;
    let own = recorded_call(world, &matrix.mine).await?;
    heard(&matrix.mine, &own).await?;
    let own_objects = eventually("one's own recording", async || {
        Ok(Some(objects_of(world, &matrix.mine).await?).filter(|names| !names.is_empty()))
    })
    .await?;
    let prefix = format!("{}/recordings/{own}/", matrix.mine.id);
    require(own_objects.iter().all(|name| name.starts_with(&prefix)), || format!("{own_objects:?}"))?;
    require(objects_of(world, &stranger).await? == before, || "another's objects changed".to_owned())?;
    Ok(2)
}
