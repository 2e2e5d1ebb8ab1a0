//! Drives an exchange from outside, on loopback, and measures it: registrations, calls, media,
//! behaviour beyond its peak, and beside them what the machine itself would allow.

mod arguments;
mod ask;
mod bare;
mod beside;
mod callees;
mod callers;
mod calls;
mod ceiling;
mod clock;
mod description;
mod first;
mod guard;
mod http;
mod meter;
mod metrics;
mod near;
mod parser;
mod process;
mod register;
mod relay;
mod report;
mod requests;
mod restraint;
mod rtpengine;
mod sdes;
mod search;
mod sides;
mod siege;
mod spread;
mod stub;
mod suite;
mod sys;
mod tag;
mod tally;
mod target;
mod voices;
mod windows;
mod wire;

use arguments::{Amount, Arguments, Command};
use calls::Calling;
use ceiling::Moving;
use clap::Parser;
use register::Storm;
use search::Range;
use serde::Serialize;
use std::io::{self, Write};
use std::process::ExitCode;
use std::time::Duration;
use tally::Outcome;

fn main() -> ExitCode {
    match run(Arguments::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nobody is left to be told when this fails.
            let _told = writeln!(io::stderr(), "load: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> io::Result<()> {
    match command {
        Command::Register(asked) => register(&asked),
        Command::Call(asked) => call(&asked),
        Command::Media(asked) => {
            let calling = Calling::talking(asked.calls, asked.rate, asked.seconds);
            print(&calls::run(&asked.at.target()?, calling)?)
        }
        Command::Relay(asked) => print(&relay::run(&asked.at.target()?, &asked.calls)?),
        Command::Overload(asked) => {
            let hold = Duration::from_secs(1);
            let calling = Calling::silent(asked.peak * 2.0, asked.seconds, hold);
            print(&calls::run(&asked.at.target()?, calling)?)
        }
        Command::Ceiling(asked) => print(&ceiling::run(Moving {
            pairs: asked.pairs,
            sockets: asked.sockets,
            length: Duration::from_secs_f64(asked.seconds),
            relay: asked.relay,
            parties: asked.parties,
            core: asked.core.map(sys::Core),
        })?),
        Command::Beside(asked) => {
            let target = asked.at.target()?;
            print(&beside::run(&target, &asked.asked()?)?)
        }
        Command::Stub(asked) => {
            let length = Duration::from_secs_f64(asked.seconds);
            stub::run(&asked.at.target()?, length)
        }
        Command::Ask(asked) => print(&ask::run(&asked.asking()?)?),
        Command::First(asked) => {
            let target = asked.at.target()?;
            print(&first::run(&target, &asked.accounts, asked.companies)?)
        }
        Command::Siege(asked) => print(&siege::run(&asked.at.target()?, asked.siege()?)?),
        Command::All(asked) => all(asked),
    }
}

fn register(asked: &arguments::Register) -> io::Result<()> {
    let target = asked.at.target()?;
    let seconds = asked.amount.seconds;
    rates(asked.amount, |rate| {
        let storm = Storm::new(asked.users, rate, seconds);
        register::run(
            &target,
            Storm {
                first: asked.first,
                ..storm
            },
        )
    })
}

fn call(asked: &arguments::Call) -> io::Result<()> {
    let target = asked.at.target()?;
    let hold = Duration::from_secs_f64(asked.hold);
    let seconds = asked.amount.seconds;
    rates(asked.amount, |rate| {
        Ok(calls::run(&target, Calling::silent(rate, seconds, hold))?.outcome)
    })
}

fn all(asked: arguments::All) -> io::Result<()> {
    let plan = suite::Plan {
        target: asked.at.target()?,
        parser: asked.parser,
        core: asked.core.map(sys::Core),
        quick: asked.quick,
    };
    let results = suite::run(&plan)?;
    std::fs::write(asked.out, serde_json::to_vec_pretty(&results)?)?;
    io::stdout().write_all(report::table(&results).as_bytes())
}

/// One rate, or a search for the highest.
fn rates(amount: Amount, mut attempt: impl FnMut(f64) -> io::Result<Outcome>) -> io::Result<()> {
    let Some(high) = amount.up_to else {
        return print(&attempt(amount.rate)?);
    };
    let range = Range {
        low: amount.rate,
        high,
        steps: amount.steps,
        rest: Duration::from_secs(1),
    };
    print(&search::search(range, attempt)?)
}

fn print(what: &impl Serialize) -> io::Result<()> {
    let text = serde_json::to_string(what)?;
    writeln!(io::stdout(), "{text}")
}
