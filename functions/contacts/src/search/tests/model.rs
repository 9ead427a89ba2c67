//! Environments that sleep as they like, against what is committed.

use std::collections::BTreeSet;

use testkit::FixedAmbient;

use super::*;

const STEPS: usize = 70;

/// A tenant's contacts as they ought to be found, and dice.
struct Model {
    bench: Bench,
    live: Vec<Contact>,
    gone: Vec<Contact>,
    dice: FixedAmbient,
}

impl Model {
    fn draw(&self, below: usize) -> usize {
        let mut drawn = [0; 4];
        self.dice.fill(&mut drawn);
        usize::try_from(u32::from_be_bytes(drawn)).unwrap() % below
    }

    /// The time of a row that is committed now: writers' clocks lag, and so do commits.
    fn written_at(&self) -> kernel::UtcTime {
        let late = i64::try_from(self.draw(50)).unwrap();
        self.bench.installation.ambient.now().plus_seconds(-late)
    }

    fn pick(&self, among: &[Contact]) -> Option<usize> {
        (!among.is_empty()).then(|| self.draw(among.len()))
    }

    async fn step(&mut self) {
        let forward = i64::try_from(self.draw(20)).unwrap();
        self.bench.installation.ambient.advance_seconds(forward);
        match self.draw(13) {
            0..=2 => self.insert().await,
            3 => self.change().await,
            4 | 5 => self.remove().await,
            6 => self.restore().await,
            7..=9 => assert_eq!(self.bench.compact(false).await, Outcome::Done),
            10 => assert_eq!(self.bench.compact(true).await, Outcome::Done),
            _ => {
                let pause = i64::try_from(self.draw(300)).unwrap();
                self.bench.installation.ambient.advance_seconds(pause);
            }
        }
    }

    async fn insert(&mut self) {
        let (tenant, ambient) = (self.bench.scope.table.tenant(), &*self.bench.installation.ambient);
        let mut contact = contact_of(r#"{"last_name": "Lovelace"}"#, tenant, ambient);
        contact.updated_at = self.written_at();
        let store = ContactStore::open(&self.bench.scope).await.unwrap();
        store.insert(&contact, &contact.access.owner).await.unwrap();
        self.live.push(contact);
    }

    async fn change(&mut self) {
        let Some(place) = self.pick(&self.live) else { return };
        let before = &self.live[place];
        let mut next = before.clone().next_version(self.written_at());
        next.details.title = Some("Countess".to_owned());
        let store = ContactStore::open(&self.bench.scope).await.unwrap();
        store.replace(before, &next, None).await.unwrap();
        self.live[place] = next;
    }

    async fn remove(&mut self) {
        let Some(place) = self.pick(&self.live) else { return };
        let contact = self.live.swap_remove(place);
        let deleted = contact.clone().next_version(self.written_at());
        let store = ContactStore::open(&self.bench.scope).await.unwrap();
        store.remove(&deleted, contact.version).await.unwrap();
        self.gone.push(deleted);
    }

    async fn restore(&mut self) {
        let Some(place) = self.pick(&self.gone) else { return };
        let deleted = self.gone.swap_remove(place);
        let restored = deleted.clone().next_version(self.written_at());
        let owner = ItemBuilder::new(&self.bench.scope.table.keys().user(&restored.access.owner));
        self.bench.scope.table.put_any(owner.text("status", "active").build()).await.unwrap();
        let by = By::user(&restored.access.owner, &*self.bench.installation.ambient);
        let store = ContactStore::open(&self.bench.scope).await.unwrap();
        store.restore(&restored, deleted.version, by).await.unwrap();
        self.live.push(restored);
    }

    /// An environment that looks now knows what is committed, and no more.
    async fn check(&self, held: &mut Option<HeldIndex>, named: &str) {
        self.bench.refresh(held).await.unwrap();
        let query = Query::parse("lovelace").unwrap();
        let index = &held.as_ref().unwrap().index;
        let hits = index.search(&query, 1000, |_| true).into_iter();
        let found: BTreeSet<_> = hits.map(|hit| (hit.id, hit.version)).collect();
        let version = |contact: &Contact| u64::try_from(contact.version).unwrap();
        let committed = self.live.iter().map(|contact| (contact.id.clone(), version(contact))).collect();
        assert_eq!(found, committed, "{named}");
    }
}

#[tokio::test]
async fn whoever_wakes_knows_what_is_committed() {
    for seed in 1..=10 {
        let bench = Bench::open().await;
        let (live, gone) = (Vec::new(), Vec::new());
        let mut model = Model { bench, live, gone, dice: FixedAmbient::seeded(seed) };
        let mut held = [None, None];
        for step in 0..STEPS {
            model.step().await;
            for (number, held) in held.iter_mut().enumerate() {
                // One is asked often, the other seldom.
                if model.draw(3 + 7 * number) == 0 {
                    model.check(held, &format!("seed {seed}, step {step}, environment {number}")).await;
                }
            }
        }
        model.check(&mut None, &format!("seed {seed}, a new environment")).await;
    }
}
