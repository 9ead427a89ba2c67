//! `POST /v1/calls`

use kernel::{Action, CallId, Caller, ContactId, Failure, PhoneNumber};
use lambda::{Method, Reply, Request, RouteSpec};
use serde::Deserialize;

use crate::{
    app::App,
    call::{Call, CallNumbers, Direction, Mode, News},
    dialer::DialRequest,
    instructions::{Urls, connect_contact},
    legs::{LegRole, Legs},
    numbers::{conflict, local_number, refuse_undialable, remote_number},
    progress::{CallStatus, Report},
    recorded::Recorded,
    store::{CallStore, Callee},
    telephony::TelephonyAccount,
    view::CallView,
};

pub const ROUTE: RouteSpec = RouteSpec::bearer("calls-create", Method::POST, "/v1/calls", Action::PlaceCalls);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CallInput {
    contact_id: ContactId,
    phone: Option<String>,
    mode: ModeInput,
    from: Option<String>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum ModeInput {
    Bridge,
    Browser,
}

/// Begins a call. A bridge rings the caller's own telephone and, once it is answered, the contact; a browser's call is written
/// down and waits for the browser. Either is on record before anything rings, so whatever happens then, it is known; the
/// provider's reports bring it to its end.
pub async fn handle(app: &App, caller: Caller, request: Request) -> Result<Reply, Failure> {
    let input: CallInput = request.body()?;
    let scope = app.data.open(&caller.tenant).await;
    let store = CallStore::open(&scope).await?;
    let (contact, account, own, user, policy) = tokio::try_join!(
        store.callee(&input.contact_id),
        store.telephony(),
        store.phone_numbers(),
        store.user(&caller.user),
        store.recording_policy()
    )?;
    let contact = contact.ok_or(Failure::NotFound("contact"))?;
    if !scope.table.sees(&caller, &contact.access).await? {
        return Err(Failure::NotFound("contact"));
    }
    if contact.opted_out {
        return Err(conflict("opted_out", "the contact does not want to be called"));
    }
    let account = account.ok_or(conflict("no_telephony", "the tenant has no telephony account"))?;
    let remote = remote_number(&contact.phones, input.phone.as_deref())?;
    refuse_undialable(&remote, &account.allowed_countries)?;
    let local = local_number(&own, &remote, input.from.as_deref())?;
    let numbers = CallNumbers { remote: remote.e164().to_owned(), local };
    let id = CallId::with_suffix(&request.suffix(&*app.ambient));
    let call = place(app, &caller, &input, id, contact, numbers);
    let call = match input.mode {
        ModeInput::Browser => {
            refuse_without_voice_key(&account)?;
            if let Some(known) = insert_once(&store, &call).await? {
                return created(known);
            }
            call
        }
        ModeInput::Bridge => {
            let agent = user
                .and_then(|user| PhoneNumber::parse(&user.phone?, None))
                .ok_or(conflict("no_own_phone", "the caller has no telephone to bridge to"))?;
            // It is rung on the tenant's account like any other.
            refuse_undialable(&agent, &account.allowed_countries)?;
            if let Some(known) = insert_once(&store, &call).await? {
                return created(known);
            }
            let instructions = connect_contact(&call, policy, urls(app, &caller)).to_xml();
            bridge(app, &caller, (&store, &account), call, agent.e164().to_owned(), instructions).await?
        }
    };
    created(call)
}

/// Writes the call. Where the same request got so far before, gives the call that it left: whether it rang is the provider's
/// reports' to say.
async fn insert_once(store: &CallStore<'_>, call: &Call) -> Result<Option<Call>, Failure> {
    match store.insert(call).await {
        Ok(()) => Ok(None),
        Err(failure) => store.find(&call.id).await?.map(Some).ok_or(failure),
    }
}

fn created(call: Call) -> Result<Reply, Failure> {
    let (id, version) = (call.id.clone(), call.version);
    Ok(Reply::created(&CallView::of(call))?.located_at(format!("/v1/calls/{id}")).versioned(version))
}

/// A browser's call goes through the tenant's TwiML application, with a token that the tenant's key signs.
pub(crate) fn refuse_without_voice_key(account: &TelephonyAccount) -> Result<(), Failure> {
    let ready = account.api_key.is_some() && account.application_sid.is_some();
    let refused = conflict("no_voice_key", "the telephony account has no API key or no TwiML application");
    ready.then_some(()).ok_or(refused)
}

fn place(
    app: &App,
    caller: &Caller,
    input: &CallInput,
    id: CallId,
    contact: Callee,
    numbers: CallNumbers,
) -> Call {
    let now = app.ambient.now();
    Call {
        id,
        direction: Direction::Outbound,
        mode: match input.mode {
            ModeInput::Bridge => Mode::Bridge,
            ModeInput::Browser => Mode::Browser,
        },
        contact: Some(input.contact_id.clone()),
        user: Some(caller.user.clone()),
        owner: Some(contact.access.owner),
        rung: Vec::new(),
        numbers,
        provider_call_id: None,
        dialed_at: now,
        legs: Legs::default(),
        recorded: Recorded::default(),
        outcome: None,
        note: None,
        version: 1,
        updated_at: now,
    }
}

fn urls<'a>(app: &'a App, caller: &'a Caller) -> Urls<'a> {
    Urls { public_url: &app.public_url, tenant: &caller.tenant }
}

/// Has the user's telephone rung. Where it is certain that nothing rings, the call ends as failed; where it is not, it stays
/// open for the provider's reports.
async fn bridge(
    app: &App,
    caller: &Caller,
    (store, account): (&CallStore<'_>, &TelephonyAccount),
    call: Call,
    agent: String,
    instructions: String,
) -> Result<Call, Failure> {
    let request = DialRequest {
        to: agent,
        from: call.numbers.local.clone(),
        instructions,
        status_url: urls(app, caller).status(&call.id, LegRole::Agent, Some(&caller.user)),
    };
    match app.dialer()?.dial(account, &request).await {
        Ok(provider_call_id) => {
            let news = News { provider_call_id: Some(provider_call_id), ..News::default() };
            store.learn(&call.id, &news, &*app.ambient).await
        }
        Err(error) => {
            if error.nothing_rings() {
                let report = Report {
                    status: CallStatus::Failed,
                    at: Some(app.ambient.now()),
                    duration_seconds: None,
                };
                let news = News { own: Some(report), ..News::default() };
                store.learn(&call.id, &news, &*app.ambient).await?;
            }
            Err(error.into())
        }
    }
}
