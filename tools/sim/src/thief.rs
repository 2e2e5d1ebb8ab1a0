//! A stolen telephone: somebody has a password of the first company's and calls abroad by its trunk
//! as fast as it can, while a colleague and another company call as ever. What it costs must stay
//! within the budget, and nobody else may notice.

use crate::outcome::Failure;
use crate::scene::{Person, Scene, Trouble, now};
use admin::{containments, documents};
use domain::{Cdr, Containment, OutboundRoute, TollGuard, Trunk};
use ids::{DeviceId, TenantId};
use machine::Random;
use ports::Page;
use serde_json::json;
use std::net::SocketAddr;
use std::time::Duration;
use tenancy::TenantScope;
use testkit::{Account, PhoneId, Reaction};

const SECOND: Duration = Duration::from_secs(1);
/// Seconds that the thief is at work.
const SPREE: u64 = 1_800;
/// Minor units a minute, and within an hour at most.
const PRICE: u64 = 100;
const MOST: u64 = 2_500;
/// Every so many seconds a colleague and a neighbour call abroad.
const HONEST_EVERY: u64 = 300;
/// Plays one seed with a thief in it; tells what was lost beyond the budget, or who noticed.
pub(crate) fn judge(seed: u64) -> Option<Failure> {
    match Theft::begin(seed).and_then(Theft::play) {
        Ok(verdict) => verdict,
        Err(Trouble(what)) => Some(Failure::new("the scene of a theft is set", what)),
    }
}

struct Theft {
    scene: Scene,
    random: Random,
    thief: Person,
    /// A colleague of the thief's, and somebody of another company.
    honest: [Person; 2],
    /// What the exchange has contained and its host has kept.
    kept: usize,
    honest_calls: usize,
}

impl Theft {
    fn begin(seed: u64) -> Result<Theft, Trouble> {
        let mut scene = Scene::set(seed, &[0, 1])?;
        let carrier = carrier(&mut scene);
        for index in 0..scene.firms.len() {
            let firm = scene.firms.get(index).map(|firm| firm.id);
            furnish(&scene, firm.ok_or_else(nobody)?, index)?;
        }
        scene.follow()?;
        let mut people = Vec::new();
        for firm in &scene.firms {
            people.push((firm.people.first().cloned(), firm.people.last().cloned()));
        }
        let [(thief, colleague), (_, neighbour)] =
            <[_; 2]>::try_from(people).map_err(|_| nobody())?;
        let thief = thief.ok_or_else(nobody)?;
        let honest = [colleague.ok_or_else(nobody)?, neighbour.ok_or_else(nobody)?];
        for person in honest.iter().chain([&thief]) {
            let manner = &mut scene.world.phones[person.phone.0].manner;
            manner.reaction = Reaction::Answer(SECOND);
            manner.talks = Some(SECOND * 60);
            scene
                .world
                .with(person.phone, |phone, now| phone.register(3_600, now));
        }
        // the thief talks for as long as it is let
        scene.world.phones[thief.phone.0].manner.talks = None;
        scene.world.phones[carrier.0].manner.talks = None;
        scene.world.run(SECOND * 5);
        Ok(Theft {
            scene,
            random: Random::from_seed(seed).fork("thief"),
            thief,
            honest,
            kept: 0,
            honest_calls: 0,
        })
    }

    fn play(mut self) -> Result<Option<Failure>, Trouble> {
        for second in 0..SPREE {
            if self.random.chance(700) {
                self.call(self.thief.phone);
            }
            if second % HONEST_EVERY == 100 {
                for place in 0..self.honest.len() {
                    self.call(self.honest[place].phone);
                    self.honest_calls += 1;
                }
            }
            self.scene.world.run(SECOND);
            self.keep()?;
        }
        self.scene.world.run(SECOND * 200);
        self.verdict()
    }

    fn call(&mut self, phone: PhoneId) {
        let number = format!("00331402{:05}", self.random.below(100_000));
        self.scene
            .world
            .with(phone, |phone, now| phone.call(&number, now));
    }

    /// Keeps what the exchange has contained, as its host does.
    fn keep(&mut self) -> Result<(), Trouble> {
        let exchange = self.scene.world.exchange.as_ref();
        let contained = exchange.map(|exchange| exchange.contained.clone());
        for one in contained.unwrap_or_default().into_iter().skip(self.kept) {
            self.kept += 1;
            let (tenant, device) = (one.tenant, one.device);
            let office = &self.scene.office;
            now(containments::keep(
                office,
                tenant,
                device,
                one.until,
                &one.reason,
            ))?;
        }
        self.scene.follow()
    }

    fn verdict(&self) -> Result<Option<Failure>, Trouble> {
        let records = || self.scene.world.records.values();
        let of = |device: DeviceId| records().filter(move |cdr| cdr.caller.device == Some(device));
        let billed: u64 = of(self.thief.device).map(minutes).sum();
        if billed == 0 || billed * PRICE > MOST {
            let what = format!("{} minor units of {MOST} were lost", billed * PRICE);
            return Ok(Some(Failure::new("a theft stops within the budget", what)));
        }
        let mut held = Vec::new();
        for firm in &self.scene.firms {
            held.extend(self.contained(firm.id)?);
        }
        if held != [self.thief.device] {
            let what = format!("{held:?} are contained");
            return Ok(Some(Failure::new(
                "the abused device alone is contained",
                what,
            )));
        }
        let talked = self.honest.iter().map(|person| {
            let answered = of(person.device).filter(|cdr| cdr.answered_at.is_some());
            answered.count()
        });
        let talked: usize = talked.sum();
        if talked != self.honest_calls {
            let what = format!("{talked} of {} calls were answered", self.honest_calls);
            return Ok(Some(Failure::new("whoever is honest calls on", what)));
        }
        Ok(None)
    }

    fn contained(&self, tenant: TenantId) -> Result<Vec<DeviceId>, Trouble> {
        let scope = TenantScope::for_job(tenant, "simulation");
        let page = Page::first(100);
        let office = &self.scene.office;
        let list = now(documents::list::<Containment, _>(office, &scope, &page))?.items;
        Ok(list.into_iter().map(|one| one.spec.device).collect())
    }
}

/// Started minutes of a call.
fn minutes(cdr: &Cdr) -> u64 {
    let seconds = |answered| cdr.ended.saturating_since(answered).as_secs();
    cdr.answered_at
        .map_or(0, |answered| seconds(answered).div_ceil(60).max(1))
}

fn nobody() -> Trouble {
    Trouble("the companies have nobody".to_owned())
}

/// A carrier that answers whoever calls.
fn carrier(scene: &mut Scene) -> PhoneId {
    let account = Account {
        number: "+33140200000".to_owned(),
        username: "carrier".to_owned(),
        password: String::new(),
        domain: "carrier.example".to_owned(),
        display: "Carrier".to_owned(),
    };
    let address = SocketAddr::from(([203, 0, 113, 60], 5060));
    let phone = scene.world.phone(&account, address, None);
    scene.world.phones[phone.0].manner.reaction = Reaction::Answer(SECOND);
    phone
}

/// A trunk, a route abroad, and a budget for it.
fn furnish(scene: &Scene, firm: TenantId, index: usize) -> Result<(), Trouble> {
    let (office, scope) = (&scene.office, TenantScope::for_job(firm, "simulation"));
    let source = format!("203.0.113.{}", 70 + index);
    let trunk = json!({
        "name": "carrier", "mode": "peer", "peers": ["sip:203.0.113.60"], "sources": [source],
        "caps": {"concurrent_calls": 100, "calls_per_second": 10},
    });
    now(documents::create::<Trunk, _>(office, &scope, trunk))?;
    let route = json!({
        "name": "abroad", "patterns": [{"prefix": "00", "min": 6}], "strip": 2, "prepend": "+",
        "trunks": ["carrier"],
    });
    now(documents::create::<OutboundRoute, _>(office, &scope, route))?;
    let guard = json!({
        "name": "abroad", "budget": {
            "limits": {"spend_per_hour": MOST}, "prices": [{"per_minute": PRICE}],
        },
    });
    now(documents::create::<TollGuard, _>(office, &scope, guard))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stolen_telephone_costs_no_more_than_its_budget_and_nobody_else_notices() {
        for seed in 1..4 {
            if let Some(failure) = judge(seed) {
                panic!("seed {seed}: {}: {}", failure.judge, failure.what);
            }
        }
    }
}
