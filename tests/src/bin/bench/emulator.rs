//! What the local AWS tells of the functions that it runs.

use std::{collections::BTreeMap, time::Duration};

use blackbox::Error;
use serde::Deserialize;
use serde_json::{Value, json};

const LIMIT: Duration = Duration::from_secs(30);
/// More lines than a bench writes.
const LINES: u32 = 10_000;

/// A client of the local AWS's own account. It takes any signature from the account's test key, so none is computed.
pub struct Emulator {
    http: reqwest::Client,
    endpoint: String,
    region: String,
}

/// A deployed function.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Function {
    #[serde(rename = "FunctionName")]
    pub name: String,
    pub handler: String,
    /// Bytes of the zipped artifact.
    pub code_size: u32,
    pub memory_size: u32,
    #[serde(default)]
    environment: Environment,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Environment {
    #[serde(default)]
    variables: BTreeMap<String, String>,
}

impl Function {
    /// Whose artifact it runs.
    pub fn domain(&self) -> &str {
        artifact_of(&self.handler)
    }

    pub fn variables(&self) -> &BTreeMap<String, String> {
        &self.environment.variables
    }
}

/// Calls since the emulator's start, by role and action.
#[derive(Debug, Default, Deserialize)]
pub struct Counters {
    pub roles: BTreeMap<String, BTreeMap<String, u64>>,
}

impl Counters {
    /// The calls to one service (`kms`, `sts`) by the roles that `wanted` holds for.
    pub fn calls(&self, service: &str, wanted: impl Fn(&str) -> bool) -> u64 {
        let roles = self.roles.iter().filter(|(role, _)| wanted(role));
        let actions = roles.flat_map(|(_, actions)| actions);
        actions.filter(|(action, _)| action.split(':').next() == Some(service)).map(|(_, calls)| calls).sum()
    }
}

/// The line that a function writes about each invocation.
#[derive(Debug, Deserialize)]
pub struct Summary {
    /// The function's own time, from the event to the answer.
    pub duration_ms: f64,
    #[serde(rename = "sts.calls")]
    pub sts_calls: u32,
    #[serde(rename = "kms.calls")]
    pub kms_calls: u32,
    #[serde(rename = "dynamodb.calls")]
    pub dynamodb_calls: u32,
    #[serde(rename = "dynamodb.rcu")]
    pub rcu: f64,
    #[serde(rename = "dynamodb.wcu")]
    pub wcu: f64,
}

impl Emulator {
    pub fn new(endpoint: &str, region: &str) -> Result<Self, Error> {
        let http = reqwest::Client::builder().timeout(LIMIT).build();
        Ok(Self {
            http: http.map_err(|source| unusable("the HTTP client", source))?,
            endpoint: endpoint.trim_end_matches('/').to_owned(),
            region: region.to_owned(),
        })
    }

    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    pub fn region(&self) -> &str {
        &self.region
    }

    /// The functions of the system. Others that somebody tries out beside it are left out.
    pub async fn functions(&self) -> Result<Vec<Function>, Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Page {
            functions: Vec<Function>,
            next_marker: Option<String>,
        }
        let url = format!("{}/2015-03-31/functions/", self.endpoint);
        let ours = |function: &Function| function.name == format!("sep-{}", function.handler);
        let (mut functions, mut marker) = (Vec::new(), Some(String::new()));
        while let Some(from) = marker.take() {
            let request = self.http.get(&url).query(&[("Marker", from)]);
            let page: Page = self.ask(request, "lambda").await?;
            functions.extend(page.functions.into_iter().filter(ours));
            marker = page.next_marker.filter(|marker| !marker.is_empty());
        }
        Ok(functions)
    }

    pub async fn counters(&self) -> Result<Counters, Error> {
        let url = format!("{}/_local/counters", self.endpoint);
        self.ask(self.http.get(url), "sts").await
    }

    /// Has the function's next request meet a process of its own: a function whose configuration has changed starts anew.
    pub async fn restart(&self, function: &str, change: usize) -> Result<(), Error> {
        let url = format!("{}/2015-03-31/functions/{function}/configuration", self.endpoint);
        let body = json!({ "Description": format!("restarted {change}") });
        let _: Value = self.ask(self.http.put(url).json(&body), "lambda").await?;
        Ok(())
    }

    /// The summaries of a function's invocations since a time, in milliseconds since the epoch.
    pub async fn summaries(&self, function: &str, since: i64) -> Result<Vec<Summary>, Error> {
        let question = json!({ "logGroupName": format!("/aws/lambda/sep-{function}"), "startTime": since, "limit": LINES });
        let answer = self.call("logs", "Logs_20140328.FilterLogEvents", "1.1", &question).await?;
        let events = answer["events"].as_array().into_iter().flatten();
        let lines = events.filter_map(|event| event["message"].as_str());
        Ok(lines.filter_map(|line| serde_json::from_str(line).ok()).collect())
    }

    /// An operation of a service that speaks JSON, by its target and the version of its protocol.
    pub async fn call(
        &self,
        service: &'static str,
        target: &str,
        version: &str,
        question: &Value,
    ) -> Result<Value, Error> {
        let request = self
            .http
            .post(format!("{}/", self.endpoint))
            .header("x-amz-target", target)
            .header("content-type", format!("application/x-amz-json-{version}"))
            .body(question.to_string());
        self.ask(request, service).await
    }

    /// Has a function do its work with an event, and gives what it answers; a failure of the function is an answer too.
    pub async fn invoke(&self, function: &str, event: &Value) -> Result<Value, Error> {
        let url = format!("{}/2015-03-31/functions/sep-{function}/invocations", self.endpoint);
        self.ask(self.http.post(url).body(event.to_string()), "lambda").await
    }

    async fn ask<T: for<'de> Deserialize<'de>>(
        &self,
        request: reqwest::RequestBuilder,
        service: &'static str,
    ) -> Result<T, Error> {
        let scope = format!("test/20260101/{}/{service}/aws4_request", self.region);
        let authorization = format!("AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0");
        let answer = request.header("authorization", authorization).send().await;
        let answer = answer.and_then(reqwest::Response::error_for_status);
        let answer = answer.map_err(|source| unusable("the local AWS", source))?;
        answer.json().await.map_err(|source| unusable("the local AWS's answer", source))
    }
}

fn unusable(what: &str, source: reqwest::Error) -> Error {
    Error::Description { what: what.to_owned(), source: source.into() }
}

/// The domain whose artifact holds a function: its key's first word, except where a domain goes by several.
pub fn artifact_of(function: &str) -> &str {
    match function.split('-').next().unwrap_or_default() {
        "tenant" | "users" | "teams" | "me" => "tenants",
        "companies" | "custom" | "imports" => "contacts",
        "notes" | "tasks" => "activities",
        "notifications" | "notification" => "realtime",
        "phone" | "telephony" => "calls",
        domain => domain,
    }
}
