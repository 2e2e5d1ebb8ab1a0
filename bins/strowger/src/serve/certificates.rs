//! The certificates of TLS and WSS, and the authorities of those we call: read at the start, and
//! anew when a file of theirs has changed, SIGHUP came or a certificate has come by itself.
//! Connections that are open stay as they are; what cannot be used changes nothing and is told in
//! the log.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use admin::Office;
use config::Wires;
use net::{Credentials, Identity, Keyring, Trust};
use tokio::signal::unix::{SignalKind, signal};

use super::obtained::Obtained;
use crate::failure::Failure;

/// How often the files are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(10);

/// Where the certificates are, and what they are used by.
pub(crate) struct Certificates {
    wires: Wires,
    /// What has come by itself.
    obtained: Obtained,
    /// Where something is spoken within TLS.
    keyring: Option<Keyring>,
    trust: Trust,
    /// When each file was changed last.
    seen: Vec<Option<SystemTime>>,
}

impl Certificates {
    /// Reads the files.
    ///
    /// # Errors
    /// A file that is not there or holds something else.
    pub(crate) fn open(wires: &Wires, obtained: Obtained) -> Result<Certificates, Failure> {
        let seen = seen(wires);
        let next = "name them with --sip-certificate and --sip-key, or have `strowger demo` make \
                    one for a trial";
        let read = read(wires, &obtained).map_err(|rule| Failure::new(rule).next(next))?;
        let bad = |bad: net::BadCredentials| Failure::new(bad.to_string()).next(next);
        let trust = Trust::new(read.trusted, read.shown).map_err(bad)?;
        let keyring = read.credentials.map(Keyring::new).transpose();
        Ok(Certificates {
            wires: wires.clone(),
            obtained,
            keyring: keyring.map_err(bad)?,
            trust,
            seen,
        })
    }

    /// What the loop speaks TLS with at its listeners.
    pub(crate) fn keyring(&self) -> Option<Keyring> {
        self.keyring.clone()
    }

    /// Whom the loop believes where it opens TLS itself.
    pub(crate) fn trust(&self) -> Trust {
        self.trust.clone()
    }

    /// The chains of the operator's files, those that can be read now.
    fn chains(&self) -> Vec<Vec<u8>> {
        let pairs = self.wires.certificates.iter();
        let pairs = pairs.filter(|_| self.wires.is_secure());
        pairs
            .filter_map(|pair| std::fs::read(&pair.chain).ok())
            .collect()
    }

    fn take(&self, read: Read) -> Result<(), String> {
        let replaced = self.trust.replace(read.trusted, read.shown);
        replaced.map_err(|bad| bad.to_string())?;
        let Some((keyring, credentials)) = self.keyring.as_ref().zip(read.credentials) else {
            return Ok(());
        };
        keyring.replace(credentials).map_err(|bad| bad.to_string())
    }

    /// Reads the files anew where one has changed, or when told to.
    fn look(&mut self, told: bool) {
        let seen = seen(&self.wires);
        if !told && seen == self.seen {
            return;
        }
        self.seen = seen;
        match read(&self.wires, &self.obtained).and_then(|read| self.take(read)) {
            Ok(()) => tracing::info!("certificates read anew"),
            Err(rule) => tracing::error!(%rule, "new certificates cannot be used; the old stay"),
        }
    }
}

/// What the files say.
struct Read {
    /// Where something is spoken within TLS.
    credentials: Option<Credentials>,
    /// What peers are shown that we call: the first certificate.
    shown: Option<Identity>,
    /// The authorities of peers that we call, in DER.
    trusted: Vec<Vec<u8>>,
}

/// Follows the files until it is aborted, and notes in the store what they say.
pub(crate) async fn follow(mut certificates: Certificates, office: Office) {
    let obtained = certificates.obtained.clone();
    let Ok(mut hang_up) = signal(SignalKind::hangup()) else {
        tracing::error!("certificates are not followed: no signals");
        return;
    };
    let mut noted = None;
    loop {
        let chains = certificates.chains();
        if noted.as_ref() != Some(&chains) {
            match admin::certificates::note_files(&office, &chains).await {
                Ok(()) => noted = Some(chains),
                Err(error) => tracing::warn!(%error, "operators are shown older certificates"),
            }
        }
        let told = tokio::select! {
            _ = hang_up.recv() => true,
            () = obtained.changed() => true,
            () = tokio::time::sleep(LOOK_EVERY) => false,
        };
        let looked = tokio::task::spawn_blocking(move || {
            certificates.look(told);
            certificates
        });
        match looked.await {
            Ok(back) => certificates = back,
            Err(_) => return,
        }
    }
}

fn files(wires: &Wires) -> impl Iterator<Item = &PathBuf> {
    let pairs = wires.certificates.iter().filter(|_| wires.is_secure());
    let pairs = pairs.flat_map(|pair| [&pair.chain, &pair.key]);
    pairs.chain(&wires.authorities).chain(&wires.trusted)
}

fn seen(wires: &Wires) -> Vec<Option<SystemTime>> {
    let changed = |path: &PathBuf| std::fs::metadata(path).ok()?.modified().ok();
    files(wires).map(changed).collect()
}

fn read(wires: &Wires, obtained: &Obtained) -> Result<Read, String> {
    let identities = identities(wires, obtained)?;
    Ok(Read {
        trusted: trusted(wires)?,
        shown: identities.first().cloned(),
        credentials: match wires.is_secure() {
            true => Some(credentials(wires, identities)?),
            false => None,
        },
    })
}

fn text(path: &Path) -> Result<Vec<u8>, String> {
    std::fs::read(path).map_err(|error| in_file(path, error))
}

/// Who vouches for peers that we call: the file that names them, else those whom this machine
/// trusts.
fn trusted(wires: &Wires) -> Result<Vec<Vec<u8>>, String> {
    let Some(path) = &wires.trusted else {
        // a list that cannot be read whole vouches for fewer, and calls to others fail
        let found = rustls_native_certs::load_native_certs().certs;
        return Ok(found.iter().map(|one| one.as_ref().to_vec()).collect());
    };
    Trust::authorities(&text(path)?).map_err(|bad| in_file(path, bad))
}

/// The files first, so that they win over what has come by itself for the same name.
fn identities(wires: &Wires, obtained: &Obtained) -> Result<Vec<Identity>, String> {
    let mut identities = Vec::new();
    for pair in wires.certificates.iter().filter(|_| wires.is_secure()) {
        let (chain, key) = (text(&pair.chain)?, text(&pair.key)?);
        let identity = Identity::from_pem(&chain, &key);
        identities.push(identity.map_err(|bad| in_file(&pair.chain, bad))?);
    }
    let more = obtained.all().into_iter().filter(|_| wires.is_secure());
    for (name, given) in more {
        let identity = Identity::from_pem(given.chain.as_bytes(), given.key.as_bytes());
        identities.push(identity.map_err(|bad| format!("the certificate of {name}: {bad}"))?);
    }
    Ok(identities)
}

fn credentials(wires: &Wires, identities: Vec<Identity>) -> Result<Credentials, String> {
    let credentials = Credentials::new(identities);
    let Some(path) = &wires.authorities else {
        return Ok(credentials);
    };
    let trusting = credentials.trusting(&text(path)?);
    trusting.map_err(|bad| in_file(path, bad))
}

fn in_file(path: &Path, what: impl std::fmt::Display) -> String {
    format!("{}: {what}", path.display())
}
