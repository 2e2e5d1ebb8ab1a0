//! TCP: framing, ends, and finding the connection to send on.

use std::collections::HashSet;
use std::io::Write;
use std::net::{Shutdown, TcpListener};
use std::os::fd::AsRawFd;
use std::time::Duration;

use net::{CloseReason, Config, Failure, Limits, StreamLimits};
use sip_message::flow::{Flow, Transport};

use crate::support::{
    Answer, config, echoes, flow_to, message, read_exactly, read_to_end, ready, start, tcp,
};

#[test]
fn a_message_that_comes_byte_by_byte_arrives_once_and_whole() {
    let running = start(&[tcp("127.0.0.1:0")], Answer::Echo);
    let mut phone = running.dial(0);
    phone.set_nodelay(true).unwrap();
    let sent = message(1, 20);
    for octet in &sent {
        phone.write_all(&[*octet]).unwrap();
    }
    let received = running.message();
    assert_eq!(received.bytes, sent);
    assert_eq!(received.flow.transport, Transport::Tcp);
    assert_eq!(received.flow.local, running.at(0));
    assert_eq!(received.flow.remote, phone.local_addr().unwrap());
    assert_eq!(read_exactly(&mut phone, sent.len()), sent);
    assert_eq!(running.figures.tcp_messages_in.get(), 1);
}

// rfc: 3261 §18.3
#[test]
fn two_messages_in_one_segment_arrive_together_and_in_order() {
    let running = start(&[tcp("127.0.0.1:0")], Answer::Echo);
    let mut phone = running.dial(0);
    let (a, b) = (message(1, 5), message(2, 0));
    let both = [a.clone(), b.clone()].concat();
    phone.write_all(&both).unwrap();
    let (all, sizes) = running.messages(2);
    assert_eq!((all[0].bytes.to_vec(), all[1].bytes.to_vec()), (a, b));
    assert_eq!(sizes, [2]);
    assert_eq!(read_exactly(&mut phone, both.len()), both);
}

#[test]
fn v6_streams_work_like_v4_ones() {
    let running = start(&[tcp("[::1]:0")], Answer::Echo);
    let mut phone = running.dial(0);
    echoes(&mut phone, 1);
    assert_eq!(running.message().flow.local, running.at(0));
}

#[test]
fn a_peer_that_closes_within_a_message_leaves_no_message() {
    let running = start(&[tcp("127.0.0.1:0")], Answer::Echo);
    let mut phone = running.dial(0);
    let (whole, half) = (message(1, 9), message(2, 9));
    phone.write_all(&whole).unwrap();
    phone.write_all(&half[..half.len() - 1]).unwrap();
    phone.shutdown(Shutdown::Write).unwrap();
    let flow = running.message().flow;
    assert_eq!(running.closed(), (flow, CloseReason::Peer));
    assert_eq!(read_to_end(&mut phone), whole);
    assert_eq!(running.figures.tcp_messages_in.get(), 1);
    assert_eq!(running.figures.tcp_connections_now.get(), 0);
}

#[test]
fn a_peer_that_says_no_more_after_its_request_still_gets_its_answer() {
    let running = start(&[tcp("127.0.0.1:0")], Answer::Echo);
    let mut phone = running.dial(0);
    // far more than the kernel holds at once, so that the answer takes several turns
    let sent: Vec<u8> = (0..40).flat_map(|mark| message(mark, 20_000)).collect();
    let mut writer = phone.try_clone().unwrap();
    let copy = sent.clone();
    let writing = std::thread::spawn(move || {
        writer.write_all(&copy).unwrap();
        writer.shutdown(Shutdown::Write).unwrap();
    });
    let got = read_to_end(&mut phone);
    writing.join().unwrap();
    assert_eq!(got.len(), sent.len());
    assert!(got == sent);
}

#[test]
fn a_frame_too_long_is_answered_and_the_connection_closed_after_the_answer() {
    let mut limits = StreamLimits::default();
    limits.message.message_bytes = 1000;
    let mut ready = ready(config(&[tcp("127.0.0.1:0")], limits), Answer::Nothing);
    let refusal = b"SIP/2.0 513 Message Too Large\r\nContent-Length: 0\r\n\r\n";
    ready.probe.last_words = refusal[..].into();
    let running = ready.run();
    let mut phone = running.dial(0);
    let long = message(7, 2000);
    phone.write_all(&long).unwrap();
    let (flow, problem, head) = running.malformed();
    assert_eq!(problem.status, 513);
    assert!(long.starts_with(&head) && head.starts_with(b"OPTIONS sip:7@a SIP/2.0\r\n"));
    assert_eq!(flow.remote, phone.local_addr().unwrap());
    // the phone has not noticed yet and goes on talking: that must not destroy the answer
    for mark in 0..20 {
        if phone.write_all(&message(mark, 1000)).is_err() {
            break;
        }
    }
    assert_eq!(read_to_end(&mut phone), refusal);
    drop(phone);
    assert_eq!(running.closed(), (flow, CloseReason::Malformed));
    assert_eq!(running.figures.tcp_malformed.get(), 1);
}

#[test]
fn a_peer_that_stays_after_being_refused_is_left_after_the_linger_time() {
    let limits = StreamLimits {
        linger: Duration::from_millis(50),
        ..StreamLimits::default()
    };
    let running = ready(config(&[tcp("127.0.0.1:0")], limits), Answer::Nothing).run();
    let mut phone = running.dial(0);
    phone.write_all(b"OPTIONS sip:a SIP/2.0\r\n\r\n").unwrap();
    let (flow, problem, head) = running.malformed();
    assert_eq!((problem.status, problem.field), (400, "Content-Length"));
    assert_eq!(head, "OPTIONS sip:a SIP/2.0\r\n\r\n");
    assert_eq!(running.closed(), (flow, CloseReason::Malformed));
    assert!(read_to_end(&mut phone).starts_with(b"SIP/2.0 400"));
}

#[test]
fn good_messages_before_the_bad_one_are_received_first() {
    let running = start(&[tcp("127.0.0.1:0")], Answer::Echo);
    let mut phone = running.dial(0);
    let good = message(1, 4);
    phone
        .write_all(&[&good[..], b"BAD\r\n\r\n"].concat())
        .unwrap();
    assert_eq!(running.message().bytes, good);
    assert_eq!(running.malformed().2, "BAD\r\n\r\n");
    let answer = read_to_end(&mut phone);
    assert!(answer.starts_with(&good) && answer[good.len()..].starts_with(b"SIP/2.0 400"));
}

#[test]
fn a_message_goes_to_the_connection_its_flow_names_and_to_no_other() {
    let running = start(&[tcp("127.0.0.1:0")], Answer::Nothing);
    let (mut first, mut second) = (running.dial(0), running.dial(0));
    first.write_all(&message(1, 0)).unwrap();
    let to_first = running.message().flow;
    second.write_all(&message(2, 0)).unwrap();
    let to_second = running.message().flow;
    running.send_one(to_second, message(20, 0));
    running.send_one(to_first, message(10, 0));
    assert_eq!(
        read_exactly(&mut first, message(10, 0).len()),
        message(10, 0)
    );
    assert_eq!(
        read_exactly(&mut second, message(20, 0).len()),
        message(20, 0)
    );
    // an id of another remote does not count
    running.send_one(
        Flow {
            connection: to_second.connection,
            ..to_first
        },
        message(11, 0),
    );
    assert_eq!(
        read_exactly(&mut first, message(11, 0).len()),
        message(11, 0)
    );
}

#[test]
fn where_there_is_no_connection_one_is_opened_and_then_used_again() {
    let running = start(&[tcp("127.0.0.1:0")], Answer::Nothing);
    let carrier = TcpListener::bind("127.0.0.1:0").unwrap();
    let flow = flow_to(Transport::Tcp, carrier.local_addr().unwrap());
    // both before it is open, and one that names a connection long gone
    running.send_one(flow, message(1, 0));
    running.send_one(
        Flow {
            connection: 77,
            ..flow
        },
        message(2, 0),
    );
    let (mut far, from) = carrier.accept().unwrap();
    let both = [message(1, 0), message(2, 0)].concat();
    assert_eq!(read_exactly(&mut far, both.len()), both);
    far.write_all(&message(3, 0)).unwrap();
    let back = running.message().flow;
    assert_eq!((back.local, back.remote), (from, flow.remote));
    assert_ne!(back.connection, 0);
    running.send_one(back, message(4, 0));
    running.send_one(flow, message(5, 0));
    let more = [message(4, 0), message(5, 0)].concat();
    assert_eq!(read_exactly(&mut far, more.len()), more);
    assert_eq!(running.figures.tcp_connected.get(), 1);
    drop(far);
    assert_eq!(running.closed(), (back, CloseReason::Peer));
    running.send_one(back, message(6, 0));
    let (mut far, _) = carrier.accept().unwrap();
    assert_eq!(read_exactly(&mut far, message(6, 0).len()), message(6, 0));
}

#[test]
fn an_outgoing_connection_leaves_from_the_ip_its_flow_names() {
    let running = start(&[tcp("0.0.0.0:0")], Answer::Nothing);
    let carrier = TcpListener::bind("127.0.0.1:0").unwrap();
    let remote = carrier.local_addr().unwrap();
    running.send_one(
        Flow::tcp("127.0.0.8:5060".parse().unwrap(), remote, 0),
        message(1, 0),
    );
    let (_far, from) = carrier.accept().unwrap();
    assert_eq!(from.ip().to_string(), "127.0.0.8");
    assert_ne!(from.port(), 5060);
}

#[test]
fn a_refused_connection_gives_every_message_back_whole_and_in_order() {
    let running = start(&[], Answer::Nothing);
    let gone = TcpListener::bind("127.0.0.1:0").unwrap();
    let flow = flow_to(Transport::Tcp, gone.local_addr().unwrap());
    drop(gone);
    for mark in 0..3 {
        running.send_one(flow, message(mark, 10));
        let (transmit, why) = running.failed();
        assert_eq!((transmit.flow, why), (flow, Failure::Refused));
        assert_eq!(transmit.bytes, message(mark, 10));
    }
    assert_eq!(running.figures.tcp_connect_failures.get(), 3);
    assert_eq!(running.figures.tcp_connections_now.get(), 0);
}

/// A listener whose queue is full, so that further connections neither open nor fail.
#[allow(unsafe_code)] // the standard library does not let a listener's queue be chosen
fn deaf() -> (TcpListener, Vec<std::net::TcpStream>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    // SAFETY: no pointers; listening anew only changes the queue's length.
    assert_eq!(unsafe { libc::listen(listener.as_raw_fd(), 0) }, 0);
    let at = listener.local_addr().unwrap();
    let mut fillers = Vec::new();
    while let Ok(filler) = std::net::TcpStream::connect_timeout(&at, Duration::from_millis(300)) {
        fillers.push(filler);
        assert!(fillers.len() < 100, "the queue never fills");
    }
    (listener, fillers)
}

#[test]
fn a_connection_that_does_not_open_in_time_gives_its_messages_back() {
    let (deaf, _fillers) = deaf();
    let limits = StreamLimits {
        connect_timeout: Duration::from_secs(2),
        connecting: 1,
        ..StreamLimits::default()
    };
    let running = ready(config(&[], limits), Answer::Nothing).run();
    let flow = flow_to(Transport::Tcp, deaf.local_addr().unwrap());
    running.send_one(flow, message(1, 0));
    running.send_one(flow, message(2, 0));
    // no second one may be opened meanwhile
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    running.send_one(
        flow_to(Transport::Tcp, other.local_addr().unwrap()),
        message(3, 0),
    );
    let (transmit, why) = running.failed();
    assert_eq!(
        (transmit.bytes, why),
        (message(3, 0).into(), Failure::Limit)
    );
    for mark in [1, 2] {
        let (transmit, why) = running.failed();
        assert_eq!(
            (transmit.bytes, why),
            (message(mark, 0).into(), Failure::TimedOut)
        );
    }
    // and the place is free again
    running.send_one(
        flow_to(Transport::Tcp, other.local_addr().unwrap()),
        message(4, 0),
    );
    let (mut far, _) = other.accept().unwrap();
    assert_eq!(read_exactly(&mut far, message(4, 0).len()), message(4, 0));
}

#[test]
fn a_reset_is_told_as_such() {
    let running = start(&[tcp("127.0.0.1:0")], Answer::Echo);
    let mut phone = running.dial(0);
    phone.write_all(&message(1, 0)).unwrap();
    let flow = running.message().flow;
    running.until("the echo", |figures| figures.tcp_messages_out.get() == 1);
    // closing with something unread makes the kernel reset
    let mut peeked = [0; 1];
    phone.peek(&mut peeked).unwrap();
    drop(phone);
    let (closed, why) = running.closed();
    assert_eq!((closed, why), (flow, CloseReason::Reset));
}

#[test]
fn no_two_connections_share_an_id_and_the_shard_is_its_upper_part() {
    let mut ids = HashSet::new();
    for shard in [0, 3] {
        let mut config = config(&[tcp("127.0.0.1:0")], Limits::default());
        config.shard = shard;
        let running = ready(config, Answer::Echo).run();
        for mark in 0..20 {
            let mut phone = running.dial(0);
            echoes(&mut phone, mark);
            let flow = running.message().flow;
            assert_eq!(Config::shard_of(flow.connection), shard);
            assert!(ids.insert(flow.connection));
            drop(phone);
            assert_eq!(running.closed(), (flow, CloseReason::Peer));
        }
    }
}

#[test]
fn a_hundred_connections_talk_at_once() {
    let running = start(&[tcp("127.0.0.1:0")], Answer::Echo);
    let mut phones: Vec<_> = (0..100).map(|_| running.dial(0)).collect();
    for round in 0..3 {
        for (mark, phone) in phones.iter_mut().enumerate() {
            phone
                .write_all(&message(mark + 1000 * round, mark))
                .unwrap();
        }
        for (mark, phone) in phones.iter_mut().enumerate() {
            let sent = message(mark + 1000 * round, mark);
            assert_eq!(read_exactly(phone, sent.len()), sent);
        }
    }
    running.until("300 echoes", |figures| {
        figures.tcp_messages_out.get() == 300
    });
}
