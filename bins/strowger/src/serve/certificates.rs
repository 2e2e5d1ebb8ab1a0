//! The certificates of TLS and WSS: read at the start, and anew when a file of theirs has changed
//! or SIGHUP came. Connections that are open stay as they are; files that cannot be used change
//! nothing and are told in the log.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use config::Wires;
use net::{Credentials, Identity, Keyring};
use tokio::signal::unix::{SignalKind, signal};

use crate::failure::Failure;

/// How often the files are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(10);

/// Where the certificates are, and what they are used by.
pub(crate) struct Certificates {
    wires: Wires,
    keyring: Keyring,
    /// When each file was changed last.
    seen: Vec<Option<SystemTime>>,
}

impl Certificates {
    /// Reads the files; nothing where nothing is spoken within TLS.
    ///
    /// # Errors
    /// A file that is not there or holds something else.
    pub(crate) fn open(wires: &Wires) -> Result<Option<Certificates>, Failure> {
        if !wires.is_secure() {
            return Ok(None);
        }
        let seen = seen(wires);
        let next = "name them with --sip-certificate and --sip-key, or have `strowger demo` make \
                    one for a trial";
        let credentials = read(wires).map_err(|rule| Failure::new(rule).next(next))?;
        let keyring = Keyring::new(credentials);
        let keyring = keyring.map_err(|bad| Failure::new(bad.to_string()).next(next))?;
        Ok(Some(Certificates {
            wires: wires.clone(),
            keyring,
            seen,
        }))
    }

    /// What the loop speaks TLS with.
    pub(crate) fn keyring(&self) -> Keyring {
        self.keyring.clone()
    }

    /// Reads the files anew where one has changed, or when told to.
    fn look(&mut self, told: bool) {
        let seen = seen(&self.wires);
        if !told && seen == self.seen {
            return;
        }
        self.seen = seen;
        let replaced = read(&self.wires).and_then(|credentials| {
            let replaced = self.keyring.replace(credentials);
            replaced.map_err(|bad| bad.to_string())
        });
        match replaced {
            Ok(()) => tracing::info!("certificates read anew"),
            Err(rule) => tracing::error!(%rule, "new certificates cannot be used; the old stay"),
        }
    }
}

/// Follows the files until it is aborted.
pub(crate) async fn follow(certificates: Option<Certificates>) {
    let Ok(mut hang_up) = signal(SignalKind::hangup()) else {
        tracing::error!("certificates are not followed: no signals");
        return;
    };
    let Some(mut certificates) = certificates else {
        // whoever sends it where there are none means no harm
        while hang_up.recv().await.is_some() {}
        return;
    };
    loop {
        let told = tokio::select! {
            _ = hang_up.recv() => true,
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
    let pairs = wires.certificates.iter();
    let pairs = pairs.flat_map(|pair| [&pair.chain, &pair.key]);
    pairs.chain(&wires.authorities)
}

fn seen(wires: &Wires) -> Vec<Option<SystemTime>> {
    let changed = |path: &PathBuf| std::fs::metadata(path).ok()?.modified().ok();
    files(wires).map(changed).collect()
}

fn read(wires: &Wires) -> Result<Credentials, String> {
    let text = |path: &Path| std::fs::read(path).map_err(|error| in_file(path, error));
    let mut identities = Vec::new();
    for pair in &wires.certificates {
        let (chain, key) = (text(&pair.chain)?, text(&pair.key)?);
        let identity = Identity::from_pem(&chain, &key);
        identities.push(identity.map_err(|bad| in_file(&pair.chain, bad))?);
    }
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
