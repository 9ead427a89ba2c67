//! `cargo xtask up` and `down`.

use crate::failure::{Failure, Result};
use crate::layout::Layout;
use crate::progress::{say, seconds};
use crate::stack;
use serde::Deserialize;
use std::fs;
use std::time::Instant;

/// The parts of `stack.json` that are shown.
#[derive(Debug, Deserialize)]
struct StackFile {
    api_url: String,
    ws_url: String,
    web_url: String,
    twilio_url: String,
    tenants: Vec<Tenant>,
}

#[derive(Debug, Deserialize)]
struct Tenant {
    id: String,
    name: String,
    users: Vec<User>,
}

#[derive(Debug, Deserialize)]
struct User {
    email: String,
    password: String,
    role: String,
}

/// Brings the stack up. Detached, it stays up; otherwise it goes down with Ctrl-C.
pub fn up(layout: &Layout, detach: bool) -> Result<()> {
    let began = Instant::now();
    let mut stack = stack::bring_up(layout)?;
    let description = describe(layout)?;
    println!("\nThe stack is up after {}.\n\n{description}", seconds(began.elapsed()));
    let options = layout.options();
    println!("See it work: `cargo xtask demo{options}`");
    if detach || !stack.is_ours() {
        println!("Stop it:     `cargo xtask down{options}`");
        return Ok(());
    }
    println!("Stop it:     Ctrl-C");
    let ended = stack.wait();
    say("\nStopping; what is stored is kept for the next start …");
    stack.stop();
    ended
}

/// Takes the stack down, and with `wipe` removes everything it had stored.
pub fn down(layout: &Layout, wipe: bool) -> Result<()> {
    let stopped = stack::take_down(layout)?;
    if stopped.is_empty() {
        println!("Nothing was running.");
    } else {
        println!("Stopped the {}.", stopped.join(" and the "));
    }
    if wipe {
        stack::wipe(layout)?;
        println!("Removed the state in {}.", layout.display(&layout.state));
    }
    Ok(())
}

fn describe(layout: &Layout) -> Result<String> {
    let file = layout.stack_file();
    let text = fs::read_to_string(&file).map_err(|error| Failure::at(&file, &error))?;
    let stack: StackFile = serde_json::from_str(&text)
        .map_err(|error| Failure::new(format!("{} is not as expected: {error}", layout.display(&file))))?;
    Ok(render(&stack))
}

fn render(stack: &StackFile) -> String {
    let mut lines = vec![
        format!("  Page     {}", stack.web_url),
        format!("  API      {}/v1", stack.api_url.trim_end_matches('/')),
        format!("  Socket   {}", stack.ws_url),
        format!("  Twilio   {} (stand-in)\n", stack.twilio_url),
        "  Sign-ins".to_owned(),
    ];
    for tenant in &stack.tenants {
        lines.push(format!("    {} ({})", tenant.name, tenant.id));
        let users = tenant.users.iter();
        lines.extend(users.map(|user| format!("      {:<9}{:<32}{}", user.role, user.email, user.password)));
    }
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_sign_ins_are_shown() {
        let file = r#"{"api_url": "http://localhost:4566/x", "ws_url": "ws://localhost:4566/y", "region": "us-east-1",
            "web_url": "http://127.0.0.1:4580",
            "twilio_url": "http://127.0.0.1:4571", "tenants": [{"id": "tnt_alpha", "name": "Alpha", "users":
            [{"email": "rep@alpha.example", "password": "a pass phrase", "role": "rep"}]}]}"#;
        let text = render(&serde_json::from_str(file).unwrap());
        for part in [
            "http://localhost:4566/x/v1",
            "ws://localhost:4566/y",
            "http://127.0.0.1:4580",
            "rep@alpha.example",
            "a pass phrase",
        ] {
            assert!(text.contains(part), "{part} is missing in\n{text}");
        }
    }
}
