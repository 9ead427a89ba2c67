use async_trait::async_trait;
use kernel::{ContactId, RecordingPolicy, UserId};
use table::ItemBuilder;
use testkit::TestInstallation;

use super::*;
use crate::{
    call::{CallNumbers, ProviderCallId},
    dialer::{Credentials, DialRequest, ProviderRecordingStatus, RecordingAccount},
    legs::Legs,
    recorded::{
        Answer, Consent, GIVEN_UP_SECONDS as RECORDING_GIVEN_UP, ProviderRecordingId, Recorded, Recording,
        RecordingKind, UNFETCHED_SECONDS,
    },
    telephony::PhoneNumbers,
};

/// A provider that knows these legs, or nothing of the call.
struct Knows(Option<Vec<LegState>>, Vec<RecordingAccount>);

#[async_trait]
impl Dialer for Knows {
    async fn dial(&self, _: &TelephonyAccount, _: &DialRequest) -> Result<ProviderCallId, DialError> {
        Err(DialError::RateLimited)
    }

    async fn hang_up(&self, _: &TelephonyAccount, _: &ProviderCallId) -> Result<(), DialError> {
        Err(DialError::RateLimited)
    }

    async fn legs(&self, _: &TelephonyAccount, _: &ProviderCallId) -> Result<Vec<LegState>, DialError> {
        self.0.clone().ok_or(DialError::Refused { code: 20404 })
    }

    async fn record(&self, _: &TelephonyAccount, _: &ProviderCallId, _: &str) -> Result<(), DialError> {
        Err(DialError::RateLimited)
    }

    async fn recordings(
        &self,
        _: &TelephonyAccount,
        _: &ProviderCallId,
    ) -> Result<Vec<RecordingAccount>, DialError> {
        Ok(self.1.clone())
    }

    async fn check(&self, _: &str, _: &Credentials) -> Result<(), DialError> {
        Err(DialError::RateLimited)
    }
}

fn sid(number: u8) -> ProviderCallId {
    ProviderCallId::parse(&format!("CA{number:032x}")).unwrap()
}

fn leg(number: u8, status: CallStatus, ended_at: UtcTime, duration_seconds: Option<u32>) -> LegState {
    LegState { id: sid(number), status, ended_at: Some(ended_at), duration_seconds }
}

async fn open_call(
    installation: &TestInstallation,
    scope: &TenantScope,
    mode: Mode,
    first: Option<u8>,
) -> Call {
    let ambient = &*installation.ambient;
    let owner = UserId::generate(ambient);
    let call = Call {
        id: CallId::generate(ambient),
        direction: Direction::Outbound,
        mode,
        contact: Some(ContactId::generate(ambient)),
        user: Some(owner.clone()),
        owner: Some(owner.clone()),
        rung: Vec::new(),
        numbers: CallNumbers { remote: "+14155550132".to_owned(), local: "+14155550100".to_owned() },
        provider_call_id: first.map(sid),
        dialed_at: ambient.now(),
        legs: Legs::default(),
        recorded: Recorded::default(),
        outcome: None,
        note: None,
        version: 1,
        updated_at: ambient.now(),
    };
    let contact = scope.table.keys().contact(call.contact.as_ref().unwrap());
    let row = ItemBuilder::new(&contact).text("owner_id", owner.as_str()).text("visibility", "tenant");
    installation.table.plant(row.build()).await;
    let store = CallStore::open(scope).await.unwrap();
    store.insert(&call).await.unwrap();
    call
}

async fn with_account(installation: &TestInstallation) -> TenantScope {
    let scope = installation.provisioned("tnt_a").await;
    let (keys, vault, now) = (scope.table.keys(), scope.vault().await.unwrap(), installation.ambient.now());
    let account = TelephonyAccount::new("AC1".to_owned(), "token".to_owned(), Vec::new());
    for item in crate::telephony_items(keys, &vault, &account, &PhoneNumbers::default(), now).unwrap() {
        scope.table.put_any(item).await.unwrap();
    }
    scope
}

async fn settle(installation: &TestInstallation, scope: &TenantScope, provider: &Knows) -> u32 {
    settle_open_calls(scope, provider, &*installation.ambient).await.unwrap().calls
}

#[tokio::test]
async fn a_quiet_call_ends_as_the_provider_says() {
    let installation = TestInstallation::start().await;
    let scope = with_account(&installation).await;
    let call = open_call(&installation, &scope, Mode::Bridge, Some(1)).await;
    let end = call.dialed_at.plus_seconds(60);
    let legs =
        [(1, 55), (2, 42)].map(|(number, lasted)| leg(number, CallStatus::Completed, end, Some(lasted)));
    let provider = Knows(Some(legs.to_vec()), Vec::new());
    assert_eq!(settle(&installation, &scope, &provider).await, 0, "its reports may still come");
    installation.ambient.advance_seconds(QUIET_SECONDS + 60);
    assert_eq!(settle(&installation, &scope, &provider).await, 1);
    let store = CallStore::open(&scope).await.unwrap();
    let ended = store.find(&call.id).await.unwrap().unwrap();
    assert_eq!((ended.status(), ended.progress().duration_seconds), (CallStatus::Completed, Some(42)));
    assert!(ended.activity().is_some());
    assert_eq!(settle(&installation, &scope, &provider).await, 0, "it is not open any more");
}

#[tokio::test]
async fn where_nobody_was_dialed_nothing_is_waited_for() {
    let installation = TestInstallation::start().await;
    let scope = with_account(&installation).await;
    let call = open_call(&installation, &scope, Mode::Bridge, Some(1)).await;
    installation.ambient.advance_seconds(QUIET_SECONDS + 1);
    let provider = Knows(Some(vec![leg(1, CallStatus::Completed, call.dialed_at, Some(2))]), Vec::new());
    assert_eq!(settle(&installation, &scope, &provider).await, 1);
    let store = CallStore::open(&scope).await.unwrap();
    assert_eq!(store.find(&call.id).await.unwrap().unwrap().status(), CallStatus::Canceled);
}

#[tokio::test]
async fn what_the_provider_does_not_know_has_failed() {
    let installation = TestInstallation::start().await;
    let scope = with_account(&installation).await;
    let unknown = open_call(&installation, &scope, Mode::Bridge, Some(1)).await;
    let unnamed = open_call(&installation, &scope, Mode::Bridge, None).await;
    let untaken = open_call(&installation, &scope, Mode::Browser, None).await;
    installation.ambient.advance_seconds(QUIET_SECONDS + 1);
    assert_eq!(
        settle(&installation, &scope, &Knows(None, Vec::new())).await,
        1,
        "the others may still be taken up"
    );
    installation.ambient.advance_seconds(GIVEN_UP_SECONDS);
    assert_eq!(settle(&installation, &scope, &Knows(None, Vec::new())).await, 2);
    let store = CallStore::open(&scope).await.unwrap();
    for (call, status) in
        [(unknown, CallStatus::Failed), (unnamed, CallStatus::Failed), (untaken, CallStatus::Canceled)]
    {
        assert_eq!(store.find(&call.id).await.unwrap().unwrap().status(), status);
    }
}

/// A call that is over, and whose contact was told that it is recorded.
async fn recorded_call(installation: &TestInstallation, scope: &TenantScope) -> Call {
    let call = open_call(installation, scope, Mode::Bridge, Some(1)).await;
    let store = CallStore::open(scope).await.unwrap();
    let report = Report {
        status: CallStatus::Completed,
        at: Some(call.dialed_at.plus_seconds(60)),
        duration_seconds: Some(42),
    };
    let leg = LegNews { id: sid(2), role: LegRole::Contact, user: None, report };
    let consent = Consent {
        policy: RecordingPolicy::Always,
        script_version: 1,
        disclosed_at: call.dialed_at,
        answer: Answer::Announced,
    };
    let news = News { leg: Some((leg, Some(sid(1)))), consent: Some(consent), ..News::default() };
    store.learn(&call.id, &news, &*installation.ambient).await.unwrap()
}

fn known_recording(status: ProviderRecordingStatus) -> Knows {
    let id = ProviderRecordingId::parse("RE00000000000000000000000000000001").unwrap();
    Knows(None, vec![RecordingAccount { id, status, duration_seconds: Some(42) }])
}

async fn state_of(scope: &TenantScope, call: &Call) -> Option<RecordingState> {
    let call = CallStore::open(scope).await.unwrap().find(&call.id).await.unwrap().unwrap();
    call.recorded.state(call.status())
}

#[tokio::test]
async fn a_recording_that_nobody_announced_is_asked_for_until_it_is_here() {
    let installation = TestInstallation::start().await;
    let scope = with_account(&installation).await;
    let call = recorded_call(&installation, &scope).await;
    assert_eq!(state_of(&scope, &call).await, Some(RecordingState::Expected));
    installation.ambient.advance_seconds(QUIET_SECONDS + 61);
    for (provider, to_fetch) in [
        (known_recording(ProviderRecordingStatus::Unfinished), false),
        (known_recording(ProviderRecordingStatus::Completed), true),
        (known_recording(ProviderRecordingStatus::Completed), true),
    ] {
        let settled = settle_open_calls(&scope, &provider, &*installation.ambient).await.unwrap();
        assert_eq!((settled.calls, settled.to_fetch.len()), (0, usize::from(to_fetch)));
        installation.ambient.advance_seconds(QUIET_SECONDS + 1);
    }
    assert_eq!(state_of(&scope, &call).await, Some(RecordingState::Processing));
    let store = CallStore::open(&scope).await.unwrap();
    let here = Recording::new(RecordingKind::Call, RecordingState::Available);
    let news = News { recording: Some(here), ..News::default() };
    store.learn(&call.id, &news, &*installation.ambient).await.unwrap();
    assert!(installation.table.items_under("T#tnt_a#OPENCALL").await.is_empty());
}

#[tokio::test]
async fn a_recording_that_never_comes_is_given_up_and_taken_all_the_same_later() {
    let installation = TestInstallation::start().await;
    let scope = with_account(&installation).await;
    let call = recorded_call(&installation, &scope).await;
    let nothing = Knows(None, Vec::new());
    installation.ambient.advance_seconds(QUIET_SECONDS + 61);
    assert_eq!(settle(&installation, &scope, &nothing).await, 0, "it may still come");
    installation.ambient.advance_seconds(RECORDING_GIVEN_UP);
    assert_eq!(settle(&installation, &scope, &nothing).await, 1);
    assert_eq!(state_of(&scope, &call).await, Some(RecordingState::Missing));
    let store = CallStore::open(&scope).await.unwrap();
    let late = Recording::new(RecordingKind::Call, RecordingState::Processing);
    let news = News { recording: Some(late), ..News::default() };
    store.learn(&call.id, &news, &*installation.ambient).await.unwrap();
    assert_eq!(installation.table.items_under("T#tnt_a#OPENCALL").await.len(), 1, "it is looked after again");
    installation.ambient.advance_seconds(UNFETCHED_SECONDS);
    assert_eq!(settle(&installation, &scope, &nothing).await, 1);
    assert_eq!(state_of(&scope, &call).await, Some(RecordingState::Absent));
}

#[tokio::test]
async fn what_the_provider_did_not_record_is_absent() {
    let installation = TestInstallation::start().await;
    let scope = with_account(&installation).await;
    let call = recorded_call(&installation, &scope).await;
    installation.ambient.advance_seconds(QUIET_SECONDS + 61);
    assert_eq!(settle(&installation, &scope, &known_recording(ProviderRecordingStatus::Absent)).await, 1);
    assert_eq!(state_of(&scope, &call).await, Some(RecordingState::Absent));
}
