//! Neither personal data nor secrets get into a log, into a row in the clear, or into a queue of failures.

use aws_sdk_dynamodb::types::AttributeValue;
use aws_sdk_sqs::Client as Queues;
use blackbox::SignIn;
use http::Method;
use kernel::Role;
use serde_json::json;

use crate::{
    authenticator::{code_at, now},
    aws::Item,
    eventually::PATIENCE,
    failed::{Failed, Outcome},
    mailbox::{invited_password, reset_code_behind},
    people::Person as Member,
    signed_webhook::VoiceStatus,
    world::{Tenant, World, random_hex},
};

#[tokio::test]
async fn what_is_personal_or_secret_stays_out_of_logs_rows_and_queues() -> Outcome {
    let world = World::open().await?;
    let since = (now() - 1) * 1000;
    let tenant = world.tenant().await?;
    let person = Person::new();
    let mut secrets = person.traces();
    secrets.extend(main_path(&world, &tenant, &person).await?);
    secrets.extend(mishaps(&world, &tenant, &person).await?);
    secrets.extend(account_paths(&world, &tenant).await?);
    secrets.push(("the user's e-mail address", tenant.email.clone()));
    secrets.push(("the telephony secret", tenant.secret().to_owned()));

    let (groups, lines) = logged(&world, since).await?;
    assert!(lines.iter().any(|line| line.contains(&tenant.id)), "the logs are of this test too");
    let rows = world.rows_of(&tenant.id).await?;
    assert!(rows.len() > 8, "the rows are of this test");
    let queued = queued(&world).await?;
    for (what, secret) in &secrets {
        if let Some(line) = lines.iter().find(|line| line.contains(secret.as_str())) {
            return Err(Failed::new(format!("{what} is in a log: {line}")));
        }
        if let Some((key, _)) = rows.iter().find(|(_, item)| holds(item, secret)) {
            return Err(Failed::new(format!("{what} is in the clear in {key:?}")));
        }
        if let Some(message) = queued.iter().find(|message| message.contains(secret.as_str())) {
            return Err(Failed::new(format!("{what} is in a queue of failures: {message}")));
        }
    }
    assert!(groups > 10 && secrets.len() > 12, "{groups} log groups, {} secrets", secrets.len());
    Ok(())
}

/// Somebody whose traces are found where they are.
struct Person {
    name: String,
    email: String,
}

impl Person {
    const PHONE: &str = "+1 (212) 555-0187";

    fn new() -> Self {
        let mark = random_hex(6);
        Self { name: format!("Zephyrine-{mark}"), email: format!("zephyrine.{mark}@customer.example") }
    }

    fn traces(&self) -> Vec<(&'static str, String)> {
        vec![
            ("the name", self.name.clone()),
            ("the e-mail address", self.email.clone()),
            ("the number", "2125550187".to_owned()),
            ("the number as written", Self::PHONE.to_owned()),
        ]
    }
}

/// Signs in, creates the contact, calls it, sees it on the socket; gives the secrets that occurred.
async fn main_path(world: &World, tenant: &Tenant, person: &Person) -> Outcome<Vec<(&'static str, String)>> {
    let session = world.api.sign_in(&tenant.email, &tenant.password).await?;
    let body = json!({
        "first_name": person.name,
        "emails": [{ "address": person.email, "type": "work" }],
        "phones": [{ "number": Person::PHONE, "type": "mobile" }],
    });
    let contact = session.post("/v1/contacts", &body).await?.expect(201)?;
    let ticket = session.ticket().await?;
    let mut socket = blackbox::Socket::connect(&ticket).await?;
    tenant.call(contact.text("/id")?).await?;
    socket.wait_for(PATIENCE, |event| event.kind == "activity.created").await?;
    session.get("/v1/contacts").await?.expect(200)?;
    Ok(vec![
        ("the password", tenant.password.clone()),
        ("an access token", signature_of(&session.access_token)),
        ("an id token", signature_of(&session.id_token)),
        ("a refresh token", session.refresh_token.clone()),
        ("the ticket", ticket.secret.split('.').nth(1).unwrap_or_default().to_owned()),
    ])
}

/// The same data where things go wrong: that is where it usually gets into logs.
async fn mishaps(world: &World, tenant: &Tenant, person: &Person) -> Outcome<Vec<(&'static str, String)>> {
    let session = &tenant.session;
    let wrong_password = format!("Wrong-{}", random_hex(8));
    let body = json!({ "email": person.email, "password": wrong_password });
    world.api.request(Method::POST, "/v1/auth/sign-in").json(&body).send().await?.expect(401)?;
    let new_password = format!("weak-{}", random_hex(8));
    let body =
        json!({ "challenge": "NEW_PASSWORD_REQUIRED", "session": "a.b", "new_password": new_password });
    world.api.request(Method::POST, "/v1/auth/challenge").json(&body).send().await?.expect(400)?;
    for body in [
        json!({ "first_name": { "nested": person.name } }),
        json!({ "emails": [{ "address": format!("{} at home", person.email), "type": "work" }] }),
        json!({ "phones": [{ "number": format!("{} or so", Person::PHONE), "type": "work" }] }),
        json!({ person.email.clone(): person.name }),
    ] {
        session.post("/v1/contacts", &body).await?.expect(400)?;
    }
    let half = format!(r#"{{"first_name": "{}", "emails": ["#, person.name);
    session.request(Method::POST, "/v1/contacts").body("application/json", half).send().await?.expect(400)?;
    world.script(&tenant.account, &json!({ "fail_next": { "status": 400, "code": 21211 } })).await?;
    let body = json!({ "first_name": person.name, "phones": [{ "number": Person::PHONE, "type": "work" }] });
    let contact = session.post("/v1/contacts", &body).await?.expect(201)?;
    let body = json!({ "contact_id": contact.text("/id")?, "mode": "bridge" });
    session.post("/v1/calls", &body).await?.expect(502)?;
    let forged =
        VoiceStatus::completed(tenant, "call_01kar4vg2s9d8f7g6h5j4k3m2n", "CA1").with("To", "+12125550187");
    forged.send(&world.api, Some("Zm9yZ2Vk")).await?.expect(403)?;
    Ok(vec![("a wrong password", wrong_password), ("a refused new password", new_password)])
}

/// What is mailed, shown once or sent back while accounts are made, recovered and given a second factor.
async fn account_paths(world: &World, tenant: &Tenant) -> Outcome<Vec<(&'static str, String)>> {
    let admin = Member::join(world, tenant, "boss", Role::Admin).await?;
    let invited = format!("invited-{}@customer.example", random_hex(6));
    let body = json!({ "email": invited, "name": "Invited Somebody", "role": "rep" });
    let created = admin.session.post("/v1/users", &body).await?.expect(201)?;
    let temporary = invited_password(world, &invited).await?;
    let again = format!("/v1/users/{}/invitation", created.text("/id")?);
    admin.session.post(&again, &json!({})).await?.expect(204)?;

    let body = json!({ "email": admin.email });
    world.api.request(Method::POST, "/v1/auth/password/forgot").json(&body).send().await?.expect(204)?;
    let chosen = format!("Chosen-{}-7", random_hex(8));
    let body = json!({ "email": admin.email, "code": "AAAA-BBBB-CCCC", "new_password": chosen });
    world.api.request(Method::POST, "/v1/auth/password/reset").json(&body).send().await?.expect(401)?;
    let code = reset_code_behind(world, &admin.email, 0).await?;
    let body = json!({ "email": admin.email, "code": code, "new_password": chosen });
    world.api.request(Method::POST, "/v1/auth/password/reset").json(&body).send().await?.expect(204)?;

    let session = world.api.sign_in(&admin.email, &chosen).await?;
    let begun = session.post("/v1/auth/mfa/enroll", &json!({ "password": chosen })).await?.expect(200)?;
    let (secret, enrolment) = (begun.text("/secret")?.to_owned(), begun.text("/session")?.to_owned());
    let body = json!({ "session": enrolment, "code": code_at(&secret, now()) });
    session.post("/v1/auth/mfa/confirm", &body).await?.expect(204)?;
    let SignIn::Challenged { session: challenge, .. } =
        world.api.begin_sign_in(&admin.email, &chosen).await?
    else {
        return Err(Failed::new("no second factor was asked for"));
    };
    Ok(vec![
        ("the invited address", invited),
        ("a temporary password", temporary),
        ("a code for a new password", code.replace('-', "")),
        ("a code for a new password, in groups", code),
        ("a reset password", chosen),
        ("the second factor's secret", secret),
        ("an enrolment under way", enrolment),
        ("a challenge under way", challenge),
    ])
}

/// Tells a token among others of the same pool, whose beginnings are alike.
fn signature_of(token: &str) -> String {
    token.rsplit('.').next().unwrap_or_default().to_owned()
}

/// How many log groups of functions there are, and what they have been told since.
async fn logged(world: &World, since: i64) -> Outcome<(usize, Vec<String>)> {
    let groups = world.aws.log_groups(&format!("/aws/lambda/{}", world.function_name(""))).await?;
    let mut lines = Vec::new();
    for group in &groups {
        lines.extend(world.aws.log_lines(group, since).await?);
    }
    Ok((groups.len(), lines))
}

/// Whether an item holds the text, in whatever attribute.
fn holds(item: &Item, text: &str) -> bool {
    item.values().any(|value| match value {
        AttributeValue::B(bytes) => bytes.as_ref().windows(text.len()).any(|part| part == text.as_bytes()),
        other => format!("{other:?}").contains(text),
    })
}

/// What waits in the queues of failures, which it stays in.
async fn queued(world: &World) -> Outcome<Vec<String>> {
    let queues = Queues::new(&world.aws.config);
    let mut bodies = Vec::new();
    for output in ["DispatchFailuresQueueUrl", "RelayFailuresQueueUrl", "TouchDeadLettersQueueUrl"] {
        let request = queues.receive_message().queue_url(world.output(output));
        let answer = request.max_number_of_messages(10).visibility_timeout(0).send().await?;
        bodies.extend(answer.messages().iter().filter_map(|message| message.body().map(str::to_owned)));
    }
    Ok(bodies)
}
