//! Tokens that open nothing. Each is wrong in one respect and right in all others.

use aws_lc_rs::{encoding::AsDer, rsa, signature::KeyPair as _};
use aws_sdk_cognitoidentityprovider::{
    Client,
    types::{AuthFlowType, ExplicitAuthFlowsType},
};
use base64::{
    Engine,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use blackbox::Api;
use http::Method;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use lambda::Access;
use serde_json::{Value, json};

use super::Stored;
use crate::{
    authenticator::now,
    failed::{Failed, Outcome},
    pool_key::{PoolKey, changed_claims, header_of},
    world::{Tenant, World, random_hex},
};

/// The gateway answers these itself: 401 without a token, 403 for one that it was told not to let through.
#[tokio::test]
async fn a_token_that_is_wrong_in_any_respect_opens_nothing() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let before = Stored::now(&world, &tenant).await?;
    let genuine = &tenant.session.access_token;
    // What the pool's key signs is let in: so it is not the signature for which the others are refused.
    let fine = PoolKey::of(&world)?.sign_changed(genuine, &json!({ "jti": "fine" }))?;
    tenant_of(&world.api, &fine).await?;
    let mut wrong = wrongly_claiming(&world, genuine)?;
    wrong.extend(wrongly_signed(&world, genuine)?);
    wrong.push(("the id token", tenant.session.id_token.clone()));
    wrong.push(("the refresh token", tenant.session.refresh_token.clone()));
    wrong.push(("of another client of the same pool", of_another_client(&world, &tenant).await?));
    wrong.push(("of another pool", of_another_pool(&world).await?));
    for (about, token) in wrong {
        let session = world.api.with_token(&token);
        let read = session.get("/v1/contacts").await?;
        assert_eq!(read.status, 403, "{about}: {}", read.body);
        let written = session.post("/v1/contacts", &json!({ "first_name": "Eve" })).await?;
        assert_eq!(written.status, 403, "{about}: {}", written.body);
    }
    before.assert_unchanged(&world, &tenant).await
}

/// No bearer route is without the authorizer, and none takes another way of carrying a token.
#[tokio::test]
async fn every_bearer_route_asks_for_a_token() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let contact = tenant.contact().await?;
    let before = Stored::now(&world, &tenant).await?;
    let genuine = &tenant.session.access_token;
    let forged = encode(&header_of(genuine)?, &changed_claims(genuine, &json!({}))?, &own_key()?)?;
    let mut routes = 0;
    for route in crate::isolation::routes::routes().filter(|route| matches!(route.access, Access::Bearer(_)))
    {
        let path = route.path.replace("{contact_id}", &contact);
        let path = path.replace("{call_id}", "call_01kar4vg2s9d8f7g6h5j4k3m2n");
        let ask = || world.api.request(route.method.clone(), &path);
        for (request, status, about) in [
            (ask(), 401, "nothing"),
            (ask().header("cookie", &format!("access_token={genuine}")), 401, "a cookie"),
            (ask().header("authorization", genuine), 403, "no scheme"),
            (ask().header("authorization", &format!("Basic {genuine}")), 403, "another scheme"),
            (ask().header("authorization", "Bearer "), 403, "an empty token"),
            (ask().bearer("nonsense"), 403, "nonsense"),
            (ask().bearer(&forged), 403, "a forged token"),
        ] {
            let answer = request.send().await?;
            assert_eq!(answer.status, status, "{} with {about}: {}", route.function, answer.body);
        }
        routes += 1;
    }
    assert!(routes > 0, "there are bearer routes");
    before.assert_unchanged(&world, &tenant).await
}

/// Signed by the pool's own key, and yet not what we take.
fn wrongly_claiming(world: &World, genuine: &str) -> Outcome<Vec<(&'static str, String)>> {
    let key = PoolKey::of(world)?;
    let cases = [
        ("expired", json!({ "exp": now() - 60 })),
        ("without an expiry", json!({ "exp": null })),
        (
            "of another issuer",
            json!({ "iss": "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_other" }),
        ),
        ("without an issuer", json!({ "iss": null })),
        ("for another client", json!({ "client_id": "0123456789abcdefghijklmnop" })),
        ("without a client", json!({ "client_id": null })),
        ("for another use", json!({ "token_use": "id" })),
        ("without a use", json!({ "token_use": null })),
        ("of nobody we know", json!({ "sub": "00000000-0000-0000-0000-000000000000" })),
        ("without a subject", json!({ "sub": null })),
        ("of an earlier session", json!({ "session_epoch": "0" })),
        ("of a later session", json!({ "session_epoch": "999" })),
        ("without a tenant", json!({ "tenant_id": null })),
        ("of a tenant that cannot be", json!({ "tenant_id": "tnt_*" })),
    ];
    cases.into_iter().map(|(about, changes)| Ok((about, key.sign_changed(genuine, &changes)?))).collect()
}

/// With the claims of a genuine token, and a signature that proves nothing.
fn wrongly_signed(world: &World, genuine: &str) -> Outcome<Vec<(&'static str, String)>> {
    let claims = changed_claims(genuine, &json!({}))?;
    let header = header_of(genuine)?;
    let kid = header.kid.clone().unwrap_or_default();
    let hmac = |secret: &[u8]| {
        let header = Header { kid: Some(kid.clone()), ..Header::new(Algorithm::HS256) };
        encode(&header, &claims, &EncodingKey::from_secret(secret))
    };
    let public_key = public_key_of_pool(world)?;
    let pem = format!(
        "-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n",
        BASE64_STANDARD.encode(&public_key)
    );
    let raise = json!({ "role": "admin" });
    let parts: Vec<_> = genuine.split('.').collect();
    let [head, body, signature] = parts.as_slice() else { return Err(Failed::new("a token of three parts")) };
    let raised = json_part(&changed_claims(genuine, &raise)?);
    Ok(vec![
        ("signed by a key of one's own", encode(&header, &claims, &own_key()?)?),
        (
            "under an unknown key id",
            encode(&Header { kid: Some("unknown".to_owned()), ..header.clone() }, &claims, &own_key()?)?,
        ),
        ("without a key id", encode(&Header { kid: None, ..header }, &claims, &own_key()?)?),
        ("alg none", format!("{}.{body}.", json_part(&json!({ "alg": "none", "typ": "JWT", "kid": kid })))),
        (
            "alg none, with the signature",
            format!("{}.{body}.{signature}", json_part(&json!({ "alg": "none", "kid": kid }))),
        ),
        ("HS256 with the public key's DER", hmac(&public_key)?),
        ("HS256 with the public key's PEM", hmac(pem.as_bytes())?),
        ("HS256 with nothing", hmac(b"")?),
        ("changed after signing", format!("{head}.{raised}.{signature}")),
        ("without its signature", format!("{head}.{body}.")),
        ("cut short", genuine[..genuine.len() - 10].to_owned()),
    ])
}

/// A token that the pool itself has given, for another client.
async fn of_another_client(world: &World, tenant: &Tenant) -> Outcome<String> {
    let (pool, pool_id) = (Client::new(&world.aws.config), world.output("UserPoolId"));
    let created = pool
        .create_user_pool_client()
        .user_pool_id(pool_id)
        .client_name("blackbox")
        .explicit_auth_flows(ExplicitAuthFlowsType::AllowAdminUserPasswordAuth)
        .send()
        .await?;
    let client = created.user_pool_client().and_then(|client| client.client_id()).unwrap_or_default();
    let signed_in = pool
        .admin_initiate_auth()
        .user_pool_id(pool_id)
        .client_id(client)
        .auth_flow(AuthFlowType::AdminUserPasswordAuth)
        .auth_parameters("USERNAME", &tenant.email)
        .auth_parameters("PASSWORD", &tenant.password)
        .send()
        .await;
    pool.delete_user_pool_client().user_pool_id(pool_id).client_id(client).send().await?;
    let token =
        signed_in?.authentication_result().and_then(|result| result.access_token()).map(str::to_owned);
    token.ok_or_else(|| Failed::new("the pool gave no access token"))
}

/// A token that a pool of its own has given, rightly signed under its keys.
async fn of_another_pool(world: &World) -> Outcome<String> {
    let pool = Client::new(&world.aws.config);
    let name = format!("test-{}", random_hex(8));
    let made = pool.create_user_pool().pool_name(&name).send().await?;
    let pool_id = made.user_pool().and_then(|pool| pool.id()).unwrap_or_default().to_owned();
    let made = pool.create_user_pool_client().user_pool_id(&pool_id).client_name(&name);
    let made = made.explicit_auth_flows(ExplicitAuthFlowsType::AllowAdminUserPasswordAuth).send().await?;
    let client = made.user_pool_client().and_then(|client| client.client_id()).unwrap_or_default();
    let password = "Correct-horse-7-battery";
    pool.admin_create_user().user_pool_id(&pool_id).username("user").send().await?;
    let set = pool.admin_set_user_password().user_pool_id(&pool_id).username("user");
    set.password(password).permanent(true).send().await?;
    let request = pool.admin_initiate_auth().user_pool_id(&pool_id).client_id(client);
    let request = request.auth_flow(AuthFlowType::AdminUserPasswordAuth).auth_parameters("USERNAME", "user");
    let signed_in = request.auth_parameters("PASSWORD", password).send().await?;
    let token = signed_in.authentication_result().and_then(|result| result.access_token());
    let token = token.map(str::to_owned).ok_or_else(|| Failed::new("the pool gave no access token"));
    pool.delete_user_pool().user_pool_id(&pool_id).send().await?;
    token
}

/// Fails unless the token opens the API.
async fn tenant_of(api: &Api, token: &str) -> Outcome {
    api.with_token(token).request(Method::GET, "/v1/contacts").send().await?.expect(200)?;
    Ok(())
}

fn json_part(value: &Value) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(value.to_string())
}

/// An RSA key that the pool knows nothing of.
fn own_key() -> Outcome<EncodingKey> {
    let pair = rsa::KeyPair::generate(rsa::KeySize::Rsa2048)?;
    let der: aws_lc_rs::encoding::Pkcs8V1Der<'_> = pair.as_der()?;
    let pem = format!(
        "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
        BASE64_STANDARD.encode(der.as_ref())
    );
    Ok(EncodingKey::from_rsa_pem(pem.as_bytes())?)
}

/// The key with which the pool's signatures are checked: `SubjectPublicKeyInfo` in DER.
fn public_key_of_pool(world: &World) -> Outcome<Vec<u8>> {
    let pair = rsa::KeyPair::from_pkcs8(&PoolKey::pkcs8(world)?)?;
    let der: aws_lc_rs::encoding::PublicKeyX509Der<'_> = pair.public_key().as_der()?;
    Ok(der.as_ref().to_vec())
}
