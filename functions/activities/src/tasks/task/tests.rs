use kernel::{Ambient, TeamIds};
use testkit::{FixedAmbient, tenant};

use super::*;

const HOUR: i64 = 3600;

fn task(ambient: &FixedAmbient, remind_before_seconds: Option<i64>) -> Task {
    let (user, now) = (UserId::generate(ambient), ambient.now());
    let given = NewTask {
        text: "Send the offer".to_owned(),
        assignee_id: user.clone(),
        due_at: now.plus_seconds(24 * HOUR),
        remind_before_seconds,
    };
    Task::new(TaskId::generate(ambient), ContactId::generate(ambient), user.clone(), &user, given, now)
}

#[test]
fn a_reminder_follows_the_due_time_and_ends_with_the_task() {
    let ambient = FixedAmbient::seeded(1);
    let (now, by) = (ambient.now(), UserId::generate(&ambient));
    let task = task(&ambient, Some(HOUR));
    assert_eq!(task.remind_at, Some(now.plus_seconds(23 * HOUR)));
    let change = TaskChange { due_at: Some(now.plus_seconds(48 * HOUR)), ..TaskChange::default() };
    let later = task.changed(change, &by, now);
    assert_eq!((later.remind_at, later.version), (Some(now.plus_seconds(47 * HOUR)), 2));
    assert_eq!(later.updated_by, by);
    let silent =
        later.changed(TaskChange { remind_before_seconds: Some(None), ..TaskChange::default() }, &by, now);
    assert_eq!(silent.remind_at, None);

    let done = later.changed(
        TaskChange { status: Some(TaskStatus::Done), ..TaskChange::default() },
        &by,
        now.plus_seconds(5),
    );
    assert_eq!((done.remind_at, done.completed_at), (None, Some(now.plus_seconds(5))));
    let again = done.changed(
        TaskChange { status: Some(TaskStatus::Open), ..TaskChange::default() },
        &by,
        now.plus_seconds(9),
    );
    assert_eq!((again.remind_at, again.completed_at), (later.remind_at, None));
}

#[test]
fn a_snoozed_reminder_comes_then_and_only_once() {
    let ambient = FixedAmbient::seeded(1);
    let (now, by) = (ambient.now(), UserId::generate(&ambient));
    let task = task(&ambient, Some(0));
    let due = now.plus_seconds(24 * HOUR);
    let rung = task.reminded(&task.assignee_id, due);
    assert_eq!((rung.remind_at, rung.reminded_at, rung.version), (None, Some(due), 2));
    let until = due.plus_seconds(600);
    let snooze = |until| TaskChange { snoozed_until: Some(until), ..TaskChange::default() };
    let snoozed = rung.changed(snooze(Some(until)), &by, due);
    assert_eq!((snoozed.snoozed_until, snoozed.remind_at), (Some(until), Some(until)));
    // To change the text leaves the reminder where it is.
    let renamed = snoozed.changed(
        TaskChange { text: Some("Send it".to_owned()), ..TaskChange::default() },
        &by,
        due.plus_seconds(1),
    );
    assert_eq!((renamed.snoozed_until, renamed.remind_at), (Some(until), Some(until)));
    // Nor does taking the snooze away ring what has rung.
    let woken = snoozed.changed(snooze(None), &by, due.plus_seconds(60));
    assert_eq!((woken.snoozed_until, woken.remind_at), (None, None));
    // Put off before it rang, it goes back to where it was.
    let early = task.changed(snooze(Some(due.plus_seconds(HOUR))), &by, now);
    assert_eq!(early.changed(snooze(None), &by, now).remind_at, Some(due));
}

#[test]
fn what_changes_nothing_makes_no_version() {
    let ambient = FixedAmbient::seeded(1);
    let (now, by) = (ambient.now(), UserId::generate(&ambient));
    let task = task(&ambient, None);
    let same = TaskChange {
        text: Some(task.text.clone()),
        due_at: Some(task.due_at),
        status: Some(TaskStatus::Open),
        remind_before_seconds: Some(None),
        snoozed_until: Some(None),
        assignee_id: Some(task.assignee_id.clone()),
    };
    assert!(task.changed(same, &by, now.plus_seconds(60)) == task);
}

#[test]
fn a_task_is_its_peoples_to_change() {
    let ambient = FixedAmbient::seeded(1);
    let task = Task { assignee_id: UserId::generate(&ambient), ..task(&ambient, None) };
    let owner = UserId::generate(&ambient);
    let caller = |user: &UserId, role| Caller {
        tenant: tenant("tnt_a"),
        user: user.clone(),
        role,
        teams: TeamIds::default(),
    };
    for user in [&task.user_id, &task.assignee_id, &owner] {
        assert!(task.permit_change(&caller(user, Role::Rep), &owner).is_ok());
    }
    let stranger = UserId::generate(&ambient);
    assert!(task.permit_change(&caller(&stranger, Role::Admin), &owner).is_ok());
    for role in [Role::Rep, Role::Manager] {
        let refused = task.permit_change(&caller(&stranger, role), &owner);
        assert!(matches!(refused, Err(Failure::Forbidden(_))), "{role:?}");
    }
}
