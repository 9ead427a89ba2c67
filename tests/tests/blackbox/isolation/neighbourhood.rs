//! Three tenants: the one who tries, one whose id begins with the first one's, and a stranger.

use std::collections::BTreeMap;

use crate::{
    aws::Item,
    eventually::eventually,
    failed::Outcome,
    world::{Tenant, World},
};

pub struct Neighbourhood {
    pub world: World,
    /// Who tries.
    pub mine: Tenant,
    /// A contact of the one who tries.
    pub contact: String,
    /// Whom nothing must happen to.
    pub others: [Victim; 2],
}

pub struct Victim {
    pub tenant: Tenant,
    pub contact: String,
    /// Over, and on the contact's timeline.
    pub call: String,
    pub call_sid: String,
    /// Cursors into the tenant's own lists.
    pub contacts_cursor: String,
    pub timeline_cursor: String,
    /// All that the tenant has stored.
    rows: BTreeMap<(String, String), Item>,
}

impl Neighbourhood {
    pub async fn settle() -> Outcome<Self> {
        let world = World::open().await?;
        let (mine, longer, stranger) = world.neighbours().await?;
        let others = [Victim::move_in(&world, longer).await?, Victim::move_in(&world, stranger).await?];
        let contact = mine.contact().await?;
        Ok(Self { world, mine, contact, others })
    }

    /// Fails where something of another tenant has changed since the beginning.
    pub async fn assert_nothing_changed(&self) -> Outcome {
        for other in &self.others {
            let now = stored(&self.world, &other.tenant).await?;
            let differs = |key: &&(String, String)| now.get(*key) != other.rows.get(*key);
            let changed: Vec<_> = now.keys().chain(other.rows.keys()).filter(differs).collect();
            assert!(changed.is_empty(), "changed of {}: {changed:?}", other.tenant.id);
        }
        Ok(())
    }
}

impl Victim {
    async fn move_in(world: &World, tenant: Tenant) -> Outcome<Self> {
        let contact = tenant.contact().await?;
        let (call, call_sid) = tenant.call(&contact).await?;
        tenant.call(&contact).await?;
        eventually("both calls on the timeline", async || {
            Ok((tenant.timeline(&contact).await?.len() == 2).then_some(()))
        })
        .await?;
        tenant.contact().await?;
        let cursor = async |path: String| -> Outcome<String> {
            let page = tenant.session.get(&path).await?.expect(200)?;
            Ok(page.text("/next_cursor")?.to_owned())
        };
        let contacts_cursor = cursor("/v1/contacts?limit=1".to_owned()).await?;
        let timeline_cursor = cursor(format!("/v1/contacts/{contact}/timeline?limit=1")).await?;
        let rows = stored(world, &tenant).await?;
        Ok(Self { tenant, contact, call, call_sid, contacts_cursor, timeline_cursor, rows })
    }
}

/// Without the touches, the search's shards and the event logs, which follow behind the stream, and without the sockets that the tenant's
/// own user opens and closes and the searches counted of theirs.
async fn stored(world: &World, tenant: &Tenant) -> Outcome<BTreeMap<(String, String), Item>> {
    let mut rows = world.rows_of(&tenant.id).await?;
    rows.retain(|(partition, _), _| {
        !["#TOUCH", "#SEARCH", "#SEARCHLOG", "#LANE"].iter().any(|kind| partition.ends_with(kind))
            && !partition.contains("#SOCKET#")
            && !partition.contains("#USES#")
            && !partition.contains("#EVENTS#")
            && !partition.contains("#NOTIFICATION#")
    });
    Ok(rows)
}
