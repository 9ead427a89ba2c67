//! Nobody changes anything at the pool past us: a user's own tokens open none of its self-service operations.

use aws_sdk_cognitoidentityprovider::{
    Client,
    error::{ProvideErrorMetadata, SdkError},
    operation::verify_software_token::VerifySoftwareTokenError,
    types::{
        AttributeType, AuthFlowType, ChallengeNameType, ExplicitAuthFlowsType, SoftwareTokenMfaSettingsType,
    },
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use blackbox::SignIn;
use serde_json::json;

use super::{post, refresh};
use crate::{
    authenticator::{code_at, enroll, now},
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
        let deleted = code(pool.delete_user().access_token(token).send().await);
        assert_eq!(deleted.as_deref(), Some("NotAuthorizedException"), "DeleteUser");
    }
    assert_eq!(described(&pool, &world, &tenant.email).await?, before);
    world.api.sign_in(&tenant.email, &tenant.password).await?;
    Ok(())
}

/// The session behind a challenge, the refresh token and the client's id are all a browser has: without the client's secret the pool
/// takes none of them, so that nobody answers past our throttle and our record of used codes.
#[tokio::test]
async fn what_a_browser_is_given_serves_with_us_alone() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let secret = enroll(&world, &tenant).await?;
    let SignIn::Challenged { session, .. } = world.api.begin_sign_in(&tenant.email, &tenant.password).await?
    else {
        return Err(Failed::new("no second factor was asked for"));
    };
    let parts: Vec<_> = session.splitn(3, '.').collect();
    let [user, _, pool_session] = parts[..] else {
        return Err(Failed::new("the session has changed its form"));
    };
    let user = String::from_utf8(BASE64_URL_SAFE_NO_PAD.decode(user)?)?;
    let (pool, client) = (Client::new(&world.aws.config), world.output("UserPoolClientId"));
    let respond = pool
        .respond_to_auth_challenge()
        .client_id(client)
        .challenge_name(ChallengeNameType::SoftwareTokenMfa);
    let respond = respond.session(pool_session).challenge_responses("USERNAME", user);
    let answered =
        respond.challenge_responses("SOFTWARE_TOKEN_MFA_CODE", code_at(&secret, now())).send().await;
    assert_eq!(code(answered).as_deref(), Some("NotAuthorizedException"), "RespondToAuthChallenge");

    let other = world.tenant().await?.session;
    let refresh_token = other.refresh_token.clone();
    let refreshed =
        pool.get_tokens_from_refresh_token().client_id(client).refresh_token(&refresh_token).send().await;
    assert_eq!(code(refreshed).as_deref(), Some("NotAuthorizedException"), "GetTokensFromRefreshToken");
    let flow = pool.initiate_auth().client_id(client).auth_flow(AuthFlowType::RefreshTokenAuth);
    let begun = flow.auth_parameters("REFRESH_TOKEN", &refresh_token).send().await;
    assert!(begun.is_err(), "InitiateAuth takes a refresh token");
    // With us both serve: what refused them was the missing secret.
    refresh(&world.api, &refresh_token).await?.expect(200)?;
    let answer =
        json!({ "challenge": "SOFTWARE_TOKEN_MFA", "session": session, "code": code_at(&secret, now()) });
    post(&world.api, "/v1/auth/challenge", &answer).await?.expect(200)?;
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
        ("VerifySoftwareToken", code(verified(pool, token).await)),
    ]
}

/// A wrong code is no refusal: where the token serves, the pool gets as far as looking at it.
async fn verified(pool: &Client, token: &str) -> Result<(), VerifySoftwareTokenError> {
    let sent = pool.verify_software_token().access_token(token).user_code("000000").send().await;
    match sent.map_err(SdkError::into_service_error) {
        Ok(_) | Err(VerifySoftwareTokenError::EnableSoftwareTokenMfaException(_)) => Ok(()),
        Err(refused) => Err(refused),
    }
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
