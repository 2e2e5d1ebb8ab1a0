//! How the server is reached: the address, and TLS where the address asks for it.

use std::fmt;
use std::fs::File;
use std::io::BufReader;
use std::sync::Arc;
use std::time::Duration;

use postgres::config::SslMode;
use postgres::{Client, Config};
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore, pki_types::CertificateDer};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::relational::OpenError;

/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(5);

/// After this long without an answer to what was sent, a connection is dead.
const SILENCE: Duration = Duration::from_secs(15);

/// The parameter that names a file of trusted roots, as other clients spell it.
const ROOTS: &str = "sslrootcert=";

/// How each connection works: in our schema, waiting within bounds, durable when it says so.
const WAYS: &str = "
    SET search_path = strowger;
    SET lock_timeout = '5s';
    SET statement_timeout = '60s';
    SET idle_in_transaction_session_timeout = '120s';
    SELECT set_config('synchronous_commit', 'on', false)
      WHERE current_setting('synchronous_commit') = 'off';
";

/// A server's address, with what is needed to speak to it.
#[derive(Clone)]
pub(super) struct Server {
    config: Config,
    tls: MakeRustlsConnect,
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // the address may hold a password, which Config hides
        self.config.fmt(f)
    }
}

impl Server {
    /// Reads `postgres://USER@HOST/DATABASE`, with `?sslmode=`, `host=` (a folder with a socket)
    /// and `sslrootcert=` (a file).
    pub(super) fn at(url: &str) -> Result<Server, OpenError> {
        let (url, roots) = without_roots(url);
        let mut config: Config = url.parse().map_err(|error: postgres::Error| {
            OpenError::Address(format!("not an address of PostgreSQL: {error}"))
        })?;
        config
            .application_name("strowger")
            .connect_timeout(CONNECT)
            .tcp_user_timeout(SILENCE)
            .keepalives_idle(SILENCE);
        let wants_tls = config.get_ssl_mode() != SslMode::Disable;
        let tls = tls(roots.as_deref(), wants_tls)?;
        Ok(Server { config, tls })
    }

    /// The role that the address names.
    pub(super) fn role(&self) -> Result<&str, OpenError> {
        self.config
            .get_user()
            .ok_or_else(|| OpenError::Address("the address must name a role".to_owned()))
    }

    /// A new connection.
    pub(super) fn connect(&self) -> Result<Client, postgres::Error> {
        let mut client = self.config.connect(self.tls.clone())?;
        client.batch_execute(WAYS)?;
        Ok(client)
    }
}

/// The address without the file of roots, and that file.
fn without_roots(url: &str) -> (String, Option<String>) {
    let Some((place, query)) = url.split_once('?') else {
        return (url.to_owned(), None);
    };
    let (mut kept, mut roots) = (Vec::new(), None);
    for part in query.split('&') {
        match part.strip_prefix(ROOTS) {
            Some(file) => roots = Some(file.to_owned()),
            None => kept.push(part),
        }
    }
    (format!("{place}?{}", kept.join("&")), roots)
}

/// TLS that trusts the roots of a file or, without one, those of the operating system.
fn tls(roots: Option<&str>, wanted: bool) -> Result<MakeRustlsConnect, OpenError> {
    let mut trusted = RootCertStore::empty();
    match roots {
        Some(file) => trusted.add_parsable_certificates(read_roots(file)?),
        None if wanted => {
            trusted.add_parsable_certificates(rustls_native_certs::load_native_certs().certs)
        }
        None => (0, 0),
    };
    let crypto = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(crypto)
        .with_safe_default_protocol_versions()
        .map_err(|error| OpenError::Address(error.to_string()))?;
    let config = config.with_root_certificates(trusted).with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}

fn read_roots(file: &str) -> Result<Vec<CertificateDer<'static>>, OpenError> {
    let cannot = |error: std::io::Error| OpenError::File(file.into(), error);
    let mut reader = BufReader::new(File::open(file).map_err(cannot)?);
    CertificateDer::pem_reader_iter(&mut reader)
        .map(|found| found.map_err(|error| cannot(std::io::Error::other(error.to_string()))))
        .collect()
}
