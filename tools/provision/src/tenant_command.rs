//! `provision tenant …` and `provision operator`.

use std::collections::BTreeSet;

use clap::{Args, Subcommand};
use kernel::{ClaimedTenant, Module, PLATFORM_TENANT, Role, SystemAmbient};
use table::{TenantStanding, TenantStatus};
use tenants::{LimitChange, StandingChange};

use crate::{NewTenant, NewUser, ProvisionError, Provisioner, new_password};

/// Tenants as such: none of their data.
#[derive(Subcommand)]
pub enum TenantCommand {
    /// Make a tenant, and with --admin its first user
    Create {
        #[arg(long)]
        name: String,
        /// tnt_ followed by lower-case letters, digits and hyphens; made up where it is missing
        #[arg(long)]
        id: Option<String>,
        /// E-mail address of an admin to make; the password is printed
        #[arg(long)]
        admin: Option<String>,
    },
    /// Print all tenants
    List,
    /// Keep everybody of the tenant out, within half a minute; its data stays
    Suspend { id: String },
    /// Let them in again
    Resume { id: String },
    /// Set modules, limits and the rule about second factors
    Set {
        id: String,
        #[command(flatten)]
        settings: Settings,
    },
}

/// What `set` changes.
#[derive(Args)]
#[group(required = true, multiple = true)]
pub struct Settings {
    /// The modules turned on, by comma; empty for none
    #[arg(long, value_parser = modules)]
    modules: Option<Modules>,
    /// How many users it may have, or `none`
    #[arg(long, value_parser = user_limit)]
    user_limit: Option<LimitChange>,
    /// Whether every user has to hold a second factor
    #[arg(long)]
    mfa_required: Option<bool>,
}

/// Wrapped, for clap gives lists a meaning of its own.
#[derive(Debug, Clone)]
struct Modules(BTreeSet<Module>);

/// Carries the command out and gives what to print.
pub async fn perform(provisioner: &Provisioner, command: TenantCommand) -> Result<String, ProvisionError> {
    let status = |status| StandingChange { status: Some(status), ..StandingChange::default() };
    match command {
        TenantCommand::Create { name, id, admin } => create(provisioner, name, id, admin).await,
        TenantCommand::List => {
            let tenants = provisioner.tenants().await?;
            Ok(tenants
                .iter()
                .map(|(id, standing)| line(id.as_str(), standing))
                .collect::<Vec<_>>()
                .join("\n"))
        }
        TenantCommand::Suspend { id } => change(provisioner, &id, &status(TenantStatus::Suspended)).await,
        TenantCommand::Resume { id } => change(provisioner, &id, &status(TenantStatus::Active)).await,
        TenantCommand::Set { id, settings } => {
            let wanted = StandingChange {
                status: None,
                modules: settings.modules.map(|modules| modules.0),
                user_limit: settings.user_limit,
                mfa_required: settings.mfa_required,
            };
            change(provisioner, &id, &wanted).await
        }
    }
}

/// Makes an operator of the platform, or gives the one that is there a new password.
pub async fn operator(provisioner: &Provisioner, email: &str) -> Result<String, ProvisionError> {
    let password = new_password(&SystemAmbient);
    provisioner.ensure_operator(email, &password).await?;
    Ok(format!("{PLATFORM_TENANT}\noperator {email} {password}"))
}

async fn create(
    provisioner: &Provisioner,
    name: String,
    id: Option<String>,
    admin: Option<String>,
) -> Result<String, ProvisionError> {
    let id = id.unwrap_or_else(|| ClaimedTenant::generate(&SystemAmbient).to_string());
    let id = provisioner.ensure_tenant(&NewTenant { id, name, telephony: None }).await?;
    let Some(email) = admin else { return Ok(id.to_string()) };
    let password = new_password(&SystemAmbient);
    let admin = NewUser {
        name: email.clone(),
        email: email.clone(),
        password: password.clone(),
        role: Role::Admin,
        phone: None,
    };
    provisioner.ensure_user(&id, &admin).await?;
    Ok(format!("{id}\nadmin {email} {password}"))
}

async fn change(
    provisioner: &Provisioner,
    id: &str,
    change: &StandingChange,
) -> Result<String, ProvisionError> {
    Ok(line(id, &provisioner.change_tenant(id, change).await?))
}

fn line(id: &str, standing: &TenantStanding) -> String {
    let modules: Vec<_> = standing.modules.iter().map(|module| module.as_str()).collect();
    let modules = if modules.is_empty() { "—".to_owned() } else { modules.join(",") };
    let limit = standing.user_limit.map_or_else(|| "—".to_owned(), |limit| limit.to_string());
    let mfa = if standing.mfa_required { "required" } else { "optional" };
    let status = standing.status.as_str();
    format!("{id:<32} {status:<10} modules {modules:<10} users {limit:<6} mfa {mfa:<9} {}", standing.name)
}

fn modules(text: &str) -> Result<Modules, String> {
    let names = text.split(',').map(str::trim).filter(|name| !name.is_empty());
    let parse = |name: &str| Module::parse(name).ok_or_else(|| format!("there is no module {name}"));
    names.map(parse).collect::<Result<_, _>>().map(Modules)
}

fn user_limit(text: &str) -> Result<LimitChange, String> {
    if text == "none" {
        return Ok(LimitChange::Lift);
    }
    let fault = |_| "expected a whole number or `none`".to_owned();
    text.parse().map(LimitChange::To).map_err(fault)
}
