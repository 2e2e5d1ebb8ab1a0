//! The loop itself: waking, deadlines, stopping, and refusing to begin.

use std::io::Write;
use std::net::{TcpListener, UdpSocket};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use machine::Instant;
use net::{
    BindError, CloseReason, Config, Failure, Handler, Limits, Net, Received, StreamLimits,
    Transmit, Waker,
};
use sip_message::flow::{Flow, Transport};

use crate::support::{
    Answer, Seen, config, flow_to, hear, message, phone, read_exactly, read_to_end, ready, start,
    tcp, udp,
};

/// Limits under which a peer that does not read is soon full.
fn narrow() -> Limits {
    StreamLimits {
        buffer: 4 << 10,
        ..StreamLimits::default()
    }
    .into()
}

/// Counts what is in its inbox.
#[derive(Default)]
struct Counter {
    inbox: Arc<Mutex<Vec<u32>>>,
    seen: Arc<AtomicUsize>,
}

impl Handler for Counter {
    fn receive(&mut self, _: &mut Vec<Received>, _: Instant, _: &mut Vec<Transmit>) {}
    fn closed(&mut self, _: Flow, _: CloseReason, _: Instant, _: &mut Vec<Transmit>) {}
    fn failed(&mut self, _: Transmit, _: Failure, _: Instant, _: &mut Vec<Transmit>) {}
    fn deadline(&self) -> Option<Instant> {
        None
    }
    fn expire(&mut self, _: Instant, _: &mut Vec<Transmit>) {}
    fn inbox(&mut self, _: Instant, _: &mut Vec<Transmit>) {
        let n = self.inbox.lock().unwrap().drain(..).count();
        self.seen.fetch_add(n, Ordering::SeqCst);
    }
}

#[test]
fn nothing_put_into_the_inbox_before_a_wake_is_left_there() {
    let waker = Waker::new().unwrap();
    let net = Net::bind(Config::new(vec![]), &waker).unwrap();
    let mut counter = Counter::default();
    let (inbox, seen) = (Arc::clone(&counter.inbox), Arc::clone(&counter.seen));
    let running = std::thread::spawn(move || net.run(&mut counter).unwrap());
    let posting: Vec<_> = (0..4)
        .map(|_| {
            let (waker, inbox) = (waker.clone(), Arc::clone(&inbox));
            std::thread::spawn(move || {
                for n in 0..5_000 {
                    inbox.lock().unwrap().push(n);
                    waker.wake();
                }
            })
        })
        .collect();
    for thread in posting {
        thread.join().unwrap();
    }
    // no further wake: what was posted last must be seen by the wakes there were
    let begun = std::time::Instant::now();
    while seen.load(Ordering::SeqCst) < 20_000 {
        assert!(
            begun.elapsed() < crate::support::PATIENCE,
            "a wake was lost"
        );
        std::thread::yield_now();
    }
    waker.stop();
    running.join().unwrap();
    assert_eq!(seen.load(Ordering::SeqCst), 20_000);
}

#[test]
fn what_is_in_the_inbox_when_the_loop_is_stopped_is_still_sent() {
    let mut running = start(&[udp("127.0.0.1:0")], Answer::Nothing);
    let phone = phone("127.0.0.1:0");
    running.send_one(Flow::udp(running.at(0), phone.local_addr().unwrap()), "BYE");
    running.stop();
    assert_eq!(hear(&phone), b"BYE");
}

#[test]
fn a_deadline_is_kept_and_not_before_its_time() {
    let mut config = config(&[udp("127.0.0.1:0")], Limits::default());
    config.clock = net::LoopClock::start();
    let at = config.clock.now() + std::time::Duration::from_millis(30);
    let mut ready = ready(config, Answer::Nothing);
    ready.probe.deadline = Some(at);
    let running = ready.run();
    match running.next() {
        Seen::Expired(now) => assert!(now >= at, "{now} is before {at}"),
        other => panic!("saw {other:?}"),
    }
    // and only once: since then the loop has slept until something came
    let phone = phone("127.0.0.1:0");
    phone.send_to(b"OPTIONS", running.at(0)).unwrap();
    assert_eq!(running.message().bytes, "OPTIONS");
    assert!(
        running.figures.turns.get() < 10,
        "{:?}",
        running.figures.turns
    );
}

#[test]
fn a_stopping_loop_writes_what_it_owes_a_slow_reader() {
    let limits = Limits {
        farewell: std::time::Duration::from_secs(10),
        ..narrow()
    };
    let mut running = ready(config(&[tcp("127.0.0.1:0")], limits), Answer::Nothing).run();
    let mut phone = running.dial(0);
    phone.write_all(&message(0, 0)).unwrap();
    let flow = running.message().flow;
    let owed: Vec<Bytes> = (0..90).map(|mark| message(mark, 10_000).into()).collect();
    running.send(owed.iter().map(|bytes| Transmit {
        flow,
        bytes: bytes.clone(),
    }));
    let reading = std::thread::spawn(move || read_to_end(&mut phone));
    running.stop();
    assert!(reading.join().unwrap() == owed.concat());
}

#[test]
fn a_stopping_loop_does_not_wait_for_a_peer_that_takes_nothing() {
    let limits = Limits {
        farewell: std::time::Duration::from_millis(50),
        ..narrow()
    };
    let mut running = ready(config(&[tcp("127.0.0.1:0")], limits), Answer::Nothing).run();
    let mut phone = running.dial(0);
    phone.write_all(&message(0, 0)).unwrap();
    let flow = running.message().flow;
    let owed = (0..90).map(|mark| Transmit {
        flow,
        bytes: message(mark, 10_000).into(),
    });
    running.send(owed);
    // it also goes on talking, which must not keep the loop busy
    phone.write_all(&message(1, 1000)).unwrap();
    running.stop();
}

#[test]
fn a_handler_that_answers_every_failure_with_another_cannot_stop_the_loop() {
    let listeners = [udp("127.0.0.1:0"), tcp("127.0.0.1:0")];
    let mut ready = ready(config(&listeners, Limits::default()), Answer::Echo);
    ready.probe.repeat_failures = true;
    let running = ready.run();
    let hopeless = flow_to(Transport::Udp, "[::1]:5060".parse().unwrap());
    running.send_one(hopeless, "for ever");
    running.until("many failures", |figures| figures.failed.get() > 10_000);
    let phone = phone("127.0.0.1:0");
    phone.send_to(b"OPTIONS", running.at(0)).unwrap();
    assert_eq!(running.message().bytes, "OPTIONS");
    assert_eq!(hear(&phone), b"OPTIONS");
    let mut stream = running.dial(1);
    stream.write_all(&message(1, 0)).unwrap();
    assert_eq!(
        read_exactly(&mut stream, message(1, 0).len()),
        message(1, 0)
    );
}

#[test]
fn a_listener_that_is_taken_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let listener = tcp(&taken.local_addr().unwrap().to_string());
    let error = Net::bind(Config::new(vec![listener]), &Waker::new().unwrap()).unwrap_err();
    assert!(
        matches!(error, BindError::Listener(named, _) if named == listener),
        "{error}"
    );
    assert!(
        error.to_string().contains(&listener.at.to_string()),
        "{error}"
    );
    let taken = UdpSocket::bind("127.0.0.1:0").unwrap();
    let listener = udp(&taken.local_addr().unwrap().to_string());
    assert!(Net::bind(Config::new(vec![listener]), &Waker::new().unwrap()).is_err());
}

#[test]
fn the_bounds_of_a_configuration_hold() {
    let waker = Waker::new().unwrap();
    let many = vec![udp("127.0.0.1:0"); Config::MAX_LISTENERS + 1];
    let error = Net::bind(Config::new(many), &waker).unwrap_err();
    assert!(matches!(error, BindError::TooManyListeners(257)), "{error}");
    let highest = Config {
        shard: Config::MAX_SHARD,
        ..Config::new(vec![])
    };
    assert!(Net::bind(highest, &waker).is_ok());
    let above = Config {
        shard: Config::MAX_SHARD + 1,
        ..Config::new(vec![])
    };
    assert!(matches!(
        Net::bind(above, &Waker::new().unwrap()),
        Err(BindError::Shard(_))
    ));
}

#[test]
fn loops_that_share_an_address_each_take_a_part() {
    let shared = |at: &str| {
        let mut config = config(&[udp(at)], Limits::default());
        config.share_addresses = true;
        ready(config, Answer::Echo)
    };
    let first = shared("127.0.0.1:0");
    let at = first.at(0);
    let second = shared(&at.to_string());
    let (first, second) = (first.run(), second.run());
    // the kernel chooses by the remote's address; of 64 phones some go either way
    for _ in 0..64 {
        let phone = phone("127.0.0.1:0");
        phone.send_to(b"OPTIONS", at).unwrap();
        assert_eq!(hear(&phone), b"OPTIONS");
    }
    let (a, b) = (
        &first.figures.udp_messages_in,
        &second.figures.udp_messages_in,
    );
    assert_eq!(a.get() + b.get(), 64);
    assert!(a.get() > 0 && b.get() > 0);
}

#[test]
fn every_figure_has_a_name_of_its_own() {
    let running = start(&[udp("127.0.0.1:0")], Answer::Nothing);
    let names: std::collections::BTreeSet<_> = running.figures.all().map(|(n, _)| n).collect();
    assert_eq!(names.len(), running.figures.all().count());
    assert!(names.contains("udp_kernel_drops"));
}
