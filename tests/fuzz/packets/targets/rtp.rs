//! Packets of RTP: their header, what is counted of them, the jitter buffer, and key presses.
#![no_main]

use libfuzzer_sys::fuzz_target;
use machine::Instant;
use rtp::jitter::{Content, Packet, Settings};
use rtp::{Continuity, Event, EventEnds, Header, JitterBuffer, Receiver};

/// The longest payload that the buffer takes.
const PAYLOAD: usize = 160;

fuzz_target!(|octets: &[u8]| {
    let mut receiver = Receiver::new(8_000);
    let mut continuity = Continuity::new(7, 1, 2);
    let mut buffer = JitterBuffer::new(&Settings::new(8_000, PAYLOAD));
    let mut presses = EventEnds::new();
    let mut now = Instant::from_secs(1);
    // the first octet of each piece is its length, and how long it takes to come
    let mut rest = octets;
    while let Some((&first, behind)) = rest.split_first() {
        let (packet, left) = behind.split_at(usize::from(first).min(behind.len()));
        rest = left;
        now = now + std::time::Duration::from_millis(u64::from(first & 0x1f));
        let Some(header) = Header::parse(packet) else {
            continue;
        };
        let payload = header.payload(packet);
        assert_eq!(payload.len(), header.payload_len());
        receiver.receive(&header, now);
        if let Some(stamp) = continuity.stamp(header.ssrc, header.seq, header.ts, 8_000, now) {
            assert_eq!(stamp.ssrc, 7);
        }
        let content = Content::Sound;
        let (ssrc, seq, ts, marker) = (header.ssrc, header.seq, header.ts, header.marker);
        let kept = Packet {
            ssrc,
            seq,
            ts,
            marker,
            content,
            payload,
        };
        let _put = buffer.put(&kept, now);
        let _frame = buffer.pull(now);
        if let Some(event) = Event::parse(payload) {
            presses
                .receive(header.ssrc, header.ts, event, now)
                .into_iter()
                .for_each(drop);
        }
        let _press = presses.expire(now);
    }
    let statistics = receiver.statistics();
    assert!(statistics.lost <= statistics.expected);
    let _block = receiver.report();
});
