//! Deactivating a user: access ends, contacts change hands, nothing is forgotten.

use std::time::Duration;

use http::Method;
use kernel::Role;
use serde_json::json;

use super::{Person, change, leave};
use crate::{eventually::within, failed::Outcome, world::World};

#[tokio::test]
async fn who_leaves_is_out_and_their_contacts_are_a_colleagues() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let admin = Person::join(&world, &tenant, "admin", Role::Admin).await?;
    let heir = Person::join(&world, &tenant, "heir", Role::Rep).await?;
    let contact = tenant.contact().await?;
    leave(&admin.session, &tenant.user_id, &format!("?reassign_to={}", heir.id), 1).await?.expect(204)?;

    let body = json!({ "email": tenant.email, "password": tenant.password });
    world.api.request(Method::POST, "/v1/auth/sign-in").json(&body).send().await?.expect(401)?;
    // The gateway holds on to a verdict for half a minute, and the queue waits for longer than that.
    within(Duration::from_secs(45), "the token's end", async || {
        Ok((tenant.session.get("/v1/users").await?.status == 403).then_some(()))
    })
    .await?;
    within(Duration::from_mins(3), "the contact's new owner", async || {
        let seen = heir.session.get(&format!("/v1/contacts/{contact}")).await?.expect(200)?;
        Ok((seen.body["owner_id"] == heir.id.as_str()).then_some(()))
    })
    .await?;

    let path = format!("/v1/users/{}", tenant.user_id);
    heir.session.get(&path).await?.expect(404)?;
    let seen = admin.session.get(&path).await?.expect(200)?;
    assert_eq!((seen.text("/status")?, seen.integer("/version")?), ("disabled", 2));
    let answer = change(&admin.session, &tenant.user_id, 2, &json!({ "name": "Back" })).await?.expect(409)?;
    assert_eq!(answer.text("/errors/0/code")?, "user_disabled");
    leave(&admin.session, &tenant.user_id, &format!("?reassign_to={}", heir.id), 2).await?.expect(204)?;
    Ok(())
}

#[tokio::test]
async fn the_last_admin_does_not_leave() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let admin = Person::join(&world, &tenant, "admin", Role::Admin).await?;
    let to = format!("?reassign_to={}", tenant.user_id);
    let answer = leave(&admin.session, &admin.id, &to, 1).await?.expect(409)?;
    assert_eq!(answer.text("/errors/0/code")?, "last_admin");
    Ok(())
}

/// Whichever way two admins go at once, one of them stays.
#[tokio::test]
async fn of_two_admins_who_go_at_once_one_stays() -> Outcome {
    let world = World::open().await?;
    for demoting in [false, true] {
        let tenant = world.tenant().await?;
        let one = Person::join(&world, &tenant, "one", Role::Admin).await?;
        let other = Person::join(&world, &tenant, "other", Role::Admin).await?;
        let to = format!("?reassign_to={}", tenant.user_id);
        let demotion = json!({ "role": "rep" });
        let second = async {
            if demoting {
                // Of oneself, which is no way round either.
                change(&one.session, &one.id, 1, &demotion).await
            } else {
                leave(&other.session, &one.id, &to, 1).await
            }
        };
        let (first, second) = tokio::join!(leave(&one.session, &other.id, &to, 1), second);
        let (first, second) = (first?, second?);
        let refused: Vec<_> =
            [&first, &second].into_iter().filter(|answer| !matches!(answer.status, 200 | 204)).collect();
        let [refused] = refused[..] else { panic!("{} and {}", first.body, second.body) };
        let last_admin = refused.status == 409 && refused.body["errors"][0]["code"] == "last_admin";
        // Or the first was so fast that the second came without its rights any more.
        assert!(last_admin || refused.status == 403, "{} and {}", first.body, second.body);
    }
    Ok(())
}

#[tokio::test]
async fn records_go_to_another_user_who_is_there() -> Outcome {
    let world = World::open().await?;
    let (tenant, stranger) = (world.tenant().await?, world.tenant().await?);
    let admin = Person::join(&world, &tenant, "admin", Role::Admin).await?;
    for to in ["", "?reassign_to=", "?reassign_to=usr_1", "?reassign_to=usr_01kar1b2c3d4e5f6g7h8j9k0mn"] {
        let answer = leave(&admin.session, &tenant.user_id, to, 1).await?.expect(400)?;
        assert_eq!(answer.problem_fields(), ["reassign_to"], "{to}");
    }
    for to in [&tenant.user_id, &stranger.user_id] {
        let to = format!("?reassign_to={to}");
        leave(&admin.session, &tenant.user_id, &to, 1).await?.expect(400)?;
    }
    let to = format!("?reassign_to={}", admin.id);
    leave(&admin.session, &tenant.user_id, &to, 7).await?.expect(412)?;
    leave(&tenant.session, &admin.id, &format!("?reassign_to={}", tenant.user_id), 1).await?.expect(403)?;
    let path = format!("/v1/users/{}{to}", tenant.user_id);
    admin.session.request(Method::DELETE, &path).send().await?.expect(428)?;
    Ok(())
}
