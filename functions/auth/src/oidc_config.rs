//! `POST /v1/auth/oidc/config`

use kernel::{EmailAddress, Failure};
use lambda::{Environment, Method, Reply, Request, RouteSpec};
use serde::{Deserialize, Serialize};

pub const ROUTE: RouteSpec = RouteSpec::public("auth-oidc-config", Method::POST, "/v1/auth/oidc/config");

/// Where browsers sign in by OpenID Connect.
pub struct OidcApp {
    issuer: String,
    keys_url: String,
    hosted_url: String,
    client_id: String,
}

impl OidcApp {
    #[must_use]
    pub fn from_environment() -> Self {
        Self {
            issuer: Environment::required("TOKEN_ISSUER"),
            keys_url: Environment::required("JWKS_URL"),
            hosted_url: Environment::required("HOSTED_SIGN_IN_URL"),
            client_id: Environment::required("BROWSER_CLIENT_ID"),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Question {
    email: String,
}

#[derive(Serialize)]
struct ConfigView<'a> {
    issuer: &'a str,
    client_id: &'a str,
    authorization_endpoint: String,
    token_endpoint: String,
    userinfo_endpoint: String,
    end_session_endpoint: String,
    jwks_uri: &'a str,
    response_type: &'static str,
    code_challenge_method: &'static str,
    scopes: [&'static str; 3],
}

/// With what a browser begins the authorization code flow for this address. Today everybody's is the same, and so nobody learns
/// whether the address exists; a tenant with a provider of its own will be told apart by the address's domain.
pub fn handle(app: &OidcApp, request: &Request) -> Result<Reply, Failure> {
    let question: Question = request.body()?;
    if EmailAddress::parse(&question.email).is_none() {
        return Err(Failure::field("email", "invalid_email", "Not an e-mail address."));
    }
    Reply::ok(&config(app))
}

fn config(app: &OidcApp) -> ConfigView<'_> {
    let endpoint = |path: &str| format!("{}{path}", app.hosted_url);
    ConfigView {
        issuer: &app.issuer,
        client_id: &app.client_id,
        authorization_endpoint: endpoint("/oauth2/authorize"),
        token_endpoint: endpoint("/oauth2/token"),
        userinfo_endpoint: endpoint("/oauth2/userInfo"),
        end_session_endpoint: endpoint("/logout"),
        jwks_uri: &app.keys_url,
        response_type: "code",
        code_challenge_method: "S256",
        scopes: ["openid", "email", "profile"],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_endpoints_are_the_hosted_pages() {
        let app = OidcApp {
            issuer: "https://issuer.example/pool".to_owned(),
            keys_url: "https://issuer.example/pool/jwks".to_owned(),
            hosted_url: "https://sign-in.example".to_owned(),
            client_id: "client-1".to_owned(),
        };
        let view = serde_json::to_value(config(&app)).unwrap();
        assert_eq!(view["authorization_endpoint"], "https://sign-in.example/oauth2/authorize");
        assert_eq!(view["token_endpoint"], "https://sign-in.example/oauth2/token");
        assert_eq!(view["issuer"], "https://issuer.example/pool");
        assert_eq!(view["code_challenge_method"], "S256");
    }
}
