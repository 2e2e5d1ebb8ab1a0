//! Metadata of recordings: read, merged, and printed so that it reads the same; alone and as a part
//! of a body.
#![no_main]

use libfuzzer_sys::fuzz_target;
use siprec::limits::ENTRIES_MAX;
use siprec::{METADATA, Metadata, said};

fuzz_target!(|octets: &[u8]| {
    let _said = said("multipart/mixed;boundary=x", octets);
    let _alone = said(METADATA, octets);
    let Ok(metadata) = Metadata::parse(octets) else {
        return;
    };
    let _speaker = metadata.speaker("1").and_then(|one| one.number());
    let mut merged = Metadata::default();
    merged.take(metadata.clone());
    merged.take(metadata.clone());
    assert!(merged.streams.len() <= ENTRIES_MAX);
    let text = metadata.to_string();
    if let Ok(again) = Metadata::parse(text.as_bytes()) {
        assert_eq!(again.extent, metadata.extent);
        assert!(again.streams.len() <= metadata.streams.len());
    }
});
