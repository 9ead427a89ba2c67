//! Frames and positions that are of no use, and pages from elsewhere.

use blackbox::{Error, Socket};
use kernel::{ContactId, SystemAmbient};
use serde_json::json;

use crate::{
    eventually::PATIENCE,
    failed::{Failed, Outcome},
    world::World,
};

#[tokio::test]
async fn a_position_that_is_not_in_the_log_is_reset_and_nobody_else_notices() -> Outcome {
    let world = World::open().await?;
    let (tenant, neighbour) = (world.tenant().await?, world.tenant().await?);
    let mut theirs = neighbour.session.socket().await?;
    let foreign = theirs.resume(None, PATIENCE).await?;
    let mut socket = tenant.session.socket().await?;
    let own = socket.resume(None, PATIENCE).await?;
    for (epoch, last_seq) in [
        (foreign.epoch.as_str(), foreign.seq),
        ("nothing", 0),
        (&own.epoch, own.seq + 1),
        (&own.epoch, i64::MAX),
        (&own.epoch, -1),
    ] {
        let hello = socket.resume(Some((epoch, last_seq)), PATIENCE).await?;
        assert_eq!(hello, own);
        let reset = socket.next_answer(PATIENCE).await?;
        assert_eq!(reset, json!({ "type": "reset", "epoch": own.epoch }), "{epoch} {last_seq}");
    }
    assert_eq!(theirs.resume(None, PATIENCE).await?, foreign);
    Ok(())
}

#[tokio::test]
async fn a_frame_that_is_too_large_or_about_nothing_is_refused_and_the_socket_stays() -> Outcome {
    let world = World::open().await?;
    let (tenant, neighbour) = (world.tenant().await?, world.tenant().await?);
    let mut socket = tenant.session.socket().await?;
    let large = json!({ "type": "resume", "epoch": "x".repeat(5000) }).to_string();
    let subscribe = |contact: &str| json!({ "type": "subscribe", "contact_id": contact }).to_string();
    let (missing, foreign) = (ContactId::generate(&SystemAmbient), neighbour.contact().await?);
    for (frame, code) in [
        (large, "frame_too_large"),
        (subscribe(missing.as_str()), "not_found"),
        (subscribe(&foreign), "not_found"),
        (subscribe("con_1"), "unknown_frame"),
        (json!({ "type": "resume", "last_seq": "1" }).to_string(), "unknown_frame"),
    ] {
        let answer = socket.ask(&frame, PATIENCE).await?;
        assert_eq!((answer["type"].as_str(), answer["code"].as_str()), (Some("error"), Some(code)));
        assert!(!answer.to_string().contains("xxxx") && !answer.to_string().contains(&foreign), "{answer}");
        socket.ping(PATIENCE).await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_page_from_elsewhere_opens_no_socket_and_uses_no_ticket_up() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let ticket = tenant.session.ticket().await?;
    for origin in ["https://evil.example", "null", "http://localhost.evil.example:5173"] {
        match Socket::connect_from(&ticket, Some(origin)).await {
            Err(Error::SocketRefused { status: 401 | 403 }) => {}
            Err(error) => return Err(Failed::new(format!("{origin}: {}", error.chain()))),
            Ok(_) => return Err(Failed::new(format!("{origin} opened a socket"))),
        }
    }
    let socket = Socket::connect_from(&ticket, Some("http://localhost:5173")).await?;
    Ok(socket.close(PATIENCE).await?)
}

#[tokio::test]
async fn a_replay_over_http_takes_numbers_only() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    for (query, field) in [
        ("after=-1", "after"),
        ("after=one", "after"),
        ("after=1e3", "after"),
        ("limit=0", "limit"),
        ("since=1", "since"),
    ] {
        let answer = tenant.session.get(&format!("/v1/events?{query}")).await?.expect(400)?;
        assert_eq!(answer.problem_fields(), [field], "{query}");
    }
    for query in ["after=7", "after=0&epoch=nothing"] {
        let answer = tenant.session.get(&format!("/v1/events?{query}")).await?.expect(200)?;
        assert_eq!(answer.body["reset"], json!(true), "{query}");
    }
    Ok(())
}
