//! Ports that must be free, and who holds those that are not.

use crate::failure::{Failure, Result};
use crate::pidfile::command_line;
use std::fs;
use std::net::TcpListener;

/// A listening process.
#[derive(Debug, PartialEq, Eq)]
pub struct Holder {
    pub pid: i32,
    pub command: String,
}

/// An error naming the holder if `port` of the loopback interface is taken; `option` moves us elsewhere.
pub fn require_free(port: u16, purpose: &str, option: &str) -> Result<()> {
    if TcpListener::bind(("127.0.0.1", port)).is_ok() {
        return Ok(());
    }
    Err(Failure::new(taken(port, purpose, option, holder(port).as_ref())))
}

fn taken(port: u16, purpose: &str, option: &str, holder: Option<&Holder>) -> String {
    let by = match holder {
        Some(Holder { pid, command }) => format!("process {pid} ({command})"),
        None => "a process that cannot be named (another user's, perhaps)".to_owned(),
    };
    format!(
        "port {port}, wanted by {purpose}, is held by {by}: stop it, or choose another port with {option}"
    )
}

/// The process that listens on `port`, where the system tells.
pub fn holder(port: u16) -> Option<Holder> {
    let tables = ["/proc/net/tcp", "/proc/net/tcp6"];
    let sockets: Vec<u64> = tables
        .iter()
        .filter_map(|table| fs::read_to_string(table).ok())
        .flat_map(|table| listening(&table, port))
        .collect();
    let pid = fs::read_dir("/proc")
        .ok()?
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<i32>().ok())
        .find(|pid| holds(*pid, &sockets))?;
    let command: String = command_line(pid)?.chars().take(120).collect();
    Some(Holder { pid, command })
}

/// The inodes of the sockets that listen on `port`, from a table in the form of `/proc/net/tcp`.
fn listening(table: &str, port: u16) -> Vec<u64> {
    const LISTEN: &str = "0A";
    table
        .lines()
        .filter_map(|line| {
            let fields: Vec<&str> = line.split_whitespace().collect();
            let local = fields.get(1)?.rsplit_once(':')?.1;
            let matches = u16::from_str_radix(local, 16).ok()? == port && *fields.get(3)? == LISTEN;
            if matches { fields.get(9)?.parse().ok() } else { None }
        })
        .collect()
}

fn holds(pid: i32, sockets: &[u64]) -> bool {
    let Ok(descriptors) = fs::read_dir(format!("/proc/{pid}/fd")) else { return false };
    descriptors.filter_map(|entry| fs::read_link(entry.ok()?.path()).ok()).any(|target| {
        let target = target.to_string_lossy();
        let inode = target.strip_prefix("socket:[").and_then(|rest| rest.strip_suffix(']'));
        inode.and_then(|inode| inode.parse().ok()).is_some_and(|inode| sockets.contains(&inode))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:11D6 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1067 1 0 100 0 0 10 0
   1: 0100007F:11D6 0100007F:D41C 01 00000000:00000000 00:00000000 00000000     0        0 2222 1 0 21 4 1 70 148
   2: 0100007F:11DB 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 3333 1 0 100 0 0 10 0
";

    #[test]
    fn only_listening_sockets_of_the_port_count() {
        assert_eq!(listening(TABLE, 4566), [1067]);
        assert_eq!(listening(TABLE, 4571), [3333]);
        assert_eq!(listening(TABLE, 80), [] as [u64; 0]);
    }

    #[test]
    fn the_message_names_the_holder_and_the_way_out() {
        let holder = Holder { pid: 99, command: "python3 -m http.server 4566".into() };
        let message = taken(4566, "the local AWS", "--aws-port", Some(&holder));
        assert_eq!(
            message,
            "port 4566, wanted by the local AWS, is held by process 99 (python3 -m http.server 4566): stop it, or \
             choose another port with --aws-port"
        );
        assert!(taken(4566, "the local AWS", "--aws-port", None).contains("cannot be named"));
    }

    #[test]
    fn our_own_listener_is_found() {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let message = require_free(port, "a test", "--port").unwrap_err().to_string();
        if cfg!(target_os = "linux") {
            assert!(message.contains(&format!("process {} (", std::process::id())), "{message}");
        }
        drop(listener);
        require_free(port, "a test", "--port").unwrap();
    }
}
