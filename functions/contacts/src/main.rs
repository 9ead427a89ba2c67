//! The functions of the contacts domain; `_HANDLER` says which one this process is.

use contacts::{
    App, companies, create, custom_fields, delete, get,
    imports::{
        self, ImportsApp,
        work::{self, ImportApp},
    },
    list::{self, ListApp},
    reassign::{self, ReassignApp},
    restore,
    search::{self, SearchRoute, compact},
    touch, update,
};
use lambda::{Environment, HttpRoute, serve_http, serve_worker};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda::Error> {
    let function = Environment::function();
    if function == reassign::FUNCTION {
        let reassigning = ReassignApp::from_environment().await;
        return serve_worker(function, |batch| reassign::handle(&reassigning, batch)).await;
    }
    if function == compact::FUNCTION {
        let compacting = compact::CompactApp::from_environment().await;
        return serve_worker(function, |batch| compact::handle(&compacting, batch)).await;
    }
    if function == work::FUNCTION {
        let importing = ImportApp::from_environment().await;
        return serve_worker(function, |batch| work::handle(&importing, batch)).await;
    }
    if function.starts_with("imports-") {
        return serve_http(function, ImportsApp::from_environment().await, import_routes()).await;
    }
    if function == search::ROUTE.function {
        let searching = SearchRoute::from_environment().await;
        let route = HttpRoute::bearer(search::ROUTE, |app, caller, request| {
            Box::pin(search::handle(app, caller, request))
        });
        return serve_http(function, searching, vec![route]).await;
    }
    if function == list::ROUTE.function {
        let listing = ListApp::from_environment().await;
        let route = HttpRoute::bearer(list::ROUTE, |app, caller, request| {
            Box::pin(list::handle(app, caller, request))
        });
        return serve_http(function, listing, vec![route]).await;
    }
    let app = App::from_environment().await;
    if function == touch::FUNCTION {
        return serve_worker(function, |batch| touch::handle(&app, batch)).await;
    }
    let routes = vec![
        HttpRoute::once(create::ROUTE, App::data, |app, caller, request| {
            Box::pin(create::handle(app, caller, request))
        }),
        HttpRoute::bearer(get::ROUTE, |app, caller, request| Box::pin(get::handle(app, caller, request))),
        HttpRoute::bearer(update::ROUTE, |app, caller, request| {
            Box::pin(update::handle(app, caller, request))
        }),
        HttpRoute::bearer(delete::ROUTE, |app, caller, request| {
            Box::pin(delete::handle(app, caller, request))
        }),
        HttpRoute::bearer(restore::ROUTE, |app, caller, request| {
            Box::pin(restore::handle(app, caller, request))
        }),
        HttpRoute::once(companies::create::ROUTE, App::data, |app, caller, request| {
            Box::pin(companies::create::handle(app, caller, request))
        }),
        HttpRoute::bearer(companies::list::ROUTE, |app, caller, request| {
            Box::pin(companies::list::handle(app, caller, request))
        }),
        HttpRoute::bearer(companies::get::ROUTE, |app, caller, request| {
            Box::pin(companies::get::handle(app, caller, request))
        }),
        HttpRoute::bearer(companies::update::ROUTE, |app, caller, request| {
            Box::pin(companies::update::handle(app, caller, request))
        }),
        HttpRoute::bearer(companies::delete::ROUTE, |app, caller, request| {
            Box::pin(companies::delete::handle(app, caller, request))
        }),
        HttpRoute::bearer(custom_fields::get::ROUTE, |app, caller, request| {
            Box::pin(custom_fields::get::handle(app, caller, request))
        }),
        HttpRoute::bearer(custom_fields::replace::ROUTE, |app, caller, request| {
            Box::pin(custom_fields::replace::handle(app, caller, request))
        }),
    ];
    serve_http(function, app, routes).await
}

fn import_routes() -> Vec<HttpRoute<ImportsApp>> {
    vec![
        HttpRoute::once(imports::create::ROUTE, ImportsApp::data, |app, caller, request| {
            Box::pin(imports::create::handle(app, caller, request))
        }),
        HttpRoute::bearer(imports::start::ROUTE, |app, caller, request| {
            Box::pin(imports::start::handle(app, caller, request))
        }),
        HttpRoute::bearer(imports::get::ROUTE, |app, caller, request| {
            Box::pin(imports::get::handle(app, caller, request))
        }),
    ]
}
