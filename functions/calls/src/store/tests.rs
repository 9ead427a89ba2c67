use std::slice;

use kernel::{ActivityId, Caller, Role, TeamIds, UtcTime, activity::Body};
use table::{TenantTable, read_activity};
use testkit::{Answer, FixedAmbient, TestInstallation, bytes_of};
use tokio::task::JoinSet;

use super::*;
use crate::{
    call::CallNumbers,
    legs::{LegNews, LegRole},
    progress::{CallStatus, Progress, Report},
    recorded::Recorded,
};

const REMOTE: &str = "+14155550132";
const LOCAL: &str = "+14155550100";
const SID: &str = "CA00000000000000000000000000000001";
const CONTACT_LEG: &str = "CA00000000000000000000000000000002";

/// A contact's row as far as calls look at it.
fn contact_row(scope: &TenantScope, contact: &ContactId, owner: &UserId) -> ItemBuilder {
    ItemBuilder::new(&scope.table.keys().contact(contact))
        .text("owner_id", owner.as_str())
        .text("visibility", "tenant")
}

fn row_of_its_contact(scope: &TenantScope, call: &Call) -> ItemBuilder {
    contact_row(scope, contact_of(call), call.owner.as_ref().unwrap())
}

fn contact_of(call: &Call) -> &ContactId {
    call.contact.as_ref().unwrap()
}

fn caller(scope: &TenantScope, ambient: &FixedAmbient) -> Caller {
    Caller {
        tenant: scope.table.tenant().clone(),
        user: UserId::generate(ambient),
        role: Role::Rep,
        teams: TeamIds::default(),
    }
}

fn place(scope: &TenantScope, ambient: &FixedAmbient) -> Call {
    let numbers = CallNumbers { remote: REMOTE.to_owned(), local: LOCAL.to_owned() };
    Call {
        id: CallId::generate(ambient),
        direction: Direction::Outbound,
        mode: Mode::Bridge,
        contact: Some(ContactId::generate(ambient)),
        user: Some(caller(scope, ambient).user),
        owner: Some(UserId::generate(ambient)),
        rung: Vec::new(),
        numbers,
        provider_call_id: None,
        dialed_at: ambient.now(),
        legs: Legs::default(),
        recorded: Recorded::default(),
        outcome: None,
        note: None,
        version: 1,
        updated_at: ambient.now(),
    }
}

/// A call whose contact is there, and which is stored.
async fn placed(installation: &TestInstallation, scope: &TenantScope) -> Call {
    let call = place(scope, &installation.ambient);
    installation.table.plant(row_of_its_contact(scope, &call).build()).await;
    CallStore::open(scope).await.unwrap().insert(&call).await.unwrap();
    call
}

fn report(status: CallStatus, at: UtcTime, duration_seconds: Option<u32>) -> News {
    report_below(SID, status, at, duration_seconds)
}

/// A report about the contact's leg, which hangs on `parent`.
fn report_below(parent: &str, status: CallStatus, at: UtcTime, duration_seconds: Option<u32>) -> News {
    let leg = LegNews {
        id: ProviderCallId::parse(CONTACT_LEG).unwrap(),
        role: LegRole::Contact,
        user: None,
        report: Report { status, at: Some(at), duration_seconds },
    };
    News { leg: Some((leg, ProviderCallId::parse(parent))), ..News::default() }
}

/// What the provider says of an answered call of 42 seconds.
fn story(start: UtcTime) -> Vec<News> {
    vec![
        report(CallStatus::Initiated, start, None),
        report(CallStatus::Ringing, start.plus_seconds(1), None),
        report(CallStatus::InProgress, start.plus_seconds(6), None),
        report(CallStatus::Completed, start.plus_seconds(48), Some(42)),
    ]
}

async fn timeline(installation: &TestInstallation, table: &TenantTable, contact: &ContactId) -> Vec<Item> {
    installation.table.items_under(&table.keys().timeline(contact)).await
}

#[tokio::test]
async fn a_call_is_stored_with_its_contact_only() {
    let installation = TestInstallation::start().await;
    let scope = installation.provisioned("tnt_a").await;
    let store = CallStore::open(&scope).await.unwrap();
    let call = place(&scope, &installation.ambient);
    assert!(matches!(store.insert(&call).await, Err(Failure::NotFound("contact"))));

    let row = row_of_its_contact(&scope, &call);
    let deleted = row.clone().time("deleted_at", installation.ambient.now());
    installation.table.plant(deleted.build()).await;
    assert!(matches!(store.insert(&call).await, Err(Failure::NotFound("contact"))));
    assert_eq!(store.find(&call.id).await.unwrap(), None);

    installation.table.plant(row.build()).await;
    store.insert(&call).await.unwrap();
    assert_eq!(store.find(&call.id).await.unwrap(), Some(call.clone()));
    assert!(matches!(store.insert(&call).await, Err(Failure::Internal(_))));
}

#[tokio::test]
async fn a_contact_of_another_tenant_cannot_be_called() {
    let installation = TestInstallation::start().await;
    let (own, other) = (installation.provisioned("tnt_a").await, installation.provisioned("tnt_a-b").await);
    let call = place(&own, &installation.ambient);
    installation.table.plant(row_of_its_contact(&other, &call).build()).await;
    let store = CallStore::open(&own).await.unwrap();
    assert!(matches!(store.insert(&call).await, Err(Failure::NotFound("contact"))));
    assert!(store.callee(contact_of(&call)).await.unwrap().is_none());
    assert!(store.contact_access(contact_of(&call)).await.unwrap().is_none());
    assert!(installation.table.items_under("T#tnt_a#CALL").await.is_empty());
}

#[tokio::test]
async fn neither_number_is_stored_in_the_clear() {
    let installation = TestInstallation::start().await;
    let scope = installation.provisioned("tnt_a").await;
    let call = placed(&installation, &scope).await;
    let items = installation.table.items_under("T#tnt_a#CALL").await;
    let holds = |text: &str| {
        items.iter().any(|item| bytes_of(item).windows(text.len()).any(|window| window == text.as_bytes()))
    };
    assert!(holds(call.id.as_str()));
    for number in [REMOTE, LOCAL] {
        assert!(!holds(&number[1..]), "{number} is readable");
    }
}

#[tokio::test]
async fn reports_in_any_order_and_number_end_alike_with_one_activity() {
    let installation = TestInstallation::start().await;
    let scope = installation.provisioned("tnt_a").await;
    for seed in 0..12 {
        let call = placed(&installation, &scope).await;
        let shuffler = FixedAmbient::seeded(seed);
        let mut deliveries: Vec<News> = (0..3).flat_map(|_| story(call.dialed_at)).collect();
        shuffler.shuffle(&mut deliveries);
        let mut tasks = JoinSet::new();
        for news in deliveries {
            let (scope, id, ambient) = (scope.clone(), call.id.clone(), installation.ambient.clone());
            tasks.spawn(async move {
                let store = CallStore::open(&scope).await.unwrap();
                store.learn(&id, &news, &*ambient).await.unwrap()
            });
        }
        tasks.join_all().await;

        let store = CallStore::open(&scope).await.unwrap();
        let end = store.find(&call.id).await.unwrap().unwrap();
        let in_order = story(call.dialed_at)
            .iter()
            .filter_map(|news| news.leg.as_ref().map(|(leg, _)| leg.report))
            .fold(Progress::NEW, Progress::merge);
        assert_eq!((end.progress(), end.dialed_at), (in_order, call.dialed_at), "seed {seed}");
        assert_eq!(end.provider_call_id.as_ref().map(ProviderCallId::as_str), Some(SID));
        assert!((2..=5).contains(&end.version), "each report counts once at most: {}", end.version);

        let [row] = &timeline(&installation, &scope.table, contact_of(&call)).await[..] else {
            panic!("seed {seed}: a call has one activity")
        };
        let activity = read_activity(row).unwrap();
        assert_eq!((&activity.id, activity.occurred_at), (&ActivityId::of_call(&call.id), call.dialed_at));
        let Body::Call(summary) = activity.body else { panic!("no call") };
        assert_eq!((summary.status.as_str(), summary.duration_seconds), ("completed", Some(42)));
    }
}

#[tokio::test]
async fn the_activity_comes_with_the_end_and_follows_what_is_learnt_later() {
    let installation = TestInstallation::start().await;
    let scope = installation.provisioned("tnt_a").await;
    let store = CallStore::open(&scope).await.unwrap();
    let call = placed(&installation, &scope).await;
    let ambient = &*installation.ambient;
    let at = call.dialed_at;
    store.learn(&call.id, &report(CallStatus::InProgress, at, None), ambient).await.unwrap();
    assert!(timeline(&installation, &scope.table, contact_of(&call)).await.is_empty());
    for duration in [None, Some(42)] {
        store.learn(&call.id, &report(CallStatus::Completed, at, duration), ambient).await.unwrap();
        let rows = timeline(&installation, &scope.table, contact_of(&call)).await;
        assert_eq!(rows.len(), 1);
        let Body::Call(summary) = read_activity(&rows[0]).unwrap().body else { panic!("no call") };
        assert_eq!(summary.duration_seconds, duration.map(i64::from));
    }
}

#[tokio::test]
async fn known_news_write_nothing() {
    let installation = TestInstallation::start().await;
    let scope = installation.provisioned("tnt_a").await;
    let store = CallStore::open(&scope).await.unwrap();
    let call = placed(&installation, &scope).await;
    let news = report(CallStatus::Ringing, call.dialed_at, None);
    let first = store.learn(&call.id, &news, &*installation.ambient).await.unwrap();
    let _ = installation.table.traffic().take();
    installation.ambient.advance_seconds(5);
    assert_eq!(store.learn(&call.id, &news, &*installation.ambient).await.unwrap(), first);
    let operations: Vec<_> =
        installation.table.traffic().take().into_iter().map(|call| call.operation).collect();
    assert_eq!(operations, ["GetItem"]);
}

#[tokio::test]
async fn news_of_another_call_are_not_believed() {
    let installation = TestInstallation::start().await;
    let scope = installation.provisioned("tnt_a").await;
    let store = CallStore::open(&scope).await.unwrap();
    let call = placed(&installation, &scope).await;
    let ambient = &*installation.ambient;
    let first = report(CallStatus::Ringing, call.dialed_at, None);
    let before = store.learn(&call.id, &first, ambient).await.unwrap();
    let other = "CA00000000000000000000000000000003";
    let foreign = report_below(other, CallStatus::Completed, call.dialed_at, Some(1));
    assert!(matches!(store.learn(&call.id, &foreign, ambient).await, Err(Failure::NotFound("call"))));
    assert_eq!(store.find(&call.id).await.unwrap(), Some(before));
    let unknown = CallId::generate(ambient);
    assert!(matches!(store.learn(&unknown, &first, ambient).await, Err(Failure::NotFound("call"))));
}

#[tokio::test]
async fn an_end_without_a_time_is_the_same_whenever_it_is_reported() {
    let installation = TestInstallation::start().await;
    let scope = installation.provisioned("tnt_a").await;
    let store = CallStore::open(&scope).await.unwrap();
    let call = placed(&installation, &scope).await;
    let ambient = &*installation.ambient;
    let mut news = report(CallStatus::Completed, call.dialed_at, Some(42));
    news.leg.as_mut().unwrap().0.report.at = None;
    ambient.advance_seconds(60);
    let first = store.learn(&call.id, &news, ambient).await.unwrap();
    assert_eq!(first.progress().completed_at, Some(call.dialed_at.plus_seconds(42)));
    ambient.advance_seconds(600);
    assert_eq!(store.learn(&call.id, &news, ambient).await.unwrap(), first);
    let dated = report(CallStatus::Completed, call.dialed_at.plus_seconds(50), Some(42));
    let known = store.learn(&call.id, &dated, ambient).await.unwrap();
    assert_eq!(known.progress().completed_at, Some(call.dialed_at.plus_seconds(50)));
}

#[tokio::test]
async fn a_conflict_is_tried_again() {
    let installation = TestInstallation::start().await;
    let scope = installation.provisioned("tnt_a").await;
    let store = CallStore::open(&scope).await.unwrap();
    let call = placed(&installation, &scope).await;
    let traffic = installation.table.traffic();
    let _ = traffic.take();
    for codes in [["TransactionConflict", "None"], ["None", "TransactionConflict"]] {
        traffic.answer_next(Answer::canceled_transaction(&codes));
    }
    traffic.answer_next(Answer::exception("TransactWriteItems", "TransactionInProgressException"));
    let news = report(CallStatus::Completed, call.dialed_at, Some(42));
    let end = store.learn(&call.id, &news, &*installation.ambient).await.unwrap();
    let writes = traffic.take().iter().filter(|call| call.operation == "TransactWriteItems").count();
    assert_eq!(writes, 4);
    assert_eq!(store.find(&call.id).await.unwrap(), Some(end));
    assert_eq!(timeline(&installation, &scope.table, contact_of(&call)).await.len(), 1);
}

#[tokio::test]
async fn conflicts_without_end_and_a_busy_table_ask_for_patience() {
    let installation = TestInstallation::start().await;
    let scope = installation.provisioned("tnt_a").await;
    let store = CallStore::open(&scope).await.unwrap();
    let call = placed(&installation, &scope).await;
    let traffic = installation.table.traffic();
    let news = report(CallStatus::Completed, call.dialed_at, Some(42));
    let unavailable = async || {
        let outcome = store.learn(&call.id, &news, &*installation.ambient).await;
        assert!(matches!(outcome, Err(Failure::Unavailable(_))), "{outcome:?}");
    };
    // A transaction is tried four times by itself.
    let conflicts = |transactions: usize| {
        for _ in 0..transactions * 4 {
            traffic.answer_next(Answer::canceled_transaction(&["TransactionConflict", "None"]));
        }
    };
    conflicts(ATTEMPTS);
    unavailable().await;
    traffic.answer_next(Answer::canceled_transaction(&["ThrottlingError", "None"]));
    unavailable().await;
    for _ in 0..4 {
        traffic.answer_next(Answer::exception("TransactWriteItems", "ThrottlingException"));
    }
    unavailable().await;
    traffic.answer_next(Answer::exception("GetItem", "ProvisionedThroughputExceededException"));
    unavailable().await;
    conflicts(1);
    let insertion = store.insert(&place(&scope, &installation.ambient)).await;
    assert!(matches!(insertion, Err(Failure::Unavailable(_))), "{insertion:?}");
    assert_eq!(store.find(&call.id).await.unwrap(), Some(call));
}

#[tokio::test]
async fn placing_a_call_reads_contact_account_and_caller() {
    let installation = TestInstallation::start().await;
    let scope = installation.provisioned("tnt_a").await;
    let store = CallStore::open(&scope).await.unwrap();
    let (keys, vault, ambient) = (scope.table.keys(), scope.vault().await.unwrap(), &*installation.ambient);
    let (contact, user) = (ContactId::generate(ambient), UserId::generate(ambient));
    assert!(store.callee(&contact).await.unwrap().is_none());
    assert!(store.telephony().await.unwrap().is_none());
    assert!(store.user(&user).await.unwrap().is_none());

    let phone = PhoneRecord {
        e164: REMOTE.to_owned(),
        raw: REMOTE.to_owned(),
        kind: "work".to_owned(),
        extension: None,
        status: None,
        sms_blocked: false,
    };
    let phones = seal_record(&vault, &keys.contact(&contact), Purpose::ContactPhones, &[phone]).unwrap();
    let call = kernel::OptState { status: OptChoice::OptedOut, changed_at: None };
    let opt_states = OptStates { call, ..OptStates::default() };
    let wishes = serde_json::json!({ "first_name": "Ada", "opt_states": opt_states });
    let wishes = seal_record(&vault, &keys.contact(&contact), Purpose::ContactProfile, &wishes).unwrap();
    let row = contact_row(&scope, &contact, &user);
    let row = row.sealed(Purpose::ContactPhones, phones).sealed(Purpose::ContactProfile, wishes);
    scope.table.put_new(row.clone().build()).await.unwrap();
    let sid = "AC00000000000000000000000000000001".to_owned();
    let account = TelephonyAccount::new(sid, "secret".to_owned(), Vec::new());
    let numbers = PhoneNumbers(vec![crate::OwnNumber::plain(LOCAL)]);
    for item in crate::telephony_items(keys, &vault, &account, &numbers, ambient.now()).unwrap() {
        scope.table.put_new(item).await.unwrap();
    }
    let record = UserRecord::new("Rep".to_owned(), "rep@alpha.example".to_owned(), Some(LOCAL.to_owned()));
    let profile = seal_record(&vault, &keys.user(&user), Purpose::UserProfile, &record).unwrap();
    let item = ItemBuilder::new(&keys.user(&user)).sealed(Purpose::UserProfile, profile).build();
    scope.table.put_new(item).await.unwrap();

    let callee = store.callee(&contact).await.unwrap().unwrap();
    assert_eq!((&callee.access.owner, callee.phones[0].e164.as_str()), (&user, REMOTE));
    assert!(callee.opted_out);
    assert!(store.telephony().await.unwrap() == Some(account));
    assert!(store.phone_numbers().await.unwrap() == numbers);
    assert_eq!(store.user(&user).await.unwrap().unwrap().phone.as_deref(), Some(LOCAL));
    scope.table.put_any(row.time("deleted_at", ambient.now()).build()).await.unwrap();
    assert!(store.callee(&contact).await.unwrap().is_none());
}

/// Units by reckoning: a transaction costs 2 per begun KB and element, a check included; an index that holds the whole row
/// 1 or 2 more.
#[tokio::test]
#[expect(clippy::print_stderr, reason = "the figures are for people too")]
async fn the_capacity_of_each_use_is_what_it_should_be() {
    let installation = TestInstallation::start().await;
    let scope = installation.provisioned("tnt_a").await;
    let store = CallStore::open(&scope).await.unwrap();
    let traffic = installation.table.traffic();
    let call = placed(&installation, &scope).await;
    let insert = traffic.take_units();
    assert!((8.0..=10.0).contains(&insert), "a row, its index, a check, two pointers: {insert}");

    let reports = story(call.dialed_at);
    let (last, earlier) = reports.split_last().unwrap();
    for news in earlier {
        store.learn(&call.id, news, &*installation.ambient).await.unwrap();
    }
    let _ = traffic.take();
    store.learn(&call.id, last, &*installation.ambient).await.unwrap();
    let calls = traffic.take();
    let [read, write] = &calls[..] else { panic!("{calls:?}") };
    let (read, write) = (read.units, write.units);
    eprintln!("capacity: call insert {insert} WRU, final report {read} RRU + {write} WRU");
    assert!((0.5..=1.0).contains(&read), "a read below 4 KB: {read}");
    assert!((6.0..=8.0).contains(&write), "a row, its index, the activity, a pointer gone: {write}");
}

async fn listed(
    store: &CallStore<'_>,
    source: CallSource,
    caller: &Caller,
    after: Option<String>,
) -> (Vec<CallId>, Option<String>) {
    let stretch = CallStretch::between(None, None, 2, after);
    let (calls, last) = store.list(&source, &stretch, caller).await.unwrap();
    (calls.into_iter().map(|call| call.id).collect(), last)
}

#[tokio::test]
async fn calls_are_listed_by_tenant_user_and_contact_the_latest_first() {
    let installation = TestInstallation::start().await;
    let scope = installation.provisioned("tnt_a").await;
    let store = CallStore::open(&scope).await.unwrap();
    let mut calls = Vec::new();
    for _ in 0..3 {
        installation.ambient.advance_seconds(60);
        calls.insert(0, placed(&installation, &scope).await);
    }
    let reader = caller(&scope, &installation.ambient);
    let (first, last) = listed(&store, CallSource::Tenant, &reader, None).await;
    let (rest, end) = listed(&store, CallSource::Tenant, &reader, last).await;
    let ids: Vec<_> = calls.iter().map(|call| call.id.clone()).collect();
    assert_eq!([first, rest].concat(), ids);
    assert_eq!(end, None);
    for call in &calls {
        let user = CallSource::User(call.user.clone().unwrap());
        assert_eq!(listed(&store, user, &reader, None).await.0, slice::from_ref(&call.id));
        let contact = CallSource::Contact(contact_of(call).clone());
        assert_eq!(listed(&store, contact, &reader, None).await.0, slice::from_ref(&call.id));
    }
    let middle = Some(calls[1].dialed_at);
    for (after, before, expected) in [(middle, None, 2), (None, middle, 1), (middle, middle, 0)] {
        let stretch = CallStretch::between(after, before, 10, None);
        let (found, _) = store.list(&CallSource::Tenant, &stretch, &reader).await.unwrap();
        assert_eq!(found.len(), expected);
    }
    let hidden = row_of_its_contact(&scope, &calls[0]).text("visibility", "owner");
    installation.table.plant(hidden.build()).await;
    let (first, last) = listed(&store, CallSource::Tenant, &reader, None).await;
    assert_eq!((first, last.is_some()), (vec![ids[1].clone()], true));
}

#[tokio::test]
async fn what_a_user_says_about_a_call_is_sealed_and_stands_on_the_timeline() {
    let installation = TestInstallation::start().await;
    let scope = installation.provisioned("tnt_a").await;
    let store = CallStore::open(&scope).await.unwrap();
    let call = placed(&installation, &scope).await;
    let news = report(CallStatus::Completed, call.dialed_at, Some(42));
    let ended = store.learn(&call.id, &news, &*installation.ambient).await.unwrap();
    let now = installation.ambient.now();
    let note = "Wants an offer".to_owned();
    let next = ended.described(Some(Outcome::Interested), Some(note.clone()), now).unwrap();
    store.describe(&ended, &next).await.unwrap();
    assert!(matches!(store.describe(&ended, &next).await, Err(Failure::Stale)));
    assert_eq!(store.find(&call.id).await.unwrap(), Some(next));
    let rows = timeline(&installation, &scope.table, contact_of(&call)).await;
    let Body::Call(summary) = read_activity(&rows[0]).unwrap().body else { panic!("not a call") };
    assert_eq!((rows.len(), summary.outcome.as_deref()), (1, Some("interested")));
    for item in installation.table.items_under("T#tnt_a#CALL").await {
        let bytes = bytes_of(&item);
        assert!(!bytes.windows(note.len()).any(|window| window == note.as_bytes()), "the note is readable");
    }
    assert!(installation.table.items_under("T#tnt_a#OPENCALL").await.is_empty());
}
