use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use super::*;

fn account() -> TelephonyAccount {
    let sid = "AC00000000000000000000000000000001".to_owned();
    TelephonyAccount::new(sid, "secret".to_owned(), Vec::new())
}

fn recording() -> ProviderRecordingId {
    ProviderRecordingId::parse("RE00000000000000000000000000000001").unwrap()
}

/// A provider that gives these answers, one to each connection, and what it was asked.
async fn provider(answers: Vec<String>) -> (MediaStore, tokio::task::JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let store = MediaStore::new(format!("http://{}", listener.local_addr().unwrap()));
    let asked = tokio::spawn(async move {
        let mut asked = Vec::new();
        for answer in answers {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = vec![0; 4096];
            let length = stream.read(&mut request).await.unwrap();
            asked.push(String::from_utf8_lossy(&request[..length]).into_owned());
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
        asked
    });
    (store, asked)
}

fn answer(status: &str, headers: &str, body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}")
}

async fn heard(mut media: Media) -> Vec<u8> {
    let mut bytes = Vec::new();
    while let Some(chunk) = media.next().await.unwrap() {
        bytes.extend(chunk);
    }
    bytes
}

#[tokio::test]
async fn a_redirection_is_followed_once_and_without_credentials() {
    let moved = answer("307 Temporary Redirect", "Location: /elsewhere\r\n", "");
    let (store, asked) = provider(vec![moved, answer("200 OK", "", "RIFF")]).await;
    let media = store.open(&account(), &recording()).await.unwrap();
    assert_eq!(heard(media).await, b"RIFF");
    let asked = asked.await.unwrap();
    let authorized: Vec<_> =
        asked.iter().map(|request| request.to_lowercase().contains("authorization:")).collect();
    assert_eq!(authorized, [true, false]);
    assert!(asked[1].starts_with("GET /elsewhere"));
}

#[tokio::test]
async fn nobody_sends_us_elsewhere() {
    for place in ["http://169.254.169.254/latest/meta-data/", "http://127.0.0.1:1/", "file:///etc/passwd", ""]
    {
        let moved = answer("302 Found", &format!("Location: {place}\r\n"), "");
        let (store, _asked) = provider(vec![moved]).await;
        let outcome = store.open(&account(), &recording()).await.err();
        // An empty address leads back to where we are, and that answers nothing more.
        let foreign = matches!(outcome, Some(MediaError::ForeignPlace));
        assert!(foreign || place.is_empty() && matches!(outcome, Some(MediaError::Unreached(_))), "{place}");
    }
}

#[test]
fn only_the_providers_hosts_are_its_own() {
    let store = MediaStore::new("https://api.twilio.com".to_owned());
    for (place, own) in [
        ("https://api.twilio.com/2010-04-01/x", true),
        ("https://media.twiliocdn.com/x", true),
        ("https://media.us1.twilio.com/x", true),
        ("http://media.twiliocdn.com/x", false),
        ("https://eviltwilio.com/x", false),
        ("https://twilio.com.evil.example/x", false),
        ("https://twilio.com@evil.example/x", false),
        ("https://user:password@api.twilio.com/x", false),
        ("https://media.twiliocdn.com:8443/x", false),
        ("https://169.254.169.254/x", false),
    ] {
        assert_eq!(store.is_providers(&Url::parse(place).unwrap()), own, "{place}");
    }
}

#[tokio::test]
async fn what_is_not_there_or_too_large_or_an_error_is_told_apart() {
    let large = "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\nConnection: close\r\n\r\n".to_owned();
    for (given, expected) in [
        (answer("404 Not Found", "", "{}"), "the provider has no such media, or not yet"),
        (answer("500 Internal Server Error", "", "{}"), "the provider answered 500"),
        (answer("429 Too Many Requests", "", "{}"), "the provider answered 429"),
        (large, "the media is larger than any recording"),
    ] {
        let (store, _asked) = provider(vec![given]).await;
        let error = store.open(&account(), &recording()).await.err().unwrap();
        assert_eq!(error.to_string(), expected);
    }
}

#[tokio::test]
async fn media_that_breaks_off_is_no_media() {
    let cut = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\nConnection: close\r\n\r\nRIFF".to_owned();
    let (store, _asked) = provider(vec![cut]).await;
    let mut media = store.open(&account(), &recording()).await.unwrap();
    let mut outcome = media.next().await;
    while matches!(outcome, Ok(Some(_))) {
        outcome = media.next().await;
    }
    assert!(outcome.is_err());
}

#[tokio::test]
async fn what_is_gone_already_is_removed() {
    for (given, removed) in [
        (answer("204 No Content", "", ""), true),
        (answer("404 Not Found", "", "{}"), true),
        (answer("500 Internal Server Error", "", "{}"), false),
    ] {
        let (store, _asked) = provider(vec![given]).await;
        assert_eq!(store.delete(&account(), &recording()).await.is_ok(), removed);
    }
}
