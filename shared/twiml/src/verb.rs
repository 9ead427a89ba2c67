//! The verbs.

use crate::{dial::Dial, xml::Writer};

/// One instruction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verb {
    Say(Say),
    /// Plays the sound behind a URL.
    Play(String),
    /// Waits, in seconds.
    Pause(u32),
    Dial(Box<Dial>),
    Record(Box<Record>),
    Gather(Box<Gather>),
    /// Goes on with the document behind a URL.
    Redirect(String),
    Hangup,
    /// Declines a call that has not been answered, as busy or as not in service.
    Reject {
        busy: bool,
    },
}

/// Speaks a text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Say {
    pub text: String,
    /// BCP 47.
    pub language: Option<String>,
}

/// Takes down what the other side says until it hangs up, presses a key or falls silent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Record {
    /// Where to go on.
    pub action: String,
    pub max_length_seconds: u32,
    /// Seconds of silence that end it.
    pub silence_seconds: u32,
    pub recording_callback: Option<String>,
}

/// Asks for keys; where none come the verb behind it is next.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Gather {
    pub prompt: Say,
    pub digits: u8,
    pub timeout_seconds: u32,
    /// Is told the keys.
    pub action: String,
}

impl Say {
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), language: None }
    }

    fn write(&self, writer: &mut Writer) {
        writer.element("Say", &[("language", self.language.clone())], |writer| writer.escaped(&self.text));
    }
}

impl Verb {
    pub(crate) fn write(&self, writer: &mut Writer) {
        match self {
            Self::Say(say) => say.write(writer),
            Self::Play(url) => writer.element("Play", &[], |writer| writer.escaped(url)),
            Self::Pause(seconds) => {
                writer.element("Pause", &[("length", Some(seconds.to_string()))], |_| ());
            }
            Self::Dial(dial) => dial.write(writer),
            Self::Record(record) => record.write(writer),
            Self::Gather(gather) => gather.write(writer),
            Self::Redirect(url) => writer.element("Redirect", &[], |writer| writer.escaped(url)),
            Self::Hangup => writer.element("Hangup", &[], |_| ()),
            Self::Reject { busy } => {
                let reason = if *busy { "busy" } else { "rejected" };
                writer.element("Reject", &[("reason", Some(reason.to_owned()))], |_| ());
            }
        }
    }
}

impl Record {
    fn write(&self, writer: &mut Writer) {
        let attributes = [
            ("action", Some(self.action.clone())),
            ("maxLength", Some(self.max_length_seconds.to_string())),
            ("playBeep", Some("true".to_owned())),
            ("recordingStatusCallback", self.recording_callback.clone()),
            (
                "recordingStatusCallbackEvent",
                self.recording_callback.as_ref().map(|_| "completed absent".to_owned()),
            ),
            ("timeout", Some(self.silence_seconds.to_string())),
        ];
        writer.element("Record", &attributes, |_| ());
    }
}

impl Gather {
    fn write(&self, writer: &mut Writer) {
        let attributes = [
            ("action", Some(self.action.clone())),
            ("input", Some("dtmf".to_owned())),
            ("numDigits", Some(self.digits.to_string())),
            ("timeout", Some(self.timeout_seconds.to_string())),
        ];
        writer.element("Gather", &attributes, |writer| self.prompt.write(writer));
    }
}

impl From<Say> for Verb {
    fn from(say: Say) -> Self {
        Self::Say(say)
    }
}

impl From<Dial> for Verb {
    fn from(dial: Dial) -> Self {
        Self::Dial(Box::new(dial))
    }
}

impl From<Record> for Verb {
    fn from(record: Record) -> Self {
        Self::Record(Box::new(record))
    }
}

impl From<Gather> for Verb {
    fn from(gather: Gather) -> Self {
        Self::Gather(Box::new(gather))
    }
}
