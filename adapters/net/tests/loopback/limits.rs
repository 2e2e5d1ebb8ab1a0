//! The bounds of connections, each at its edge.

use std::collections::HashSet;
use std::io::Write;
use std::net::TcpListener;
use std::time::Duration;

use bytes::Bytes;
use net::{CloseReason, Failure, StreamLimits, Transmit};
use sip_message::flow::Transport;

use crate::support::{
    Answer, Running, Seen, config, echoes, flow_to, is_turned_away, message, read_exactly,
    read_to_end, ready, tcp,
};

fn start(limits: StreamLimits, answer: Answer) -> Running {
    ready(
        config(&[tcp("127.0.0.1:0"), tcp("[::1]:0")], limits),
        answer,
    )
    .run()
}

#[test]
fn one_source_has_as_many_connections_as_its_share_and_others_are_not_hurt() {
    let limits = StreamLimits {
        connections_per_source: 2,
        ..StreamLimits::default()
    };
    let running = start(limits, Answer::Echo);
    let (mut a, mut b) = (running.dial(0), running.dial(0));
    echoes(&mut a, 1);
    echoes(&mut b, 2);
    assert!(is_turned_away(&mut running.dial(0)));
    echoes(&mut running.dial(1), 3);
    assert_eq!(running.figures.tcp_refused_source.get(), 1);
    drop(a);
    running.until("two left", |figures| figures.tcp_connections_now.get() == 1);
    echoes(&mut running.dial(0), 4);
    echoes(&mut b, 5);
}

#[test]
fn a_loop_has_as_many_connections_as_its_limit_whoever_opened_them() {
    let limits = StreamLimits {
        connections: 2,
        ..StreamLimits::default()
    };
    let running = start(limits, Answer::Echo);
    let (mut a, mut b) = (running.dial(0), running.dial(1));
    echoes(&mut a, 1);
    echoes(&mut b, 2);
    running.messages(2);
    assert!(is_turned_away(&mut running.dial(0)));
    assert_eq!(running.figures.tcp_refused_total.get(), 1);
    let carrier = TcpListener::bind("127.0.0.1:0").unwrap();
    let flow = flow_to(Transport::Tcp, carrier.local_addr().unwrap());
    running.send_one(flow, message(3, 0));
    let (transmit, why) = running.failed();
    assert_eq!(
        (transmit.bytes, why),
        (message(3, 0).into(), Failure::Limit)
    );
    drop(a);
    assert_eq!(running.closed().1, CloseReason::Peer);
    running.send_one(flow, message(4, 0));
    let (mut far, _) = carrier.accept().unwrap();
    assert_eq!(read_exactly(&mut far, message(4, 0).len()), message(4, 0));
    assert!(is_turned_away(&mut running.dial(0)));
}

/// StreamLimits under which a peer that does not read is noticed soon.
fn narrow() -> StreamLimits {
    StreamLimits {
        buffer: 4 << 10,
        write_octets: 50_000,
        ..StreamLimits::default()
    }
}

#[test]
fn a_slow_reader_is_owed_no_more_than_the_bound_and_gets_all_that_was_not_given_back() {
    let running = start(narrow(), Answer::Nothing);
    let mut phone = running.dial(0);
    phone.write_all(&message(0, 0)).unwrap();
    let flow = running.message().flow;
    let sent: Vec<Bytes> = (0..600).map(|mark| message(mark, 10_000).into()).collect();
    running.send(sent.iter().map(|bytes| Transmit {
        flow,
        bytes: bytes.clone(),
    }));
    // what comes after on another connection tells when all of it has been taken or refused
    running.dial(1).write_all(&message(1, 0)).unwrap();
    let (mut returned, mut all_taken) = (HashSet::new(), false);
    while !all_taken || returned.len() < overflows(&running) {
        match running.next() {
            Seen::Failed(transmit, why) => {
                assert_eq!((transmit.flow, why), (flow, Failure::Overflow));
                assert!(returned.insert(transmit.bytes), "given back twice");
            }
            Seen::Batch(_) => all_taken = true,
            Seen::Closed(closed, CloseReason::Peer) => assert_ne!(closed, flow),
            other => panic!("saw {other:?}"),
        }
    }
    let owed: Vec<&Bytes> = sent
        .iter()
        .filter(|bytes| !returned.contains(*bytes))
        .collect();
    let unwritten = owed.len() - usize::try_from(running.figures.tcp_messages_out.get()).unwrap();
    assert!(
        unwritten <= 50_000 / 10_000 && !returned.is_empty(),
        "{unwritten} unwritten"
    );
    for bytes in owed {
        assert_eq!(read_exactly(&mut phone, bytes.len()), bytes[..]);
    }
    // and now that it has taken all, it is served again
    running.send_one(flow, message(2, 0));
    assert_eq!(read_exactly(&mut phone, message(2, 0).len()), message(2, 0));
}

fn overflows(running: &Running) -> usize {
    usize::try_from(running.figures.tcp_write_overflows.get()).unwrap()
}

#[test]
fn a_peer_that_takes_nothing_for_too_long_is_closed_and_what_it_was_owed_comes_back() {
    const SENT: usize = 3000;
    // more than the kernels of both ends ever hold
    let limits = StreamLimits {
        stall_timeout: Duration::from_millis(200),
        write_octets: 64 << 20,
        write_messages: SENT,
        ..narrow()
    };
    let running = start(limits, Answer::Nothing);
    let mut phone = running.dial(0);
    phone.write_all(&message(0, 0)).unwrap();
    let flow = running.message().flow;
    let sent = (0..SENT).map(|mark| Transmit {
        flow,
        bytes: message(mark, 10_000).into(),
    });
    running.send(sent);
    let (closed, why) = running.closed();
    assert_eq!(closed, flow);
    // the kernel has the same patience and may be the first to lose it
    assert!(
        matches!(why, CloseReason::Stalled | CloseReason::Reset),
        "{why:?}"
    );
    let written = usize::try_from(running.figures.tcp_messages_out.get()).unwrap();
    assert!(written < SENT);
    for mark in written..SENT {
        let (transmit, why) = running.failed();
        assert_eq!(
            (transmit.bytes, why),
            (message(mark, 10_000).into(), Failure::Closed)
        );
    }
    assert_eq!(running.figures.tcp_connections_now.get(), 0);
}

#[test]
fn a_silent_connection_is_closed_after_the_idle_time() {
    let limits = StreamLimits {
        idle_timeout: Duration::from_secs(2),
        ..StreamLimits::default()
    };
    let running = start(limits, Answer::Echo);
    let mut phone = running.dial(0);
    echoes(&mut phone, 1);
    let flow = running.message().flow;
    assert_eq!(running.closed(), (flow, CloseReason::Idle));
    assert_eq!(read_to_end(&mut phone), b"");
    assert_eq!(running.figures.tcp_idle_closed.get(), 1);
}

#[test]
fn a_message_that_is_never_finished_closes_its_connection() {
    let limits = StreamLimits {
        frame_timeout: Duration::from_secs(2),
        ..StreamLimits::default()
    };
    let running = start(limits, Answer::Echo);
    let mut phone = running.dial(0);
    echoes(&mut phone, 1);
    let flow = running.message().flow;
    phone.write_all(b"OPTIONS sip:").unwrap();
    assert_eq!(running.closed(), (flow, CloseReason::Stalled));
    assert_eq!(read_to_end(&mut phone), b"");
    assert_eq!(running.figures.tcp_stalled_closed.get(), 1);
}

#[test]
fn a_connection_that_never_says_anything_is_closed_and_one_that_did_may_be_silent() {
    let limits = StreamLimits {
        frame_timeout: Duration::from_secs(2),
        ..StreamLimits::default()
    };
    let running = start(limits, Answer::Echo);
    let mut talked = running.dial(0);
    echoes(&mut talked, 1);
    running.message();
    let mut pinged = running.dial(0);
    pinged.write_all(b"\r\n\r\n").unwrap();
    assert_eq!(read_exactly(&mut pinged, 2), b"\r\n");
    let mut mute = running.dial(0);
    let (flow, why) = running.closed();
    assert_eq!(
        (flow.remote, why),
        (mute.local_addr().unwrap(), CloseReason::Stalled)
    );
    assert_eq!(read_to_end(&mut mute), b"");
    echoes(&mut talked, 2);
    echoes(&mut pinged, 3);
}

#[test]
fn keep_alives_nobody_reads_the_answers_of_are_bounded_like_messages() {
    let limits = StreamLimits {
        write_octets: 1000,
        ..narrow()
    };
    let running = start(limits, Answer::Nothing);
    let mut phone = running.dial(0);
    let pings = b"\r\n\r\n".repeat(10_000);
    for _ in 0..20 {
        phone.write_all(&pings).unwrap();
    }
    running.until("all pings", |figures| figures.tcp_pings.get() == 200_000);
    phone.write_all(&message(1, 0)).unwrap();
    assert_eq!(running.message().bytes, message(1, 0));
    assert!(running.figures.tcp_octets_out.get() < 400_000);
}
