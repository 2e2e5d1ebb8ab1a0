//! Connections to the API, one request after the other.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{SocketAddrV4, TcpStream};
use std::time::Duration;

/// A request whose answer took longer has failed.
const PATIENCE: Duration = Duration::from_secs(10);
/// Octets of an answer's body at most.
const BODY: usize = 1 << 20;

/// The text of a GET.
pub(crate) fn get(api: SocketAddrV4, path: &str, key: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: {api}\r\nAuthorization: Bearer {key}\r\n\r\n")
}

/// A connection that is kept.
pub(crate) struct Line {
    reader: BufReader<TcpStream>,
}

impl Line {
    /// Connects.
    ///
    /// # Errors
    /// Nobody listens there.
    pub(crate) fn open(api: SocketAddrV4) -> io::Result<Line> {
        let stream = TcpStream::connect(api)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(Line {
            reader: BufReader::new(stream),
        })
    }

    /// Sends a request and reads its answer: the status and the body.
    ///
    /// # Errors
    /// The connection broke, or what came is no answer.
    pub(crate) fn ask(&mut self, request: &str) -> io::Result<(u16, Vec<u8>)> {
        self.reader.get_mut().write_all(request.as_bytes())?;
        answer(&mut self.reader)
    }
}

/// Reads one answer.
fn answer(reader: &mut impl BufRead) -> io::Result<(u16, Vec<u8>)> {
    let bad = |what: &str| io::Error::new(io::ErrorKind::InvalidData, what.to_owned());
    let mut text = String::new();
    reader.read_line(&mut text)?;
    let status = text
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok());
    let status = status.ok_or_else(|| bad("no status"))?;
    let mut length = 0;
    loop {
        text.clear();
        if reader.read_line(&mut text)? == 0 {
            return Err(bad("the head broke off"));
        }
        let line = text.trim_end();
        if line.is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().map_err(|_| bad("no length"))?;
        }
    }
    if length > BODY {
        return Err(bad("too long a body"));
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    Ok((status, body))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn answers_are_read_one_after_the_other() {
        let text = "HTTP/1.1 200 OK\r\ncontent-Length: 2\r\n\r\n{}\
                    HTTP/1.1 429 Too Many\r\nContent-Length: 0\r\n\r\n";
        let mut reader = text.as_bytes();
        assert_eq!(answer(&mut reader).unwrap(), (200, b"{}".to_vec()));
        assert_eq!(answer(&mut reader).unwrap(), (429, Vec::new()));
        assert!(answer(&mut reader).is_err());
    }
}
