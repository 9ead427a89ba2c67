//! A task, and what becomes of it.

use kernel::{
    Activity, ActivityId, Caller, ContactId, Failure, Role, TaskId, UserId, UtcTime,
    activity::{Body, Source, TaskStatus, TaskSummary},
};
use serde::Serialize;

/// Something to be done about a contact.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Task {
    pub id: TaskId,
    pub contact_id: ContactId,
    /// Who has set it.
    pub user_id: UserId,
    /// Whose contact it was then.
    #[serde(skip)]
    pub owner_id: UserId,
    /// Whose it is to do.
    pub assignee_id: UserId,
    pub text: String,
    pub due_at: UtcTime,
    /// How long before it is due its assignee is reminded; `None` where they are not.
    pub remind_before_seconds: Option<i64>,
    /// Where its assignee has put the reminder off until.
    pub snoozed_until: Option<UtcTime>,
    /// The next reminder; `None` where none is to come.
    pub remind_at: Option<UtcTime>,
    /// The last reminder.
    pub reminded_at: Option<UtcTime>,
    pub status: TaskStatus,
    pub completed_at: Option<UtcTime>,
    /// Who has changed it last.
    pub updated_by: UserId,
    pub version: i64,
    pub created_at: UtcTime,
    pub updated_at: UtcTime,
}

/// What a task is made of.
pub struct NewTask {
    pub text: String,
    pub assignee_id: UserId,
    pub due_at: UtcTime,
    pub remind_before_seconds: Option<i64>,
}

/// What is to change; `None` for what stays. The inner `None` takes away.
#[derive(Debug, Default)]
#[expect(clippy::option_option, reason = "a merge patch tells what is taken away from what is left out")]
pub struct TaskChange {
    pub text: Option<String>,
    pub assignee_id: Option<UserId>,
    pub due_at: Option<UtcTime>,
    pub remind_before_seconds: Option<Option<i64>>,
    pub snoozed_until: Option<Option<UtcTime>>,
    pub status: Option<TaskStatus>,
}

impl Task {
    /// A new one about a contact of `owner`.
    #[must_use]
    pub fn new(
        id: TaskId,
        contact_id: ContactId,
        owner_id: UserId,
        by: &UserId,
        given: NewTask,
        now: UtcTime,
    ) -> Self {
        let NewTask { text, assignee_id, due_at, remind_before_seconds } = given;
        Self {
            id,
            contact_id,
            user_id: by.clone(),
            owner_id,
            assignee_id,
            text,
            due_at,
            remind_before_seconds,
            snoozed_until: None,
            remind_at: remind_before_seconds.map(|seconds| due_at.plus_seconds(-seconds)),
            reminded_at: None,
            status: TaskStatus::Open,
            completed_at: None,
            updated_by: by.clone(),
            version: 1,
            created_at: now,
            updated_at: now,
        }
    }

    /// The next state. What changes nothing makes no version.
    #[must_use]
    pub fn changed(&self, change: TaskChange, by: &UserId, now: UtcTime) -> Self {
        let mut next = self.clone();
        next.text = change.text.unwrap_or(next.text);
        next.assignee_id = change.assignee_id.unwrap_or(next.assignee_id);
        next.due_at = change.due_at.unwrap_or(next.due_at);
        next.remind_before_seconds = change.remind_before_seconds.unwrap_or(next.remind_before_seconds);
        next.status = change.status.unwrap_or(next.status);
        next.settle(self, change.snoozed_until, now);
        if next == *self { next } else { next.by(by, now) }
    }

    /// Its reminder has come. `assignee` is who is to do it from now on.
    #[must_use]
    pub fn reminded(&self, assignee: &UserId, now: UtcTime) -> Self {
        let mut next = self.clone();
        next.assignee_id = assignee.clone();
        (next.remind_at, next.snoozed_until, next.reminded_at) = (None, None, Some(now));
        let by = next.updated_by.clone();
        next.by(&by, now)
    }

    /// What status, due time and snoozing mean for reminder and completion.
    #[expect(clippy::option_option, reason = "as in the change")]
    fn settle(&mut self, before: &Self, snoozed_until: Option<Option<UtcTime>>, now: UtcTime) {
        if self.status == TaskStatus::Done {
            (self.snoozed_until, self.remind_at) = (None, None);
            self.completed_at = self.completed_at.or(Some(now));
            return;
        }
        self.completed_at = None;
        if let Some(Some(until)) = snoozed_until {
            (self.snoozed_until, self.remind_at) = (Some(until), Some(until));
            return;
        }
        let rescheduled = self.due_at != before.due_at
            || self.remind_before_seconds != before.remind_before_seconds
            || before.status == TaskStatus::Done
            || (snoozed_until == Some(None) && before.snoozed_until.is_some());
        if rescheduled {
            let at = self.remind_before_seconds.map(|seconds| self.due_at.plus_seconds(-seconds));
            self.snoozed_until = None;
            // Nobody is reminded a second time of a moment that has passed.
            self.remind_at = at.filter(|at| *at > now || self.reminded_at.is_none());
        }
    }

    fn by(self, by: &UserId, now: UtcTime) -> Self {
        Self { updated_by: by.clone(), version: self.version + 1, updated_at: now, ..self }
    }

    /// Its entry on the timeline, where it was set, without the text.
    #[must_use]
    pub fn activity(&self) -> Activity {
        Activity {
            id: ActivityId::of_task(&self.id),
            occurred_at: self.created_at,
            contact_id: self.contact_id.clone(),
            user_id: self.user_id.clone(),
            owner_id: self.owner_id.clone(),
            source: Source::Internal,
            body: Body::Task(TaskSummary {
                task_id: self.id.clone(),
                assignee_id: self.assignee_id.clone(),
                status: self.status,
                due_at: self.due_at,
                remind_at: self.remind_at,
                reminded_at: self.reminded_at,
                completed_at: self.completed_at,
                updated_by: self.updated_by.clone(),
                version: self.version,
                text: None,
            }),
            created_at: self.created_at,
        }
    }

    /// Whoever has set it, whose it is to do, the contact's owner and the tenant's admins may change it or take it away; whoever
    /// sees the contact sees the task.
    pub fn permit_change(&self, caller: &Caller, owner: &UserId) -> Result<(), Failure> {
        let theirs = [&self.user_id, &self.assignee_id, owner].contains(&&caller.user);
        if theirs || caller.role == Role::Admin {
            return Ok(());
        }
        Err(Failure::Forbidden("a task is its author's, its assignee's and the contact's owner's to change"))
    }
}

#[cfg(test)]
mod tests;
