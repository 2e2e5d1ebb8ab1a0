//! The bounds of the tables, at the bound.

use super::*;

fn limits(clients: u32, servers: u32) -> Limits {
    Limits {
        clients,
        servers,
        ..Limits::default()
    }
}

#[test]
fn a_request_beyond_the_bound_of_clients_fails_as_if_its_transport_had() {
    let mut bench = Bench::within(limits(2, 1));
    bench.ask(udp(), "OPTIONS");
    bench.ask(udp(), "INVITE");
    assert_eq!(bench.told(), [""; 0]);
    let (key, _) = bench.ask(udp(), "OPTIONS");
    let Some(Event::ClientTransportFailed { key: failed, owner }) = bench.told.pop() else {
        panic!("it was not told");
    };
    assert_eq!((failed, owner), (key, Owner(7)));
    assert_eq!(
        bench.sent(),
        ["OPTIONS", "INVITE"],
        "nothing was sent for it"
    );
    assert_eq!(bench.transactions.figures().refused, 1);
    bench.pass_ms(32_000);
    bench.told.clear();
    bench.ask(udp(), "OPTIONS");
    assert_eq!(bench.told(), [""; 0], "there is room again");
}

#[test]
fn an_invite_beyond_the_bound_of_servers_is_answered_503_with_retry_after() {
    let mut bench = Bench::within(limits(1, 2));
    bench.asked(udp(), &request("INVITE", "z9hG4bK1", udp()));
    bench.asked(udp(), &request("INVITE", "z9hG4bK2", udp()));
    bench.hear(udp(), &request("INVITE", "z9hG4bK3", udp()));
    let refusal = read(&bench.sent.pop().unwrap().1);
    assert_eq!(
        (refusal.status(), refusal.retry_after()),
        (Some(503), Some(5))
    );
    assert_eq!(bench.told(), [""; 0]);
    let figures = bench.transactions.figures();
    assert_eq!((figures.refused, figures.servers), (1, 2));
}

#[test]
fn the_acks_of_so_many_forks_are_kept_and_those_of_more_are_left_to_the_owner() {
    let mut bench = Bench::new();
    let bound = Limits::default().acks;
    let (key, branch) = bench.ask(udp(), "INVITE");
    for fork in 0..=bound {
        let tag = format!("fork{fork}");
        bench.hear(udp(), &response("INVITE", &branch, 200, &tag));
        let ack = bytes::Bytes::from(request("ACK", "z9hG4bKack", udp()));
        bench.transactions.acknowledge(key, &tag, udp(), ack);
    }
    bench.collect();
    assert_eq!(bench.told().len(), bound + 1);
    bench.sent.clear();
    for fork in 0..=bound {
        bench.hear(
            udp(),
            &response("INVITE", &branch, 200, &format!("fork{fork}")),
        );
    }
    assert_eq!(bench.sent().len(), bound);
    assert_eq!(bench.told(), ["200"], "the last one is told again");
}

#[test]
fn a_key_never_means_another_transaction_later() {
    let mut bench = Bench::within(limits(1, 1));
    let (old, options) = bench.asked(tcp(), &request("OPTIONS", "z9hG4bK1", tcp()));
    bench.answer(old, &options, 200);
    let (new, _) = bench.asked(tcp(), &request("OPTIONS", "z9hG4bK2", tcp()));
    assert_ne!(old, new);
    bench.sent.clear();
    bench.answer(old, &options, 404);
    assert_eq!(bench.sent(), [""; 0]);
}
