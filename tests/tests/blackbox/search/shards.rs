//! The search through its shards.

use aws_sdk_s3::{Client, primitives::ByteStream};
use http::Method;
use serde_json::json;

use super::{create, found};
use crate::{
    contacts::{delete, restore},
    eventually::eventually,
    failed::Outcome,
    isolation::search::{names, rebuild},
    world::World,
};

#[tokio::test]
async fn shards_answer_as_the_log_did() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let before = create(&tenant, &json!({ "first_name": "Ada", "last_name": "Lovelace" })).await?;
    assert_eq!(found(&tenant, "lovlace").await?, std::slice::from_ref(&before));
    rebuild(&world, &tenant).await?;
    let behind = create(&tenant, &json!({ "first_name": "Alan", "last_name": "Turing" })).await?;
    assert_eq!(found(&tenant, "lovlace").await?, [before]);
    assert_eq!(found(&tenant, "turnig").await?, [behind]);
    Ok(())
}

/// A company's new name is shown by the next search, and found as soon as the shards have been made anew for it.
#[tokio::test]
async fn a_renamed_companys_contacts_are_found_by_its_name() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let company =
        tenant.session.post("/v1/companies", &json!({ "name": "Gamma Works" })).await?.expect(201)?;
    let path = company.header("location").unwrap_or_default().to_owned();
    let person = json!({ "last_name": "Lovelace", "company_id": company.text("/id")? });
    let contact = create(&tenant, &person).await?;
    assert_eq!(found(&tenant, "gamma").await?, std::slice::from_ref(&contact));
    // Without shards every search asks for some, which would hide who asks here.
    rebuild(&world, &tenant).await?;
    let rename = tenant.session.request(Method::PATCH, &path).header("if-match", "\"1\"");
    rename.json(&json!({ "name": "Zephyr Works" })).send().await?.expect(200)?;
    let shown = tenant.session.post("/v1/contacts/search", &json!({ "q": "lovelace" })).await?.expect(200)?;
    assert_eq!(shown.text("/items/0/contact/company_name")?, "Zephyr Works");
    eventually("the contact under its company's new name", async || {
        let ids = found(&tenant, "zephyr").await?;
        Ok((ids == std::slice::from_ref(&contact)).then_some(()))
    })
    .await?;
    assert!(found(&tenant, "gamma").await?.is_empty(), "the old name still finds it");
    // Whoever comes back does so under the name of today.
    delete(&tenant, &contact, 1).await?.expect(204)?;
    restore(&tenant.session, &contact).await?.expect(200)?;
    assert_eq!(found(&tenant, "zephyr").await?, [contact]);
    assert!(found(&tenant, "gamma").await?.is_empty(), "the old name finds what was restored");
    Ok(())
}

/// Nobody waits for the next round with what is to be forgotten.
#[tokio::test]
async fn a_removed_contact_leaves_the_shards_at_once() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let stays = create(&tenant, &json!({ "first_name": "Ada", "last_name": "Lovelace" })).await?;
    let goes = create(&tenant, &json!({ "first_name": "Byron", "last_name": "Lovelace" })).await?;
    rebuild(&world, &tenant).await?;
    let objects = Client::new(&world.aws.config);
    let before = names(&world, &objects, &tenant.id).await?;
    delete(&tenant, &goes, 1).await?.expect(204)?;
    assert_eq!(found(&tenant, "lovelace").await?, std::slice::from_ref(&stays));
    eventually("shards without the contact", async || {
        Ok((names(&world, &objects, &tenant.id).await?.is_disjoint(&before)).then_some(()))
    })
    .await?;
    assert_eq!(found(&tenant, "lovelace").await?, [stays]);
    Ok(())
}

/// What lies in the bucket tells nothing of the contacts.
#[tokio::test]
async fn shards_are_sealed() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    create(&tenant, &json!({ "first_name": "Ada", "last_name": "Lovelace" })).await?;
    rebuild(&world, &tenant).await?;
    let objects = Client::new(&world.aws.config);
    let names = names(&world, &objects, &tenant.id).await?;
    assert!(!names.is_empty());
    for name in names {
        let bucket = world.output("ObjectsBucketName");
        let object = objects.get_object().bucket(bucket).key(&name).send().await?;
        let bytes = object.body.collect().await?.into_bytes();
        assert!(!bytes.windows(8).any(|window| window.eq_ignore_ascii_case(b"lovelace")), "{name}");
    }
    Ok(())
}

/// A shard that somebody changed is not believed; searches say that they cannot answer until it has been made anew from the contacts.
#[tokio::test]
async fn a_changed_shard_is_made_anew() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let contact = create(&tenant, &json!({ "first_name": "Ada", "last_name": "Lovelace" })).await?;
    rebuild(&world, &tenant).await?;
    let objects = Client::new(&world.aws.config);
    for name in names(&world, &objects, &tenant.id).await? {
        let put = objects.put_object().bucket(world.output("ObjectsBucketName")).key(name);
        put.body(ByteStream::from_static(b"no shard at all, whoever wrote it")).send().await?;
    }
    eventually("the contact, found again", async || {
        let answer = tenant.session.post("/v1/contacts/search", &json!({ "q": "lovelace" })).await?;
        assert!([200, 503].contains(&answer.status), "{}", answer.body);
        Ok((answer.status == 200 && answer.body["items"][0]["contact"]["id"] == json!(contact)).then_some(()))
    })
    .await
}
