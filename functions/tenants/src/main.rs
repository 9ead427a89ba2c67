//! The functions of the tenants domain; `_HANDLER` says which one this process is.

use lambda::{Environment, HttpRoute, serve_http};
use tenants::{App, DeactivationApp, InvitationApp, teams, users};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda::Error> {
    let function = Environment::function();
    if function == users::deactivate::ROUTE.function {
        let route = HttpRoute::bearer(users::deactivate::ROUTE, |app, caller, request| {
            Box::pin(users::deactivate::handle(app, caller, request))
        });
        return serve_http(function, DeactivationApp::from_environment().await, vec![route]).await;
    }
    let inviting = vec![
        HttpRoute::bearer(users::invite::ROUTE, |app, caller, request| {
            Box::pin(users::invite::handle(app, caller, request))
        }),
        HttpRoute::bearer(users::reinvite::ROUTE, |app, caller, request| {
            Box::pin(users::reinvite::handle(app, caller, request))
        }),
    ];
    if inviting.iter().any(|route| route.serves(function)) {
        return serve_http(function, InvitationApp::from_environment().await, inviting).await;
    }
    let routes = vec![
        HttpRoute::bearer(users::list::ROUTE, |app, caller, request| {
            Box::pin(users::list::handle(app, caller, request))
        }),
        HttpRoute::bearer(users::get::ROUTE, |app, caller, request| {
            Box::pin(users::get::handle(app, caller, request))
        }),
        HttpRoute::bearer(users::update::ROUTE, |app, caller, request| {
            Box::pin(users::update::handle(app, caller, request))
        }),
        HttpRoute::bearer(teams::list::ROUTE, |app, caller, request| {
            Box::pin(teams::list::handle(app, caller, request))
        }),
        HttpRoute::bearer(teams::create::ROUTE, |app, caller, request| {
            Box::pin(teams::create::handle(app, caller, request))
        }),
        HttpRoute::bearer(teams::update::ROUTE, |app, caller, request| {
            Box::pin(teams::update::handle(app, caller, request))
        }),
        HttpRoute::bearer(teams::delete::ROUTE, |app, caller, request| {
            Box::pin(teams::delete::handle(app, caller, request))
        }),
    ];
    serve_http(function, App::from_environment().await, routes).await
}
