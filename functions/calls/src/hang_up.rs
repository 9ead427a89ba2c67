//! `POST /v1/calls/{call_id}/hang-up`

use kernel::{Action, CallId, Caller, Failure, Reach};
use lambda::{Method, Reply, Request, RouteSpec};

use crate::{
    app::App,
    call::{Mode, News},
    dialer::DialError,
    numbers::conflict,
    progress::{CallStatus, Report},
    store::CallStore,
    view::CallView,
};

pub const ROUTE: RouteSpec =
    RouteSpec::bearer("calls-hang-up", Method::POST, "/v1/calls/{call_id}/hang-up", Action::PlaceCalls);

/// Twilio's code for a call that it does not know, or does not let be changed any more.
const GONE: [i64; 3] = [404, 20404, 21220];

/// Ends a call. The provider's reports then tell how; one that no browser has taken up is over at once. A call that is over
/// is answered as it stands, so that hanging up twice does no harm.
pub async fn handle(app: &App, caller: Caller, request: Request) -> Result<Reply, Failure> {
    let id = request.path("call_id", "call", CallId::parse)?;
    let scope = app.data.open(&caller.tenant).await;
    let store = CallStore::open(&scope).await?;
    let call = store.find_visible(&id, &caller).await?;
    if call.user.as_ref() != Some(&caller.user) && Action::PlaceCalls.reach_of(caller.role) < Reach::Team {
        return Err(Failure::Forbidden("the call is another user's"));
    }
    if call.status().is_final() {
        return shown(call);
    }
    let Some(leg) = &call.provider_call_id else {
        // What the provider was asked to ring may ring yet, and nobody could end it if it counted as over.
        if call.mode == Mode::Bridge {
            return Err(conflict("not_ringing_yet", "the provider has not said yet whether it rings"));
        }
        let report =
            Report { status: CallStatus::Canceled, at: Some(app.ambient.now()), duration_seconds: None };
        let news = News { own: Some(report), ..News::default() };
        return shown(store.learn(&id, &news, &*app.ambient).await?);
    };
    let account = store.telephony().await?;
    let account = account.ok_or(conflict("no_telephony", "the tenant has no telephony account"))?;
    match app.dialer()?.hang_up(&account, leg).await {
        Err(DialError::Refused { code }) if GONE.contains(&code) => {}
        outcome => outcome?,
    }
    shown(store.find(&id).await?.ok_or(Failure::NotFound("call"))?)
}

fn shown(call: crate::call::Call) -> Result<Reply, Failure> {
    let version = call.version;
    Ok(Reply::ok(&CallView::of(call))?.versioned(version))
}
