//! The AWS account behind a local stack, as its owner and as each of its roles.

use std::{collections::BTreeMap, time::Duration};

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::{Value, json};

use crate::failed::{Failed, Outcome};

pub type Item = std::collections::HashMap<String, AttributeValue>;

/// The account's owner, whom the local AWS knows by this key id.
const OWNER: &str = "test";

#[derive(Clone)]
pub struct Account {
    endpoint: String,
    region: String,
    pub config: SdkConfig,
    http: reqwest::Client,
}

impl Account {
    /// With the owner's credentials.
    pub async fn open(endpoint: &str, region: &str) -> Outcome<Self> {
        let config = aws_config::defaults(BehaviorVersion::latest())
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .endpoint_url(endpoint)
            .region(Region::new(region.to_owned()))
            .credentials_provider(Credentials::new(OWNER, OWNER, None, None, "owner"))
            .load()
            .await;
        let http = reqwest::Client::builder().timeout(Duration::from_secs(10)).build()?;
        Ok(Self { endpoint: endpoint.to_owned(), region: region.to_owned(), config, http })
    }

    pub fn dynamodb(&self) -> aws_sdk_dynamodb::Client {
        aws_sdk_dynamodb::Client::new(&self.config)
    }

    /// The account as the given role, assumed by whoever `self` is; `tenant` becomes the session's tag.
    pub async fn assume(&self, role_arn: &str, tenant: Option<&str>) -> Outcome<Self> {
        let tags: Vec<_> = tenant.into_iter().map(|tenant| ("tenant", tenant)).collect();
        self.assume_tagged(role_arn, &tags).await
    }

    /// The account as the given role, with a session that bears these tags: keys and values.
    pub async fn assume_tagged(&self, role_arn: &str, tags: &[(&str, &str)]) -> Outcome<Self> {
        let tags = tags.iter().map(|(key, value)| {
            aws_sdk_sts::types::Tag::builder().key(*key).value(*value).build().expect("a complete tag")
        });
        let answer = aws_sdk_sts::Client::new(&self.config)
            .assume_role()
            .role_arn(role_arn)
            .role_session_name("blackbox")
            .set_tags(Some(tags.collect::<Vec<_>>()).filter(|tags| !tags.is_empty()))
            .send()
            .await?;
        let given = answer.credentials().ok_or_else(|| Failed::new("the role came without credentials"))?;
        let credentials = Credentials::new(
            given.access_key_id(),
            given.secret_access_key(),
            Some(given.session_token().to_owned()),
            None,
            "assumed",
        );
        let provider = aws_credential_types::provider::SharedCredentialsProvider::new(credentials);
        let config = self.config.to_builder().credentials_provider(provider).build();
        Ok(Self { config, ..self.clone() })
    }

    /// How often each role has called each action since the local AWS was started.
    pub async fn counters(&self) -> Outcome<BTreeMap<String, BTreeMap<String, u64>>> {
        let answer = self.http.get(format!("{}/_local/counters", self.endpoint)).send().await?;
        let body: Value = answer.error_for_status()?.json().await?;
        Ok(serde_json::from_value(body["roles"].clone())?)
    }

    /// Has a function do its work with an event, as a schedule would, and waits for its end.
    pub async fn invoke(&self, function: &str, event: &Value) -> Outcome<Value> {
        let authorization = format!(
            "AWS4-HMAC-SHA256 Credential={OWNER}/20260101/{}/lambda/aws4_request, SignedHeaders=host, Signature=0",
            self.region
        );
        let answer = self
            .http
            .post(format!("{}/2015-03-31/functions/{function}/invocations", self.endpoint))
            .header("authorization", authorization)
            .body(event.to_string())
            .send()
            .await?;
        if let Some(error) = answer.headers().get("x-amz-function-error") {
            return Err(Failed::new(format!("{function} failed: {error:?}")));
        }
        Ok(answer.error_for_status()?.json().await?)
    }

    /// The names of the log groups that begin with `prefix`.
    pub async fn log_groups(&self, prefix: &str) -> Outcome<Vec<String>> {
        let answer = self.logs("DescribeLogGroups", &json!({ "logGroupNamePrefix": prefix })).await?;
        let groups = answer["logGroups"].as_array().cloned().unwrap_or_default();
        Ok(groups.iter().filter_map(|group| group["logGroupName"].as_str().map(str::to_owned)).collect())
    }

    /// All lines of a log group since a time in milliseconds.
    pub async fn log_lines(&self, group: &str, since: i64) -> Outcome<Vec<String>> {
        let (mut lines, mut next) = (Vec::new(), Value::Null);
        loop {
            let mut question = json!({ "logGroupName": group, "startTime": since, "limit": 10_000 });
            if !next.is_null() {
                question["nextToken"] = next;
            }
            let answer = self.logs("FilterLogEvents", &question).await?;
            let events = answer["events"].as_array().cloned().unwrap_or_default();
            lines.extend(events.iter().filter_map(|event| event["message"].as_str().map(str::to_owned)));
            next = answer["nextToken"].clone();
            if next.is_null() {
                return Ok(lines);
            }
        }
    }

    /// `CloudWatch` Logs, for which a whole SDK would be too much. The local AWS reads whose key a request names and does not
    /// check the signature.
    async fn logs(&self, operation: &str, question: &Value) -> Outcome<Value> {
        let authorization = format!(
            "AWS4-HMAC-SHA256 Credential={OWNER}/20260101/{}/logs/aws4_request, SignedHeaders=host, Signature=0",
            self.region
        );
        let answer = self
            .http
            .post(&self.endpoint)
            .header("authorization", authorization)
            .header("content-type", "application/x-amz-json-1.1")
            .header("x-amz-target", format!("Logs_20140328.{operation}"))
            .body(question.to_string())
            .send()
            .await?;
        Ok(answer.error_for_status()?.json().await?)
    }
}

pub fn key(partition: &str, sort: &str) -> Item {
    [("pk", partition), ("sk", sort)]
        .map(|(name, value)| (name.to_owned(), AttributeValue::S(value.to_owned())))
        .into()
}
