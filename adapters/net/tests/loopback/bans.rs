//! Sources that the handler bars.

use std::io::Write;

use net::CloseReason;

use crate::support::{Answer, echoes, hear, is_turned_away, message, phone, start, tcp, udp};

#[test]
fn datagrams_of_a_barred_source_are_thrown_away_unseen_and_others_are_heard() {
    let running = start(&[udp("127.0.0.1:0")], Answer::Echo);
    let (scanner, neighbour) = (phone("127.0.0.9:0"), phone("127.0.0.1:0"));
    running.bar(&["127.0.0.9"]);
    for mark in 0..10 {
        scanner.send_to(&message(mark, 0), running.at(0)).unwrap();
    }
    // neither a keep-alive nor a STUN request is worth an answer
    scanner.send_to(b"\r\n\r\n", running.at(0)).unwrap();
    neighbour.send_to(&message(99, 0), running.at(0)).unwrap();
    assert_eq!(hear(&neighbour), message(99, 0));
    running.until("eleven", |figures| figures.udp_barred.get() == 11);
    assert_eq!(running.message().bytes, message(99, 0));
    running.bar(&[]);
    scanner.send_to(&message(7, 0), running.at(0)).unwrap();
    assert_eq!(hear(&scanner), message(7, 0));
}

#[test]
fn a_connection_of_a_barred_source_is_closed_at_its_next_word_and_no_other_is_accepted() {
    let running = start(&[tcp("127.0.0.1:0")], Answer::Echo);
    let mut stream = running.dial(0);
    echoes(&mut stream, 1);
    running.message();
    running.bar(&["127.0.0.1"]);
    assert!(is_turned_away(&mut running.dial(0)));
    stream.write_all(&message(3, 0)).unwrap();
    assert!(is_turned_away(&mut stream));
    assert_eq!(running.closed().1, CloseReason::Barred);
    running.until("both", |figures| figures.tcp_barred.get() == 2);
    running.bar(&[]);
    echoes(&mut running.dial(0), 2);
}
