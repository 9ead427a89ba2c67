//! Nobody changes anything at the pool past us: a user's own tokens open none of its self-service operations.

use aws_sdk_cognitoidentityprovider::{
    Client,
    error::ProvideErrorMetadata,
    types::{AttributeType, AuthFlowType, ExplicitAuthFlowsType, SoftwareTokenMfaSettingsType},
};

use crate::{
    failed::{Failed, Outcome},
    pool_key::PoolKey,
    world::{World, random_hex},
};

const STOLEN_PASSWORD: &str = "Stolen-horse-7-battery";

#[tokio::test]
async fn own_tokens_change_nothing_at_the_pool() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let pool = Client::new(&world.aws.config);
    let before = described(&pool, &world, &tenant.email).await?;
    // A scope that is written in afterwards takes the signature with it.
    let scope = serde_json::json!({ "scope": "aws.cognito.signin.user.admin" });
    let genuine = PoolKey::of(&world)?.sign_changed(&tenant.session.access_token, &scope)?;
    let (head, rest) = genuine.rsplit_once('.').ok_or_else(|| Failed::new("no signature"))?;
    let forged = format!("{head}.{}", tenant.session.access_token.rsplit('.').next().unwrap_or_default());
    assert!(!rest.is_empty());
    for token in [&tenant.session.access_token, &tenant.session.id_token, &forged] {
        for (operation, code) in attempts(&pool, token, &tenant.password).await {
            assert_eq!(code.as_deref(), Some("NotAuthorizedException"), "{operation}");
        }
    }
    assert_eq!(described(&pool, &world, &tenant.email).await?, before);
    world.api.sign_in(&tenant.email, &tenant.password).await?;
    Ok(())
}

/// The same attempts succeed with a token that kept its scope, so the scope is what refuses them above.
#[tokio::test]
async fn a_token_that_kept_its_scope_could() -> Outcome {
    let world = World::open().await?;
    let pool = Client::new(&world.aws.config);
    let name = format!("test-{}", random_hex(8));
    let made = pool.create_user_pool().pool_name(&name).send().await?;
    let pool_id = made.user_pool().and_then(|pool| pool.id()).unwrap_or_default().to_owned();
    let made = pool
        .create_user_pool_client()
        .user_pool_id(&pool_id)
        .client_name(&name)
        .explicit_auth_flows(ExplicitAuthFlowsType::AllowAdminUserPasswordAuth)
        .send()
        .await?;
    let client_id =
        made.user_pool_client().and_then(|client| client.client_id()).unwrap_or_default().to_owned();
    let password = "Correct-horse-7-battery";
    pool.admin_create_user().user_pool_id(&pool_id).username("user").send().await?;
    let set = pool.admin_set_user_password().user_pool_id(&pool_id).username("user");
    set.password(password).permanent(true).send().await?;
    let signed_in = pool
        .admin_initiate_auth()
        .user_pool_id(&pool_id)
        .client_id(client_id)
        .auth_flow(AuthFlowType::AdminUserPasswordAuth)
        .auth_parameters("USERNAME", "user")
        .auth_parameters("PASSWORD", password)
        .send()
        .await?;
    let result = signed_in.authentication_result.ok_or_else(|| Failed::new("no tokens"))?;
    let token = result.access_token.unwrap_or_default();
    for (operation, code) in attempts(&pool, &token, password).await {
        assert_eq!(code, None, "{operation}");
    }
    pool.delete_user_pool().user_pool_id(pool_id).send().await?;
    Ok(())
}

/// What a user's token might be tried on, and the code of the refusal; no code where it was let through.
async fn attempts(pool: &Client, token: &str, password: &str) -> Vec<(&'static str, Option<String>)> {
    let attribute = AttributeType::builder().name("name").value("Somebody Else").build();
    let attributes = pool
        .update_user_attributes()
        .access_token(token)
        .set_user_attributes(attribute.ok().map(|one| vec![one]));
    let no_factor = SoftwareTokenMfaSettingsType::builder().enabled(false).preferred_mfa(false).build();
    let preference =
        pool.set_user_mfa_preference().access_token(token).software_token_mfa_settings(no_factor);
    let change = pool.change_password().access_token(token).previous_password(password);
    let secret = pool.associate_software_token().access_token(token);
    vec![
        ("UpdateUserAttributes", code(attributes.send().await)),
        ("SetUserMFAPreference", code(preference.send().await)),
        ("AssociateSoftwareToken", code(secret.send().await)),
        ("ChangePassword", code(change.proposed_password(STOLEN_PASSWORD).send().await)),
    ]
}

fn code<T, E: ProvideErrorMetadata>(outcome: Result<T, E>) -> Option<String> {
    outcome.err().map(|error| error.code().unwrap_or("no code").to_owned())
}

/// What the pool holds about a user, as its owner sees it.
async fn described(pool: &Client, world: &World, email: &str) -> Outcome<String> {
    let user = pool.admin_get_user().user_pool_id(world.output("UserPoolId")).username(email).send().await?;
    Ok(format!(
        "{:?} {:?} {:?}",
        user.user_attributes, user.user_mfa_setting_list, user.preferred_mfa_setting
    ))
}
