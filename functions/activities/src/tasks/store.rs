//! The rows of a task: itself, its entry on the timeline, and its reminder where one is to come. The first two hold the text, each
//! sealed for its own row; the last holds nothing but ids.

use std::sync::Arc;

use kernel::{ContactId, Failure, TaskId, UserId, activity::TaskStatus};
use table::{
    Direction, Item, ItemBuilder, ItemReader, Key, Order, Position, Purpose, Stretch, TableError,
    Transaction, reminder_item, sealed_activity_item,
};
use tenancy::{TenantScope, seal_record, unseal_record};
use vault::TenantVault;

use super::task::Task;
use crate::stale::stale_where_changed;

/// Whose tasks, or those about whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Of {
    Assignee(UserId),
    Contact(ContactId),
}

/// The tasks of one tenant.
pub struct TaskStore<'a> {
    scope: &'a TenantScope,
    vault: Arc<TenantVault>,
}

impl<'a> TaskStore<'a> {
    pub async fn open(scope: &'a TenantScope) -> Result<Self, Failure> {
        Ok(Self { scope, vault: scope.vault().await? })
    }

    pub async fn find(&self, id: &TaskId) -> Result<Option<Task>, Failure> {
        let item = self.scope.table.get(&self.scope.table.keys().task(id)).await?;
        item.map(|item| self.read(&item)).transpose()
    }

    /// Writes a new task, provided that its contact is there. [`Failure::Stale`] where it has been written before.
    pub async fn insert(&self, task: &Task) -> Result<(), Failure> {
        let keys = self.scope.table.keys();
        let transaction = self
            .scope
            .table
            .transaction()
            .put_new(self.item(task)?)
            .require_live(&keys.contact(&task.contact_id))
            .put_new(self.entry(task)?);
        let transaction = self.remind(transaction, task, false);
        match transaction.commit().await {
            Err(TableError::ConditionFailed { element: 0 }) => Err(Failure::Stale),
            Err(TableError::ConditionFailed { element: 1 }) => Err(Failure::NotFound("contact")),
            outcome => Ok(outcome?),
        }
    }

    /// Writes the next state of a task over the one it was made from.
    pub async fn replace(&self, before: &Task, after: &Task) -> Result<(), Failure> {
        let transaction = self
            .scope
            .table
            .transaction()
            .put_over_version(self.item(after)?, before.version)
            .put_any(self.entry(after)?);
        let transaction = self.remind(transaction, after, before.remind_at.is_some());
        stale_where_changed(transaction.commit().await)
    }

    /// Removes a task with its entry and its reminder.
    pub async fn remove(&self, task: &Task) -> Result<(), Failure> {
        let keys = self.scope.table.keys();
        let transaction = self
            .scope
            .table
            .transaction()
            .delete_at_version(&keys.task(&task.id), task.version)
            .delete_any(&self.entry_key(task))
            .delete_any(&keys.reminder(&task.id));
        stale_where_changed(transaction.commit().await)
    }

    /// A stretch of tasks: those that are open by when they are due, those that are done from the last on. From an index, which
    /// follows the table within a moment.
    pub async fn page(
        &self,
        of: &Of,
        status: TaskStatus,
        limit: u8,
        after: Option<Position>,
    ) -> Result<(Vec<Task>, Option<Position>), Failure> {
        let keys = self.scope.table.keys();
        let (order, partition) = match of {
            Of::Assignee(user) => (Order::FirstIndex, keys.tasks_of_assignee(user, status)),
            Of::Contact(contact) => (Order::SecondIndex, keys.tasks_of_contact(contact, status)),
        };
        let direction = match status {
            TaskStatus::Open => Direction::Ascending,
            TaskStatus::Done => Direction::Descending,
        };
        let stretch = Stretch { order, partition, between: (None, None), direction, limit, after };
        let (items, last) = self.scope.table.stretch(&stretch).await?;
        Ok((items.iter().map(|item| self.read(item)).collect::<Result<_, _>>()?, last))
    }

    fn remind<'t>(&self, transaction: Transaction<'t>, task: &Task, had_one: bool) -> Transaction<'t> {
        let keys = self.scope.table.keys();
        match task.remind_at {
            Some(at) => transaction.put_any(reminder_item(keys, &task.id, at)),
            None if had_one => transaction.delete_any(&keys.reminder(&task.id)),
            None => transaction,
        }
    }

    fn entry_key(&self, task: &Task) -> Key {
        let activity = task.activity();
        self.scope.table.keys().activity(&task.contact_id, activity.occurred_at, &activity.id)
    }

    fn entry(&self, task: &Task) -> Result<Item, Failure> {
        let sealed = seal_record(&self.vault, &self.entry_key(task), Purpose::TaskText, &task.text)?;
        let keys = self.scope.table.keys();
        Ok(sealed_activity_item(keys, &task.activity(), Some((Purpose::TaskText, sealed))))
    }

    fn item(&self, task: &Task) -> Result<Item, Failure> {
        let keys = self.scope.table.keys();
        let key = keys.task(&task.id);
        let at = task.completed_at.unwrap_or(task.due_at);
        let sort = format!("{at}#{}", task.id);
        Ok(ItemBuilder::new(&key)
            .first_index(keys.tasks_of_assignee(&task.assignee_id, task.status), &sort)
            .second_index(keys.tasks_of_contact(&task.contact_id, task.status), &sort)
            .text("contact_id", task.contact_id.as_str())
            .text("user_id", task.user_id.as_str())
            .text("owner_id", task.owner_id.as_str())
            .text("assignee_id", task.assignee_id.as_str())
            .time("due_at", task.due_at)
            .optional_number("remind_before_seconds", task.remind_before_seconds)
            .optional_time("snoozed_until", task.snoozed_until)
            .optional_time("remind_at", task.remind_at)
            .optional_time("reminded_at", task.reminded_at)
            .text("status", task.status.as_str())
            .optional_time("completed_at", task.completed_at)
            .text("updated_by", task.updated_by.as_str())
            .number("version", task.version)
            .time("created_at", task.created_at)
            .time("updated_at", task.updated_at)
            .sealed(Purpose::TaskText, seal_record(&self.vault, &key, Purpose::TaskText, &task.text)?)
            .build())
    }

    fn read(&self, item: &Item) -> Result<Task, Failure> {
        let item = ItemReader::new(item);
        Ok(Task {
            id: item.parsed("sk", TaskId::parse)?,
            contact_id: item.parsed("contact_id", ContactId::parse)?,
            user_id: item.parsed("user_id", UserId::parse)?,
            owner_id: item.parsed("owner_id", UserId::parse)?,
            assignee_id: item.parsed("assignee_id", UserId::parse)?,
            text: unseal_record(&self.vault, item, Purpose::TaskText)?,
            due_at: item.time("due_at")?,
            remind_before_seconds: item.optional_number("remind_before_seconds"),
            snoozed_until: item.optional_time("snoozed_until")?,
            remind_at: item.optional_time("remind_at")?,
            reminded_at: item.optional_time("reminded_at")?,
            status: item.parsed("status", TaskStatus::parse)?,
            completed_at: item.optional_time("completed_at")?,
            updated_by: item.parsed("updated_by", UserId::parse)?,
            version: item.number("version")?,
            created_at: item.time("created_at")?,
            updated_at: item.time("updated_at")?,
        })
    }
}

#[cfg(test)]
mod tests;
