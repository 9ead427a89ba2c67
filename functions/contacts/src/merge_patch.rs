//! What a merge patch (RFC 7396) says about a member of an object.

use serde::{Deserialize, Deserializer};

/// One member of a patch. A struct of these needs `#[serde(default)]`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Member<T> {
    /// It does not stand there: nothing changes.
    #[default]
    Left,
    /// It is null: what there was goes.
    Cleared,
    Given(T),
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Member<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::deserialize(deserializer)?.map_or(Self::Cleared, Self::Given))
    }
}

impl<T> Member<T> {
    /// The next state of a member that was `before`; `parse` sees only what was given.
    pub fn merge<U>(self, before: &mut Option<U>, parse: impl FnOnce(T) -> Option<U>) {
        match self {
            Self::Left => {}
            Self::Cleared => *before = None,
            Self::Given(value) => *before = parse(value),
        }
    }

    /// As [`Member::merge`], for what is empty rather than missing.
    pub fn merge_or_empty<U: Default>(self, before: &mut U, parse: impl FnOnce(T, &U) -> U) {
        match self {
            Self::Left => {}
            Self::Cleared => *before = U::default(),
            Self::Given(value) => *before = parse(value, before),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Default, Deserialize)]
    #[serde(default, deny_unknown_fields)]
    struct Patch {
        name: Member<String>,
    }

    #[test]
    fn a_member_is_left_cleared_or_given() {
        let merged = |body: &str| {
            let patch: Patch = serde_json::from_str(body).unwrap();
            let mut before = Some("before".to_owned());
            patch.name.merge(&mut before, Some);
            before
        };
        assert_eq!(merged("{}").as_deref(), Some("before"));
        assert_eq!(merged(r#"{"name": null}"#), None);
        assert_eq!(merged(r#"{"name": "after"}"#).as_deref(), Some("after"));
        assert!(serde_json::from_str::<Patch>(r#"{"name": 1}"#).is_err());
    }
}
