//! A certificate for a trial, signed by nobody but itself: phones must be told to trust it.

use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair};

use crate::failure::Failure;
use crate::host;

/// Puts a certificate and its key into the data folder, where `serve` looks for them, for the
/// domains and for this machine. Gives its path; nothing where there is a certificate or a key
/// already.
///
/// # Errors
/// A domain that cannot stand in a certificate, or a folder that cannot be written to.
pub(crate) fn make(data: &Path, domains: &[String]) -> Result<Option<PathBuf>, Failure> {
    let (chain, key) = (data.join(config::CERTIFICATE), data.join(config::KEY));
    if chain.exists() || key.exists() {
        return Ok(None);
    }
    let (certificate, secret) = signed(domains).map_err(|error| {
        Failure::internal(format!("the trial's certificate cannot be made: {error}"))
    })?;
    write(&key, 0o600, &secret)?;
    write(&chain, 0o644, &certificate)?;
    Ok(Some(chain))
}

/// Certificate and key in PEM, for whoever comes before the first one that is asked for is there.
///
/// # Errors
/// A host that cannot stand in a certificate.
pub(crate) fn meanwhile(hosts: &[String]) -> Result<(String, String), Failure> {
    signed(hosts).map_err(|error| {
        Failure::internal(format!(
            "a certificate for the meantime cannot be made: {error}"
        ))
    })
}

/// Certificate and key in PEM.
fn signed(domains: &[String]) -> Result<(String, String), rcgen::Error> {
    let outward = [true, false].into_iter().filter_map(host::outward);
    let here = ["localhost", "127.0.0.1", "::1"].map(str::to_owned);
    let names = domains.iter().cloned().chain(here);
    let mut names: Vec<String> = names.chain(outward.map(|ip| ip.to_string())).collect();
    names.dedup();
    let mut params = CertificateParams::new(names)?;
    params.distinguished_name = DistinguishedName::new();
    let called = "Strowger, for a trial";
    params.distinguished_name.push(DnType::CommonName, called);
    let key = KeyPair::generate()?;
    let certificate = params.self_signed(&key)?;
    Ok((certificate.pem(), key.serialize_pem()))
}

fn write(path: &Path, mode: u32, text: &str) -> Result<(), Failure> {
    let mut options = OpenOptions::new();
    let made = options.write(true).create_new(true).mode(mode).open(path);
    let written = made.and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|error| Failure::new(format!("cannot write {}: {error}", path.display())))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn what_is_made_is_a_certificate_that_the_exchange_can_speak_with() {
        let domains = ["acme.example".to_owned()];
        let (certificate, key) = signed(&domains).unwrap();
        let made = net::Identity::from_pem(certificate.as_bytes(), key.as_bytes());
        assert!(made.is_ok(), "{made:?}");
    }
}
