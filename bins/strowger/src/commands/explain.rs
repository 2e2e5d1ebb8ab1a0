//! `strowger explain`.

use admin::explain::{Asking, Explained, Question, Told, explain};
use store::block_on;

use crate::arguments::explain::ExplainArguments;
use crate::console::Console;
use crate::failure::Failure;
use crate::print;

/// Tells where a call would go, and why.
///
/// # Errors
/// There is no such company, extension or trunk, and what the store says.
pub(crate) fn run(arguments: &ExplainArguments) -> Result<(), Failure> {
    let question = question(arguments)?;
    let console = Console::open(&arguments.folder)?;
    let entered = console.enter(&arguments.company)?;
    let explained = block_on(explain(&console.office, &entered.scope, &question))?;
    show(&explained);
    Ok(())
}

fn question(arguments: &ExplainArguments) -> Result<Question, Failure> {
    let caller = match (arguments.who_and_what.as_slice(), &arguments.trunk) {
        ([called], Some(trunk)) => {
            let number = arguments.caller.clone().unwrap_or_default();
            let trunk = trunk.clone();
            (Asking::Outside { trunk, number }, called)
        }
        ([extension, called], None) => (Asking::Extension(extension.clone()), called),
        (_, _) => {
            let failure =
                Failure::new("say an extension and what it dials, or --trunk and what is called");
            return Err(failure.next("strowger help explain"));
        }
    };
    Ok(Question {
        at: arguments.at,
        caller: caller.0,
        device: arguments.device.clone(),
        from: arguments.source,
        called: caller.1.clone(),
    })
}

fn show(explained: &Explained) {
    for step in &explained.steps {
        match &step.condition {
            Some(condition) => print::line(&format!("if {condition}: {}", words(step))),
            None => print::line(&words(step)),
        }
    }
    if let Some(help) = &explained.emergency {
        let told = match help.mail_to.as_slice() {
            [] => "nobody".to_owned(),
            some => some.join(", "),
        };
        print::line(&format!("tell {told} by mail, and all webhooks"));
    }
    for (rule, because) in &explained.reasons {
        print::line(&format!("  {because} [{rule}]"));
    }
}

fn words(step: &Told) -> String {
    let of = |text: &Option<String>| text.clone().unwrap_or_default();
    let seconds = step.seconds.unwrap_or_default();
    match step.action {
        "ring" => {
            let devices = step.devices.unwrap_or_default();
            format!(
                "ring {} for {seconds} s: {devices} device(s)",
                of(&step.target)
            )
        }
        "trunk" => {
            let shown = step.identity.as_deref().unwrap_or("no number");
            let (trunk, called) = (of(&step.trunk), of(&step.called));
            let signed = step.attestation;
            let signed = signed.map_or_else(String::new, |level| format!(", attested {level}"));
            format!("call {called} by trunk {trunk}, showing {shown}{signed}, for {seconds} s")
        }
        "guest" => format!("connect to {}", of(&step.target)),
        "forward" => {
            let when = step.when.unwrap_or_default();
            format!(
                "send it on from {} to {} ({when})",
                of(&step.by),
                of(&step.target)
            )
        }
        _ => format!("refuse with {}", step.status.unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_forward_is_told_as_whose_it_is_and_where_it_leads() {
        let forward = Told {
            action: "forward",
            by: Some("102".to_owned()),
            when: Some("busy"),
            target: Some("103".to_owned()),
            ..Told::default()
        };
        assert_eq!(words(&forward), "send it on from 102 to 103 (busy)");
    }
}
