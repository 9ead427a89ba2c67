//! The engine alone, on one thread and without a stack: 100,000 contacts sealed as they are stored, loaded, and searched.
//!
//! Every query counts each time that it is asked, and of the loads the one in the middle: what else the machine does meanwhile is in it.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::Arc,
    time::{Duration, Instant},
};

use blackbox::Error;
use kernel::{ContactId, SystemAmbient, UserId};
use rustix::time::{ClockId, clock_gettime};
use search::{Document, Facts, Index, Query, Shard, build_shards, shards_for};
use vault::{KeyKind, Place, PlainKey, TenantVault};

use super::{
    corpus,
    queries::{self, Sought},
};
use crate::{
    report::{Report, count},
    samples::Samples,
    say,
};

const CONTACTS: usize = 100_000;
const LIMIT: usize = 10;
const LOADS: usize = 20;
const ASKED: usize = 3;

pub fn measure(report: &mut Report) -> Result<(), Error> {
    say("Making up contacts");
    let corpus = corpus::contacts(CONTACTS);
    let vault = vault();
    let sealed = seal(&corpus, &vault, report)?;
    say("Loading shards");
    let index = load(&sealed, &vault, report)?;
    say("Searching");
    search(&index, &corpus, report)
}

fn vault() -> TenantVault {
    let key = PlainKey::from_bytes(&[7; 32]).expect("32 bytes are a key");
    TenantVault::new(&[(KeyKind::Data, 1, key)], Arc::new(SystemAmbient))
}

const PLACE: Place<'_> =
    Place { partition_key: "T#tnt_bench#SEARCH", sort_key: "0", purpose: "search_shard" };

fn seal(corpus: &[Document], vault: &TenantVault, report: &mut Report) -> Result<Vec<Vec<u8>>, Error> {
    let began = Instant::now();
    let shards = build_shards(corpus, shards_for(corpus.len())).map_err(failed)?;
    let built = began.elapsed();
    report.note("search.shards.count", count(shards.len()), "");
    report.note("search.shards.build_one", milliseconds(built) / count(shards.len()), "ms");
    let mut sealed = Vec::new();
    for shard in &shards {
        let bytes = shard.to_bytes().map_err(failed)?;
        sealed.push(vault.seal_shard(PLACE, &bytes).map_err(failed)?);
    }
    let largest = sealed.iter().map(Vec::len).max().unwrap_or(0);
    let all = sealed.iter().map(Vec::len).sum::<usize>();
    report.note("search.sealed.largest", count(largest) / 1e3, "KB");
    report.note("search.sealed.all", count(all) / 1e6, "MB");
    Ok(sealed)
}

/// Decrypts, decompresses and reads all shards. The budget is the processor time's, of which others on the machine take none.
fn load(sealed: &[Vec<u8>], vault: &TenantVault, report: &mut Report) -> Result<Index, Error> {
    let (mut used, mut passed) = (Samples::default(), Samples::default());
    let mut index = None;
    for _ in 0..LOADS {
        drop(index.take());
        let (began, used_before) = (Instant::now(), processor_time());
        let mut shards = Vec::with_capacity(sealed.len());
        for blob in sealed {
            let bytes = vault.open_shard(PLACE, blob).map_err(failed)?;
            shards.push(Arc::new(Shard::from_bytes(&bytes).map_err(failed)?));
        }
        let loaded = Index::new(shards).map_err(failed)?;
        used.add(processor_time().saturating_sub(used_before));
        passed.add(began.elapsed());
        index = Some(loaded);
    }
    let index = index.ok_or_else(|| failed("nothing was loaded"))?;
    report.hold("search.load.processor_median", used.percentile(50), "ms", 30.0);
    report.note("search.load.processor_p95", used.percentile(95), "ms");
    report.note("search.load.median", passed.percentile(50), "ms");
    report.hold("search.memory.index", count(index.heap_bytes()) / 1e6, "MB", 20.0);
    Ok(index)
}

/// What this thread has had of the processor.
fn processor_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    let seconds = Duration::from_secs(time.tv_sec.unsigned_abs());
    seconds + Duration::from_nanos(time.tv_nsec.unsigned_abs())
}

fn search(index: &Index, corpus: &[Document], report: &mut Report) -> Result<(), Error> {
    let texts = |sought: &[Sought]| sought.iter().map(|sought| sought.text.clone()).collect();
    let mut kinds: Vec<(&str, Vec<String>)> = Vec::new();
    for (typos, name, least) in [(0, "no_typo", 100.0), (1, "one_typo", 99.0), (2, "two_typos", 95.0)] {
        let sought = queries::sought(corpus, typos);
        found(index, corpus, &sought, name, least, report)?;
        kinds.push((name, texts(&sought)));
    }
    let phones = queries::phones(corpus);
    found(index, corpus, &phones, "phones", 99.0, report)?;
    kinds.push(("while_typing", queries::typed(corpus)));
    kinds.push(("phones", texts(&phones)));
    let (mut all, mut of_half) = (Times::default(), Times::default());
    let owners: BTreeSet<&UserId> = corpus.iter().map(|contact| &contact.owner).collect();
    let half: HashSet<&UserId> = owners.into_iter().step_by(2).collect();
    for (name, texts) in &kinds {
        let times = ask(index, texts, |_| true)?;
        report.latencies(&format!("search.query.{name}"), &times.passed, None);
        all.join(times);
        of_half.join(ask(index, texts, |facts| half.contains(facts.owner))?);
    }
    for (name, times) in [("search.query.all", &all), ("search.query.half_visible", &of_half)] {
        report.latencies(name, &times.passed, Some(6.0));
        report.note(format!("{name}.processor_p95"), times.used.percentile(95), "ms");
    }
    Ok(())
}

/// What queries took, and what of it they had the processor.
#[derive(Default)]
struct Times {
    passed: Samples,
    used: Samples,
}

impl Times {
    fn join(&mut self, other: Self) {
        self.passed.join(other.passed);
        self.used.join(other.used);
    }
}

/// Every query several times, each of which counts.
fn ask(index: &Index, texts: &[String], visible: impl Fn(Facts<'_>) -> bool) -> Result<Times, Error> {
    let mut times = Times::default();
    for text in texts {
        for _ in 0..ASKED {
            let (began, used_before) = (Instant::now(), processor_time());
            let query = Query::parse(text).map_err(failed)?;
            let hits = index.search(&query, LIMIT, &visible);
            times.used.add(processor_time().saturating_sub(used_before));
            times.passed.add(began.elapsed());
            drop(hits);
        }
    }
    Ok(times)
}

/// Whether the contact that was meant is found. Names repeat, and a query that names three people names each of them equally
/// well: `recall_at_10` counts a query as answered where the contact that was meant, or one that equals it in all that the
/// query was made of, is among the ten that are listed. `listed_at_10` counts those where the very contact is. `mrr` is the mean
/// of the reciprocal of the place of the first that counts, 0 where there is none among the ten.
fn found(
    index: &Index,
    corpus: &[Document],
    sought: &[Sought],
    name: &str,
    least: f64,
    report: &mut Report,
) -> Result<(), Error> {
    let contacts: HashMap<&ContactId, &Document> =
        corpus.iter().map(|contact| (&contact.id, contact)).collect();
    let (mut recalled, mut listed, mut reciprocal) = (0, 0, 0.0);
    for sought in sought {
        let query = Query::parse(&sought.text).map_err(failed)?;
        let hits = index.search(&query, LIMIT, |_| true);
        let first = hits.iter().position(|hit| sought.is_answered_by(contacts[&hit.id]));
        recalled += usize::from(first.is_some());
        listed += usize::from(hits.iter().any(|hit| hit.id == corpus[sought.target].id));
        reciprocal += first.map_or(0.0, |place| 1.0 / count(place + 1));
    }
    let all = count(sought.len());
    report.reach(format!("search.found.{name}.recall_at_10"), count(recalled) / all * 100.0, "%", least);
    report.note(format!("search.found.{name}.listed_at_10"), count(listed) / all * 100.0, "%");
    report.note(format!("search.found.{name}.mrr"), reciprocal / all, "");
    Ok(())
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

fn failed(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::Description { what: "the search bench".to_owned(), source: source.into() }
}
