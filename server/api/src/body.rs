//! The body of a request as a whole.

use std::future::poll_fn;
use std::pin::Pin;

use axum::body::{Body, Bytes, HttpBody};

use crate::problem::{Kind, Problem};

/// The whole of a body that has at most `limit` bytes.
///
/// # Errors
/// `TooLarge`, or `Malformed` when it breaks off.
pub(crate) async fn gathered(mut body: Body, limit: usize) -> Result<Bytes, Problem> {
    let too_large = || Problem::new(Kind::TooLarge, format!("a body has at most {limit} bytes"));
    let announced = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    if announced > limit {
        return Err(too_large());
    }
    let mut gathered = Vec::with_capacity(announced);
    while let Some(frame) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        let frame = frame.map_err(|_| Problem::new(Kind::Malformed, "the body broke off"))?;
        if let Ok(data) = frame.into_data() {
            if gathered.len() + data.len() > limit {
                return Err(too_large());
            }
            gathered.extend_from_slice(&data);
        }
    }
    Ok(gathered.into())
}
