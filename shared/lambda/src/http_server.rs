//! Serves the HTTP routes of a domain; the function's `Handler` says which one.

use std::{future::Future, pin::Pin};

use kernel::{Caller, ClaimedTenant, Failure};
use lambda_http::{
    Adapter, Body, LambdaEvent, RequestExt, Response,
    request::{LambdaRequest, RequestContext},
    service_fn,
    tower::ServiceExt,
};
use tenancy::DataRole;

use crate::{
    failure_problem, idempotency,
    printable_uri::with_valid_uri,
    reply::Reply,
    request::Request,
    route::RouteSpec,
    telemetry::{self, Invocation, Note},
};

/// What a handler gives.
pub type Handled<'a> = Pin<Box<dyn Future<Output = Result<Reply, Failure>> + Send + 'a>>;

type BearerHandler<A> = for<'a> fn(&'a A, Caller, Request) -> Handled<'a>;
type PublicHandler<A> = for<'a> fn(&'a A, Request) -> Handled<'a>;
type WebhookHandler<A> = for<'a> fn(&'a A, ClaimedTenant, Request) -> Handled<'a>;

/// A route with the code behind it. The kind of access decides what the handler is given.
pub struct HttpRoute<A> {
    spec: RouteSpec,
    handler: Handler<A>,
    /// The role under which it remembers what it has done, for routes that take an idempotency key.
    memory: Option<fn(&A) -> &DataRole>,
}

enum Handler<A> {
    Bearer(BearerHandler<A>),
    Public(PublicHandler<A>),
    Webhook(WebhookHandler<A>),
}

impl<A> HttpRoute<A> {
    #[must_use]
    pub fn bearer(spec: RouteSpec, handler: BearerHandler<A>) -> Self {
        Self { spec, handler: Handler::Bearer(handler), memory: None }
    }

    /// A route that creates or sends: it takes an `Idempotency-Key`, and remembers under `memory` what it has done.
    #[must_use]
    pub fn once(spec: RouteSpec, memory: fn(&A) -> &DataRole, handler: BearerHandler<A>) -> Self {
        Self { spec, handler: Handler::Bearer(handler), memory: Some(memory) }
    }

    #[must_use]
    pub fn public(spec: RouteSpec, handler: PublicHandler<A>) -> Self {
        Self { spec, handler: Handler::Public(handler), memory: None }
    }

    #[must_use]
    pub fn webhook(spec: RouteSpec, handler: WebhookHandler<A>) -> Self {
        Self { spec, handler: Handler::Webhook(handler), memory: None }
    }

    /// Whether this is the route of `function`.
    #[must_use]
    pub fn serves(&self, function: &str) -> bool {
        self.spec.function == function
    }

    async fn handle(
        &self,
        app: &A,
        request: lambda_http::Request,
        request_id: &str,
    ) -> Result<Reply, Failure> {
        let request = Request::new(request)?;
        match self.handler {
            Handler::Bearer(handler) => {
                let caller = request.caller()?;
                self.spec.permit(caller.role)?;
                telemetry::note(Note::Tenant, caller.tenant.as_str());
                telemetry::note(Note::User, caller.user.as_str());
                let Some((key, memory)) = idempotency::key_of(&request)?.zip(self.memory) else {
                    return handler(app, caller, request).await;
                };
                let data = memory(app);
                let scope = data.open(&caller.tenant).await;
                let named = (self.spec.function, key.as_str(), request_id);
                let work = |request| handler(app, caller.clone(), request);
                idempotency::once(&scope, &*data.installation().ambient, &caller, named, request, work).await
            }
            Handler::Public(handler) => handler(app, request).await,
            Handler::Webhook(handler) => {
                let claim = request.claimed_tenant()?;
                handler(app, claim, request).await
            }
        }
    }
}

/// Serves the route whose function key is `function` until the environment ends.
///
/// # Panics
/// Where no route has that key: template and artifact do not belong together.
pub async fn serve_http<A: Sync>(
    function: &'static str,
    app: A,
    routes: Vec<HttpRoute<A>>,
) -> Result<(), lambda_runtime::Error> {
    telemetry::start();
    let route = routes
        .into_iter()
        .find(|route| route.serves(function))
        .unwrap_or_else(|| panic!("this artifact has no function {function}"));
    let (app, route) = (&app, &route);
    let service = service_fn(async |request: lambda_http::Request| {
        Ok::<_, lambda_runtime::Error>(answer(app, route, request).await)
    });
    let adapter = Adapter::from(service).map_request(|event: LambdaEvent<LambdaRequest>| LambdaEvent {
        payload: with_valid_uri(event.payload),
        context: event.context,
    });
    lambda_runtime::run(adapter).await
}

async fn answer<A>(app: &A, route: &HttpRoute<A>, request: lambda_http::Request) -> Response<Body> {
    let invocation = Invocation::begin(route.spec.function);
    let gateway = gateway_request_id(&request);
    telemetry::note(Note::GatewayRequest, gateway.clone());
    let request_id = caller_request_id(&request).unwrap_or(gateway);
    telemetry::note(Note::Request, request_id.clone());
    let outcome = route.handle(app, request, &request_id).await;
    let (mut response, failure) = match outcome {
        Ok(reply) => (reply.to_response(), None),
        Err(failure) => (failure_problem::into_response(&failure, &request_id), Some(failure)),
    };
    if let Ok(value) = request_id.parse() {
        response.headers_mut().insert("x-request-id", value);
    }
    invocation.end(response.status().as_str(), failure.as_ref());
    response
}

/// The caller's `X-Request-Id` where it is fit to be logged.
fn caller_request_id(request: &lambda_http::Request) -> Option<String> {
    let fit = |text: &&str| {
        (1..=64).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
    };
    let given = request.headers().get("x-request-id").and_then(|value| value.to_str().ok()).filter(fit);
    given.map(str::to_owned)
}

/// The id that the gateway's access log knows the request by.
fn gateway_request_id(request: &lambda_http::Request) -> String {
    match request.request_context_ref() {
        Some(RequestContext::ApiGatewayV2(context)) => context.request_id.clone().unwrap_or_default(),
        _ => String::new(),
    }
}
