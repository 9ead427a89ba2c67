//! The functions of the activities domain; `_HANDLER` says which one this process is.

// The futures of the SDK nest deeper than the compiler looks by default.
#![recursion_limit = "256"]

use activities::{App, RelayApp, SweepApp, WriterApp, feed, notes, relay, tasks, timeline};
use lambda::{Environment, HttpRoute, serve_http, serve_worker};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda::Error> {
    let function = Environment::function();
    if function == relay::FUNCTION {
        let app = RelayApp::from_environment().await;
        return serve_worker(function, |batch| relay::handle(&app, batch)).await;
    }
    if function == tasks::sweep::FUNCTION {
        let app = SweepApp::from_environment().await;
        return serve_worker(function, |_: serde::de::IgnoredAny| Box::pin(tasks::sweep::handle(&app))).await;
    }
    if function == tasks::remind::FUNCTION {
        let app = WriterApp::from_environment().await;
        return serve_worker(function, |batch| Box::pin(tasks::remind::handle(&app, batch))).await;
    }
    let reading: Vec<HttpRoute<App>> = vec![
        HttpRoute::bearer(timeline::ROUTE, |app, caller, request| {
            Box::pin(timeline::handle(app, caller, request))
        }),
        HttpRoute::bearer(feed::ROUTE, |app, caller, request| Box::pin(feed::handle(app, caller, request))),
        HttpRoute::bearer(tasks::list::ROUTE, |app, caller, request| {
            Box::pin(tasks::list::handle(app, caller, request))
        }),
    ];
    if reading.iter().any(|route| route.serves(function)) {
        return serve_http(function, App::from_environment().await, reading).await;
    }
    let writing = vec![
        HttpRoute::once(notes::create::ROUTE, WriterApp::data, |app, caller, request| {
            Box::pin(notes::create::handle(app, caller, request))
        }),
        HttpRoute::bearer(notes::update::ROUTE, |app, caller, request| {
            Box::pin(notes::update::handle(app, caller, request))
        }),
        HttpRoute::bearer(notes::delete::ROUTE, |app, caller, request| {
            Box::pin(notes::delete::handle(app, caller, request))
        }),
        HttpRoute::once(tasks::create::ROUTE, WriterApp::data, |app, caller, request| {
            Box::pin(tasks::create::handle(app, caller, request))
        }),
        HttpRoute::bearer(tasks::update::ROUTE, |app, caller, request| {
            Box::pin(tasks::update::handle(app, caller, request))
        }),
        HttpRoute::bearer(tasks::delete::ROUTE, |app, caller, request| {
            Box::pin(tasks::delete::handle(app, caller, request))
        }),
    ];
    serve_http(function, WriterApp::from_environment().await, writing).await
}
