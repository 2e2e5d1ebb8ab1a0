//! Certificates that come by themselves: the job that has them asked for.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use acme::{Authority, Enrolment, Trust};
use admin::Office;
use admin::certificates::{self, InUse, Issuance, Round};
use base64::Engine;
use base64::engine::general_purpose::{URL_SAFE, URL_SAFE_NO_PAD};
use config::{Acme, Settings};
use ports::{CertificateAuthority, Entropy, Given};
use store::{OsEntropy, block_on};

use super::certificates::Certificates;
use super::obtained::Obtained;
use crate::commands::trial_certificate;
use crate::console;
use crate::failure::Failure;

/// How often it is looked whether one is due, and whether another node has a new one.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// What is counted.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    /// Certificates that were given.
    pub(crate) given: AtomicU64,
    /// Attempts that failed.
    pub(crate) refused: AtomicU64,
    /// Seconds that are left of each certificate.
    pub(crate) left: Mutex<BTreeMap<String, u64>>,
}

impl Tally {
    fn count(&self, round: &Round) {
        let count = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
        self.given
            .fetch_add(count(round.given.len()), Ordering::Relaxed);
        self.refused
            .fetch_add(count(round.refused.len()), Ordering::Relaxed);
        let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        *left = round.left.iter().cloned().collect();
    }
}

/// The job, before it is run.
pub(crate) struct Issuer {
    authority: Authority,
    names: Vec<String>,
    holder: String,
    obtained: Obtained,
}

/// The certificates of TLS, and the job where some come by themselves. Of those, what is there
/// already is taken from the store, and what is not there yet is made for the meantime.
///
/// # Errors
/// A file cannot be used, or the key of the external account, or the store cannot be read.
pub(crate) fn begin(
    settings: &Settings,
    office: &Office,
    agent: &str,
) -> Result<(Certificates, Option<Issuer>), Failure> {
    let obtained = Obtained::default();
    let Some(acme) = &settings.acme else {
        return Ok((Certificates::open(&settings.wires, obtained)?, None));
    };
    let names = wanted(settings, acme);
    obtained.take(block_on(certificates::in_use(office, &names))?);
    if obtained.all().is_empty() && settings.wires.certificates.is_empty() {
        let (chain, key) = trial_certificate::meanwhile(&acme.names)?;
        let name = "the meantime".to_owned();
        let given = Given { chain, key };
        obtained.take(vec![InUse { name, given }]);
    }
    let issuer = Issuer {
        authority: authority(acme, agent)?,
        names,
        holder: format!("{:032x}", OsEntropy.next_u128()),
        obtained: obtained.clone(),
    };
    let certificates = Certificates::open(&settings.wires, obtained)?;
    Ok((certificates, Some(issuer)))
}

/// The hosts to be asked for: those that no file of the operator is for.
fn wanted(settings: &Settings, acme: &Acme) -> Vec<String> {
    let files = settings.wires.certificates.iter();
    let files = files.filter(|_| settings.wires.is_secure());
    let chains: Vec<Vec<u8>> = files
        .filter_map(|pair| std::fs::read(&pair.chain).ok())
        .collect();
    let covered = |name: &String| {
        let is_for = |chain: &Vec<u8>| certificates::is_for(chain, name).unwrap_or_default();
        chains.iter().any(is_for)
    };
    let names = acme.names.iter().filter(|name| !covered(name));
    names.cloned().collect()
}

fn authority(acme: &Acme, agent: &str) -> Result<Authority, Failure> {
    let trust = match &acme.trusted {
        None => Trust::of_machine().map_err(|bad| Failure::internal(bad.to_string()))?,
        Some(path) => {
            let refused = |what: &dyn std::fmt::Display| {
                Failure::new(format!("acme_trust {}: {what}", path.display()))
                    .next("name a file of certificates in PEM with --acme-trust")
            };
            let text = std::fs::read(path).map_err(|error| refused(&error))?;
            Trust::of_pem(&text).map_err(|bad| refused(&bad))?
        }
    };
    let external = acme.external.as_ref().map(|external| {
        let key = external.key.as_str();
        let read = URL_SAFE_NO_PAD
            .decode(key)
            .or_else(|_| URL_SAFE.decode(key));
        let odd = |_| Failure::new("acme_eab_key must be the key in base64url");
        read.map(|key| (external.id.clone(), key)).map_err(odd)
    });
    let enrolment = Enrolment {
        directory: acme.directory.clone(),
        contact: acme.contact.clone(),
        external: external.transpose()?,
    };
    Ok(Authority::new(enrolment, trust, agent))
}

impl Issuer {
    /// Looks and asks until it is aborted.
    pub(crate) async fn run(self, office: Office, tally: Arc<Tally>) {
        let operator = console::operator();
        let directory = self.authority.directory();
        tracing::info!(directory, names = ?self.names, "certificates come by themselves");
        let issuance = Issuance {
            office: &office,
            operator: &operator,
            authority: &self.authority,
            names: &self.names,
            holder: &self.holder,
        };
        loop {
            match issuance.round().await {
                Ok(round) => {
                    tally.count(&round);
                    tell(&round);
                }
                Err(error) => tracing::warn!(%error, "certificates wait for the store"),
            }
            match certificates::in_use(&office, &self.names).await {
                Ok(found) => self.obtained.take(found),
                Err(error) => tracing::warn!(%error, "new certificates wait for the store"),
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }
}

fn tell(round: &Round) {
    for name in &round.given {
        tracing::info!(name, "a certificate was given");
    }
    for (name, problem) in &round.refused {
        tracing::error!(
            name,
            problem,
            "a certificate was not given; the old one stays in use"
        );
    }
    for (name, until) in &round.low {
        tracing::error!(name, %until, "a certificate ends soon and was not renewed");
    }
}
