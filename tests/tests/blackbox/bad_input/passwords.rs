//! New passwords that are too weak.

use aws_sdk_cognitoidentityprovider::Client;
use blackbox::SignIn;
use http::Method;
use serde_json::json;

use super::assert_names;
use crate::{
    failed::{Failed, Outcome},
    world::World,
};

#[tokio::test]
async fn a_weak_password_is_refused_and_the_old_one_stays() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let temporary = "Temporary-horse-7";
    Client::new(&world.aws.config)
        .admin_set_user_password()
        .user_pool_id(world.output("UserPoolId"))
        .username(&tenant.email)
        .password(temporary)
        .permanent(false)
        .send()
        .await?;
    let SignIn::Challenged { session, .. } = world.api.begin_sign_in(&tenant.email, temporary).await? else {
        return Err(Failed::new("the temporary password was enough"));
    };
    let weak = [
        "Short-1",
        "all-lower-case-1",
        "ALL-UPPER-CASE-1",
        "No-Digits-At-All",
        "NoSpecial1234",
        " Padded-Pass-1",
        // All rules kept, and among those that are tried first.
        "Password123!",
        "P@ssw0rd1234",
        "Welcome2026!!",
    ];
    for password in weak {
        let body =
            json!({ "challenge": "NEW_PASSWORD_REQUIRED", "session": session, "new_password": password });
        let answer = world.api.request(Method::POST, "/v1/auth/challenge").json(&body).send().await?;
        assert_names(&answer, "new_password", password);
        assert!(!answer.body.to_string().contains(password), "the password is repeated");
    }
    let again = world.api.begin_sign_in(&tenant.email, temporary).await?;
    assert!(matches!(again, SignIn::Challenged { .. }), "the password is still to be replaced");
    Ok(())
}
