//! What leaves the exchange for people and for their programs: the mail server, webhooks,
//! companies' sign-in servers, name servers, live streams of music, and certificates of those who
//! sign calls.

use std::net::IpAddr;
use std::sync::Arc;

use config::Settings;
use hooks::Hooks;
use names::{Asker, Servers};
use node::{Fetched, Searcher};
use notify::{
    COMMAND_TIME, CertificateFetcher, Egress, FETCH_TIMES, HttpCourier, HttpEnquirer, HttpRadio,
    Network, RADIO_TIMES, Relay, SmtpMailer, Times,
};
use ports::{Courier, Enquirer, Entropy, Mailer, NoMailer, Stores};
use stir::Roots;
use store::{OsEntropy, SystemClock};

use super::inbox::{Letter, Postbox};
use crate::failure::Failure;

/// The mailer that the settings name.
///
/// # Errors
/// A URL that names no mail server, or a sender that is no address.
pub(crate) fn mailer(settings: &Settings) -> Result<Arc<dyn Mailer>, Failure> {
    let Some(mail) = &settings.mail else {
        return Ok(Arc::new(NoMailer));
    };
    let refused = |bad: notify::BadRelay| {
        Failure::new(format!("smtp: {bad}")).next("correct --smtp and --mail-from")
    };
    let relay = Relay::parse(&mail.smtp).map_err(refused)?;
    let entropy = Arc::new(OsEntropy);
    let mailer = SmtpMailer::new(&relay, &mail.from, COMMAND_TIME, entropy).map_err(refused)?;
    Ok(Arc::new(mailer))
}

/// The guard of addresses that customers name, with the networks inside that the operator allows.
fn egress(allowed: &[(IpAddr, u8)]) -> Egress {
    let networks = allowed.iter();
    let networks = networks.filter_map(|(address, bits)| Network::new(*address, *bits));
    Egress::with_allowed(networks.collect())
}

/// Whoever asks companies' sign-in servers.
///
/// # Errors
/// TLS cannot be set up.
pub(crate) fn enquirer(settings: &Settings, agent: &str) -> Result<Arc<dyn Enquirer>, Failure> {
    let egress = egress(&settings.sso_allow);
    let tls = notify::client_config().map_err(|error| Failure::internal(error.to_string()))?;
    let times = Times::default();
    Ok(Arc::new(HttpEnquirer::new(egress, tls, times, agent)))
}

/// Whoever listens to live streams of music.
///
/// # Errors
/// TLS cannot be set up.
pub(crate) fn radio(settings: &Settings, agent: &str) -> Result<HttpRadio, Failure> {
    let egress = egress(&settings.music_allow);
    let tls = notify::client_config().map_err(|error| Failure::internal(error.to_string()))?;
    Ok(HttpRadio::new(egress, tls, RADIO_TIMES, agent))
}

/// Whoever asks where carriers are; what it hears is posted to the shard.
///
/// # Errors
/// The machine gives no thread.
pub(crate) fn asker(settings: &Settings, postbox: Postbox) -> Result<Asker<Searcher>, Failure> {
    let servers = match &*settings.name_servers {
        [] => Servers::System,
        given => Servers::These(given.to_vec()),
    };
    let deliver = move |whose, replied| {
        // A shard that is too busy asks again when its patience is over.
        let _lost = postbox.post(Letter::Named(whose, replied));
    };
    Asker::start(servers, deliver).map_err(|error| Failure::internal(error.to_string()))
}

/// Whoever fetches certificates of those who sign calls; what is found is posted to the shard.
///
/// # Errors
/// TLS cannot be set up, or the machine gives no thread.
pub(crate) fn fetcher(
    settings: &Settings,
    agent: &str,
    postbox: Postbox,
) -> Result<CertificateFetcher, Failure> {
    let egress = egress(&settings.stir_allow);
    let tls = notify::client_config().map_err(|error| Failure::internal(error.to_string()))?;
    let deliver = move |x5u, fetched: notify::FetchedCertificate| {
        let fetched = match fetched {
            Ok(found) => Fetched::Found {
                body: found.body,
                keep: found.keep,
            },
            Err(_) => Fetched::Failed,
        };
        // to a shard that is too busy it is as if nothing had come in time
        let _lost = postbox.post(Letter::Certificate(x5u, fetched));
    };
    let started = CertificateFetcher::start((egress, tls, FETCH_TIMES), agent, deliver);
    started.map_err(|error| Failure::internal(error.to_string()))
}

/// Who is trusted to say who may sign calls.
///
/// # Errors
/// The file cannot be read, or holds something else than certificates.
pub(crate) fn authorities(settings: &Settings) -> Result<Roots, Failure> {
    let Some(path) = &settings.stir_trust else {
        return Ok(Roots::none());
    };
    let refused = |what: &dyn std::fmt::Display| {
        Failure::new(format!("stir_trust {}: {what}", path.display()))
            .next("name a file of certificates in PEM with --stir-trust")
    };
    let text = std::fs::read(path).map_err(|error| refused(&error))?;
    Roots::of_pem(&text).map_err(|bad| refused(&bad))
}

/// Whoever delivers to webhooks; it begins when it is run.
///
/// # Errors
/// TLS cannot be set up.
pub(crate) fn hooks(
    settings: &Settings,
    store: Arc<dyn Stores>,
    agent: &str,
) -> Result<Arc<Hooks>, Failure> {
    let egress = egress(&settings.webhook_allow);
    let tls = notify::client_config().map_err(|error| Failure::internal(error.to_string()))?;
    let courier: Arc<dyn Courier> =
        Arc::new(HttpCourier::new(egress, tls, Times::default(), agent));
    let mut seed = [0; 8];
    OsEntropy.fill(&mut seed);
    Ok(Hooks::new(hooks::Parts {
        store,
        courier,
        clock: Arc::new(SystemClock),
        limits: delivery::Limits::default(),
        seed: u64::from_le_bytes(seed),
    }))
}
