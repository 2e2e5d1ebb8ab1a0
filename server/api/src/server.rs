//! Connections: accepted up to a bound, served, drained.

use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tower::ServiceExt;

use crate::front::{Front, Parts};
use crate::limits::Limits;
use crate::openapi::openapi;
use crate::patience::Patient;
use crate::routes::routes;
use crate::seats::Seats;
use crate::stream::pump;
use crate::who::Peer;

/// Most header lines of a request; beyond it 431.
const HEADERS_MAX: usize = 64;

/// Most bytes of a request's head; beyond it 431.
const HEAD_MAX: usize = 16_384;

/// Pause after a connection could not be accepted (no file descriptor is free, say).
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Serves the API on a bound listener until `shutdown` is ready, over plain HTTP/1.1. Then no
/// connection is accepted any more, idle ones are closed, and requests under way are answered,
/// which is waited for as long as a request may take. Must run on a tokio runtime with its
/// timers and sockets enabled.
pub async fn serve(listener: TcpListener, parts: Parts, shutdown: impl Future<Output = ()> + Send) {
    let limits = parts.limits;
    let store = parts.office.shared_store();
    let front = Arc::new(Front::new(parts, openapi()));
    let streams = Arc::clone(&front.streams.log);
    let router = routes(&front);
    let pumping = tokio::spawn(pump(Arc::clone(&streams), store));
    let (drain, mut connections) = (watch::Sender::new(false), JoinSet::new());
    let room = Arc::new(Semaphore::new(limits.connections));
    let seats = Seats::new(limits.connections_per_source);
    let mut shutdown = pin!(shutdown);
    loop {
        while connections.try_join_next().is_some() {}
        let accepted = async {
            // the semaphore is never closed, so there is always a permit in the end
            let permit = Arc::clone(&room).acquire_owned().await.ok();
            (listener.accept().await, permit)
        };
        let (accepted, permit) = tokio::select! {
            () = &mut shutdown => break,
            accepted = accepted => accepted,
        };
        match accepted {
            Ok((stream, peer)) => {
                let Some(seat) = seats.take(peer.ip()) else {
                    tracing::debug!(%peer, "a connection to the API is one too many of its source");
                    continue;
                };
                let served = connection(stream, peer, router.clone(), limits, drain.subscribe());
                connections.spawn(async move {
                    served.await;
                    drop((permit, seat));
                });
            }
            Err(error) => {
                tracing::warn!(%error, "a connection to the API cannot be accepted");
                sleep(ACCEPT_PAUSE).await;
            }
        }
    }
    drop(listener);
    streams.close();
    pumping.abort();
    drain.send_replace(true);
    let ended = async { while connections.join_next().await.is_some() {} };
    if timeout(limits.request_time, ended).await.is_err() {
        tracing::warn!("requests to the API were cut off: they took too long to drain");
    }
    connections.shutdown().await;
}

async fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    limits: Limits,
    mut draining: watch::Receiver<bool>,
) {
    // answers are small and whole: waiting for more to send would only delay them
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "a connection to the API keeps its delay");
    }
    let service = service_fn(move |mut request: hyper::Request<Incoming>| {
        request.extensions_mut().insert(Peer(peer));
        let answered = router.clone().oneshot(request.map(Body::new));
        async move { Ok::<_, Infallible>(answered.await.unwrap_or_else(|never| match never {})) }
    });
    let io = TokioIo::new(Patient::new(stream, limits.request_time));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head_time)
        .max_headers(HEADERS_MAX)
        .max_buf_size(HEAD_MAX)
        .serve_connection(io, service)
        .with_upgrades();
    let mut connection = pin!(connection);
    let told = async {
        // a sender that is gone means the same as one that sends
        let _told = draining.wait_for(|draining| *draining).await;
    };
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = told => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        // broken off, out of time, or no HTTP: the peer's affair
        tracing::debug!(%error, %peer, "a connection to the API ended early");
    }
}
