//! TwiML: what Twilio is told to do with a call. Only what is said here can be said, and nothing that is said can break out
//! of its place in the XML. A test holds the output to that of Twilio's own library.
//!
//! Verbs for later features (Conference for coaching, Stream for transcription, Enqueue for transfer) become variants of
//! [`Verb`] with a writer beside the others.

mod dial;
mod verb;
mod xml;

pub use dial::{Dial, Noun, StatusCallback, Target};
pub use verb::{Gather, Record, Say, Verb};

use crate::xml::Writer;

/// One answer: verbs, carried out one after the other; behind the last one the provider hangs up.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Response {
    verbs: Vec<Verb>,
}

impl Response {
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a verb behind the others.
    #[must_use]
    pub fn then(mut self, verb: impl Into<Verb>) -> Self {
        self.verbs.push(verb.into());
        self
    }

    /// The document, UTF-8.
    #[must_use]
    pub fn to_xml(&self) -> String {
        let mut writer = Writer::document();
        writer.element("Response", &[], |writer| {
            for verb in &self.verbs {
                verb.write(writer);
            }
        });
        writer.finish()
    }
}
