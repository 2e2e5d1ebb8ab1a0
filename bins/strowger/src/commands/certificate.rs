//! `strowger certificate`.

use admin::certificates::{self, Shown};
use machine::WallTime;
use ports::StoreError;
use serde_json::json;
use store::block_on;

use crate::arguments::certificate::{CertificateArguments, CertificateVerb};
use crate::console::{self, Console};
use crate::failure::Failure;
use crate::print;

/// Lists certificates, and has them asked for anew.
///
/// # Errors
/// The host has no certificate that comes by itself, and what the store says.
pub(crate) fn run(arguments: CertificateArguments) -> Result<(), Failure> {
    let console = Console::open(&arguments.folder)?;
    let (office, scope) = (&console.office, console::platform()?);
    match arguments.verb {
        CertificateVerb::List { json } => {
            show(&block_on(certificates::list(office, &scope))?, json)
        }
        CertificateVerb::Renew { name } => {
            let asked = block_on(certificates::renew(office, &scope, &name));
            asked.map_err(|error| refused(error, &name))?;
            print::line(&format!("{name} is asked for anew"));
            Ok(())
        }
    }
}

fn refused(error: StoreError, name: &str) -> Failure {
    if error != StoreError::NotFound {
        return error.into();
    }
    let what = format!("the exchange asks for no certificate for {name}");
    Failure::new(what).next("strowger certificate list")
}

fn time(at: Option<WallTime>) -> String {
    at.map_or_else(String::new, |at| at.to_string())
}

fn show(all: &[Shown], json: bool) -> Result<(), Failure> {
    if json {
        let all: Vec<_> = all.iter().map(as_json).collect();
        let text = serde_json::to_string_pretty(&all);
        print::line(&text.map_err(|error| Failure::internal(error.to_string()))?);
        return Ok(());
    }
    let row = |one: &Shown| {
        vec![
            one.name.clone(),
            one.source.as_str().to_owned(),
            time(one.validity.map(|(_, until)| until)),
            time(one.next),
            one.issuer.clone().unwrap_or_default(),
            one.problem.clone().unwrap_or_default(),
        ]
    };
    let rows: Vec<_> = all.iter().map(row).collect();
    print::table(
        &["NAME", "SOURCE", "UNTIL", "NEXT", "ISSUER", "PROBLEM"],
        &rows,
    );
    Ok(())
}

fn as_json(one: &Shown) -> serde_json::Value {
    let text = |at: Option<WallTime>| at.map(|at| at.to_string());
    json!({
        "name": one.name,
        "source": one.source.as_str(),
        "issuer": one.issuer,
        "from": text(one.validity.map(|(from, _)| from)),
        "until": text(one.validity.map(|(_, until)| until)),
        "tried": text(one.tried),
        "problem": one.problem,
        "failures": one.failures,
        "next": text(one.next),
    })
}
