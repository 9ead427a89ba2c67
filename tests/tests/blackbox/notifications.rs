//! Who is notified of what, and how all of a user's tabs agree on what has been read.

use blackbox::Session;
use http::Method;
use kernel::SystemAmbient;
use provision::new_password;
use serde_json::{Value, json};

use crate::{
    eventually::PATIENCE,
    failed::Outcome,
    world::{Tenant, World},
};

const PREFERENCES: &str = "/v1/me/notification-preferences";

struct Scene {
    tenant: Tenant,
    contact: String,
    colleague: Session,
    colleague_id: String,
}

impl Scene {
    async fn start(world: &World) -> Outcome<Self> {
        let tenant = world.tenant().await?;
        let contact = tenant.contact().await?;
        let email = format!("colleague@{}.example", tenant.id.replace('_', "-"));
        let password = new_password(&SystemAmbient);
        let colleague_id = world.user(&tenant.tenant_id, &email, &password).await?;
        let colleague = world.api.sign_in(&email, &password).await?;
        Ok(Self { tenant, contact, colleague, colleague_id })
    }

    /// Mentions the colleague in a note.
    async fn mention(&self) -> Outcome<String> {
        let path = format!("/v1/contacts/{}/notes", self.contact);
        let body = json!({ "text": "Have a look", "mentions": [self.colleague_id] });
        Ok(self.tenant.session.post(&path, &body).await?.expect(201)?.text("/id")?.to_owned())
    }

    async fn listed(&self, query: &str) -> Outcome<Vec<Value>> {
        let path = format!("/v1/notifications{query}");
        Ok(self.colleague.get(&path).await?.expect(200)?.array("/items")?.to_vec())
    }

    async fn want(&self, preferences: &Value) -> Outcome<blackbox::Answer> {
        Ok(self.colleague.request(Method::PUT, PREFERENCES).json(preferences).send().await?)
    }
}

#[tokio::test]
async fn a_burst_is_one_notification_and_all_tabs_agree_on_what_was_read() -> Outcome {
    let world = World::open().await?;
    let scene = Scene::start(&world).await?;
    let (mut one, mut other) = (scene.colleague.socket().await?, scene.colleague.socket().await?);
    let note = scene.mention().await?;
    let event = one.wait_for(PATIENCE, |event| event.kind == "notification.created").await?;
    assert_eq!(
        (&event.data["type"], &event.data["subject_id"], &event.data["channels"]),
        (&json!("mention"), &json!(note), &json!(["in_app", "browser"]))
    );
    assert_eq!(event.data["actor_id"], json!(scene.tenant.user_id));
    let note = scene.mention().await?;
    let event = one.wait_for(PATIENCE, |event| event.kind == "notification.updated").await?;
    assert_eq!((&event.data["count"], &event.data["subject_id"]), (&json!(2), &json!(note)));
    // Whoever was away finds it at sign-in.
    let listed = scene.listed("?unread=true").await?;
    assert_eq!(listed, std::slice::from_ref(&event.data));

    let read = scene.colleague.post("/v1/notifications/read", &json!({ "ids": [event.data["id"]] })).await?;
    assert_eq!(read.expect(200)?.body["ids"], json!([event.data["id"]]));
    for socket in [&mut one, &mut other] {
        let told = socket.wait_for(PATIENCE, |event| event.kind == "notification.read").await?;
        assert_eq!(told.data["ids"], json!([event.data["id"]]));
    }
    assert!(scene.listed("?unread=true").await?.is_empty());
    assert!(!scene.listed("").await?[0]["read_at"].is_null());
    // What comes after is another one.
    scene.mention().await?;
    one.wait_for(PATIENCE, |event| event.kind == "notification.created").await?;
    let all = scene.colleague.post("/v1/notifications/read", &json!({ "all": true })).await?.expect(200)?;
    assert_eq!(all.array("/ids")?.len(), 1);
    assert_eq!(scene.listed("").await?.len(), 2);
    Ok(())
}

#[tokio::test]
async fn a_user_is_notified_of_what_they_want_by_the_channels_they_want() -> Outcome {
    let world = World::open().await?;
    let scene = Scene::start(&world).await?;
    assert_eq!(
        scene.colleague.get(PREFERENCES).await?.expect(200)?.body,
        json!({ "types": {}, "quiet_hours": null })
    );
    let wanted = |in_app: bool| {
        json!({
            "types": { "mention": { "in_app": in_app, "browser": false } },
            "quiet_hours": { "time_zone": "Europe/Berlin", "from": "22:00", "to": "07:00", "urgent_override": true },
        })
    };
    let mut socket = scene.colleague.socket().await?;
    assert_eq!(scene.want(&wanted(false)).await?.expect(200)?.body, wanted(false));
    let note = scene.mention().await?;
    let told = socket.wait_for(PATIENCE, |event| event.kind == "activity.created").await?;
    assert_eq!(told.data["note"]["note_id"], json!(note));
    assert!(scene.listed("").await?.is_empty());
    scene.want(&wanted(true)).await?.expect(200)?;
    scene.mention().await?;
    let event = socket.wait_for(PATIENCE, |event| event.kind.starts_with("notification")).await?;
    assert_eq!((event.kind.as_str(), &event.data["channels"]), ("notification.created", &json!(["in_app"])));
    Ok(())
}

/// By the clocks of the user's zone: in a zone fourteen hours ahead it is quiet when it is quiet there.
#[tokio::test]
async fn in_quiet_hours_the_list_fills_and_no_browser_speaks_up() -> Outcome {
    let world = World::open().await?;
    let scene = Scene::start(&world).await?;
    let mut socket = scene.colleague.socket().await?;
    // Fourteen hours ahead of UTC all the year.
    let at = |hours: i64| {
        let there = kernel::Ambient::now(&SystemAmbient).plus_seconds((14 + hours) * 3600).to_string();
        there[11..16].to_owned()
    };
    let wanted = |from: String, to: String| {
        json!({ "types": {}, "quiet_hours": {
            "time_zone": "Pacific/Kiritimati", "from": from, "to": to, "urgent_override": true,
        } })
    };
    let mut channels = Vec::new();
    for (from, to) in [(-1, 1), (2, 4)] {
        scene.want(&wanted(at(from), at(to))).await?.expect(200)?;
        scene.mention().await?;
        let event = socket.wait_for(PATIENCE, |event| event.kind.starts_with("notification.")).await?;
        channels.push(event.data["channels"].clone());
    }
    assert_eq!(channels, [json!(["in_app"]), json!(["in_app", "browser"])]);
    assert_eq!(scene.listed("?unread=true").await?.len(), 1);
    Ok(())
}

#[tokio::test]
async fn preferences_and_readings_that_mean_nothing_are_refused() -> Outcome {
    let world = World::open().await?;
    let scene = Scene::start(&world).await?;
    let quiet = |zone: &str, from: &str| {
        json!({
            "quiet_hours": { "time_zone": zone, "from": from, "to": "07:00", "urgent_override": true },
        })
    };
    for preferences in [
        quiet("Europe/Nowhere", "22:00"),
        quiet("Europe/Berlin", "25:00"),
        json!({ "types": { "nonsense": { "in_app": true, "browser": true } } }),
        json!({ "types": { "mention": { "in_app": true } } }),
        json!({ "channels": {} }),
    ] {
        scene.want(&preferences).await?.expect(400)?;
    }
    for reading in [
        json!({}),
        json!({ "all": true, "ids": ["ntf_01kar4vg2s9d8f7g6h5j4k3m2n"] }),
        json!({ "ids": ["ntf_1"] }),
        json!({ "ids": vec!["ntf_01kar4vg2s9d8f7g6h5j4k3m2n"; 51] }),
    ] {
        scene.colleague.post("/v1/notifications/read", &reading).await?.expect(400)?;
    }
    let unknown = json!({ "ids": ["ntf_01kar4vg2s9d8f7g6h5j4k3m2n"] });
    let answer = scene.colleague.post("/v1/notifications/read", &unknown).await?.expect(200)?;
    assert!(answer.array("/ids")?.is_empty());
    scene.colleague.get("/v1/notifications?unread=maybe").await?.expect(400)?;
    Ok(())
}
