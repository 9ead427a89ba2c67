//! "Go on with an import": from whoever starts one, and from its worker to itself, to the worker.

use kernel::{ClaimedTenant, ImportId, Provenance, TenantId};
use serde::{Deserialize, Serialize};

/// A step that fails is tried again after these seconds, one after the other: what is in the way mostly passes sooner than the queue
/// gives a message out again.
const WAITS: [i32; 4] = [5, 15, 45, 120];

/// Asks for an import to be carried on from where it stands. Handling it twice does nothing twice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportStep {
    tenant_id: String,
    pub import_id: ImportId,
    /// How often it has failed since the import last went on.
    #[serde(default, skip_serializing_if = "is_first")]
    failures: u8,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn is_first(failures: &u8) -> bool {
    *failures == 0
}

impl ImportStep {
    #[must_use]
    pub fn new(tenant: &TenantId, import_id: ImportId) -> Self {
        Self { tenant_id: tenant.to_string(), import_id, failures: 0 }
    }

    /// The step behind this one, which went well.
    #[must_use]
    pub fn next(self) -> Self {
        Self { failures: 0, ..self }
    }

    /// The same step once more after it failed, and in how many seconds; `None` where it has failed too often to be hurried.
    #[must_use]
    pub fn again(self) -> Option<(Self, i32)> {
        let wait = *WAITS.get(usize::from(self.failures))?;
        Some((Self { failures: self.failures + 1, ..self }, wait))
    }

    /// The tenant; `None` where the message names something that cannot be one.
    #[must_use]
    pub fn tenant(&self) -> Option<TenantId> {
        #[expect(clippy::disallowed_methods, reason = "only our own functions may send to the queue")]
        ClaimedTenant::parse(&self.tenant_id).map(|claim| claim.vouch(Provenance::OwnRecord))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(failures: &str) -> ImportStep {
        let text =
            format!(r#"{{"tenant_id": "tnt_a", "import_id": "imp_01kar5a1b2c3d4e5f6g7h8j9k0"{failures}}}"#);
        serde_json::from_str(&text).unwrap()
    }

    #[test]
    fn a_step_that_fails_is_hurried_so_often_and_no_more() {
        let (mut step, mut waits) = (read(""), Vec::new());
        assert!(!serde_json::to_string(&step).unwrap().contains("failures"));
        while let Some((again, wait)) = step.clone().again() {
            waits.push(wait);
            // As it comes out of the queue.
            step = serde_json::from_str(&serde_json::to_string(&again).unwrap()).unwrap();
        }
        assert_eq!((waits, &step), (WAITS.to_vec(), &read(r#", "failures": 4"#)));
        assert_eq!(step.next(), read(""));
    }
}
