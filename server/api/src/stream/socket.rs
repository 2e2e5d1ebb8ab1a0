//! WebSockets (RFC 6455): the same items as messages of text, for those who ask for an upgrade.

use axum::http::header::{
    CONNECTION, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION, UPGRADE,
};
use axum::http::{HeaderMap, HeaderName};
use futures_util::{SinkExt, StreamExt};
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use serde_json::json;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::{Message, Role, WebSocketConfig};

use super::follow::{Follow, Item};

/// Longest message that a reader may send, in bytes. Nothing that it sends means anything.
const INCOMING_MAX: usize = 4_096;

/// Whether a request asks for a WebSocket.
pub(crate) fn is_asked_for(headers: &HeaderMap) -> bool {
    let asked = headers.get(UPGRADE).and_then(|value| value.to_str().ok());
    asked.is_some_and(|value| value.eq_ignore_ascii_case("websocket"))
}

/// Agrees to a WebSocket, over which the reader then follows; gives the headers of the answer, or
/// `None` when the request is no handshake (RFC 6455 section 4.2.1).
pub(crate) fn agree(
    headers: &HeaderMap,
    upgrade: Option<OnUpgrade>,
    follow: Follow,
) -> Option<[(HeaderName, String); 3]> {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let key = text(SEC_WEBSOCKET_KEY).filter(|_| text(SEC_WEBSOCKET_VERSION) == Some("13"))?;
    let upgrade = upgrade?;
    tokio::spawn(async move {
        match upgrade.await {
            Ok(upgraded) => tell(TokioIo::new(upgraded), follow).await,
            Err(error) => tracing::debug!(%error, "a WebSocket did not come about"),
        }
    });
    Some([
        (UPGRADE, "websocket".to_owned()),
        (CONNECTION, "upgrade".to_owned()),
        (SEC_WEBSOCKET_ACCEPT, derive_accept_key(key.as_bytes())),
    ])
}

/// Tells the reader everything until it hangs up or the stream ends.
async fn tell<S: AsyncRead + AsyncWrite + Unpin>(stream: S, mut follow: Follow) {
    let config = WebSocketConfig::default()
        .max_message_size(Some(INCOMING_MAX))
        .max_frame_size(Some(INCOMING_MAX));
    let mut socket = WebSocketStream::from_raw_socket(stream, Role::Server, Some(config)).await;
    loop {
        let item = tokio::select! {
            item = follow.next() => item,
            said = socket.next() => match said {
                // pings are answered by the socket itself
                Some(Ok(_)) => continue,
                Some(Err(_)) | None => return,
            },
        };
        let Some(item) = item else { break };
        if socket.send(message(&item)).await.is_err() {
            return;
        }
    }
    // whoever is not there any more needs no goodbye
    let _gone = socket.close(None).await;
}

fn message(item: &Item) -> Message {
    match item {
        Item::Event(event) => Message::text(serde_json::to_string(event).unwrap_or_default()),
        Item::Lost { after, resume } => {
            let lost = json!({ "type": "lost", "after": after, "resume": resume });
            Message::text(lost.to_string())
        }
        Item::Unheard { steps, calls } => {
            let of = "call.quality";
            let lost = json!({ "type": "lost", "of": of, "steps": steps, "calls": calls });
            Message::text(lost.to_string())
        }
        Item::Beat => Message::Ping(Vec::new().into()),
    }
}
