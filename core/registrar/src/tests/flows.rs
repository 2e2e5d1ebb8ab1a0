//! Bindings and the flows they came on (RFC 5626 §5).

use super::scene::{Scene, device, request, scope_of, tcp, udp};
use crate::{Output, Registration};
use sip_message::Flow;

const DESK: &str = "sip:101@198.51.100.7:5060";
const CELL: &str = "sip:101@203.0.113.9:5062";

fn over(flow: Flow, cseq: u32, uri: &str) -> Registration<'_> {
    Registration {
        flow,
        ..request(cseq, &[uri])
    }
}

fn close(scene: &mut Scene, flow: Flow) {
    scene.out.clear();
    scene.registrar.flow_closed(flow, &mut scene.out);
}

// rfc: 5626 §5.3
#[test]
fn a_closed_connection_takes_its_bindings_with_it_and_no_others() {
    let mut scene = Scene::new();
    scene.ask(&over(tcp(7), 1, DESK));
    scene.ask(&over(tcp(8), 2, CELL));
    scene.ask_as(&scope_of(2), device(9), &over(tcp(7), 1, DESK));
    close(&mut scene, tcp(7));
    assert_eq!(scene.reached(), [CELL]);
    assert!(scene.registrar.all(&scope_of(2)).is_empty());
    let removed = |output: &&Output| matches!(output, Output::Removed { .. });
    assert_eq!(scene.out.iter().filter(removed).count(), 2);
    close(&mut scene, tcp(7));
    assert_eq!(scene.out, [], "closed once");
}

#[test]
fn a_phone_that_came_back_on_another_connection_does_not_die_with_the_first() {
    let mut scene = Scene::new();
    scene.ask(&over(tcp(7), 1, DESK));
    scene.ask(&over(tcp(8), 2, DESK));
    close(&mut scene, tcp(7));
    assert_eq!(scene.reached(), [DESK]);
    close(&mut scene, tcp(8));
    assert!(scene.registrar.is_empty());
    assert_eq!(scene.registrar.deadline(), None);
}

#[test]
fn a_phone_that_changed_to_datagrams_is_free_of_its_connection() {
    let mut scene = Scene::new();
    scene.ask(&over(tcp(7), 1, DESK));
    scene.ask(&over(udp(5060), 2, DESK));
    close(&mut scene, tcp(7));
    assert_eq!(scene.reached(), [DESK]);
}

#[test]
fn datagrams_have_no_end() {
    let mut scene = Scene::new();
    scene.ask(&over(udp(5060), 1, DESK));
    close(&mut scene, udp(5060));
    assert_eq!(scene.reached(), [DESK]);
}

#[test]
fn a_binding_that_ended_by_itself_is_not_ended_again_by_its_connection() {
    let mut scene = Scene::new();
    scene.ask(&over(tcp(7), 1, DESK));
    scene.after(3_601);
    close(&mut scene, tcp(7));
    assert_eq!(scene.out, []);
}
