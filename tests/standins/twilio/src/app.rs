//! What every request and every running call shares.

use std::{
    collections::{HashMap, HashSet},
    sync::{Mutex, MutexGuard, PoisonError},
};

use tokio::sync::watch;

use crate::{
    account::{Account, AccountRegistration},
    call::Call,
    clock::Clock,
    journal::Journal,
    message::Message,
    recording::Recording,
    script::{Script, Scripts},
    shelf::Shelf,
    sid::SidSource,
    webhook::WebhookClient,
};

pub struct App {
    pub base_url: String,
    pub clock: Clock,
    pub sids: SidSource,
    pub journal: Journal,
    pub webhooks: WebhookClient,
    pub calls_per_second: u32,
    /// Stirs whenever a call changes state.
    pub stirring: watch::Sender<()>,
    state: Mutex<State>,
}

#[derive(Default)]
pub struct State {
    pub accounts: HashMap<String, Account>,
    pub calls: Shelf<Call>,
    pub messages: Shelf<Message>,
    pub recordings: Shelf<Recording>,
    pub scripts: Scripts,
    /// (own number, other number): the other side has sent STOP.
    pub opt_outs: HashSet<(String, String)>,
}

impl State {
    /// How the call goes; the default for one that is gone.
    pub fn script_of(&self, call_sid: &str) -> Script {
        let call = self.calls.get(call_sid);
        call.map(|call| self.scripts.find(&call.account_sid, &call.to)).unwrap_or_default()
    }
}

impl App {
    pub fn new(
        base_url: String,
        clock: Clock,
        sids: SidSource,
        calls_per_second: u32,
    ) -> Result<Self, reqwest::Error> {
        Ok(Self {
            base_url,
            clock,
            sids,
            journal: Journal::default(),
            webhooks: WebhookClient::new()?,
            calls_per_second,
            stirring: watch::Sender::new(()),
            state: Mutex::default(),
        })
    }

    /// Never hold the guard across an await: one lock serves the whole process.
    pub fn state(&self) -> MutexGuard<'_, State> {
        // A panicking handler leaves records that are each whole, so going on is right.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds the account or replaces it; its calls and messages stay. The error names the field.
    pub fn register(&self, input: AccountRegistration) -> Result<(), String> {
        let account = Account::parse(input, self.calls_per_second, self.clock.now())?;
        self.state().accounts.insert(account.sid.clone(), account);
        Ok(())
    }
}
