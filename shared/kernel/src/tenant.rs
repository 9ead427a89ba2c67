//! The tenant: first claimed, then vouched for. Whatever touches rows takes a [`TenantId`]; what has to be read before
//! anything is verified takes a [`ClaimedTenant`] and can read only that.

use std::fmt;

use crate::{ambient::Ambient, id::ordered_suffix};

/// The tenant whose users are the platform's operators. It is reserved: no customer has it, and it has no customer's data.
pub const PLATFORM_TENANT: &str = "tnt_platform";

/// A tenant's name as somebody outside wrote it: in a webhook's path, in a ticket, in a token not yet verified.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ClaimedTenant(String);

/// Why a claimed tenant may be believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Provenance {
    /// It stood in an access token whose signature, issuer, client, use and expiry hold.
    VerifiedToken,
    /// The provider's signature holds under that tenant's own secret.
    VerifiedWebhook,
    /// A single-use ticket of that tenant was found and consumed.
    ConsumedTicket,
    /// It stood in a stream record or queue message, which only our own functions can write.
    OwnRecord,
    /// An operator named it, with an operator's own credentials.
    Operator,
}

impl ClaimedTenant {
    const MAX_LENGTH: usize = 48;

    /// Takes `tnt_` followed by lower-case letters, digits and hyphens. Nothing else: `#` ends the tenant within a key,
    /// and `*`, `?` and `$` have a meaning in policies.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let rest = text.strip_prefix("tnt_")?;
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let fits = !rest.is_empty() && text.len() <= Self::MAX_LENGTH && rest.bytes().all(allowed);
        fits.then(|| Self(text.to_owned()))
    }

    /// A name that no tenant has yet.
    #[must_use]
    pub fn generate(ambient: &dyn Ambient) -> Self {
        Self(format!("tnt_{}", ordered_suffix(ambient)))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The only way to a [`TenantId`]. Banned by `clippy.toml` outside the few places that verify; each says why it may.
    #[must_use]
    pub fn vouch(self, _provenance: Provenance) -> TenantId {
        TenantId(self.0)
    }
}

impl fmt::Display for ClaimedTenant {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// A tenant that has been verified. It cannot be parsed or deserialised, only vouched for.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TenantId(String);

impl TenantId {
    /// Whether its users are the operators.
    #[must_use]
    pub fn is_platform(&self) -> bool {
        self.0 == PLATFORM_TENANT
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TenantId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_break_out_of_a_key_or_a_policy_is_no_tenant() {
        for text in [
            "", "tnt_", "tnt_a#b", "tnt_*", "tnt_a?", "tnt_${x}", "tnt_A", "a", "tnt_a b", "tnt_ä", "tnt_a/b",
        ] {
            assert_eq!(ClaimedTenant::parse(text), None, "{text}");
        }
        assert_eq!(ClaimedTenant::parse(&format!("tnt_{}", "a".repeat(45))), None);
        assert!(ClaimedTenant::parse("tnt_a-b").is_some());
    }
}
