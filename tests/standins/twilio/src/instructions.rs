//! Fetches `TwiML` and carries it out.

use std::sync::Arc;

use tokio::time::Duration;
use url::Url;

use crate::{
    app::App,
    bridge,
    call_status::CallStatus,
    journal::EntryKind,
    listening,
    twiml::{self, Verb},
    webhook::{self, Method, Webhook},
};

/// A document may lead to another one, but not for ever.
const MOST_DOCUMENTS: usize = 50;

#[derive(Debug, Clone)]
pub enum Instructions {
    Inline(String),
    Fetch(Fetch),
    Loaded(Document),
}

#[derive(Debug, Clone)]
pub struct Fetch {
    pub url: String,
    pub method: Method,
    pub fallback_url: Option<String>,
    /// What this request says beyond the call itself, such as how a `<Dial>` went.
    pub extra: Vec<(String, String)>,
}

impl Fetch {
    /// By POST, with nothing beyond what every request says.
    pub fn of(url: String) -> Self {
        Self { url, method: Method::Post, fallback_url: None, extra: Vec::new() }
    }
}

#[derive(Debug, Clone)]
pub struct Document {
    verbs: Vec<Verb>,
    /// Relative URLs inside the document are relative to this.
    base: Option<Url>,
}

impl Document {
    /// The state in which an inbound call ends when its first instruction is to decline it.
    pub fn rejection(&self) -> Option<CallStatus> {
        match self.verbs.first()? {
            Verb::Reject { busy: true } => Some(CallStatus::Busy),
            Verb::Reject { busy: false } => Some(CallStatus::NoAnswer),
            _ => None,
        }
    }

    /// An absolute form of a URL that stands in the document.
    pub fn resolve(&self, url: &str) -> String {
        self.base.as_ref().and_then(|base| base.join(url).ok()).map_or_else(|| url.to_owned(), Into::into)
    }
}

/// Carries the instructions out; returns when they are over, after which Twilio hangs up.
pub async fn follow(app: &Arc<App>, call_sid: &str, start: Instructions) {
    let mut next = Some(start);
    for _ in 0..MOST_DOCUMENTS {
        let Some(instructions) = next.take() else { return };
        let Some(document) = load(app, call_sid, instructions).await else { return };
        next = execute(app, call_sid, &document).await;
    }
}

/// The document behind the instructions. None when there is none to be had: the journal says why.
pub async fn load(app: &App, call_sid: &str, instructions: Instructions) -> Option<Document> {
    let (xml, base) = match instructions {
        Instructions::Loaded(document) => return Some(document),
        Instructions::Inline(xml) => (xml, None),
        Instructions::Fetch(fetch) => fetched(app, call_sid, fetch).await?,
    };
    match twiml::parse(&xml) {
        Ok(verbs) => Some(Document { verbs, base }),
        Err(reason) => {
            note(app, call_sid, reason);
            None
        }
    }
}

async fn fetched(app: &App, call_sid: &str, fetch: Fetch) -> Option<(String, Option<Url>)> {
    for url in [Some(fetch.url), fetch.fallback_url].into_iter().flatten() {
        let mut webhook = {
            let state = app.state();
            let call = state.calls.get(call_sid)?;
            Webhook {
                kind: EntryKind::Webhook,
                account_sid: call.account_sid.clone(),
                resource_sid: call_sid.to_owned(),
                url: url.clone(),
                method: fetch.method,
                params: call.webhook_params(),
            }
        };
        webhook.params.extend(fetch.extra.iter().cloned());
        if let Some(answer) = webhook::send(app, &webhook).await {
            return Some((answer.body, Url::parse(&url).ok()));
        }
    }
    None
}

/// Does what the document says, verb by verb; gives back where it leads.
async fn execute(app: &Arc<App>, call_sid: &str, document: &Document) -> Option<Instructions> {
    for verb in &document.verbs {
        match verb {
            Verb::Say(words) => app.clock.wait(speaking_time(words)).await,
            Verb::Play => app.clock.wait(Duration::from_secs(1)).await,
            Verb::Pause(seconds) => app.clock.wait(Duration::from_secs(*seconds)).await,
            Verb::Dial(dial) => {
                if let Some(next) = bridge::dial(app, call_sid, dial, document).await {
                    return Some(next);
                }
            }
            Verb::Record(record) => {
                if let Some(next) = listening::record(app, call_sid, record, document).await {
                    return Some(next);
                }
            }
            Verb::Gather(gather) => {
                app.clock.wait(speaking_time(&gather.prompt)).await;
                if let Some(next) = listening::gather(app, call_sid, gather, document).await {
                    return Some(next);
                }
            }
            Verb::Redirect { url, method } => {
                return Some(redirect(document.resolve(url), method.as_deref()));
            }
            Verb::Hangup | Verb::Reject { .. } => return None,
            Verb::Message(_) => note(app, call_sid, "<Message> is for answers to an SMS".to_owned()),
            Verb::Unsupported(name) => note(app, call_sid, format!("<{name}> is not carried out here")),
        }
    }
    None
}

fn redirect(url: String, method: Option<&str>) -> Instructions {
    let method = method.and_then(Method::parse).unwrap_or_default();
    Instructions::Fetch(Fetch { method, ..Fetch::of(url) })
}

/// About fifteen characters a second, as a voice speaks.
fn speaking_time(words: &str) -> Duration {
    let characters = u32::try_from(words.chars().count()).unwrap_or(u32::MAX);
    Duration::from_millis(65).saturating_mul(characters)
}

pub fn note(app: &App, call_sid: &str, text: String) {
    let account = app.state().calls.get(call_sid).map(|call| call.account_sid.clone()).unwrap_or_default();
    app.journal.note(app.clock.now(), &account, call_sid, text);
}
