//! How fast warm routes answer, seen by a client of the API.

use blackbox::{Error, Request, Session};
use futures_util::future::try_join_all;
use http::Method;

use crate::{calls::Placed, report::Report, samples::Samples, world::World};

/// Enough for every function process to have opened both tenants.
const WARM_UP_ROUNDS: usize = 30;
const ROUNDS_ALONE: usize = 300;
const ROUNDS_TOGETHER: usize = 100;
/// Signing in hashes a password; fewer will do.
const SIGN_INS: usize = 100;
const ALONE_BUDGET_MS: f64 = 50.0;
const TOGETHER_BUDGET_MS: f64 = 200.0;

pub async fn measure(world: &World, placed: &Placed, report: &mut Report) -> Result<(), Error> {
    let rep = &world.reps[0];
    let alone = std::slice::from_ref(rep);
    let contact = format!("/v1/contacts/{}", placed.contact);
    let create = |session: &Session| session.request(Method::POST, "/v1/contacts").json(&world.contact());

    for (name, path) in [
        ("contacts-get", contact.clone()),
        ("contacts-list-50", "/v1/contacts?limit=50".to_owned()),
        ("activities-timeline", format!("{contact}/timeline")),
        ("calls-get", format!("/v1/calls/{}", placed.call)),
    ] {
        let budget = (name == "contacts-get").then_some(ALONE_BUDGET_MS);
        let get = |session: &Session| session.request(Method::GET, &path);
        let samples = ask(alone, ROUNDS_ALONE, 200, get).await?;
        report.latencies(&format!("{name}.1_client"), &samples, budget);
    }
    let samples = ask(alone, ROUNDS_ALONE, 201, create).await?;
    report.latencies("contacts-create.1_client", &samples, Some(ALONE_BUDGET_MS));
    let ticket = |session: &Session| session.request(Method::POST, "/v1/realtime/ticket");
    report.latencies("realtime-ticket.1_client", &ask(alone, ROUNDS_ALONE, 201, ticket).await?, None);
    let sign_in = |_: &Session| world.sign_in();
    report.latencies("auth-sign-in.1_client", &ask(alone, SIGN_INS, 200, sign_in).await?, None);

    let own = try_join_all(world.everybody.iter().map(|session| first_contact(world, session))).await?;
    let clients = world.everybody.as_slice();
    let name = |route: &str| format!("{route}.{}_clients", clients.len());
    let samples = ask(clients, ROUNDS_TOGETHER, 201, create).await?;
    report.latencies(&name("contacts-create"), &samples, Some(TOGETHER_BUDGET_MS));
    let get = |session: &Session| {
        let place = clients.iter().position(|client| client.access_token == session.access_token);
        session.request(Method::GET, &own[place.unwrap_or_default()])
    };
    let samples = ask(clients, ROUNDS_TOGETHER, 200, get).await?;
    report.latencies(&name("contacts-get"), &samples, Some(TOGETHER_BUDGET_MS));
    Ok(())
}

/// The path of a contact that this user may read.
async fn first_contact(world: &World, session: &Session) -> Result<String, Error> {
    let created = session.post("/v1/contacts", &world.contact()).await?.expect(201)?;
    Ok(format!("/v1/contacts/{}", created.text("/id")?))
}

/// Has every client send `rounds` requests, one after the other, all clients beside each other, after a warm-up. Any other
/// status than `expected` fails.
pub async fn ask(
    clients: &[Session],
    rounds: usize,
    expected: u16,
    request: impl Fn(&Session) -> Request,
) -> Result<Samples, Error> {
    let request = &request;
    let one_client = async |session: &Session, rounds: usize| {
        let mut samples = Samples::default();
        for _ in 0..rounds {
            samples.add(request(session).send().await?.expect(expected)?.elapsed);
        }
        Ok::<_, Error>(samples)
    };
    try_join_all(clients.iter().map(|session| one_client(session, WARM_UP_ROUNDS))).await?;
    let mut all = Samples::default();
    for samples in try_join_all(clients.iter().map(|session| one_client(session, rounds))).await? {
        all.join(samples);
    }
    Ok(all)
}
