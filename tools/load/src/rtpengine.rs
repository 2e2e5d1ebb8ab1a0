//! Another relay to be compared with: rtpengine, in user space. It is told of its calls by its own
//! protocol (ng: a cookie and a bencoded dictionary in a datagram, answered likewise).

use crate::description::{audio_of, describe};
use crate::process::Process;
use std::io;
use std::net::{SocketAddrV4, UdpSocket};
use std::time::Duration;

/// How long it may think about one request.
const PATIENCE: Duration = Duration::from_secs(5);
/// Octets of its longest answer.
const LONGEST: usize = 8_192;

/// Where it runs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Running {
    /// Where it listens for requests.
    pub(crate) at: SocketAddrV4,
    /// Its process.
    pub(crate) process: Process,
}

/// Calls that it relays, as long as it runs.
pub(crate) struct Rtpengine {
    process: Process,
    addresses: Vec<SocketAddrV4>,
}

impl Rtpengine {
    /// Has it relay between parties of which each two neighbours hear each other.
    ///
    /// # Errors
    /// It does not answer, or refuses.
    pub(crate) fn start(running: Running, parties: &[SocketAddrV4]) -> io::Result<Rtpengine> {
        let socket = UdpSocket::bind((*running.at.ip(), 0))?;
        socket.connect(running.at)?;
        socket.set_read_timeout(Some(PATIENCE))?;
        let mut addresses = Vec::new();
        for (call, pair) in parties.chunks_exact(2).enumerate() {
            let [anna, bert] = pair else {
                continue;
            };
            let call = call.to_string();
            let of_bert = ask(&socket, "offer", &call, *anna)?;
            let of_anna = ask(&socket, "answer", &call, *bert)?;
            addresses.extend([of_anna, of_bert]);
        }
        Ok(Rtpengine {
            process: running.process,
            addresses,
        })
    }

    /// The relay's address for each party.
    pub(crate) fn addresses(&self) -> &[SocketAddrV4] {
        &self.addresses
    }

    /// Processor time of all its threads so far.
    pub(crate) fn cpu(&self) -> Option<Duration> {
        self.process.cpu_of_threads("")
    }
}

/// Tells of a party; where the other one is to send.
fn ask(
    socket: &UdpSocket,
    command: &str,
    call: &str,
    party: SocketAddrV4,
) -> io::Result<SocketAddrV4> {
    let described = describe(*party.ip(), party.port(), None);
    let mut words = vec![
        ("ICE", "remove"),
        ("call-id", call),
        ("command", command),
        ("from-tag", "anna"),
        ("sdp", &described),
        ("transport-protocol", "RTP/AVP"),
    ];
    if command == "answer" {
        words.push(("to-tag", "bert"));
    }
    let cookie = format!("{call}-{command}");
    socket.send(format!("{cookie} {}", dictionary(&words)).as_bytes())?;
    let mut octets = [0; LONGEST];
    let length = socket.recv(&mut octets)?;
    let answer = String::from_utf8_lossy(octets.get(..length).unwrap_or_default()).into_owned();
    let refused = || io::Error::other(format!("rtpengine says to {command}: {answer}"));
    let sdp = text_of(&answer, "sdp").ok_or_else(refused)?;
    audio_of(sdp).ok_or_else(refused)
}

/// Words, bencoded.
fn dictionary(words: &[(&str, &str)]) -> String {
    let text = |word: &str| format!("{}:{word}", word.len());
    let pairs = words.iter().map(|(name, word)| text(name) + &text(word));
    format!("d{}e", pairs.collect::<String>())
}

/// The text of this name in a bencoded dictionary.
fn text_of<'a>(dictionary: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = dictionary.split_once(&format!("{}:{name}", name.len()))?;
    let (length, rest) = rest.split_once(':')?;
    rest.get(..length.parse().ok()?)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn words_are_written_and_read_with_their_lengths() {
        let written = dictionary(&[("command", "offer"), ("sdp", "v=0\r\n")]);
        assert_eq!(written, "d7:command5:offer3:sdp5:v=0\r\ne");
        assert_eq!(
            text_of(&format!("0-offer {written}"), "sdp"),
            Some("v=0\r\n")
        );
        assert_eq!(text_of(&written, "result"), None);
        assert_eq!(text_of("d3:sdp9:v=0e", "sdp"), None, "shorter than it says");
    }
}
