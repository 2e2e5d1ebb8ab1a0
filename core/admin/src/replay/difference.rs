//! What differs of one call, between two roads or between what happened and a road.

use domain::{Cdr, CompiledTenant};

use super::past::PastCall;
use super::{record, road};
use crate::explain::{Explained, Told};

/// How a call would differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Change {
    /// It led somewhere and would be refused.
    Lost,
    /// It was refused and would lead somewhere.
    Gained,
    /// It would go elsewhere first: to another extension, by another trunk, to another number.
    Elsewhere,
    /// It would go there too, in another way: other telephones, another number that is shown,
    /// other trunks or forwards behind the first, or be refused in other words.
    Otherwise,
}

impl Change {
    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            Change::Lost => "lost",
            Change::Gained => "gained",
            Change::Elsewhere => "elsewhere",
            Change::Otherwise => "otherwise",
        }
    }
}

/// What would become of a call for help.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Help {
    /// It would not complete, or not be one any more.
    Stopped,
    /// It would complete in another way.
    Changed,
}

impl Help {
    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            Help::Stopped => "stopped",
            Help::Changed => "changed",
        }
    }
}

/// Where a call would go, and by which rules that the other side does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Road {
    /// What would be done, in order.
    pub steps: Vec<Told>,
    /// The rules and their sentences, with the revisions of their documents, that the other side
    /// lacks.
    pub differing: Vec<(String, String)>,
}

impl Road {
    /// The steps in words, each behind its condition.
    pub fn in_words(&self) -> Vec<String> {
        self.steps.iter().map(Told::under_condition).collect()
    }
}

/// A call that would differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The call.
    pub call: PastCall,
    /// How.
    pub change: Change,
    /// For a call for help, what would become of it.
    pub help: Option<Help>,
    /// What happened then, in words, in order.
    pub happened: Vec<String>,
    /// Where it would go by the present documents.
    pub present: Road,
    /// Where it would go by the proposed ones; `None` where none are.
    pub proposed: Option<Road>,
}

/// What differs between two roads of a call; `None` when nothing does.
pub(super) fn between(
    tenant: &CompiledTenant,
    cdr: &Cdr,
    present: Explained,
    proposed: Explained,
) -> Option<Difference> {
    if present.steps == proposed.steps && present.emergency == proposed.emergency {
        return None;
    }
    let here = road::first(&present).map(place);
    let there = road::first(&proposed).map(place);
    let change = match (here, there) {
        (Some(_), None) => Change::Lost,
        (None, Some(_)) => Change::Gained,
        (Some(here), Some(there)) if here != there => Change::Elsewhere,
        (_, _) => Change::Otherwise,
    };
    let was = record::was_for_help(cdr) || is_for_help(&present);
    let help = (was || is_for_help(&proposed)).then(|| {
        let stops = was && (change == Change::Lost || !is_for_help(&proposed));
        if stops { Help::Stopped } else { Help::Changed }
    });
    let only = (
        lacking(&present.reasons, &proposed.reasons),
        lacking(&proposed.reasons, &present.reasons),
    );
    Some(Difference {
        call: PastCall::of(cdr),
        change,
        help,
        happened: record::in_words(tenant, cdr),
        present: Road {
            steps: present.steps,
            differing: only.0,
        },
        proposed: Some(Road {
            steps: proposed.steps,
            differing: only.1,
        }),
    })
}

/// What differs between what became of a call and where it would go by the present documents.
pub(super) fn since(tenant: &CompiledTenant, cdr: &Cdr, present: Explained) -> Option<Difference> {
    let was = record::was_for_help(cdr);
    let help = was && (!is_for_help(&present) || !road::completes(&present));
    if !help && record::fits(tenant, cdr, &present) {
        return None;
    }
    let led = record::led(cdr);
    let change = match (led, road::completes(&present)) {
        (true, false) => Change::Lost,
        (false, true) => Change::Gained,
        (true, true) => Change::Elsewhere,
        (false, false) => Change::Otherwise,
    };
    let help = (was || is_for_help(&present)).then_some(match help {
        true => Help::Stopped,
        false => Help::Changed,
    });
    Some(Difference {
        call: PastCall::of(cdr),
        change,
        help,
        happened: record::in_words(tenant, cdr),
        present: Road {
            differing: lacking(&present.reasons, &record::decided(cdr)),
            steps: present.steps,
        },
        proposed: None,
    })
}

/// Where a step leads, without how.
fn place(step: &Told) -> (&'static str, Option<&str>, Option<&str>, Option<&str>) {
    let texts = [&step.target, &step.trunk, &step.called].map(Option::as_deref);
    let [target, trunk, called] = texts;
    (step.action, target, trunk, called)
}

fn is_for_help(road: &Explained) -> bool {
    road.emergency.as_ref().is_some_and(|help| !help.test)
}

/// The reasons that others do not have.
fn lacking(reasons: &[(String, String)], others: &[(String, String)]) -> Vec<(String, String)> {
    let own = reasons.iter().filter(|reason| !others.contains(reason));
    own.cloned().collect()
}
