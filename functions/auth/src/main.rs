//! The functions of the auth domain; `_HANDLER` says which one this process is.

use auth::{GateApp, SignInApp, authorizer, challenge, claims, sign_in};
use lambda::{Environment, HttpRoute, serve_http, serve_worker};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda::Error> {
    let function = Environment::function();
    match function {
        claims::FUNCTION => {
            let identities = GateApp::identities().await;
            serve_worker(function, |event| claims::handle(&identities, event)).await
        }
        authorizer::FUNCTION => {
            let app = GateApp::from_environment().await;
            serve_worker(function, |event| authorizer::handle(&app, event)).await
        }
        _ => {
            let routes = vec![
                HttpRoute::public(sign_in::ROUTE, |app, request| Box::pin(sign_in::handle(app, request))),
                HttpRoute::public(challenge::ROUTE, |app, request| Box::pin(challenge::handle(app, request))),
            ];
            serve_http(function, SignInApp::from_environment().await, routes).await
        }
    }
}
