//! Tasks and their reminders across tenants.

use http::Method;
use serde_json::{Value, json};

use super::{neighbourhood::Neighbourhood, require};
use crate::{
    eventually::{PATIENCE, eventually},
    failed::Outcome,
    world::Tenant,
};

const DUE: &str = "2030-01-01T09:00:00Z";

async fn set(tenant: &Tenant, contact: &str) -> Outcome<String> {
    let body = json!({ "contact_id": contact, "text": "theirs", "due_at": DUE });
    Ok(tenant.session.post("/v1/tasks", &body).await?.expect(201)?.text("/id")?.to_owned())
}

/// What another test reads afterwards is as it was before.
async fn with_foreign_task(matrix: &Neighbourhood, attempt: impl AsyncFn(&str) -> Outcome) -> Outcome<u32> {
    for other in &matrix.others {
        let task = set(&other.tenant, &other.contact).await?;
        let path = format!("/v1/tasks/{task}");
        attempt(&path).await?;
        let request = other.tenant.bearer(Method::DELETE, &path).header("if-match", "\"1\"");
        request.send().await?.expect(204)?;
    }
    Ok(2)
}

/// Another's contact takes no task of one's own; one's own takes none for another's user.
pub async fn create(matrix: &Neighbourhood) -> Outcome<u32> {
    for other in &matrix.others {
        let body = json!({ "contact_id": other.contact, "text": "mine", "due_at": DUE });
        matrix.mine.session.post("/v1/tasks", &body).await?.expect(404)?;
        let body = json!({ "contact_id": matrix.contact, "text": "mine", "due_at": DUE,
            "assignee_id": other.tenant.user_id });
        let answer = matrix.mine.session.post("/v1/tasks", &body).await?.expect(400)?;
        require(answer.problem_fields() == ["assignee_id"], || answer.body.to_string())?;
    }
    Ok(4)
}

/// Another's contact has no list, another's user an empty one, and a cursor into another's is none.
pub async fn list(matrix: &Neighbourhood) -> Outcome<u32> {
    for other in &matrix.others {
        let tasks = [set(&other.tenant, &other.contact).await?, set(&other.tenant, &other.contact).await?];
        let cursor = eventually("a second page", async || {
            let page = other.tenant.session.get("/v1/tasks?limit=1").await?.expect(200)?;
            Ok(page.body["next_cursor"].as_str().map(str::to_owned))
        })
        .await?;
        matrix.mine.session.get(&format!("/v1/tasks?contact_id={}", other.contact)).await?.expect(404)?;
        let path = format!("/v1/tasks?assignee_id={}", other.tenant.user_id);
        let listed = matrix.mine.session.get(&path).await?.expect(200)?;
        require(listed.array("/items")?.is_empty(), || listed.body.to_string())?;
        let answer = matrix.mine.session.get(&format!("/v1/tasks?limit=1&cursor={cursor}")).await?;
        require(answer.expect(400)?.problem_fields() == ["cursor"], || "the cursor was taken".to_owned())?;
        for task in tasks {
            let request = other.tenant.bearer(Method::DELETE, &format!("/v1/tasks/{task}"));
            request.header("if-match", "\"1\"").send().await?.expect(204)?;
        }
    }
    Ok(6)
}

pub async fn update(matrix: &Neighbourhood) -> Outcome<u32> {
    with_foreign_task(matrix, async |task| {
        let request = matrix.mine.bearer(Method::PATCH, task).header("if-match", "\"1\"");
        request.json(&json!({ "status": "done" })).send().await?.expect(404)?;
        Ok(())
    })
    .await
}

pub async fn delete(matrix: &Neighbourhood) -> Outcome<u32> {
    with_foreign_task(matrix, async |task| {
        let request = matrix.mine.bearer(Method::DELETE, task).header("if-match", "\"1\"");
        request.send().await?.expect(404)?;
        Ok(())
    })
    .await
}

/// A message of one tenant that names another's task reminds nobody; one's own, sent behind it, does.
pub async fn remind(matrix: &Neighbourhood) -> Outcome<u32> {
    let queue = aws_sdk_sqs::Client::new(&matrix.world.aws.config);
    let send = async |tenant: &str, task: &str| -> Outcome {
        let body = json!({ "tenant_id": tenant, "task_id": task, "remind_at": "2030-01-01T09:00:00.000Z" });
        let request = queue.send_message().queue_url(matrix.world.output("TaskRemindersQueueUrl"));
        request.message_body(body.to_string()).send().await?;
        Ok(())
    };
    for other in &matrix.others {
        let (foreign, own) =
            (set(&other.tenant, &other.contact).await?, set(&matrix.mine, &matrix.contact).await?);
        send(&matrix.mine.id, &foreign).await?;
        send(&matrix.mine.id, &own).await?;
        let reminded = async |tenant: &str, task: &str| -> Outcome<bool> {
            let row = matrix.world.row(&format!("T#{tenant}#TASK"), task).await?;
            Ok(row.is_some_and(|row| row.contains_key("reminded_at")))
        };
        eventually("one's own reminder", async || Ok(reminded(&matrix.mine.id, &own).await?.then_some(())))
            .await?;
        let rung = reminded(&other.tenant.id, &foreign).await?;
        require(!rung, || "another tenant's reminder rang".to_owned())?;
        let request = other.tenant.bearer(Method::DELETE, &format!("/v1/tasks/{foreign}"));
        request.header("if-match", "\"1\"").send().await?.expect(204)?;
    }
    Ok(2)
}

/// What is due of one tenant is told to that tenant's users, however many tenants a sweep goes through.
pub async fn sweep(matrix: &Neighbourhood) -> Outcome<u32> {
    let mut own = matrix.mine.session.socket().await?;
    for other in &matrix.others {
        let body = json!({ "contact_id": other.contact, "text": "theirs", "due_at": "2020-01-01T09:00:00Z" });
        let task = other.tenant.session.post("/v1/tasks", &body).await?.expect(201)?;
        let task = task.text("/id")?.to_owned();
        let mut theirs = other.tenant.session.socket().await?;
        crate::tasks::sweep(&matrix.world).await?;
        let about = |data: &Value| data["subject_id"] == json!(task);
        let rung =
            theirs.wait_for(PATIENCE, |event| event.kind.starts_with("notification.") && about(&event.data));
        rung.await?;
        let path = format!("/v1/tasks/{task}");
        other.tenant.bearer(Method::DELETE, &path).header("if-match", "\"2\"").send().await?.expect(204)?;
    }
    let before = own.resume(None, PATIENCE).await?;
    let told = matrix.mine.session.get("/v1/events?after=0&limit=200").await?.expect(200)?;
    let foreign = told.array("/items")?.iter().any(|item| {
        let contact = &item["event"]["contact_id"];
        matrix.others.iter().any(|other| *contact == json!(other.contact))
    });
    require(!foreign, || format!("another tenant's reminder stands in the log of {}", before.epoch))?;
    Ok(2)
}
