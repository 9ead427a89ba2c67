//! The suite `core`.

use blackbox::{Error, Stack};

use crate::{calls, following, init, machine, processes, report::Report, routes, say, warm, world::World};

pub async fn run(stack: &Stack) -> Result<Report, Error> {
    let mut report = Report::new(format!("core at {} ({})", stack.api_url, machine()));
    let world = World::enter(stack).await?;
    say("Placing calls and watching them on sockets");
    let placed = calls::measure(&world, &mut report).await?;
    say("Waiting for lists to follow");
    following::measure(&world, &mut report).await?;
    say("Asking every route");
    routes::measure(&world, &placed, &mut report).await?;
    say("Counting the calls of warm requests");
    warm::measure(&world, &placed, &mut report).await?;
    let functions = world.emulator.functions().await?;
    processes::measure(&world.emulator, &functions, &mut report)?;
    say("Starting functions");
    init::measure(&world.emulator, &functions, &mut report).await?;
    Ok(report)
}
