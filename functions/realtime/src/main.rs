//! The functions of the realtime domain; `_HANDLER` says which one this process is.

use lambda::{Environment, HttpRoute, serve_http, serve_socket, serve_worker};
use realtime::{
    App, DispatchApp, GateApp, MessageApp, authorizer, connect, disconnect, dispatch, message, ticket,
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
            let app = MessageApp::from_environment().await;
            serve_socket(function, |event| message::handle(&app, event)).await
        }
        dispatch::FUNCTION => {
            let app = DispatchApp::from_environment().await;
            serve_worker(function, |batch| dispatch::handle(&app, batch)).await
        }
        _ => {
            let route = HttpRoute::bearer(ticket::ROUTE, |app, caller, request| {
                Box::pin(ticket::handle(app, caller, request))
            });
            serve_http(function, App::from_environment().await, vec![route]).await
        }
    }
}
