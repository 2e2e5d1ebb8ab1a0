//! Requests with an `Idempotency-Key`: carried out once, answered as often as they come.

use axum::http::{HeaderMap, HeaderName, StatusCode};
use ports::{Reply, Turn};
use sha2::{Digest, Sha256};

use crate::call::{Answer, Call, JSON};
use crate::operation::Operation;
use crate::problem::{Kind, Problem};

/// The header with which a client names a request.
pub(crate) const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// Says that the answer is a repeated one.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// Longest key, in bytes.
const KEY_MAX: usize = 255;

/// The idempotency key of a POST.
fn key_of<'a>(headers: &'a HeaderMap, operation: &Operation) -> Result<Option<&'a str>, Problem> {
    let mut values = headers.get_all(IDEMPOTENCY_KEY).iter();
    let Some(value) = values.next().filter(|_| operation.is_repeatable()) else {
        return Ok(None);
    };
    let key = value.to_str().unwrap_or_default();
    let good = (1..=KEY_MAX).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_graphic());
    if good && values.next().is_none() {
        return Ok(Some(key));
    }
    let rule = "must be one key of 1 to 255 visible ASCII characters";
    Err(Problem::parameter("Idempotency-Key", rule))
}

/// What makes two requests the same: operation, path, query and body, each with its length
/// before it.
fn fingerprint(operation: &Operation, call: &Call) -> [u8; 32] {
    let mut hash = Sha256::new();
    let mut add = |part: &[u8]| {
        hash.update(part.len().to_be_bytes());
        hash.update(part);
    };
    add(operation.name.as_bytes());
    for (_, segment) in &call.path {
        add(segment.as_bytes());
    }
    for (name, value) in &call.query {
        add(name.as_bytes());
        add(value.as_bytes());
    }
    add(&call.body);
    hash.finalize().into()
}

/// Carries a call out, unless the same was carried out before.
///
/// # Errors
/// The call's own; 409 while the same is under way; 422 when the key was another request's.
pub(crate) async fn carry_out(operation: &Operation, call: Call) -> Result<Answer, Problem> {
    let Some(key) = key_of(&call.headers, operation)? else {
        return (operation.run)(call).await;
    };
    // whose key it is comes first, so nobody meets another's requests
    let asker = call
        .caller
        .as_ref()
        .map(|principal| principal.actor().to_string());
    let key = format!("{}:{key}", asker.unwrap_or_default());
    let store = call.office.shared_store();
    let now = call.office.now();
    match store
        .begin(&key, &fingerprint(operation, &call), now)
        .await?
    {
        Turn::Begin => {}
        Turn::Underway => {
            let detail = "the same request is being carried out; ask again in a moment";
            return Err(Problem::new(Kind::Underway, detail));
        }
        Turn::Mismatch => {
            let detail = "the Idempotency-Key was used for another request";
            return Err(Problem::new(Kind::KeyReused, detail));
        }
        Turn::Again(reply) => return Ok(again(reply)),
    }
    let outcome = (operation.run)(call).await;
    let noted = match &outcome {
        Ok(answer) => store.finish(&key, &reply_of(answer), now).await,
        Err(_) => store.abandon(&key).await,
    };
    if let Err(error) = noted {
        // what was asked for is done; only its repetition will not be recognised
        tracing::warn!(%error, "the answer to an idempotent request is not remembered");
    }
    outcome
}

fn reply_of(answer: &Answer) -> Reply {
    let headers = answer.headers.iter();
    Reply {
        status: answer.status.as_u16(),
        headers: headers
            .map(|(name, value)| (name.to_string(), value.clone()))
            .collect(),
        body: answer.remembered.as_ref().unwrap_or(&answer.body).clone(),
    }
}

fn again(reply: Reply) -> Answer {
    let headers = reply.headers.into_iter();
    let answer = Answer {
        status: StatusCode::from_u16(reply.status).unwrap_or(StatusCode::OK),
        headers: headers
            .filter_map(|(name, value)| Some((name.parse().ok()?, value)))
            .collect(),
        ..Answer::text(JSON, reply.body)
    };
    answer.with(REPLAYED, "true".to_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tokio::sync::Semaphore;
    use tokio::task::yield_now;

    use super::*;
    use crate::operation::Access;
    use crate::trial::call;

    const KEY: [(&str, &str); 1] = [("idempotency-key", "k")];

    #[tokio::test]
    async fn the_same_request_while_it_is_carried_out_waits_for_the_first() {
        let (door, runs) = (Arc::new(Semaphore::new(0)), Arc::new(AtomicUsize::new(0)));
        let (gate, count) = (door.clone(), runs.clone());
        let operation = Operation::post("/x", "x", move |_| {
            let (gate, count) = (gate.clone(), count.clone());
            async move {
                count.fetch_add(1, Ordering::SeqCst);
                gate.acquire().await.unwrap().forget();
                Ok(Answer::text(JSON, "1"))
            }
        });
        let operation = Arc::new(operation.free(Access::Key));
        let (first, second) = (call(&KEY).await, call(&KEY).await);
        let second = Call {
            office: first.office.clone(),
            ..second
        };
        let third = Call {
            office: first.office.clone(),
            ..call(&KEY).await
        };
        let running = operation.clone();
        let first = tokio::spawn(async move { carry_out(&running, first).await });
        while runs.load(Ordering::SeqCst) == 0 {
            yield_now().await;
        }
        let refused = carry_out(&operation, second).await.unwrap_err();
        assert_eq!(refused.kind(), Kind::Underway);
        door.add_permits(1);
        let answer = first.await.unwrap().unwrap();
        let again = carry_out(&operation, third).await.unwrap();
        assert_eq!(again.body, answer.body);
        assert_eq!(runs.load(Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn a_key_means_nothing_to_what_may_be_repeated_anyway() {
        let operation = Operation::get("/x", "x", |_| async { Ok(Answer::text(JSON, "1")) });
        let operation = operation.free(Access::Key);
        let first = call(&KEY).await;
        let second = Call {
            office: first.office.clone(),
            ..call(&KEY).await
        };
        for call in [first, second] {
            let answer = carry_out(&operation, call).await.unwrap();
            assert_eq!(answer.headers, []);
        }
    }
}
