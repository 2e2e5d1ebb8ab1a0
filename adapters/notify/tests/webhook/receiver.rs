//! A receiver for tests: reads one request a connection and answers with a fixed text.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

/// The receiver.
pub(crate) struct Receiver {
    pub(crate) at: SocketAddr,
    requests: mpsc::Receiver<String>,
    touched: Arc<AtomicBool>,
}

impl Receiver {
    /// A receiver that gives this answer, or none at all when it is empty.
    pub(crate) async fn start(answer: &'static str) -> Receiver {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        let (sender, requests) = mpsc::channel(16);
        let touched = Arc::new(AtomicBool::new(false));
        let touch = Arc::clone(&touched);
        tokio::spawn(async move {
            let mut kept = Vec::new();
            while let Ok((mut stream, _)) = listener.accept().await {
                touch.store(true, Ordering::Release);
                let request = read(&mut stream).await;
                // whoever does not listen to requests does not want them
                let _unwanted = sender.try_send(request);
                if answer.is_empty() {
                    kept.push(stream);
                    continue;
                }
                // the courier may hang up in the middle of a long answer
                let _cut = stream.write_all(answer.as_bytes()).await;
                let _cut = stream.shutdown().await;
            }
        });
        Receiver {
            at,
            requests,
            touched,
        }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.at)
    }

    /// The next request.
    pub(crate) async fn request(&mut self) -> String {
        self.requests.recv().await.unwrap()
    }

    /// Whether nobody has connected.
    pub(crate) fn is_untouched(&self) -> bool {
        !self.touched.load(Ordering::Acquire)
    }
}

/// A request up to the end of its JSON, or whatever comes before the peer hangs up.
async fn read(stream: &mut TcpStream) -> String {
    let (mut request, mut buffer) = (Vec::new(), [0; 4_096]);
    while let Ok(length) = stream.read(&mut buffer).await {
        request.extend_from_slice(&buffer[..length]);
        if length == 0 || request.ends_with(b"}") || !request.starts_with(b"POST") {
            break;
        }
    }
    String::from_utf8_lossy(&request).into_owned()
}
