//! Asks the provider about calls that never ended: some report was lost, or none was ever sent.

use kernel::{
    Ambient, CallId, ClaimedTenant, Failure, Limit, PLATFORM_TENANT, Provenance, TenantId, UtcTime,
};
use lambda::Environment;
use outbox::{Queue, RecordingReady};
use serde::Serialize;
use table::{Direction as Order, ItemReader, Range};
use tenancy::{DataRole, TenantScope};

use crate::{
    app::{App, RECORDING_QUEUE},
    call::{Call, Direction, Mode, News},
    dialer::{DialError, Dialer, LegState},
    legs::{LegNews, LegRole},
    progress::{CallStatus, Report},
    recorded::RecordingState,
    store::CallStore,
    telephony::TelephonyAccount,
};

pub const FUNCTION: &str = "calls-reconcile";

/// Reports follow within seconds; what is quiet for this long is asked about.
const QUIET_SECONDS: i64 = 120;
/// After this long nothing can still come of a call that the provider was asked for and did not name, or that no browser took up.
const GIVEN_UP_SECONDS: i64 = 15 * 60;
/// Open calls of one tenant that are looked at in one go, page by page; the rest is next time.
const CALLS_AT_ONCE: u8 = 100;
const PAGES: usize = 10;

/// What reconciling is built from: a role that knows which tenants there are, and one that works for each.
pub struct ReconcileApp {
    app: App,
    recordings: Queue,
    directory: DataRole,
}

impl ReconcileApp {
    pub async fn from_environment() -> Self {
        let app = App::from_environment().await;
        let installation = app.data.installation().clone();
        let directory = DataRole::new(installation, Environment::required("DIRECTORY_ROLE_ARN"));
        Self { app, recordings: Environment::queue(RECORDING_QUEUE).await, directory }
    }
}

/// How it went.
#[derive(Debug, Default, Serialize)]
pub struct Summary {
    tenants: u32,
    calls_settled: u32,
    /// They are tried again next time.
    calls_failed: u32,
    recordings_asked_for: usize,
    /// Tenants whose calls could not be looked at; they are tried again next time.
    tenants_failed: u32,
}

/// Goes through all tenants. One that fails keeps nobody else waiting.
pub async fn handle(reconciling: &ReconcileApp) -> Result<Summary, Failure> {
    let platform = ClaimedTenant::parse(PLATFORM_TENANT).map(vouched);
    let platform = platform.ok_or_else(|| Failure::internal("the platform has no tenant"))?;
    let directory = reconciling.directory.open(&platform).await;
    let (mut summary, mut after) = (Summary::default(), None::<String>);
    loop {
        let page = directory.table.identities().directory(Limit::MOST, after.as_deref()).await?;
        for (claim, _) in page.tenants.into_iter().filter(|(claim, _)| claim.as_str() != PLATFORM_TENANT) {
            summary.tenants += 1;
            match tenant(reconciling, &vouched(claim)).await {
                Ok(settled) => {
                    summary.calls_settled += settled.calls;
                    summary.calls_failed += settled.failed;
                    summary.recordings_asked_for += settled.to_fetch.len();
                }
                Err(_) => summary.tenants_failed += 1,
            }
        }
        after = page.last;
        if after.is_none() {
            return Ok(summary);
        }
    }
}

fn vouched(claim: ClaimedTenant) -> TenantId {
    #[expect(
        clippy::disallowed_methods,
        reason = "the directory lists tenants, and only operators write to it"
    )]
    claim.vouch(Provenance::OwnRecord)
}

/// What became of a tenant's open calls.
#[derive(Default)]
struct Settled {
    calls: u32,
    /// Of which nothing could be learnt.
    failed: u32,
    /// Those whose recordings the provider has.
    to_fetch: Vec<CallId>,
}

async fn tenant(reconciling: &ReconcileApp, tenant: &TenantId) -> Result<Settled, Failure> {
    let app = &reconciling.app;
    let scope = app.data.open(tenant).await;
    let settled = settle_open_calls(&scope, app.dialer()?, &*app.ambient).await?;
    let messages: Vec<_> = settled.to_fetch.iter().map(|call| RecordingReady::new(tenant, call)).collect();
    reconciling.recordings.send_all(&messages).await?;
    Ok(settled)
}

/// Asks about every call of the tenant that is open and quiet. One of which nothing can be learnt keeps no other waiting.
async fn settle_open_calls(
    scope: &TenantScope,
    dialer: &dyn Dialer,
    ambient: &dyn Ambient,
) -> Result<Settled, Failure> {
    let (mut settled, mut after) = (Settled::default(), None);
    for _ in 0..PAGES {
        let range = Range {
            partition: scope.table.keys().open_calls(),
            direction: Order::Ascending,
            limit: CALLS_AT_ONCE,
            after,
        };
        let page = scope.table.query(&range).await?;
        if page.items.is_empty() {
            break;
        }
        let store = CallStore::open(scope).await?;
        let account = store.telephony().await?;
        let asked = Asked { store: &store, account: account.as_ref(), dialer, ambient };
        for item in &page.items {
            let id = ItemReader::new(item).parsed("sk", CallId::parse)?;
            if let Err(failure) = asked.settle(&id, &mut settled).await {
                settled.failed += 1;
                tracing::warn!(call.id = id.as_str(), %failure, "an open call is asked about again later");
            }
        }
        after = page.last;
        if after.is_none() {
            break;
        }
    }
    Ok(settled)
}

/// Whom to ask about the calls of one tenant.
struct Asked<'a> {
    store: &'a CallStore<'a>,
    account: Option<&'a TelephonyAccount>,
    dialer: &'a dyn Dialer,
    ambient: &'a dyn Ambient,
}

impl Asked<'_> {
    async fn settle(&self, id: &CallId, settled: &mut Settled) -> Result<(), Failure> {
        let Some(call) = self.store.find(id).await? else { return Ok(()) };
        let now = self.ambient.now();
        if call.updated_at.plus_seconds(QUIET_SECONDS) > now {
            return Ok(());
        }
        let mut last = call;
        if !last.status().is_final() {
            for news in learnt(&last, self.account, self.dialer, now).await? {
                last = self.store.learn(id, &news, self.ambient).await?;
            }
        }
        if last.status().is_final() && !last.is_settled() {
            if let Some(recording) = recording_of(&last, self.account, self.dialer, now).await? {
                let news = News { recording: Some(recording), ..News::default() };
                last = self.store.learn(id, &news, self.ambient).await?;
            }
            let state = last.recorded.recording.as_ref().map(|recording| recording.state);
            settled.to_fetch.extend((state == Some(RecordingState::Processing)).then(|| id.clone()));
        }
        settled.calls += u32::from(last.is_settled());
        Ok(())
    }
}

/// What the provider says of the call's legs, and what follows from that for the call as such.
async fn learnt(
    call: &Call,
    account: Option<&TelephonyAccount>,
    dialer: &dyn Dialer,
    now: UtcTime,
) -> Result<Vec<News>, Failure> {
    let given_up = call.dialed_at.plus_seconds(GIVEN_UP_SECONDS) <= now;
    let (Some(first), Some(account)) = (&call.provider_call_id, account) else {
        let status = if call.mode == Mode::Browser { CallStatus::Canceled } else { CallStatus::Failed };
        return Ok(given_up.then(|| own(status, call.dialed_at)).into_iter().collect());
    };
    let legs = match dialer.legs(account, first).await {
        Ok(legs) => legs,
        Err(DialError::Refused { code: 404 | 20404 }) => {
            return Ok(vec![own(CallStatus::Failed, call.dialed_at)]);
        }
        Err(error) => return Err(error.into()),
    };
    let role_of =
        |leg: &LegState| if leg.id == *first { call.direction.first_leg() } else { other_leg(call) };
    let mut news: Vec<_> = legs
        .iter()
        .map(|leg| {
            let known = call.legs.legs.get(&leg.id).and_then(|leg| leg.user.clone());
            let told = LegNews { id: leg.id.clone(), role: role_of(leg), user: known, report: leg.report() };
            News { leg: Some((told, Some(first.clone()))), ..News::default() }
        })
        .collect();
    // The first leg is over and nobody was ever dialed behind it: there is nothing left to wait for.
    let first_over = legs.iter().find(|leg| leg.id == *first && leg.status.is_final());
    let followed = legs.iter().any(|leg| leg.id != *first);
    if let Some(over) = first_over.filter(|_| !followed && call.direction == Direction::Outbound) {
        let end = over.ended_at.unwrap_or(call.dialed_at);
        news.push(own(CallStatus::Canceled, end));
    }
    Ok(news)
}

fn other_leg(call: &Call) -> LegRole {
    match call.direction.first_leg() {
        LegRole::Agent => LegRole::Contact,
        LegRole::Contact => LegRole::Agent,
    }
}

fn own(status: CallStatus, at: UtcTime) -> News {
    News { own: Some(Report { status, at: Some(at), duration_seconds: None }), ..News::default() }
}

use recordings::recording_of;

mod recordings;
#[cfg(test)]
pub(crate) mod tests;
