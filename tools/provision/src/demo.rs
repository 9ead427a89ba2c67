//! Two demo tenants to sign in to, and an operator.

use std::path::Path;

use aws_lc_rs::digest::{SHA256, digest};
use calls::{ApiKey, OwnNumber, PhoneNumbers, TelephonyAccount};
use kernel::{Ambient, Country, PLATFORM_TENANT, Role, SystemAmbient};

use crate::{
    error::ProvisionError,
    outputs::Outputs,
    password::new_password,
    provisioner::{NewTelephony, NewTenant, NewUser, Provisioner},
    stack_file::{StackFile, StackTenant, StackUser},
    twilio::register_account,
};

struct DemoTenant {
    id: &'static str,
    name: &'static str,
    domain: &'static str,
    /// Of the range 555-0100 to 555-0199, which the numbering plan keeps for fiction.
    number: &'static str,
}

const TENANTS: [DemoTenant; 2] = [
    DemoTenant { id: "tnt_alpha", name: "Alpha", domain: "alpha.example", number: "+14155550100" },
    DemoTenant { id: "tnt_beta", name: "Beta", domain: "beta.example", number: "+12125550100" },
];

const USERS: [(&str, Role, &str); 4] = [
    ("admin", Role::Admin, "+14155550110"),
    ("manager", Role::Manager, "+14155550111"),
    ("rep", Role::Rep, "+14155550112"),
    ("rep2", Role::Rep, "+14155550113"),
];

const OPERATOR: &str = "operator@platform.example";

/// Makes the demo tenants and their users where they are missing and writes `stack_file`. Passwords are random and stay as
/// they are when it is run again.
pub async fn seed_demo(
    provisioner: &Provisioner,
    outputs: &Outputs,
    stack_file: &Path,
    twilio_url: &str,
    aws_endpoint: &str,
    web_url: &str,
    region: &str,
) -> Result<StackFile, ProvisionError> {
    let before = StackFile::read(stack_file);
    let mut stack = StackFile {
        api_url: outputs.api_url.clone(),
        ws_url: outputs.socket_url.clone(),
        web_url: web_url.to_owned(),
        aws_endpoint: aws_endpoint.to_owned(),
        region: region.to_owned(),
        twilio_url: twilio_url.to_owned(),
        tenants: Vec::new(),
    };
    for demo in TENANTS {
        let telephony = demo_telephony(&demo, &outputs.data_key_arn);
        let webhooks = format!("{}/v1/webhooks/twilio/{}", outputs.api_url, demo.id);
        register_account(twilio_url, &telephony, &webhooks).await?;
        let tenant =
            NewTenant { id: demo.id.to_owned(), name: demo.name.to_owned(), telephony: Some(telephony) };
        let id = provisioner.ensure_tenant(&tenant).await?;
        let mut users = Vec::new();
        for (name, role, phone) in USERS {
            let user = demo_user(name, role, phone, demo.domain, before.as_ref(), &SystemAmbient);
            provisioner.ensure_user(&id, &user).await?;
            users.push(StackUser {
                email: user.email,
                password: user.password,
                role: role.as_str().to_owned(),
            });
        }
        stack.tenants.push(StackTenant { id: demo.id.to_owned(), name: demo.name.to_owned(), users });
    }
    stack.tenants.push(demo_platform(provisioner, before.as_ref()).await?);
    stack.write(stack_file)?;
    Ok(stack)
}

/// The operators' tenant; last, for it is no customer's.
async fn demo_platform(
    provisioner: &Provisioner,
    before: Option<&StackFile>,
) -> Result<StackTenant, ProvisionError> {
    let email = OPERATOR.to_owned();
    let password = known_password(&email, before, &SystemAmbient);
    provisioner.ensure_operator(&email, &password).await?;
    let operator = StackUser { email, password, role: Role::Operator.as_str().to_owned() };
    Ok(StackTenant { id: PLATFORM_TENANT.to_owned(), name: "Platform".to_owned(), users: vec![operator] })
}

fn known_password(email: &str, before: Option<&StackFile>, ambient: &dyn Ambient) -> String {
    let known = before.and_then(|stack| stack.password_of(email)).map(str::to_owned);
    known.unwrap_or_else(|| new_password(ambient))
}

/// An account whose id and secret follow from the installation, so that a restarted stand-in is told the same ones again.
fn demo_telephony(demo: &DemoTenant, installation: &str) -> NewTelephony {
    let derive = |what: &str| {
        let hash = digest(&SHA256, format!("{installation} {} {what}", demo.id).as_bytes());
        hex::encode(&hash.as_ref()[..16])
    };
    let sid = format!("AC{}", derive("account"));
    let countries = ["US", "CA"].into_iter().filter_map(Country::parse).collect();
    let account = TelephonyAccount {
        api_key: Some(ApiKey { sid: format!("SK{}", derive("key")), secret: derive("key secret") }),
        application_sid: Some(format!("AP{}", derive("application"))),
        ..TelephonyAccount::new(sid, derive("token"), countries)
    };
    NewTelephony { account, numbers: PhoneNumbers(vec![OwnNumber::plain(demo.number)]) }
}

fn demo_user(
    name: &str,
    role: Role,
    phone: &str,
    domain: &str,
    before: Option<&StackFile>,
    ambient: &dyn Ambient,
) -> NewUser {
    let email = format!("{name}@{domain}");
    let password = known_password(&email, before, ambient);
    NewUser { email, name: format!("Demo {name}"), password, role, phone: Some(phone.to_owned()) }
}
