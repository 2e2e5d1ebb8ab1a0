//! The figures as a table.

use crate::ceiling::Moved;
use crate::relay::Step;
use crate::search::Found;
use crate::suite::Results;
use std::fmt::Write;

/// Writing into a string cannot fail.
macro_rules! line {
    ($text:expr, $($what:tt)*) => {{ let _written = writeln!($text, $($what)*); }};
}

/// The table.
pub(crate) fn table(results: &Results) -> String {
    let mut text = String::new();
    line!(text, "{}; {:.0} s", results.machine, results.seconds);
    line!(
        text,
        "\"per core\" is 1 second of the exchange's processor time, kernel included\n"
    );
    line!(text, "{:<44} {:>12} {:>14}", "", "per second", "per core");
    found(
        &mut text,
        "registrations with digest",
        &results.registrations,
    );
    found(
        &mut text,
        "calls with anchored media, 1 s each",
        &results.calls,
    );
    media(&mut text, results);
    line!(text, "");
    let micros = |found: &Found| found.best.as_ref().map(|best| best.micros);
    if let Some(times) = micros(&results.registrations) {
        line!(
            text,
            "registration time p50/p99: {} / {} us",
            times.p50,
            times.p99
        );
    }
    if let Some(times) = micros(&results.calls) {
        line!(
            text,
            "call set-up time p50/p99:  {} / {} us",
            times.p50,
            times.p99
        );
    }
    memory(&mut text, results);
    overload(&mut text, results);
    parser(&mut text, results);
    text
}

/// What the parser does alone, and how much of the exchange's time that would be.
fn parser(text: &mut String, results: &Results) {
    let Some(parser) = &results.parser else {
        return;
    };
    for row in &parser.rows {
        let what = format!("{} read and written, {}", row.message, row.who);
        line!(
            text,
            "{what:<44} {:>12.0} {:>13.0}%",
            row.all,
            row.of_ceiling * 100.0
        );
    }
    let cpu = results
        .registrations
        .best
        .as_ref()
        .and_then(|best| best.cpu_per_thousand);
    if let Some((own, cpu)) = parser.ours("REGISTER").zip(cpu) {
        // each registration reads two requests and writes two answers
        let part = 100.0 * (2.0 / own) / (cpu / 1000.0).max(1e-9);
        line!(
            text,
            "reading and writing is {part:.0} % of what a registration costs"
        );
    }
}

fn found(text: &mut String, what: &str, found: &Found) {
    let cpu = found.best.as_ref().and_then(|best| best.cpu_per_thousand);
    let per_core = cpu.map_or(0.0, |cpu| 1000.0 / cpu.max(0.000_1));
    line!(text, "{what:<44} {:>12.0} {per_core:>14.0}", found.peak);
    if let Some(cpu) = cpu {
        line!(text, "{:<44} {cpu:>12.3}", "  CPU seconds per 1,000");
    }
}

fn media(text: &mut String, results: &Results) {
    let clean = results.media.iter().filter(|step| step.clean);
    let best = clean.max_by(|a, b| a.offered.total_cmp(&b.offered));
    let per_core = best.and_then(|step| step.per_core_second);
    let offered = best.map_or(0.0, |step| step.offered);
    let shown = per_core.unwrap_or(0.0);
    line!(
        text,
        "{:<44} {offered:>12.0} {shown:>14.0}",
        "packets relayed without loss"
    );
    for step in &results.media {
        talking(text, step);
    }
    for moved in &results.ceilings {
        ceiling(text, moved, &results.media);
    }
}

/// A relay without logic, and what the exchange makes of it with as many parties: cost per packet
/// falls as load rises, so only equal loads may be compared.
fn ceiling(text: &mut String, moved: &Moved, steps: &[Step]) {
    let what = format!("  relay without logic, {} sockets", moved.sockets);
    let (rate, per_core) = (moved.heard.rate, moved.per_core_second);
    line!(text, "{what:<44} {rate:>12.0} {per_core:>14.0}");
    let same = |step: &&Step| step.calls == u32::from(moved.pairs);
    if let Some(own) = steps
        .iter()
        .find(same)
        .and_then(|step| step.per_core_second)
    {
        let what = format!("    ours as part of it, {} calls", moved.pairs);
        line!(
            text,
            "{what:<44} {:>12} {:>14.2}",
            "",
            own / per_core.max(1.0)
        );
    }
}

fn talking(text: &mut String, step: &Step) {
    let heard = step.called.heard.unwrap_or_default();
    let what = format!(
        "  {} calls: {} lost, {} deaf",
        step.calls, heard.lost, heard.deaf
    );
    let delay = format!("p50/p99 {}/{} us", heard.micros.p50, heard.micros.p99);
    let per_core = step.per_core_second.unwrap_or(0.0);
    line!(
        text,
        "{what:<44} {:>12.0} {per_core:>14.0}  {delay}",
        step.offered
    );
}

fn memory(text: &mut String, results: &Results) {
    let kib = |octets: f64| octets / 1024.0;
    if let Some(idle) = results.idle_octets {
        let idle = u32::try_from(idle / 1024).map_or(0.0, f64::from) / 1024.0;
        line!(text, "memory idle, with all users known: {idle:.1} MiB");
    }
    if let Some(octets) = results.octets_per_registration {
        line!(text, "memory per registration: {:.2} KiB", kib(octets));
    }
    if let Some(octets) = results.held.octets_per_call {
        line!(text, "memory per call that is up: {:.1} KiB", kib(octets));
    }
}

fn overload(text: &mut String, results: &Results) {
    let all = [
        (
            "registrations",
            &results.registrations,
            &results.registrations_overload,
        ),
        ("calls", &results.calls, &results.calls_overload.outcome),
    ];
    for (what, found, twice) in all {
        let part = 100.0 * twice.rate / found.peak.max(1.0);
        line!(
            text,
            "{what} at twice the peak: {:.0} offered, {:.0} /s done, {part:.0} % of the peak; \
             {} refused, {} silent",
            twice.offered,
            twice.rate,
            twice.failed - twice.silent,
            twice.silent
        );
    }
}
