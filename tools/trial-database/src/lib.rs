//! A PostgreSQL server of its own for a run of tests, by way of `tools/postgres.sh`.

use std::io::{self, BufRead, BufReader};
use std::process::{Child, ChildStdin, Command, Stdio};

/// The script that starts one and stops it when its standard input ends.
const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../postgres.sh");

/// A server. It ends when this process does; everybody on the machine may enter as anybody.
#[derive(Debug)]
pub struct Server {
    folder: String,
    address: String,
    _process: Child,
    _input: ChildStdin,
}

impl Server {
    /// Starts one and waits until it serves. The role `owner` may do everything.
    ///
    /// # Errors
    /// No server came up; the script has said on standard error why.
    pub fn start() -> io::Result<Server> {
        let none = || io::Error::other("no server came up");
        let mut process = Command::new(SCRIPT)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let input = process.stdin.take().ok_or_else(none)?;
        let told = process.stdout.take().ok_or_else(none)?;
        let mut line = String::new();
        BufReader::new(told).read_line(&mut line)?;
        let (folder, address) = line.trim().split_once(' ').ok_or_else(none)?;
        Ok(Server {
            folder: folder.to_owned(),
            address: address.to_owned(),
            _process: process,
            _input: input,
        })
    }

    /// The folder with the server's socket.
    pub fn folder(&self) -> &str {
        &self.folder
    }

    /// The loopback address that is this server's alone, where it serves at the usual port.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Where a role finds a database, by the socket.
    pub fn url(&self, role: &str, database: &str) -> String {
        format!("postgres://{role}@/{database}?host={}", self.folder)
    }
}
