//! What is to be done about contacts: on whose list it stands, who is told, and who is reminded when.

use std::time::Duration;

use blackbox::{Answer, Session};
use http::Method;
use kernel::{Ambient, SystemAmbient};
use provision::new_password;
use serde_json::{Value, json};

use crate::{
    eventually::{PATIENCE, eventually},
    failed::Outcome,
    world::{Tenant, World},
};

const TEXT: &str = "Send the blue offer";
const LATER: &str = "2030-01-01T09:00:00.000Z";

/// Has what is due looked for now; otherwise the schedule does it within a minute.
pub async fn sweep(world: &World) -> Outcome {
    // What is written is in the index within a moment.
    let summary = world.aws.invoke(&world.function_name("tasks-sweep"), &json!({})).await?;
    assert!(summary["reminders"].is_u64(), "{summary}");
    Ok(())
}

async fn colleague(world: &World, tenant: &Tenant) -> Outcome<(String, Session)> {
    let email = format!("colleague@{}.example", tenant.id.replace('_', "-"));
    let password = new_password(&SystemAmbient);
    let id = world.user(&tenant.tenant_id, &email, &password).await?;
    Ok((id, world.api.sign_in(&email, &password).await?))
}

async fn set(session: &Session, body: &Value) -> Outcome<Value> {
    Ok(session.post("/v1/tasks", body).await?.expect(201)?.body)
}

async fn change(session: &Session, task: &Value, version: i64, body: &Value) -> Outcome<Answer> {
    let path = format!("/v1/tasks/{}", task["id"].as_str().unwrap_or_default());
    let request = session.request(Method::PATCH, &path).header("if-match", &format!("\"{version}\""));
    Ok(request.json(body).send().await?)
}

async fn listed(session: &Session, query: &str) -> Outcome<Vec<Value>> {
    Ok(session.get(&format!("/v1/tasks{query}")).await?.expect(200)?.array("/items")?.to_vec())
}

#[tokio::test]
async fn a_task_is_on_its_assignees_list_and_its_contacts_timeline_until_it_is_done() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let contact = tenant.contact().await?;
    let (assignee, theirs) = colleague(&world, &tenant).await?;
    let mut socket = theirs.socket().await?;
    let body = json!({ "contact_id": contact, "text": TEXT, "due_at": LATER, "assignee_id": assignee,
        "remind_before_seconds": 3600 });
    let task = set(&tenant.session, &body).await?;
    assert_eq!(
        (&task["remind_at"], &task["status"], &task["user_id"]),
        (&json!("2030-01-01T08:00:00.000Z"), &json!("open"), &json!(tenant.user_id))
    );
    // Whoever is given a task hears of it, and its words stay where they are.
    let event = socket.wait_for(PATIENCE, |event| event.kind == "activity.created").await?;
    assert_eq!(event.data["task"]["task_id"], task["id"]);
    assert!(!event.data.to_string().contains("blue"), "{}", event.data);
    let event = socket.wait_for(PATIENCE, |event| event.kind == "notification.created").await?;
    assert_eq!((&event.data["type"], &event.data["subject_id"]), (&json!("assignment"), &task["id"]));
    assert_eq!(event.data["actor_id"], json!(tenant.user_id));

    eventually("the task on its assignee's list", async || {
        Ok((listed(&theirs, "").await? == [task.clone()]).then_some(()))
    })
    .await?;
    assert!(listed(&tenant.session, "").await?.is_empty());
    let of_contact = format!("?contact_id={contact}");
    assert_eq!(listed(&tenant.session, &of_contact).await?, std::slice::from_ref(&task));
    assert!(
        listed(&tenant.session, &format!("{of_contact}&assignee_id={}", tenant.user_id)).await?.is_empty()
    );
    let timeline = tenant.timeline(&contact).await?;
    assert_eq!((&timeline[0]["type"], &timeline[0]["task"]["text"]), (&json!("task"), &json!(TEXT)));

    let done = change(&theirs, &task, 1, &json!({ "status": "done" })).await?.expect(200)?;
    assert_eq!((done.integer("/version")?, done.header("etag")), (2, Some("\"2\"")));
    assert!(done.body["completed_at"].is_string() && done.body["remind_at"].is_null(), "{}", done.body);
    let event = socket.wait_for(PATIENCE, |event| event.kind == "activity.updated").await?;
    assert_eq!(event.data["task"]["status"], json!("done"));
    change(&theirs, &task, 1, &json!({ "text": "late" })).await?.expect(412)?;
    eventually("the task among those that are done", async || {
        let open = listed(&theirs, "?status=open").await?;
        Ok((open.is_empty() && listed(&theirs, "?status=done").await? == [done.body.clone()]).then_some(()))
    })
    .await?;

    let path = format!("/v1/tasks/{}", task["id"].as_str().unwrap_or_default());
    tenant.bearer(Method::DELETE, &path).send().await?.expect(428)?;
    tenant.bearer(Method::DELETE, &path).header("if-match", "\"2\"").send().await?.expect(204)?;
    socket.wait_for(PATIENCE, |event| event.kind == "activity.deleted").await?;
    assert!(tenant.timeline(&contact).await?.is_empty());
    tenant.bearer(Method::DELETE, &path).header("if-match", "\"2\"").send().await?.expect(404)?;
    Ok(())
}

#[tokio::test]
async fn what_is_due_notifies_once_and_what_is_put_off_notifies_again() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let contact = tenant.contact().await?;
    let mut socket = tenant.session.socket().await?;
    let body = json!({ "contact_id": contact, "text": TEXT, "due_at": "2026-01-01T09:00:00Z" });
    let task = set(&tenant.session, &body).await?;
    let reminded = |event: &blackbox::SocketEvent| {
        event.kind.starts_with("notification.") && event.data["type"] == json!("task_due")
    };
    // The index follows the table within a moment; a sweep that comes too early finds the task the next time.
    let first = eventually("the reminder", async || {
        sweep(&world).await?;
        Ok(socket.wait_for(Duration::from_secs(2), reminded).await.ok())
    })
    .await?;
    assert_eq!((&first.data["subject_id"], &first.data["count"]), (&task["id"], &json!(1)));
    assert_eq!(first.contact_id, contact);
    let rung = listed(&tenant.session, &format!("?contact_id={contact}")).await?;
    let version = eventually("the task as it was reminded of", async || {
        let now = listed(&tenant.session, "").await?;
        Ok(now[0]["reminded_at"].is_string().then(|| now[0]["version"].as_i64()).flatten())
    })
    .await?;
    assert_eq!((version, rung.len()), (2, 1));

    let until = ahead(3);
    let snoozed =
        change(&tenant.session, &task, version, &json!({ "snoozed_until": until })).await?.expect(200)?;
    assert_eq!(snoozed.body["remind_at"], snoozed.body["snoozed_until"]);
    let again = eventually("the reminder that was put off", async || {
        sweep(&world).await?;
        Ok(socket.wait_for(Duration::from_secs(2), reminded).await.ok())
    })
    .await?;
    // Within a minute of the first it is one burst; not before the second at which it was asked for.
    assert_eq!(again.data["count"], json!(2));
    assert!(again.data["updated_at"].as_str() >= Some(&until[..19]), "{} {until}", again.data);

    // Another sweep finds nothing: a call of later is the next thing that is told.
    sweep(&world).await?;
    tenant
        .session
        .post(&format!("/v1/contacts/{contact}/notes"), &json!({ "text": "after" }))
        .await?
        .expect(201)?;
    let next =
        socket.wait_for(PATIENCE, |event| reminded(event) || event.data["type"] == json!("note")).await?;
    assert_eq!(next.data["type"], json!("note"));
    Ok(())
}

/// So many seconds from now.
fn ahead(seconds: i64) -> String {
    SystemAmbient.now().plus_seconds(seconds).to_string()
}

#[tokio::test]
async fn a_request_that_is_sent_twice_sets_one_task() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let contact = tenant.contact().await?;
    let body = json!({ "contact_id": contact, "text": TEXT, "due_at": LATER });
    let send = async || -> Outcome<Answer> {
        let request = tenant.bearer(Method::POST, "/v1/tasks").header("idempotency-key", "once");
        Ok(request.json(&body).send().await?.expect(201)?)
    };
    let (first, second) = (send().await?, send().await?);
    assert_eq!(first.body, second.body);
    assert_eq!(tenant.timeline(&contact).await?.len(), 1);
    Ok(())
}

#[tokio::test]
async fn tasks_that_mean_nothing_are_refused_by_name_and_strangers_change_none() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let contact = tenant.contact().await?;
    let with = |changes: Value| {
        let mut body = json!({ "contact_id": contact, "text": TEXT, "due_at": LATER });
        for (name, value) in changes.as_object().into_iter().flatten() {
            body[name] = value.clone();
        }
        body
    };
    for (body, field) in [
        (json!({ "text": TEXT, "due_at": LATER }), "contact_id"),
        (json!({ "contact_id": contact, "text": TEXT }), "due_at"),
        (with(json!({ "text": " " })), "text"),
        (with(json!({ "text": "a\u{0}b" })), "text"),
        (with(json!({ "text": "x".repeat(1001) })), "text"),
        (with(json!({ "due_at": "soon" })), "due_at"),
        (with(json!({ "due_at": "1999-01-01T00:00:00Z" })), "due_at"),
        (with(json!({ "due_at": "9999-01-01T00:00:00Z" })), "due_at"),
        (with(json!({ "remind_before_seconds": -1 })), "remind_before_seconds"),
        (with(json!({ "remind_before_seconds": 2_592_001 })), "remind_before_seconds"),
        (with(json!({ "assignee_id": "me" })), "assignee_id"),
        (with(json!({ "assignee_id": "usr_01kar1b2c3d4e5f6g7h8j9k0mn" })), "assignee_id"),
        (with(json!({ "user_id": tenant.user_id })), "user_id"),
    ] {
        let answer = tenant.session.post("/v1/tasks", &body).await?.expect(400)?;
        assert_eq!(answer.problem_fields(), [field], "{body:.60}");
    }
    let task = set(&tenant.session, &with(json!({ "remind_before_seconds": null }))).await?;
    assert!(task["remind_at"].is_null());
    for (body, field) in [
        (json!({ "snoozed_until": "2020-01-01T00:00:00Z" }), "snoozed_until"),
        (json!({ "snoozed_until": "2099-01-01T00:00:00Z" }), "snoozed_until"),
        (json!({ "status": "late" }), "status"),
        (json!({ "text": null }), "text"),
        (json!({ "contact_id": contact }), "contact_id"),
    ] {
        let answer = change(&tenant.session, &task, 1, &body).await?.expect(400)?;
        assert_eq!(answer.problem_fields(), [field], "{body}");
    }
    let same = change(&tenant.session, &task, 1, &json!({ "text": TEXT })).await?.expect(200)?;
    assert_eq!(same.integer("/version")?, 1);
    let until = ahead(3600);
    let done = json!({ "status": "done", "snoozed_until": until });
    let answer = change(&tenant.session, &task, 1, &done).await?.expect(400)?;
    assert_eq!(answer.problem_fields(), ["snoozed_until"]);

    let (_, stranger) = colleague(&world, &tenant).await?;
    change(&stranger, &task, 1, &json!({ "status": "done" })).await?.expect(403)?;
    for query in ["status=late", "assignee_id=me", "contact_id=con_1", "limit=0", "cursor=x", "due=today"] {
        tenant.session.get(&format!("/v1/tasks?{query}")).await?.expect(400)?;
    }
    let missing = "/v1/tasks?contact_id=con_01kar4t5v3c8m2x9p7w6r4n1hz";
    tenant.session.get(missing).await?.expect(404)?;
    Ok(())
}
