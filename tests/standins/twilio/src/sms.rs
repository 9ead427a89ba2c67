//! The life of a message after it was accepted, and what comes in.

use std::sync::Arc;

use crate::{
    app::App,
    delivery,
    journal::EntryKind,
    message::{Message, MessageStatus},
    script::MessageOutcome,
    twiml::{self, Verb},
    webhook::{self, Method, Webhook},
};

/// Words that opt a recipient out and in again, when they are the whole message.
const STOP_WORDS: [&str; 8] = ["STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"];
const START_WORDS: [&str; 3] = ["START", "YES", "UNSTOP"];

/// Keeps the message and sends it on its way; `callback` is told of every further status.
pub fn send(app: &Arc<App>, message: Message, callback: Option<String>) {
    let (app, sid) = (Arc::clone(app), message.sid.clone());
    let script = app.state().scripts.find(&message.account_sid, &message.to);
    let courier = delivery::start(Arc::clone(&app), script.delivery());
    let (middle, last) = match script.message_outcome {
        MessageOutcome::Delivered => (Some(MessageStatus::Sent), MessageStatus::Delivered),
        MessageOutcome::Undelivered => (Some(MessageStatus::Sent), MessageStatus::Undelivered),
        MessageOutcome::Failed => (None, MessageStatus::Failed),
    };
    app.state().messages.put(message);
    tokio::spawn(async move {
        for (wait, status) in [(script.queue(), middle), (script.ring(), Some(last))] {
            app.clock.wait(wait).await;
            let Some(status) = status else { continue };
            let Some(message) = advance(&app, &sid, status) else { return };
            if let Some(url) = &callback {
                // The courier ends with the last sender, and this is it.
                let _ = courier.send(callback_of(&message, url));
            }
        }
    });
}

/// None when the message is gone or has been canceled.
fn advance(app: &App, sid: &str, status: MessageStatus) -> Option<Message> {
    let mut state = app.state();
    let message = state.messages.get_mut(sid).filter(|message| !message.status.is_final())?;
    message.status = status;
    message.updated_at = app.clock.now();
    message.sent_at = message.sent_at.or(Some(message.updated_at));
    Some(message.clone())
}

fn callback_of(message: &Message, url: &str) -> Webhook {
    Webhook {
        kind: EntryKind::Callback,
        account_sid: message.account_sid.clone(),
        resource_sid: message.sid.clone(),
        url: url.to_owned(),
        method: Method::Post,
        params: message.status_params(),
    }
}

/// A message from a handset to one of the account's numbers: kept, told to `sms_url`, and answered as the `TwiML`
/// says.
pub async fn receive(app: &Arc<App>, message: Message, sms_url: Option<String>) {
    note_opt_out(app, &message);
    app.state().messages.put(message.clone());
    let Some(url) = sms_url else { return };
    let mut webhook = callback_of(&message, &url);
    webhook.kind = EntryKind::Webhook;
    let extra = [
        ("Body", message.body.clone()),
        ("NumMedia", message.media.to_string()),
        ("NumSegments", "1".to_owned()),
        ("SmsMessageSid", message.sid.clone()),
    ];
    webhook.params.retain(|(name, _)| name != "MessageStatus");
    webhook.params.extend(extra.map(|(name, value)| (name.to_owned(), value)));
    let Some(answer) = webhook::send(app, &webhook).await else { return };
    if answer.body.trim().is_empty() {
        return;
    }
    match twiml::parse(&answer.body) {
        Ok(verbs) => reply(app, &message, &verbs),
        Err(reason) => app.journal.note(app.clock.now(), &message.account_sid, &message.sid, reason),
    }
}

fn reply(app: &Arc<App>, received: &Message, verbs: &[Verb]) {
    for verb in verbs {
        let Verb::Message(body) = verb else { continue };
        let now = app.clock.now();
        let answer = Message {
            sid: app.sids.next("SM"),
            to: received.from.clone().unwrap_or_default(),
            from: Some(received.to.clone()),
            body: body.clone(),
            media: 0,
            direction: "outbound-reply",
            status: MessageStatus::Queued,
            created_at: now,
            updated_at: now,
            sent_at: None,
            ..received.clone()
        };
        send(app, answer, None);
    }
}

fn note_opt_out(app: &App, message: &Message) {
    let word = message.body.trim().to_ascii_uppercase();
    let pair = (message.to.clone(), message.from.clone().unwrap_or_default());
    let mut state = app.state();
    if STOP_WORDS.contains(&word.as_str()) {
        state.opt_outs.insert(pair);
    } else if START_WORDS.contains(&word.as_str()) {
        state.opt_outs.remove(&pair);
    }
}
