use std::collections::BTreeSet;

use kernel::{Ambient, Limit, Module};
use table::{TableError, TenantStanding, TenantStatus};
use testkit::{FixedAmbient, LocalTable, claim, tenant};

fn standing(ambient: &FixedAmbient, name: &str) -> TenantStanding {
    TenantStanding::new(name.to_owned(), ambient.now())
}

#[tokio::test]
async fn a_tenants_standing_reads_as_it_was_written() {
    let (local, ambient) = (LocalTable::start().await, FixedAmbient::seeded(1));
    let alpha = tenant("tnt_a");
    let identities = local.of(&alpha).identities();
    assert_eq!(identities.tenant(&claim("tnt_a")).await.unwrap(), None);
    let mut standing = standing(&ambient, "Alpha");
    identities.put_new_tenant(&alpha, &standing).await.unwrap();
    assert_eq!(identities.tenant(&claim("tnt_a")).await.unwrap(), Some(standing.clone()));
    assert_eq!(identities.tenant(&claim("tnt_a-b")).await.unwrap(), None);

    standing.status = TenantStatus::Suspended;
    standing.mfa_required = true;
    standing.modules = BTreeSet::from([Module::parse("crm_pro").unwrap()]);
    standing.user_limit = Some(0);
    standing.version = 2;
    identities.put_tenant(&alpha, &standing, 1).await.unwrap();
    assert_eq!(identities.tenant(&claim("tnt_a")).await.unwrap(), Some(standing));
}

#[tokio::test]
async fn a_standing_is_written_over_the_version_it_was_read_at() {
    let (local, ambient) = (LocalTable::start().await, FixedAmbient::seeded(1));
    let alpha = tenant("tnt_a");
    let (table, identities) = (local.of(&alpha), local.of(&alpha).identities());
    let first = standing(&ambient, "Alpha");
    let next = TenantStanding { name: "Renamed".to_owned(), version: 2, ..first.clone() };
    let early = identities.put_tenant(&alpha, &next, 1).await;
    assert!(matches!(early, Err(TableError::ConditionFailed { .. })), "{early:?}");
    table.transaction().put_new_standing(&first).commit().await.unwrap();
    let twice = identities.put_new_tenant(&alpha, &first).await;
    assert!(matches!(twice, Err(TableError::ConditionFailed { .. })), "{twice:?}");
    table.transaction().put_standing(&next, 1).commit().await.unwrap();
    let late = table.transaction().put_standing(&next, 1).commit().await;
    assert!(matches!(late, Err(TableError::ConditionFailed { element: 0 })), "{late:?}");
    let late = identities.put_tenant(&alpha, &next, 1).await;
    assert!(matches!(late, Err(TableError::ConditionFailed { .. })), "{late:?}");
    assert_eq!(identities.tenant(&claim("tnt_a")).await.unwrap(), Some(next));
}

/// Users' identities lie beside the tenants' rows and are not listed.
#[tokio::test]
async fn the_directory_lists_every_tenant_once_a_page_at_a_time() {
    let (local, ambient) = (LocalTable::start().await, FixedAmbient::seeded(1));
    let names = ["tnt_a", "tnt_a-b", "tnt_b", "tnt_c", "tnt_d"];
    for name in names {
        let identities = local.of(&tenant(name)).identities();
        identities.put_new_tenant(&tenant(name), &standing(&ambient, name)).await.unwrap();
    }
    let identities = local.of(&tenant("tnt_a")).identities();
    let (mut listed, mut after, mut pages) = (Vec::new(), None, 0);
    loop {
        let page = identities.directory(Limit::parse("2").unwrap(), after.as_deref()).await.unwrap();
        pages += 1;
        for (id, standing) in page.tenants {
            assert_eq!(id.as_str(), standing.name);
            listed.push(standing.name);
        }
        after = page.last;
        if after.is_none() {
            break;
        }
    }
    assert_eq!((listed, pages), (names.map(str::to_owned).to_vec(), 3));
}
