//! The sentences in which a record tells its call's history.

use call::What;
use domain::Step;
use machine::WallTime;

/// One line of the explanation for an event; `None` for what the record says elsewhere.
pub(crate) fn step(what: &What, at: WallTime) -> Option<Step> {
    let plain = |text: String| {
        Some(Step {
            at: Some(at),
            text,
            rule: String::new(),
            because: String::new(),
        })
    };
    match what {
        What::Explained(reason) => Some(Step {
            at: Some(at),
            text: reason.because.clone(),
            rule: reason.rule.clone().into_owned(),
            because: reason.because.clone(),
        }),
        What::Held(leg) => plain(format!("leg {} put the other on hold", leg.number())),
        What::Resumed(leg) => plain(format!("leg {} took the other back", leg.number())),
        What::HeardAgain(leg) => plain(format!("leg {} is heard again", leg.number())),
        What::TransferRequested { by, to, .. } => {
            plain(format!("leg {} asked for a transfer to {to}", by.number()))
        }
        What::TransferCompleted { by, to } => plain(format!(
            "leg {} handed over to leg {}",
            by.number(),
            to.number()
        )),
        What::TransferFailed { by, status } => plain(format!(
            "the transfer by leg {} failed with {status}",
            by.number()
        )),
        What::AnsweredBeside(leg) => plain(format!("leg {} was told of the call", leg.number())),
        What::Beeped(leg) => plain(format!("the machine at leg {} beeped", leg.number())),
        What::MergedInto(call) => plain(format!("the parties went on in call {call}")),
        // why, the reason that goes before it says
        What::FellSilent { .. }
        | What::AnsweredBy { .. }
        | What::WentToFax(_)
        | What::WentToSound(_)
        | What::Opened { .. }
        | What::Diverted(_)
        | What::LegOpened { .. }
        | What::Ringing(_)
        | What::Answered(_)
        | What::LegClosed { .. }
        | What::Ended(_) => None,
    }
}
