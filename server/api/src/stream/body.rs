//! Server-sent events (WHATWG HTML §9.2): the same items as lines of text.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes, HttpBody};
use hyper::body::Frame;
use serde_json::json;
use tokio::sync::mpsc;

use super::follow::{Follow, Item};

/// Media type of server-sent events.
pub(crate) const SSE: &str = "text/event-stream";

/// Frames that wait for a slow reader; the rest waits in the log.
const FRAMES_WAITING: usize = 16;

/// The first frame: how soon a reader comes back after the end, in milliseconds.
const WELCOME: &str = "retry: 2000\n\n";

/// A body that never ends by itself before `follow` does.
pub(crate) fn sent_events(mut follow: Follow) -> Body {
    let (frames, waiting) = mpsc::channel(FRAMES_WAITING);
    tokio::spawn(async move {
        let mut frame = WELCOME.to_owned();
        loop {
            if frames.send(Bytes::from(frame)).await.is_err() {
                return;
            }
            let item = tokio::select! {
                () = frames.closed() => return,
                item = follow.next() => item,
            };
            let Some(item) = item else { return };
            frame = text(&item);
        }
    });
    Body::new(Frames(waiting))
}

fn text(item: &Item) -> String {
    match item {
        Item::Event(event) => {
            let data = serde_json::to_string(event).unwrap_or_default();
            let told = format!("event: {}\ndata: {data}\n\n", event.kind);
            match event.cursor {
                // what is in no log is no place to come back to
                0 => told,
                cursor => format!("id: {cursor}\n{told}"),
            }
        }
        Item::Lost { after, resume } => {
            let data = json!({ "after": after, "resume": resume });
            format!("id: {resume}\nevent: lost\ndata: {data}\n\n")
        }
        Item::Unheard { steps, calls } => {
            let data = json!({ "of": "call.quality", "steps": steps, "calls": calls });
            format!("event: lost\ndata: {data}\n\n")
        }
        Item::Beat => ": still here\n\n".to_owned(),
    }
}

struct Frames(mpsc::Receiver<Bytes>);

impl HttpBody for Frames {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let next = self.0.poll_recv(context);
        next.map(|bytes| bytes.map(|bytes| Ok(Frame::data(bytes))))
    }
}
