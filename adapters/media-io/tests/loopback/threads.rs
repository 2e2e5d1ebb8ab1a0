//! The threads themselves: several of them, their end, and orders that find nobody.

use std::net::UdpSocket;

use media::{Command, EndpointId, Prompts};
use media_io::SendProblem;

use crate::support::{PORT, Phone, Rig};

#[test]
fn an_order_for_a_thread_that_is_not_there_comes_back() {
    let mut rig = Rig::new();
    let id = EndpointId::new(0, 9, 0, 0);
    let refused = rig.control.send(Command::Close { id });
    assert!(matches!(refused, Err(SendProblem::Gone(Command::Close { id: of })) if of == id));
}

#[test]
fn threads_that_were_stopped_give_their_ports_back_and_take_no_orders() {
    let mut rig = Rig::new();
    let mut anna = Phone::new(1);
    let id = rig.leg(PORT, &anna);
    rig.echo(id);
    anna.say(rig.rtp_address(PORT), 1);
    anna.hear();
    assert!(UdpSocket::bind(rig.rtp_address(PORT)).is_err());
    let (at, mut control) = (rig.rtp_address(PORT), rig.control);
    rig.threads.stop();
    assert!(UdpSocket::bind(at).is_ok());
    let refused = control.send(Command::Close { id });
    assert!(matches!(refused, Err(SendProblem::Gone(_))));
}

#[test]
fn each_thread_serves_its_own_legs() {
    let mut rig = Rig::with(Prompts::new(), |config| config.workers = 3);
    for worker in 0..3 {
        let mut phone = Phone::new(1);
        let port = PORT + 2 * u16::from(worker);
        let id = EndpointId::new(0, worker, 0, 0);
        let local = media::LocalMedia {
            ip: rig.at.into(),
            rtp: port,
            rtcp: port + 1,
        };
        let here = phone.here();
        let expects = media::Expect::described(here, here.ip(), crate::support::pcmu());
        rig.order(Command::Open { id, local, expects });
        rig.echo(id);
        phone.say(rig.rtp_address(port), worker);
        assert_eq!(phone.hear().sound, [worker; 160]);
    }
    let open: Vec<u64> = rig.threads.figures().iter().map(|f| f.road.open).collect();
    assert_eq!(open, [1, 1, 1]);
}

#[test]
fn more_orders_than_one_round_obeys_are_all_obeyed() {
    let mut rig = Rig::new();
    let mut phones = Vec::new();
    for pair in 0..700_u16 {
        let phone = Phone::new(u32::from(pair));
        if pair < 20 {
            rig.leg(PORT, &phone);
        } else {
            let id = EndpointId::new(0, 0, 9_000, 0);
            rig.order(Command::Stop { id });
        }
        phones.push(phone);
        phones.truncate(20);
    }
    rig.figures(|figures| figures.road.open == 20 && figures.road.stale_commands == 680);
}
