//! Gateways have a registrar of their own, and what it stored is read by no other.

use super::scene::{Scene, request, scope_of, udp};
use crate::{Binding, GruuKey, Limits, Outcome, Output, Registrar};
use ids::{DeviceId, TrunkId};
use machine::{Instant, Random, WallTime};

const THERE: &str = "sip:pbx@198.51.100.7:5060";
const WORKS: TrunkId = TrunkId::from_u128(7);

/// A registrar of gateways at which one has registered, and what followed from that.
fn works() -> (Registrar<TrunkId>, Vec<Output<TrunkId>>) {
    let mut gateways = Registrar::new(Limits::default(), GruuKey::new([7; 32]));
    let (scope, asked, wall) = (scope_of(1), request(1, &[THERE]), WallTime::UNIX_EPOCH);
    let (mut random, mut out) = (Random::from_seed(1), Vec::new());
    let now = Instant::default();
    let outcome = gateways.register(&scope, WORKS, &asked, now, wall, &mut random, &mut out);
    assert!(matches!(outcome, Outcome::Bound(bound) if bound.len() == 1));
    (gateways, out)
}

/// What is put by for one binding.
fn stored<Who>(out: Vec<Output<Who>>) -> Vec<u8> {
    let bytes = out.into_iter().find_map(|output| match output {
        Output::Put { bytes, .. } => Some(bytes),
        Output::Removed { .. } | Output::Moved { .. } | Output::Changed { .. } => None,
    });
    bytes.unwrap_or_default()
}

#[test]
fn a_gateway_is_reached_by_its_trunk_within_its_tenant_alone() {
    let (gateways, _) = works();
    let bound = gateways.bindings(&scope_of(1), WORKS).iter();
    assert_eq!(bound.map(|one| one.flow).collect::<Vec<_>>(), [udp(5060)]);
    assert!(gateways.bindings(&scope_of(2), WORKS).is_empty());
}

#[test]
fn what_a_gateway_has_bound_is_never_read_as_a_devices_nor_the_other_way_round() {
    let (_, out) = works();
    let bytes = stored(out);
    assert!(Binding::<DeviceId>::from_bytes(&bytes).is_err());
    let read = Binding::<TrunkId>::from_bytes(&bytes);
    assert_eq!(read.map(|one| one.who), Ok(WORKS));
    let mut scene = Scene::new();
    scene.ask(&request(1, &[THERE]));
    let bytes = stored(std::mem::take(&mut scene.out));
    assert!(Binding::<DeviceId>::from_bytes(&bytes).is_ok());
    assert!(Binding::<TrunkId>::from_bytes(&bytes).is_err());
}
