//! Tickets that open nothing, and frames that mean nothing.

use aws_sdk_dynamodb::types::AttributeValue;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use blackbox::{Error, Socket, Ticket};

use super::Stored;
use crate::{
    authenticator::now,
    eventually::PATIENCE,
    failed::{Failed, Outcome},
    world::World,
};

#[tokio::test]
async fn a_ticket_opens_one_socket_once() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let ticket = tenant.session.ticket().await?;
    assert_eq!(ticket.expires_in_seconds, 30);
    let socket = Socket::connect(&ticket).await?;
    assert_refused(&ticket, "a used ticket").await?;
    socket.close(PATIENCE).await?;
    assert_refused(&ticket, "a used ticket of a closed socket").await
}

/// Of many that come with the same ticket at once, one gets in.
#[tokio::test]
async fn a_ticket_presented_many_times_at_once_admits_one() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let ticket = tenant.session.ticket().await?;
    let sockets = futures_util::future::join_all((0..8).map(|_| Socket::connect(&ticket))).await;
    assert_eq!(sockets.iter().filter(|socket| socket.is_ok()).count(), 1);
    Ok(())
}

#[tokio::test]
async fn what_is_no_ticket_opens_nothing() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let ticket = tenant.session.ticket().await?;
    let stored = Stored::now(&world, &tenant).await?;
    let (_, secret) = ticket.secret.split_once('.').ok_or_else(|| Failed::new("no tenant in the ticket"))?;
    let unknown = format!("{}.{}", tenant.id, BASE64_URL_SAFE_NO_PAD.encode([7; 32]));
    let [short, unnamed, nobody] =
        [format!("{}.AAAA", tenant.id), format!(".{secret}"), format!("tnt_nobody-here.{secret}")];
    let token = &tenant.session.access_token;
    for secret in ["", "nonsense", &tenant.id, &unknown, &short, &unnamed, &nobody, secret, token] {
        let wrong = Ticket { secret: secret.to_owned(), ..ticket.clone() };
        assert_refused(&wrong, secret).await?;
    }
    stored.assert_unchanged(&world, &tenant).await
}

#[tokio::test]
async fn an_expired_ticket_opens_nothing() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let ticket = tenant.session.ticket().await?;
    let rows = world.rows_of(&tenant.id).await?;
    let row = rows.into_iter().find(|((pk, _), _)| pk.ends_with("#TICKET"));
    let (_, mut row) = row.ok_or_else(|| Failed::new("the ticket is not stored"))?;
    row.insert("expires_at".to_owned(), AttributeValue::N(now().to_string()));
    world.put_row(row).await?;
    assert_refused(&ticket, "an expired ticket").await
}

#[tokio::test]
async fn a_frame_that_means_nothing_is_told_and_the_socket_stays() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let mut socket = tenant.session.socket().await?;
    let stored = Stored::now(&world, &tenant).await?;
    for (frame, code) in [
        ("nonsense", "malformed_json"),
        ("{", "malformed_json"),
        ("[]", "unknown_frame"),
        ("null", "unknown_frame"),
        ("{}", "unknown_frame"),
        (r#"{"type":"subscribe"}"#, "unknown_frame"),
        (r#"{"type":1}"#, "unknown_frame"),
        (r#"{"type":"ping","tenant_id":"tnt_alpha"}"#, "unknown_frame"),
        (r#"{"type":"ping"} {"type":"ping"}"#, "malformed_json"),
    ] {
        let answer = socket.ask(frame, PATIENCE).await?;
        assert_eq!(
            (answer["type"].as_str(), answer["code"].as_str()),
            (Some("error"), Some(code)),
            "{frame}"
        );
        assert!(!answer.to_string().contains("tnt_alpha"), "the frame is repeated: {answer}");
        socket.ping(PATIENCE).await?;
    }
    stored.assert_unchanged(&world, &tenant).await
}

async fn assert_refused(ticket: &Ticket, about: &str) -> Outcome {
    match Socket::connect(ticket).await {
        Err(Error::SocketRefused { status: 401 | 403 }) => Ok(()),
        Err(error) => Err(Failed::new(format!("{about}: {}", error.chain()))),
        Ok(_) => Err(Failed::new(format!("{about}: a socket opened"))),
    }
}
