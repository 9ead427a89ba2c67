//! A whole population of tenants and users, for measuring what many of them cost.

use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use aws_lc_rs::hmac;
use futures_util::{StreamExt, TryStreamExt, stream};
use kernel::{Ambient, Role, SystemAmbient};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    error::ProvisionError,
    password::password_from,
    provisioner::{NewTenant, NewUser, Provisioner},
};

/// Enough to keep the pool and the table busy, and few enough that neither throttles.
const AT_ONCE: usize = 16;
const SIGN_INS_AT_ONCE: usize = 4;
const SIGN_IN_LIMIT: Duration = Duration::from_secs(30);
/// Of every tenant: one admin, then managers, then reps.
const MANAGERS_FROM: usize = 1;
const REPS_FROM: usize = 10;

/// How many of what, and where it is written down.
pub struct Population {
    pub tenants: usize,
    pub users: usize,
    /// How many of the users are signed in at the end.
    pub sample: usize,
    /// Keeps the secret that passwords follow from, so that a second run gives the same ones.
    pub file: PathBuf,
}

/// What [`Population::file`] holds.
#[derive(Debug, Serialize, Deserialize)]
pub struct SeedFile {
    /// Hex. A user's password follows from it and the e-mail address.
    secret: String,
    pub tenants: usize,
    pub users_per_tenant: usize,
    /// How many users the run made that made the most; the others were there.
    #[serde(default)]
    pub made: usize,
    /// How long that run took, from the first tenant to the last user.
    pub seconds: f64,
    /// Users who were signed in, spread over all tenants.
    pub sample: Vec<SeededUser>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SeededUser {
    pub email: String,
    pub password: String,
}

/// Makes the tenants and their users where they are missing, and signs a sample of them in through the API at `api_url`. One
/// that cannot sign in is a failure.
pub async fn seed(
    provisioner: &Provisioner,
    population: &Population,
    api_url: &str,
) -> Result<SeedFile, ProvisionError> {
    let before = SeedFile::read(&population.file);
    let secret = before.as_ref().map_or_else(new_secret, |before| before.secret.clone());
    let started = Instant::now();
    let places: Vec<_> = (1..=population.tenants).collect();
    let seeding =
        stream::iter(&places).map(|place| seed_tenant(provisioner, *place, population.users, &secret));
    let made: usize = seeding.buffer_unordered(AT_ONCE).try_collect::<Vec<_>>().await?.into_iter().sum();
    let seconds = started.elapsed().as_secs_f64();
    let most = before.filter(|before| before.made > made).map(|before| (before.made, before.seconds));
    let (made, seconds) = most.unwrap_or((made, seconds));
    let sample = sample(population, &secret);
    sign_all_in(api_url, &sample).await?;
    let (tenants, users_per_tenant) = (population.tenants, population.users);
    let written = SeedFile { secret, tenants, users_per_tenant, made, seconds, sample };
    written.write(&population.file)?;
    Ok(written)
}

/// Gives how many users it made.
async fn seed_tenant(
    provisioner: &Provisioner,
    place: usize,
    users: usize,
    secret: &str,
) -> Result<usize, ProvisionError> {
    let tenant =
        NewTenant { id: format!("tnt_seed-{place:03}"), name: format!("Seed {place:03}"), telephony: None };
    let id = provisioner.ensure_tenant(&tenant).await?;
    let mut made = 0;
    for user in 0..users {
        let (_, is_new) = provisioner.ensured(&id, &seed_user(place, user, secret)).await?;
        made += usize::from(is_new);
    }
    Ok(made)
}

fn seed_user(tenant: usize, place: usize, secret: &str) -> NewUser {
    let email = format!("user-{:03}@seed-{tenant:03}.example", place + 1);
    let role = match place {
        REPS_FROM.. => Role::Rep,
        MANAGERS_FROM.. => Role::Manager,
        _ => Role::Admin,
    };
    let password = derived_password(secret, &email);
    NewUser { name: format!("Seed {:03}", place + 1), email, password, role, phone: None }
}

/// The password of a seeded user.
fn derived_password(secret: &str, email: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    password_from(hmac::sign(&key, email.as_bytes()).as_ref())
}

/// As many as asked for, at even distances over all users of all tenants.
fn sample(population: &Population, secret: &str) -> Vec<SeededUser> {
    let all = population.tenants * population.users;
    let wanted = population.sample.min(all);
    let at = |number: usize| {
        let place = number * all / wanted;
        seed_user(place / population.users + 1, place % population.users, secret)
    };
    (0..wanted).map(at).map(|user| SeededUser { email: user.email, password: user.password }).collect()
}

async fn sign_all_in(api_url: &str, users: &[SeededUser]) -> Result<(), ProvisionError> {
    let fault = |error: reqwest::Error| ProvisionError::SignIn(Box::new(error));
    let client = reqwest::Client::builder().timeout(SIGN_IN_LIMIT).build().map_err(fault)?;
    let url = format!("{api_url}/v1/auth/sign-in");
    let signing_in = stream::iter(users).map(|user| {
        let body = json!({ "email": user.email, "password": user.password });
        let request = client.post(&url).json(&body).send();
        async move {
            let answer = request.await.and_then(reqwest::Response::error_for_status).map_err(fault)?;
            let body: serde_json::Value = answer.json().await.map_err(fault)?;
            let token = body["access_token"].is_string();
            token.then_some(()).ok_or_else(|| ProvisionError::SignIn("the answer holds no token".into()))
        }
    });
    signing_in.buffer_unordered(SIGN_INS_AT_ONCE).try_collect::<Vec<()>>().await?;
    Ok(())
}

fn new_secret() -> String {
    let mut secret = [0; 32];
    SystemAmbient.fill(&mut secret);
    hex::encode(secret)
}

impl SeedFile {
    fn read(path: &Path) -> Option<Self> {
        serde_json::from_str(&std::fs::read_to_string(path).ok()?).ok()
    }

    fn write(&self, path: &Path) -> Result<(), ProvisionError> {
        let fault = |source| ProvisionError::File { path: path.display().to_string(), source };
        let text = serde_json::to_string_pretty(self).map_err(|error| fault(Box::new(error)))?;
        std::fs::write(path, text + "\n").map_err(|error| fault(Box::new(error)))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn population(tenants: usize, users: usize, sample: usize) -> Population {
        Population { tenants, users, sample, file: PathBuf::new() }
    }

    #[test]
    fn a_sample_is_spread_over_the_tenants_and_names_nobody_twice() {
        let drawn = sample(&population(10, 10, 20), "secret");
        let addresses: BTreeSet<_> = drawn.iter().map(|user| &user.email).collect();
        let tenants: BTreeSet<_> =
            drawn.iter().filter_map(|user| user.email.split_once('@')).map(|(_, t)| t).collect();
        assert_eq!((addresses.len(), tenants.len()), (20, 10));
        assert_eq!(sample(&population(1, 3, 20), "secret").len(), 3);
    }

    #[test]
    fn a_password_follows_from_secret_and_address_and_keeps_the_policy() {
        let password = derived_password("secret", "user-001@seed-001.example");
        assert_eq!(password, derived_password("secret", "user-001@seed-001.example"));
        assert_ne!(password, derived_password("other", "user-001@seed-001.example"));
        assert_ne!(password, derived_password("secret", "user-002@seed-001.example"));
        assert!(password.len() >= 12);
        for class in [char::is_uppercase, char::is_lowercase, char::is_numeric] {
            assert!(password.contains(class), "{password}");
        }
        assert!(password.contains(|character: char| character.is_ascii_punctuation()), "{password}");
    }
}
