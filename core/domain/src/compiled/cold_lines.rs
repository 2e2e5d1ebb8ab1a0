//! Trunks, numbers and routes of a compiled tenant at rest.

use std::sync::Arc;

use ids::{InboundRouteId, NumberId, OutboundRouteId, ScheduleId, TrunkId};
use serde::{Deserialize, Serialize};
use tenancy::Owner;

use super::cold_places::PlacesForm;
use super::lines::{CompiledInbound, CompiledNumber, CompiledOutbound, CompiledTrunk, Lines};
use super::rates::CompiledDeck;
use super::schedules::CompiledSchedule;
use super::signing::SigningForm;
use super::tolls::TollsForm;
use crate::dial_habits::DialHabits;
use crate::e164::E164;
use crate::inbound_route::InboundRoute;
use crate::outbound_route::OutboundRoute;
use crate::schedule::Schedule;
use crate::secret::Secret;
use crate::trunk::Trunk;

/// 128 bits of an id.
type Bits = [u8; 16];

/// The form of all of them.
#[derive(Serialize, Deserialize)]
pub(super) struct LinesForm {
    trunks: Vec<TrunkForm>,
    numbers: Vec<(Bits, u64, E164)>,
    signing: Vec<SigningForm>,
    schedules: Vec<(Bits, u64, Schedule)>,
    inbound: Vec<(Bits, u64, InboundRoute)>,
    outbound: Vec<(Bits, u64, OutboundRoute)>,
    places: PlacesForm,
    habits: Option<DialHabits>,
    tolls: TollsForm,
}

#[derive(Serialize, Deserialize)]
struct TrunkForm {
    id: Bits,
    revision: u64,
    own: bool,
    owner: Owner,
    spec: Trunk,
    secret: Option<String>,
}

impl LinesForm {
    /// The form of a tenant's.
    pub(super) fn of(lines: &Lines) -> LinesForm {
        let trunks = lines.trunks.iter().map(|trunk| TrunkForm {
            id: trunk.id.as_u128().to_be_bytes(),
            revision: trunk.revision,
            own: trunk.own,
            owner: trunk.owner,
            spec: (*trunk.spec).clone(),
            secret: trunk
                .secret
                .as_ref()
                .map(|secret| secret.reveal().to_owned()),
        });
        let numbers = lines.numbers.iter().map(|number| {
            let id = number.id.as_u128().to_be_bytes();
            (id, number.revision, number.e164.clone())
        });
        let schedules = lines.schedules.iter().map(|schedule| {
            let id = schedule.id.as_u128().to_be_bytes();
            (id, schedule.revision, schedule.spec.clone())
        });
        let inbound = lines.inbound.iter().map(|route| {
            let id = route.id.as_u128().to_be_bytes();
            (id, route.revision, (*route.spec).clone())
        });
        let outbound = lines.outbound.iter().map(|route| {
            let id = route.id.as_u128().to_be_bytes();
            (id, route.revision, (*route.spec).clone())
        });
        LinesForm {
            trunks: trunks.collect(),
            numbers: numbers.collect(),
            signing: lines.signing.iter().map(SigningForm::of).collect(),
            schedules: schedules.collect(),
            inbound: inbound.collect(),
            outbound: outbound.collect(),
            places: PlacesForm::of(&lines.places),
            habits: lines.habits.as_deref().cloned(),
            tolls: TollsForm::of(&lines.tolls),
        }
    }

    /// What the form was made of, with the rate decks, which are shared and so are kept beside it;
    /// `None` if it was made of nothing that can be.
    pub(super) fn warm(self, decks: &[Arc<CompiledDeck>]) -> Option<Lines> {
        let trunks = self.trunks.into_iter().map(|trunk| CompiledTrunk {
            id: TrunkId::from_u128(u128::from_be_bytes(trunk.id)),
            revision: trunk.revision,
            own: trunk.own,
            owner: trunk.owner,
            spec: Box::new(trunk.spec),
            secret: trunk.secret.and_then(|text| Secret::supplied(text).ok()),
        });
        let numbers = self
            .numbers
            .into_iter()
            .map(|(id, revision, e164)| CompiledNumber {
                id: NumberId::from_u128(u128::from_be_bytes(id)),
                revision,
                e164,
            });
        let signing = self.signing.into_iter().map(SigningForm::warm);
        let schedules = self.schedules.into_iter().map(|(id, revision, spec)| {
            let id = ScheduleId::from_u128(u128::from_be_bytes(id));
            Arc::new(CompiledSchedule::new(id, revision, spec))
        });
        let schedules: Box<[_]> = schedules.collect();
        let inbound = self.inbound.into_iter().map(|(id, revision, spec)| {
            let id = InboundRouteId::from_u128(u128::from_be_bytes(id));
            CompiledInbound::new((id, revision, Box::new(spec)), &schedules)
        });
        let inbound: Box<[_]> = inbound.collect();
        let outbound = self.outbound.into_iter().map(|(id, revision, spec)| {
            let id = OutboundRouteId::from_u128(u128::from_be_bytes(id));
            CompiledOutbound::new((id, revision, Box::new(spec)), &schedules)
        });
        let outbound: Box<[_]> = outbound.collect();
        let tolls = self.tolls.warm(&schedules);
        let lines = Lines {
            trunks: trunks.collect(),
            decks: decks.into(),
            numbers: numbers.collect(),
            signing: signing.collect::<Option<_>>()?,
            schedules,
            inbound,
            outbound,
            places: self.places.warm()?,
            habits: self.habits.map(Box::new),
            tolls,
        };
        Some(lines.in_order())
    }
}
