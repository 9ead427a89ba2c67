//! Runs a call: queued, initiated, ringing, in progress, ended, at the times its script names.

use std::{future, pin::Pin, sync::Arc};

use tokio::{
    sync::mpsc::{self, UnboundedReceiver},
    task::JoinHandle,
    time::Duration,
};

use crate::{
    app::App,
    call::{Call, CallbackPlan, Callbacks, Command, Direction},
    call_status::CallStatus,
    delivery,
    instructions::{self, Instructions},
    progress,
    recording::{self, RecordingPlan},
    script::{Control, Outcome, Script},
};

/// How long the other end of a `<Dial>` talks when no script says so.
const DIALED_TALK: Duration = Duration::from_secs(5);

/// Everything that is decided before a call begins.
pub struct Placement {
    pub account_sid: String,
    pub to: String,
    pub from: String,
    pub parent_call_sid: Option<String>,
    pub direction: Direction,
    pub callbacks: Option<CallbackPlan>,
    /// What an answered call does. None: it just talks, as the far end of a `<Dial>` does.
    pub instructions: Option<Instructions>,
    /// Ringing ends in no-answer after this long.
    pub ring_limit: Duration,
    pub time_limit: Option<Duration>,
    /// The wait behind other calls of the account's second.
    pub queue_time: Duration,
    pub recording: Option<RecordingPlan>,
    /// What a dialed party hears before being connected.
    pub whisper: Option<Instructions>,
    /// Replaces the script's `talk_ms`; the caller of an inbound call has no script.
    pub talk: Option<Duration>,
}

/// Starts the call; the handle ends with it.
pub fn place(app: &Arc<App>, placement: Placement) -> (String, JoinHandle<()>) {
    let (commands, receiver) = mpsc::unbounded_channel();
    let sid = app.sids.next("CA");
    let now = app.clock.now();
    let mut state = app.state();
    let script = state.scripts.find(&placement.account_sid, &placement.to);
    let courier_plan = script.delivery();
    let callbacks = placement.callbacks.clone().map(|plan| Callbacks {
        plan,
        courier: delivery::start(Arc::clone(app), courier_plan),
        next_sequence: 0,
    });
    state.calls.put(Call {
        sid: sid.clone(),
        account_sid: placement.account_sid.clone(),
        to: placement.to.clone(),
        from: placement.from.clone(),
        parent_call_sid: placement.parent_call_sid.clone(),
        direction: placement.direction,
        status: if placement.direction == Direction::Inbound {
            CallStatus::Ringing
        } else {
            CallStatus::Queued
        },
        created_at: now,
        updated_at: now,
        started_at: None,
        ended_at: None,
        answered: None,
        duration: None,
        queue_time: placement.queue_time,
        callbacks,
        commands,
    });
    drop(state);
    let leg = Leg {
        app: Arc::clone(app),
        sid: sid.clone(),
        commands: receiver,
        script,
        placement,
        answered: false,
        redirect: None,
    };
    (sid, tokio::spawn(leg.run()))
}

struct Leg {
    app: Arc<App>,
    sid: String,
    commands: UnboundedReceiver<Command>,
    script: Script,
    placement: Placement,
    /// Picked up before the script would have.
    answered: bool,
    /// Instructions the API gave while it rang.
    redirect: Option<Instructions>,
}

impl Leg {
    /// Boxed because a call that dials runs another call of the same type.
    fn run(mut self) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(async move {
            let reached = match self.placement.direction {
                Direction::Inbound => self.receive().await,
                Direction::OutboundApi | Direction::OutboundDial => self.ring().await,
            };
            let last = match reached {
                Ok(()) => self.talk().await,
                Err(status) => status,
            };
            progress::advance(&self.app, &self.sid, last);
        })
    }

    /// Until the called party picks up; the error is the state in which it ended instead.
    async fn ring(&mut self) -> Result<(), CallStatus> {
        self.pass(self.placement.queue_time + self.script.queue(), true).await?;
        progress::advance(&self.app, &self.sid, CallStatus::Initiated);
        self.pass(self.script.ring(), true).await?;
        if self.script.outcome == Outcome::Failed {
            return Err(CallStatus::Failed);
        }
        progress::advance(&self.app, &self.sid, CallStatus::Ringing);
        if self.answered {
            return Ok(());
        }
        let limit = self.placement.ring_limit;
        let patience = self.script.answer_after();
        let (span, end) = match (self.script.answer, self.script.outcome) {
            (Control::Auto, Outcome::Completed) if patience <= limit => (patience, Ok(())),
            (Control::Manual, _) | (_, Outcome::Completed) => (limit, Err(CallStatus::NoAnswer)),
            (Control::Auto, outcome) => (patience.min(limit), Err(outcome.status())),
        };
        self.pass(span, false).await?;
        if self.answered { Ok(()) } else { end }
    }

    /// Asks the number's owner what to do with an inbound call; `<Reject>` declines it unanswered.
    async fn receive(&mut self) -> Result<(), CallStatus> {
        let Some(instructions) = self.placement.instructions.take() else { return Err(CallStatus::NoAnswer) };
        let Some(document) = instructions::load(&self.app, &self.sid, instructions).await else {
            return Err(CallStatus::Failed);
        };
        if let Some(status) = document.rejection() {
            return Err(status);
        }
        self.placement.instructions = Some(Instructions::Loaded(document));
        Ok(())
    }

    /// Lets time pass unless a command cuts it short. With `sit_out` an early answer only takes effect later.
    async fn pass(&mut self, span: Duration, sit_out: bool) -> Result<(), CallStatus> {
        let clock = self.app.clock;
        let mut wait = std::pin::pin!(clock.wait(span));
        loop {
            tokio::select! {
                () = &mut wait => return Ok(()),
                command = self.commands.recv() => match command {
                    Some(Command::Answer) => {
                        self.answered = true;
                        if !sit_out {
                            return Ok(());
                        }
                    }
                    Some(Command::Redirect(instructions)) => self.redirect = Some(instructions),
                    Some(Command::HangUp) => return Err(CallStatus::Busy),
                    Some(Command::Stop) | None => return Err(CallStatus::Canceled),
                },
            }
        }
    }

    async fn talk(&mut self) -> CallStatus {
        progress::advance(&self.app, &self.sid, CallStatus::InProgress);
        if let Some(plan) = self.placement.recording.take() {
            // The recording of a `<Dial>` is the dialing call's.
            let call = self.placement.parent_call_sid.as_ref().unwrap_or(&self.sid);
            recording::start(&self.app, &self.placement.account_sid, call, &self.sid, plan);
        }
        if let Some(whisper) = self.placement.whisper.take()
            && !self.hear(whisper).await
        {
            return CallStatus::Completed;
        }
        let mut current = self.redirect.take().or_else(|| self.placement.instructions.take());
        let mut far_end = std::pin::pin!(far_end(Arc::clone(&self.app), self.talk_span()));
        loop {
            let mut script = std::pin::pin!(follow(Arc::clone(&self.app), self.sid.clone(), current.take()));
            loop {
                tokio::select! {
                    () = &mut script => return CallStatus::Completed,
                    () = &mut far_end => return CallStatus::Completed,
                    command = self.commands.recv() => match command {
                        Some(Command::Answer) => {}
                        Some(Command::Redirect(instructions)) => {
                            current = Some(instructions);
                            break;
                        }
                        Some(Command::HangUp | Command::Stop) | None => return CallStatus::Completed,
                    },
                }
            }
        }
    }

    /// Carries out what is meant for the dialed party alone. False where the call ends meanwhile.
    async fn hear(&mut self, whisper: Instructions) -> bool {
        let mut script = std::pin::pin!(follow(Arc::clone(&self.app), self.sid.clone(), Some(whisper)));
        loop {
            tokio::select! {
                () = &mut script => return true,
                command = self.commands.recv() => match command {
                    Some(Command::Answer | Command::Redirect(_)) => {}
                    Some(Command::HangUp | Command::Stop) | None => return false,
                },
            }
        }
    }

    /// When the other party hangs up by itself. None: not before the instructions are over.
    fn talk_span(&self) -> Option<Duration> {
        let scripted = match (self.placement.talk, self.script.hang_up) {
            (Some(talk), _) => Some(talk),
            (None, Control::Manual) => None,
            (None, Control::Auto) => self
                .script
                .talk_ms
                .map(Duration::from_millis)
                .or_else(|| (self.placement.direction == Direction::OutboundDial).then_some(DIALED_TALK)),
        };
        [scripted, self.placement.time_limit].into_iter().flatten().min()
    }
}

async fn far_end(app: Arc<App>, talk: Option<Duration>) {
    match talk {
        Some(talk) => app.clock.wait(talk).await,
        None => future::pending().await,
    }
}

async fn follow(app: Arc<App>, sid: String, instructions: Option<Instructions>) {
    match instructions {
        Some(instructions) => instructions::follow(&app, &sid, instructions).await,
        None => future::pending().await,
    }
}
