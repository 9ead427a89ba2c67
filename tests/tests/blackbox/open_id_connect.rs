//! Signing in by OpenID Connect, with a client library that knows nothing of us: from the discovery document to the user's claims.
//!
//! The page that asks for the password is the local pool's, filled in as a browser would. It asks for no second factor; that the
//! real one does is a matter of the pool's configuration, which the last test reads.

use std::collections::BTreeMap;

use aws_sdk_cognitoidentityprovider::{Client as Pool, types::UserPoolMfaType};
use openidconnect::{
    AuthorizationCode, ClientId, CsrfToken, EndpointMaybeSet, EndpointNotSet, EndpointSet, HttpRequest,
    HttpResponse, IssuerUrl, Nonce, OAuth2TokenResponse, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl,
    Scope, TokenResponse,
    core::{CoreAuthenticationFlow, CoreClient, CoreProviderMetadata, CoreTokenResponse, CoreUserInfoClaims},
};
use serde_json::json;
use url::Url;

use crate::{
    failed::{Failed, Outcome},
    pool_key::changed_claims,
    sessions::set_identity,
    world::{Tenant, World},
};

const CALLBACK: &str = "http://localhost:5173/signed-in";

type Library = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// A browser with an application in it.
struct Browser {
    http: reqwest::Client,
    /// Where requests to the pool's public address really go.
    pool: (String, String),
    library: Library,
    hosted_url: String,
}

/// What the application keeps while the user is away.
struct Kept {
    code: AuthorizationCode,
    verifier: PkceCodeVerifier,
    nonce: Nonce,
}

#[tokio::test]
async fn from_discovery_to_the_users_claims() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let browser = Browser::open(&world).await?;
    let kept = browser.sign_in(&tenant).await?;
    let (nonce, tokens) = (kept.nonce.clone(), browser.exchange(kept.code, kept.verifier).await?);

    let id_token = tokens.id_token().ok_or_else(|| Failed::new("no id token"))?;
    let claims = id_token.claims(&browser.library.id_token_verifier(), &nonce)?;
    assert_eq!(claims.email().map(|email| email.as_str()), Some(tenant.email.as_str()));
    let request = browser.library.user_info(tokens.access_token().clone(), Some(claims.subject().clone()))?;
    let user: CoreUserInfoClaims = request.request_async(&browser.fetch()).await?;
    assert_eq!(user.email().map(|email| email.as_str()), Some(tenant.email.as_str()));

    // Our API takes the access token, with the tenant and the role that our rows give; the id token it does not.
    world.api.with_token(tokens.access_token().secret()).get("/v1/contacts").await?.expect(200)?;
    world.api.with_token(&id_token.to_string()).get("/v1/contacts").await?.expect(403)?;
    Ok(())
}

#[tokio::test]
async fn a_code_is_worth_nothing_without_its_verifier_and_nothing_twice() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let browser = Browser::open(&world).await?;
    let kept = browser.sign_in(&tenant).await?;
    let (_, foreign) = PkceCodeChallenge::new_random_sha256();
    assert!(browser.exchange(kept.code.clone(), foreign).await.is_err(), "another's verifier served");
    let verifier = PkceCodeVerifier::new(kept.verifier.secret().clone());
    browser.exchange(kept.code.clone(), verifier).await?;
    assert!(browser.exchange(kept.code, kept.verifier).await.is_err(), "a code served twice");
    Ok(())
}

#[tokio::test]
async fn nobody_is_sent_to_an_address_that_is_not_named() -> Outcome {
    let world = World::open().await?;
    let browser = Browser::open(&world).await?;
    for foreign in
        ["https://evil.example/signed-in", "http://localhost:5173/signed-in/../x", "http://localhost:5173"]
    {
        let (challenge, _) = PkceCodeChallenge::new_random_sha256();
        let url = browser.authorize_url(&challenge, foreign);
        let answer = browser.http.get(url).send().await?;
        assert_eq!(answer.status(), 400, "{foreign}");
        assert!(answer.headers().get("location").is_none(), "{foreign}");
    }
    Ok(())
}

#[tokio::test]
async fn the_answer_about_the_configuration_is_what_the_discovery_document_says() -> Outcome {
    let world = World::open().await?;
    let browser = Browser::open(&world).await?;
    let ask =
        async |body| world.api.request(http::Method::POST, "/v1/auth/oidc/config").json(&body).send().await;
    let told = ask(json!({ "email": "nobody@nowhere.example" })).await?.expect(200)?;
    assert_eq!(told.text("/client_id")?, world.output("BrowserClientId"));
    let endpoint = told.text("/authorization_endpoint")?;
    assert_eq!(endpoint, browser.library.auth_uri().as_str());
    assert_eq!(ask(json!({ "email": "nonsense" })).await?.expect(400)?.problem_fields(), ["email"]);
    assert_eq!(ask(json!({})).await?.expect(400)?.problem_fields(), ["email"]);
    Ok(())
}

/// The local page signs everybody in. What it gives somebody without the factor that their tenant demands, opens nothing.
#[tokio::test]
async fn who_lacks_a_demanded_factor_gets_nothing_that_serves() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    set_identity(&world, &tenant.id, "TENANT", "mfa_required", "true").await?;
    let browser = Browser::open(&world).await?;
    let kept = browser.sign_in(&tenant).await?;
    let tokens = browser.exchange(kept.code, kept.verifier).await?;
    let token = tokens.access_token().secret();
    let claims = changed_claims(token, &json!({}))?;
    for claim in ["tenant_id", "user_id", "role"] {
        assert!(claims.get(claim).is_none(), "{claim}");
    }
    assert_eq!(world.api.with_token(token).get("/v1/contacts").await?.status, 403);
    Ok(())
}

/// What makes the real pages ask for the second factor. The local ones do not, so it is not seen to happen here.
#[tokio::test]
async fn the_pool_is_told_to_ask_for_second_factors() -> Outcome {
    let world = World::open().await?;
    let pool = Pool::new(&world.aws.config);
    let described = pool.get_user_pool_mfa_config().user_pool_id(world.output("UserPoolId")).send().await?;
    assert_eq!(described.mfa_configuration(), Some(&UserPoolMfaType::Optional));
    Ok(())
}

impl Browser {
    async fn open(world: &World) -> Outcome<Self> {
        let http = reqwest::Client::builder()
            .timeout(std::time::Duration::from_secs(10))
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        let endpoint =
            world.stack.aws_endpoint.clone().ok_or_else(|| Failed::new("these suites need a local AWS"))?;
        let public = format!("https://cognito-idp.{}.amazonaws.com", world.stack.region);
        let issuer = IssuerUrl::new(format!("{public}/{}", world.output("UserPoolId")))?;
        let pool = (public, endpoint);
        let metadata =
            CoreProviderMetadata::discover_async(issuer, &fetch(http.clone(), pool.clone())).await?;
        let client = ClientId::new(world.output("BrowserClientId").to_owned());
        let library = CoreClient::from_provider_metadata(metadata, client, None)
            .set_redirect_uri(RedirectUrl::new(CALLBACK.to_owned())?);
        Ok(Self { http, pool, library, hosted_url: world.output("HostedSignInUrl").to_owned() })
    }

    fn authorize_url(&self, challenge: &PkceCodeChallenge, callback: &str) -> Url {
        let mut url = self.library.auth_uri().url().clone();
        url.query_pairs_mut().extend_pairs([
            ("response_type", "code"),
            ("client_id", self.library.client_id().as_str()),
            ("redirect_uri", callback),
            ("scope", "openid"),
            ("code_challenge", challenge.as_str()),
            ("code_challenge_method", "S256"),
        ]);
        url
    }

    /// The user signs in on the pool's page and comes back with a code.
    async fn sign_in(&self, tenant: &Tenant) -> Outcome<Kept> {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let flow = CoreAuthenticationFlow::AuthorizationCode;
        let (url, state, nonce) = self
            .library
            .authorize_url(flow, CsrfToken::new_random, Nonce::new_random)
            .add_scope(Scope::new("email".to_owned()))
            .add_scope(Scope::new("profile".to_owned()))
            .set_pkce_challenge(challenge)
            .url();
        let page = self.http.get(url).send().await?.error_for_status()?.text().await?;
        let mut form = hidden_fields(&page);
        form.insert("username".to_owned(), tenant.email.clone());
        form.insert("password".to_owned(), tenant.password.clone());
        let answer = self.http.post(format!("{}/login", self.hosted_url)).form(&form).send().await?;
        let location = answer.headers().get("location").and_then(|value| value.to_str().ok());
        let back = Url::parse(location.ok_or_else(|| Failed::new("the page sent nobody back"))?)?;
        assert!(back.as_str().starts_with(CALLBACK), "{back}");
        let returned: BTreeMap<_, _> = back.query_pairs().into_owned().collect();
        assert_eq!(returned.get("state"), Some(state.secret()));
        let code = returned.get("code").ok_or_else(|| Failed::new("no code came back"))?;
        Ok(Kept { code: AuthorizationCode::new(code.clone()), verifier, nonce })
    }

    async fn exchange(
        &self,
        code: AuthorizationCode,
        verifier: PkceCodeVerifier,
    ) -> Outcome<CoreTokenResponse> {
        let request = self.library.exchange_code(code)?.set_pkce_verifier(verifier);
        Ok(request.request_async(&self.fetch()).await?)
    }

    fn fetch(&self) -> impl AsyncFetch {
        fetch(self.http.clone(), self.pool.clone())
    }
}

/// What the library sends its requests with.
trait AsyncFetch: for<'c> openidconnect::AsyncHttpClient<'c, Error = reqwest::Error> {}

impl<T: for<'c> openidconnect::AsyncHttpClient<'c, Error = reqwest::Error>> AsyncFetch for T {}

/// Sends what is meant for the pool's public address to the local AWS.
fn fetch(http: reqwest::Client, (public, local): (String, String)) -> impl AsyncFetch {
    move |request: HttpRequest| {
        let http = http.clone();
        let url = request.uri().to_string().replacen(&public, &local, 1);
        async move {
            let (parts, body) = request.into_parts();
            let answer = http.request(parts.method, url).headers(parts.headers).body(body).send().await?;
            let (status, headers) = (answer.status(), answer.headers().clone());
            let mut response = HttpResponse::new(answer.bytes().await?.to_vec());
            *response.status_mut() = status;
            *response.headers_mut() = headers;
            Ok(response)
        }
    }
}

/// The fields that the page's form carries along.
fn hidden_fields(page: &str) -> BTreeMap<String, String> {
    let attribute = |tag: &str, name: &str| {
        let (_, rest) = tag.split_once(&format!("{name}=\""))?;
        rest.split_once('"').map(|(value, _)| value.replace("&amp;", "&"))
    };
    let tags = page.split("<input").skip(1).filter_map(|rest| rest.split('>').next());
    tags.filter_map(|tag| Some((attribute(tag, "name")?, attribute(tag, "value")?))).collect()
}
