//! The functions of the calls domain; `_HANDLER` says which one this process is.

use calls::{App, WebhookApp, create, get, settings, voice_status};
use lambda::{Environment, HttpRoute, serve_http};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda::Error> {
    let function = Environment::function();
    if function == voice_status::ROUTE.function {
        let route = HttpRoute::webhook(voice_status::ROUTE, |app, claim, request| {
            Box::pin(voice_status::handle(app, claim, request))
        });
        return serve_http(function, WebhookApp::from_environment().await, vec![route]).await;
    }
    let routes = vec![
        HttpRoute::once(create::ROUTE, App::data, |app, caller, request| {
            Box::pin(create::handle(app, caller, request))
        }),
        HttpRoute::bearer(get::ROUTE, |app, caller, request| Box::pin(get::handle(app, caller, request))),
        HttpRoute::bearer(settings::account_get::ROUTE, |app, caller, request| {
            Box::pin(settings::account_get::handle(app, caller, request))
        }),
        HttpRoute::bearer(settings::account_put::ROUTE, |app, caller, request| {
            Box::pin(settings::account_put::handle(app, caller, request))
        }),
        HttpRoute::bearer(settings::account_test::ROUTE, |app, caller, request| {
            Box::pin(settings::account_test::handle(app, caller, request))
        }),
        HttpRoute::bearer(settings::numbers_get::ROUTE, |app, caller, request| {
            Box::pin(settings::numbers_get::handle(app, caller, request))
        }),
        HttpRoute::bearer(settings::numbers_put::ROUTE, |app, caller, request| {
            Box::pin(settings::numbers_put::handle(app, caller, request))
        }),
    ];
    serve_http(function, App::from_environment().await, routes).await
}
