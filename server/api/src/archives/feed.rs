//! From the body of a request into a pipe.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use tokio::time::timeout;

use crate::pipe::{Cut, Pipe};

/// What is read of a body that is refused, so that its sender hears the answer.
const LEFT_OVER: u64 = 16 << 20;

/// How long it is read for.
const LEFT_OVER_TIME: Duration = Duration::from_secs(1);

/// Hands a body of at most `most` bytes to whoever reads the pipe, until it ends or the reader
/// has had enough.
pub(crate) async fn feed(mut body: Body, most: u64, pipe: &Arc<Pipe>) {
    let mut come: u64 = 0;
    loop {
        if poll_fn(|context| pipe.poll_room(context)).await.is_err() {
            break;
        }
        match next(&mut body, pipe).await {
            Next::Piece(piece) => {
                come = come.saturating_add(length(&piece));
                if come > most {
                    pipe.end(Err(Cut::TooLong));
                    break;
                }
                pipe.add(piece);
            }
            Next::End => return pipe.end(Ok(())),
            Next::Broken => return pipe.end(Err(Cut::Broken)),
            Next::Unwanted => break,
        }
    }
    // a connection that is closed with something unread may take the answer with it
    let _late = timeout(LEFT_OVER_TIME, drain(body)).await;
}

async fn drain(mut body: Body) {
    let mut left = LEFT_OVER;
    while let Some(Ok(frame)) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        let read = frame.into_data().map_or(0, |piece| length(&piece));
        left = left.saturating_sub(read);
        if left == 0 {
            return;
        }
    }
}

fn length(piece: &Bytes) -> u64 {
    u64::try_from(piece.len()).unwrap_or(u64::MAX)
}

enum Next {
    Piece(Bytes),
    End,
    Broken,
    /// Whoever reads the pipe is done.
    Unwanted,
}

/// What comes next of a body, unless the pipe ends before.
async fn next(body: &mut Body, pipe: &Pipe) -> Next {
    poll_fn(|context| {
        if pipe.poll_end(context).is_ready() {
            return Poll::Ready(Next::Unwanted);
        }
        loop {
            let frame = match Pin::new(&mut *body).poll_frame(context) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(None) => return Poll::Ready(Next::End),
                Poll::Ready(Some(Err(_))) => return Poll::Ready(Next::Broken),
                Poll::Ready(Some(Ok(frame))) => frame,
            };
            // trailers are nothing to us
            if let Ok(piece) = frame.into_data() {
                return Poll::Ready(Next::Piece(piece));
            }
        }
    })
    .await
}
