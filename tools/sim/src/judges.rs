//! Those who look from outside and say whether all is well.

mod ends;
mod lamps;
mod records;
mod tapes;
mod voices;
mod words;

use crate::crowd::power_back;
use crate::outcome::{Failure, Outcome};
use crate::scene::Scene;
use node::Ask;
use ports::Bucket;
use std::time::Duration;
use testkit::{LineId, Manner, PhoneId, Reaction};

const SECOND: Duration = Duration::from_secs(1);

/// A play, as its judges see it.
pub(crate) trait Stage {
    /// Everything there is.
    fn scene(&mut self) -> &mut Scene;
    /// Lets time pass; every packet is judged.
    fn pass(&mut self, time: Duration) -> Result<(), Failure>;
    /// Notes something in the trace.
    fn say(&mut self, text: &str);
}

/// Judges at the end of the busy time.
pub(crate) fn finale(stage: &mut impl Stage) -> Result<(), Failure> {
    stage.say("the busy time is over: all faults heal");
    heal(stage)?;
    stage.pass(SECOND * 150)?;
    ends::agree(stage.scene())?;
    lamps::agree(stage.scene())?;
    stage.say("everyone hangs up");
    hang_up_everything(stage);
    stage.pass(SECOND * 110)?;
    nothing_left(stage.scene())?;
    lamps::are_out(stage.scene())?;
    stage.say("everyone tries again");
    progress(stage)?;
    words::live(stage.scene())?;
    stage.say("everyone goes home");
    go_home(stage)?;
    records::judge(stage.scene())?;
    words::kept(stage.scene())?;
    voices::judge(stage.scene())?;
    tapes::judge(stage.scene())
}

fn phones(scene: &Scene) -> impl Iterator<Item = PhoneId> + use<> {
    (0..scene.world.phones.len()).map(PhoneId)
}

fn heal(stage: &mut impl Stage) -> Result<(), Failure> {
    let scene = stage.scene();
    scene.world.network.heal();
    if scene.world.exchange.is_none() {
        scene.world.restart();
    }
    scene.restore_all()?;
    for phone in phones(scene) {
        power_back(scene, phone);
        let world = &mut scene.world;
        world.with(phone, |phone, now| phone.register(600, now));
    }
    lamps::watch_anew(stage);
    for phone in phones(stage.scene()) {
        look_for_dead_calls(stage, phone)?;
    }
    Ok(())
}

/// A phone that listens to nobody would not notice that its call died with the process. One after
/// the other, so that no two offers cross.
fn look_for_dead_calls(stage: &mut impl Stage, phone: PhoneId) -> Result<(), Failure> {
    let lines = stage.scene().world.phones[phone.0].live();
    let talking = lines.filter(|line| line.is_talking());
    let talking: Vec<LineId> = talking.map(|line| line.id).collect();
    for line in talking {
        let world = &mut stage.scene().world;
        world.with(phone, |phone, now| phone.reoffer(line, now));
        stage.pass(SECOND * 3)?;
    }
    Ok(())
}

fn hang_up_everything(stage: &mut impl Stage) {
    let scene = stage.scene();
    for phone in phones(scene) {
        // registrations outlast what follows, and their transactions would look like leaks
        scene.world.phones[phone.0].manner.keeps_registered = false;
        let lines: Vec<LineId> = scene.world.phones[phone.0].live().map(|l| l.id).collect();
        for line in lines {
            scene
                .world
                .with(phone, |phone, now| phone.hang_up(line, now));
        }
    }
}

/// Everyone has hung up and time has passed.
fn nothing_left(scene: &mut Scene) -> Result<(), Failure> {
    let judge = "nothing is left over";
    let world = &scene.world;
    let Some(exchange) = &world.exchange else {
        return Err(Failure::new(judge, "the exchange is dead".to_owned()));
    };
    let figures = exchange.shard.figures();
    let transactions = exchange.shard.transaction_figures();
    let left = [
        ("calls", figures.live.calls),
        ("legs", figures.live.legs),
        ("recordings", figures.heard.recordings.present),
        ("faxes", figures.heard.faxes.present),
        ("calls for faxes", figures.heard.faxes.calling),
        ("faults of our own", figures.faulted_calls),
        ("client transactions", transactions.clients),
        ("server transactions", transactions.servers),
        (
            "media ports",
            u64::try_from(exchange.shard.port_figures().used).unwrap_or(1),
        ),
        ("media endpoints", exchange.road.figures().open),
        (
            "stored calls",
            u64::try_from(world.disk.count(Bucket::Calls)).unwrap_or(1),
        ),
    ];
    for (what, count) in left {
        if count != 0 {
            return Err(Failure::new(judge, format!("{count} {what}")));
        }
    }
    for phone in &world.phones {
        let (live, under_way) = (phone.live().count(), phone.under_way());
        if live != 0 || under_way != 0 {
            let name = &phone.account.username;
            let what = format!("{name}: {live} lines, {under_way} transactions");
            return Err(Failure::new(judge, what));
        }
    }
    Ok(())
}

/// A call between two people of every company succeeds.
fn progress(stage: &mut impl Stage) -> Result<(), Failure> {
    let judge = "after all faults have healed a call succeeds";
    for firm in 0..stage.scene().firms.len() {
        let scene = stage.scene();
        let people = scene.firms[firm].people.clone();
        let Some(caller) = people.first() else {
            continue;
        };
        let Some(callee) = people.iter().find(|person| person.number != caller.number) else {
            continue;
        };
        for person in &people {
            scene.world.phones[person.phone.0].manner = Manner {
                reaction: Reaction::Answer(SECOND),
                keeps_registered: false,
                ..Manner::default()
            };
        }
        let number = callee.number.clone();
        let line = scene
            .world
            .with(caller.phone, |phone, now| phone.call(&number, now));
        stage.pass(SECOND * 10)?;
        let scene = stage.scene();
        let held = scene.world.phones[caller.phone.0].line(line);
        let heard = held.heard.tokens.values().sum::<u64>();
        if !held.is_talking() || heard == 0 {
            let name = &scene.world.phones[caller.phone.0].account.username;
            let what = format!("{name} calls {number}: {:?}, heard {heard}", held.told);
            return Err(Failure::new(judge, what));
        }
        scene
            .world
            .with(caller.phone, |phone, now| phone.hang_up(line, now));
        stage.pass(SECOND * 40)?;
    }
    Ok(())
}

fn go_home(stage: &mut impl Stage) -> Result<(), Failure> {
    lamps::take_away(stage)?;
    let scene = stage.scene();
    for phone in phones(scene) {
        scene.world.with(phone, |phone, now| phone.register(0, now));
    }
    stage.pass(SECOND * 40)?;
    let scene = stage.scene();
    let judge = "nothing is left over";
    let Some(exchange) = &scene.world.exchange else {
        return Ok(());
    };
    let bindings = exchange.shard.figures().live.bindings;
    let stored = scene.world.disk.count(Bucket::Bindings);
    if bindings != 0 || stored != 0 {
        let what = format!("{bindings} bindings, {stored} stored");
        return Err(Failure::new(judge, what));
    }
    stage.pass(SECOND * 200)?;
    let exchange = stage.scene().world.exchange.as_ref();
    if let Some(at) = exchange.and_then(testkit::Exchange::deadline) {
        return Err(Failure::new(judge, format!("a timer at {at:?}")));
    }
    Ok(())
}

/// All live calls of a company.
fn live_calls(scene: &mut Scene, firm: usize) -> Vec<ports::LiveCall> {
    let id = scene.firms[firm].id;
    match scene.world.ask(id, Ask::Calls) {
        Some(node::Answer::Calls(_, calls)) => calls,
        Some(_) | None => Vec::new(),
    }
}

/// What the watched company saw must not depend on whether others were there.
pub(crate) fn interference(together: &Outcome, alone: &Outcome) -> Option<Failure> {
    let judge = "no company notices another";
    if let Some(failure) = &alone.failure {
        return Some(Failure::new(
            failure.judge,
            format!("alone: {}", failure.what),
        ));
    }
    for (phone, seen) in &together.watched {
        let other = alone.watched.get(phone).map_or(&[][..], Vec::as_slice);
        let differ = seen.iter().zip(other).position(|(a, b)| a != b);
        let first = differ.or_else(|| {
            let shorter = seen.len().min(other.len());
            (seen.len() != other.len()).then_some(shorter)
        });
        if let Some(at) = first {
            let none = "nothing".to_owned();
            let (a, b) = (
                seen.get(at).unwrap_or(&none),
                other.get(at).unwrap_or(&none),
            );
            let what = format!(
                "phone {} got as number {at}\n  with others: {a}\n  alone: {b}",
                phone.0
            );
            return Some(Failure::new(judge, what));
        }
    }
    None
}
