//! What a record says became of a call, and whether present documents would lead to the same.

use domain::{Cdr, CdrLeg, CompiledTenant, LegDirection};

use super::road;
use crate::explain::{Explained, Told};

/// How rules are called that something followed while a call was under way, after it was decided
/// where it goes.
const UNDER_WAY: [&str; 11] = [
    "call.",
    "device.",
    "fraud.budget",
    "leg.",
    "media.",
    "registration.",
    "ring.",
    "transfer.by_carrier",
    "transfer.to_carrier",
    "trunk.attempt",
    "trunk.no_peer",
];

/// Before the number of a document's revision in a sentence.
const REVISION: &str = "revision ";

/// Whether a rule of this name, or one whose name begins so, applied to the call.
pub(super) fn follows(cdr: &Cdr, rule: &str) -> bool {
    cdr.explanation
        .iter()
        .any(|step| step.rule.starts_with(rule))
}

/// Whether the call was one for help, as its record says.
pub(super) fn was_for_help(cdr: &Cdr) -> bool {
    let mut steps = cdr.explanation.iter();
    steps.any(|step| step.rule == "emergency.number")
}

/// The reasons by which it was decided where the call goes, without what came of that.
pub(super) fn decided(cdr: &Cdr) -> Vec<(String, String)> {
    let under_way = |rule: &str| {
        rule.is_empty() || UNDER_WAY.into_iter().any(|begins| rule.starts_with(begins))
    };
    let steps = cdr.explanation.iter();
    let first = steps.take_while(|step| !under_way(&step.rule));
    first
        .map(|step| (step.rule.clone(), step.because.clone()))
        .collect()
}

/// Whether what happened is what would happen now, as far as that can be told: telephones that
/// could not be reached, or that nobody took up, and carriers that failed make no difference.
pub(super) fn fits(tenant: &CompiledTenant, cdr: &Cdr, present: &Explained) -> bool {
    let then = decided(cdr);
    let now = present.reasons.get(..present.at_first);
    if now.is_some_and(|now| alike(&then, now)) {
        return true;
    }
    if let Some(tried) = tried(cdr).next() {
        let past_one = follows(cdr, "registration.none") || follows(cdr, "trunk.no_peer");
        let same = |step: &Told| leads(tenant, cdr, tried, step);
        return match past_one {
            true => present.steps.iter().any(same),
            false => road::first(present).is_some_and(same),
        };
    }
    if cdr.answered_at.is_some() {
        return road::first(present).is_some_and(|step| step.action == "guest");
    }
    road::refusal(present) == Some(cdr.end.sip_status)
}

/// What happened, in words.
pub(super) fn in_words(tenant: &CompiledTenant, cdr: &Cdr) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for leg in tried(cdr) {
        let said = match &leg.by_trunk {
            None => format!("rang {}", leg.party.number),
            Some(by) => {
                let trunk = tenant.trunk(by.trunk);
                let trunk = trunk.map_or("that is gone", |trunk| trunk.spec.name.as_str());
                let shown = by.shown.as_deref().unwrap_or("no number");
                format!("called {} by trunk {trunk}, showing {shown}", by.called)
            }
        };
        if words.last() != Some(&said) {
            words.push(said);
        }
    }
    let end = match cdr.answered_at {
        Some(_) if words.is_empty() => "answered by the exchange itself".to_owned(),
        Some(_) => "answered".to_owned(),
        None => format!("ended with {}: {}", cdr.end.sip_status, cdr.end.reason),
    };
    words.push(end);
    words
}

/// The legs by which the call was tried before it was answered; later ones are of transfers.
fn tried(cdr: &Cdr) -> impl Iterator<Item = &CdrLeg> {
    let before = |leg: &&CdrLeg| {
        cdr.answered_at
            .is_none_or(|answered| leg.started <= answered)
    };
    let outgoing = |leg: &&CdrLeg| leg.direction == LegDirection::Outgoing;
    cdr.legs.iter().filter(outgoing).filter(before)
}

/// Whether a step leads where a leg led.
fn leads(tenant: &CompiledTenant, cdr: &Cdr, leg: &CdrLeg, step: &Told) -> bool {
    let Some(by) = &leg.by_trunk else {
        let extension = leg.party.extension.and_then(|id| tenant.extension(id));
        let number = extension.map(|found| &*found.number);
        return step.action == "ring" && number.is_some() && step.target.as_deref() == number;
    };
    let trunk = tenant.trunk(by.trunk).map(|found| found.spec.name.as_str());
    // whose number is shown of a call that came in and goes on is not the company's to say alone
    let own = cdr.caller.extension.is_some();
    step.action == "trunk"
        && trunk.is_some()
        && step.trunk.as_deref() == trunk
        && step.called.as_ref() == Some(&by.called)
        && (!own || step.identity == by.shown)
}

/// Whether these are the same reasons, whatever the revisions of the documents, and however long
/// how many telephones ring.
fn alike(then: &[(String, String)], now: &[(String, String)]) -> bool {
    let same = |(then, now): (&(String, String), &(String, String))| {
        then.0 == now.0 && unrevised(&then.1) == unrevised(&now.1)
    };
    let leading = |reason: &&(String, String)| reason.0 != "extension.ring";
    let count = |reasons: &[(String, String)]| reasons.iter().filter(leading).count();
    let pairs = then.iter().filter(leading).zip(now.iter().filter(leading));
    count(then) == count(now) && pairs.into_iter().all(same)
}

/// A sentence without the numbers of revisions.
fn unrevised(text: &str) -> String {
    let mut parts = text.split(REVISION);
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        plain.push_str(part.trim_start_matches(|c: char| c.is_ascii_digit()));
    }
    plain
}

/// Whether the call led somewhere: was tried with somebody, or would have been.
pub(super) fn led(cdr: &Cdr) -> bool {
    cdr.answered_at.is_some() || tried(cdr).next().is_some() || follows(cdr, "registration.none")
}
