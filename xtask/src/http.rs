//! Just enough HTTP for a health check on the loopback interface.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// The status of `GET path` on a local port; `None` when nothing there answers HTTP within `limit`.
pub fn status(port: u16, path: &str, limit: Duration) -> Option<u16> {
    let address = SocketAddr::from(([127, 0, 0, 1], port));
    let mut stream = TcpStream::connect_timeout(&address, limit).ok()?;
    stream.set_read_timeout(Some(limit)).ok()?;
    stream.set_write_timeout(Some(limit)).ok()?;
    let request = format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).ok()?;
    let mut head = Vec::new();
    let mut buffer = [0; 64];
    while head.len() < 12 {
        match stream.read(&mut buffer) {
            Ok(count) if count > 0 => head.extend_from_slice(&buffer[..count]),
            _ => break,
        }
    }
    parse_status(&head)
}

fn parse_status(head: &[u8]) -> Option<u16> {
    let line = std::str::from_utf8(head.get(..12)?).ok()?;
    line.strip_prefix("HTTP/1.")?.get(2..5)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;
    use std::thread;
    use std::time::Instant;

    #[test]
    fn only_a_status_line_is_a_status() {
        assert_eq!(parse_status(b"HTTP/1.1 200 OK\r\n"), Some(200));
        assert_eq!(parse_status(b"HTTP/1.0 503 Busy"), Some(503));
        for head in [b"SSH-2.0-OpenSSH".as_slice(), b"", b"HTTP/1.1 2", b"HTTP/1.1 abc OK"] {
            assert_eq!(parse_status(head), None);
        }
    }

    #[test]
    fn a_listener_that_never_answers_is_no_health() {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let started = Instant::now();
        assert_eq!(status(port, "/", Duration::from_millis(100)), None);
        assert!(started.elapsed() < Duration::from_mins(1));
    }

    #[test]
    fn the_status_of_an_answer_is_given() {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut buffer = [0; 512];
            let count = stream.read(&mut buffer).unwrap();
            stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").unwrap();
            String::from_utf8_lossy(&buffer[..count]).into_owned()
        });
        assert_eq!(status(port, "/health", Duration::from_secs(5)), Some(204));
        assert!(server.join().unwrap().starts_with("GET /health HTTP/1.1\r\n"));
    }
}
