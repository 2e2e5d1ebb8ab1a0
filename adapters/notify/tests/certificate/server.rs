//! A server within TLS for tests: reads one request a connection and answers with a fixed text.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

use rcgen::{CertificateParams, KeyPair, SanType};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore, ServerConfig, ServerConnection, StreamOwned};

/// The server.
pub(crate) struct Server {
    pub(crate) at: SocketAddr,
    certificate: CertificateDer<'static>,
    requests: Receiver<String>,
    touched: Arc<AtomicBool>,
}

impl Server {
    /// A server that gives this answer, or none at all when it is empty.
    pub(crate) fn start(answer: String) -> Server {
        let key = KeyPair::generate().unwrap();
        let mut says = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        let ip = std::net::IpAddr::from([127, 0, 0, 1]);
        says.subject_alt_names.push(SanType::IpAddress(ip));
        let certificate = says.self_signed(&key).unwrap().der().clone();
        let secret = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.clone()], secret)
            .unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let at = listener.local_addr().unwrap();
        let (sender, requests) = sync_channel(16);
        let touched = Arc::new(AtomicBool::new(false));
        let touch = Arc::clone(&touched);
        let config = Arc::new(config);
        // it ends with the tests
        thread::spawn(move || {
            while let Ok((stream, _)) = listener.accept() {
                touch.store(true, Ordering::Release);
                let (config, answer) = (Arc::clone(&config), answer.clone());
                let sender = sender.clone();
                thread::spawn(move || serve(stream, config, &answer, &sender));
            }
        });
        Server {
            at,
            certificate,
            requests,
            touched,
        }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("https://{}{path}", self.at)
    }

    /// A client that trusts this server and no other.
    pub(crate) fn client(&self) -> ClientConfig {
        let mut roots = RootCertStore::empty();
        roots.add(self.certificate.clone()).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth()
    }

    /// The next request.
    pub(crate) fn request(&self) -> String {
        self.requests.recv_timeout(Duration::from_secs(30)).unwrap()
    }

    /// Whether nobody has connected.
    pub(crate) fn is_untouched(&self) -> bool {
        !self.touched.load(Ordering::Acquire)
    }
}

fn serve(stream: TcpStream, config: Arc<ServerConfig>, answer: &str, told: &SyncSender<String>) {
    let connection = ServerConnection::new(config).unwrap();
    let mut stream = StreamOwned::new(connection, stream);
    let (mut request, mut buffer) = (Vec::new(), [0; 4_096]);
    while !request.ends_with(b"\r\n\r\n") {
        match stream.read(&mut buffer) {
            Ok(length @ 1..) => request.extend_from_slice(&buffer[..length]),
            // whoever does not trust this server hangs up
            Ok(0) | Err(_) => return,
        }
    }
    let request = String::from_utf8_lossy(&request).into_owned();
    let _unwanted = told.try_send(request);
    if answer.is_empty() {
        // the peer hangs up first
        let _ended = stream.read(&mut buffer);
        return;
    }
    // it may also hang up in the middle of a long answer
    let _cut = stream.write_all(answer.as_bytes());
    let _cut = stream.flush();
    stream.conn.send_close_notify();
    let _cut = stream.flush();
}
