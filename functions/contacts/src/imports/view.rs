//! An import as the API shows it.

use kernel::UtcTime;
use serde::Serialize;

use super::import::{FileFault, Import, OnDuplicate, Status};

#[derive(Serialize)]
pub struct ImportView {
    id: String,
    status: Status,
    user_id: String,
    size_bytes: i64,
    on_duplicate: Option<OnDuplicate>,
    rows_total: Option<u32>,
    rows_done: u32,
    created: u32,
    updated: u32,
    skipped: u32,
    failed: u32,
    fault: Option<FileFault>,
    upload_url: Option<String>,
    upload_expires_at: Option<UtcTime>,
    report_url: Option<String>,
    report_expires_at: Option<UtcTime>,
    version: i64,
    created_at: UtcTime,
    started_at: Option<UtcTime>,
    updated_at: UtcTime,
    finished_at: Option<UtcTime>,
}

/// An address of the object store, and until when it serves.
pub type Address = (String, UtcTime);

impl ImportView {
    pub fn of(import: Import, upload: Option<Address>, report: Option<Address>) -> Self {
        let (upload_url, upload_expires_at) = upload.unzip();
        let (report_url, report_expires_at) = report.unzip();
        Self {
            id: import.id.to_string(),
            status: import.status,
            user_id: import.user.to_string(),
            size_bytes: import.size,
            on_duplicate: import.order.map(|order| order.on_duplicate),
            rows_total: import.rows_total,
            rows_done: import.counts.all(),
            created: import.counts.created,
            updated: import.counts.updated,
            skipped: import.counts.skipped,
            failed: import.counts.failed,
            fault: import.fault,
            upload_url,
            upload_expires_at,
            report_url,
            report_expires_at,
            version: import.version,
            created_at: import.created_at,
            started_at: import.started_at,
            updated_at: import.updated_at,
            finished_at: import.finished_at,
        }
    }
}
