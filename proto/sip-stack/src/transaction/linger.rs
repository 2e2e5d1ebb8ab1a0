//! Linger: answered requests in the order of their answers, so that the oldest can make room.

use std::collections::VecDeque;

use super::table::{Slot, Table};

/// Non-INVITE server transactions that only wait for Timer J. All wait equally long, so the order
/// of their answers is the order of their ends.
#[derive(Default)]
pub(super) struct Linger {
    order: VecDeque<Slot>,
}

impl Linger {
    /// A transaction was answered just now.
    pub(super) fn begin(&mut self, slot: Slot) {
        self.order.push_back(slot);
    }

    /// The one that has waited longest.
    pub(super) fn take_oldest<T>(&mut self, servers: &Table<T>) -> Option<Slot> {
        self.forget_ended(servers);
        self.order.pop_front()
    }

    /// Forgets those at the front that have ended.
    pub(super) fn forget_ended<T>(&mut self, servers: &Table<T>) {
        let ended = |slot: &Slot| servers.get(*slot).is_none();
        while self.order.front().is_some_and(ended) {
            self.order.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use crate::transaction::{Event, Limits, ServerKey, TRANSACTION_LIFE, Transactions};
    use machine::{Instant, Random};
    use sip_message::{Flow, Limits as MessageLimits, Message};

    const NOW: Instant = Instant::from_millis(1_000);

    fn flow() -> Flow {
        let (server, phone) = ("192.0.2.1:5060", "192.0.2.9:5060");
        Flow::udp(server.parse().unwrap(), phone.parse().unwrap())
    }

    fn transactions(servers: u32) -> Transactions {
        let limits = Limits {
            servers,
            ..Limits::default()
        };
        Transactions::new(limits, Random::from_seed(1))
    }

    /// Gives request number `n` and tells what it begins.
    fn ask(transactions: &mut Transactions, n: u32, now: Instant) -> Option<(ServerKey, Message)> {
        let text = format!(
            "OPTIONS sip:192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.9;branch=z9hG4bKn{n}\r\n\
             Max-Forwards: 70\r\nFrom: <sip:a@b.example>;tag=1\r\nTo: <sip:b@b.example>\r\n\
             Call-ID: {n}\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n"
        );
        let message = Message::parse(text.into(), &MessageLimits::DEFAULT).unwrap();
        transactions.receive(flow(), message, now);
        match transactions.poll() {
            Some(Event::Request { key, message, .. }) => Some((key, message)),
            Some(other) => panic!("a request begins nothing else: {other:?}"),
            None => None,
        }
    }

    fn serve(transactions: &mut Transactions, n: u32, now: Instant) -> bool {
        let Some((key, message)) = ask(transactions, n, now) else {
            return false;
        };
        transactions.respond_simply(key, &message, 200, now);
        true
    }

    #[test]
    fn a_full_table_forgets_the_oldest_answer_and_serves_the_new_request() {
        let mut transactions = transactions(3);
        for n in 0..10 {
            assert!(serve(&mut transactions, n, NOW), "request {n} is served");
        }
        let figures = transactions.figures();
        assert_eq!(
            (figures.servers, figures.hastened, figures.refused),
            (3, 7, 0)
        );
        assert!(
            ask(&mut transactions, 9, NOW).is_none(),
            "the newest is remembered"
        );
        assert!(
            ask(&mut transactions, 0, NOW).is_some(),
            "the oldest is not"
        );
    }

    #[test]
    fn a_table_full_of_unanswered_requests_refuses_more() {
        let mut transactions = transactions(2);
        assert!(ask(&mut transactions, 0, NOW).is_some());
        assert!(ask(&mut transactions, 1, NOW).is_some());
        assert!(ask(&mut transactions, 2, NOW).is_none());
        let figures = transactions.figures();
        assert_eq!((figures.hastened, figures.refused), (0, 1));
    }

    #[test]
    fn what_ended_by_itself_makes_no_room_twice() {
        let mut transactions = transactions(2);
        assert!(serve(&mut transactions, 0, NOW));
        let later = NOW + TRANSACTION_LIFE;
        transactions.expire(later);
        assert_eq!(transactions.figures().servers, 0);
        for n in 1..=2 {
            assert!(ask(&mut transactions, n, later).is_some());
        }
        assert!(
            ask(&mut transactions, 3, later).is_none(),
            "nothing lingers"
        );
        assert_eq!(transactions.next_deadline(), Some(later + TRANSACTION_LIFE));
    }

    #[test]
    fn an_answer_without_state_leaves_nothing_behind() {
        let mut transactions = transactions(8);
        let (key, message) = ask(&mut transactions, 1, NOW).unwrap();
        let bytes = transactions.response(key, &message, 401).finish();
        transactions.respond_statelessly(key, bytes);
        let mut sent = Vec::new();
        transactions.take_transmits(&mut sent);
        assert_eq!(sent.len(), 1);
        assert_eq!(transactions.figures().servers, 0);
        assert_eq!(transactions.next_deadline(), None);
        let again = ask(&mut transactions, 1, NOW);
        assert!(again.is_some(), "its repetition is a new request");
    }
}
