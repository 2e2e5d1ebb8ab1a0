//! What a company can read of itself, and what the operator can read of all.

use super::records::stored;
use super::{Failure, live_calls};
use crate::canaries::name_in;
use crate::scene::Scene;
use domain::Event;
use node::{Answer, Ask};
use std::fmt::Debug;

const JUDGE: &str = "no company learns of another";

/// What a company is told of its calls and registrations at this moment names no other one, and
/// the exchange's figures name none at all: a label of theirs is an id.
pub(super) fn live(scene: &mut Scene) -> Result<(), Failure> {
    for firm in 0..scene.firms.len() {
        let calls = live_calls(scene, firm);
        its_own(scene, firm, "calls", &calls)?;
        let id = scene.firms[firm].id;
        for ask in [Ask::Registrations, Ask::Usage] {
            let answer = scene.world.ask(id, ask);
            its_own(scene, firm, "answers", &answer.as_ref().map(said))?;
        }
    }
    figures(scene)
}

/// An answer as text.
fn said(answer: &Answer) -> String {
    format!("{answer:?}")
}

/// What a company can read afterwards, in its records and its event log, names no other one.
pub(super) fn kept(scene: &mut Scene) -> Result<(), Failure> {
    for firm in 0..scene.firms.len() {
        let records = stored(scene, firm)?;
        its_own(scene, firm, "records", &records)?;
        let id = scene.firms[firm].id;
        let exchange = scene.world.exchange.as_ref();
        let events = exchange.map_or(&[][..], |exchange| exchange.events.as_slice());
        let events: Vec<&Event> = events.iter().filter(|event| event.tenant == id).collect();
        its_own(scene, firm, "events", &events)?;
    }
    Ok(())
}

fn its_own(scene: &Scene, firm: usize, what: &str, read: &impl Debug) -> Result<(), Failure> {
    let (own, text) = (scene.firms[firm].index, format!("{read:?}"));
    match name_in(text.as_bytes(), |index| index != own) {
        Some(word) => Err(Failure::new(
            JUDGE,
            format!("company {own} reads \"{word}\" in its {what}: {text}"),
        )),
        None => Ok(()),
    }
}

fn figures(scene: &Scene) -> Result<(), Failure> {
    let Some(exchange) = &scene.world.exchange else {
        return Ok(());
    };
    let shard = &exchange.shard;
    let tenants: Vec<_> = shard.per_tenant().collect();
    let page = format!(
        "{:?} {:?} {:?} {tenants:?}",
        shard.figures(),
        shard.transaction_figures(),
        exchange.road.figures(),
    );
    match name_in(page.as_bytes(), |_| true) {
        Some(word) => Err(Failure::new(
            JUDGE,
            format!("\"{word}\" in figures: {page}"),
        )),
        None => Ok(()),
    }
}
