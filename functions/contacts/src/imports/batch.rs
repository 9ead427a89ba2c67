//! Writing the rows of a batch, each whole or not at all.

use std::collections::{BTreeMap, HashSet};

use futures_util::{StreamExt, TryStreamExt, stream};
use kernel::{Ambient, ContactId, Failure};

use super::{
    companies::KnownCompanies,
    duplicate::is_duplicate,
    import::{Counts, Import, OnDuplicate},
    reader::Row,
    report::RowFault,
    row::{Incoming, Read, RowContext},
};
use crate::{companies::link, contact::Contact, store::ContactStore};

/// Rows looked up at a time.
const LOOKUPS: usize = 24;
/// Transactions under way at a time.
const WRITES: usize = 6;
/// Elements of a transaction: DynamoDB takes 100.
const MOST_ELEMENTS: usize = 100;
/// A contact that others change at the same moment is read again so many times.
const ATTEMPTS: usize = 5;

/// What the rows of one import are written with.
pub struct Batch<'a> {
    pub import: &'a Import,
    pub on_duplicate: OnDuplicate,
    pub context: RowContext<'a>,
    pub store: &'a ContactStore<'a>,
    pub companies: &'a KnownCompanies<'a>,
    pub ambient: &'a dyn Ambient,
}

/// What became of a batch.
#[derive(Debug, Default)]
pub struct Outcome {
    pub counts: Counts,
    /// What the report says: of rows that failed, and of duplicates that were left out.
    pub faults: Vec<RowFault>,
}

/// What is to be done with a row.
enum Decision {
    Create(Box<Contact>),
    Update(ContactId, Box<Incoming>),
    Skip(RowFault),
    /// It has been created: the worker came by before, and did not get to note it.
    Done,
    Refuse(Vec<RowFault>),
}

impl Batch<'_> {
    /// Writes the rows. Where this fails some may have been written; carried out again, they are written once.
    pub async fn write(&self, rows: &[Row]) -> Result<Outcome, Failure> {
        let (mut outcome, mut wave, mut taken) = (Outcome::default(), Vec::new(), HashSet::new());
        for row in rows {
            let missing = || Failure::internal("the import was not started");
            let id = self.import.contact_of(row.number).ok_or_else(missing)?;
            let created_at = self.import.started_at.ok_or_else(missing)?;
            match self.context.read(row, id, created_at) {
                Read::Nothing => outcome.counts.skipped += 1,
                Read::Faulty(faults) => outcome.refuse(faults),
                Read::Contact(incoming) => {
                    let partitions = self.store.partitions_of(&incoming.contact)?;
                    // A row about somebody whom an earlier one is about has to find what that one wrote.
                    if self.on_duplicate != OnDuplicate::Create
                        && partitions.iter().any(|partition| taken.contains(partition))
                    {
                        self.write_wave(std::mem::take(&mut wave), &mut outcome).await?;
                        taken.clear();
                    }
                    taken.extend(partitions);
                    wave.push((row, *incoming));
                }
            }
        }
        self.write_wave(wave, &mut outcome).await?;
        outcome.faults.sort_by_key(|fault| fault.row);
        Ok(outcome)
    }

    /// Rows that have nothing to do with each other.
    async fn write_wave(&self, wave: Vec<(&Row, Incoming)>, outcome: &mut Outcome) -> Result<(), Failure> {
        let deciding = wave.into_iter().map(|(row, incoming)| self.decide(row, incoming));
        let decisions: Vec<(&Row, Decision)> = stream::iter(deciding).buffered(LOOKUPS).try_collect().await?;
        // Rows about one contact may have nothing else in common.
        let (mut fresh, mut updates) = (Vec::new(), BTreeMap::<_, Vec<_>>::new());
        for (row, decision) in decisions {
            match decision {
                Decision::Create(contact) => fresh.push(*contact),
                Decision::Update(id, incoming) => updates.entry(id).or_default().push((row, incoming)),
                Decision::Skip(fault) => outcome.skip(fault),
                Decision::Done => outcome.counts.created += 1,
                Decision::Refuse(faults) => outcome.refuse(faults),
            }
        }
        let groups = self.groups(&fresh)?;
        let writes = groups.into_iter().map(|group| self.insert(group));
        let created: Vec<u32> = stream::iter(writes).buffer_unordered(WRITES).try_collect().await?;
        outcome.counts.created += created.into_iter().sum::<u32>();
        let writes = updates.iter().map(|(id, rows)| self.update_with(id, rows));
        outcome.add(stream::iter(writes).buffer_unordered(WRITES).try_collect().await?);
        Ok(())
    }

    /// All rows about one contact, one after the other, so that the last of them has the last word.
    async fn update_with(&self, id: &ContactId, rows: &[(&Row, Box<Incoming>)]) -> Result<Outcome, Failure> {
        let mut outcome = Outcome::default();
        for (row, incoming) in rows {
            match self.update(row, id, incoming).await? {
                None => outcome.counts.updated += 1,
                Some(faults) => outcome.refuse(faults),
            }
        }
        Ok(outcome)
    }

    async fn decide<'r>(&self, row: &'r Row, incoming: Incoming) -> Result<(&'r Row, Decision), Failure> {
        let decision = match self.on_duplicate {
            OnDuplicate::Create => self.create(incoming).await?,
            OnDuplicate::Skip | OnDuplicate::Update => self.decide_known(row, incoming).await?,
        };
        Ok((row, decision))
    }

    async fn decide_known(&self, row: &Row, incoming: Incoming) -> Result<Decision, Failure> {
        let holders = self.store.holders_of(&incoming.contact).await?;
        if holders.contains(&incoming.contact.id) {
            return Ok(Decision::Done);
        }
        if holders.is_empty() {
            return self.create(incoming).await;
        }
        let known = self.store.find_all(&holders).await?;
        let visible =
            self.store.scope.table.visible(self.context.caller, known.iter().map(|contact| &contact.access));
        let visible = visible.await?;
        // Whom the importer may not see is nobody's duplicate: to say otherwise would tell of them.
        let mut known = known.into_iter().filter(|contact| {
            visible.sees(&contact.access) && is_duplicate(&contact.details, &incoming.contact.details)
        });
        match (known.next(), known.next()) {
            (None, _) => self.create(incoming).await,
            (Some(_), _) if self.on_duplicate == OnDuplicate::Skip => {
                let message = "A contact with its address or its number is there already.";
                Ok(Decision::Skip(RowFault::of_row(row.number, "duplicate", message)))
            }
            (Some(contact), None) => Ok(Decision::Update(contact.id, Box::new(incoming))),
            (Some(_), Some(_)) => {
                let message = "Its address and its number, or one of them, are those of several contacts.";
                Ok(Decision::Refuse(vec![RowFault::of_row(row.number, "several_duplicates", message)]))
            }
        }
    }

    async fn create(&self, incoming: Incoming) -> Result<Decision, Failure> {
        let contact = self.companies.link(incoming.contact).await?;
        Ok(Decision::Create(Box::new(contact)))
    }

    /// As many as one transaction takes.
    fn groups<'c>(&self, contacts: &'c [Contact]) -> Result<Vec<Vec<&'c Contact>>, Failure> {
        let (mut groups, mut elements) = (Vec::<Vec<&Contact>>::new(), MOST_ELEMENTS);
        for contact in contacts {
            let own = self.store.elements_of(contact)?;
            if elements + own > MOST_ELEMENTS {
                groups.push(Vec::new());
                elements = 0;
            }
            elements += own;
            if let Some(group) = groups.last_mut() {
                group.push(contact);
            }
        }
        Ok(groups)
    }

    /// How many of these contacts there are afterwards: all. Where one of them was there before, each is written alone.
    async fn insert(&self, group: Vec<&Contact>) -> Result<u32, Failure> {
        let now = self.ambient.now();
        let contacts: Vec<_> = group.into_iter().map(|contact| contact.clone().next_version(now)).collect();
        let count = u32::try_from(contacts.len()).map_err(Failure::internal)?;
        match self.store.insert_all(&contacts.iter().collect::<Vec<_>>()).await {
            Err(Failure::Stale) => {}
            outcome => return outcome.map(|()| count),
        }
        for contact in &contacts {
            match self.store.insert_all(&[contact]).await {
                Ok(()) | Err(Failure::Stale) => {}
                Err(failure) => return Err(failure),
            }
        }
        Ok(count)
    }

    /// What is wrong where it could not be updated.
    async fn update(
        &self,
        row: &Row,
        id: &ContactId,
        incoming: &Incoming,
    ) -> Result<Option<Vec<RowFault>>, Failure> {
        for _ in 0..ATTEMPTS {
            let Some(before) = self.store.find(id).await? else {
                let message = "The contact that it is about was deleted meanwhile.";
                return Ok(Some(vec![RowFault::of_row(row.number, "deleted_meanwhile", message)]));
            };
            let before = link::up_to_date(self.companies.store(), before).await?;
            let outcome = match self.merged(&before, incoming) {
                Ok(next) if next == before => return Ok(None),
                // The import tells of itself; an entry and an event for every row would drown what else its owners hear.
                Ok(next) => self.store.replace(&before, &next.next_version(self.ambient.now()), None).await,
                Err(failure) => Err(failure),
            };
            match outcome {
                Ok(()) => return Ok(None),
                Err(Failure::Stale) => {}
                Err(Failure::Invalid(errors)) => {
                    let faults = errors.into_iter().map(|error| self.context.fault_of(row, error));
                    return Ok(Some(faults.collect()));
                }
                Err(failure) => return Err(failure),
            }
        }
        Err(Failure::Unavailable("a contact changes faster than it can be written".into()))
    }

    fn merged(&self, before: &Contact, incoming: &Incoming) -> Result<Contact, Failure> {
        let mut next = before.enriched(&incoming.contact.details, self.context.surroundings)?;
        if let Some(owner) = &incoming.owner {
            next.access.owner = owner.clone();
        }
        if let Some(visibility) = incoming.visibility {
            next.access.visibility = visibility;
        }
        Ok(next)
    }
}

impl Outcome {
    fn add(&mut self, others: Vec<Self>) {
        for other in others {
            self.counts = self.counts.plus(other.counts);
            self.faults.extend(other.faults);
        }
    }

    fn skip(&mut self, duplicate: RowFault) {
        self.counts.skipped += 1;
        self.faults.push(duplicate);
    }

    /// A row counts once, whatever is wrong with it.
    fn refuse(&mut self, faults: Vec<RowFault>) {
        self.counts.failed += 1;
        self.faults.extend(faults);
    }
}
