//! `provision`: the operators' tool.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command-line tool speaks to its terminal")]

use std::{error::Error, path::PathBuf, process::ExitCode, sync::Arc};

use clap::{Parser, Subcommand};
use kernel::SystemAmbient;
use provision::{
    Outputs, Population, Provisioner, seed, seed_demo,
    tenant_command::{self, TenantCommand},
};
use tenancy::Installation;

/// Makes tenants and users, with the AWS credentials of the environment.
#[derive(Parser)]
struct Arguments {
    /// The outputs of the deployed stack, as JSON.
    #[arg(long)]
    outputs: PathBuf,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Two demo tenants on a local stack; writes where it stands and who can sign in.
    Demo {
        #[arg(long)]
        stack_file: PathBuf,
        #[arg(long)]
        twilio_url: String,
        #[arg(long)]
        aws_endpoint: String,
        #[arg(long)]
        web_url: String,
    },
    /// Tenants as such: none of their data.
    #[command(subcommand)]
    Tenant(TenantCommand),
    /// Many tenants with many users; signs a sample of them in.
    Seed {
        #[arg(long, default_value_t = 100)]
        tenants: usize,
        /// Of each tenant
        #[arg(long, default_value_t = 100)]
        users: usize,
        /// How many of the users to sign in at the end
        #[arg(long, default_value_t = 50)]
        sample: usize,
        /// Where to write the sample, and the secret that passwords follow from
        #[arg(long)]
        file: PathBuf,
    },
    /// An operator of the platform; prints a new password.
    Operator {
        #[arg(long)]
        email: String,
    },
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{}", chain(&*error));
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<(), Box<dyn Error>> {
    let outputs = Outputs::read(&arguments.outputs)?;
    let installation = Installation {
        sdk: Installation::sdk_config().await,
        table_name: outputs.table_name.clone(),
        data_key_arn: outputs.data_key_arn.clone(),
        ambient: Arc::new(SystemAmbient),
    };
    let region = installation.sdk.region().map(ToString::to_string).unwrap_or_default();
    let provisioner = Provisioner::new(installation, &outputs);
    match arguments.command {
        Command::Demo { stack_file, twilio_url, aws_endpoint, web_url } => {
            let stack =
                seed_demo(&provisioner, &outputs, &stack_file, &twilio_url, &aws_endpoint, &web_url, &region)
                    .await?;
            for tenant in stack.tenants {
                println!("{} ({}): {} users", tenant.name, tenant.id, tenant.users.len());
            }
        }
        Command::Tenant(command) => {
            println!("{}", tenant_command::perform(&provisioner, command).await?);
        }
        Command::Seed { tenants, users, sample, file } => {
            let population = Population { tenants, users, sample, file };
            let seeded = seed(&provisioner, &population, &outputs.api_url).await?;
            let signed_in = seeded.sample.len();
            println!(
                "{tenants} tenants with {users} users each: {} made in {:.0} s",
                seeded.made, seeded.seconds
            );
            println!("{signed_in} of them signed in; their passwords stand in {}", population.file.display());
        }
        Command::Operator { email } => {
            println!("{}", tenant_command::operator(&provisioner, &email).await?);
        }
    }
    Ok(())
}

fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
