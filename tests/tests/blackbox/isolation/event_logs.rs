//! Event logs and lanes across tenants.

use serde_json::json;

use super::{leak, neighbourhood::Neighbourhood, require};
use crate::{
    eventually::{PATIENCE, eventually},
    failed::Outcome,
};

/// A position in another tenant's log is none in one's own, over HTTP and over the socket; and one's log holds one's own events.
pub async fn events(matrix: &Neighbourhood) -> Outcome<u32> {
    for other in &matrix.others {
        let theirs = eventually("the neighbour's log", async || {
            let page = other.tenant.session.get("/v1/events?after=0&limit=200").await?.expect(200)?;
            Ok((!page.array("/items")?.is_empty()).then_some(page))
        })
        .await?;
        let (epoch, seq) = (theirs.text("/epoch")?, theirs.integer("/seq")?);
        let path = format!("/v1/events?epoch={epoch}&after={}", seq - 1);
        let answer = matrix.mine.session.get(&path).await?.expect(200)?;
        require(answer.body["reset"] == json!(true) && answer.array("/items")?.is_empty(), || {
            answer.body.to_string()
        })?;
        let mut socket = matrix.mine.session.socket().await?;
        let hello = socket.resume(Some((epoch, seq - 1)), PATIENCE).await?;
        require(hello.epoch != epoch, || "two users share a log".to_owned())?;
        let reset = socket.next_answer(PATIENCE).await?;
        require(reset == json!({ "type": "reset", "epoch": hello.epoch }), || reset.to_string())?;

        let own = matrix.mine.session.get("/v1/events?after=0&limit=200").await?.expect(200)?;
        let foreign = own.array("/items")?.iter().any(|item| item["event"]["contact_id"] == other.contact);
        require(!foreign, || "another tenant's event stands in the log".to_owned())?;
    }
    Ok(6)
}

/// A message in one tenant's lane reaches nobody of another, whomever it names.
pub async fn lane(matrix: &Neighbourhood) -> Outcome<u32> {
    let queue = aws_sdk_sqs::Client::new(&matrix.world.aws.config);
    for (number, other) in matrix.others.iter().enumerate() {
        let before = other.tenant.session.get("/v1/events").await?.expect(200)?.integer("/seq")?;
        let send = async |contact: &str, id: &str| -> Outcome {
            let event = json!({
                "id": id, "type": "call.updated", "occurred_at": "2026-11-22T09:31:45.218Z", "contact_id": contact,
                "data": {
                    "call_id": other.call, "user_id": null, "status": "ringing", "duration_seconds": null,
                    "version": 1,
                },
            });
            let message = json!({
                "tenant_id": matrix.mine.id, "event_id": id, "contact_id": contact,
                "event": event.to_string(), "concerned": [other.tenant.user_id, matrix.mine.user_id],
            });
            let request = queue.send_message().queue_url(matrix.world.output("DispatchLanesQueueUrl"));
            request
                .message_group_id(&matrix.mine.id)
                .message_deduplication_id(id)
                .message_body(message.to_string())
                .send()
                .await?;
            Ok(())
        };
        let (foreign, own) = (format!("evt_foreign_{number}"), format!("evt_own_{number}"));
        let mut socket = matrix.mine.session.socket().await?;
        send(&other.contact, &foreign).await?;
        send(&matrix.contact, &own).await?;
        let event = socket.wait_for(PATIENCE, |event| event.id == foreign || event.id == own).await?;
        require(event.id == own, || "an event about another tenant's contact came".to_owned())?;
        let after = other.tenant.session.get("/v1/events").await?.expect(200)?.integer("/seq")?;
        if after != before {
            return Err(leak("an event reached another tenant"));
        }
    }
    Ok(4)
}
