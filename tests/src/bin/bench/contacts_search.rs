//! Searching a tenant's contacts from end to end, as the search box does.

use blackbox::{Answer, Error, Session};
use search::Document;
use serde_json::{Value, json};

use crate::{
    report::{Report, count},
    samples::Samples,
    say,
    search::queries,
    world::World,
};

const BUDGET_MS: f64 = 50.0;
const WARM_UP: usize = 20;
/// Of each number of typos.
const QUERIES: usize = 100;
/// Contacts that are made and looked for at once.
const WRITTEN: usize = 50;

/// Searches among `contacts`, which are the tenant's.
pub async fn measure(
    world: &World,
    session: &Session,
    contacts: &[Document],
    report: &mut Report,
) -> Result<(), Error> {
    say("Searching among them");
    let sought: Vec<_> =
        (0..=2).flat_map(|typos| queries::sought(contacts, typos).into_iter().take(QUERIES)).collect();
    // The function may hold an earlier generation of the shards: the first search takes in what has come since.
    let first = search(session, &sought[0].text).await?;
    report.note("contacts-search.first", first.elapsed.as_secs_f64() * 1000.0, "ms");
    for query in &sought[..WARM_UP.min(sought.len())] {
        search(session, &query.text).await?;
    }
    let (mut samples, mut answered) = (Samples::default(), 0);
    for query in &sought {
        let answer = search(session, &query.text).await?;
        samples.add(answer.elapsed);
        let meant = |item: &Value| {
            let text = |name: &str| item["contact"][name].as_str();
            query.names(text("first_name"), text("last_name"), text("company_name"))
        };
        answered += usize::from(answer.array("/items")?.iter().any(meant));
    }
    report.latencies("contacts-search.1_client", &samples, Some(BUDGET_MS));
    report.reach("contacts-search.answered", percent(answered, sought.len()), "%", 99.0);
    let (found, times) = own_writes(world, session).await?;
    report.reach("contacts-search.own_write_found", percent(found, WRITTEN), "%", 100.0);
    report.latencies("contacts-search.after_own_write", &times, Some(BUDGET_MS));
    Ok(())
}

/// How many of the contacts that have just been made are found by the very next search.
async fn own_writes(world: &World, session: &Session) -> Result<(usize, Samples), Error> {
    let (mut found, mut times) = (0, Samples::default());
    for number in 0..WRITTEN {
        let mut contact = world.contact();
        let name = format!("Quinby{number}x{}", std::process::id());
        contact["first_name"] = json!(name);
        let created = session.post("/v1/contacts", &contact).await?.expect(201)?;
        let answer = search(session, &name).await?;
        found += usize::from(
            answer.array("/items")?.iter().any(|item| item["contact"]["id"] == created.body["id"]),
        );
        times.add(answer.elapsed);
    }
    Ok((found, times))
}

async fn search(session: &Session, text: &str) -> Result<Answer, Error> {
    let answer = session.post("/v1/contacts/search", &json!({ "q": text, "limit": 10 })).await?;
    answer.expect(200)
}

fn percent(part: usize, whole: usize) -> f64 {
    100.0 * count(part) / count(whole.max(1))
}
