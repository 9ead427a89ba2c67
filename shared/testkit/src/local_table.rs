//! The table behind a real DynamoDB API, one per test.

use aws_sdk_dynamodb::{
    Client, Config,
    config::{BehaviorVersion, Credentials, Region, SharedHttpClient, retry::RetryConfig},
    types::AttributeValue,
};
use dynoxide::Database;
use kernel::{ClaimedTenant, TenantId};
use table::{ClaimedTable, Item, ResetCodeTable, TenantTable, ThrottleTable};
use tokio::{net::TcpListener, task::JoinHandle};

use crate::{schema::create_table_request, traffic::Traffic};

/// Empty at first, gone when dropped. Served on a free port of the loopback, so that what is tested is the client as it
/// ships; it only does not repeat calls by itself, so that a test counts what our own code does.
pub struct LocalTable {
    client: Client,
    observer: Client,
    traffic: Traffic,
    server: JoinHandle<()>,
}

impl LocalTable {
    /// The table's name.
    pub const NAME: &str = "local";

    /// # Panics
    /// When the table of the template cannot be made or no port is free.
    pub async fn start() -> Self {
        let database = Database::memory().expect("a database in memory opens");
        let request =
            serde_json::from_value(create_table_request(Self::NAME)).expect("a CreateTable request");
        database.create_table(request).expect("the template's table is valid");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let endpoint = format!("http://{}", listener.local_addr().expect("the listener has an address"));
        let server = tokio::spawn(dynoxide::server::serve_on(listener, database));
        let http = aws_smithy_http_client::Builder::new().build_http();
        let traffic = Traffic::default();
        Self {
            client: client(&endpoint, traffic.watch(http.clone())),
            observer: client(&endpoint, http),
            traffic,
            server,
        }
    }

    /// As `tenant` sees it.
    #[must_use]
    pub fn of(&self, tenant: &TenantId) -> TenantTable {
        TenantTable::new(self.client.clone(), Self::NAME, tenant.clone())
    }

    /// As what counts attempts sees it.
    #[must_use]
    pub fn throttle(&self) -> ThrottleTable {
        ThrottleTable::new(self.client.clone(), Self::NAME)
    }

    /// As what mails codes sees it.
    #[must_use]
    pub fn reset_codes(&self) -> ResetCodeTable {
        ResetCodeTable::new(self.client.clone(), Self::NAME)
    }

    /// As whoever claims to speak for a tenant sees it.
    #[must_use]
    pub fn claimed(&self, claim: &ClaimedTenant) -> ClaimedTable {
        ClaimedTable::new(self.client.clone(), Self::NAME, claim)
    }

    /// What clients of this table do.
    #[must_use]
    pub fn traffic(&self) -> &Traffic {
        &self.traffic
    }

    /// Writes an item past every fence, and past [`LocalTable::traffic`].
    ///
    /// # Panics
    /// When the table refuses it.
    pub async fn plant(&self, item: Item) {
        let put = self.observer.put_item().table_name(Self::NAME).set_item(Some(item));
        put.send().await.expect("the table takes the item");
    }

    /// Everything in the table, of whichever tenant, read past [`LocalTable::traffic`].
    ///
    /// # Panics
    /// When the table does not answer.
    pub async fn all_items(&self) -> Vec<Item> {
        let pages = self.observer.scan().table_name(Self::NAME).into_paginator().items().send();
        pages.collect::<Result<_, _>>().await.expect("the table answers")
    }

    /// Those of [`LocalTable::all_items`] whose partition key begins with `prefix`.
    pub async fn items_under(&self, prefix: &str) -> Vec<Item> {
        let mut items = self.all_items().await;
        items.retain(|item| item["pk"].as_s().is_ok_and(|key| key.starts_with(prefix)));
        items
    }
}

impl Drop for LocalTable {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// Every name and value of an item, one behind the other, as it is stored.
///
/// # Panics
/// When a value is neither text, number nor bytes: our items hold no others.
#[must_use]
pub fn bytes_of(item: &Item) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (name, value) in item {
        bytes.extend_from_slice(name.as_bytes());
        match value {
            AttributeValue::S(text) | AttributeValue::N(text) => bytes.extend_from_slice(text.as_bytes()),
            AttributeValue::B(blob) => bytes.extend_from_slice(blob.as_ref()),
            other => panic!("{name} holds {other:?}"),
        }
        bytes.push(0);
    }
    bytes
}

fn client(endpoint: &str, http: SharedHttpClient) -> Client {
    Client::from_conf(
        Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::from_static("us-east-1"))
            .credentials_provider(Credentials::new("local", "local", None, None, "testkit"))
            .endpoint_url(endpoint)
            .http_client(http)
            .retry_config(RetryConfig::disabled())
            .build(),
    )
}
