//! A server that speaks Twilio's wire format for Calls, Messages and Recordings on loopback.
//!
//! It plays the telephone network too: calls ring, are answered and end as scripted through `/_control`, and
//! every change is told to the application by signed webhooks. The README beside this package says what it
//! speaks and what it leaves out.

mod account;
mod api_error;
mod app;
mod auth;
mod bridge;
mod call;
mod call_request;
mod call_status;
mod clock;
mod delivery;
mod engine;
mod form;
mod instructions;
mod journal;
mod listening;
mod message;
mod numbers;
mod page;
mod progress;
mod recording;
mod recording_view;
mod routes;
mod script;
mod shelf;
mod sid;
mod signature;
mod sms;
mod twiml;
mod wav;
mod webhook;

use std::{
    io::{self, Write},
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    sync::Arc,
};

use clap::Parser;
use tokio::net::TcpListener;

use crate::{account::AccountRegistration, app::App, clock::Clock, sid::SidSource};

#[derive(Parser)]
#[command(about = "A stand-in for Twilio's REST API, on 127.0.0.1 only")]
struct Options {
    /// Port to listen on; 0 picks a free one (the line on stdout names it)
    #[arg(long, default_value_t = 4571)]
    port: u16,
    /// JSON file with an array of accounts, in the form POST /_control/accounts takes
    #[arg(long)]
    accounts: Option<PathBuf>,
    /// How many times faster than real time calls ring and talk
    #[arg(long, default_value_t = 1.0, value_parser = parse_speed)]
    speed: f64,
    /// Makes sids and shuffled callbacks the same in every run
    #[arg(long)]
    seed: Option<u64>,
    /// Calls per second of accounts that do not name their own limit
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    calls_per_second: u32,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let options = Options::parse();
    let accounts = match &options.accounts {
        Some(path) => read_accounts(path)?,
        None => Vec::new(),
    };
    let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, options.port))).await?;
    let address = listener.local_addr()?;
    let base_url = format!("http://{address}");
    let sids = options.seed.map_or_else(SidSource::random, |seed| Ok(SidSource::seeded(seed)))?;
    let app = App::new(base_url.clone(), Clock::new(options.speed), sids, options.calls_per_second)?;
    for account in accounts {
        app.register(account)?;
    }
    announce(&base_url, address.port())?;
    axum::serve(listener, routes::router(Arc::new(app))).await?;
    Ok(())
}

/// One JSON line once the socket accepts connections, so that whoever started the process need not poll.
fn announce(base_url: &str, port: u16) -> io::Result<()> {
    let line = serde_json::json!({"event": "listening", "url": base_url, "port": port});
    let mut output = io::stdout().lock();
    writeln!(output, "{line}")?;
    output.flush()
}

fn read_accounts(path: &PathBuf) -> Result<Vec<AccountRegistration>, Box<dyn std::error::Error>> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let mut input = serde_json::Deserializer::from_str(&text);
    serde_path_to_error::deserialize(&mut input)
        .map_err(|error| format!("{}: {error}", path.display()).into())
}

fn parse_speed(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(speed) if (0.1..=1000.0).contains(&speed) => Ok(speed),
        _ => Err("a number from 0.1 to 1000".to_owned()),
    }
}
