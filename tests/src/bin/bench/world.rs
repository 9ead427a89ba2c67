//! Whom the benches play.

use std::sync::atomic::{AtomicU32, Ordering};

use blackbox::{Api, Error, Request, Session, Stack, StackUser, TwilioControl};
use http::Method;
use serde_json::{Value, json};

use crate::{clock::Clock, emulator::Emulator};

/// The signed-in users of the first two tenants, and the stack's levers.
pub struct World {
    pub api: Api,
    pub clock: Clock,
    pub emulator: Emulator,
    pub twilio: TwilioControl,
    /// The first rep of each of the two tenants.
    pub reps: [Session; 2],
    /// Everybody, reps included: one client each.
    pub everybody: Vec<Session>,
    pub rep: StackUser,
    /// Tells the contacts of a run apart.
    next: AtomicU32,
}

impl World {
    pub async fn enter(stack: &Stack) -> Result<Self, Error> {
        let api = Api::new(&stack.api_url)?;
        let twilio =
            TwilioControl::new(required(stack.twilio_url.as_deref(), "the telephony stand-in's URL")?)?;
        let endpoint = required(stack.aws_endpoint.as_deref(), "the local AWS's endpoint")?;
        let emulator = Emulator::new(endpoint, &stack.region)?;
        let mut everybody = Vec::new();
        let mut reps = Vec::new();
        for tenant in stack.tenants.iter().take(2) {
            for user in &tenant.users {
                everybody.push(api.sign_in(&user.email, &user.password).await?);
            }
            let rep = required(tenant.user("rep"), "a rep of each tenant")?;
            reps.push((api.sign_in(&rep.email, &rep.password).await?, rep.clone()));
        }
        let both: Result<[_; 2], _> = reps.try_into();
        let [(first, rep), (second, _)] = required(both.ok(), "two tenants")?;
        let (clock, next) = (Clock::start(), AtomicU32::new(0));
        Ok(Self { api, clock, emulator, twilio, reps: [first, second], everybody, rep, next })
    }

    /// A contact like any other, with an address of its own.
    pub fn contact(&self) -> Value {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        json!({
            "first_name": "Bench",
            "last_name": format!("Contact {number}"),
            "company_name": "Bench Company",
            "emails": [{ "address": format!("bench.{number}@example.com"), "type": "work" }],
            "phones": [{ "number": called_number(), "type": "mobile" }],
            "tags": ["bench"],
        })
    }

    pub fn sign_in(&self) -> Request {
        let body = json!({ "email": self.rep.email, "password": self.rep.password });
        self.api.request(Method::POST, "/v1/auth/sign-in").json(&body)
    }
}

/// One of the hundred numbers reserved for fiction, the same for the whole run.
pub fn called_number() -> String {
    format!("+141555501{:02}", std::process::id() % 100)
}

fn required<T>(value: Option<T>, what: &str) -> Result<T, Error> {
    value.ok_or_else(|| Error::Description {
        what: "the stack".to_owned(),
        source: format!("it lacks what a bench needs: {what}").into(),
    })
}
