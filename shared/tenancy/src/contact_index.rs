//! Finding a contact by what it is reached at: equal numbers and addresses have equal blind indexes, whoever asks.

use kernel::{ContactId, EmailAddress, Failure, Limit, PhoneNumber};
use table::{Direction, ItemReader, MalformedItem, Range};
use vault::{BlindIndex, SealError, TenantVault};

use crate::scope::TenantScope;

/// The blind index of a number in E.164; the same for every form of it that reaches the same telephone.
pub fn phone_index(vault: &TenantVault, e164: &str) -> Result<String, SealError> {
    vault.blind_index(BlindIndex::PhoneNumber, &PhoneNumber::canonical(e164))
}

/// The blind index of an e-mail address.
pub fn email_index(vault: &TenantVault, address: &EmailAddress) -> Result<String, SealError> {
    vault.blind_index(BlindIndex::EmailAddress, &address.canonical())
}

/// The contacts that have this number, as a provider reports it (`+14155550132`) or as people write it with its country,
/// oldest first, 200 at most. Nothing where the text is no number. Needs `dynamodb:Query` on `PHONE#*`.
pub async fn contacts_with_phone(scope: &TenantScope, number: &str) -> Result<Vec<ContactId>, Failure> {
    let Some(number) = PhoneNumber::parse(number, None) else { return Ok(Vec::new()) };
    let index = phone_index(&*scope.vault().await?, number.e164())?;
    holders(scope, scope.table.keys().phone_holders(&index)).await
}

/// As [`contacts_with_phone`], by e-mail address. Needs `dynamodb:Query` on `EMAIL#*`.
pub async fn contacts_with_email(
    scope: &TenantScope,
    address: &EmailAddress,
) -> Result<Vec<ContactId>, Failure> {
    let index = email_index(&*scope.vault().await?, address)?;
    holders(scope, scope.table.keys().email_holders(&index)).await
}

async fn holders(scope: &TenantScope, partition: String) -> Result<Vec<ContactId>, Failure> {
    let range = Range { partition, direction: Direction::Ascending, limit: Limit::MAXIMUM, after: None };
    let page = scope.table.query(&range).await?;
    let ids = page.items.iter().map(|item| ItemReader::new(item).parsed("sk", ContactId::parse));
    Ok(ids.collect::<Result<_, MalformedItem>>()?)
}
