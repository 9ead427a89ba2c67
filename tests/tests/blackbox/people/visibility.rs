//! What is a team's, and what is its owner's alone: in every route that leads to a contact, and on sockets.

use std::time::Duration;

use blackbox::{Error, Session};
use kernel::Role;
use serde_json::json;

use super::{Person, change};
use crate::{
    contacts::patch,
    eventually::{PATIENCE, eventually},
    failed::{Failed, Outcome},
    world::{Tenant, World},
};

/// As long as a push to somebody else has been seen to take, several times over.
const SILENCE: Duration = Duration::from_secs(1);

/// Two teams, each with a rep and a manager; the contact's owner is in the first.
struct Office {
    tenant: Tenant,
    admin: Person,
    owner: Session,
    teams: [String; 2],
    reps: [Person; 2],
    managers: [Person; 2],
    contact: String,
    call: String,
}

impl Office {
    async fn open() -> Outcome<Self> {
        let world = World::open().await?;
        let mut tenant = world.tenant().await?;
        let admin = Person::join(&world, &tenant, "admin", Role::Admin).await?;
        let teams = [team(&admin, "North").await?, team(&admin, "South").await?];
        let body = json!({ "team_ids": [teams[0]] });
        change(&admin.session, &tenant.user_id, 1, &body).await?.expect(200)?;
        tenant.session = world.api.sign_in(&tenant.email, &tenant.password).await?;
        let join = async |name: &str, role: Role, team: &str| -> Outcome<Person> {
            Person::join(&world, &tenant, name, role).await?.enter(&world, &admin.session, team).await
        };
        let reps = [join("north", Role::Rep, &teams[0]).await?, join("south", Role::Rep, &teams[1]).await?];
        let managers = [
            join("north-manager", Role::Manager, &teams[0]).await?,
            join("south-manager", Role::Manager, &teams[1]).await?,
        ];
        let contact = tenant.contact().await?;
        let (call, _) = tenant.call(&contact).await?;
        eventually("the call's activity", async || {
            Ok((!tenant.timeline(&contact).await?.is_empty()).then_some(()))
        })
        .await?;
        eventually("when it was", async || {
            let touched = tenant.session.get("/v1/contacts?sort=-last_touched").await?.expect(200)?;
            Ok(touched.array("/items")?.first().map(drop))
        })
        .await?;
        let owner = tenant.session.clone();
        Ok(Self { tenant, admin, owner, teams, reps, managers, contact, call })
    }

    async fn share(&self, visibility: &str) -> Outcome {
        let seen = self.owner.get(&format!("/v1/contacts/{}", self.contact)).await?.expect(200)?;
        let change = json!({ "visibility": visibility, "tags": ["seen"] });
        patch(&self.tenant, &self.contact, seen.integer("/version")?, &change).await?.expect(200)?;
        Ok(())
    }

    /// Every route that leads to the contact or to what happened with it says the same.
    async fn assert_sees(&self, session: &Session, seen: bool, who: &str) -> Outcome {
        let status = if seen { 200 } else { 404 };
        let (contact, call) = (&self.contact, &self.call);
        for path in [
            format!("/v1/contacts/{contact}"),
            format!("/v1/contacts/{contact}/timeline"),
            format!("/v1/calls/{call}"),
        ] {
            assert_eq!(session.get(&path).await?.status, status, "{who}: {path}");
        }
        let owned = format!("owner_id={}", self.tenant.user_id);
        let long_ago = "2026-01-01T00:00:00Z";
        for query in [
            String::new(),
            owned.clone(),
            "sort=-updated".to_owned(),
            "sort=-last_touched".to_owned(),
            "tag=seen".to_owned(),
            "tag=seen&sort=-last_touched".to_owned(),
            format!("{owned}&touched_after={long_ago}"),
            format!("touched_after={long_ago}&sort=created"),
        ] {
            let listed = session.get(&format!("/v1/contacts?{query}")).await?.expect(200)?;
            let named = listed.array("/items")?.iter().any(|item| item["id"] == contact.as_str());
            assert_eq!(named, seen, "{who}: the list {query}");
        }
        let body = json!({ "q": "ada" });
        let found = session.post("/v1/contacts/search", &body).await?.expect(200)?;
        let named = found.array("/items")?.iter().any(|item| item["contact"]["id"] == contact.as_str());
        assert_eq!(named, seen, "{who}: the search");
        if !seen {
            let body = json!({ "contact_id": contact, "mode": "bridge" });
            session.post("/v1/calls", &body).await?.expect(404)?;
        }
        Ok(())
    }
}

async fn team(admin: &Person, name: &str) -> Outcome<String> {
    let made = admin.session.post("/v1/teams", &json!({ "name": name })).await?.expect(201)?;
    Ok(made.text("/id")?.to_owned())
}

#[tokio::test]
async fn a_teams_contact_is_seen_by_the_team_and_by_nobody_elses() -> Outcome {
    let office = Office::open().await?;
    let [north, south] = &office.reps;
    let [north_manager, south_manager] = &office.managers;
    let me = north.session.get("/v1/me").await?.expect(200)?;
    assert_eq!(me.body["team_ids"], json!([office.teams[0]]));
    for (visibility, teammate, others) in
        [("team", true, false), ("owner", false, false), ("tenant", true, true)]
    {
        office.share(visibility).await?;
        office.assert_sees(&office.owner, true, "the owner").await?;
        office.assert_sees(&office.admin.session, true, "the admin").await?;
        office.assert_sees(&north_manager.session, true, "the owner's manager").await?;
        office.assert_sees(&north.session, teammate, "the owner's teammate").await?;
        office.assert_sees(&south.session, others, "another team's rep").await?;
        office.assert_sees(&south_manager.session, others, "another team's manager").await?;
    }
    Ok(())
}

/// The teams that count are those the owner is in now.
#[tokio::test]
async fn an_owner_who_changes_teams_takes_their_contacts_along() -> Outcome {
    let office = Office::open().await?;
    office.share("team").await?;
    let [north, south] = &office.reps;
    office.assert_sees(&north.session, true, "the first team's rep").await?;
    office.assert_sees(&south.session, false, "the second team's rep").await?;
    let body = json!({ "team_ids": [office.teams[1]] });
    change(&office.admin.session, &office.tenant.user_id, 2, &body).await?.expect(200)?;
    office.assert_sees(&north.session, false, "the first team's rep").await?;
    office.assert_sees(&south.session, true, "the second team's rep").await?;
    let none = json!({ "team_ids": [] });
    change(&office.admin.session, &office.tenant.user_id, 3, &none).await?.expect(200)?;
    for rep in &office.reps {
        office.assert_sees(&rep.session, false, "a rep of any team").await?;
    }
    Ok(())
}

/// Nothing of a contact that one does not see reaches one's socket.
#[tokio::test]
async fn what_happens_with_a_teams_contact_is_not_pushed_to_another_team() -> Outcome {
    let office = Office::open().await?;
    office.share("team").await?;
    let mut owners = office.owner.socket().await?;
    let mut strangers = [office.reps[1].session.socket().await?, office.managers[1].session.socket().await?];
    let (call, _) = office.tenant.call(&office.contact).await?;
    // Sharing it is an activity too, and may come only now.
    owners
        .wait_for(PATIENCE, |event| {
            event.kind == "activity.created" && event.data.pointer("/call/call_id") == Some(&json!(call))
        })
        .await?;
    for socket in &mut strangers {
        socket.ping(PATIENCE).await?;
        match socket.next_event(SILENCE).await {
            Err(Error::TooLate { .. }) => {}
            Err(error) => return Err(error.into()),
            Ok(event) => return Err(Failed::new(format!("{} came", event.kind))),
        }
    }
    Ok(())
}
