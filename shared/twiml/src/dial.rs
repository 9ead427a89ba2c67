//! Connecting to somebody else.

use crate::xml::Writer;

/// Rings everybody in `targets` at once; the first to answer is connected, and the rest stop ringing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Dial {
    pub targets: Vec<Target>,
    /// What they see, E.164; the caller's own number without it.
    pub caller_id: Option<String>,
    /// How long it rings, in seconds.
    pub timeout_seconds: u32,
    /// Is told how it went, and says how to go on.
    pub action: Option<String>,
    /// Whether to record from the answer on, either side on a channel of its own.
    pub record: bool,
    /// Is told when the recording is there.
    pub recording_callback: Option<String>,
    /// Keeps the first leg ringing until the second is answered, instead of answering it at once.
    pub answer_on_bridge: bool,
}

/// Whom to ring.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    pub noun: Noun,
    pub status_callback: Option<StatusCallback>,
    /// Says what the one who answers hears before being connected.
    pub url: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Noun {
    /// E.164.
    Number(String),
    /// A browser, by the identity in its token.
    Client(String),
}

/// Is told of every step of a target's leg.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusCallback(pub String);

impl Target {
    #[must_use]
    pub fn new(noun: Noun) -> Self {
        Self { noun, status_callback: None, url: None }
    }
}

impl Dial {
    pub(crate) fn write(&self, writer: &mut Writer) {
        let attributes = [
            ("action", self.action.clone()),
            ("answerOnBridge", self.answer_on_bridge.then(|| "true".to_owned())),
            ("callerId", self.caller_id.clone()),
            ("record", self.record.then(|| "record-from-answer-dual".to_owned())),
            ("recordingStatusCallback", self.recording_callback.clone()),
            (
                "recordingStatusCallbackEvent",
                self.recording_callback.as_ref().map(|_| "completed absent".to_owned()),
            ),
            ("timeout", Some(self.timeout_seconds.to_string())),
        ];
        writer.element("Dial", &attributes, |writer| {
            for target in &self.targets {
                target.write(writer);
            }
        });
    }
}

impl Target {
    fn write(&self, writer: &mut Writer) {
        let callback = self.status_callback.as_ref();
        let attributes = [
            ("statusCallback", callback.map(|callback| callback.0.clone())),
            ("statusCallbackEvent", callback.map(|_| "initiated ringing answered completed".to_owned())),
            ("url", self.url.clone()),
        ];
        let (name, text) = match &self.noun {
            Noun::Number(number) => ("Number", number),
            Noun::Client(identity) => ("Client", identity),
        };
        writer.element(name, &attributes, |writer| writer.escaped(text));
    }
}
