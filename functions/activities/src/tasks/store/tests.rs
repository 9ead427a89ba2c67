use kernel::Ambient;
use testkit::{TestInstallation, bytes_of};

use super::*;
use crate::tasks::task::{NewTask, TaskChange};

const TEXT: &str = "Send the blue offer";

struct Scene {
    installation: TestInstallation,
    scope: TenantScope,
    contact: ContactId,
    user: UserId,
}

impl Scene {
    async fn start() -> Self {
        let installation = TestInstallation::start().await;
        let scope = installation.provisioned("tnt_a").await;
        let ambient = &*installation.ambient;
        let (contact, user) = (ContactId::generate(ambient), UserId::generate(ambient));
        let row = ItemBuilder::new(&scope.table.keys().contact(&contact))
            .text("owner_id", user.as_str())
            .text("visibility", "tenant");
        installation.table.plant(row.build()).await;
        Self { installation, scope, contact, user }
    }

    fn task(&self, due_in_seconds: i64) -> Task {
        let ambient = &*self.installation.ambient;
        let given = NewTask {
            text: TEXT.to_owned(),
            assignee_id: self.user.clone(),
            due_at: ambient.now().plus_seconds(due_in_seconds),
            remind_before_seconds: Some(60),
        };
        let id = TaskId::generate(ambient);
        Task::new(id, self.contact.clone(), self.user.clone(), &self.user, given, ambient.now())
    }

    async fn rows_of(&self, kind: &str) -> usize {
        self.installation.table.items_under(&format!("T#tnt_a#{kind}")).await.len()
    }
}

#[tokio::test]
async fn a_task_is_read_as_it_was_written_and_nobody_reads_it_in_the_table() {
    let scene = Scene::start().await;
    let store = TaskStore::open(&scene.scope).await.unwrap();
    let task = scene.task(3600);
    store.insert(&task).await.unwrap();
    assert!(store.find(&task.id).await.unwrap() == Some(task.clone()));
    assert!(matches!(store.insert(&task).await, Err(Failure::Stale)));
    let rows = scene.installation.table.items_under("T#tnt_a#").await;
    assert_eq!(rows.iter().filter(|row| row.contains_key(Purpose::TaskText.as_str())).count(), 2);
    for row in rows {
        assert!(!bytes_of(&row).windows(4).any(|window| window == b"blue"), "{:?}", row["pk"]);
    }
    let elsewhere = Task { contact_id: ContactId::generate(&*scene.installation.ambient), ..scene.task(60) };
    assert!(matches!(store.insert(&elsewhere).await, Err(Failure::NotFound("contact"))));
    assert!(store.find(&elsewhere.id).await.unwrap().is_none());
}

#[tokio::test]
async fn a_reminder_stands_as_long_as_it_is_to_come() {
    let scene = Scene::start().await;
    let store = TaskStore::open(&scene.scope).await.unwrap();
    let now = scene.installation.ambient.now();
    let task = scene.task(3600);
    store.insert(&task).await.unwrap();
    assert_eq!(scene.rows_of("REMINDER").await, 1);
    let done = TaskChange { status: Some(TaskStatus::Done), ..TaskChange::default() };
    let done = task.changed(done, &scene.user, now);
    store.replace(&task, &done).await.unwrap();
    assert_eq!(scene.rows_of("REMINDER").await, 0);
    assert!(matches!(store.replace(&task, &done).await, Err(Failure::Stale)));
    let open = TaskChange { status: Some(TaskStatus::Open), ..TaskChange::default() };
    let open = done.changed(open, &scene.user, now);
    store.replace(&done, &open).await.unwrap();
    assert_eq!(scene.rows_of("REMINDER").await, 1);
    assert!(matches!(store.remove(&done).await, Err(Failure::Stale)));
    store.remove(&open).await.unwrap();
    for kind in ["REMINDER", "TASK", "TIMELINE"] {
        assert_eq!(scene.rows_of(kind).await, 0, "{kind}");
    }
}

#[tokio::test]
async fn tasks_are_listed_by_when_they_are_due_whoevers_and_about_whomever() {
    let scene = Scene::start().await;
    let store = TaskStore::open(&scene.scope).await.unwrap();
    let mut tasks = [3 * 3600, 3600, 2 * 3600].map(|seconds| scene.task(seconds));
    for task in &tasks {
        store.insert(task).await.unwrap();
    }
    let other = Task { assignee_id: UserId::generate(&*scene.installation.ambient), ..scene.task(60) };
    store.insert(&other).await.unwrap();
    tasks.sort_by_key(|task| task.due_at);
    let read = async |of: &Of, status| {
        let (mut ids, mut after) = (Vec::new(), None);
        loop {
            let (page, last) = store.page(of, status, 2, after).await.unwrap();
            ids.extend(page.into_iter().map(|task| task.id));
            after = last;
            if after.is_none() {
                return ids;
            }
        }
    };
    let mut ids: Vec<_> = tasks.iter().map(|task| task.id.clone()).collect();
    let own = Of::Assignee(scene.user.clone());
    assert_eq!(read(&own, TaskStatus::Open).await, ids);
    ids.insert(0, other.id.clone());
    assert_eq!(read(&Of::Contact(scene.contact.clone()), TaskStatus::Open).await, ids);
    for (task, seconds) in [(&tasks[2], 1), (&tasks[0], 2)] {
        let now = scene.installation.ambient.now().plus_seconds(seconds);
        let done = TaskChange { status: Some(TaskStatus::Done), ..TaskChange::default() };
        store.replace(task, &task.changed(done, &scene.user, now)).await.unwrap();
    }
    assert_eq!(read(&own, TaskStatus::Open).await, [tasks[1].id.clone()]);
    assert_eq!(read(&own, TaskStatus::Done).await, [tasks[0].id.clone(), tasks[2].id.clone()]);
}

/// Units by reckoning: task, entry, reminder and a check, below 1 KB each, twice as much within a transaction; five more rows in
/// indexes.
#[tokio::test]
async fn the_capacity_of_a_new_task_is_what_it_should_be() {
    let scene = Scene::start().await;
    let store = TaskStore::open(&scene.scope).await.unwrap();
    let _ = scene.installation.table.traffic().take();
    store.insert(&scene.task(3600)).await.unwrap();
    let units = scene.installation.table.traffic().take_units();
    assert!((8.0..=14.0).contains(&units), "{units}");
}
