use kernel::{ContactId, TaskId, activity::TaskStatus};
use table::ItemBuilder;
use testkit::TestInstallation;

use super::*;
use crate::tasks::task::{NewTask, TaskChange};

struct Scene {
    installation: TestInstallation,
    scope: TenantScope,
    task: Task,
    owner: UserId,
}

impl Scene {
    /// A task that is due in an hour, of an assignee who is active or not.
    async fn start(status: &str) -> Self {
        let installation = TestInstallation::start().await;
        let scope = installation.provisioned("tnt_a").await;
        let ambient = &*installation.ambient;
        let (contact, owner, assignee) =
            (ContactId::generate(ambient), UserId::generate(ambient), UserId::generate(ambient));
        let keys = scope.table.keys();
        let row = ItemBuilder::new(&keys.contact(&contact))
            .text("owner_id", owner.as_str())
            .text("visibility", "tenant");
        installation.table.plant(row.build()).await;
        let row = ItemBuilder::new(&keys.user(&assignee)).text("role", "rep").text("status", status);
        installation.table.plant(row.build()).await;
        let given = NewTask {
            text: "Send the offer".to_owned(),
            assignee_id: assignee,
            due_at: ambient.now().plus_seconds(3600),
            remind_before_seconds: Some(0),
        };
        let task = Task::new(TaskId::generate(ambient), contact, owner.clone(), &owner, given, ambient.now());
        TaskStore::open(&scope).await.unwrap().insert(&task).await.unwrap();
        Self { installation, scope, task, owner }
    }

    fn due(&self) -> TaskDue {
        TaskDue::new(self.scope.table.tenant(), self.task.id.clone(), self.task.remind_at.unwrap())
    }

    async fn remind(&self, due: &TaskDue) -> Task {
        remind(&self.scope, &*self.installation.ambient, due).await.unwrap();
        let store = TaskStore::open(&self.scope).await.unwrap();
        store.find(&self.task.id).await.unwrap().unwrap()
    }
}

#[tokio::test]
async fn a_reminder_rings_once_however_often_it_is_told() {
    let scene = Scene::start("active").await;
    scene.installation.ambient.advance_seconds(3600);
    let rung = scene.remind(&scene.due()).await;
    assert_eq!(rung.reminded_at, Some(scene.installation.ambient.now()));
    assert_eq!((rung.remind_at, rung.version), (None, 2));
    assert!(scene.installation.table.items_under("T#tnt_a#REMINDER").await.is_empty());
    scene.installation.ambient.advance_seconds(60);
    assert!(scene.remind(&scene.due()).await == rung);
}

#[tokio::test]
async fn a_reminder_that_was_put_off_done_or_deleted_does_not_ring() {
    let scene = Scene::start("active").await;
    let store = TaskStore::open(&scene.scope).await.unwrap();
    let (now, due) = (scene.installation.ambient.now(), scene.due());
    let until = now.plus_seconds(7200);
    let snooze = TaskChange { snoozed_until: Some(Some(until)), ..TaskChange::default() };
    let snoozed = scene.task.changed(snooze, &scene.owner, now);
    store.replace(&scene.task, &snoozed).await.unwrap();
    assert!(scene.remind(&due).await == snoozed);
    let done = TaskChange { status: Some(TaskStatus::Done), ..TaskChange::default() };
    let done = snoozed.changed(done, &scene.owner, now);
    store.replace(&snoozed, &done).await.unwrap();
    let later = TaskDue::new(scene.scope.table.tenant(), scene.task.id.clone(), until);
    assert!(scene.remind(&later).await == done);
    store.remove(&done).await.unwrap();
    remind(&scene.scope, &*scene.installation.ambient, &later).await.unwrap();
    assert!(store.find(&scene.task.id).await.unwrap().is_none());
}

#[tokio::test]
async fn what_somebody_who_has_left_was_to_do_falls_to_the_contacts_owner() {
    let scene = Scene::start("disabled").await;
    let rung = scene.remind(&scene.due()).await;
    assert_eq!(rung.assignee_id, scene.owner);
    assert!(rung.reminded_at.is_some());
}
