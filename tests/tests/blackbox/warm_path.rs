//! A warm request asks neither the key service nor STS: what a tenant's requests need is held.
//!
//! Counted twice: by each function about itself, for exactly the requests sent here, and by the local AWS about the
//! roles involved. The second counts everybody's calls, so this test runs alone (`.config/nextest.toml`).

use std::collections::BTreeMap;

use blackbox::{Request, Session};
use http::Method;
use kernel::{Reach, Role, SystemAmbient};
use lambda::{Access, RouteSpec};
use provision::new_password;
use serde_json::{Value, json};

use crate::{
    authenticator::now,
    eventually::eventually,
    failed::{Failed, Outcome},
    isolation::routes::routes,
    people::Person,
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
    let things = Things::of(&world, tenant).await?;
    let (call, _) = things.tenant.call(&things.contact).await?;
    let tried: Vec<_> = routes().filter(|route| things.request(route, &call, "probe").is_some()).collect();
    assert!(tried.len() >= 18, "only {} routes are tried", tried.len());
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
                let own = role.ends_with(route.function);
                let involved = own || data_roles(route.function).iter().any(|name| role.contains(name));
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
    admin: Session,
    operator: Session,
    contact: String,
    team: String,
}

impl Things {
    async fn of(world: &World, tenant: Tenant) -> Outcome<Self> {
        let admin = Person::join(world, &tenant, "admin", Role::Admin).await?.session;
        let made = admin.post("/v1/teams", &json!({ "name": "North" })).await?.expect(201)?;
        let email = format!("operator-{}@platform.example", random_hex(6));
        let password = new_password(&SystemAmbient);
        world.provisioner.ensure_operator(&email, &password).await?;
        let operator = world.api.sign_in(&email, &password).await?;
        let (contact, team) = (tenant.contact().await?, made.text("/id")?.to_owned());
        Ok(Self { tenant, admin, operator, contact, team })
    }

    /// Of whoever may: a rep before an admin, an admin before an operator.
    fn session(&self, route: &RouteSpec) -> Option<&Session> {
        let Access::Bearer(action) = route.access else { return None };
        let of_roles =
            [(Role::Rep, &self.tenant.session), (Role::Admin, &self.admin), (Role::Operator, &self.operator)];
        let permitted = |(role, _): &(Role, &Session)| action.reach_of(*role) != Reach::Nothing;
        of_roles.into_iter().find(permitted).map(|(_, session)| session)
    }

    /// A request that may be repeated; `None` for routes that have none.
    fn request(&self, route: &RouteSpec, call: &str, id: &str) -> Option<Request> {
        let path = route.path.replace("{contact_id}", &self.contact).replace("{call_id}", call);
        let path = path.replace("{user_id}", &self.tenant.user_id).replace("{team_id}", &self.team);
        let path = path.replace("{tenant_id}", &self.tenant.id);
        let request = self.session(route)?.request(route.method.clone(), &path).header("x-request-id", id);
        match route.function {
            "contacts-create" => Some(request.json(&json!({ "first_name": "Ada" }))),
            "contacts-search" => Some(request.json(&json!({ "q": "ada" }))),
            "calls-create" => Some(request.json(&json!({ "contact_id": self.contact, "mode": "bridge" }))),
            "realtime-ticket" => Some(request),
            "teams-create" => Some(request.json(&json!({ "name": "South" }))),
            // What changes nothing may be asked for again under the same version.
            "teams-update" => Some(request.header("if-match", "\"1\"").json(&json!({ "name": "North" }))),
            "me-update" | "users-update" | "tenant-update" | "tenants-update" => {
                Some(request.header("if-match", "\"1\"").json(&json!({})))
            }
            // There is none of this call.
            "calls-recording-get" => None,
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

/// Parts of the names of the data roles behind a function.
fn data_roles(function: &str) -> Vec<String> {
    let domain = function.split('-').next().unwrap_or_default();
    let groups: &[&str] = match domain {
        "users" | "teams" => &["tenants", "teams"],
        "me" => &["tenants", "account"],
        "tenant" => &["settings"],
        "tenants" => &["platform"],
        other => &[other],
    };
    groups.iter().map(|group| format!("-data-{group}-")).collect()
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
