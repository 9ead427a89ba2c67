//! What a tenant may have beyond the base.

use serde::{Deserialize, Serialize};

/// A part of the product that an operator turns on for a tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Module {
    /// Pipelines and deals.
    CrmPro,
}

impl Module {
    pub const ALL: [Self; 1] = [Self::CrmPro];

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CrmPro => "crm_pro",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.as_str() == text)
    }
}
