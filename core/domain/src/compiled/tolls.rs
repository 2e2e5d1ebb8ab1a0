//! What a company's calls by trunks may cost: budgets and contained devices, compiled.

use std::sync::{Arc, LazyLock};

use ids::{DeviceId, ExtensionId, TollGuardId};
use machine::WallTime;
use serde::{Deserialize, Serialize};

use super::CompiledTenant;
use super::schedules::CompiledSchedule;
use crate::call_class::CallClass;
use crate::containment::Containment;
use crate::document::Resource;
use crate::e164::E164;
use crate::toll_budget::TollBudget;
use crate::toll_guard::TollGuard;

/// The budget of companies whose plan says nothing.
static STANDARD: LazyLock<TollBudget> = LazyLock::new(TollBudget::standard);

/// What a call by a trunk is, as budgets look at it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Toll {
    /// Its class.
    pub class: CallClass,
    /// What is called, where that is a number of the world.
    pub number: Option<E164>,
    /// What is called, as it was written for the route's first trunk.
    pub wire: String,
    /// What a minute costs in minor units by the dearest of the trunks that are tried, where each
    /// is the company's own and its rate decks say so.
    #[serde(default)]
    pub per_minute: Option<u32>,
}

/// One toll guard, compiled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct CompiledGuard {
    id: TollGuardId,
    revision: u64,
    spec: Box<TollGuard>,
    /// When it counts; `None` for always.
    schedule: Option<Arc<CompiledSchedule>>,
}

/// A budget that counts a call.
#[derive(Clone, Copy, Debug)]
pub struct Guarding<'a> {
    /// The guard's id; `None` for what the plan says.
    pub id: Option<TollGuardId>,
    /// The guard's name; empty for what the plan says.
    pub name: &'a str,
    /// Revision of its document; 0 for what the plan says.
    pub revision: u64,
    /// The budget.
    pub budget: &'a TollBudget,
}

/// All of a tenant's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Tolls {
    /// What the plan says, where it says something.
    pub(super) plan: Option<Box<TollBudget>>,
    /// By name.
    guards: Box<[CompiledGuard]>,
    /// By device.
    contained: Box<[(DeviceId, Option<WallTime>)]>,
}

impl Tolls {
    /// Compiles them, with the tenant's schedules at hand.
    pub(super) fn compile(
        guards: Vec<Resource<TollGuard>>,
        contained: Vec<Resource<Containment>>,
        schedules: &[Arc<CompiledSchedule>],
    ) -> Tolls {
        let guards = guards
            .into_iter()
            .map(|found| guard((found.id, found.revision, Box::new(found.spec)), schedules));
        let contained = contained
            .into_iter()
            .map(|found| (found.spec.device, found.spec.until));
        Tolls::in_order(None, guards.collect(), contained.collect())
    }

    fn in_order(
        plan: Option<Box<TollBudget>>,
        mut guards: Box<[CompiledGuard]>,
        mut contained: Box<[(DeviceId, Option<WallTime>)]>,
    ) -> Tolls {
        guards.sort_by_cached_key(|guard| guard.spec.name.clone());
        contained.sort_unstable();
        Tolls {
            plan,
            guards,
            contained,
        }
    }
}

fn guard(
    (id, revision, spec): (TollGuardId, u64, Box<TollGuard>),
    schedules: &[Arc<CompiledSchedule>],
) -> CompiledGuard {
    let mut schedules = schedules.iter();
    CompiledGuard {
        id,
        revision,
        schedule: schedules
            .find(|found| Some(found.id) == spec.schedule)
            .cloned(),
        spec,
    }
}

impl CompiledGuard {
    fn counts(&self, toll: &Toll, extension: Option<ExtensionId>, at: WallTime) -> bool {
        let spec = &self.spec;
        let its = spec.extensions.is_empty()
            || extension.is_some_and(|extension| spec.extensions.contains(&extension));
        let now = self
            .schedule
            .as_ref()
            .is_none_or(|schedule| spec.when.is_met_by(schedule.standing(at)));
        spec.enabled && its && now && spec.budget.counts(toll.class, toll.number.as_ref())
    }
}

impl CompiledTenant {
    /// The budgets that count a call of an extension's at a moment: what the plan says first, then
    /// the company's guards by name.
    pub fn guarding<'a>(
        &'a self,
        toll: &'a Toll,
        extension: Option<ExtensionId>,
        at: WallTime,
    ) -> impl Iterator<Item = Guarding<'a>> {
        let tolls = &self.lines.tolls;
        let plan = Guarding {
            id: None,
            name: "",
            revision: 0,
            budget: tolls.plan.as_deref().unwrap_or(&STANDARD),
        };
        let plan = Some(plan).filter(|by| by.budget.counts(toll.class, toll.number.as_ref()));
        let guards = tolls
            .guards
            .iter()
            .filter(move |guard| guard.counts(toll, extension, at));
        plan.into_iter().chain(guards.map(|guard| Guarding {
            id: Some(guard.id),
            name: &guard.spec.name,
            revision: guard.revision,
            budget: &guard.spec.budget,
        }))
    }

    /// The containments that are kept: device, and until when unless somebody releases it. Some
    /// may have ended.
    pub fn contained(&self) -> &[(DeviceId, Option<WallTime>)] {
        &self.lines.tolls.contained
    }

    /// The containment that is kept of a device: until when, unless somebody releases it. It may
    /// have ended.
    pub fn containment(&self, device: DeviceId) -> Option<Option<WallTime>> {
        let contained = self.contained();
        let found = contained.binary_search_by_key(&device, |(device, _)| *device);
        let (_, until) = found.ok().and_then(|index| contained.get(index))?;
        Some(*until)
    }

    /// Whether a device may not call out by trunks at a moment.
    pub fn contains(&self, device: DeviceId, at: WallTime) -> bool {
        let until = self.containment(device);
        until.is_some_and(|until| Containment::lasts(until, at))
    }
}

impl Guarding<'_> {
    /// What a minute of a call costs, in minor units. What rate decks say counts for a company's
    /// own guards alone: a plan's budget is not the company's to cheapen.
    pub fn price(&self, toll: &Toll) -> u32 {
        let known = toll.per_minute.filter(|_| self.id.is_some());
        known.unwrap_or_else(|| self.budget.price(toll.class, toll.number.as_ref()))
    }

    /// What it is called in explanations, with its revision.
    pub fn title(&self) -> String {
        match self.id {
            Some(_) => format!("toll guard {}, revision {}", self.name, self.revision),
            None => "the toll budget of the plan".to_owned(),
        }
    }
}

/// 128 bits of an id.
type Bits = [u8; 16];

/// The form of all of them at rest.
#[derive(Serialize, Deserialize)]
pub(super) struct TollsForm {
    plan: Option<Box<TollBudget>>,
    guards: Vec<(Bits, u64, TollGuard)>,
    contained: Vec<(Bits, Option<i64>)>,
}

impl TollsForm {
    /// The form of a tenant's.
    pub(super) fn of(tolls: &Tolls) -> TollsForm {
        let guards = tolls.guards.iter().map(|guard| {
            let id = guard.id.as_u128().to_be_bytes();
            (id, guard.revision, (*guard.spec).clone())
        });
        let contained = tolls.contained.iter().map(|(device, until)| {
            let until = until.map(WallTime::unix_ms);
            (device.as_u128().to_be_bytes(), until)
        });
        TollsForm {
            plan: tolls.plan.clone(),
            guards: guards.collect(),
            contained: contained.collect(),
        }
    }

    /// What the form was made of.
    pub(super) fn warm(self, schedules: &[Arc<CompiledSchedule>]) -> Tolls {
        let guards = self.guards.into_iter().map(|(id, revision, spec)| {
            let id = TollGuardId::from_u128(u128::from_be_bytes(id));
            guard((id, revision, Box::new(spec)), schedules)
        });
        let contained = self.contained.into_iter().map(|(device, until)| {
            let device = DeviceId::from_u128(u128::from_be_bytes(device));
            (device, until.map(WallTime::from_unix_ms))
        });
        Tolls::in_order(self.plan, guards.collect(), contained.collect())
    }
}
