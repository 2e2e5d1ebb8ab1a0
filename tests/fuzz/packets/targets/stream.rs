//! Messages of SIP on a connection, and frames of WebSockets, in pieces of any length.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sip_message::web_socket::Assembly;
use sip_message::{Framer, Limits};

const MOST: usize = 4_096;

fuzz_target!(|octets: &[u8]| {
    let Some((&first, stream)) = octets.split_first() else {
        return;
    };
    let piece = usize::from(first).max(1);
    let mut framer = Framer::new(Limits::default());
    let mut assembly = Assembly::new(MOST);
    'stream: for part in stream.chunks(piece) {
        framer.push(part);
        while let Some(frame) = framer.next() {
            if frame.is_err() {
                break 'stream;
            }
        }
    }
    'frames: for part in stream.chunks(piece) {
        assembly.push(part);
        while let Some(next) = assembly.next() {
            if next.is_err() {
                break 'frames;
            }
        }
    }
});
