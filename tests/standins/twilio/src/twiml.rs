//! `TwiML`: the verbs this server carries out, parsed from XML.

use roxmltree::{Document, Node};

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verb {
    /// What is spoken, once per loop.
    Say(String),
    Play,
    Pause(u64),
    Dial(Box<Dial>),
    Record(Box<Record>),
    Gather(Box<Gather>),
    Redirect {
        url: String,
        method: Option<String>,
    },
    Hangup,
    Reject {
        busy: bool,
    },
    /// The answer to an SMS.
    Message(String),
    /// A verb of Twilio's that is not carried out here.
    Unsupported(String),
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Dial {
    /// Each a number, or `client:` and the name, or a SIP address; all are rung at once.
    pub targets: Vec<Target>,
    pub caller_id: Option<String>,
    pub timeout: Option<u64>,
    pub time_limit: Option<u64>,
    pub action: Option<String>,
    pub method: Option<String>,
    pub records: bool,
    pub dual_channel: bool,
    pub recording_callback: Option<String>,
    pub recording_events: Vec<String>,
}

/// Takes down what the other side says, until it hangs up or the time is over.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Record {
    pub action: Option<String>,
    pub method: Option<String>,
    pub max_length: Option<u64>,
    pub recording_callback: Option<String>,
    pub recording_events: Vec<String>,
}

/// Asks for keys.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Gather {
    pub prompt: String,
    pub action: Option<String>,
    pub method: Option<String>,
    pub timeout: Option<u64>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Target {
    pub address: String,
    pub status_callback: Option<String>,
    pub status_callback_method: Option<String>,
    pub status_callback_events: Vec<String>,
    /// What whoever answers hears before being connected.
    pub url: Option<String>,
}

/// Parses a `<Response>`. The error is the text Twilio's debugger would show (12100, 12102).
pub fn parse(xml: &str) -> Result<Vec<Verb>, String> {
    let document = Document::parse(xml.trim()).map_err(|error| format!("12100: {error}"))?;
    let root = document.root_element();
    if root.tag_name().name() != "Response" {
        return Err(format!("12102: the root element is {}, not Response", root.tag_name().name()));
    }
    Ok(root.children().filter(Node::is_element).map(|node| verb(&node)).collect())
}

fn verb(node: &Node) -> Verb {
    let attribute = |name: &str| node.attribute(name).map(str::to_owned);
    match node.tag_name().name() {
        "Say" => Verb::Say(text(node)),
        "Play" => Verb::Play,
        "Pause" => Verb::Pause(number(node, "length").unwrap_or(1)),
        "Dial" => Verb::Dial(Box::new(dial(node))),
        "Record" => Verb::Record(Box::new(record(node))),
        "Gather" => Verb::Gather(Box::new(gather(node))),
        "Redirect" => Verb::Redirect { url: text(node), method: attribute("method") },
        "Hangup" => Verb::Hangup,
        "Reject" => Verb::Reject { busy: node.attribute("reason") == Some("busy") },
        "Message" | "Sms" => Verb::Message(message(node)),
        other => Verb::Unsupported(other.to_owned()),
    }
}

fn dial(node: &Node) -> Dial {
    let attribute = |name: &str| node.attribute(name).filter(|value| !value.is_empty()).map(str::to_owned);
    let mut targets: Vec<_> =
        node.children().filter(Node::is_element).filter_map(|noun| target(&noun)).collect();
    let bare = text(node);
    if !bare.is_empty() {
        targets.insert(0, Target { address: bare, ..Target::default() });
    }
    let record = node.attribute("record").unwrap_or("do-not-record");
    Dial {
        targets,
        caller_id: attribute("callerId"),
        timeout: number(node, "timeout"),
        time_limit: number(node, "timeLimit"),
        action: attribute("action"),
        method: attribute("method"),
        records: !matches!(record, "do-not-record" | "false"),
        dual_channel: record.ends_with("-dual"),
        recording_callback: attribute("recordingStatusCallback"),
        recording_events: words(node, "recordingStatusCallbackEvent"),
    }
}

fn record(node: &Node) -> Record {
    let attribute = |name: &str| node.attribute(name).filter(|value| !value.is_empty()).map(str::to_owned);
    Record {
        action: attribute("action"),
        method: attribute("method"),
        max_length: number(node, "maxLength"),
        recording_callback: attribute("recordingStatusCallback"),
        recording_events: words(node, "recordingStatusCallbackEvent"),
    }
}

fn gather(node: &Node) -> Gather {
    let attribute = |name: &str| node.attribute(name).filter(|value| !value.is_empty()).map(str::to_owned);
    let spoken = node.children().filter(|child| child.tag_name().name() == "Say");
    Gather {
        prompt: spoken.map(|say| text(&say)).collect::<Vec<_>>().join(" "),
        action: attribute("action"),
        method: attribute("method"),
        timeout: number(node, "timeout"),
    }
}

fn target(noun: &Node) -> Option<Target> {
    let address = match noun.tag_name().name() {
        "Number" | "Sip" => text(noun),
        "Client" => format!("client:{}", text(noun)),
        _ => return None,
    };
    Some(Target {
        address,
        status_callback: noun.attribute("statusCallback").map(str::to_owned),
        status_callback_method: noun.attribute("statusCallbackMethod").map(str::to_owned),
        status_callback_events: words(noun, "statusCallbackEvent"),
        url: noun.attribute("url").filter(|url| !url.is_empty()).map(str::to_owned),
    })
}

fn message(node: &Node) -> String {
    let body = node.children().find(|child| child.tag_name().name() == "Body");
    body.map_or_else(|| text(node), |body| text(&body))
}

/// The element's own text, without that of elements inside it.
fn text(node: &Node) -> String {
    let parts: String = node.children().filter(Node::is_text).filter_map(|child| child.text()).collect();
    parts.trim().to_owned()
}

fn words(node: &Node, name: &str) -> Vec<String> {
    node.attribute(name).unwrap_or_default().split_whitespace().map(str::to_owned).collect()
}

fn number(node: &Node, name: &str) -> Option<u64> {
    node.attribute(name)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_bridge_is_read_with_its_attributes() {
        let verbs = parse(
            r#"<?xml version="1.0" encoding="UTF-8"?>
            <!-- a comment -->
            <Response><Say language="en-GB">Connecting &amp; ringing</Say>
              <Dial callerId="+14155550100" timeout="20" action="/done" record="record-from-answer-dual">
                <Number statusCallback="https://example.com/s?x=1&amp;y=2"
                        statusCallbackEvent="ringing answered">+14155550123</Number>
              </Dial><Hangup/></Response>"#,
        )
        .expect("good TwiML");
        let [Verb::Say(words), Verb::Dial(dial), Verb::Hangup] = verbs.as_slice() else {
            panic!("{verbs:?}")
        };
        assert_eq!(words, "Connecting & ringing");
        assert_eq!(dial.timeout, Some(20));
        assert!(dial.records && dial.dual_channel);
        let target = dial.targets.first().expect("a target");
        assert_eq!(target.address, "+14155550123");
        assert_eq!(target.status_callback.as_deref(), Some("https://example.com/s?x=1&y=2"));
        assert_eq!(target.status_callback_events, ["ringing", "answered"]);
    }

    #[test]
    fn a_bare_number_and_a_client_can_be_dialed() {
        let address = |xml: &str| match parse(xml).expect("good TwiML").remove(0) {
            Verb::Dial(dial) => dial.targets.first().expect("a target").address.clone(),
            other => panic!("{other:?}"),
        };
        assert_eq!(address("<Response><Dial> +14155550123 </Dial></Response>"), "+14155550123");
        assert_eq!(address("<Response><Dial><Client>rep</Client></Dial></Response>"), "client:rep");
    }

    #[test]
    fn what_is_not_twiml_is_refused_and_what_is_not_done_is_named() {
        assert!(parse("").is_err());
        assert!(parse("<Response><Say></Response>").expect_err("broken").starts_with("12100"));
        assert!(parse("<html/>").expect_err("no Response").starts_with("12102"));
        assert!(parse("<!DOCTYPE r [<!ENTITY a \"b\">]><Response>&a;</Response>").is_err());
        let verbs = parse("<Response><Enqueue/></Response>").expect("good TwiML");
        assert_eq!(verbs, [Verb::Unsupported("Enqueue".to_owned())]);
    }

    #[test]
    fn verbs_that_listen_are_read_with_what_they_ask_for() {
        let verbs = parse(
            r#"<Response><Gather action="/on" timeout="5"><Say>Press 1.</Say></Gather>
              <Record action="/after" maxLength="120" recordingStatusCallback="/voicemail"
                recordingStatusCallbackEvent="completed absent"/>
              <Dial><Number url="/whisper">+14155550123</Number></Dial></Response>"#,
        )
        .expect("good TwiML");
        let [Verb::Gather(gather), Verb::Record(record), Verb::Dial(dial)] = verbs.as_slice() else {
            panic!("{verbs:?}")
        };
        assert_eq!((gather.prompt.as_str(), gather.timeout), ("Press 1.", Some(5)));
        assert_eq!((record.max_length, record.recording_events.len()), (Some(120), 2));
        assert_eq!(dial.targets[0].url.as_deref(), Some("/whisper"));
    }

    proptest! {
        #[test]
        fn no_input_panics(xml in ".{0,200}") {
            let _ = parse(&xml);
            let _ = parse(&format!("<Response><Dial timeout=\"{}\">x</Dial></Response>", xml.replace(['<', '"', '&'], "")));
        }
    }
}
