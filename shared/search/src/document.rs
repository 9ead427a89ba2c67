//! What the search knows of a contact, and how it hears of changes.

use std::fmt;

use kernel::{ContactId, TeamId, UserId, UtcTime, access::Visibility};
use serde::{Deserialize, Serialize};

/// A contact as it is searched and listed. Holds personal data: whoever stores one seals it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    pub id: ContactId,
    /// The contact's version; of two documents of one contact the higher one counts.
    pub version: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub emails: Vec<String>,
    /// In E.164; what is no digit is ignored.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub phones: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    pub owner: UserId,
    /// The teams that see it where its visibility is `team`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub team_ids: Vec<TeamId>,
    pub visibility: Visibility,
    /// The company's id, as the contact's row has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company_id: Option<String>,
    pub created_at: UtcTime,
    pub updated_at: UtcTime,
}

/// Says which contact it is of, and nothing about them.
impl fmt::Debug for Document {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Document({} version {})", self.id, self.version)
    }
}

/// One change of one contact. Deltas may arrive in any order and any number of times.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Delta {
    Written(Box<Document>),
    Removed { id: ContactId, version: u64 },
}

impl Delta {
    #[must_use]
    pub fn id(&self) -> &ContactId {
        match self {
            Self::Written(document) => &document.id,
            Self::Removed { id, .. } => id,
        }
    }

    #[must_use]
    pub fn version(&self) -> u64 {
        match self {
            Self::Written(document) => document.version,
            Self::Removed { version, .. } => *version,
        }
    }

    /// Orders the changes of one contact: by version, and a removal behind a document of the same version.
    #[must_use]
    pub fn rank(&self) -> (u64, bool) {
        (self.version(), matches!(self, Self::Removed { .. }))
    }
}

/// Whose a found contact is: what decides who may see it.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    pub owner: &'a UserId,
    pub team_ids: &'a [TeamId],
    pub visibility: Visibility,
}

/// A field that words are found in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    FirstName,
    LastName,
    Company,
    Title,
    Email,
    Tag,
}

impl Field {
    pub const ALL: [Self; 6] =
        [Self::FirstName, Self::LastName, Self::Company, Self::Title, Self::Email, Self::Tag];

    pub(crate) fn bit(self) -> u8 {
        1 << self as u8
    }

    /// What a match in this field counts, of 100.
    #[must_use]
    pub fn weight(self) -> u32 {
        match self {
            Self::FirstName | Self::LastName => 100,
            Self::Email => 85,
            Self::Company => 80,
            Self::Tag => 70,
            Self::Title => 60,
        }
    }
}
