//! Fax over G.711.

use fax::{Engine, FaxResult, Job, Order, Tone, convert};

use crate::support::{
    End, a_law, assert_good, drawn, letter, mu_law, order, program, receiver, rows, sender, speak,
};

#[test]
fn ten_pages_of_a_pdf_arrive_bit_for_bit_over_mu_law() {
    let sent = convert(&program(), &letter(10)).unwrap();
    assert_eq!(sent.count(), 10);
    let (mut calling, mut called) = (End::of(sender(&sent)), End::of(receiver()));
    speak(&mut calling, &mut called, mu_law, 4);
    assert_good(&calling, 10);
    assert_good(&called, 10);
    let outcome = called.outcome();
    assert_eq!(outcome.station, "+49 30 111");
    assert_eq!(calling.outcome().station, "+49 30 222");
    assert_eq!(outcome.bits_per_second, 14_400);
    assert!(outcome.ecm);
    let received = called.engine.into_pages().unwrap();
    assert!(rows(&sent) == rows(&received), "pages differ");
    assert_eq!(received.sizes().next(), sent.sizes().next());
}

#[test]
fn a_page_arrives_bit_for_bit_over_a_law_and_a_long_way() {
    let sent = drawn(2, 600);
    let (mut calling, mut called) = (End::of(sender(&sent)), End::of(receiver()));
    speak(&mut calling, &mut called, a_law, 25);
    assert_good(&calling, 2);
    assert_good(&called, 2);
    let received = called.engine.into_pages().unwrap();
    assert!(rows(&sent) == rows(&received), "pages differ");
}

#[test]
fn a_page_arrives_without_correction_too() {
    let sent = drawn(1, 400);
    let pages = sent.clone();
    let told = Order {
        ecm: false,
        ..order(Job::Send { pages }, "+49 30 111")
    };
    let engine = Engine::start(&program(), &told).unwrap();
    let (mut calling, mut called) = (End::of(engine), End::of(receiver()));
    speak(&mut calling, &mut called, mu_law, 2);
    assert_good(&calling, 1);
    assert_good(&called, 1);
    assert!(!called.outcome().ecm);
    assert_eq!(called.outcome().bad_rows, 0);
    let received = called.engine.into_pages().unwrap();
    assert!(rows(&sent) == rows(&received), "pages differ");
}

#[test]
fn machines_hear_each_others_tones() {
    let sent = drawn(1, 100);
    let (mut calling, mut called) = (End::of(sender(&sent)), End::of(receiver()));
    speak(&mut calling, &mut called, mu_law, 2);
    assert_eq!(called.tones.first(), Some(&Tone::Cng));
    assert_eq!(calling.tones.first(), Some(&Tone::Ced));
    assert!(calling.tones.contains(&Tone::V21Preamble));
}

#[test]
fn a_line_with_station_and_page_is_printed_above_where_a_header_is_wanted() {
    let sent = drawn(1, 300);
    let pages = sent.clone();
    let told = Order {
        header: "Acme".into(),
        ..order(Job::Send { pages }, "+49 30 111")
    };
    let engine = Engine::start(&program(), &told).unwrap();
    let (mut calling, mut called) = (End::of(engine), End::of(receiver()));
    speak(&mut calling, &mut called, mu_law, 2);
    let received = called.engine.into_pages().unwrap();
    let (sent, received) = (rows(&sent), rows(&received));
    let line = received[0].len() - sent[0].len();
    assert!((16..=64).contains(&line), "{line}");
    assert_eq!(received[0][line..], sent[0]);
    let printed: usize = received[0][..line].iter().map(Vec::len).sum();
    assert!(printed > 500, "{printed}");
}

#[test]
fn a_call_that_ends_early_keeps_the_pages_that_are_whole() {
    let sent = drawn(3, 1000);
    let (mut calling, mut called) = (End::of(sender(&sent)), End::of(receiver()));
    let mut back = [0; 160];
    while called.pages.is_empty() {
        let there = calling.tick(&back).map(mu_law);
        back = called.tick(&there).map(mu_law);
    }
    called.engine.hang_up().unwrap();
    let outcome = called.engine.outcome().cloned().unwrap();
    let FaxResult::Failed { code, .. } = outcome.result else {
        panic!("{outcome:?}");
    };
    assert_eq!(code, "call-dropped");
    assert_eq!(outcome.pages, 1);
    let received = called.engine.into_pages().unwrap();
    assert_eq!(rows(&received)[0], rows(&sent)[0]);
}

#[test]
fn nobody_at_the_other_end_is_told_in_words() {
    let mut calling = End::of(sender(&drawn(1, 100)));
    let mut ticks = 0;
    while calling.outcome.is_none() {
        calling.tick(&[0; 160]);
        ticks += 1;
        assert!(ticks < 50 * 90, "it waits for a minute");
    }
    let FaxResult::Failed { code, words } = calling.outcome().result else {
        panic!("nobody has answered");
    };
    assert_eq!(code, "no-fax");
    assert_eq!(words, "No fax machine was heard at the other end.");
}
