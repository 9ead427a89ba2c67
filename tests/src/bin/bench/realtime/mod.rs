//! The suite `realtime`: how soon what was committed is on the sockets, and that nothing is lost on the way.

mod chaos;
mod chromium;
mod crowd;
mod hold;
mod live;
mod stream;

use blackbox::{Error, Stack};
use clap::Args;

use crate::{clock::Clock, emulator::Emulator, machine, report::Report, say};
use crowd::Crowd;

/// How much of it.
#[derive(Clone, Args)]
pub struct Extent {
    /// realtime: connected users
    #[arg(long, default_value_t = 100)]
    users: usize,
    /// realtime: how many seconds events flow while latencies are taken
    #[arg(long, default_value_t = 30)]
    seconds: u64,
    /// realtime: minutes for which a thousand sockets are held; left out, none are
    #[arg(long, default_value_t = 0)]
    hold_minutes: u64,
    /// realtime: sockets to hold
    #[arg(long, default_value_t = 1000)]
    sockets: usize,
}

pub async fn run(stack: &Stack, extent: &Extent) -> Result<Report, Error> {
    let mut report = Report::new(format!("realtime at {} ({})", stack.api_url, machine()));
    let lacking = |what: &str| Error::Description { what: "the stack".to_owned(), source: what.into() };
    let endpoint = stack.aws_endpoint.as_deref().ok_or_else(|| lacking("it names no local AWS"))?;
    let emulator = Emulator::new(endpoint, &stack.region)?;
    let clock = Clock::start();
    say("Bringing the users together");
    let crowd = Crowd::gather(stack, extent.users).await?;
    report.note("connected.users", crate::report::count(crowd.members.len()), "");
    say("Timing events on their way to the sockets");
    live::measure(&crowd, clock, extent.seconds, &mut report).await?;
    say("Cutting sockets, killing dispatchers, repeating and shuffling batches");
    chaos::measure(&crowd, &emulator, &mut report).await?;
    if extent.hold_minutes > 0 {
        say("Holding sockets");
        hold::measure(&crowd, &emulator, (extent.sockets, extent.hold_minutes), &mut report).await?;
    }
    say("Watching notifications in Chromium");
    chromium::measure(&mut report)?;
    Ok(report)
}
