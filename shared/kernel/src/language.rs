//! Languages by BCP 47.

use icu_locale_core::LanguageIdentifier;
use serde::{Deserialize, Serialize};

/// A language with the script and region that go with it, in its canonical spelling: `pt-BR`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LanguageTag(String);

impl LanguageTag {
    /// What `Accept-Language` and browsers write; extensions are not taken, nor is a tag without a language.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let tag = LanguageIdentifier::try_from_str(text).ok().filter(|tag| !tag.language.is_unknown())?;
        Some(Self(tag.to_string()))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_kept_in_one_spelling() {
        assert_eq!(LanguageTag::parse("pt-br").unwrap().as_str(), "pt-BR");
        assert_eq!(LanguageTag::parse("DE").unwrap().as_str(), "de");
        assert_eq!(LanguageTag::parse("zh-hant-tw").unwrap().as_str(), "zh-Hant-TW");
        for text in ["", "und", "english", "en-", "en\n", "e", "de-DE-u-co-phonebk"] {
            assert_eq!(LanguageTag::parse(text), None, "{text}");
        }
    }
}
