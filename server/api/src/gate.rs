//! The gate that every request passes: who asks, how often, how much, for what; then the
//! operation, and the headers that every answer has.

use std::sync::{Arc, Mutex};
use std::time::Instant;

use admin::sheet::SHEET_BYTES_MAX;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, X_CONTENT_TYPE_OPTIONS};
use axum::http::request::Parts as Head;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};
use ids::RequestId;
use tenancy::Principal;
use tokio::time::error::Elapsed;
use tokio::time::timeout_at;

use crate::body::gathered;
use crate::call::{Answer, Call};
use crate::front::{Asker, Front, Seen};
use crate::operation::{Access, Form, Operation};
use crate::problem::{Kind, Problem};
use crate::rate::{Standing, seconds};
use crate::turnstile::Pass;
use crate::{archives, bearer, media_type, once, permission, query, who};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit-limit");
const RATE_REMAINING: HeaderName = HeaderName::from_static("ratelimit-remaining");
const RATE_RESET: HeaderName = HeaderName::from_static("ratelimit-reset");

/// One request on its way.
pub(crate) struct Passage {
    front: Arc<Front>,
    id: RequestId,
    began: Instant,
    standing: Option<Standing>,
}

impl Passage {
    pub(crate) fn begin(front: Arc<Front>) -> Passage {
        let id = front.parts.office.mint(RequestId::new);
        Passage {
            front,
            id,
            began: Instant::now(),
            standing: None,
        }
    }

    /// When the answer to an operation must be there, unless it lasts as long as it takes.
    fn patience(&self, operation: &Operation) -> Option<tokio::time::Instant> {
        let body = operation.body.as_ref();
        let lasts = body.is_some_and(|body| body.lasts);
        (!lasts).then(|| self.deadline())
    }

    fn deadline(&self) -> tokio::time::Instant {
        tokio::time::Instant::from_std(self.began + self.front.parts.limits.request_time)
    }

    /// Takes a request through the gate to its operation.
    pub(crate) async fn pass(
        mut self,
        operation: &'static Operation,
        path: Vec<(String, String)>,
        request: Request,
    ) -> Response {
        let outcome = self.answer(operation, path, request).await;
        self.finish(&operation.name, outcome)
    }

    async fn answer(
        &mut self,
        operation: &'static Operation,
        path: Vec<(String, String)>,
        request: Request,
    ) -> Result<Answer, Problem> {
        let front = Arc::clone(&self.front);
        let (mut head, body) = request.into_parts();
        let upgrade = head.extensions.remove();
        let source = who::source(&head);
        let (caller, pass) = self.identify(operation, &head).await?;
        media_type::check_taken(&head.headers, operation)?;
        let query = query::parse(&head.uri, &operation.query)?;
        let (body, stream) = match is_streamed(operation) {
            true => (Bytes::new(), Some(self.admit(operation, &head, body)?)),
            false => (self.read(operation, &head.headers, body).await?, None),
        };
        let call = Call {
            office: front.parts.office.for_request(self.id),
            front,
            caller,
            source,
            path,
            query,
            headers: head.headers,
            body,
            stream: Mutex::new(stream),
            upgrade,
        };
        self.run(operation, call, pass).await
    }

    /// Who asks. A key that was seen before waits for its holder's turn, or is refused, before it
    /// is looked up; leave to go on from there is given back only when a body must be waited for.
    async fn identify(
        &mut self,
        operation: &Operation,
        head: &Head,
    ) -> Result<(Option<Principal>, Option<Pass<Asker>>), Problem> {
        let front = Arc::clone(&self.front);
        let key = bearer::bearer(&head.headers).filter(|_| operation.access == Access::Key);
        let presumed = key.and_then(|key| front.presumed.whose(key));
        let mut pass = None;
        if let Some(asker) = presumed {
            self.count(asker)?;
            pass = Some(front.enter(asker).await.ok_or_else(busy)?);
        }
        let known = self.look_up(operation, head, presumed).await;
        let known = known.unwrap_or_else(|_| Err(late()));
        let asker = known.as_ref().ok().and_then(Option::as_ref).map(Asker::of);
        if let Some(key) = key {
            front.presumed.learn(key, asker);
        }
        let caller = known?;
        if let Some(asker) = asker.filter(|asker| presumed != Some(*asker)) {
            pass = None;
            self.count(asker)?;
        }
        Ok((caller, pass.filter(|_| operation.body.is_none())))
    }

    /// Looks up who asks, in the turns of the one that it is presumed to be.
    async fn look_up(
        &self,
        operation: &Operation,
        head: &Head,
        presumed: Option<Asker>,
    ) -> Result<Result<Option<Principal>, Problem>, Elapsed> {
        let known = who::asks(&self.front, operation.access, head);
        match presumed {
            Some(asker) => {
                let known = self.front.in_turns(asker, known);
                timeout_at(self.deadline(), known).await
            }
            None => timeout_at(self.deadline(), known).await,
        }
    }

    /// Counts a request of an asker.
    fn count(&mut self, asker: Asker) -> Result<(), Problem> {
        let standing = self.front.take(asker);
        self.standing = Some(standing);
        let Some(wait) = standing.refused else {
            return Ok(());
        };
        let detail = format!("at most {} requests per second", standing.limit);
        let problem = Problem::new(Kind::TooManyRequests, detail);
        Err(problem.with(RETRY_AFTER, seconds(wait)))
    }

    /// Lets a body pass that the operation reads as it comes.
    fn admit(&self, operation: &Operation, head: &Head, body: Body) -> Result<Body, Problem> {
        if let Some(wanted) = &operation.body {
            media_type::check_brought(&head.headers, wanted)?;
        }
        let most = self.front.depot.most();
        if body.size_hint().lower() > most {
            return Err(archives::too_large(most));
        }
        Ok(body)
    }

    /// Reads the body, as far as the operation wants one.
    async fn read(
        &self,
        operation: &Operation,
        headers: &HeaderMap,
        body: Body,
    ) -> Result<Bytes, Problem> {
        let Some(wanted) = &operation.body else {
            return Ok(Bytes::new());
        };
        media_type::check_brought(headers, wanted)?;
        let limit = match wanted.form {
            Form::Json | Form::Merge => self.front.parts.limits.body_bytes,
            Form::Csv => SHEET_BYTES_MAX,
            Form::Pdf => self.front.parts.limits.document_bytes,
            // read as it comes, within a bound of its own
            Form::Octets => 0,
        };
        let slow = || Problem::new(Kind::TooSlow, "the body did not arrive in time");
        let read = timeout_at(self.deadline(), gathered(body, limit)).await;
        read.unwrap_or_else(|_| Err(slow()))
    }

    /// Runs the operation in a task of its own: a sender who hangs up leaves nothing half done,
    /// and a fault of ours ends no connection.
    async fn run(
        &self,
        operation: &'static Operation,
        call: Call,
        pass: Option<Pass<Asker>>,
    ) -> Result<Answer, Problem> {
        let permit = match (operation.access, &call.caller) {
            // whoever watches the exchange is answered when it is busy, too
            (Access::Open | Access::Nearby, _) | (Access::Key, None) => None,
            (Access::Door, _) => Some(self.front.enter_from(call.source).await.ok_or_else(busy)?),
            (Access::Key, Some(_)) if pass.is_some() => pass,
            (Access::Key, Some(principal)) => {
                let asker = Asker::of(principal);
                Some(self.front.enter(asker).await.ok_or_else(busy)?)
            }
        };
        let asker = call.caller.as_ref().map(Asker::of);
        let work = async move {
            let outcome = match permission::check(operation, &call).await {
                Ok(()) => once::carry_out(operation, call).await,
                Err(problem) => Err(problem),
            };
            drop(permit);
            outcome
        };
        let task = match asker {
            Some(asker) => tokio::spawn(self.front.in_turns(asker, work)),
            None => tokio::spawn(work),
        };
        let outcome = match self.patience(operation) {
            Some(until) => timeout_at(until, task).await.map_err(|_| late())?,
            None => task.await,
        };
        outcome.unwrap_or_else(|fault| {
            tracing::error!(%fault, request = %self.id, "an operation failed");
            Err(Problem::new(Kind::Internal, "an internal error"))
        })
    }

    /// The answer with all its headers; whoever counts is told.
    pub(crate) fn finish(self, name: &'static str, outcome: Result<Answer, Problem>) -> Response {
        let mut response = match outcome {
            Ok(answer) => response_of(answer),
            Err(problem) => problem.of(&self.id.to_string()).into_response(),
        };
        let headers = response.headers_mut();
        put(headers, REQUEST_ID, self.id);
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        if let Some(standing) = self.standing {
            put(headers, RATE_LIMIT, standing.limit);
            put(headers, RATE_REMAINING, standing.remaining);
            put(headers, RATE_RESET, seconds(standing.reset));
        }
        let (status, took) = (response.status().as_u16(), self.began.elapsed());
        tracing::debug!(request = %self.id, operation = name, status, ?took, "answered");
        (self.front.parts.seen)(Seen {
            operation: name,
            status,
            took,
        });
        response
    }
}

/// Whether the operation reads its body as it comes.
fn is_streamed(operation: &Operation) -> bool {
    let body = operation.body.as_ref();
    body.is_some_and(|body| body.form == Form::Octets)
}

fn busy() -> Problem {
    Problem::new(Kind::Unavailable, "too many requests at once").with(RETRY_AFTER, 1)
}

fn late() -> Problem {
    Problem::new(Kind::Unavailable, "the answer took too long").with(RETRY_AFTER, 1)
}

fn put(headers: &mut HeaderMap, name: HeaderName, value: impl ToString) {
    if let Ok(value) = HeaderValue::from_str(&value.to_string()) {
        headers.insert(name, value);
    }
}

fn response_of(answer: Answer) -> Response {
    let bodiless = answer.body.is_empty() && answer.flow.is_none();
    let body = answer.flow.unwrap_or_else(|| Body::from(answer.body));
    let mut response = Response::new(body);
    *response.status_mut() = answer.status;
    let headers = response.headers_mut();
    if !bodiless {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(answer.media_type));
    }
    for (name, value) in answer.headers {
        put(headers, name, value);
    }
    response
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use axum::http::StatusCode;

    use super::*;
    use crate::trial::front;

    #[tokio::test]
    async fn a_fault_of_ours_is_told_as_such_and_nothing_more() {
        let broken = Operation::get("/x", "x", async |_| panic!("the reserve of secrets"));
        let passage = Passage::begin(front().await);
        let operation = Box::leak(Box::new(broken.free(Access::Open)));
        let response = passage
            .pass(operation, Vec::new(), Request::default())
            .await;
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        let body = gathered(response.into_body(), 10_000).await.unwrap();
        let body = str::from_utf8(&body).unwrap();
        assert!(body.contains("urn:strowger:problem:internal"), "{body}");
        assert!(!body.contains("secrets"), "{body}");
    }
}
