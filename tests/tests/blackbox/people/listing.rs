//! Colleagues find each other.

use kernel::Role;
use serde_json::{Value, json};

use super::Person;
use crate::{failed::Outcome, world::World};

#[tokio::test]
async fn everybody_finds_their_colleagues_page_by_page() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let admin = Person::join(&world, &tenant, "admin", Role::Admin).await?;
    let manager = Person::join(&world, &tenant, "manager", Role::Manager).await?;
    for session in [&tenant.session, &manager.session, &admin.session] {
        let (mut listed, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = session.get(&format!("/v1/users?limit=2{cursor}")).await?.expect(200)?;
            listed.extend(page.array("/items")?.iter().map(|user| user["id"].clone()));
            match page.body["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(listed, [&tenant.user_id, &admin.id, &manager.id].map(|id| json!(id)), "oldest first");
    }
    Ok(())
}

#[tokio::test]
async fn a_telephone_is_its_owners_and_the_admins_affair() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let admin = Person::join(&world, &tenant, "admin", Role::Admin).await?;
    let of_rep = format!("/v1/users/{}", tenant.user_id);
    let of_admin = format!("/v1/users/{}", admin.id);
    let seen = async |session: &blackbox::Session, path: &str| -> Outcome<Value> {
        Ok(session.get(path).await?.expect(200)?.body["phone"].clone())
    };
    assert_eq!(seen(&tenant.session, &of_rep).await?, "+14155550111");
    assert_eq!(seen(&admin.session, &of_rep).await?, "+14155550111");
    assert_eq!(seen(&tenant.session, &of_admin).await?, Value::Null);
    Ok(())
}

#[tokio::test]
async fn what_is_no_user_is_not_found() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    for id in ["usr_01kar1b2c3d4e5f6g7h8j9k0mn", "usr_1", "con_01kar1b2c3d4e5f6g7h8j9k0mn", "ROSTER"] {
        let answer = tenant.session.get(&format!("/v1/users/{id}")).await?.expect(404)?;
        assert_eq!(answer.problem(), Some("not_found"), "{id}");
    }
    for query in ["limit=0", "limit=x", "cursor=nonsense", "role=admin"] {
        tenant.session.get(&format!("/v1/users?{query}")).await?.expect(400)?;
    }
    Ok(())
}
