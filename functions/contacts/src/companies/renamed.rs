//! What companies are called now, in the memory of a warm environment.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use kernel::{Failure, TenantId};
use tenancy::TenantScope;

use super::store::{CompanyStore, Renamed};

/// Of so many tenants at most; they are read again, a stretch of small rows each, where there were more.
const MOST_TENANTS: usize = 500;

/// Each tenant's renamings, with what said of them that there are no later ones. A page costs one row then, however many companies
/// have ever been renamed.
#[derive(Default)]
pub struct RenamedCache(Mutex<HashMap<TenantId, Known>>);

#[derive(Clone)]
struct Known {
    /// Of [`CompanyStore::renamings`].
    upto: Option<String>,
    renamed: Arc<Renamed>,
}

impl RenamedCache {
    /// As [`CompanyStore::renamed`], as of now.
    pub async fn of(&self, scope: &TenantScope) -> Result<Arc<Renamed>, Failure> {
        let store = CompanyStore::open(scope).await?;
        // Before the renamings themselves: a later one has them read again, never held for older than they are.
        let upto = store.renamings().await?;
        let tenant = scope.table.tenant();
        let known = self.lock().get(tenant).filter(|known| known.upto == upto).cloned();
        if let Some(known) = known {
            return Ok(known.renamed);
        }
        let renamed = Arc::new(store.renamed().await?);
        let mut tenants = self.lock();
        if tenants.len() >= MOST_TENANTS {
            tenants.clear();
        }
        tenants.insert(tenant.clone(), Known { upto, renamed: renamed.clone() });
        Ok(renamed)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<TenantId, Known>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use kernel::{Ambient, CompanyId};
    use testkit::TestInstallation;

    use super::*;
    use crate::companies::Company;

    #[tokio::test]
    async fn renamings_are_read_when_there_is_another_and_only_then() {
        let installation = TestInstallation::start().await;
        let scope = installation.provisioned("tnt_a").await;
        let other = installation.provisioned("tnt_b").await;
        let ambient = &*installation.ambient;
        let store = CompanyStore::open(&scope).await.unwrap();
        let mut company =
            Company::blank(CompanyId::generate(ambient), ambient.now()).next_version(ambient.now());
        company.details.name = "Before".to_owned();
        store.insert(&company).await.unwrap();
        let cache = RenamedCache::default();
        assert!(cache.of(&scope).await.unwrap().is_empty());

        ambient.advance_seconds(1);
        let mut next = company.clone().next_version(ambient.now());
        next.details.name = "After".to_owned();
        store.replace(&company, &next).await.unwrap();
        let renamed = cache.of(&scope).await.unwrap();
        assert_eq!((renamed[&company.id].name.as_str(), renamed[&company.id].gone), ("After", false));
        drop(installation.table.traffic().take());
        let again = cache.of(&scope).await.unwrap();
        assert!(Arc::ptr_eq(&renamed, &again), "they were read again");
        assert_eq!(installation.table.traffic().take().len(), 1);
        assert!(cache.of(&other).await.unwrap().is_empty(), "they are another tenant's");

        ambient.advance_seconds(1);
        store.remove(&Company { updated_at: ambient.now(), ..next }).await.unwrap();
        assert!(cache.of(&scope).await.unwrap()[&company.id].gone);
    }
}
