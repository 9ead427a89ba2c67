//! A warm request asks neither the key service nor STS: what a tenant's requests need is held.
//!
//! Counted twice: by each function about itself, for exactly the requests sent here, and by the local AWS about the
//! roles involved. The second counts everybody's calls, so this test runs alone (`.config/nextest.toml`).

use std::collections::BTreeMap;

use blackbox::Request;
use http::Method;
use kernel::{Reach, Role};
use lambda::{Access, RouteSpec};
use serde_json::{Value, json};

use crate::{
    authenticator::now,
    eventually::eventually,
    failed::{Failed, Outcome},
    isolation::routes::routes,
    world::{Tenant, World, random_hex},
};

/// More environments of one function than the suites before this one have started.
const ENVIRONMENTS: usize = 12;
const WARM_REQUESTS: usize = 10;

#[tokio::test]
async fn warm_requests_call_neither_the_key_service_nor_sts() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    // Without reports: the function that takes them shares a role with the one that places calls.
    world.script(&tenant.account, &json!({ "callbacks": "dropped" })).await?;
    let things = Things { contact: tenant.contact().await?, tenant };
    let (call, _) = things.tenant.call(&things.contact).await?;
    let tried: Vec<_> = routes().filter(|route| things.request(route, &call, "probe").is_some()).collect();
    assert!(tried.len() >= 7, "only {} routes are tried", tried.len());
    for route in &tried {
        let warming = (0..ENVIRONMENTS).map(|_| things.send(route, &call));
        for outcome in futures_util::future::join_all(warming).await {
            outcome?;
        }
    }
    for route in tried {
        let since = (now() - 1) * 1000;
        let before = world.aws.counters().await?;
        let mut ids = Vec::new();
        for _ in 0..WARM_REQUESTS {
            ids.push(things.send(route, &call).await?);
        }
        let after = world.aws.counters().await?;
        let own: Vec<_> = called(&before, &after)
            .into_iter()
            .filter(|(role, action)| {
                let domain = route.function.split('-').next().unwrap_or_default();
                let involved = role.ends_with(route.function) || role.contains(&format!("-data-{domain}-"));
                involved && (action.starts_with("kms:") || action.starts_with("sts:"))
            })
            .collect();
        assert!(own.is_empty(), "{}: {own:?}", route.function);
        for summary in summaries(&world, route.function, since, &ids).await? {
            assert_eq!((&summary["sts.calls"], &summary["kms.calls"]), (&json!(0), &json!(0)), "{summary}");
            assert!(summary["dynamodb.calls"].as_u64() > Some(0), "{summary}");
        }
    }
    Ok(())
}

struct Things {
    tenant: Tenant,
    contact: String,
}

impl Things {
    /// A request that may be repeated; `None` for routes that have none.
    fn request(&self, route: &RouteSpec, call: &str, id: &str) -> Option<Request> {
        // The tenant's user is a rep: what admins and operators call has the same way to its rows.
        match route.access {
            Access::Bearer(action) if action.reach_of(Role::Rep) != Reach::Nothing => {}
            _ => return None,
        }
        let path = route.path.replace("{contact_id}", &self.contact).replace("{call_id}", call);
        let request = self.tenant.bearer(route.method.clone(), &path).header("x-request-id", id);
        match route.function {
            "contacts-create" => Some(request.json(&json!({ "first_name": "Ada" }))),
            "calls-create" => Some(request.json(&json!({ "contact_id": self.contact, "mode": "bridge" }))),
            "realtime-ticket" => Some(request),
            _ if route.method == Method::GET && !path.contains('{') => Some(request),
            _ => None,
        }
    }

    /// Gives the id of the request.
    async fn send(&self, route: &RouteSpec, call: &str) -> Outcome<String> {
        let id = format!("warm-{}", random_hex(8));
        let request = self.request(route, call, &id).ok_or_else(|| Failed::new("no such request"))?;
        let answer = request.send().await?;
        assert!((200..300).contains(&answer.status), "{}: {}", route.function, answer.body);
        Ok(id)
    }
}

/// The actions that each role has called in between.
fn called(
    before: &BTreeMap<String, BTreeMap<String, u64>>,
    after: &BTreeMap<String, BTreeMap<String, u64>>,
) -> Vec<(String, String)> {
    let earlier =
        |role: &str, action: &str| before.get(role).and_then(|actions| actions.get(action)).copied();
    let all = after
        .iter()
        .flat_map(|(role, actions)| actions.iter().map(move |(action, count)| (role, action, count)));
    all.filter(|(role, action, count)| earlier(role, action).unwrap_or(0) < **count)
        .map(|(role, action, _)| (role.clone(), action.clone()))
        .collect()
}

/// What the function has written about each of these requests.
async fn summaries(world: &World, function: &str, since: i64, ids: &[String]) -> Outcome<Vec<Value>> {
    let group = format!("/aws/lambda/{}", world.function_name(function));
    eventually("a line about each request", async || {
        let lines = world.aws.log_lines(&group, since).await?;
        let lines = lines.iter().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let ours = |line: &Value| ids.iter().any(|id| line["request.id"] == json!(id));
        let found: Vec<_> =
            lines.filter(|line| line["message"] == json!("invocation") && ours(line)).collect();
        Ok((found.len() == ids.len()).then_some(found))
    })
    .await
}
