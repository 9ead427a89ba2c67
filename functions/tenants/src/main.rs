//! The functions of the tenants domain; `_HANDLER` says which one this process is.

use lambda::{Environment, HttpRoute, serve_http};
use tenants::{App, users};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda::Error> {
    let function = Environment::function();
    let app = App::from_environment().await;
    let routes = vec![HttpRoute::bearer(users::list::ROUTE, |app, caller, request| {
        Box::pin(users::list::handle(app, caller, request))
    })];
    serve_http(function, app, routes).await
}
