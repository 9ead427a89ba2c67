//! An import: what was asked for, and how far it has come.

use std::borrow::Cow;

use kernel::{ContactId, ImportId, ReservedSuffix, UserId, UtcTime};
use serde::{Deserialize, Serialize};

use super::{plan::Plan, reader::Layout};

/// The largest file, in bytes.
pub const MOST_BYTES: i64 = 100 * 1024 * 1024;
/// Without the header.
pub const MOST_ROWS: u32 = 100_000;
/// How long the report lies in the bucket; its rule takes it away then.
const REPORT_SECONDS: i64 = 7 * 24 * 3600;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// There may be a file or not; nobody has asked for it to be read.
    AwaitingUpload,
    /// The file is looked through; nothing has been written.
    Checking,
    Running,
    /// Every row has been gone through.
    Completed,
    /// The file as a whole could not be used, or no longer; what has been written stays.
    Failed,
}

impl Status {
    const ALL: [(Self, &'static str); 5] = [
        (Self::AwaitingUpload, "awaiting_upload"),
        (Self::Checking, "checking"),
        (Self::Running, "running"),
        (Self::Completed, "completed"),
        (Self::Failed, "failed"),
    ];

    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(status, _)| *status == self).map_or("", |(_, word)| word)
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(_, word)| *word == text).map(|(status, _)| status)
    }
}

/// What becomes of a row whose e-mail address or telephone number a contact has that its importer may see.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnDuplicate {
    #[default]
    Skip,
    /// What the row says is put into that contact; what the row leaves empty stays.
    Update,
    /// A further contact is made all the same.
    Create,
}

/// What was asked for, and of which file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    pub on_duplicate: OnDuplicate,
    pub plan: Plan,
    pub layout: Layout,
}

/// What is wrong with a file as a whole. Repeats nothing that stands in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileFault {
    pub code: Cow<'static, str>,
    pub message: Cow<'static, str>,
    /// Counted from the header, which is row 1.
    pub row: Option<u32>,
    pub byte_offset: Option<u64>,
}

impl FileFault {
    pub fn new(code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self { code: code.into(), message: message.into(), row: None, byte_offset: None }
    }

    pub fn at_row(self, row: u32) -> Self {
        Self { row: Some(row), ..self }
    }

    pub fn at_byte(self, offset: u64) -> Self {
        Self { byte_offset: Some(offset), ..self }
    }
}

/// What has become of rows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    pub created: u32,
    pub updated: u32,
    /// Duplicates, where they are skipped, and rows without a value.
    pub skipped: u32,
    pub failed: u32,
}

impl Counts {
    pub fn all(self) -> u32 {
        self.created + self.updated + self.skipped + self.failed
    }

    pub fn plus(self, other: Self) -> Self {
        Self {
            created: self.created + other.created,
            updated: self.updated + other.updated,
            skipped: self.skipped + other.skipped,
            failed: self.failed + other.failed,
        }
    }
}

/// Behind a row of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// In bytes.
    pub offset: u64,
    /// The last row before it; the header is row 1.
    pub row: u32,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    pub id: ImportId,
    /// Who imports, and owns what names no other owner.
    pub user: UserId,
    pub status: Status,
    /// Of the file, in bytes, as announced.
    pub size: i64,
    /// Absent until it has been started.
    pub order: Option<Order>,
    pub position: Position,
    pub rows_total: Option<u32>,
    pub counts: Counts,
    /// So many parts of the report are written.
    pub report_parts: u32,
    pub fault: Option<FileFault>,
    /// Counts up from 1 with every change.
    pub version: i64,
    pub created_at: UtcTime,
    pub started_at: Option<UtcTime>,
    pub updated_at: UtcTime,
    pub finished_at: Option<UtcTime>,
}

impl Import {
    pub fn announced(id: ImportId, user: UserId, size: i64, now: UtcTime) -> Self {
        Self {
            id,
            user,
            status: Status::AwaitingUpload,
            size,
            order: None,
            position: Position { offset: 0, row: 0 },
            rows_total: None,
            counts: Counts::default(),
            report_parts: 0,
            fault: None,
            version: 1,
            created_at: now,
            started_at: None,
            updated_at: now,
            finished_at: None,
        }
    }

    /// The same import, as another version of itself.
    #[must_use]
    pub fn next_version(mut self, now: UtcTime) -> Self {
        self.version += 1;
        self.updated_at = now;
        self
    }

    /// As it is with its file found unusable.
    #[must_use]
    pub fn failed(mut self, fault: FileFault, now: UtcTime) -> Self {
        self.status = Status::Failed;
        self.fault = Some(fault);
        self.finished_at = Some(now);
        self
    }

    /// The contact that a row becomes: the same whenever the row is read, and in the order of the rows.
    pub fn contact_of(&self, row: u32) -> Option<ContactId> {
        let suffix = ReservedSuffix::of_part(self.id.suffix(), self.started_at?, row)?;
        Some(ContactId::with_suffix(&suffix))
    }

    pub fn upload(&self) -> String {
        format!("imports/{}/upload", self.id)
    }

    pub fn report(&self) -> String {
        format!("imports/{}/report.csv", self.id)
    }

    pub fn report_part(&self, number: u32) -> String {
        format!("imports/{}/parts/{number:06}", self.id)
    }

    /// Until when there is a report to be had; none where no row failed and none was a duplicate that was left out.
    pub fn report_until(&self, now: UtcTime) -> Option<UtcTime> {
        let written = self.finished_at.filter(|_| self.report_parts > 0)?;
        Some(written.plus_seconds(REPORT_SECONDS)).filter(|until| now < *until)
    }
}
