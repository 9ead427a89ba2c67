//! The key service opens a tenant's wrapped keys to that tenant's sessions alone.

use aws_sdk_dynamodb::types::AttributeValue;
use aws_sdk_kms::{Client, error::ProvideErrorMetadata, primitives::Blob};

use super::{data_roles::DATA_ROLES, leak, print_counts, require};
use crate::{failed::Outcome, world::World};

#[tokio::test]
async fn matrix_of_wrapped_keys() -> Outcome {
    let world = World::open().await?;
    let (mine, longer, stranger) = world.neighbours().await?;
    let own = wrapped_key(&world, &mine.id).await?;
    let mut cases = 0;
    for role in DATA_ROLES {
        let tagged = role.session(&world, &mine.id).await?;
        let opens = opens(&world, &Client::new(&tagged.config), &own, &mine.id).await?;
        require(opens == role.decrypts, || format!("{} opens its own tenant's key: {opens}", role.output))?;
        cases += 1;
        for other in [&longer, &stranger] {
            let key = wrapped_key(&world, &other.id).await?;
            // In the other's name, and as if it were one's own.
            for named in [&other.id, &mine.id] {
                let opens = self::opens(&world, &Client::new(&tagged.config), &key, named).await?;
                require(!opens, || format!("{} opens the key of {}", role.output, other.id))?;
                cases += 1;
            }
        }
    }
    print_counts(&format!("wrapped keys under {} roles: {cases} cases, 0 leaks", DATA_ROLES.len()));
    Ok(())
}

async fn wrapped_key(world: &World, tenant: &str) -> Outcome<Vec<u8>> {
    let row = world.row(&format!("T#{tenant}#KEY"), "DATA#0001").await?;
    let wrapped =
        row.as_ref().and_then(|row| row.get("wrapped_key")).and_then(|key| AttributeValue::as_b(key).ok());
    wrapped.map(|key| key.as_ref().to_vec()).ok_or_else(|| leak(format!("{tenant} has no wrapped key")))
}

/// Whether the key service unwraps the key in the name of `tenant`.
async fn opens(world: &World, client: &Client, wrapped: &[u8], tenant: &str) -> Outcome<bool> {
    let request = client
        .decrypt()
        .key_id(world.output("DataKeyArn"))
        .ciphertext_blob(Blob::new(wrapped))
        .encryption_context("tenant", tenant)
        .encryption_context("kind", "data")
        .encryption_context("version", "1");
    let Err(error) = request.send().await else { return Ok(true) };
    match error.as_service_error().and_then(ProvideErrorMetadata::code) {
        Some("AccessDeniedException" | "InvalidCiphertextException") => Ok(false),
        other => Err(leak(format!("neither opened nor refused, but {other:?}"))),
    }
}
