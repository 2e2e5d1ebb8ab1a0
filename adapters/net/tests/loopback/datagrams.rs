//! UDP: batches, families, source addresses, and what cannot be sent.

use std::net::SocketAddr;

use bytes::Bytes;
use net::{BATCH, DatagramLimits, Failure, Limits, Transmit};
use sip_message::flow::{Flow, Transport};

use crate::support::{Answer, config, flow_to, hear, message, phone, ready, start, tcp, udp};

#[test]
fn what_waits_together_comes_in_full_batches_in_order_and_every_answer_leaves() {
    let ready = ready(
        config(&[udp("127.0.0.1:0")], Limits::default()),
        Answer::Echo,
    );
    let phone = phone("127.0.0.1:0");
    for mark in 0..200 {
        phone.send_to(&message(mark, 100), ready.at(0)).unwrap();
    }
    let server = ready.at(0);
    let running = ready.run();
    let (all, sizes) = running.messages(200);
    assert_eq!(sizes, [BATCH, BATCH, BATCH, 200 - 3 * BATCH]);
    for (mark, received) in all.iter().enumerate() {
        assert_eq!(
            received.flow,
            Flow::udp(server, phone.local_addr().unwrap())
        );
        assert_eq!(received.bytes, message(mark, 100));
    }
    for mark in 0..200 {
        assert_eq!(hear(&phone), message(mark, 100));
    }
    running.until("200 echoes", |figures| {
        figures.udp_messages_out.get() == 200
    });
    let figures = &running.figures;
    assert_eq!(
        (figures.udp_batches_in.get(), figures.udp_batches_out.get()),
        (4, 4)
    );
    assert_eq!(
        (
            figures.udp_messages_in.get(),
            figures.udp_messages_out.get()
        ),
        (200, 200)
    );
    assert_eq!(figures.udp_octets_in.get(), figures.udp_octets_out.get());
    assert_eq!(
        (
            figures.udp_pending_now.get(),
            figures.udp_kernel_drops.get()
        ),
        (0, 0)
    );
}

#[test]
fn v6_datagrams_come_and_go_like_v4_ones() {
    let running = start(&[udp("[::1]:0")], Answer::Echo);
    let phone = phone("[::1]:0");
    phone.send_to(b"OPTIONS", running.at(0)).unwrap();
    let received = running.message();
    assert_eq!(
        received.flow,
        Flow::udp(running.at(0), phone.local_addr().unwrap())
    );
    assert_eq!(hear(&phone), b"OPTIONS");
}

#[test]
fn a_wildcard_socket_answers_from_the_address_that_was_asked() {
    let running = start(&[udp("0.0.0.0:0")], Answer::Echo);
    let port = running.at(0).port();
    for host in [[127, 0, 0, 2], [127, 0, 0, 3], [127, 0, 0, 1]] {
        let asked = SocketAddr::from((host, port));
        // a connected socket hears only whom it asked
        let phone = phone("127.0.0.1:0");
        phone.connect(asked).unwrap();
        phone.send(b"OPTIONS").unwrap();
        let flow = running.message().flow;
        assert_eq!(
            (flow.local, flow.remote),
            (asked, phone.local_addr().unwrap())
        );
        assert_eq!(hear(&phone), b"OPTIONS");
    }
}

#[test]
fn both_wildcards_stand_side_by_side_on_one_port_and_name_the_exact_address() {
    let four = start(&[udp("0.0.0.0:0")], Answer::Echo);
    let port = four.at(0).port();
    let six = start(&[udp(&format!("[::]:{port}"))], Answer::Echo);
    for (running, host) in [(&six, "[::1]"), (&four, "127.0.0.1")] {
        let phone = phone(&format!("{host}:0"));
        let asked: SocketAddr = format!("{host}:{port}").parse().unwrap();
        phone.connect(asked).unwrap();
        phone.send(b"OPTIONS").unwrap();
        assert_eq!(running.message().flow.local, asked);
        assert_eq!(hear(&phone), b"OPTIONS");
    }
}

#[test]
fn a_datagram_leaves_from_the_address_its_flow_names() {
    let running = start(&[udp("0.0.0.0:0")], Answer::Nothing);
    let phone = phone("127.0.0.1:0");
    let local = SocketAddr::from(([127, 0, 0, 9], running.at(0).port()));
    running.send_one(Flow::udp(local, phone.local_addr().unwrap()), "INVITE");
    let mut buffer = [0; 100];
    let (n, from) = phone.recv_from(&mut buffer).unwrap();
    assert_eq!((&buffer[..n], from), (&b"INVITE"[..], local));
}

#[test]
fn with_two_sockets_each_answers_for_itself() {
    let running = start(&[udp("127.0.0.1:0"), udp("127.0.0.1:0")], Answer::Echo);
    for index in [1, 0, 1] {
        let phone = phone("127.0.0.1:0");
        phone.connect(running.at(index)).unwrap();
        phone.send(b"OPTIONS").unwrap();
        assert_eq!(running.message().flow.local, running.at(index));
        assert_eq!(hear(&phone), b"OPTIONS");
    }
}

#[test]
fn a_flow_with_no_port_of_ours_takes_any_socket_of_its_family() {
    let running = start(&[tcp("127.0.0.1:0"), udp("127.0.0.1:0")], Answer::Nothing);
    let phone = phone("127.0.0.1:0");
    running.send_one(
        flow_to(Transport::Udp, phone.local_addr().unwrap()),
        "INVITE",
    );
    assert_eq!(hear(&phone), b"INVITE");
}

#[test]
fn without_a_socket_of_that_family_or_port_the_whole_datagram_comes_back() {
    let running = start(&[udp("127.0.0.1:0")], Answer::Nothing);
    let six = flow_to(Transport::Udp, "[::1]:5060".parse().unwrap());
    running.send_one(six, "INVITE six");
    let (transmit, why) = running.failed();
    assert_eq!((transmit.flow, why), (six, Failure::NoSocket));
    assert_eq!(transmit.bytes, "INVITE six");
    let other = running.at(0).port().wrapping_add(1).max(1);
    let local = SocketAddr::from(([127, 0, 0, 1], other));
    running.send_one(Flow::udp(local, running.at(0)), "INVITE");
    assert_eq!(running.failed().1, Failure::NoSocket);
}

#[test]
fn the_longest_datagram_passes_and_one_octet_more_comes_back_without_holding_up_the_next() {
    const LONGEST: usize = 65_507;
    let running = start(&[udp("127.0.0.1:0")], Answer::Echo);
    let phone = phone("127.0.0.1:0");
    phone.send_to(&vec![b'x'; LONGEST], running.at(0)).unwrap();
    let flow = running.message().flow;
    assert_eq!(hear(&phone).len(), LONGEST);
    let transmit = |octets: Vec<u8>| Transmit {
        flow,
        bytes: Bytes::from(octets),
    };
    running.send(
        [
            b"before".to_vec(),
            vec![b'x'; LONGEST + 1],
            b"after".to_vec(),
        ]
        .map(transmit),
    );
    let (transmit, why) = running.failed();
    assert_eq!((transmit.bytes.len(), why), (LONGEST + 1, Failure::TooLong));
    assert_eq!(hear(&phone), b"before");
    assert_eq!(hear(&phone), b"after");
    assert_eq!(running.figures.udp_too_long.get(), 1);
}

#[test]
fn where_nobody_listens_the_datagram_comes_back_and_those_to_others_arrive() {
    let running = start(&[udp("0.0.0.0:0")], Answer::Nothing);
    let (gone, phone) = (phone("127.0.0.1:0"), phone("127.0.0.1:0"));
    let port = running.at(0).port();
    let local = SocketAddr::from(([127, 0, 0, 4], port));
    let nobody = Flow::udp(local, gone.local_addr().unwrap());
    drop(gone);
    let somebody = Flow::udp(local, phone.local_addr().unwrap());
    for mark in 0..50 {
        let to = |flow| Transmit {
            flow,
            bytes: Bytes::from(message(mark, 0)),
        };
        running.send([to(nobody), to(somebody)]);
        assert_eq!(hear(&phone), message(mark, 0));
        let (transmit, why) = running.failed();
        assert_eq!((transmit.flow, why), (nobody, Failure::Unreachable));
        assert_eq!(transmit.bytes, message(mark, 0));
    }
    assert_eq!(running.figures.udp_unreachable.get(), 50);
    running.until("100 sent", |figures| figures.udp_messages_out.get() == 100);
}

#[test]
fn a_v6_report_names_the_exact_flow_too() {
    let running = start(&[udp("[::]:0")], Answer::Nothing);
    let gone = phone("[::1]:0");
    let local = format!("[::1]:{}", running.at(0).port()).parse().unwrap();
    let nobody = Flow::udp(local, gone.local_addr().unwrap());
    drop(gone);
    running.send_one(nobody, message(1, 0));
    let (transmit, why) = running.failed();
    assert_eq!((transmit.flow, why), (nobody, Failure::Unreachable));
    assert_eq!(transmit.bytes, message(1, 0));
}

#[test]
fn unreachable_reports_can_be_left_unheard() {
    let mut config = config(&[udp("127.0.0.1:0")], Limits::default());
    config.report_unreachable = false;
    let running = ready(config, Answer::Nothing).run();
    let (gone, phone) = (phone("127.0.0.1:0"), phone("127.0.0.1:0"));
    let nobody = Flow::udp(running.at(0), gone.local_addr().unwrap());
    drop(gone);
    let somebody = Flow::udp(running.at(0), phone.local_addr().unwrap());
    for _ in 0..10 {
        running.send_one(nobody, "INVITE");
        running.send_one(somebody, "INVITE");
        assert_eq!(hear(&phone), b"INVITE");
    }
    assert_eq!(running.figures.failed.get(), 0);
}

#[test]
fn datagrams_the_kernel_had_no_room_for_are_counted() {
    let limits = DatagramLimits {
        receive_buffer: 8 << 10,
        ..DatagramLimits::default()
    };
    let ready = ready(config(&[udp("127.0.0.1:0")], limits), Answer::Nothing);
    assert!(ready.net().bound()[0].receive_buffer < 64 << 10);
    let (phone, server) = (phone("127.0.0.1:0"), ready.at(0));
    for mark in 0..500 {
        phone.send_to(&message(mark, 500), server).unwrap();
    }
    let running = ready.run();
    running.until("the first ones", |figures| {
        figures.udp_messages_in.get() > 0
    });
    // the count comes with the datagrams that follow the loss
    let mut after = 0;
    while running.figures.udp_kernel_drops.get() == 0 {
        let before = running.figures.udp_messages_in.get();
        phone.send_to(b"AFTER", server).unwrap();
        after += 1;
        running.until("one more", |figures| figures.udp_messages_in.get() > before);
    }
    let figures = &running.figures;
    assert_eq!(
        figures.udp_messages_in.get() + figures.udp_kernel_drops.get(),
        500 + after
    );
}

#[test]
fn more_than_may_wait_can_leave_in_one_go() {
    let limits = DatagramLimits {
        pending: 2 * BATCH,
        ..DatagramLimits::default()
    };
    let running = ready(config(&[udp("127.0.0.1:0")], limits), Answer::Nothing).run();
    let phone = phone("127.0.0.1:0");
    let flow = Flow::udp(running.at(0), phone.local_addr().unwrap());
    let one = |mark| Transmit {
        flow,
        bytes: Bytes::from(message(mark, 0)),
    };
    running.send((0..500).map(one));
    running.until("500 sent", |figures| figures.udp_messages_out.get() == 500);
    assert_eq!(running.figures.udp_pending_drops.get(), 0);
}

#[test]
fn the_granted_buffers_are_reported_and_never_more_than_was_asked() {
    let ready = ready(
        config(&[udp("127.0.0.1:0")], Limits::default()),
        Answer::Nothing,
    );
    let bound = ready.net().bound()[0];
    let asked = DatagramLimits::default();
    assert!(
        (100_000..=asked.receive_buffer).contains(&bound.receive_buffer),
        "{bound:?}"
    );
    assert!(
        (100_000..=asked.send_buffer).contains(&bound.send_buffer),
        "{bound:?}"
    );
}
