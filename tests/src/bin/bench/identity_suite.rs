//! The suite `identity`.

use std::{fs, time::Instant};

use blackbox::{Api, Error, Session, Stack};
use serde::Deserialize;
use token::TokenVerifier;

use crate::{
    clock::Clock,
    emulator::{Emulator, Function},
    machine,
    report::{Report, count},
    samples::Samples,
    say,
};

const AUTHORIZER: &str = "auth-authorizer";
const SEED_BUDGET_SECONDS: f64 = 300.0;
const AUTHORIZER_BUDGET_MS: f64 = 5.0;
const VERIFICATION_BUDGET_US: f64 = 100.0;
const VERIFICATIONS: usize = 5000;
/// How often each of the sample signs in. The gateway asks the authorizer once for each token.
const ROUNDS: usize = 6;

/// What `cargo xtask seed` wrote down.
#[derive(Deserialize)]
struct Seed {
    tenants: usize,
    users_per_tenant: usize,
    made: usize,
    seconds: f64,
    sample: Vec<SeededUser>,
}

#[derive(Deserialize)]
struct SeededUser {
    email: String,
    password: String,
}

pub async fn run(stack: &Stack) -> Result<Report, Error> {
    let mut report = Report::new(format!("identity at {} ({})", stack.api_url, machine()));
    let lacking = |what: &str| Error::Description { what: "the stack".to_owned(), source: what.into() };
    let endpoint = stack.aws_endpoint.as_deref().ok_or_else(|| lacking("it names no local AWS"))?;
    let emulator = Emulator::new(endpoint, &stack.region)?;
    let functions = emulator.functions().await?;
    let authorizer = functions.iter().find(|function| function.handler == AUTHORIZER);
    let authorizer = authorizer.ok_or_else(|| lacking("it has no authorizer"))?;
    let seed = read_seed()?;
    population(&seed, &mut report);
    let api = Api::new(&stack.api_url)?;
    let clock = Clock::start();

    say("Signing the sample in");
    let warm_up = sign_in_all(&api, &seed, &mut report).await?;
    say("Verifying a token");
    verification(authorizer, &warm_up, &mut report).await?;
    say("Watching the authorizer");
    pass(&warm_up).await?;
    let since = clock.milliseconds();
    for _ in 0..ROUNDS {
        pass(&sessions(&api, &seed.sample).await?).await?;
    }
    authorizer_figures(&emulator, since, seed.sample.len() * ROUNDS, &mut report).await?;
    Ok(report)
}

/// The file that stands beside the stack's own.
fn read_seed() -> Result<Seed, Error> {
    let path = Stack::path().with_file_name("seed.json");
    let fault = |source: Box<dyn std::error::Error + Send + Sync>| Error::Description {
        what: format!("{} (cargo xtask seed writes it)", path.display()),
        source,
    };
    let text = fs::read_to_string(&path).map_err(|error| fault(error.into()))?;
    serde_json::from_str(&text).map_err(|error| fault(error.into()))
}

/// A population that was made in several goes tells nothing of how long it takes.
fn population(seed: &Seed, report: &mut Report) {
    let all = seed.tenants * seed.users_per_tenant;
    report.note("seed.tenants", count(seed.tenants), "");
    report.note("seed.users", count(all), "");
    report.hold("seed.users_of_other_runs", count(all - seed.made.min(all)), "", 0.0);
    report.hold("seed.seconds", seed.seconds, "s", SEED_BUDGET_SECONDS);
}

/// A session of each; who is not let in is counted.
async fn sign_in_all(api: &Api, seed: &Seed, report: &mut Report) -> Result<Vec<Session>, Error> {
    let (mut sessions, mut took) = (Vec::new(), Samples::default());
    for user in &seed.sample {
        let began = Instant::now();
        match api.sign_in(&user.email, &user.password).await {
            Ok(session) => sessions.push(session),
            Err(Error::UnexpectedStatus { .. } | Error::Challenged { .. }) => {}
            Err(error) => return Err(error),
        }
        took.add(began.elapsed());
    }
    report.note("sample.users", count(seed.sample.len()), "");
    report.note("sample.signed_in", count(sessions.len()), "");
    report.hold("sample.refused", count(seed.sample.len() - sessions.len()), "", 0.0);
    report.latencies("auth-sign-in.1_client", &took, None);
    if sessions.is_empty() {
        let source = "nobody of the sample can sign in".into();
        return Err(Error::Description { what: "the population".to_owned(), source });
    }
    Ok(sessions)
}

async fn sessions(api: &Api, users: &[SeededUser]) -> Result<Vec<Session>, Error> {
    let mut sessions = Vec::new();
    for user in users {
        sessions.push(api.sign_in(&user.email, &user.password).await?);
    }
    Ok(sessions)
}

/// Asks for something with each token, so that the gateway asks whether it may pass.
async fn pass(sessions: &[Session]) -> Result<(), Error> {
    for session in sessions {
        session.get("/v1/teams").await?.expect(200)?;
    }
    Ok(())
}

/// The authorizer's own code on a token of the pool, in this process, the pool's keys at hand.
async fn verification(authorizer: &Function, sessions: &[Session], report: &mut Report) -> Result<(), Error> {
    let variable = |name: &str| authorizer.variables().get(name).cloned().unwrap_or_default();
    let verifier =
        TokenVerifier::new(variable("TOKEN_ISSUER"), variable("USER_POOL_CLIENT_ID"), variable("JWKS_URL"));
    let fault = |source: token::TokenError| Error::Description {
        what: "a token of the pool".to_owned(),
        source: source.into(),
    };
    let mut samples = Samples::default();
    verifier.verify(&sessions[0].access_token).await.map_err(fault)?;
    for session in sessions.iter().cycle().take(VERIFICATIONS) {
        let began = Instant::now();
        verifier.verify(&session.access_token).await.map_err(fault)?;
        samples.add(began.elapsed());
    }
    report.note("token-verification.samples", count(samples.len()), "");
    for percent in [50, 95, 99] {
        let microseconds = samples.percentile(percent) * 1000.0;
        let metric = format!("token-verification.p{percent}");
        if percent == 95 {
            report.hold(metric, microseconds, "µs", VERIFICATION_BUDGET_US);
        } else {
            report.note(metric, microseconds, "µs");
        }
    }
    Ok(())
}

/// By the lines that it writes about itself, so without the gateway's share. What its read costs the local AWS does not tell; the
/// table's own suite counts that.
async fn authorizer_figures(
    emulator: &Emulator,
    since: i64,
    tokens: usize,
    report: &mut Report,
) -> Result<(), Error> {
    let summaries = emulator.summaries(AUTHORIZER, since).await?;
    let mut samples = Samples::default();
    for summary in &summaries {
        samples.add_milliseconds(summary.duration_ms);
    }
    report.hold("auth-authorizer.unseen", count(tokens.saturating_sub(summaries.len())), "", 0.0);
    report.latencies("auth-authorizer.own_time", &samples, Some(AUTHORIZER_BUDGET_MS));
    let calls = summaries.iter().map(|summary| summary.dynamodb_calls).max().unwrap_or_default();
    report.hold("auth-authorizer.most_dynamodb_calls", calls.into(), "", 1.0);
    Ok(())
}
