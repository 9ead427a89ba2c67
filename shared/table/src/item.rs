//! Items, built and read by typed attributes.

use std::collections::HashMap;

use aws_sdk_dynamodb::{primitives::Blob, types::AttributeValue};
use kernel::{Failure, UtcTime};

use crate::{key::Key, purpose::Purpose};

pub type Item = HashMap<String, AttributeValue>;

/// A stored item lacks an attribute or has it in another type: never the caller's fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the stored item has no usable attribute {attribute}")]
pub struct MalformedItem {
    pub attribute: &'static str,
}

impl From<MalformedItem> for Failure {
    fn from(error: MalformedItem) -> Self {
        Self::internal(error)
    }
}

/// Builds an item around its key.
#[derive(Debug, Clone)]
pub struct ItemBuilder {
    item: Item,
}

impl ItemBuilder {
    #[must_use]
    pub fn new(key: &Key) -> Self {
        Self { item: HashMap::new() }.text("pk", &key.partition).text("sk", &key.sort)
    }

    fn with(mut self, name: &str, value: AttributeValue) -> Self {
        self.item.insert(name.to_owned(), value);
        self
    }

    #[must_use]
    pub fn text(self, name: &str, value: impl Into<String>) -> Self {
        self.with(name, AttributeValue::S(value.into()))
    }

    /// Leaves the attribute out where there is no value.
    #[must_use]
    pub fn optional_text(self, name: &str, value: Option<impl Into<String>>) -> Self {
        match value {
            Some(value) => self.text(name, value),
            None => self,
        }
    }

    #[must_use]
    pub fn number(self, name: &str, value: impl Into<i64>) -> Self {
        self.with(name, AttributeValue::N(value.into().to_string()))
    }

    #[must_use]
    pub fn optional_number(self, name: &str, value: Option<impl Into<i64>>) -> Self {
        match value {
            Some(value) => self.number(name, value),
            None => self,
        }
    }

    #[must_use]
    pub fn time(self, name: &str, value: UtcTime) -> Self {
        self.text(name, value.to_string())
    }

    #[must_use]
    pub fn optional_time(self, name: &str, value: Option<UtcTime>) -> Self {
        self.optional_text(name, value.map(|time| time.to_string()))
    }

    /// When the table may forget the item; seconds, removed within days of it (DynamoDB TTL), so readers check it too.
    #[must_use]
    pub fn expires_at(self, value: UtcTime) -> Self {
        self.number("expires_at", value.as_second())
    }

    /// The key of gsi1. `partition` comes from [`crate::Keys`].
    #[must_use]
    pub fn first_index(self, partition: String, sort: &str) -> Self {
        self.text("gsi1pk", partition).text("gsi1sk", sort)
    }

    /// The key of gsi2. `partition` comes from [`crate::Keys`].
    #[must_use]
    pub fn second_index(self, partition: String, sort: &str) -> Self {
        self.text("gsi2pk", partition).text("gsi2sk", sort)
    }

    #[must_use]
    pub fn sealed(self, purpose: Purpose, blob: Vec<u8>) -> Self {
        self.with(purpose.as_str(), AttributeValue::B(Blob::new(blob)))
    }

    #[must_use]
    pub fn bytes(self, name: &str, bytes: Vec<u8>) -> Self {
        self.with(name, AttributeValue::B(Blob::new(bytes)))
    }

    #[must_use]
    pub fn build(self) -> Item {
        self.item
    }
}

/// Reads an item by typed attributes.
#[derive(Debug, Clone, Copy)]
pub struct ItemReader<'a> {
    item: &'a Item,
}

impl<'a> ItemReader<'a> {
    #[must_use]
    pub fn new(item: &'a Item) -> Self {
        Self { item }
    }

    pub fn partition(self) -> Result<&'a str, MalformedItem> {
        self.text("pk")
    }

    pub fn sort(self) -> Result<&'a str, MalformedItem> {
        self.text("sk")
    }

    pub fn text(self, attribute: &'static str) -> Result<&'a str, MalformedItem> {
        self.optional_text(attribute).ok_or(MalformedItem { attribute })
    }

    #[must_use]
    pub fn optional_text(self, attribute: &'static str) -> Option<&'a str> {
        self.item.get(attribute)?.as_s().ok().map(String::as_str)
    }

    /// A text that has to parse, e.g. an id or a status.
    pub fn parsed<T>(
        self,
        attribute: &'static str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<T, MalformedItem> {
        self.optional_text(attribute).and_then(parse).ok_or(MalformedItem { attribute })
    }

    /// As [`ItemReader::parsed`], where the attribute may be missing but not be wrong.
    pub fn optional_parsed<T>(
        self,
        attribute: &'static str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, MalformedItem> {
        self.optional_text(attribute).map(|text| parse(text).ok_or(MalformedItem { attribute })).transpose()
    }

    pub fn number(self, attribute: &'static str) -> Result<i64, MalformedItem> {
        self.optional_number(attribute).ok_or(MalformedItem { attribute })
    }

    #[must_use]
    pub fn optional_number(self, attribute: &'static str) -> Option<i64> {
        self.item.get(attribute)?.as_n().ok()?.parse().ok()
    }

    pub fn time(self, attribute: &'static str) -> Result<UtcTime, MalformedItem> {
        self.parsed(attribute, UtcTime::parse)
    }

    pub fn optional_time(self, attribute: &'static str) -> Result<Option<UtcTime>, MalformedItem> {
        self.optional_parsed(attribute, UtcTime::parse)
    }

    pub fn sealed(self, purpose: Purpose) -> Result<&'a [u8], MalformedItem> {
        self.bytes(purpose.as_str())
    }

    pub fn bytes(self, attribute: &'static str) -> Result<&'a [u8], MalformedItem> {
        let value = self.item.get(attribute).and_then(|value| value.as_b().ok());
        value.map(Blob::as_ref).ok_or(MalformedItem { attribute })
    }
}
