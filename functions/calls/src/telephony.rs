//! A tenant's account at the telephony provider.

use kernel::Failure;
use serde::{Deserialize, Serialize};
use table::{Item, ItemBuilder, ItemReader, Keys, Purpose};
use tenancy::{seal_record, unseal_record};
use vault::TenantVault;

/// Subaccount, secrets and numbers; sealed as a whole.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TelephonyAccount {
    pub account_sid: String,
    /// The one in use first; a second one while it is being rotated.
    pub auth_tokens: Vec<String>,
    /// E.164; the first is the default caller id.
    pub numbers: Vec<String>,
}

/// The row of `account`.
pub fn telephony_item(
    keys: Keys<'_>,
    vault: &TenantVault,
    account: &TelephonyAccount,
) -> Result<Item, Failure> {
    let key = keys.telephony();
    let sealed = seal_record(vault, &key, Purpose::TelephonyAccount, account)?;
    Ok(ItemBuilder::new(&key).sealed(Purpose::TelephonyAccount, sealed).build())
}

/// The account in a row that [`telephony_item`] made.
pub(crate) fn read_telephony(vault: &TenantVault, item: &Item) -> Result<TelephonyAccount, Failure> {
    unseal_record(vault, ItemReader::new(item), Purpose::TelephonyAccount)
}
