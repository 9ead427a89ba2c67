//! Fuzzy search over a tenant's contacts, and lists of them by what they have in common, in memory.
//!
//! The contacts are spread over [`Shard`]s by their ids ([`shard_of`]). A shard is built from [`Document`]s, kept as bytes
//! ([`Shard::to_bytes`]) and read back; changes since then come as [`Delta`]s. An [`Index`] holds all shards of a tenant and
//! the changes over them; it answers a [`Query`] and lists ([`Index::list`]). Who may see what is the caller's to say, of each
//! contact's [`Facts`], before the best are chosen.
//!
//! How contacts are ranked: a query is a bag of tokens, so the order of names does not matter. Of each token a contact has the
//! best match, its quality (the word itself, before its beginning, before typos) times its field's weight; rare tokens count up
//! to a third more than common ones; a contact that lacks some of the tokens loses by the square of their share. Stop words add
//! where they are found and are not lacking elsewhere. Groups of digits are one token: a contact has it that has the number in a
//! telephone number, or all of the groups in its words. Whole numbers throughout, so equal contacts tie, and then the last changed
//! comes first.

mod codec;
mod distance;
mod document;
mod entry;
mod fold;
mod highlight;
mod index;
mod listing;
mod numbers;
mod query;
mod score;
mod serial;
mod shard;
mod sharding;
mod vocabulary;
mod words;

#[cfg(test)]
mod tests;

pub use codec::Malformed;
pub use document::{Delta, Document, Facts, Field};
pub use fold::fold_text;
pub use index::{Hit, Index, NoPowerOfTwo};
pub use listing::{Filter, Listed, Order, Selection};
pub use query::{MAX_QUERY, MAX_TOKENS, Query, QueryError};
pub use shard::{MAX_CONTACTS, Shard, TooManyContacts};
pub use sharding::{build_shards, reshard, shard_of, shards_for};
