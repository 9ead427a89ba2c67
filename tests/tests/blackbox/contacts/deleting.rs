//! `DELETE /v1/contacts/{contact_id}` and `POST /v1/contacts/{contact_id}/restore`

use http::Method;
use kernel::Role;
use serde_json::{Value, json};

use super::{delete, patch};
use crate::{
    bad_input::assert_problem, eventually::eventually, failed::Outcome, people::Person, world::World,
};

#[tokio::test]
async fn a_deleted_contact_is_gone_with_all_it_has_until_it_is_restored() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let contact = tenant.contact().await?;
    let (call, _) = tenant.call(&contact).await?;
    eventually("the call on the timeline", async || {
        Ok((tenant.timeline(&contact).await?.len() == 1).then_some(()))
    })
    .await?;
    let path = format!("/v1/contacts/{contact}");
    let paths = [path.clone(), format!("{path}/timeline"), format!("/v1/calls/{call}")];

    delete(&tenant, &contact, 1).await?.expect(204)?;
    for path in &paths {
        assert_problem(&tenant.session.get(path).await?, 404, "not_found", path);
    }
    assert_eq!(tenant.contacts().await?, Vec::<Value>::new());
    assert_problem(&delete(&tenant, &contact, 2).await?, 404, "not_found", "deleted again");
    assert_problem(&patch(&tenant, &contact, 2, &json!({})).await?, 404, "not_found", "changed");
    let body = json!({ "contact_id": contact, "mode": "bridge" });
    assert_problem(&tenant.session.post("/v1/calls", &body).await?, 404, "not_found", "called");

    let restore = || tenant.session.request(Method::POST, &format!("{path}/restore")).send();
    let restored = restore().await?.expect(200)?;
    assert_eq!((&restored.body["version"], restored.header("etag")), (&json!(3), Some("\"3\"")));
    for path in &paths {
        tenant.session.get(path).await?.expect(200)?;
    }
    assert_eq!(tenant.contacts().await?, std::slice::from_ref(&restored.body));
    assert_eq!(restore().await?.expect(200)?.body, restored.body);

    let unknown = "/v1/contacts/con_01kar4t5v3c8m2x9p7w6r4n1hz/restore";
    let answer = tenant.session.request(Method::POST, unknown).send().await?;
    assert_problem(&answer, 404, "not_found", "an unknown contact");
    Ok(())
}

/// The owner may have left while the contact was away.
#[tokio::test]
async fn whoever_restores_a_contact_has_it_where_its_owner_has_left() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let admin = Person::join(&world, &tenant, "admin", Role::Admin).await?;
    let contact = tenant.contact().await?;
    delete(&tenant, &contact, 1).await?.expect(204)?;
    let leave = format!("/v1/users/{}?reassign_to={}", tenant.user_id, admin.id);
    let leave = admin.session.request(Method::DELETE, &leave).header("if-match", "\"1\"");
    leave.send().await?.expect(204)?;
    let restore = format!("/v1/contacts/{contact}/restore");
    let restored = admin.session.request(Method::POST, &restore).send().await?.expect(200)?;
    assert_eq!(restored.text("/owner_id")?, admin.id);
    Ok(())
}
