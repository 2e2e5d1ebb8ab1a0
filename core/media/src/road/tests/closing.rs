//! Opening, closing, and orders that come too late.

use super::*;

#[test]
fn closing_answers_with_final_figures_and_frees_everything() {
    let mut rig = Rig::new();
    let (a, b) = rig.bridged();
    rig.rtp(30_000, A, pcmu(7, 1)).unwrap();
    rig.rtp(30_002, B, pcmu(8, 1)).unwrap();
    rig.take_notices();
    let figures = rig.figures(a);
    assert_eq!((figures.received.packets, figures.sent.packets), (1, 1));
    rig.order(Command::Close { id: a });
    assert_eq!(rig.take_notices(), [Notice::Closed { id: a, figures }]);
    assert_eq!(rig.rtp(30_000, A, pcmu(7, 2)), Err(STRANGER));
    assert_eq!(rig.rtp(30_002, B, pcmu(8, 2)), Err(Verdict::Absorbed));
    rig.order(Command::Close { id: b });
    assert_eq!(rig.road.figures().open, 0);
    assert_eq!(rig.road.table.len(), 0);
    assert_eq!(rig.road.timers.len(), 0);
}

#[test]
fn orders_for_an_unknown_or_older_endpoint_are_counted_and_change_nothing() {
    let mut rig = Rig::new();
    let (a, b) = rig.bridged();
    rig.take_notices();
    let older = EndpointId::new(0, 0, a.place(), u32::MAX);
    let unknown = EndpointId::new(0, 0, 99, 0);
    for id in [older, unknown] {
        let before = rig.road.figures().stale_commands;
        for order in [
            Command::Describe {
                id,
                expects: plain("6.6.6.6:6"),
            },
            Command::Bridge { a: id, b },
            Command::Bridge { a: b, b: id },
            Command::Unbridge { id },
            Command::Echo { id },
            Command::Play {
                id,
                prompt: PROMPT,
                codec: PLAY,
                looped: true,
            },
            Command::Stop { id },
            Command::Hold { id, held: true },
            Command::Report { id },
            Command::Close { id },
        ] {
            rig.order(order);
        }
        assert_eq!(rig.road.figures().stale_commands, before + 10);
    }
    assert_eq!(rig.take_notices(), []);
    assert_eq!(rig.rtp(30_000, A, pcmu(7, 1)).unwrap().to, addr(B));
}

#[test]
fn opening_twice_is_stale_and_a_younger_generation_takes_the_place() {
    let mut rig = Rig::new();
    let (a, _) = rig.bridged();
    rig.open_as(a, 30_008, plain("6.6.6.6:6"));
    assert_eq!(rig.road.figures().stale_commands, 1);
    assert_eq!(rig.rtp(30_000, A, pcmu(7, 1)).unwrap().to, addr(B));
    rig.take_notices();
    let younger = EndpointId::new(0, 0, a.place(), a.generation() + 1);
    rig.open_as(younger, 30_008, plain("6.6.6.6:6"));
    assert!(matches!(rig.take_notices()[..], [Notice::Closed { id, .. }] if id == a));
    assert_eq!(rig.rtp(30_000, A, pcmu(7, 2)), Err(STRANGER));
    assert_eq!(
        rig.rtp(30_008, "6.6.6.6:6", pcmu(7, 2)),
        Err(Verdict::Absorbed)
    );
    rig.open_as(a, 30_000, plain(A));
    assert_eq!(
        rig.road.figures().stale_commands,
        2,
        "an older one does not"
    );
}

#[test]
fn a_full_road_refuses() {
    let mut rig = Rig::with(Limits {
        endpoints: 2,
        ..Limits::default()
    });
    let (a, _) = rig.bridged();
    let c = rig.open(30_004, plain(A));
    let because = crate::Refusal::Full;
    assert_eq!(rig.take_notices(), [Notice::Refused { id: c, because }]);
    rig.order(Command::Close { id: a });
    rig.take_notices();
    rig.open(30_004, plain(A));
    assert_eq!(rig.take_notices(), []);
}

#[test]
fn a_leg_in_the_place_of_a_closed_one_has_nothing_of_it() {
    let mut rig = Rig::new();
    let (a, b) = rig.bridged();
    rig.rtp(30_000, A, pcmu(7, 1)).unwrap();
    rig.order(Command::Close { id: a });
    let c = rig.open(30_000, plain(A));
    assert_eq!(
        rig.rtp(30_000, A, pcmu(7, 2)),
        Err(Verdict::Absorbed),
        "not bridged"
    );
    assert_eq!(rig.figures(c).received.packets, 1);
    assert_eq!(rig.rtp(30_002, B, pcmu(8, 1)), Err(Verdict::Absorbed));
    rig.order(Command::Bridge { a: b, b: c });
    assert_eq!(rig.rtp(30_000, A, pcmu(7, 3)).unwrap().to, addr(B));
}

#[test]
fn the_list_of_a_port_survives_closing_in_any_order() {
    for order in [
        [0, 1, 2],
        [0, 2, 1],
        [1, 0, 2],
        [1, 2, 0],
        [2, 0, 1],
        [2, 1, 0],
    ] {
        let mut rig = Rig::new();
        let ips = ["7.0.0.1", "7.0.0.2", "7.0.0.3"];
        let legs = ips.map(|at| rig.open(30_000, behind_nat("10.0.0.1:4000", at)));
        for (done, closed) in order.into_iter().enumerate() {
            rig.order(Command::Close { id: legs[closed] });
            for (at, ip) in ips.iter().enumerate() {
                let from = format!("{ip}:9");
                let open = !order[..=done].contains(&at);
                let verdict = rig.rtp(30_000, &from, pcmu(1, u16::try_from(done).unwrap()));
                assert_eq!(
                    verdict == Err(Verdict::Absorbed),
                    open,
                    "{order:?} {done} {at}"
                );
            }
        }
    }
}

#[test]
fn many_legs_come_and_go_without_a_trace() {
    let mut rig = Rig::new();
    for round in 0..3_u32 {
        let ids: Vec<EndpointId> = (0..2000_u16)
            .map(|n| {
                let id = EndpointId::new(0, 0, n, round);
                let expects = plain(&format!("5.0.{}.{}:4000", n / 250, n % 250));
                rig.open_as(id, 20_000 + n / 10 * 2, expects);
                id
            })
            .collect();
        for pair in ids.chunks(2) {
            rig.order(Command::Bridge {
                a: pair[0],
                b: pair[1],
            });
        }
        let sent = rig.rtp(20_000, "5.0.0.0:4000", pcmu(1, 1)).unwrap();
        assert_eq!(sent.to, addr("5.0.0.1:4000"));
        for id in ids {
            rig.order(Command::Close { id });
        }
        assert_eq!((rig.road.table.len(), rig.road.timers.len()), (0, 0));
        assert_eq!(rig.road.figures().open, 0);
    }
    assert_eq!(rig.road.legs.len(), 2000);
}
