//! `strowger explain`.

use admin::explain::{Asking, Explained, Question, explain};
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
        print::line(&step.under_condition());
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
