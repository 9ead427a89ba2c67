//! A tenant of the bench's own, with as many users as are to be connected.

use std::{collections::BTreeMap, fs, sync::Arc};

use aws_config::{BehaviorVersion, Region};
use aws_credential_types::Credentials;
use blackbox::{Api, Error, Session, Stack};
use kernel::{ClaimedTenant, Role, SystemAmbient};
use provision::{NewTenant, NewUser, Outputs, Provisioner, new_password};
use serde_json::json;
use tenancy::Installation;

/// A user who is signed in, with a contact of their own.
pub struct Member {
    pub id: String,
    pub session: Session,
    pub contact: String,
}

pub struct Crowd {
    /// The tenant's id.
    pub tenant: String,
    pub table: String,
    pub members: Vec<Member>,
}

impl Crowd {
    /// Makes a tenant and its users, and signs them in.
    pub async fn gather(stack: &Stack, users: usize) -> Result<Self, Error> {
        let file = Stack::path().with_file_name("outputs.json");
        let text = fs::read_to_string(&file).map_err(|error| failed(error.into()))?;
        let outputs: BTreeMap<String, String> =
            serde_json::from_str(&text).map_err(|error| failed(error.into()))?;
        let provisioner =
            provisioner(stack, &outputs, &Outputs::read(&file).map_err(|error| failed(error.into()))?).await;
        let tenant = ClaimedTenant::generate(&SystemAmbient).to_string();
        let name = tenant.trim_start_matches("tnt_");
        let new = NewTenant { id: tenant.clone(), name: "Bench".to_owned(), telephony: None };
        let tenant_id = provisioner.ensure_tenant(&new).await.map_err(|error| failed(error.into()))?;
        let api = Api::new(&stack.api_url)?;
        let mut members = Vec::with_capacity(users);
        for number in 0..users.max(2) {
            let (email, password) = (format!("user{number}@{name}.example"), new_password(&SystemAmbient));
            let user = NewUser {
                email: email.clone(),
                name: format!("User {number}"),
                password: password.clone(),
                role: Role::Rep,
                phone: None,
            };
            let id =
                provisioner.ensure_user(&tenant_id, &user).await.map_err(|error| failed(error.into()))?;
            let session = api.sign_in(&email, &password).await?;
            let contact =
                session.post("/v1/contacts", &json!({ "first_name": "Bench" })).await?.expect(201)?;
            members.push(Member { id: id.to_string(), contact: contact.text("/id")?.to_owned(), session });
        }
        let table = outputs.get("TableName").cloned().unwrap_or_default();
        Ok(Self { tenant, table, members })
    }

    /// Who is mentioned by the member with this number: somebody else.
    pub fn mentioned_by(&self, number: usize) -> usize {
        (number + self.members.len() / 2) % self.members.len()
    }

    /// One event of two recipients: a note about the author's own contact that mentions a colleague. Gives its id.
    pub async fn note(&self, author: usize) -> Result<String, Error> {
        let (member, mentioned) = (&self.members[author], &self.members[self.mentioned_by(author)]);
        let body = json!({ "text": "Bench", "mentions": [mentioned.id] });
        let path = format!("/v1/contacts/{}/notes", member.contact);
        Ok(member.session.post(&path, &body).await?.expect(201)?.text("/id")?.to_owned())
    }
}

async fn provisioner(stack: &Stack, values: &BTreeMap<String, String>, outputs: &Outputs) -> Provisioner {
    let sdk = aws_config::defaults(BehaviorVersion::latest())
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .endpoint_url(stack.aws_endpoint.clone().unwrap_or_default())
        .region(Region::new(stack.region.clone()))
        .credentials_provider(Credentials::new("test", "test", None, None, "bench"))
        .load()
        .await;
    let value = |key: &str| values.get(key).cloned().unwrap_or_default();
    let installation = Installation {
        sdk,
        table_name: value("TableName"),
        data_key_arn: value("DataKeyArn"),
        ambient: Arc::new(SystemAmbient),
    };
    Provisioner::new(installation, outputs)
}

fn failed(source: Box<dyn std::error::Error + Send + Sync>) -> Error {
    Error::Description { what: "the bench's tenant".to_owned(), source }
}
