//! What came in and what went out, for `GET /_control/log`.

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::sync::watch;

/// Older entries are forgotten, so that a long benchmark does not fill the memory.
const KEPT_ENTRIES: usize = 20_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryKind {
    /// A request to the REST API.
    Request,
    /// A status callback; one entry per attempt.
    Callback,
    /// A webhook whose answer is instructions (`TwiML`); one entry per attempt.
    Webhook,
    /// Something Twilio would put into its debugger.
    Note,
}

#[derive(Debug, Clone, Serialize)]
pub struct Entry {
    pub seq: u64,
    pub at: Timestamp,
    pub kind: EntryKind,
    pub account_sid: String,
    /// The call, message or recording it is about.
    pub resource_sid: Option<String>,
    pub method: String,
    pub url: String,
    pub params: Value,
    /// The HTTP status of the answer.
    pub status: Option<u16>,
    pub error: Option<String>,
    pub attempt: u32,
    pub duration_ms: u64,
    pub signature: Option<String>,
}

impl Entry {
    pub fn new(kind: EntryKind, at: Timestamp, account_sid: &str) -> Self {
        Self {
            seq: 0,
            at,
            kind,
            account_sid: account_sid.to_owned(),
            resource_sid: None,
            method: String::new(),
            url: String::new(),
            params: Value::Null,
            status: None,
            error: None,
            attempt: 1,
            duration_ms: 0,
            signature: None,
        }
    }
}

/// What the reader of the log wants to see.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    pub account_sid: Option<String>,
    pub resource_sid: Option<String>,
    pub kind: Option<EntryKind>,
    /// Entries with a greater `seq` only.
    #[serde(default)]
    pub after: u64,
    /// Wait up to this long for the first match.
    #[serde(default)]
    pub wait_ms: u64,
}

impl Filter {
    fn wants(&self, entry: &Entry) -> bool {
        entry.seq > self.after
            && self.account_sid.as_ref().is_none_or(|sid| *sid == entry.account_sid)
            && self.resource_sid.as_ref().is_none_or(|sid| Some(sid) == entry.resource_sid.as_ref())
            && self.kind.is_none_or(|kind| kind == entry.kind)
    }
}

pub struct Journal {
    entries: Mutex<VecDeque<Entry>>,
    last: watch::Sender<u64>,
}

impl Default for Journal {
    fn default() -> Self {
        Self { entries: Mutex::default(), last: watch::channel(0).0 }
    }
}

impl Journal {
    pub fn add(&self, mut entry: Entry) {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        let seq = *self.last.borrow() + 1;
        entry.seq = seq;
        if entries.len() == KEPT_ENTRIES {
            entries.pop_front();
        }
        entries.push_back(entry);
        // Told under the lock, or two writers could count backwards.
        self.last.send_replace(seq);
    }

    pub fn note(&self, at: Timestamp, account_sid: &str, resource_sid: &str, text: String) {
        let mut entry = Entry::new(EntryKind::Note, at, account_sid);
        entry.resource_sid = Some(resource_sid.to_owned());
        entry.error = Some(text);
        self.add(entry);
    }

    pub fn read(&self, filter: &Filter) -> Vec<Entry> {
        let entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        entries.iter().filter(|entry| filter.wants(entry)).cloned().collect()
    }

    pub fn forget(&self) {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Resolves at the next entry after the moment of the call.
    pub fn watch(&self) -> watch::Receiver<u64> {
        self.last.subscribe()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_by_account_kind_and_position() {
        let journal = Journal::default();
        for (kind, account) in
            [(EntryKind::Request, "AC1"), (EntryKind::Note, "AC1"), (EntryKind::Note, "AC2")]
        {
            journal.add(Entry::new(kind, Timestamp::UNIX_EPOCH, account));
        }
        let seqs = |filter: Filter| journal.read(&filter).iter().map(|entry| entry.seq).collect::<Vec<_>>();
        assert_eq!(seqs(Filter { account_sid: Some("AC1".to_owned()), ..Filter::default() }), [1, 2]);
        assert_eq!(seqs(Filter { kind: Some(EntryKind::Note), ..Filter::default() }), [2, 3]);
        assert_eq!(seqs(Filter { after: 2, ..Filter::default() }), [3]);
    }
}
