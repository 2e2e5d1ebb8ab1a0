//! Strowger: a telephone exchange for many companies in one binary.
//!
//! The composition root: here the hearts are given their sockets, disks, clocks and threads, and
//! people their command line. [`serve`] runs the exchange; [`commands`] look after a data folder.

mod allocator;
mod archive_file;
mod arguments;
mod commands;
mod console;
mod failure;
mod fax_reader;
mod host;
mod keys;
mod print;
mod progress_bar;
mod serve;
mod voice;

use std::process::ExitCode;

use clap::Parser;
use domain::KindName;

use arguments::document::AccountKind;
use arguments::snapshot::PlanArguments;
use arguments::{Arguments, Command};
use failure::Failure;

fn main() -> ExitCode {
    match run(Arguments::parse()) {
        Ok(status) => status,
        Err(failure) => {
            print::complain(&failure);
            failure.code()
        }
    }
}

fn run(arguments: Arguments) -> Result<ExitCode, Failure> {
    match arguments.command {
        // its status says something, too
        Command::Replay(said) => return commands::replay::run(&said),
        Command::Serve(serve) => serve::run(*serve),
        Command::FaxEngine => {
            let (input, output) = (std::io::stdin(), std::io::stdout());
            return Ok(fax::engine::run(input, output));
        }
        Command::Demo(demo) => commands::demo::run(&demo),
        Command::Reseller(said) => commands::document::above(KindName::Reseller, said),
        Command::Plan(said) => plan(said),
        Command::Snapshot(said) => commands::snapshot::take(said),
        Command::Apply(said) => commands::snapshot::carry_out(&said),
        Command::Import(said) => commands::sheet::import(&said),
        Command::Export(said) => commands::sheet::export(&said),
        Command::Tenant(said) => commands::document::above(KindName::Tenant, said),
        Command::Extension(said) => commands::document::inside(KindName::Extension, said),
        Command::Device(said) => commands::document::inside(KindName::Device, said),
        Command::User(said) => commands::people::run(said),
        Command::Role(said) => commands::document::anywhere(KindName::Role, said),
        Command::Webhook(said) => commands::document::inside(KindName::Webhook, said),
        Command::Sso(said) => commands::document::inside(KindName::Sso, said),
        Command::RateDeck(said) => commands::rate_deck::run(said),
        Command::Trunk(said) => commands::trunk::run(said),
        Command::Number(said) => commands::document::above(KindName::Number, said),
        Command::SigningKey(said) => commands::document::anywhere(KindName::SigningKey, said),
        Command::Schedule(said) => commands::document::inside(KindName::Schedule, said),
        Command::Sound(said) => commands::sound::run(said),
        Command::Music(said) => commands::document::inside(KindName::Music, said),
        Command::EmergencyLocation(said) => {
            commands::document::inside(KindName::EmergencyLocation, said)
        }
        Command::Site(said) => commands::document::inside(KindName::Site, said),
        Command::InboundRoute(said) => commands::document::inside(KindName::InboundRoute, said),
        Command::OutboundRoute(said) => commands::document::inside(KindName::OutboundRoute, said),
        Command::TollGuard(said) => commands::document::inside(KindName::TollGuard, said),
        Command::Containment(said) => commands::document::inside(KindName::Containment, said),
        Command::Explain(said) => commands::explain::run(&said),
        Command::EmergencyReport(said) => commands::emergency::run(&said),
        Command::Token(token) => commands::token::run(token),
        Command::Person(said) => commands::person::run(said),
        Command::Hold(said) => commands::document::inside(KindName::Hold, said),
        Command::Erase(said) => commands::erase::run(&said),
        Command::Key(key) => commands::key::run(key),
        Command::Ban(said) => commands::ban::run(said),
        Command::Certificate(said) => commands::certificate::run(said),
        Command::Quality(said) => commands::quality::run(&said),
        Command::Usage(said) => commands::usage::run(&said),
        Command::Cdr(cdr) => commands::cdr::run(cdr),
        Command::Recording(said) => commands::recording::run(said),
        Command::Fax(said) => commands::fax::run(said),
        Command::Prepare(prepare) => commands::prepare::run(&prepare),
        Command::Archive(archive) => commands::archive::run(archive),
        Command::Backup(backup) => commands::backup::back_up(&backup),
        Command::Restore(restore) => commands::backup::restore(&restore),
        Command::Check(check) => commands::backup::check(&check),
        Command::Migrate(migrate) => commands::migrate::run(&migrate),
    }?;
    Ok(ExitCode::SUCCESS)
}

/// `plan FILE` looks at a snapshot; `plan VERB` works on the kind *plan*.
fn plan(said: PlanArguments) -> Result<(), Failure> {
    let folder = said.folder;
    match (said.file, said.verb) {
        (Some(file), _) => commands::snapshot::plan(&folder, &file),
        (None, Some(verb)) => {
            commands::document::above(KindName::Plan, AccountKind { folder, verb })
        }
        (None, None) => Err(Failure::new("name a snapshot or a verb").next("strowger help plan")),
    }
}
