//! Every key of the table, and the access pattern each one serves (docs/ARCHITECTURE.md lists them).
//!
//! A partition key of a tenant reads `T#<tenant>#<KIND>[#<more>]`. The IAM condition compares it with the session's tag;
//! the `#` behind the tenant keeps `tnt_a` out of `tnt_a-b`.

use kernel::{
    ActivityId, CallId, CompanyId, ContactId, ImportId, NoteId, NotificationId, TaskId, TeamId, UserId,
    UtcTime, activity::TaskStatus,
};

use crate::record_kind::RecordKind;

/// A primary key of one tenant's row. Made by [`Keys`] alone.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Key {
    pub(crate) partition: String,
    pub(crate) sort: String,
}

impl Key {
    #[must_use]
    pub fn partition(&self) -> &str {
        &self.partition
    }

    #[must_use]
    pub fn sort(&self) -> &str {
        &self.sort
    }
}

/// Makes the keys of one tenant. There is no other way to a [`Key`].
#[derive(Debug, Clone, Copy)]
pub struct Keys<'a> {
    tenant: &'a str,
}

impl<'a> Keys<'a> {
    /// Sorts before every id of a company.
    const RENAMINGS: &'static str = "ALL";

    pub(crate) fn of(tenant: &'a str) -> Self {
        Self { tenant }
    }

    fn partition(self, kind: RecordKind) -> String {
        format!("T#{}#{}", self.tenant, kind.label())
    }

    fn key(self, kind: RecordKind, sort: impl Into<String>) -> Key {
        Key { partition: self.partition(kind), sort: sort.into() }
    }

    fn key_below(self, kind: RecordKind, rest: &str, sort: impl Into<String>) -> Key {
        Key { partition: format!("{}#{rest}", self.partition(kind)), sort: sort.into() }
    }

    /// The tenant's own row.
    #[must_use]
    pub fn tenant(self) -> Key {
        self.key(RecordKind::Tenant, "PROFILE")
    }

    /// A wrapped key; `kind` is `data` or `index`.
    #[must_use]
    pub fn wrapped_key(self, kind: &str, version: u16) -> Key {
        self.key(RecordKind::WrappedKey, format!("{}#{version:04}", kind.to_uppercase()))
    }

    /// The partition of all wrapped keys.
    #[must_use]
    pub fn wrapped_keys(self) -> String {
        self.partition(RecordKind::WrappedKey)
    }

    /// The account at the telephony provider, sealed.
    #[must_use]
    pub fn telephony(self) -> Key {
        self.key(RecordKind::Telephony, "ACCOUNT")
    }

    /// The tenant's own numbers, sealed.
    #[must_use]
    pub fn phone_numbers(self) -> Key {
        self.key(RecordKind::Telephony, "NUMBERS")
    }

    #[must_use]
    pub fn user(self, user: &UserId) -> Key {
        self.key(RecordKind::User, user.as_str())
    }

    /// Which state the membership is in; see `Roster`.
    #[must_use]
    pub fn roster(self) -> Key {
        self.key(RecordKind::Roster, "USERS")
    }

    #[must_use]
    pub fn team(self, team: &TeamId) -> Key {
        self.key(RecordKind::Team, team.as_str())
    }

    /// The partition of all teams, sorted by creation.
    #[must_use]
    pub fn teams(self) -> String {
        self.partition(RecordKind::Team)
    }

    /// The partition of all users, sorted by creation.
    #[must_use]
    pub fn users(self) -> String {
        self.partition(RecordKind::User)
    }

    #[must_use]
    pub fn contact(self, contact: &ContactId) -> Key {
        self.key(RecordKind::Contact, contact.as_str())
    }

    /// The partition of all contacts, sorted by creation.
    #[must_use]
    pub fn contacts(self) -> String {
        self.partition(RecordKind::Contact)
    }

    /// A contact that has been deleted. It lies apart from the others, so that lists never walk over it and whatever asks for
    /// the contact finds nothing.
    #[must_use]
    pub fn deleted_contact(self, contact: &ContactId) -> Key {
        self.key(RecordKind::DeletedContact, contact.as_str())
    }

    /// Partition of gsi1: the contacts of an owner, sorted by creation.
    #[must_use]
    pub fn contacts_of_owner(self, owner: &UserId) -> String {
        format!("T#{}#OWNER#{owner}", self.tenant)
    }

    /// Partition of gsi2: all contacts, sorted by their last change.
    #[must_use]
    pub fn contacts_by_update(self) -> String {
        format!("T#{}#UPDATED", self.tenant)
    }

    /// Partition of gsi2: the touches of all contacts, sorted by time.
    #[must_use]
    pub fn touches_by_time(self) -> String {
        format!("T#{}#TOUCHED", self.tenant)
    }

    #[must_use]
    pub fn company(self, company: &CompanyId) -> Key {
        self.key(RecordKind::Company, company.as_str())
    }

    /// The partition of all companies, sorted by creation.
    #[must_use]
    pub fn companies(self) -> String {
        self.partition(RecordKind::Company)
    }

    /// What a company is called since contacts were written that still say otherwise.
    #[must_use]
    pub fn renamed_company(self, company: &CompanyId) -> Key {
        self.key(RecordKind::RenamedCompany, company.as_str())
    }

    /// The partition of all companies that have been renamed or removed.
    #[must_use]
    pub fn renamed_companies(self) -> String {
        self.partition(RecordKind::RenamedCompany)
    }

    /// What stands among those renamings for all of them together.
    #[must_use]
    pub fn renamings(self) -> Key {
        self.key(RecordKind::RenamedCompany, Self::RENAMINGS)
    }

    /// Which company has this domain: one at most.
    #[must_use]
    pub fn domain_index(self, index: &str) -> Key {
        self.key_below(RecordKind::DomainIndex, index, "COMPANY")
    }

    /// The definitions of the tenant's own fields of contacts.
    #[must_use]
    pub fn custom_fields(self) -> Key {
        self.key(RecordKind::CustomFields, "CONTACT")
    }

    /// An import of contacts from a file: what was asked for, and how far it has come.
    #[must_use]
    pub fn import(self, import: &ImportId) -> Key {
        self.key(RecordKind::Import, import.as_str())
    }

    /// What became of a request that carries an idempotency key.
    #[must_use]
    pub fn replay(self, user: &UserId, route: &str, key_index: &str) -> Key {
        self.key_below(RecordKind::Replay, user.as_str(), format!("{route}#{key_index}"))
    }

    /// How often the user did something in a minute, which is counted from 1970.
    #[must_use]
    pub fn uses(self, user: &UserId, what: &str, minute: i64) -> Key {
        self.key_below(RecordKind::Uses, user.as_str(), format!("{what}#{minute}"))
    }

    /// When a contact was last spoken to; apart from the contact, so that a call never makes an editor's If-Match fail.
    #[must_use]
    pub fn touch(self, contact: &ContactId) -> Key {
        self.key(RecordKind::Touch, contact.as_str())
    }

    /// The partition of all touches, in the order of [`Keys::contacts`].
    #[must_use]
    pub fn touches(self) -> String {
        self.partition(RecordKind::Touch)
    }

    /// Who has this e-mail address; their partition is the key's.
    #[must_use]
    pub fn email_index(self, index: &str, contact: &ContactId) -> Key {
        self.key_below(RecordKind::EmailIndex, index, contact.as_str())
    }

    /// Who has this telephone number; their partition is the key's.
    #[must_use]
    pub fn phone_index(self, index: &str, contact: &ContactId) -> Key {
        self.key_below(RecordKind::PhoneIndex, index, contact.as_str())
    }

    /// The partition of those who have this telephone number.
    #[must_use]
    pub fn phone_holders(self, index: &str) -> String {
        format!("{}#{index}", self.partition(RecordKind::PhoneIndex))
    }

    /// The partition of those who have this e-mail address.
    #[must_use]
    pub fn email_holders(self, index: &str) -> String {
        format!("{}#{index}", self.partition(RecordKind::EmailIndex))
    }

    #[must_use]
    pub fn call(self, call: &CallId) -> Key {
        self.key(RecordKind::Call, call.as_str())
    }

    /// The partition of all calls, sorted by when they took place.
    #[must_use]
    pub fn calls(self) -> String {
        self.partition(RecordKind::Call)
    }

    /// Says that a call is not over yet.
    #[must_use]
    pub fn open_call(self, call: &CallId) -> Key {
        self.key(RecordKind::OpenCall, call.as_str())
    }

    /// The partition of the calls that are not over.
    #[must_use]
    pub fn open_calls(self) -> String {
        self.partition(RecordKind::OpenCall)
    }

    /// Says that a call is this user's.
    #[must_use]
    pub fn call_of_user(self, user: &UserId, call: &CallId) -> Key {
        self.key_below(RecordKind::CallOfUser, user.as_str(), call.as_str())
    }

    /// The partition of a user's calls, sorted as [`Keys::calls`].
    #[must_use]
    pub fn calls_of_user(self, user: &UserId) -> String {
        format!("{}#{user}", self.partition(RecordKind::CallOfUser))
    }

    /// Which call a leg belongs to, by the provider's id.
    #[must_use]
    pub fn call_leg(self, provider_call_id: &str) -> Key {
        self.key(RecordKind::CallLeg, provider_call_id)
    }

    /// That somebody was let at a call's recording.
    #[must_use]
    pub fn recording_access(self, call: &CallId, at: UtcTime, user: &UserId) -> Key {
        self.key_below(RecordKind::RecordingAccess, call.as_str(), format!("AT#{at}#{user}"))
    }

    /// Partition of gsi1: the calls of a contact. IAM does not look at index keys on writes, so they are made here and
    /// nowhere else.
    #[must_use]
    pub fn calls_of_contact(self, contact: &ContactId) -> String {
        format!("T#{}#CONTACTCALLS#{contact}", self.tenant)
    }

    #[must_use]
    pub fn activity(self, contact: &ContactId, occurred_at: UtcTime, activity: &ActivityId) -> Key {
        self.key_below(RecordKind::Timeline, contact.as_str(), format!("{occurred_at}#{activity}"))
    }

    /// The partition of a contact's timeline, sorted by when things happened.
    #[must_use]
    pub fn timeline(self, contact: &ContactId) -> String {
        format!("{}#{contact}", self.partition(RecordKind::Timeline))
    }

    /// A socket ticket by the hash of its secret.
    #[must_use]
    pub fn ticket(self, secret_hash: &str) -> Key {
        self.key(RecordKind::Ticket, secret_hash)
    }

    /// One open socket of a user.
    #[must_use]
    pub fn socket(self, user: &UserId, connection: &str) -> Key {
        self.key_below(RecordKind::Socket, user.as_str(), connection)
    }

    /// Which objects hold the tenant's contacts for the search.
    #[must_use]
    pub fn search_manifest(self) -> Key {
        self.key(RecordKind::Search, "MANIFEST")
    }

    /// The partition of what has changed for the search, sorted by when it was written.
    #[must_use]
    pub fn search_log(self) -> String {
        self.partition(RecordKind::SearchLog)
    }

    /// One change of a contact for the search.
    #[must_use]
    pub fn search_delta(self, written_at: UtcTime, contact: &ContactId, version: i64) -> Key {
        self.key(RecordKind::SearchLog, format!("{written_at}#{contact}#{version:010}"))
    }

    /// The partition of a user's open sockets.
    #[must_use]
    pub fn sockets(self, user: &UserId) -> String {
        format!("{}#{user}", self.partition(RecordKind::Socket))
    }

    /// The name and newest number of a user's event log.
    #[must_use]
    pub fn event_log_head(self, user: &UserId) -> Key {
        self.key_below(RecordKind::Events, user.as_str(), "HEAD")
    }

    /// An entry of a user's event log. The partition's entries sort by their numbers.
    #[must_use]
    pub fn event_log_entry(self, user: &UserId, seq: i64) -> Key {
        self.key_below(RecordKind::Events, user.as_str(), format!("LOG#{seq:016}"))
    }

    /// That an event is in a user's log.
    #[must_use]
    pub fn event_seen(self, user: &UserId, event_id: &str) -> Key {
        self.key_below(RecordKind::Events, user.as_str(), format!("SEEN#{event_id}"))
    }

    /// That a socket wants to hear what happens with a contact.
    #[must_use]
    pub fn watcher(self, contact: &ContactId, connection: &str) -> Key {
        self.key_below(RecordKind::Watch, contact.as_str(), connection)
    }

    /// The partition of the sockets that a contact's events go to.
    #[must_use]
    pub fn watchers(self, contact: &ContactId) -> String {
        format!("{}#{contact}", self.partition(RecordKind::Watch))
    }

    /// The same the other way round, so that a socket's end finds what it wanted.
    #[must_use]
    pub fn watched(self, connection: &str, contact: &ContactId) -> Key {
        self.key_below(RecordKind::Watch, connection, contact.as_str())
    }

    /// The partition of what a socket watches.
    #[must_use]
    pub fn watched_by(self, connection: &str) -> String {
        format!("{}#{connection}", self.partition(RecordKind::Watch))
    }

    #[must_use]
    pub fn note(self, note: &NoteId) -> Key {
        self.key(RecordKind::Note, note.as_str())
    }

    /// Partition of gsi1: the activities of all contacts, sorted by when things happened. As with
    /// [`Keys::calls_of_contact`], made here and nowhere else.
    #[must_use]
    pub fn feed(self) -> String {
        format!("T#{}#FEED", self.tenant)
    }

    #[must_use]
    pub fn task(self, task: &TaskId) -> Key {
        self.key(RecordKind::Task, task.as_str())
    }

    /// Partition of gsi1: what a user has to do, or has done. As with [`Keys::calls_of_contact`], made here and nowhere else.
    #[must_use]
    pub fn tasks_of_assignee(self, user: &UserId, status: TaskStatus) -> String {
        format!("T#{}#TASKS#{user}#{}", self.tenant, status.as_str())
    }

    /// Partition of gsi2: what is to be done about a contact, or has been.
    #[must_use]
    pub fn tasks_of_contact(self, contact: &ContactId, status: TaskStatus) -> String {
        format!("T#{}#CONTACTTASKS#{contact}#{}", self.tenant, status.as_str())
    }

    /// That somebody is to be reminded of a task.
    #[must_use]
    pub fn reminder(self, task: &TaskId) -> Key {
        self.key(RecordKind::Reminder, task.as_str())
    }

    #[must_use]
    pub fn notification(self, user: &UserId, notification: &NotificationId) -> Key {
        self.key_below(RecordKind::Notification, user.as_str(), notification.as_str())
    }

    /// The partition of a user's notifications, sorted by when they came up, behind the row of their preferences.
    #[must_use]
    pub fn notifications(self, user: &UserId) -> String {
        format!("{}#{user}", self.partition(RecordKind::Notification))
    }

    /// Which notifications a user wants, and how.
    #[must_use]
    pub fn notification_preferences(self, user: &UserId) -> Key {
        self.key_below(RecordKind::Notification, user.as_str(), "PREFERENCES")
    }

    /// How far the tenant's queue of events beside the stream has come.
    #[must_use]
    pub fn dispatch_lane(self) -> Key {
        self.key(RecordKind::Lane, "DISPATCH")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenant_whose_name_begins_with_anothers_shares_no_prefix() {
        let (short, long) = (Keys::of("tnt_a").contacts(), Keys::of("tnt_a-b").contacts());
        assert!(!long.starts_with("T#tnt_a#"));
        assert_ne!(short, long);
    }
}
