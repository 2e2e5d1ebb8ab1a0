//! Session descriptions: read, answered, passed on, and printed so that they read the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sdp::{
    Capabilities, Description, MAX_BYTES, MAX_MEDIA, MediaAddress, OriginId, anchor, answer,
    match_answer, meet, remote_of,
};

fn capabilities() -> Capabilities {
    let at = MediaAddress {
        ip: [198, 51, 100, 1].into(),
        port: 40_000,
        rtcp_port: 40_001,
    };
    Capabilities::wide_guest(at, OriginId { id: 7, version: 1 })
}

fuzz_target!(|octets: &[u8]| {
    let Ok(description) = Description::parse(octets) else {
        return;
    };
    assert!(description.media.len() <= MAX_MEDIA);
    let _remote = remote_of(&description);
    let ours = capabilities();
    if let Ok(answered) = answer(&description, &ours) {
        assert_eq!(match_answer(&description, &answered), Ok(()));
    }
    let _met = meet(&description, &sdp::offer(&ours));
    let mut anchored = description.clone();
    anchor(&mut anchored, &ours.at, None, &ours.origin);
    assert_eq!(anchored.media.len(), description.media.len());
    let text = description.to_string();
    if text.len() <= MAX_BYTES {
        assert_eq!(
            Description::parse(text.as_bytes()).as_ref(),
            Ok(&description)
        );
    }
});
