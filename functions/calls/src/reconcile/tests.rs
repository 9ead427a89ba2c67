use async_trait::async_trait;
use kernel::{CallId, ContactId, UserId};
use table::ItemBuilder;
use testkit::TestInstallation;

use super::*;
use crate::{
    call::{CallNumbers, ProviderCallId},
    dialer::{Credentials, DialRequest},
    legs::Legs,
    telephony::PhoneNumbers,
};

/// A provider that knows these legs, or nothing of the call.
struct Knows(Option<Vec<LegState>>);

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
    settle_open_calls(scope, provider, &*installation.ambient).await.unwrap()
}

#[tokio::test]
async fn a_quiet_call_ends_as_the_provider_says() {
    let installation = TestInstallation::start().await;
    let scope = with_account(&installation).await;
    let call = open_call(&installation, &scope, Mode::Bridge, Some(1)).await;
    let end = call.dialed_at.plus_seconds(60);
    let provider = Knows(Some(vec![
        leg(1, CallStatus::Completed, end, Some(55)),
        leg(2, CallStatus::Completed, end, Some(42)),
    ]));
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
    let provider = Knows(Some(vec![leg(1, CallStatus::Completed, call.dialed_at, Some(2))]));
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
    assert_eq!(settle(&installation, &scope, &Knows(None)).await, 1, "the others may still be taken up");
    installation.ambient.advance_seconds(GIVEN_UP_SECONDS);
    assert_eq!(settle(&installation, &scope, &Knows(None)).await, 2);
    let store = CallStore::open(&scope).await.unwrap();
    for (call, status) in
        [(unknown, CallStatus::Failed), (unnamed, CallStatus::Failed), (untaken, CallStatus::Canceled)]
    {
        assert_eq!(store.find(&call.id).await.unwrap().unwrap().status(), status);
    }
}
