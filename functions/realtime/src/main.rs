//! The functions of the realtime domain; `_HANDLER` says which one this process is.

use lambda::{Environment, HttpRoute, serve_http, serve_socket, serve_worker};
use realtime::{
    App, DeliverApp, DispatchApp, GateApp, KeeperApp, ListenerApp, ReplayApp, authorizer, connect,
    disconnect, dispatch, events, lane, message, notifications, ticket,
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda::Error> {
    let function = Environment::function();
    match function {
        authorizer::FUNCTION => {
            let app = GateApp::from_environment().await;
            serve_worker(function, |event| authorizer::handle(&app, event)).await
        }
        connect::FUNCTION => {
            let app = App::from_environment().await;
            serve_socket(function, |event| connect::handle(&app, event)).await
        }
        disconnect::FUNCTION => {
            let app = App::from_environment().await;
            serve_socket(function, |event| disconnect::handle(&app, event)).await
        }
        message::FUNCTION => {
            let app = ListenerApp::from_environment().await;
            serve_socket(function, |event| message::handle(&app, event)).await
        }
        dispatch::FUNCTION => {
            let app = DispatchApp::from_environment().await;
            serve_worker(function, |batch| dispatch::handle(&app, batch)).await
        }
        lane::FUNCTION => {
            let app = DeliverApp::from_environment().await;
            serve_worker(function, |batch| lane::handle(&app, batch)).await
        }
        "realtime-events" => {
            let route = HttpRoute::bearer(events::ROUTE, |app, caller, request| {
                Box::pin(events::handle(app, caller, request))
            });
            serve_http(function, ReplayApp::from_environment().await, vec![route]).await
        }
        "realtime-ticket" => {
            let route = HttpRoute::bearer(ticket::ROUTE, |app, caller, request| {
                Box::pin(ticket::handle(app, caller, request))
            });
            serve_http(function, App::from_environment().await, vec![route]).await
        }
        _ => serve_http(function, KeeperApp::from_environment().await, notification_routes()).await,
    }
}

fn notification_routes() -> Vec<HttpRoute<KeeperApp>> {
    vec![
        HttpRoute::bearer(notifications::list::ROUTE, |app, caller, request| {
            Box::pin(notifications::list::handle(app, caller, request))
        }),
        HttpRoute::bearer(notifications::read::ROUTE, |app, caller, request| {
            Box::pin(notifications::read::handle(app, caller, request))
        }),
        HttpRoute::bearer(notifications::preferences::GET_ROUTE, |app, caller, request| {
            Box::pin(notifications::preferences::get(app, caller, request))
        }),
        HttpRoute::bearer(notifications::preferences::PUT_ROUTE, |app, caller, request| {
            Box::pin(notifications::preferences::put(app, caller, request))
        }),
    ]
}
