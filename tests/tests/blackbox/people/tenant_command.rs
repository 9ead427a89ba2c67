//! `provision tenant …` as an operator types it.

use clap::{Parser, error::ErrorKind};
use provision::tenant_command::{TenantCommand, operator, perform};

use super::address;
use crate::{
    failed::Outcome,
    world::{World, random_hex},
};

#[derive(Parser)]
struct Line {
    #[command(subcommand)]
    command: TenantCommand,
}

/// What the command prints; a refusal as an error.
async fn typed(world: &World, words: &[&str]) -> Outcome<String> {
    let line = Line::try_parse_from(["tenant"].iter().chain(words))?;
    Ok(perform(&world.provisioner, line.command).await?)
}

#[tokio::test]
async fn a_tenant_is_made_set_suspended_and_let_in_again() -> Outcome {
    let world = World::open().await?;
    let id = format!("tnt_command-{}", random_hex(6));
    let email = format!("admin@{}.example", &id[4..]);
    let made = typed(&world, &["create", "--name", "Command", "--id", &id, "--admin", &email]).await?;
    let password = made.split_whitespace().last().unwrap_or_default();
    assert_eq!(made, format!("{id}\nadmin {email} {password}"));
    let admin = world.api.sign_in(&email, password).await?;
    assert_eq!(admin.get("/v1/tenant").await?.expect(200)?.text("/name")?, "Command");

    let set = typed(&world, &["set", &id, "--modules", "crm_pro", "--user-limit", "7"]).await?;
    assert!(set.contains("modules crm_pro") && set.contains("users 7"), "{set}");
    assert!(typed(&world, &["list"]).await?.lines().any(|line| line.starts_with(&id)), "it is listed");

    assert!(typed(&world, &["suspend", &id]).await?.contains("suspended"));
    let refused = world.api.sign_in(&email, password).await;
    assert!(
        matches!(&refused, Err(blackbox::Error::UnexpectedStatus { actual: 401, .. })),
        "a suspended tenant lets nobody in"
    );
    assert!(typed(&world, &["resume", &id]).await?.contains("active"));
    world.api.sign_in(&email, password).await?;
    Ok(())
}

#[tokio::test]
async fn what_is_mistyped_changes_nothing() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let missing = format!("tnt_missing-{}", random_hex(6));
    for words in [
        &["suspend", missing.as_str()][..],
        &["set", &missing, "--user-limit", "7"],
        &["create", "--name", "Odd", "--id", "tnt_UPPER*"],
    ] {
        assert!(typed(&world, words).await.is_err(), "{words:?}");
    }
    for words in [
        &["set", tenant.id.as_str()][..],
        &["set", &tenant.id, "--modules", "juggling"],
        &["set", &tenant.id, "--user-limit", "-1"],
        &["set", &tenant.id, "--mfa-required", "perhaps"],
        &["create"],
    ] {
        let parsed = Line::try_parse_from(["tenant"].iter().chain(words));
        let kind = parsed.err().map(|error| error.kind());
        assert!(kind.is_some_and(|kind| kind != ErrorKind::DisplayHelp), "{words:?}");
    }
    tenant.session.get("/v1/contacts").await?.expect(200)?;
    Ok(())
}

#[tokio::test]
async fn an_operator_is_made_and_given_another_password() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let email = address(&tenant, "operator");
    let first = operator(&world.provisioner, &email).await?;
    let second = operator(&world.provisioner, &email).await?;
    let password = |printed: &str| printed.split_whitespace().last().unwrap_or_default().to_owned();
    assert_ne!(password(&first), password(&second));
    let session = world.api.sign_in(&email, &password(&second)).await?;
    session.get("/v1/platform/tenants?limit=1").await?.expect(200)?;
    assert!(world.api.sign_in(&email, &password(&first)).await.is_err(), "the first password still holds");
    Ok(())
}
