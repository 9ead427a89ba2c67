//! The functions of the activities domain; `_HANDLER` says which one this process is.

use activities::{App, RelayApp, relay, timeline};
use lambda::{Environment, HttpRoute, serve_http, serve_worker};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda::Error> {
    let function = Environment::function();
    if function == relay::FUNCTION {
        let app = RelayApp::from_environment().await;
        return serve_worker(function, |batch| relay::handle(&app, batch)).await;
    }
    let route = HttpRoute::bearer(timeline::ROUTE, |app, caller, request| {
        Box::pin(timeline::handle(app, caller, request))
    });
    serve_http(function, App::from_environment().await, vec![route]).await
}
