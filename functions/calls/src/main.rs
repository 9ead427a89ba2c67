//! The functions of the calls domain; `_HANDLER` says which one this process is.

use calls::{
    App, WebhookApp, create, get, hang_up, list, log, reconcile, recording, recording_delete,
    recording_fetch, recording_get, settings, update, voice, voice_inbound, voice_status, voice_token,
    voicemail,
};
use lambda::{Environment, HttpRoute, serve_http, serve_worker};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda::Error> {
    let function = Environment::function();
    if function == reconcile::FUNCTION {
        let app = reconcile::ReconcileApp::from_environment().await;
        return serve_worker(function, |_: serde_json::Value| reconcile::handle(&app)).await;
    }
    if function == recording_fetch::FUNCTION {
        let app = recording_fetch::FetchApp::from_environment().await;
        return serve_worker(function, |batch| recording_fetch::handle(&app, batch)).await;
    }
    let webhooks = vec![
        HttpRoute::webhook(voice_status::ROUTE, |app, claim, request| {
            Box::pin(voice_status::handle(app, claim, request))
        }),
        HttpRoute::webhook(voice_inbound::ROUTE, |app, claim, request| {
            Box::pin(voice_inbound::handle(app, claim, request))
        }),
        HttpRoute::webhook(recording::ROUTE, |app, claim, request| {
            Box::pin(recording::handle(app, claim, request))
        }),
        HttpRoute::webhook(voicemail::ROUTE, |app, claim, request| {
            Box::pin(voicemail::handle(app, claim, request))
        }),
        HttpRoute::webhook(voice::ROUTE, |app, claim, request| Box::pin(voice::handle(app, claim, request))),
    ];
    if webhooks.iter().any(|route| route.serves(function)) {
        return serve_http(function, WebhookApp::from_environment().await, webhooks).await;
    }
    let routes = vec![
        HttpRoute::once(create::ROUTE, App::data, |app, caller, request| {
            Box::pin(create::handle(app, caller, request))
        }),
        HttpRoute::bearer(get::ROUTE, |app, caller, request| Box::pin(get::handle(app, caller, request))),
        HttpRoute::bearer(list::ROUTE, |app, caller, request| Box::pin(list::handle(app, caller, request))),
        HttpRoute::bearer(update::ROUTE, |app, caller, request| {
            Box::pin(update::handle(app, caller, request))
        }),
        HttpRoute::bearer(hang_up::ROUTE, |app, caller, request| {
            Box::pin(hang_up::handle(app, caller, request))
        }),
        HttpRoute::bearer(log::ROUTE, |app, caller, request| Box::pin(log::handle(app, caller, request))),
        HttpRoute::bearer(voice_token::ROUTE, |app, caller, request| {
            Box::pin(voice_token::handle(app, caller, request))
        }),
        HttpRoute::bearer(recording_get::ROUTE, |app, caller, request| {
            Box::pin(recording_get::handle(app, caller, request))
        }),
        HttpRoute::bearer(recording_delete::ROUTE, |app, caller, request| {
            Box::pin(recording_delete::handle(app, caller, request))
        }),
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
