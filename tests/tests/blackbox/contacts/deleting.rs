//! `DELETE /v1/contacts/{contact_id}` and `POST /v1/contacts/{contact_id}/restore`

use kernel::Role;
use serde_json::{Value, json};

use super::{delete, patch, restore};
use crate::{
    bad_input::assert_problem,
    eventually::eventually,
    failed::Outcome,
    people::{Person, leave},
    world::World,
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

    let restored = restore(&tenant.session, &contact).await?.expect(200)?;
    assert_eq!((&restored.body["version"], restored.header("etag")), (&json!(3), Some("\"3\"")));
    for path in &paths {
        tenant.session.get(path).await?.expect(200)?;
    }
    assert_eq!(tenant.contacts().await?, std::slice::from_ref(&restored.body));
    assert_eq!(restore(&tenant.session, &contact).await?.expect(200)?.body, restored.body);

    let answer = restore(&tenant.session, "con_01kar4t5v3c8m2x9p7w6r4n1hz").await?;
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
    leave(&admin.session, &tenant.user_id, &format!("?reassign_to={}", admin.id), 1).await?.expect(204)?;
    let restored = restore(&admin.session, &contact).await?.expect(200)?;
    assert_eq!(restored.text("/owner_id")?, admin.id);
    Ok(())
}
