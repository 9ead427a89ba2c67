//! What the stream's consumers cannot read is parked where somebody looks, and the rest goes on.

use aws_sdk_dynamodb::types::AttributeValue;
use aws_sdk_sqs::Client as Queues;
use serde_json::Value;

use crate::{
    aws::Item,
    eventually::eventually,
    failed::Outcome,
    world::{Tenant, World},
};

#[tokio::test]
async fn an_unreadable_activity_is_parked_and_what_follows_arrives() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let contact = tenant.contact().await?;
    world.put_row(unreadable_activity(&tenant, &contact)).await?;
    tenant.call(&contact).await?;
    for queue in ["DispatchFailuresQueueUrl", "RelayFailuresQueueUrl"] {
        let parked = parked(&world, queue, &tenant.id).await?;
        assert!(parked["sequence_number"].is_string(), "{queue}: {parked}");
        assert!(!parked.to_string().contains(&contact), "{queue}: {parked}");
    }
    let path = format!("/v1/contacts/{contact}");
    eventually("the touch by the call", async || {
        let contact = tenant.session.get(&path).await?.expect(200)?;
        Ok((!contact.body["last_touched_at"].is_null()).then_some(()))
    })
    .await
}

/// A row of the timeline that holds nothing but its key.
fn unreadable_activity(tenant: &Tenant, contact: &str) -> Item {
    let text = |value: String| AttributeValue::S(value);
    Item::from([
        ("pk".to_owned(), text(format!("T#{}#TIMELINE#{contact}", tenant.id))),
        ("sk".to_owned(), text("2020-01-01T00:00:00.000Z#act_x".to_owned())),
    ])
}

/// Takes the message about the tenant out of the queue and leaves everybody else's.
async fn parked(world: &World, queue: &str, tenant: &str) -> Outcome<Value> {
    let queues = Queues::new(&world.aws.config);
    let url = world.output(queue);
    eventually("the parked record", async || {
        let request = queues.receive_message().queue_url(url).max_number_of_messages(10);
        let answer = request.visibility_timeout(1).send().await?;
        for message in answer.messages() {
            let body: Value = serde_json::from_str(message.body().unwrap_or_default())?;
            if body["tenant_id"] == tenant {
                let receipt = message.receipt_handle().unwrap_or_default();
                queues.delete_message().queue_url(url).receipt_handle(receipt).send().await?;
                return Ok(Some(body));
            }
        }
        Ok(None)
    })
    .await
}
