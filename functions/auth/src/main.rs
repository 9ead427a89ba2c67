//! The functions of the auth domain; `_HANDLER` says which one this process is.

use auth::{
    AttemptApp, ClaimsApp, ForgottenApp, GateApp, MfaApp, OidcApp, PasswordApp, RefreshApp, SessionApp,
    authorizer, challenge, claims, mfa_confirm, mfa_disable, mfa_enroll, oidc_config, password_change,
    password_forgot, password_reset, refresh, sign_in, sign_out, sign_out_everywhere,
};
use lambda::{Environment, HttpRoute, serve_http, serve_worker};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda::Error> {
    let function = Environment::function();
    match function {
        claims::FUNCTION => {
            let app = ClaimsApp::from_environment().await;
            serve_worker(function, |event| claims::handle(&app, event)).await
        }
        authorizer::FUNCTION => {
            let app = GateApp::from_environment().await;
            serve_worker(function, |event| authorizer::handle(&app, event)).await
        }
        _ if session_routes().iter().any(|route| route.serves(function)) => {
            serve_http(function, SessionApp::from_environment().await, session_routes()).await
        }
        _ if function == oidc_config::ROUTE.function => {
            let route = HttpRoute::public(oidc_config::ROUTE, |app, request| {
                Box::pin(async move { oidc_config::handle(app, &request) })
            });
            serve_http(function, OidcApp::from_environment(), vec![route]).await
        }
        _ if function.starts_with("auth-mfa-") => {
            let routes = vec![
                HttpRoute::bearer(mfa_enroll::ROUTE, |app, caller, request| {
                    Box::pin(mfa_enroll::handle(app, caller, request))
                }),
                HttpRoute::bearer(mfa_confirm::ROUTE, |app, caller, request| {
                    Box::pin(mfa_confirm::handle(app, caller, request))
                }),
                HttpRoute::bearer(mfa_disable::ROUTE, |app, caller, request| {
                    Box::pin(mfa_disable::handle(app, caller, request))
                }),
            ];
            serve_http(function, MfaApp::from_environment().await, routes).await
        }
        _ if password_routes().iter().any(|route| route.serves(function)) => {
            serve_http(function, PasswordApp::from_environment().await, password_routes()).await
        }
        _ if function == refresh::ROUTE.function => {
            let route =
                HttpRoute::public(refresh::ROUTE, |app, request| Box::pin(refresh::handle(app, request)));
            serve_http(function, RefreshApp::from_environment().await, vec![route]).await
        }
        _ if function == password_forgot::ROUTE.function => {
            let route = HttpRoute::public(password_forgot::ROUTE, |app, request| {
                Box::pin(password_forgot::handle(app, request))
            });
            serve_http(function, ForgottenApp::from_environment().await, vec![route]).await
        }
        _ => serve_http(function, AttemptApp::from_environment().await, attempt_routes()).await,
    }
}

/// What is tried without being signed in, and counted.
fn attempt_routes() -> Vec<HttpRoute<AttemptApp>> {
    vec![
        HttpRoute::public(sign_in::ROUTE, |app, request| Box::pin(sign_in::handle(app, request))),
        HttpRoute::public(challenge::ROUTE, |app, request| Box::pin(challenge::handle(app, request))),
    ]
}

/// What gives a user another password.
fn password_routes() -> Vec<HttpRoute<PasswordApp>> {
    vec![
        HttpRoute::bearer(password_change::ROUTE, |app, caller, request| {
            Box::pin(password_change::handle(app, caller, request))
        }),
        HttpRoute::public(password_reset::ROUTE, |app, request| {
            Box::pin(password_reset::handle(app, request))
        }),
    ]
}

/// What signed-in users do about their own sessions.
fn session_routes() -> Vec<HttpRoute<SessionApp>> {
    vec![
        HttpRoute::bearer(sign_out::ROUTE, |app, caller, request| {
            Box::pin(sign_out::handle(app, caller, request))
        }),
        HttpRoute::bearer(sign_out_everywhere::ROUTE, |app, caller, request| {
            Box::pin(sign_out_everywhere::handle(app, caller, request))
        }),
    ]
}
