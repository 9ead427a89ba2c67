//! The engine alone, on one thread and without a stack: 100,000 contacts sealed as they are stored, loaded, and searched.
//!
//! Of each query's and each load's times the shortest of several is taken: what else the machine does meanwhile is not what is measured.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use blackbox::Error;
use kernel::SystemAmbient;
use search::{Document, Index, Query, Shard, build_shards, shards_for};
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
/// Far enough down to find the place of a contact that shares its name with many.
const DEEP: usize = 2_000;
const LOADS: usize = 20;
const ASKED: usize = 5;

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

/// Decrypts, decompresses and reads all shards.
fn load(sealed: &[Vec<u8>], vault: &TenantVault, report: &mut Report) -> Result<Index, Error> {
    let mut samples = Samples::default();
    let mut index = None;
    for _ in 0..LOADS {
        drop(index.take());
        let began = Instant::now();
        let mut shards = Vec::with_capacity(sealed.len());
        for blob in sealed {
            let bytes = vault.open_shard(PLACE, blob).map_err(failed)?;
            shards.push(Arc::new(Shard::from_bytes(&bytes).map_err(failed)?));
        }
        let loaded = Index::new(shards).map_err(failed)?;
        samples.add(began.elapsed());
        index = Some(loaded);
    }
    let index = index.ok_or_else(|| failed("nothing was loaded"))?;
    report.note("search.load.median", samples.percentile(50), "ms");
    report.hold("search.load.best", samples.percentile(1), "ms", 30.0);
    report.hold("search.memory.index", count(index.heap_bytes()) / 1e6, "MB", 20.0);
    Ok(index)
}

fn search(index: &Index, corpus: &[Document], report: &mut Report) -> Result<(), Error> {
    let mut times = Samples::default();
    for (typos, name, least) in [(0, "no_typo", 99.0), (1, "one_typo", 99.0), (2, "two_typos", 95.0)] {
        let sought = queries::sought(corpus, typos);
        times.join(ask(index, sought.iter().map(|sought| sought.text.as_str()), name, report)?);
        found(index, corpus, &sought, name, least, report)?;
    }
    let typed = queries::typed(corpus);
    times.join(ask(index, typed.iter().map(String::as_str), "while_typing", report)?);
    let phones = queries::phones(corpus);
    times.join(ask(index, phones.iter().map(|sought| sought.text.as_str()), "phones", report)?);
    found(index, corpus, &phones, "phones", 99.0, report)?;
    report.latencies("search.query.all", &times, Some(6.0));
    Ok(())
}

fn ask<'a>(
    index: &Index,
    texts: impl Iterator<Item = &'a str>,
    name: &str,
    report: &mut Report,
) -> Result<Samples, Error> {
    let mut samples = Samples::default();
    for text in texts {
        let mut shortest = Duration::MAX;
        for _ in 0..ASKED {
            let began = Instant::now();
            let query = Query::parse(text).map_err(failed)?;
            let hits = index.search(&query, LIMIT, |_| true);
            shortest = shortest.min(began.elapsed());
            drop(hits);
        }
        samples.add(shortest);
    }
    report.latencies(&format!("search.query.{name}"), &samples, None);
    Ok(samples)
}

/// Whether the contact that was meant is found. Names repeat, and a query that names three people names each of them equally
/// well: `recall_at_10` counts a query as answered where fewer than ten contacts score higher than the one that was meant, so
/// that it is among the first ten or ties with the tenth. `listed_at_10` counts those that are among the first ten as they are
/// listed. `mrr` is the mean of the reciprocal of one more than the number of contacts that score higher.
fn found(
    index: &Index,
    corpus: &[Document],
    sought: &[Sought],
    name: &str,
    least: f64,
    report: &mut Report,
) -> Result<(), Error> {
    let (mut recalled, mut listed, mut reciprocal) = (0, 0, 0.0);
    for sought in sought {
        let query = Query::parse(&sought.text).map_err(failed)?;
        let hits = index.search(&query, DEEP, |_| true);
        let Some(place) = hits.iter().position(|hit| hit.id == corpus[sought.target].id) else { continue };
        let higher = hits.iter().filter(|hit| hit.score > hits[place].score).count();
        recalled += usize::from(higher < LIMIT);
        listed += usize::from(place < LIMIT);
        reciprocal += 1.0 / (count(higher) + 1.0);
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
