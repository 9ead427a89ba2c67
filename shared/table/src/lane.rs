//! How far a tenant's lane has come: the queue beside the stream on which what is too much for one batch waits its turn.
//! While something is in it, whatever comes later has to queue behind it, or it would overtake.

use crate::{
    error::TableError,
    item::{ItemReader, MalformedItem},
    tenant_table::TenantTable,
};

/// The numbers of what was last sent into the lane and of what last came out of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Lane {
    pub sent: i64,
    pub done: i64,
}

impl Lane {
    /// Whether something is still in it.
    #[must_use]
    pub fn occupied(self) -> bool {
        self.done < self.sent
    }
}

impl TenantTable {
    pub async fn lane(&self) -> Result<Lane, TableError> {
        let Some(item) = self.get(&self.keys().dispatch_lane()).await? else { return Ok(Lane::default()) };
        let item = ItemReader::new(&item);
        let number = |name| item.optional_text(name).map_or(Ok(0), str::parse);
        let (sent, done) = (item.optional_number("sent").unwrap_or(0), number("done"));
        done.map(|done| Lane { sent, done })
            .map_err(|_| TableError::Other(Box::new(MalformedItem { attribute: "done" })))
    }

    /// Takes `count` numbers for messages about to be sent into the lane; gives the first. Numbers whose message was never sent
    /// leave the lane occupied until a later message has come out, which only means a detour.
    pub async fn enter_lane(&self, count: i64) -> Result<i64, TableError> {
        let sent = self.add(&self.keys().dispatch_lane(), "sent", count, None).await?;
        Ok(sent - count + 1)
    }

    /// Notes that the message with this number has come out. Nothing happens where a later one has.
    pub async fn leave_lane(&self, number: i64) -> Result<(), TableError> {
        // Texts of one width compare as their numbers do.
        self.raise_text(&self.keys().dispatch_lane(), "done", &format!("{number:016}")).await.map(|_| ())
    }
}
