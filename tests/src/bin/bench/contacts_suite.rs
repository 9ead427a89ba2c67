//! The suite `contacts`: a tenant that is filled by imports, and what its contacts cost then.

use std::time::{Duration, Instant};

use blackbox::{Error, Session, Stack, read_import, upload_import};
use futures_util::future::try_join_all;
use http::Method;
use search::Document;
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::{
    contacts_search, machine, processes,
    report::{Report, count},
    routes::ask,
    samples::Samples,
    say,
    search::corpus,
    world::World,
};

/// How many the tenant gets where nothing else is said.
pub const CONTACTS: usize = 100_000;
const COMPANIES: usize = 500;
/// The page is measured among so few first.
const FEW: usize = 1000;
const IMPORT_BUDGET_SECONDS: f64 = 600.0;
const MEMORY_BUDGET_MB: f64 = 64.0;
const WRITE_BUDGET_MS: f64 = 50.0;
const GET_BUDGET_MS: f64 = 30.0;
const PAGE_BUDGET_MS: f64 = 60.0;
const TOGETHER_BUDGET_MS: f64 = 200.0;
const CLIENTS: usize = 8;
const WARM_UP_ROUNDS: usize = 30;
const ROUNDS_ALONE: usize = 300;
const ROUNDS_TOGETHER: usize = 100;
const PAGES: usize = 200;
/// Between two looks at an import.
const PAUSE: Duration = Duration::from_millis(250);
/// From the end of the import. Then all rows that told the search of it are older than its time of grace.
const AFTERMATH: Duration = Duration::from_secs(130);
const LOOKS: usize = 100;
const BETWEEN_LOOKS: Duration = Duration::from_secs(5);
const CALLS_AT_REST: u64 = 25;
const WORKER: &str = "contacts-import";

pub async fn run(stack: &Stack, contacts: usize) -> Result<Report, Error> {
    let mut report = Report::new(format!("contacts at {} ({})", stack.api_url, machine()));
    let world = World::enter(stack).await?;
    let rep = &world.reps[0];
    let few = FEW.min(contacts);
    let people = people(contacts);
    say("Importing a few contacts");
    import(rep, 0, &people[..few]).await?;
    page(rep, "few", None, &mut report).await?;
    say("Importing the others, which takes minutes");
    let seconds = import(rep, few, &people[few..]).await?;
    report.note("import.rows", count(contacts - few), "");
    let share = count(contacts) / count(CONTACTS);
    report.hold("import.seconds", seconds, "s", IMPORT_BUDGET_SECONDS * share);
    report.note("import.rows_per_second", count(contacts - few) / seconds, "/s");
    let peak = processes::peak_of(&world.emulator, WORKER);
    report.hold("import.worker_memory_peak", peak.unwrap_or(f64::INFINITY), "MB", MEMORY_BUDGET_MB);
    come_to_rest(&world).await?;
    say("Listing them");
    page(rep, "all", Some(PAGE_BUDGET_MS), &mut report).await?;
    contacts_search::measure(&world, rep, &people, &mut report).await?;
    say("Creating, reading, changing and deleting among them");
    let alone = lives(&world, std::slice::from_ref(rep), ROUNDS_ALONE).await?;
    let budgets = [WRITE_BUDGET_MS, GET_BUDGET_MS, WRITE_BUDGET_MS, WRITE_BUDGET_MS];
    for ((step, samples), budget) in STEPS.iter().zip(&alone).zip(budgets) {
        report.latencies(&format!("{step}.1_client"), samples, Some(budget));
    }
    let clients = vec![rep.clone(); CLIENTS];
    for (step, samples) in STEPS.iter().zip(&lives(&world, &clients, ROUNDS_TOGETHER).await?) {
        report.latencies(&format!("{step}.{CLIENTS}_clients"), samples, Some(TOGETHER_BUDGET_MS));
    }
    Ok(report)
}

/// Waits until what the import has left to do is done. The rows that told the search of it are taken away two minutes after they were
/// written, by whatever has the shards written next, which a removal does.
async fn come_to_rest(world: &World) -> Result<(), Error> {
    say("Waiting until the import's traces are gone");
    sleep(AFTERMATH).await;
    life(&world.reps[0], &world.contact()).await?;
    let calls = async || {
        let counters = world.emulator.counters().await?;
        Ok::<u64, Error>(counters.roles.values().flat_map(|actions| actions.values()).sum())
    };
    for _ in 0..LOOKS {
        let before = calls().await?;
        sleep(BETWEEN_LOOKS).await;
        if calls().await? - before <= CALLS_AT_REST {
            return Ok(());
        }
    }
    let source = "the functions do not come to rest".into();
    Err(Error::Description { what: "the local AWS".to_owned(), source })
}

const STEPS: [&str; 4] = ["contacts-create", "contacts-get", "contacts-update", "contacts-delete"];

/// Whom the tenant knows: names that repeat as real ones do, at a few hundred companies.
fn people(count: usize) -> Vec<Document> {
    let mut people = corpus::contacts(count);
    let companies: Vec<_> = people.iter().take(COMPANIES).map(|person| person.company.clone()).collect();
    for (number, person) in people.iter_mut().enumerate() {
        person.company.clone_from(&companies[number % companies.len()]);
    }
    people
}

/// Imports people, numbered from `first`, all of them new; the seconds from asking for it to its end. Their addresses and numbers are
/// the run's own: every row has to become a contact.
async fn import(session: &Session, first: usize, people: &[Document]) -> Result<f64, Error> {
    if people.is_empty() {
        return Ok(0.0);
    }
    let run = std::process::id();
    let cell = |text: &Option<String>| text.as_deref().unwrap_or_default().replace([',', '"', '\n'], " ");
    let row = |(number, person): (usize, &Document)| {
        format!(
            "{},{},{},{},bench.{run}.{number}@company{}.example,+49151{:08},bench\n",
            cell(&person.first_name),
            cell(&person.last_name),
            cell(&person.title),
            cell(&person.company),
            number % COMPANIES,
            (run as usize * 131 + number) % 100_000_000,
        )
    };
    let rows: String = (first..).zip(people).map(row).collect();
    let file = format!("First,Last,Title,Company,Mail,Mobile,Tags\n{rows}");
    let id = upload_import(session, file.as_bytes()).await?;
    let body = json!({
        "mapping": { "First": "first_name", "Last": "last_name", "Title": "title", "Company": "company_name", "Mail": "email",
            "Mobile": "phone.mobile", "Tags": "tags" },
        "on_duplicate": "skip",
    });
    let began = Instant::now();
    session.post(&format!("/v1/imports/{id}/start"), &body).await?.expect(202)?;
    let done = loop {
        let import = read_import(session, &id).await?;
        if matches!(import["status"].as_str(), Some("completed" | "failed")) {
            break import;
        }
        sleep(PAUSE).await;
    };
    if done["created"] != json!(people.len()) {
        let source = format!("not every row became a contact: {done}").into();
        return Err(Error::Description { what: "the import".to_owned(), source });
    }
    Ok(began.elapsed().as_secs_f64())
}

async fn page(session: &Session, among: &str, budget: Option<f64>, report: &mut Report) -> Result<(), Error> {
    let list = |session: &Session| session.request(Method::GET, "/v1/contacts?limit=50");
    let samples = ask(std::slice::from_ref(session), PAGES, 200, list).await?;
    report.latencies(&format!("contacts-list-50.among_{among}"), &samples, budget);
    Ok(())
}

/// Every client makes contacts, one after the other, and reads, changes and deletes each; by [`STEPS`].
async fn lives(world: &World, clients: &[Session], rounds: usize) -> Result<[Samples; 4], Error> {
    let one_client = async |session: &Session| {
        let mut steps: [Samples; 4] = Default::default();
        for round in 0..WARM_UP_ROUNDS + rounds {
            let took = life(session, &world.contact()).await?;
            for (samples, took) in steps.iter_mut().zip(took).filter(|_| round >= WARM_UP_ROUNDS) {
                samples.add(took);
            }
        }
        Ok::<_, Error>(steps)
    };
    let mut all: [Samples; 4] = Default::default();
    for steps in try_join_all(clients.iter().map(one_client)).await? {
        for (samples, more) in all.iter_mut().zip(steps) {
            samples.join(more);
        }
    }
    Ok(all)
}

async fn life(session: &Session, contact: &Value) -> Result<[Duration; 4], Error> {
    let created = session.post("/v1/contacts", contact).await?.expect(201)?;
    let path = format!("/v1/contacts/{}", created.text("/id")?);
    let read = session.get(&path).await?.expect(200)?;
    let change =
        json!({ "title": "Buyer", "emails": [{ "address": "another@example.com", "type": "work" }] });
    let update = session.request(Method::PATCH, &path).header("if-match", "\"1\"").json(&change);
    let updated = update.send().await?.expect(200)?;
    let deleted =
        session.request(Method::DELETE, &path).header("if-match", "\"2\"").send().await?.expect(204)?;
    Ok([created.elapsed, read.elapsed, updated.elapsed, deleted.elapsed])
}
