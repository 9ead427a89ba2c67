//! The functions of the tenants domain; `_HANDLER` says which one this process is.

use lambda::{Environment, HttpRoute, serve_http};
use tenants::{
    AccountApp, App, DeactivationApp, InvitationApp, PlatformApp, me, platform, settings, teams, users,
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda::Error> {
    let function = Environment::function();
    if function == users::deactivate::ROUTE.function {
        let route = HttpRoute::bearer(users::deactivate::ROUTE, |app, caller, request| {
            Box::pin(users::deactivate::handle(app, caller, request))
        });
        return serve_http(function, DeactivationApp::from_environment().await, vec![route]).await;
    }
    let own = vec![
        HttpRoute::bearer(me::get::ROUTE, |app, caller, request| {
            Box::pin(me::get::handle(app, caller, request))
        }),
        HttpRoute::bearer(me::update::ROUTE, |app, caller, request| {
            Box::pin(me::update::handle(app, caller, request))
        }),
    ];
    if own.iter().any(|route| route.serves(function)) {
        return serve_http(function, AccountApp::from_environment().await, own).await;
    }
    let inviting = vec![
        HttpRoute::once(users::invite::ROUTE, InvitationApp::data, |app, caller, request| {
            Box::pin(users::invite::handle(app, caller, request))
        }),
        HttpRoute::once(users::reinvite::ROUTE, InvitationApp::data, |app, caller, request| {
            Box::pin(users::reinvite::handle(app, caller, request))
        }),
    ];
    if inviting.iter().any(|route| route.serves(function)) {
        return serve_http(function, InvitationApp::from_environment().await, inviting).await;
    }
    let creating =
        vec![HttpRoute::once(platform::create::ROUTE, PlatformApp::data, |app, caller, request| {
            Box::pin(platform::create::handle(app, caller, request))
        })];
    if creating.iter().any(|route| route.serves(function)) {
        return serve_http(function, PlatformApp::from_environment().await, creating).await;
    }
    let routes = vec![
        HttpRoute::bearer(platform::list::ROUTE, |app, caller, request| {
            Box::pin(platform::list::handle(app, caller, request))
        }),
        HttpRoute::bearer(platform::update::ROUTE, |app, caller, request| {
            Box::pin(platform::update::handle(app, caller, request))
        }),
        HttpRoute::bearer(settings::get::ROUTE, |app, caller, request| {
            Box::pin(settings::get::handle(app, caller, request))
        }),
        HttpRoute::bearer(settings::update::ROUTE, |app, caller, request| {
            Box::pin(settings::update::handle(app, caller, request))
        }),
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
        HttpRoute::once(teams::create::ROUTE, App::data, |app, caller, request| {
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
