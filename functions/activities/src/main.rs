//! The functions of the activities domain; `_HANDLER` says which one this process is.

use activities::{App, RelayApp, WriterApp, feed, notes, relay, timeline};
use lambda::{Environment, HttpRoute, serve_http, serve_worker};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda::Error> {
    let function = Environment::function();
    if function == relay::FUNCTION {
        let app = RelayApp::from_environment().await;
        return serve_worker(function, |batch| relay::handle(&app, batch)).await;
    }
    let reading: Vec<HttpRoute<App>> = vec![
        HttpRoute::bearer(timeline::ROUTE, |app, caller, request| {
            Box::pin(timeline::handle(app, caller, request))
        }),
        HttpRoute::bearer(feed::ROUTE, |app, caller, request| Box::pin(feed::handle(app, caller, request))),
    ];
    if reading.iter().any(|route| route.serves(function)) {
        return serve_http(function, App::from_environment().await, reading).await;
    }
    let writing = vec![
        HttpRoute::bearer(notes::create::ROUTE, |app, caller, request| {
            Box::pin(notes::create::handle(app, caller, request))
        }),
        HttpRoute::bearer(notes::update::ROUTE, |app, caller, request| {
            Box::pin(notes::update::handle(app, caller, request))
        }),
        HttpRoute::bearer(notes::delete::ROUTE, |app, caller, request| {
            Box::pin(notes::delete::handle(app, caller, request))
        }),
    ];
    serve_http(function, WriterApp::from_environment().await, writing).await
}
