//! Whatever is wrong with a request: it is refused, the answer names the fault, and nothing is stored.

mod bodies;
mod fields;
mod passwords;
mod queries;
mod reports;
mod sockets;
mod tokens;

use std::collections::BTreeMap;

use blackbox::Answer;

use crate::{
    aws::Item,
    failed::Outcome,
    world::{Tenant, World},
};

/// What a tenant has stored at some moment.
struct Stored(BTreeMap<(String, String), Item>);

impl Stored {
    /// Without the event logs and the dispatcher's lane, which follow behind the stream.
    async fn now(world: &World, tenant: &Tenant) -> Outcome<Self> {
        let mut rows = world.rows_of(&tenant.id).await?;
        rows.retain(|(partition, _), _| !partition.contains("#EVENTS#") && !partition.ends_with("#LANE"));
        Ok(Self(rows))
    }

    /// Fails where anything has been added, changed or removed since.
    async fn assert_unchanged(&self, world: &World, tenant: &Tenant) -> Outcome {
        let Self(now) = Self::now(world, tenant).await?;
        let (before, now): (Vec<_>, Vec<_>) = (self.0.iter().collect(), now.iter().collect());
        assert_eq!(before, now, "something was stored");
        Ok(())
    }
}

/// Fails unless the answer is this problem; `about` tells the case.
pub fn assert_problem(answer: &Answer, status: u16, problem: &str, about: &str) {
    assert_eq!((answer.status, answer.problem()), (status, Some(problem)), "{about}: {}", answer.body);
}

/// Fails unless the answer is a validation problem that names this field, and maybe others.
pub fn assert_names(answer: &Answer, field: &str, about: &str) {
    assert_problem(answer, 400, "validation_failed", about);
    assert!(answer.problem_fields().contains(&field), "{about}: {}", answer.body);
}
