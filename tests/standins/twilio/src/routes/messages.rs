//! `/Messages.json` and `/Messages/{Sid}.json`.

use axum::{
    Extension, Json,
    body::Bytes,
    extract::{OriginalUri, Path, State},
    http::StatusCode,
};
use serde_json::Value;

use super::{About, Shared, body_form, json_sid, query_form};
use crate::{
    account::{Account, is_web_url},
    api_error::{ApiError, ApiResult},
    app::App,
    form::Form,
    message::{Message, MessageStatus},
    numbers,
    page::{self, DateFilter},
    sid::is_sid,
    sms,
};

const LONGEST_BODY: usize = 1_600;

pub async fn create(
    State(app): Shared,
    Path(account_sid): Path<String>,
    body: Bytes,
) -> ApiResult<(StatusCode, Extension<About>, Json<Value>)> {
    let form = body_form(&body);
    let planned = app.state().scripts.take_failure(&account_sid, form.text("To").unwrap_or_default());
    if let Some(failure) = planned {
        app.clock.wait(failure.delay).await;
        return Err(failure.error);
    }
    let message = {
        let state = app.state();
        let account = state.accounts.get(&account_sid).ok_or_else(ApiError::unauthenticated)?;
        let message = parse(&app, &form, account)?;
        let from = message.from.clone().unwrap_or_default();
        if state.opt_outs.contains(&(from, message.to.clone())) {
            return Err(numbers::opted_out());
        }
        message
    };
    let callback = form.owned("StatusCallback");
    if let Some(url) = callback.as_ref().filter(|url| !is_web_url(url)) {
        return Err(ApiError::refused(21609, format!("The 'StatusCallback' URL {url} is not a valid URL.")));
    }
    let view = message.view();
    let about = About(message.sid.clone());
    sms::send(&app, message, callback);
    Ok((StatusCode::CREATED, Extension(about), Json(view)))
}

fn parse(app: &App, form: &Form, account: &Account) -> ApiResult<Message> {
    let to = form.text("To").ok_or_else(|| ApiError::refused(21604, "A 'To' phone number is required."))?;
    let service = form.owned("MessagingServiceSid");
    let from = sender(form.text("From"), service.as_deref(), to, account)?;
    if !numbers::is_e164(to) {
        return Err(numbers::invalid_to(to));
    }
    let media = form.count("MediaUrl");
    let body = form.owned("Body").unwrap_or_default();
    if body.is_empty() && media == 0 {
        return Err(ApiError::refused(21602, "Message body is required."));
    }
    if body.chars().count() > LONGEST_BODY {
        let message = "The concatenated message body exceeds the 1600 character limit.";
        return Err(ApiError::refused(21617, message));
    }
    let now = app.clock.now();
    Ok(Message {
        sid: app.sids.next(if media > 0 { "MM" } else { "SM" }),
        account_sid: account.sid.clone(),
        status: if service.is_some() { MessageStatus::Accepted } else { MessageStatus::Queued },
        messaging_service_sid: service,
        to: to.to_owned(),
        from: Some(from),
        body,
        media,
        direction: "outbound-api",
        created_at: now,
        updated_at: now,
        sent_at: None,
    })
}

/// The number it is sent from: the account's own, or for a messaging service the account's first.
fn sender(from: Option<&str>, service: Option<&str>, to: &str, account: &Account) -> ApiResult<String> {
    if let Some(refusal) = numbers::magic_message_refusal(to, from.unwrap_or_default()) {
        return Err(refusal);
    }
    match (from, service) {
        (Some(from), _) if from == numbers::MAGIC_VALID || account.owns(from) => Ok(from.to_owned()),
        (Some(from), _) => Err(numbers::not_message_capable(from)),
        (None, Some(service)) if is_sid(service, "MG") => {
            let first = account.numbers.first().map(|number| number.phone_number.clone());
            first.ok_or_else(|| ApiError::refused(21704, "The Messaging Service contains no phone numbers"))
        }
        (None, Some(service)) => {
            Err(ApiError::refused(21701, format!("The Messaging Service {service} does not exist")))
        }
        (None, None) => Err(ApiError::refused(21603, "A 'From' phone number is required.")),
    }
}

pub async fn list(
    State(app): Shared,
    Path(account_sid): Path<String>,
    OriginalUri(uri): OriginalUri,
) -> ApiResult<Json<Value>> {
    let query = query_form(uri.query());
    let sent = DateFilter::parse(&query, "DateSent")?;
    let is = |name: &str, value: Option<&str>| query.text(name).is_none_or(|wanted| Some(wanted) == value);
    let state = app.state();
    let rows: Vec<_> = state
        .messages
        .newest_first()
        .filter(|message| {
            message.account_sid == account_sid
                && is("To", Some(&message.to))
                && is("From", message.from.as_deref())
                && sent.accepts(message.sent_at)
        })
        .collect();
    page::envelope(uri.path(), &query, "messages", &rows, Message::view).map(Json)
}

pub async fn fetch(
    State(app): Shared,
    Path((account_sid, file)): Path<(String, String)>,
    OriginalUri(uri): OriginalUri,
) -> ApiResult<Json<Value>> {
    let sid = json_sid(&file, uri.path())?;
    own(&app, &account_sid, sid, uri.path(), |message| Ok(message.view())).map(Json)
}

/// An empty `Body` redacts the text, `Status=canceled` stops what is not sent yet.
pub async fn update(
    State(app): Shared,
    Path((account_sid, file)): Path<(String, String)>,
    OriginalUri(uri): OriginalUri,
    body: Bytes,
) -> ApiResult<Json<Value>> {
    let form = body_form(&body);
    let sid = json_sid(&file, uri.path())?;
    let redacts = form.pairs().iter().any(|(name, value)| name == "Body" && value.is_empty());
    let now = app.clock.now();
    let change = |message: &mut Message| {
        match form.text("Status") {
            None => {}
            Some("canceled") if matches!(message.status, MessageStatus::Accepted | MessageStatus::Queued) => {
                message.status = MessageStatus::Canceled;
            }
            Some("canceled") => {
                return Err(ApiError::refused(30409, "The message can no longer be canceled"));
            }
            Some(other) => return Err(ApiError::refused(20001, format!("Status is not canceled: {other}"))),
        }
        if redacts {
            message.body.clear();
        }
        message.updated_at = now;
        Ok(message.view())
    };
    own(&app, &account_sid, sid, uri.path(), change).map(Json)
}

pub async fn delete(
    State(app): Shared,
    Path((account_sid, file)): Path<(String, String)>,
    OriginalUri(uri): OriginalUri,
) -> ApiResult<StatusCode> {
    let sid = json_sid(&file, uri.path())?;
    if !own(&app, &account_sid, sid, uri.path(), |message| Ok(message.status.is_final()))? {
        return Err(ApiError::not_available("Message is in progress and cannot be deleted"));
    }
    app.state().messages.remove(sid);
    Ok(StatusCode::NO_CONTENT)
}

fn own<T>(
    app: &App,
    account_sid: &str,
    sid: &str,
    path: &str,
    work: impl FnOnce(&mut Message) -> ApiResult<T>,
) -> ApiResult<T> {
    let mut state = app.state();
    let message = state.messages.get_mut(sid).filter(|message| message.account_sid == account_sid);
    message.map_or_else(|| Err(ApiError::not_found(path)), work)
}
