//! The third fence alone: somebody with every right on the table moves sealed rows about. Nothing opens.

use aws_sdk_dynamodb::types::AttributeValue;
use http::Method;

use super::{leak, require};
use crate::{
    aws::Item,
    failed::Outcome,
    world::{Tenant, World},
};

#[tokio::test]
async fn a_row_moved_to_another_tenant_does_not_open() -> Outcome {
    let world = World::open().await?;
    let (mine, longer, stranger) = world.neighbours().await?;
    let contact = mine.contact().await?;
    let row = contact_row(&world, &mine, &contact).await?;
    for other in [&longer, &stranger] {
        let mut moved = row.clone();
        moved.insert("pk".to_owned(), AttributeValue::S(format!("T#{}#CONTACT", other.id)));
        world.put_row(moved).await?;
        assert_shows_nothing(other, &contact).await?;
        let body = serde_json::json!({ "contact_id": contact, "mode": "bridge" });
        let answer = other.bearer(Method::POST, "/v1/calls").json(&body).send().await?.expect(500)?;
        require(!answer.body.to_string().contains("4155550132"), || answer.body.to_string())?;
    }
    Ok(())
}

/// Within a tenant the key is the same: there it is the row and the attribute that a sealed part is bound to.
#[tokio::test]
async fn sealed_parts_exchanged_within_a_tenant_do_not_open() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let (first, second) = (tenant.contact().await?, tenant.contact().await?);
    let (first_row, second_row) =
        (contact_row(&world, &tenant, &first).await?, contact_row(&world, &tenant, &second).await?);

    let mut exchanged = first_row.clone();
    exchanged.insert("contact_profile".to_owned(), second_row["contact_profile"].clone());
    world.put_row(exchanged).await?;
    assert_shows_nothing(&tenant, &first).await?;

    let mut misplaced = first_row.clone();
    misplaced.insert("contact_profile".to_owned(), first_row["contact_phones"].clone());
    world.put_row(misplaced).await?;
    assert_shows_nothing(&tenant, &first).await?;

    let mut tampered = first_row.clone();
    let mut sealed =
        first_row["contact_profile"].as_b().map_err(|_| leak("not sealed"))?.clone().into_inner();
    *sealed.last_mut().ok_or_else(|| leak("empty"))? ^= 1;
    tampered.insert("contact_profile".to_owned(), AttributeValue::B(sealed.into()));
    world.put_row(tampered).await?;
    assert_shows_nothing(&tenant, &first).await?;

    world.put_row(first_row).await?;
    tenant.session.get(&format!("/v1/contacts/{first}")).await?.expect(200)?;
    Ok(())
}

async fn contact_row(world: &World, tenant: &Tenant, contact: &str) -> Outcome<Item> {
    let row = world.row(&format!("T#{}#CONTACT", tenant.id), contact).await?;
    row.ok_or_else(|| leak("the contact is not stored"))
}

/// A 500 that says no more than a request id.
async fn assert_shows_nothing(tenant: &Tenant, contact: &str) -> Outcome {
    let answer = tenant.session.get(&format!("/v1/contacts/{contact}")).await?.expect(500)?;
    assert_eq!(answer.problem(), Some("internal"));
    assert_eq!(answer.text("/detail")?, "Internal error.");
    Ok(())
}
