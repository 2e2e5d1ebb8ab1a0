//! `strowger replay`.

use std::collections::BTreeMap;
use std::process::ExitCode;

use admin::replay::{
    Difference, Help, Proposal, REPLAYED_MAX, Replay, Replayed, Road, Sums, Unreplayed, Window,
};
use ports::StoreError;
use serde_json::{Value, json};
use store::block_on;

use super::snapshot;
use crate::arguments::replay::ReplayArguments;
use crate::console::Console;
use crate::failure::Failure;
use crate::print;
use crate::progress_bar::ProgressBar;

/// Most differences that are told one by one, beside those for help; of others there are the sums.
const TOLD_MAX: usize = 1_000;

/// Most rules that are told below the table.
const RULES_MAX: usize = 20;

/// Exit status when calls differ.
const DIFFERENT: u8 = 3;

/// Exit status when a call for help would not complete.
const HELP_STOPPED: u8 = 4;

/// Tells what calls of the past would come to.
///
/// # Errors
/// There is no such company, the proposal cannot be as it says, and what the store says.
pub(crate) fn run(arguments: &ReplayArguments) -> Result<ExitCode, Failure> {
    let proposal = proposal(arguments)?;
    let console = Console::open(&arguments.folder)?;
    let entered = console.enter(&arguments.company)?;
    let window = Window::of(&console.office, arguments.since, arguments.until);
    let window = window.map_err(|invalid| Failure::new(invalid.to_string()))?;
    let opened = Replay::open(&console.office, &entered.scope, proposal.as_ref());
    let replay = block_on(opened).map_err(|error| refused(error, arguments))?;
    let mut bar = ProgressBar::begin(arguments.quiet);
    let mut all = Replayed::default();
    loop {
        let page = (all.next.take(), REPLAYED_MAX);
        let page = replay.page(&console.office, &entered.scope, &window, page);
        let page = block_on(page)?;
        show_progress(&mut bar, &window, &page);
        add(&mut all, page);
        if all.next.is_none() {
            break;
        }
    }
    all.in_order();
    if arguments.json {
        print::json(&as_json(&window, &all))?;
    } else {
        show(&window, &all, proposal.is_some());
    }
    Ok(status(&all.sums))
}

fn refused(error: StoreError, arguments: &ReplayArguments) -> Failure {
    let failure = Failure::from(error);
    match arguments.with {
        None => failure,
        Some(_) => failure.next(format!(
            "documents are as in: strowger snapshot --tenant {}",
            arguments.company
        )),
    }
}

fn proposal(arguments: &ReplayArguments) -> Result<Option<Proposal>, Failure> {
    let file = arguments.with.as_deref();
    let proposal = Proposal {
        snapshot: file.map(snapshot::read).transpose()?,
        without: arguments.without.clone(),
    };
    let some = proposal.snapshot.is_some() || !proposal.without.is_empty();
    Ok(some.then_some(proposal))
}

fn status(sums: &Sums) -> ExitCode {
    if sums.help_stopped > 0 {
        return ExitCode::from(HELP_STOPPED);
    }
    match sums.different.is_empty() {
        true => ExitCode::SUCCESS,
        false => ExitCode::from(DIFFERENT),
    }
}

/// Calls come in the order of their times, the latest first, so the time of the last says how much
/// of the window is done.
fn show_progress(bar: &mut ProgressBar, window: &Window, page: &Replayed) {
    let minutes = |since| {
        let minutes = window.until.saturating_since(since).as_secs() / 60;
        usize::try_from(minutes).unwrap_or(usize::MAX)
    };
    let all = minutes(window.since);
    let last = match page.next {
        Some(_) => page.earliest.map_or(0, minutes).min(all.saturating_sub(1)),
        None => all,
    };
    bar.show(last, all, "minutes of the time");
}

fn add(all: &mut Replayed, page: Replayed) {
    all.sums.add(&page.sums);
    all.next = page.next;
    let (help, others): (Vec<_>, Vec<_>) = page
        .differences
        .into_iter()
        .partition(|difference| difference.help.is_some());
    let room = TOLD_MAX.saturating_sub(all.differences.len());
    all.differences.extend(help);
    all.differences.extend(others.into_iter().take(room));
    let room = TOLD_MAX.saturating_sub(all.unreplayed.len());
    let (help, others): (Vec<_>, Vec<_>) = page
        .unreplayed
        .into_iter()
        .partition(|unreplayed| unreplayed.for_help);
    all.unreplayed.extend(help);
    all.unreplayed.extend(others.into_iter().take(room));
}

fn show(window: &Window, all: &Replayed, proposed: bool) {
    if all.sums.help_stopped > 0 {
        let count = all.sums.help_stopped;
        print::line(&format!(
            "!!! {count} CALL(S) FOR HELP WOULD NOT COMPLETE, marked with !!! below\n"
        ));
    }
    if !all.differences.is_empty() {
        let headings = match proposed {
            true => [
                "", "STARTED", "FROM", "DIALLED", "CHANGE", "GOES NOW", "WOULD GO", "ID",
            ],
            false => [
                "", "STARTED", "FROM", "DIALLED", "CHANGE", "WENT", "GOES NOW", "ID",
            ],
        };
        let rows: Vec<_> = all.differences.iter().map(row).collect();
        print::table(&headings, &rows);
        let told = all.differences.len();
        let differ: usize = all.sums.different.values().sum();
        if let Some(more) = differ.checked_sub(told).filter(|more| *more > 0) {
            print::line(&format!("… and {more} more"));
        }
        show_rules(&all.differences);
        print::line("");
    }
    let (help, others) = (all.unreplayed.iter(), &all.sums.not_replayed);
    for left in help.filter(|left| left.for_help) {
        print::line(&not_replayed(left));
    }
    for (reason, count) in others {
        print::line(&format!("{count} not asked again: {}", reason.in_words()));
    }
    print::line(&sums(window, &all.sums));
}

/// `12 calls from … to …: 9 the same, 1 lost, 2 elsewhere`.
fn sums(window: &Window, sums: &Sums) -> String {
    let (since, until, calls) = (window.since, window.until, sums.calls);
    let mut text = format!(
        "{calls} calls from {since} to {until}: {} the same",
        sums.same
    );
    for (change, count) in &sums.different {
        text.push_str(&format!(", {count} {}", change.as_str()));
    }
    text
}

fn row(difference: &Difference) -> Vec<String> {
    let mark = match difference.help {
        Some(Help::Stopped) => "!!!",
        Some(Help::Changed) => "!",
        None => "",
    };
    let now = difference.present.in_words().join("; ");
    let (left, right) = match &difference.proposed {
        Some(proposed) => (now, proposed.in_words().join("; ")),
        None => (difference.happened.join("; "), now),
    };
    let call = &difference.call;
    vec![
        mark.to_owned(),
        call.started.to_string(),
        call.caller.clone(),
        call.dialled.clone(),
        difference.change.as_str().to_owned(),
        left,
        right,
        call.cdr.to_string(),
    ]
}

fn not_replayed(left: &Unreplayed) -> String {
    let call = &left.call;
    format!(
        "! {} {} called {} for help, not asked again: {} ({})",
        call.started,
        call.caller,
        call.dialled,
        left.reason.in_words(),
        call.cdr
    )
}

/// The rules that one side has and the other has not, with how many calls each concerns.
fn show_rules(differences: &[Difference]) {
    let mut counted: BTreeMap<(&str, &str, &str), usize> = BTreeMap::new();
    for difference in differences {
        let sides = [
            ("-", Some(&difference.present)),
            ("+", difference.proposed.as_ref()),
        ];
        let alone = difference.proposed.is_none();
        for (sign, road) in sides {
            // without a proposal the present documents are what is new
            let sign = if alone { "+" } else { sign };
            for (rule, because) in road.map_or(&[][..], |road| &road.differing) {
                *counted.entry((sign, rule, because)).or_default() += 1;
            }
        }
    }
    let mut counted: Vec<_> = counted.into_iter().collect();
    counted.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| b.0.cmp(&a.0)));
    for ((sign, rule, because), count) in counted.iter().take(RULES_MAX) {
        print::line(&format!("  {sign} {because} [{rule}], {count} call(s)"));
    }
    if let Some(more) = counted
        .len()
        .checked_sub(RULES_MAX)
        .filter(|more| *more > 0)
    {
        print::line(&format!("  … and {more} more, with --json"));
    }
}

fn as_json(window: &Window, all: &Replayed) -> Value {
    let different = all.sums.different.iter();
    let different: BTreeMap<&str, usize> = different.map(|(how, n)| (how.as_str(), *n)).collect();
    let left = all.sums.not_replayed.iter();
    let left: BTreeMap<&str, usize> = left.map(|(why, n)| (why.as_str(), *n)).collect();
    let differences: Vec<Value> = all.differences.iter().map(difference).collect();
    let unreplayed = all.unreplayed.iter().map(|left| {
        json!({
            "call": call(&left.call),
            "help": left.for_help,
            "reason": left.reason.as_str(),
            "because": left.reason.in_words(),
        })
    });
    json!({
        "since": window.since.to_string(),
        "until": window.until.to_string(),
        "sums": {
            "calls": all.sums.calls,
            "same": all.sums.same,
            "different": different,
            "help_stopped": all.sums.help_stopped,
            "not_replayed": left,
        },
        "differences": differences,
        "not_replayed": unreplayed.collect::<Vec<_>>(),
    })
}

fn difference(found: &Difference) -> Value {
    json!({
        "call": call(&found.call),
        "change": found.change.as_str(),
        "help": found.help.map(Help::as_str),
        "happened": found.happened,
        "present": road(&found.present),
        "proposed": found.proposed.as_ref().map(road),
    })
}

fn call(call: &admin::replay::PastCall) -> Value {
    json!({
        "cdr": call.cdr.to_string(),
        "call": call.call.to_string(),
        "started": call.started.to_string(),
        "caller": call.caller,
        "dialled": call.dialled,
    })
}

fn road(road: &Road) -> Value {
    let reason = |(rule, because): &(String, String)| json!({"rule": rule, "because": because});
    let differing: Vec<Value> = road.differing.iter().map(reason).collect();
    json!({"in_words": road.in_words(), "differing": differing})
}

#[cfg(test)]
mod tests {
    use super::*;
    use admin::replay::Change;
    use machine::WallTime;

    fn window() -> Window {
        let until = WallTime::from_unix_ms(86_400_000);
        let since = WallTime::UNIX_EPOCH;
        Window { since, until }
    }

    #[test]
    fn the_sums_say_how_many_calls_would_go_which_way() {
        let mut counted = Sums {
            calls: 4,
            same: 1,
            ..Sums::default()
        };
        assert_eq!(status(&counted), ExitCode::SUCCESS);
        counted.different.insert(Change::Lost, 1);
        counted.different.insert(Change::Elsewhere, 2);
        assert_eq!(
            sums(&window(), &counted),
            "4 calls from 1970-01-01T00:00:00.000Z to 1970-01-02T00:00:00.000Z: 1 the same, \
             1 lost, 2 elsewhere"
        );
        assert_eq!(status(&counted), ExitCode::from(DIFFERENT));
        counted.help_stopped = 1;
        assert_eq!(status(&counted), ExitCode::from(HELP_STOPPED));
    }
}
