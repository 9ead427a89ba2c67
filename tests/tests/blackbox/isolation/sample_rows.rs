//! Rows of every kind there is, written past the fences, for tenants that have nothing else.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::types::AttributeValue;

use super::operations::text;
use crate::{
    aws::{Item, key},
    failed::Outcome,
    world::{World, random_hex},
};

const CONTACT: &str = "con_01kar4t5v3c8m2x9p7w6r4n1hz";
const USER: &str = "usr_01kar1b2c3d4e5f6g7h8j9k0mn";
/// Has no part in the call: the dispatcher would find the socket closed and forget it.
const SOCKET_OF: &str = "#usr_01kar1b2c3d4e5f6g7h8j9k0mp";
const CALL: &str = "call_01kar4vg2s9d8f7g6h5j4k3m2n";

/// Kind, what follows it in the partition key, and the sort key. The activity is of a time before the stream's consumers
/// look at activities, so that none of them is bothered with it.
pub const KINDS: [(&str, &str, &str); 36] = [
    ("TENANT", "", "PROFILE"),
    ("KEY", "", "DATA#0001"),
    ("TELEPHONY", "", "ACCOUNT"),
    ("USER", "", USER),
    ("TEAM", "", "team_01kar1b2c3d4e5f6g7h8j9k0mn"),
    ("ROSTER", "", "USERS"),
    ("CONTACT", "", CONTACT),
    ("DELETED", "", CONTACT),
    ("TOUCH", "", CONTACT),
    ("EMAIL", "#blind-index", CONTACT),
    ("PHONE", "#blind-index", CONTACT),
    ("COMPANY", "", "cmp_01kar4t5v3c8m2x9p7w6r4n1hz"),
    ("DOMAIN", "#blind-index", "COMPANY"),
    ("RENAMED", "", "cmp_01kar4t5v3c8m2x9p7w6r4n1hz"),
    ("FIELDS", "", "CONTACT"),
    ("IMPORT", "", "imp_01kar5a1b2c3d4e5f6g7h8j9k0"),
    ("USES", "#usr_01kar1b2c3d4e5f6g7h8j9k0mn", "search#15423840"),
    ("REPLAY", "#usr_01kar1b2c3d4e5f6g7h8j9k0mn", "contacts-create#blind-index"),
    ("CALL", "", CALL),
    ("OPENCALL", "", CALL),
    ("USERCALL", "#usr_01kar1b2c3d4e5f6g7h8j9k0mn", CALL),
    ("CALLLEG", "", "CA00000000000000000000000000000001"),
    (
        "RECORDINGACCESS",
        "#call_01kar4vg2s9d8f7g6h5j4k3m2n",
        "AT#1999-01-01T00:00:00.000Z#usr_01kar1b2c3d4e5f6g7h8j9k0mn",
    ),
    (
        "TIMELINE",
        "#con_01kar4t5v3c8m2x9p7w6r4n1hz",
        "1999-01-01T00:00:00.000Z#act_01kar4vg2s9d8f7g6h5j4k3m2n",
    ),
    ("TICKET", "", "5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8"),
    ("SOCKET", SOCKET_OF, "connection"),
    ("SEARCH", "", "MANIFEST"),
    ("SEARCHLOG", "", "1999-01-01T00:00:00.000Z#con_01kar4t5v3c8m2x9p7w6r4n1hz#0000000001"),
    ("EVENTS", SOCKET_OF, "HEAD"),
    ("WATCH", "#connection", CONTACT),
    ("LANE", "", "DISPATCH"),
    ("NOTE", "", "note_01kar4vg2s9d8f7g6h5j4k3m2n"),
    ("TASK", "", "task_01kar4vg2s9d8f7g6h5j4k3m2n"),
    ("REMINDER", "", "task_01kar4vg2s9d8f7g6h5j4k3m2n"),
    ("NOTIFICATION", SOCKET_OF, "PREFERENCES"),
    (IDENTITY, "", "51190091-17f8-420d-8a2d-44c537af0f01"),
];

/// Who may come in. It stands beside the tenant's data: `IDENTITY#<tenant>`.
pub const IDENTITY: &str = "IDENTITY";

pub struct SampleTenant {
    pub id: String,
    /// By kind.
    pub rows: BTreeMap<&'static str, Item>,
}

impl SampleTenant {
    /// `tnt_x`, `tnt_x-b`, `tnt_y`.
    pub async fn neighbours(world: &World) -> Outcome<[Self; 3]> {
        let id = format!("tnt_rows-{}", random_hex(8));
        Ok([
            Self::write(world, &id).await?,
            Self::write(world, &format!("{id}-b")).await?,
            Self::write(world, &format!("tnt_rows-{}", random_hex(8))).await?,
        ])
    }

    async fn write(world: &World, id: &str) -> Outcome<Self> {
        let rows = KINDS.map(|(kind, rest, sort)| (kind, row(id, kind, rest, sort)));
        for (_, row) in &rows {
            world.put_row(row.clone()).await?;
        }
        Ok(Self { id: id.to_owned(), rows: rows.into() })
    }

    pub fn row(&self, kind: &str) -> &Item {
        &self.rows[kind]
    }

    /// Fails where the tenant has stored anything else than in the beginning.
    pub async fn assert_unchanged(&self, world: &World) -> Outcome {
        let mut stored: Vec<_> = world.rows_of(&self.id).await?.into_values().collect();
        let identity = self.row(IDENTITY);
        stored.extend(world.row(text(identity, "pk"), text(identity, "sk")).await?);
        assert_eq!(stored.len(), self.rows.len(), "the rows of {}", self.id);
        for item in stored {
            assert!(self.rows.values().any(|row| *row == item), "{item:?} of {}", self.id);
        }
        Ok(())
    }
}

/// A kind that is not among these.
pub fn other_than(kinds: &BTreeSet<&str>) -> &'static str {
    KINDS
        .iter()
        .map(|(kind, ..)| *kind)
        .find(|kind| !kinds.contains(kind))
        .expect("no role may do everything")
}

/// Complete enough for the stream's consumers to read the call and the import.
fn row(tenant: &str, kind: &str, rest: &str, sort: &str) -> Item {
    let partition =
        if kind == IDENTITY { format!("IDENTITY#{tenant}") } else { format!("T#{tenant}#{kind}{rest}") };
    let mut item = key(&partition, sort);
    let mut set = |name: &str, value: &str| item.insert(name.to_owned(), AttributeValue::S(value.to_owned()));
    set("secret", tenant);
    if kind == "CALL" {
        for (name, value) in
            [("contact_id", CONTACT), ("user_id", USER), ("owner_id", USER), ("status", "queued")]
        {
            set(name, value);
        }
        set("updated_at", "2026-11-22T09:29:30.115Z");
        set("gsi1pk", &format!("T#{tenant}#CONTACTCALLS#{CONTACT}"));
        set("gsi1sk", sort);
        item.insert("version".to_owned(), AttributeValue::N("1".to_owned()));
    }
    if kind == "IMPORT" {
        for (name, value) in
            [("user_id", USER), ("status", "completed"), ("updated_at", "2026-11-22T09:29:30.115Z")]
        {
            item.insert(name.to_owned(), AttributeValue::S(value.to_owned()));
        }
        for name in ["rows_done", "created", "updated", "skipped", "failed", "version"] {
            item.insert(name.to_owned(), AttributeValue::N("1".to_owned()));
        }
    }
    item
}
