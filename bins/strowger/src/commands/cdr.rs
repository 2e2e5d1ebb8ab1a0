//! `strowger cdr`.

use domain::{Cdr, Step};
use ids::CdrId;
use ports::CdrQuery;
use store::block_on;

use crate::arguments::{CdrArguments, CdrVerb};
use crate::console::Console;
use crate::failure::Failure;
use crate::print;

/// Carries the command out.
///
/// # Errors
/// What the use case says.
pub(crate) fn run(arguments: CdrArguments) -> Result<(), Failure> {
    let console = Console::open(&arguments.folder)?;
    match arguments.verb {
        CdrVerb::List { tenant, limit } => {
            let scope = console.enter(&tenant)?.scope;
            let query = CdrQuery {
                limit,
                ..CdrQuery::default()
            };
            let listed = block_on(admin::calls::list(&console.office, &scope, &query))?;
            let rows: Vec<_> = listed.cdrs.iter().map(row).collect();
            print::table(
                &["STARTED", "FROM", "DIALLED", "TALKED", "ENDED", "ID"],
                &rows,
            );
            Ok(())
        }
        CdrVerb::Show { tenant, cdr } => print::json(&find(&console, &tenant, &cdr)?),
        CdrVerb::Ladder { tenant, cdr, json } => ladder(&console, (&tenant, &cdr), json),
        CdrVerb::Quality { tenant, cdr } => {
            let legs = admin::quality::of(&find(&console, &tenant, &cdr)?);
            admin::quality::draw(&legs).lines().for_each(print::line);
            Ok(())
        }
        CdrVerb::Why { tenant, cdr } => {
            let cdr = find(&console, &tenant, &cdr)?;
            for step in &cdr.explanation {
                print::line(&told(step));
            }
            Ok(())
        }
    }
}

fn ladder(console: &Console, (tenant, cdr): (&str, &str), json: bool) -> Result<(), Failure> {
    let call = find(console, tenant, cdr)?.call;
    let scope = console.enter(tenant)?.scope;
    let kept = block_on(admin::ladders::kept(&console.office, &scope, call))?;
    if json {
        return print::json(&kept);
    }
    let drawn = admin::ladders::draw(&kept);
    drawn.lines().for_each(print::line);
    Ok(())
}

/// One step for people: what was done, and, where it is not the same, because of what.
fn told(step: &Step) -> String {
    let mut line = step.text.clone();
    if !step.because.is_empty() && step.because != step.text {
        line = format!("{line}: {}", step.because);
    }
    if !step.rule.is_empty() {
        line = format!("{line}  [{}]", step.rule);
    }
    line
}

fn find(console: &Console, tenant: &str, cdr: &str) -> Result<Cdr, Failure> {
    let scope = console.enter(tenant)?.scope;
    let rule = "must be the id of a call record, as `strowger cdr list` shows it";
    let id: CdrId = cdr
        .parse()
        .map_err(|_| Failure::new(format!("{cdr}: {rule}")))?;
    Ok(block_on(admin::calls::read(&console.office, &scope, id))?)
}

fn row(cdr: &Cdr) -> Vec<String> {
    let talked = cdr.answered_at.map(|_| cdr.talk_ms() / 1_000);
    vec![
        cdr.started.to_string(),
        cdr.caller.number.clone(),
        cdr.dialled.clone(),
        talked.map_or_else(|| "-".to_owned(), |seconds| format!("{seconds} s")),
        format!("{} {}", cdr.end.sip_status, cdr.end.reason),
        cdr.id.to_string(),
    ]
}
