//! `strowger demo`: companies to try the exchange out with.

use admin::demo::{self, Installed};
use domain::Secret;
use serde::Serialize;
use store::block_on;
use tenancy::TokenText;

use super::trial_certificate;
use crate::arguments::DemoArguments;
use crate::console::Console;
use crate::failure::Failure;
use crate::print;

/// What is printed with `--json`.
#[derive(Serialize)]
struct Made {
    /// The operator's key; null when there was one already.
    operator_token: Option<String>,
    tenants: Vec<Company>,
    /// The file of the certificate that was made; null when there was one already.
    certificate: Option<String>,
}

#[derive(Serialize)]
struct Company {
    domain: String,
    /// Whether it was there before; its passwords were told then.
    existed: bool,
    extensions: Vec<Line>,
}

#[derive(Serialize)]
struct Line {
    number: String,
    devices: Vec<Account>,
}

#[derive(Serialize)]
struct Account {
    username: String,
    /// Null when it was supplied from elsewhere.
    password: Option<String>,
}

/// Carries the command out.
///
/// # Errors
/// A plan beyond its bounds, or what the store says.
pub(crate) fn run(arguments: &DemoArguments) -> Result<(), Failure> {
    let console = Console::open(&arguments.folder)?;
    let (office, platform) = (&console.office, &console.platform);
    let key = block_on(admin::tokens::first_operator(office, platform))?;
    let plans = demo::plan(arguments.tenants, arguments.extensions);
    let mut companies = Vec::new();
    for planned in plans.map_err(ports::StoreError::from)? {
        companies.push(company(block_on(demo::install(office, platform, planned))?));
    }
    if let Some(users) = arguments.load {
        let planned = demo::load(users).map_err(ports::StoreError::from)?;
        let installed = block_on(demo::install(office, platform, planned))?;
        // its accounts are known beforehand and are not repeated
        let domain = demo::LOAD_DOMAIN.to_owned();
        companies.push(Company {
            domain,
            existed: installed.existed,
            extensions: Vec::new(),
        });
    }
    let domains: Vec<String> = companies.iter().map(|one| one.domain.clone()).collect();
    let certificate = trial_certificate::make(&arguments.folder.data, &domains)?;
    let made = Made {
        operator_token: key.as_ref().map(|key| TokenText::reveal(key).to_owned()),
        tenants: companies,
        certificate: certificate.map(|path| path.display().to_string()),
    };
    if arguments.json {
        return print::json(&made);
    }
    tell(&made, &arguments.folder.data.display().to_string());
    Ok(())
}

fn company(installed: Installed) -> Company {
    let mut extensions: Vec<Line> = Vec::new();
    for device in installed.devices {
        let account = Account {
            username: device.username,
            password: device
                .secret
                .as_ref()
                .map(Secret::reveal)
                .map(str::to_owned),
        };
        match extensions.last_mut() {
            Some(line) if line.number == device.number => line.devices.push(account),
            Some(_) | None => extensions.push(Line {
                number: device.number,
                devices: vec![account],
            }),
        }
    }
    Company {
        domain: installed
            .tenant
            .spec
            .domains
            .into_iter()
            .next()
            .unwrap_or_default(),
        existed: installed.existed,
        extensions,
    }
}

fn tell(made: &Made, data: &str) {
    if let Some(key) = &made.operator_token {
        print::line(&format!(
            "The operator's API key (shown this once):\n  {key}\n"
        ));
    }
    let new: Vec<&Company> = made
        .tenants
        .iter()
        .filter(|company| !company.existed)
        .collect();
    if !new.is_empty() {
        print::line("Accounts for phones (passwords are shown this once):\n");
        print::table(
            &["DOMAIN", "NUMBER", "USER NAME", "PASSWORD"],
            &accounts(&new),
        );
        print::line(&format!("\n{WHAT_NOW}"));
    }
    if let Some(path) = &made.certificate {
        print::line(&format!("{TRUST}\n  {path}\n"));
    }
    let known: Vec<&str> = made
        .tenants
        .iter()
        .filter(|company| company.existed)
        .map(|company| company.domain.as_str())
        .collect();
    if !known.is_empty() {
        print::line(&format!(
            "Already in {data}: {}.\nA forgotten password is replaced by, for example:\n  \
             strowger device --data {data} secret acme.example acme-101\n",
            known.join(", ")
        ));
    }
}

/// What to do with the certificate.
const TRUST: &str = "\
For TLS (serve --sip-tls 0.0.0.0:5061) a certificate was made that only phones take which are
told to trust it:";

/// What to do with an account.
const WHAT_NOW: &str = "\
Put one of them into any SIP softphone:
  user name, password   as above
  domain                the company's, as above
  proxy (or server)     the address of this machine, port 5060, UDP or TCP
Then dial
  *43   echo: you hear yourself
  *44   music
  *60   the day and the time
  *65   your own number
  102   the company's second phone, once it is registered
";

fn accounts(companies: &[&Company]) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    for company in companies {
        for line in &company.extensions {
            for account in &line.devices {
                rows.push(vec![
                    company.domain.clone(),
                    line.number.clone(),
                    account.username.clone(),
                    account.password.clone().unwrap_or_default(),
                ]);
            }
        }
    }
    rows
}
