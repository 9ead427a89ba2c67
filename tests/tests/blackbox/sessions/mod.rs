//! How sessions go on and how they end.

mod passwords;
mod refreshing;
mod revocation;
mod self_service;
mod signing_out;
mod throttling;

use std::time::{Duration, Instant};

use aws_sdk_dynamodb::types::AttributeValue;
use blackbox::{Answer, Api, Error, Session, Socket};
use http::Method;
use serde_json::{Value, json};

use crate::{
    aws::Item,
    failed::{Failed, Outcome},
    pool_key::changed_claims,
    world::World,
};

/// A verdict of the authorizer is kept for 30 s; what is promised is a minute.
const PROMISED: Duration = Duration::from_mins(1);
/// Between two looks at whether a token still holds.
const PAUSE: Duration = Duration::from_millis(250);

pub async fn post(api: &Api, path: &str, body: &Value) -> Outcome<Answer> {
    Ok(api.request(Method::POST, path).json(body).send().await?)
}

pub async fn refresh(api: &Api, refresh_token: &str) -> Outcome<Answer> {
    post(api, "/v1/auth/refresh", &json!({ "refresh_token": refresh_token })).await
}

pub async fn assert_works(session: &Session) -> Outcome {
    session.get("/v1/contacts").await?.expect(200)?;
    Ok(())
}

/// Waits until the session's access token is refused; fails when it still holds after a minute.
pub async fn assert_ends(session: &Session) -> Outcome {
    let began = Instant::now();
    while session.get("/v1/contacts").await?.status != 403 {
        if began.elapsed() > PROMISED {
            return Err(Failed::new("the access token holds for longer than a minute"));
        }
        tokio::time::sleep(PAUSE).await;
    }
    Ok(())
}

/// Waits until the other side has closed the socket.
pub async fn assert_closes(mut socket: Socket) -> Outcome {
    match socket.next_event(Duration::from_secs(10)).await {
        Err(Error::SocketClosed | Error::Socket { .. }) => Ok(()),
        Err(error) => Err(error.into()),
        Ok(event) => Err(Failed::new(format!("{} came instead of the end", event.kind))),
    }
}

/// The pool's name for the session's user.
pub fn sub_of(session: &Session) -> Outcome<String> {
    let claims = changed_claims(&session.access_token, &json!({}))?;
    Ok(claims["sub"].as_str().unwrap_or_default().to_owned())
}

/// Sets an attribute of a row among the tenant's identities, past every fence.
pub async fn set_identity(world: &World, tenant: &str, sort: &str, name: &str, value: &str) -> Outcome {
    let row = world.row(&format!("IDENTITY#{tenant}"), sort).await?;
    let mut row: Item = row.ok_or_else(|| Failed::new("there is no such identity"))?;
    row.insert(name.to_owned(), AttributeValue::S(value.to_owned()));
    world.put_row(row).await
}
