//! The functions of the auth domain; `_HANDLER` says which one this process is.

use auth::{
    ChallengeApp, ClaimsApp, GateApp, MfaApp, SignInApp, authorizer, challenge, claims, mfa_confirm,
    mfa_disable, mfa_enroll, sign_in,
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
        _ if function == challenge::ROUTE.function => {
            let route =
                HttpRoute::public(challenge::ROUTE, |app, request| Box::pin(challenge::handle(app, request)));
            serve_http(function, ChallengeApp::from_environment().await, vec![route]).await
        }
        _ => {
            let route =
                HttpRoute::public(sign_in::ROUTE, |app, request| Box::pin(sign_in::handle(app, request)));
            serve_http(function, SignInApp::from_environment().await, vec![route]).await
        }
    }
}
