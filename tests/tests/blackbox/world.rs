//! A stack, and tenants of a test's own in it.

use std::{collections::BTreeMap, fs, sync::Arc};

use blackbox::{Api, Session, Stack, TwilioControl};
use calls::{OwnNumber, PhoneNumbers, TelephonyAccount};
use http::Method;
use kernel::{Ambient, Country, Role, SystemAmbient, TenantId};
use provision::{NewTelephony, NewTenant, NewUser, Outputs, Provisioner, new_password};
use serde_json::{Value, json};
use tenancy::Installation;

use crate::{
    aws::{Account, Item, key},
    failed::{Failed, Outcome},
};

/// What a bridged call of any test's user rings; of the numbers kept for fiction, as all here.
pub const OWN_PHONE: &str = "+14155550111";
pub const CALLER_ID: &str = "+14155550101";

pub struct World {
    pub stack: Stack,
    pub api: Api,
    pub twilio: TwilioControl,
    pub aws: Account,
    /// The outputs of the deployed stack, by their keys.
    pub outputs: BTreeMap<String, String>,
    pub provisioner: Provisioner,
}

/// A tenant with an account at the telephony stand-in and one user, signed in.
#[expect(clippy::struct_field_names, reason = "the id as text, and as what our own code takes")]
pub struct Tenant {
    pub id: String,
    pub tenant_id: TenantId,
    pub account: TelephonyAccount,
    pub email: String,
    pub password: String,
    pub user_id: String,
    pub session: Session,
}

impl World {
    pub async fn open() -> Outcome<Self> {
        let stack = Stack::load()?;
        let endpoint = stack.aws_endpoint.as_deref();
        let endpoint = endpoint.ok_or_else(|| Failed::new("these suites need the owner of a local AWS"))?;
        let twilio = stack.twilio_url.as_deref().ok_or_else(|| Failed::new("no telephony stand-in"))?;
        let aws = Account::open(endpoint, &stack.region).await?;
        let file = Stack::path().with_file_name("outputs.json");
        let outputs: BTreeMap<String, String> = serde_json::from_str(&fs::read_to_string(&file)?)?;
        let installation = Installation {
            sdk: aws.config.clone(),
            table_name: outputs["TableName"].clone(),
            data_key_arn: outputs["DataKeyArn"].clone(),
            ambient: Arc::new(SystemAmbient),
        };
        let provisioner = Provisioner::new(installation, &Outputs::read(&file)?);
        let (api, twilio) = (Api::new(&stack.api_url)?, TwilioControl::new(twilio)?);
        Ok(Self { stack, api, twilio, aws, outputs, provisioner })
    }

    pub fn output(&self, key: &str) -> &str {
        self.outputs.get(key).unwrap_or_else(|| panic!("the stack has no output {key}"))
    }

    /// The role of a function or a data role, by its name without the stack's prefix.
    pub fn role_arn(&self, name: &str) -> String {
        let known = self.output("ContactsReaderRoleArn");
        let prefix = known.strip_suffix("data-contacts-reader").expect("a role's ARN ends with its name");
        format!("{prefix}{name}")
    }

    /// A function by the name under which it is deployed.
    pub fn function_name(&self, key: &str) -> String {
        let role = self.role_arn(key);
        role.rsplit('/').next().unwrap_or_default().to_owned()
    }

    /// A tenant whose id is new.
    pub async fn tenant(&self) -> Outcome<Tenant> {
        self.tenant_named(&format!("tnt_test-{}", random_hex(8))).await
    }

    /// Two strangers, and a third whose id begins with the first one's: `tnt_x`, `tnt_x-b`, `tnt_y`.
    pub async fn neighbours(&self) -> Outcome<(Tenant, Tenant, Tenant)> {
        let id = format!("tnt_matrix-{}", random_hex(8));
        let (first, longer) = (self.tenant_named(&id).await?, self.tenant_named(&format!("{id}-b")).await?);
        Ok((first, longer, self.tenant().await?))
    }

    async fn tenant_named(&self, id: &str) -> Outcome<Tenant> {
        let at_home = Country::parse("US").into_iter().collect();
        let account = TelephonyAccount::new(format!("AC{}", random_hex(16)), random_hex(16), at_home);
        self.register(&account, 100).await?;
        self.script(&account, &json!({})).await?;
        let numbers = PhoneNumbers(vec![OwnNumber::plain(CALLER_ID)]);
        let telephony = NewTelephony { account: account.clone(), numbers };
        let tenant = NewTenant { id: id.to_owned(), name: "Test".to_owned(), telephony: Some(telephony) };
        let tenant_id = self.provisioner.ensure_tenant(&tenant).await?;
        let email = format!("rep@{}.example", id.replace('_', "-"));
        let password = new_password(&SystemAmbient);
        let user_id = self.user(&tenant_id, &email, &password).await?;
        let session = self.api.sign_in(&email, &password).await?;
        Ok(Tenant { id: id.to_owned(), tenant_id, account, email, password, user_id, session })
    }

    /// Makes a user of the tenant and gives the id.
    pub async fn user(&self, tenant: &TenantId, email: &str, password: &str) -> Outcome<String> {
        let user = NewUser {
            email: email.to_owned(),
            name: "Test Rep".to_owned(),
            password: password.to_owned(),
            role: Role::Rep,
            phone: Some(OWN_PHONE.to_owned()),
        };
        Ok(self.provisioner.ensure_user(tenant, &user).await?.to_string())
    }

    pub async fn register(&self, account: &TelephonyAccount, calls_per_second: u32) -> Outcome {
        self.register_numbers(account, &[CALLER_ID], calls_per_second).await
    }

    /// Has the stand-in know the account with these numbers.
    pub async fn register_numbers(
        &self,
        account: &TelephonyAccount,
        numbers: &[&str],
        calls_per_second: u32,
    ) -> Outcome {
        let registration = json!({
            "sid": account.account_sid,
            "auth_token": account.auth_tokens.first(),
            "numbers": numbers,
            "calls_per_second": calls_per_second,
        });
        self.twilio.register_account(&registration).await?;
        Ok(())
    }

    /// Says how the account's next calls go: quickly, and beyond that as `changes` say. How the call goes is up to the contact;
    /// a user's own telephone is answered and stays on the line, and it is what the provider is first asked to ring.
    pub async fn script(&self, account: &TelephonyAccount, changes: &Value) -> Outcome {
        let (mut contacts, mut own) = (quick(account), quick(account));
        own["to"] = json!(OWN_PHONE);
        contacts["talk_ms"] = json!(20);
        for (name, value) in changes.as_object().into_iter().flatten() {
            if name != "fail_next" {
                contacts[name] = value.clone();
            }
            if matches!(name.as_str(), "fail_next" | "callbacks" | "callback_delay_ms") {
                own[name] = value.clone();
            }
        }
        self.twilio.set_script(&contacts).await?;
        self.twilio.set_script(&own).await?;
        Ok(())
    }

    /// Says how calls to one number go, a user's own included.
    pub async fn script_for(&self, account: &TelephonyAccount, number: &str, changes: &Value) -> Outcome {
        let mut script = quick(account);
        script["to"] = json!(number);
        for (name, value) in changes.as_object().into_iter().flatten() {
            script[name] = value.clone();
        }
        self.twilio.set_script(&script).await?;
        Ok(())
    }

    /// All rows whose partition begins with `T#<tenant>#`, by their keys: what the tenant has stored.
    pub async fn rows_of(&self, tenant: &str) -> Outcome<BTreeMap<(String, String), Item>> {
        let prefix = format!("T#{tenant}#");
        let mut rows = BTreeMap::new();
        let mut pages = self
            .aws
            .dynamodb()
            .scan()
            .table_name(self.output("TableName"))
            .consistent_read(true)
            .filter_expression("begins_with(pk, :prefix)")
            .expression_attribute_values(
                ":prefix",
                aws_sdk_dynamodb::types::AttributeValue::S(prefix.clone()),
            )
            .into_paginator()
            .items()
            .send();
        while let Some(item) = pages.next().await {
            let item = item?;
            let text = |name: &str| item[name].as_s().cloned().expect("keys are text");
            rows.insert((text("pk"), text("sk")), item);
        }
        Ok(rows)
    }

    /// One row, as the account's owner sees it.
    pub async fn row(&self, partition: &str, sort: &str) -> Outcome<Option<Item>> {
        let table = self.output("TableName");
        let request = self.aws.dynamodb().get_item().table_name(table).set_key(Some(key(partition, sort)));
        Ok(request.consistent_read(true).send().await?.item)
    }

    /// Writes a row as the account's owner, past every fence.
    pub async fn put_row(&self, item: Item) -> Outcome {
        let table = self.output("TableName");
        self.aws.dynamodb().put_item().table_name(table).set_item(Some(item)).send().await?;
        Ok(())
    }
}

impl Tenant {
    /// A new contact with one number; gives its id.
    pub async fn contact(&self) -> Outcome<String> {
        let body = json!({
            "first_name": "Ada",
            "emails": [{ "address": "ada@customer.example", "type": "work" }],
            "phones": [{ "number": "(415) 555-0132", "type": "mobile" }],
        });
        let answer = self.session.post("/v1/contacts", &body).await?.expect(201)?;
        Ok(answer.text("/id")?.to_owned())
    }

    /// Places a call; gives its id and the provider's.
    pub async fn call(&self, contact: &str) -> Outcome<(String, String)> {
        let body = json!({ "contact_id": contact, "mode": "bridge" });
        let answer = self.session.post("/v1/calls", &body).await?.expect(201)?;
        Ok((answer.text("/id")?.to_owned(), answer.text("/provider_call_id")?.to_owned()))
    }

    /// The call as the API shows it now.
    pub async fn read_call(&self, call: &str) -> Outcome<Value> {
        Ok(self.session.get(&format!("/v1/calls/{call}")).await?.expect(200)?.body)
    }

    /// The activities on a contact's timeline.
    pub async fn timeline(&self, contact: &str) -> Outcome<Vec<Value>> {
        let path = format!("/v1/contacts/{contact}/timeline");
        Ok(self.session.get(&path).await?.expect(200)?.array("/items")?.to_vec())
    }

    /// How many contacts the tenant lists.
    pub async fn contacts(&self) -> Outcome<Vec<Value>> {
        Ok(self.session.get("/v1/contacts?limit=200").await?.expect(200)?.array("/items")?.to_vec())
    }

    pub fn bearer(&self, method: Method, path: &str) -> blackbox::Request {
        self.session.request(method, path)
    }

    pub fn secret(&self) -> &str {
        self.account.auth_tokens.first().expect("a secret")
    }
}

fn quick(account: &TelephonyAccount) -> Value {
    json!({ "account_sid": account.account_sid, "queue_ms": 5, "ring_ms": 5, "answer_ms": 10 })
}

/// Random bytes in hexadecimal digits.
pub fn random_hex(bytes: usize) -> String {
    let mut random = vec![0; bytes];
    SystemAmbient.fill(&mut random);
    hex::encode(random)
}
