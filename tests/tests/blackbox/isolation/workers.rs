//! Every function that no HTTP route leads to: sockets, streams, queues, triggers.

use std::collections::BTreeSet;

use aws_sdk_cognitoidentityprovider::types::AttributeType;
use aws_sdk_dynamodb::types::AttributeValue;
use blackbox::{SignIn, Socket, Ticket};
use serde_json::json;

use super::{
    Row, assert_rows_cover, calling, event_logs, imports, leak, neighbourhood::Neighbourhood, print_counts,
    recordings, require, run_rows, search, tasks, users,
};
use crate::{
    aws::{Item, key},
    eventually::{PATIENCE, eventually},
    failed::Outcome,
    pool_key::{PoolKey, changed_claims},
};

const ROWS: [Row<Neighbourhood>; 17] = [
    ("auth-authorizer", |matrix| Box::pin(authorizer(matrix))),
    ("auth-claims", |matrix| Box::pin(claims(matrix))),
    ("activities-relay", |matrix| Box::pin(relay(matrix))),
    ("contacts-reassign", |matrix| Box::pin(users::reassign(matrix))),
    ("contacts-import", |matrix| Box::pin(imports::work(matrix))),
    ("contacts-compact", |matrix| Box::pin(search::compact(matrix))),
    ("contacts-touch", |matrix| Box::pin(touch(matrix))),
    ("tasks-sweep", |matrix| Box::pin(tasks::sweep(matrix))),
    ("tasks-remind", |matrix| Box::pin(tasks::remind(matrix))),
    ("calls-reconcile", |matrix| Box::pin(calling::reconcile(matrix))),
    ("calls-recording-fetch", |matrix| Box::pin(recordings::fetch(matrix))),
    ("realtime-authorizer", |matrix| Box::pin(socket_authorizer(matrix))),
    ("realtime-connect", |matrix| Box::pin(connect(matrix))),
    ("realtime-disconnect", |matrix| Box::pin(disconnect(matrix))),
    ("realtime-message", |matrix| Box::pin(message(matrix))),
    ("realtime-dispatch", |matrix| Box::pin(dispatch(matrix))),
    ("realtime-lane", |matrix| Box::pin(event_logs::lane(matrix))),
];

/// The workers of all domains.
pub fn workers() -> impl Iterator<Item = &'static str> {
    [
        auth::WORKERS,
        tenants::WORKERS,
        contacts::WORKERS,
        calls::WORKERS,
        activities::WORKERS,
        realtime::WORKERS,
    ]
    .into_iter()
    .flatten()
    .copied()
}

#[test]
fn every_worker_has_its_row() {
    let wanted: BTreeSet<_> = workers().map(str::to_owned).collect();
    assert_rows_cover(ROWS.into_iter().map(|(worker, _)| worker), &wanted);
}

#[tokio::test]
async fn matrix_of_workers() -> Outcome {
    let matrix = Neighbourhood::settle().await?;
    let cases = run_rows(&matrix, &ROWS).await?;
    print_counts(&format!("{} workers, {cases} cases, 0 leaks", ROWS.len()));
    Ok(())
}

/// A token whose tenant was exchanged opens nothing, though the pool's own key has signed it: the user is not one of that tenant.
async fn authorizer(matrix: &Neighbourhood) -> Outcome<u32> {
    let key = PoolKey::of(&matrix.world)?;
    let own = &matrix.mine.session.access_token;
    let unchanged = key.sign_changed(own, &json!({ "jti": "unchanged" }))?;
    matrix.world.api.with_token(&unchanged).get("/v1/contacts").await?.expect(200)?;
    for other in &matrix.others {
        let exchanged = key.sign_changed(own, &json!({ "tenant_id": other.tenant.id }))?;
        matrix.world.api.with_token(&exchanged).get("/v1/contacts").await?.expect(403)?;
        let posing = json!({ "tenant_id": other.tenant.id, "user_id": other.tenant.user_id });
        let posing = key.sign_changed(own, &posing)?;
        matrix.world.api.with_token(&posing).get("/v1/contacts").await?.expect(403)?;
    }
    Ok(5)
}

/// Whatever the pool says about a user, no token of another tenant comes of it. (The local pool gives a token without a tenant
/// where our trigger refuses; the pool of AWS gives none.)
async fn claims(matrix: &Neighbourhood) -> Outcome<u32> {
    let pool = aws_sdk_cognitoidentityprovider::Client::new(&matrix.world.aws.config);
    let user = matrix.world.tenant().await?;
    for other in &matrix.others {
        for name in ["profile", "custom:tenant_id"] {
            let attribute = AttributeType::builder().name(name).value(&other.tenant.id).build()?;
            let request = pool.admin_update_user_attributes().user_pool_id(matrix.world.output("UserPoolId"));
            // The pool may refuse this: the tenant is an attribute that nobody may change.
            let _ = request.username(&user.email).user_attributes(attribute).send().await;
            match matrix.world.api.begin_sign_in(&user.email, &user.password).await {
                Ok(SignIn::Done(session)) => {
                    let claims = changed_claims(&session.access_token, &json!({}))?;
                    let own = claims["tenant_id"].is_null() || claims["tenant_id"] == json!(user.id);
                    require(own, || claims.to_string())?;
                    let seen = session.get("/v1/contacts").await?;
                    require(seen.status == 403 || claims["tenant_id"] == json!(user.id), || {
                        seen.body.to_string()
                    })?;
                }
                Ok(SignIn::Challenged { .. }) => return Err(leak("a challenge")),
                Err(blackbox::Error::UnexpectedStatus { actual: 401, .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
    Ok(4)
}

/// A message of one tenant about another's contact leaves that contact alone.
async fn touch(matrix: &Neighbourhood) -> Outcome<u32> {
    let queue = aws_sdk_sqs::Client::new(&matrix.world.aws.config);
    for other in &matrix.others {
        let later = "2099-01-01T00:00:00.000Z";
        for contact in [&other.contact, &matrix.contact] {
            let body = json!({ "tenant_id": matrix.mine.id, "contact_id": contact, "occurred_at": later });
            let request = queue.send_message().queue_url(matrix.world.output("TouchQueueUrl"));
            request.message_body(body.to_string()).send().await?;
        }
        let own = format!("/v1/contacts/{}", matrix.contact);
        eventually("the touch of one's own contact", async || {
            let contact = matrix.mine.session.get(&own).await?.expect(200)?;
            Ok((contact.body["last_touched_at"] == json!(later)).then_some(()))
        })
        .await?;
        let path = format!("/v1/contacts/{}", other.contact);
        let contact = other.tenant.session.get(&path).await?.expect(200)?;
        require(contact.body["last_touched_at"] != json!(later), || contact.body.to_string())?;
    }
    Ok(2)
}

/// An activity of one tenant touches a contact of that tenant only.
async fn relay(matrix: &Neighbourhood) -> Outcome<u32> {
    for other in &matrix.others {
        let path = format!("/v1/contacts/{}", other.contact);
        eventually("the touch of the contact called", async || {
            let contact = other.tenant.session.get(&path).await?.expect(200)?;
            Ok((!contact.body["last_touched_at"].is_null()).then_some(()))
        })
        .await?;
        let touches: Vec<_> = matrix
            .world
            .rows_of(&matrix.mine.id)
            .await?
            .into_keys()
            .filter(|(pk, sk)| pk.ends_with("#TOUCH") && *sk == other.contact)
            .collect();
        require(touches.is_empty(), || format!("{touches:?}"))?;
    }
    Ok(2)
}

/// A ticket presented in another tenant's name is refused, before it was used and after.
async fn socket_authorizer(matrix: &Neighbourhood) -> Outcome<u32> {
    for other in &matrix.others {
        let ticket = matrix.mine.session.ticket().await?;
        let exchanged =
            Ticket { secret: ticket.secret.replace(&matrix.mine.id, &other.tenant.id), ..ticket.clone() };
        require_refused(&exchanged).await?;
        let socket = Socket::connect(&ticket).await?;
        require_refused(&exchanged).await?;
        require_refused(&ticket).await?;
        socket.close(PATIENCE).await?;
    }
    Ok(6)
}

async fn require_refused(ticket: &Ticket) -> Outcome {
    let answer = Socket::connect(ticket).await;
    require(matches!(answer, Err(blackbox::Error::SocketRefused { .. })), || "a socket opened".to_owned())
}

/// A socket is noted under its own tenant, and nowhere else.
async fn connect(matrix: &Neighbourhood) -> Outcome<u32> {
    let mut socket = matrix.mine.session.socket().await?;
    socket.ping(PATIENCE).await?;
    let noted = async |tenant: &str| -> Outcome<usize> {
        let partition = format!("T#{tenant}#SOCKET#{}", matrix.mine.user_id);
        let rows = matrix.world.rows_of(tenant).await?;
        Ok(rows.into_keys().filter(|(pk, _)| *pk == partition).count())
    };
    require(noted(&matrix.mine.id).await? > 0, || "the socket is not noted".to_owned())?;
    for other in &matrix.others {
        require(noted(&other.tenant.id).await? == 0, || format!("noted under {}", other.tenant.id))?;
    }
    Ok(2)
}

/// The end of one tenant's socket ends nobody else's.
async fn disconnect(matrix: &Neighbourhood) -> Outcome<u32> {
    for other in &matrix.others {
        let mut theirs = other.tenant.session.socket().await?;
        matrix.mine.session.socket().await?.close(PATIENCE).await?;
        eventually("the forgetting of the closed socket", async || {
            let rows = matrix.world.rows_of(&matrix.mine.id).await?;
            let partition = format!("T#{}#SOCKET#{}", matrix.mine.id, matrix.mine.user_id);
            Ok((!rows.into_keys().any(|(pk, _)| pk == partition)).then_some(()))
        })
        .await?;
        theirs.ping(PATIENCE).await?;
        other.tenant.call(&other.contact).await?;
        theirs.wait_for(PATIENCE, |event| event.kind == "activity.created").await?;
    }
    Ok(2)
}

/// A frame is answered on the socket it came by: a ping of each, and each gets one pong.
async fn message(matrix: &Neighbourhood) -> Outcome<u32> {
    for other in &matrix.others {
        let mut own = matrix.mine.session.socket().await?;
        let mut theirs = other.tenant.session.socket().await?;
        own.ask("nonsense", PATIENCE).await?;
        let answer = theirs.ask(r#"{"type":"ping"}"#, PATIENCE).await?;
        require(answer["type"] == json!("pong"), || format!("another's answer came: {answer}"))?;
        own.ping(PATIENCE).await?;
    }
    Ok(2)
}

/// What happens in one tenant shows on that tenant's sockets only, even where a row names another tenant's user.
async fn dispatch(matrix: &Neighbourhood) -> Outcome<u32> {
    for other in &matrix.others {
        let mut own = matrix.mine.session.socket().await?;
        let mut theirs = other.tenant.session.socket().await?;
        let row = activity_naming(matrix, &other.tenant.id).await?;
        matrix.world.put_row(row).await?;
        other.tenant.call(&other.contact).await?;
        theirs.wait_for(PATIENCE, |event| event.kind == "activity.created").await?;
        // By now whatever was going to come has come: a call of one's own is dispatched behind all that.
        matrix.mine.call(&matrix.contact).await?;
        let first = own.wait_for(PATIENCE, |event| event.kind == "activity.created").await?;
        require(first.contact_id == matrix.contact, || format!("an event about {}", first.contact_id))?;
    }
    Ok(2)
}

/// An activity in a tenant's timeline that names the trying tenant's user as its owner and author.
async fn activity_naming(matrix: &Neighbourhood, tenant: &str) -> Outcome<Item> {
    let rows = matrix.world.rows_of(tenant).await?;
    let is_activity = |(pk, _): &(String, String)| pk.contains("#TIMELINE#");
    let (at, mut item) =
        rows.into_iter().find(|(at, _)| is_activity(at)).ok_or_else(|| leak("no activity"))?;
    item.extend(key(&at.0, &format!("2020{}", &at.1[4..])));
    for name in ["user_id", "owner_id"] {
        item.insert(name.to_owned(), AttributeValue::S(matrix.mine.user_id.clone()));
    }
    Ok(item)
}
