//! Headers of the PROXY protocol, as they come octet by octet.
#![no_main]

use libfuzzer_sys::fuzz_target;
use proxy_protocol::{HEADER_MAX, Header};

fuzz_target!(|octets: &[u8]| {
    let octets = &octets[..octets.len().min(HEADER_MAX)];
    for end in 0..=octets.len() {
        let _header = Header::read(&octets[..end]);
    }
});
