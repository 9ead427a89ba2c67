//! A tenant's keys: made once whoever tries, held for a while, and nobody else's.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;

use async_trait::async_trait;
use kernel::Failure;
use table::{ItemReader, Purpose};
use tenancy::{TenantScope, read_wrapped_key, seal_record, unseal_record, wrapped_key_item};
use testkit::{Answer, LocalKeys, TestInstallation, claim, tenant};
use tokio::{
    sync::{Notify, Semaphore},
    task::JoinSet,
};
use vault::{GeneratedKey, KeyError, KeyKind, KeyProvider, PlainKey, WrappedKey};

/// Says when it is asked for a key, and gives none before it may.
struct SlowKeys {
    keys: Arc<LocalKeys>,
    asked: Notify,
    may_answer: Semaphore,
}

#[async_trait]
impl KeyProvider for SlowKeys {
    async fn generate(&self, tenant: &str, kind: KeyKind, version: u16) -> Result<GeneratedKey, KeyError> {
        self.asked.notify_one();
        self.may_answer.acquire().await.unwrap().forget();
        self.keys.generate(tenant, kind, version).await
    }

    async fn unwrap(&self, tenant: &str, wrapped: &WrappedKey) -> Result<PlainKey, KeyError> {
        self.keys.unwrap(tenant, wrapped).await
    }
}

async fn stored_kinds(installation: &TestInstallation) -> Vec<(KeyKind, u16)> {
    let items = installation.table.items_under("T#tnt_a#KEY").await;
    let keys = items.iter().map(|item| read_wrapped_key(item).unwrap());
    let mut kinds: Vec<_> = keys.map(|key| (key.kind, key.version)).collect();
    kinds.sort_by_key(|(kind, _)| kind.as_str());
    kinds
}

/// Whether what `one` seals, `other` opens, and whether both find a value under the same index.
async fn share_keys(one: &TenantScope, other: &TenantScope) -> bool {
    let (one, other) = (one.vault().await.unwrap(), other.vault().await.unwrap());
    let place = vault::Place { partition_key: "p", sort_key: "s", purpose: "test" };
    let opens = other.open(place, &one.seal(place, b"text").unwrap()).is_ok();
    let index = |vault: &vault::TenantVault| {
        vault.blind_index(vault::BlindIndex::EmailAddress, "rep@alpha.example").unwrap()
    };
    opens && index(&one) == index(&other)
}

#[tokio::test]
async fn keys_are_made_once() {
    let installation = TestInstallation::start().await;
    let scope = installation.scope(&tenant("tnt_a"));
    scope.ensure_keys().await.unwrap();
    let first = installation.table.items_under("T#tnt_a#KEY").await;
    scope.ensure_keys().await.unwrap();
    installation.scope(&tenant("tnt_a")).ensure_keys().await.unwrap();
    assert_eq!(stored_kinds(&installation).await, [(KeyKind::Data, 1), (KeyKind::Index, 1)]);
    assert_eq!(installation.table.items_under("T#tnt_a#KEY").await, first);
    assert_eq!(installation.keys.generated(), 2);
}

#[tokio::test]
async fn made_at_once_the_first_keys_stay() {
    let installation = TestInstallation::start().await;
    let (first, table) = (installation.scope(&tenant("tnt_a")), installation.table.of(&tenant("tnt_a")));
    let keys = installation.keys.clone();
    let slow = Arc::new(SlowKeys { keys, asked: Notify::new(), may_answer: Semaphore::new(0) });
    let second = TenantScope::new(table, slow.clone(), installation.ambient.clone());
    let overtaking = async {
        slow.asked.notified().await;
        first.ensure_keys().await.unwrap();
        first.vault().await.unwrap();
        let rows = installation.table.items_under("T#tnt_a#KEY").await;
        slow.may_answer.add_permits(2);
        rows
    };
    let (outcome, rows) = tokio::join!(second.ensure_keys(), overtaking);
    outcome.unwrap();
    assert_eq!(installation.keys.generated(), 4);
    assert_eq!(stored_kinds(&installation).await, [(KeyKind::Data, 1), (KeyKind::Index, 1)]);
    let after = installation.table.items_under("T#tnt_a#KEY").await;
    assert!(after.iter().all(|row| rows.contains(row)));
    assert!(share_keys(&first, &second).await);
}

#[tokio::test]
async fn however_many_make_them_there_is_one_pair() {
    let installation = TestInstallation::start().await;
    let mut tasks = JoinSet::new();
    for _ in 0..8 {
        let scope = installation.scope(&tenant("tnt_a"));
        tasks.spawn(async move {
            scope.ensure_keys().await.unwrap();
            scope.vault().await.unwrap();
            scope
        });
    }
    let scopes = tasks.join_all().await;
    assert_eq!(stored_kinds(&installation).await, [(KeyKind::Data, 1), (KeyKind::Index, 1)]);
    for scope in &scopes[1..] {
        assert!(share_keys(&scopes[0], scope).await);
    }
}

#[tokio::test]
async fn a_half_made_pair_is_completed() {
    let installation = TestInstallation::start().await;
    let scope = installation.scope(&tenant("tnt_a"));
    let data = installation.keys.generate("tnt_a", KeyKind::Data, 1).await.unwrap();
    scope.table.put_new(wrapped_key_item(scope.table.keys(), &data.wrapped)).await.unwrap();
    scope.ensure_keys().await.unwrap();
    assert_eq!(stored_kinds(&installation).await, [(KeyKind::Data, 1), (KeyKind::Index, 1)]);
    let items = scope.table.wrapped_keys().await.unwrap();
    assert!(items.iter().any(|item| read_wrapped_key(item).unwrap() == data.wrapped));
}

#[tokio::test]
async fn keys_are_unwrapped_once_and_again_when_they_are_old() {
    let installation = TestInstallation::start().await;
    let scope = installation.scope(&tenant("tnt_a"));
    scope.ensure_keys().await.unwrap();
    let together = tokio::try_join!(scope.vault(), scope.vault(), scope.vault()).unwrap();
    assert!(Arc::ptr_eq(&together.0, &together.2));
    assert_eq!(installation.keys.unwrapped(), 2);
    installation.ambient.advance_seconds(1799);
    scope.clone().vault().await.unwrap();
    assert_eq!(installation.keys.unwrapped(), 2);
    installation.ambient.advance_seconds(1);
    scope.vault().await.unwrap();
    assert_eq!(installation.keys.unwrapped(), 4);
}

#[tokio::test]
async fn a_newer_key_is_found_when_a_row_names_it_and_damaged_rows_do_not_ask_without_end() {
    let installation = TestInstallation::start().await;
    let scope = installation.provisioned("tnt_a").await;
    let old = scope.vault().await.unwrap();
    installation.ambient.advance_seconds(60);
    let newer = installation.keys.generate("tnt_a", KeyKind::Data, 2).await.unwrap();
    scope.table.put_new(wrapped_key_item(scope.table.keys(), &newer.wrapped)).await.unwrap();
    let rotated = installation.scope(&tenant("tnt_a")).vault().await.unwrap();
    let key = scope.table.keys().telephony();
    let mut sealed = seal_record(&rotated, &key, Purpose::TelephonyAccount, &"secret").unwrap();
    let opened = |vault: &vault::TenantVault, sealed: &[u8]| {
        let item = table::ItemBuilder::new(&key).sealed(Purpose::TelephonyAccount, sealed.to_vec()).build();
        unseal_record::<String>(vault, ItemReader::new(&item), Purpose::TelephonyAccount)
    };
    assert!(Arc::ptr_eq(&scope.vault().await.unwrap(), &old));
    assert!(matches!(opened(&old, &sealed), Err(Failure::Unavailable(_))));
    let renewed = scope.vault().await.unwrap();
    assert_eq!(opened(&renewed, &sealed).unwrap(), "secret");

    // The key version stands behind the format's byte.
    sealed[1] = 9;
    assert!(opened(&renewed, &sealed).is_err());
    assert!(Arc::ptr_eq(&scope.vault().await.unwrap(), &renewed));
    installation.ambient.advance_seconds(10);
    let again = scope.vault().await.unwrap();
    assert!(!Arc::ptr_eq(&again, &renewed));
    assert!(opened(&again, &sealed).is_err());
    assert!(Arc::ptr_eq(&scope.vault().await.unwrap(), &again));
}

#[tokio::test]
async fn keys_that_were_not_read_are_not_held() {
    let installation = TestInstallation::start().await;
    let scope = installation.scope(&tenant("tnt_a"));
    scope.ensure_keys().await.unwrap();
    installation.table.traffic().answer_next(Answer::exception("Query", "ThrottlingException"));
    assert!(matches!(scope.vault().await, Err(Failure::Unavailable(_))));
    assert!(scope.vault().await.is_ok());
}

#[tokio::test]
async fn another_tenants_wrapped_keys_do_not_unwrap() {
    let installation = TestInstallation::start().await;
    let other = installation.provisioned("tnt_b").await;
    let own = installation.scope(&tenant("tnt_a"));
    for item in other.table.wrapped_keys().await.unwrap() {
        let stolen = wrapped_key_item(own.table.keys(), &read_wrapped_key(&item).unwrap());
        installation.table.plant(stolen).await;
    }
    assert!(matches!(own.vault().await, Err(Failure::Internal(_))));
}

#[tokio::test]
async fn a_sealed_record_opens_in_its_own_row_alone() {
    let installation = TestInstallation::start().await;
    let (own, other) = (installation.provisioned("tnt_a").await, installation.provisioned("tnt_b").await);
    assert!(!share_keys(&own, &other).await);
    let vault = own.vault().await.unwrap();
    let sealed = |key: &table::Key| {
        let blob = seal_record(&vault, &own.table.keys().telephony(), Purpose::TelephonyAccount, &"secret");
        table::ItemBuilder::new(key).sealed(Purpose::TelephonyAccount, blob.unwrap()).build()
    };
    let opened = |vault: &vault::TenantVault, item: &table::Item| {
        unseal_record::<String>(vault, ItemReader::new(item), Purpose::TelephonyAccount)
    };
    let item = sealed(&own.table.keys().telephony());
    assert_eq!(opened(&vault, &item).unwrap(), "secret");
    assert!(opened(&other.vault().await.unwrap(), &item).is_err());
    assert!(opened(&vault, &sealed(&own.table.keys().tenant())).is_err());
}

#[tokio::test]
async fn a_claim_opens_the_telephony_account_with_the_tenants_keys() {
    let installation = TestInstallation::start().await;
    let scope = installation.provisioned("tnt_a").await;
    let key = scope.table.keys().telephony();
    let vault = scope.vault().await.unwrap();
    let blob = seal_record(&vault, &key, Purpose::TelephonyAccount, &"secret").unwrap();
    let item = table::ItemBuilder::new(&key).sealed(Purpose::TelephonyAccount, blob).build();
    scope.table.put_any(item).await.unwrap();

    let claimed = installation.claim_scope(&claim("tnt_a"));
    let item = claimed.table.telephony().await.unwrap().unwrap();
    let vault = claimed.vault().await.unwrap();
    let text: String = unseal_record(&vault, ItemReader::new(&item), Purpose::TelephonyAccount).unwrap();
    assert_eq!(text, "secret");
    assert!(installation.claim_scope(&claim("tnt_a-b")).table.telephony().await.unwrap().is_none());
}
