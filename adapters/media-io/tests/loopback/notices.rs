//! What the threads tell and count.

use std::net::UdpSocket;

use media::{Command, EndpointId, Notice, Refusal};

use crate::support::{PORT, Phone, Rig};

#[test]
fn where_a_phone_speaks_from_is_told_once_it_has_spoken() {
    let mut rig = Rig::new();
    let mut anna = Phone::new(1);
    let id = rig.leg(PORT, &anna);
    rig.echo(id);
    anna.say(rig.rtp_address(PORT), 1);
    let told = rig.notice(|notice| matches!(notice, Notice::Learnt { .. }));
    let from = anna.here();
    assert_eq!(told, Notice::Learnt { id, from });
}

#[test]
fn a_leg_that_ends_is_summed_up() {
    let mut rig = Rig::new();
    let mut anna = Phone::new(1);
    let id = rig.leg(PORT, &anna);
    rig.echo(id);
    for word in 0..5 {
        anna.say(rig.rtp_address(PORT), word);
        anna.hear();
    }
    rig.order(Command::Close { id });
    let told = rig.notice(|notice| matches!(notice, Notice::Closed { .. }));
    let Notice::Closed { id: of, figures } = told else {
        unreachable!()
    };
    assert_eq!(of, id);
    assert_eq!((figures.received.packets, figures.sent.packets), (5, 5));
    assert_eq!((figures.received.lost, figures.strangers), (0, 0));
    rig.figures(|figures| figures.road.open == 0);
}

#[test]
fn a_strangers_packet_reaches_nobody_and_is_counted() {
    let mut rig = Rig::new();
    let (mut anna, bert) = (Phone::new(1), Phone::new(2));
    let (a, b) = (rig.leg(PORT, &anna), rig.leg(PORT + 2, &bert));
    rig.bridge(a, b);
    anna.say(rig.rtp_address(PORT), 1);
    assert_eq!(bert.hear().sound, [1; 160]);
    let mut stranger = Phone::new(3);
    for _ in 0..10 {
        stranger.say(rig.rtp_address(PORT), 9);
    }
    rig.figures(|figures| figures.road.strangers == 10);
    anna.say(rig.rtp_address(PORT), 2);
    assert_eq!(
        bert.hear().sound,
        [2; 160],
        "the next thing heard is anna's"
    );
}

#[test]
fn what_is_no_packet_at_all_is_counted_and_harms_nobody() {
    let mut rig = Rig::new();
    let mut anna = Phone::new(1);
    let id = rig.leg(PORT, &anna);
    rig.echo(id);
    anna.say(rig.rtp_address(PORT), 1);
    anna.hear();
    for octets in [&b""[..], b"x", b"\r\n\r\n", &[0xff; 1_500], &[0x80; 12]] {
        anna.send(rig.rtp_address(PORT), octets);
    }
    anna.say(rig.rtp_address(PORT), 2);
    while anna.hear().sound != [2; 160] {}
    let figures = rig.figures(|figures| figures.received >= 7);
    assert_eq!(figures.panics, 0);
}

#[test]
fn a_port_that_somebody_else_has_is_refused_by_name() {
    let mut rig = Rig::new();
    let taken = UdpSocket::bind(rig.rtp_address(PORT + 1)).unwrap();
    let anna = Phone::new(1);
    let id = rig.leg(PORT, &anna);
    let because = Refusal::PortUnusable;
    let told = rig.notice(|notice| matches!(notice, Notice::Refused { .. }));
    assert_eq!(told, Notice::Refused { id, because });
    drop(taken);
}

#[test]
fn no_more_sockets_are_opened_than_the_bound() {
    let mut rig = Rig::with(media::Prompts::new(), |config| {
        config.sockets_per_worker = 4
    });
    let anna = Phone::new(1);
    let fit = [rig.leg(PORT, &anna), rig.leg(PORT + 2, &anna)];
    let surplus = rig.leg(PORT + 4, &anna);
    let told = rig.notice(|notice| matches!(notice, Notice::Refused { .. }));
    assert_eq!(told.id(), surplus);
    let figures = rig.figures(|figures| figures.road.open == 2);
    assert!(figures.sockets <= 4, "{figures:?}");
    assert!(!fit.contains(&surplus));
}

#[test]
fn a_figure_that_is_asked_for_comes_back() {
    let mut rig = Rig::new();
    let mut anna = Phone::new(1);
    let id = rig.leg(PORT, &anna);
    rig.echo(id);
    anna.say(rig.rtp_address(PORT), 1);
    anna.hear();
    rig.order(Command::Report { id });
    let told = rig.notice(|notice| matches!(notice, Notice::Figures { .. }));
    let Notice::Figures { figures, .. } = told else {
        unreachable!()
    };
    assert_eq!(figures.received.packets, 1);
}

#[test]
fn an_order_for_a_leg_that_is_gone_changes_nothing_and_is_counted() {
    let mut rig = Rig::new();
    let id = EndpointId::new(0, 0, 77, 3);
    rig.order(Command::Close { id });
    rig.figures(|figures| figures.road.stale_commands == 1);
}
