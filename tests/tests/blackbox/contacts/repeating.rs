//! `Idempotency-Key`

use blackbox::{Answer, Session};
use futures_util::future::join_all;
use http::Method;
use kernel::Role;
use serde_json::{Value, json};

use crate::{
    bad_input::{assert_names, assert_problem},
    failed::Outcome,
    people::Person,
    world::World,
};

async fn post(session: &Session, path: &str, key: &str, body: &Value) -> Outcome<Answer> {
    let request = session.request(Method::POST, path).header("idempotency-key", key);
    Ok(request.json(body).send().await?)
}

#[tokio::test]
async fn a_request_that_is_sent_again_is_answered_as_the_first_time() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let (path, body) = ("/v1/contacts", json!({ "last_name": "Once" }));
    let first = post(&tenant.session, path, "\"key-1\"", &body).await?.expect(201)?;
    for key in ["\"key-1\"", "key-1"] {
        let again = post(&tenant.session, path, key, &body).await?.expect(201)?;
        assert_eq!(
            (&again.body, again.header("etag"), again.header("location")),
            (&first.body, first.header("etag"), first.header("location"))
        );
    }
    assert_eq!(tenant.contacts().await?.len(), 1);
    let other = post(&tenant.session, path, "key-1", &json!({ "last_name": "Twice" })).await?;
    assert_problem(&other, 422, "idempotency_key_reused", "another body");

    // A key is its user's, its route's and its tenant's.
    post(&tenant.session, path, "key-2", &body).await?.expect(201)?;
    let colleague = Person::join(&world, &tenant, "colleague", Role::Rep).await?;
    post(&colleague.session, path, "key-1", &body).await?.expect(201)?;
    post(&tenant.session, "/v1/companies", "key-1", &json!({ "name": "C" })).await?.expect(201)?;
    let stranger = world.tenant().await?;
    post(&stranger.session, path, "key-1", &body).await?.expect(201)?;
    assert_eq!((tenant.contacts().await?.len(), stranger.contacts().await?.len()), (3, 1));
    Ok(())
}

#[tokio::test]
async fn of_many_at_once_one_is_carried_out() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let body = json!({ "last_name": "Once" });
    let sent = (0..8).map(|_| post(&tenant.session, "/v1/contacts", "key-1", &body));
    let mut made = Vec::new();
    for answer in join_all(sent).await {
        let answer = answer?;
        if answer.status == 201 {
            made.push(answer.body["id"].clone());
        } else {
            assert_problem(&answer, 409, "conflict", "at the same time");
            assert_eq!(answer.body["errors"][0]["code"], "request_in_flight");
        }
    }
    let contacts = tenant.contacts().await?;
    assert_eq!(contacts.len(), 1);
    assert!(!made.is_empty() && made.iter().all(|id| *id == contacts[0]["id"]), "{made:?}");
    Ok(())
}

#[tokio::test]
async fn what_was_refused_may_be_corrected_and_a_bad_key_is_named() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    post(&tenant.session, "/v1/contacts", "key-1", &json!({ "last_name": 1 })).await?.expect(400)?;
    post(&tenant.session, "/v1/contacts", "key-1", &json!({ "last_name": "L" })).await?.expect(201)?;
    let long = "k".repeat(256);
    for key in ["", "\"\"", "two words", "\"a\"b\"", long.as_str()] {
        let answer = post(&tenant.session, "/v1/contacts", key, &json!({ "last_name": "L" })).await?;
        assert_names(&answer, "Idempotency-Key", key);
    }
    assert_eq!(tenant.contacts().await?.len(), 1);
    Ok(())
}

#[tokio::test]
async fn nobody_is_called_twice_for_one_key() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let body = json!({ "contact_id": tenant.contact().await?, "mode": "bridge" });
    let first = post(&tenant.session, "/v1/calls", "key-1", &body).await?.expect(201)?;
    let again = post(&tenant.session, "/v1/calls", "key-1", &body).await?.expect(201)?;
    assert_eq!(first.body, again.body);
    Ok(())
}
