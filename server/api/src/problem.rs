//! Refusals as RFC 9457 problems with stable types.

use admin::people::Refusal;
use admin::sheet::Bad;
use admin::support::Denied;
use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use domain::Invalid;
use ports::{LiveError, MailError, StoreError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::bad_row::BadRow;
use crate::in_use::InUse;
use crate::quota::Quota;
use crate::rate::seconds;

/// Media type of problems (RFC 9457 section 3).
pub const PROBLEM_JSON: &str = "application/problem+json";

/// What the type of every problem begins with.
pub const TYPE_PREFIX: &str = "urn:strowger:problem:";

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident $code:literal $status:ident $title:literal)*) => {
        /// The problems there are. Their codes never change meaning.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Kind {
            $($(#[$doc])* $name,)*
        }

        impl Kind {
            /// All kinds, in the order of their statuses.
            pub const ALL: &[Kind] = &[$(Kind::$name),*];

            /// The stable code, the last part of the problem's `type`.
            pub fn code(self) -> &'static str {
                match self { $(Kind::$name => $code),* }
            }

            /// The HTTP status.
            pub fn status(self) -> StatusCode {
                match self { $(Kind::$name => StatusCode::$status),* }
            }

            /// The title, the same for all problems of the kind.
            pub fn title(self) -> &'static str {
                match self { $(Kind::$name => $title),* }
            }
        }
    };
}

kinds! {
    /// The body is not JSON, or a header cannot be read.
    Malformed "malformed" BAD_REQUEST "The request cannot be read"
    /// A query parameter is unknown or breaks a rule.
    InvalidParameter "invalid-parameter" BAD_REQUEST "A query parameter is wrong"
    /// No key, or one that opens nothing.
    Unauthenticated "unauthenticated" UNAUTHORIZED "A valid API key is needed"
    /// Nobody is signed in by what was shown.
    NotSignedIn "not-signed-in" UNAUTHORIZED "Not signed in"
    /// People of this mail domain sign in by way of their company's server alone.
    SignOnNeeded "sign-on-needed" FORBIDDEN "Sign in by way of the company's server"
    /// Seen, but the caller's rights do not reach that far.
    Forbidden "forbidden" FORBIDDEN "A permission is missing"
    /// A company has not let the operator or reseller in that asks.
    NotLetIn "not-let-in" FORBIDDEN "The company has not let you in"
    /// The company's plan does not include it.
    NotInPlan "not-in-plan" FORBIDDEN "The plan does not include it"
    /// Nothing of that name within what the caller sees.
    NotFound "not-found" NOT_FOUND "Not found"
    /// The path knows other methods.
    MethodNotAllowed "method-not-allowed" METHOD_NOT_ALLOWED "The path has no such method"
    /// The caller accepts no media type that the operation answers with.
    NotAcceptable "not-acceptable" NOT_ACCEPTABLE "No acceptable media type"
    /// The request did not arrive in time.
    TooSlow "too-slow" REQUEST_TIMEOUT "The request did not arrive in time"
    /// A unique key is taken.
    Taken "taken" CONFLICT "Taken already"
    /// Others refer to what should be deleted.
    InUse "in-use" CONFLICT "Still in use"
    /// As many as the plan or the account allows are there already.
    Quota "quota" CONFLICT "As many as are allowed are there already"
    /// What is there is in no state for it; later it may be.
    NotNow "not-now" CONFLICT "Not possible at present"
    /// The call is still being recorded.
    Running "running" CONFLICT "It goes on still"
    /// The same idempotent request is being carried out.
    Underway "underway" CONFLICT "The same request is being carried out"
    /// `If-Match` names another revision than the present one.
    RevisionMismatch "revision-mismatch" PRECONDITION_FAILED "Changed meanwhile"
    /// The body is too long.
    TooLarge "too-large" PAYLOAD_TOO_LARGE "The body is too large"
    /// The body is of a type that the operation does not read.
    UnsupportedMediaType "unsupported-media-type" UNSUPPORTED_MEDIA_TYPE
        "The body has the wrong media type"
    /// A field breaks a rule.
    Invalid "invalid" UNPROCESSABLE_ENTITY "A field breaks a rule"
    /// The idempotency key was used for another request.
    KeyReused "key-reused" UNPROCESSABLE_ENTITY "The idempotency key was used before"
    /// A body is no archive that could be brought in.
    BadArchive "bad-archive" UNPROCESSABLE_ENTITY "The archive cannot be brought in"
    /// A body is no recording that could be kept.
    BadSound "bad-sound" UNPROCESSABLE_ENTITY "The recording cannot be kept"
    /// A body is no document that could be faxed.
    BadDocument "bad-document" UNPROCESSABLE_ENTITY "The document cannot be faxed"
    /// `If-Match` is missing.
    PreconditionRequired "precondition-required" PRECONDITION_REQUIRED "If-Match is needed"
    /// The rate limit was met.
    TooManyRequests "too-many-requests" TOO_MANY_REQUESTS "Too many requests"
    /// As many streams are open as may be.
    TooManyStreams "too-many-streams" TOO_MANY_REQUESTS "Too many streams of events"
    /// As many companies are on their way out or in as may be.
    TooManyArchives "too-many-archives" TOO_MANY_REQUESTS "Too many archives"
    /// As many recordings are being sent as may be.
    TooManyRecordings "too-many-recordings" TOO_MANY_REQUESTS "Too many recordings"
    /// We are wrong.
    Internal "internal" INTERNAL_SERVER_ERROR "An internal error"
    /// Something that is needed is away; worth another try.
    Unavailable "unavailable" SERVICE_UNAVAILABLE "Not available at the moment"
}

/// One field that breaks a rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FieldError {
    /// JSON pointer to the field of the body (RFC 6901).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
    /// Name of the query parameter or header.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parameter: Option<String>,
    /// The rule it breaks.
    pub rule: String,
}

/// A refusal (RFC 9457).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemView {
    /// What kind of problem: `urn:strowger:problem:` and a stable code.
    #[serde(rename = "type")]
    pub kind: String,
    /// The kind in words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What is wrong this time.
    pub detail: String,
    /// The id of the request, as in `X-Request-Id`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
    /// The fields and parameters that are wrong.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
    /// The rows of a sheet that are wrong, all of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rows: Vec<BadRow>,
    /// Who refers to what should be deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_use: Option<InUse>,
    /// The limit that was met.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quota: Option<Quota>,
}

/// What a refusal says beyond its words; each belongs to one kind of problem.
#[derive(Clone, Debug)]
enum Figures {
    InUse(InUse),
    Quota(Quota),
}

/// A refusal on its way out.
#[derive(Clone, Debug)]
pub(crate) struct Problem {
    kind: Kind,
    detail: String,
    errors: Vec<FieldError>,
    rows: Box<[BadRow]>,
    figures: Option<Box<Figures>>,
    headers: Vec<(HeaderName, HeaderValue)>,
    request: Option<Box<str>>,
}

impl Problem {
    /// A problem of a kind.
    pub(crate) fn new(kind: Kind, detail: impl Into<String>) -> Problem {
        Problem {
            kind,
            detail: detail.into(),
            errors: Vec::new(),
            rows: Box::default(),
            figures: None,
            headers: Vec::new(),
            request: None,
        }
    }

    /// Nothing of that name; said of everything the caller may not see, in the same words.
    pub(crate) fn not_found() -> Problem {
        Problem::new(Kind::NotFound, "there is nothing of that name")
    }

    /// A query parameter that breaks a rule.
    pub(crate) fn parameter(name: &str, rule: impl Into<String>) -> Problem {
        let rule = rule.into();
        let problem = Problem::new(Kind::InvalidParameter, format!("{name}: {rule}"));
        problem.blaming(name, rule)
    }

    /// The same problem, which a query parameter or header has brought about.
    #[must_use]
    pub(crate) fn blaming(mut self, name: &str, rule: impl Into<String>) -> Problem {
        self.errors.push(FieldError {
            pointer: None,
            parameter: Some(name.to_owned()),
            rule: rule.into(),
        });
        self
    }

    /// Rows of a sheet that are wrong; nothing was changed.
    pub(crate) fn of_rows(bad: Vec<Bad>) -> Problem {
        let detail = format!("{} rows are wrong, and nothing was changed", bad.len());
        Problem {
            rows: bad.into_iter().map(BadRow::from).collect(),
            ..Problem::new(Kind::Invalid, detail)
        }
    }

    /// What kind it is.
    pub(crate) fn kind(&self) -> Kind {
        self.kind
    }

    /// The same problem with a header.
    #[must_use]
    pub(crate) fn with(mut self, name: HeaderName, value: impl ToString) -> Problem {
        if let Ok(value) = HeaderValue::from_str(&value.to_string()) {
            self.headers.push((name, value));
        }
        self
    }

    /// The same problem, naming its request.
    #[must_use]
    pub(crate) fn of(mut self, request: &str) -> Problem {
        self.request = Some(request.into());
        self
    }

    fn at(mut self, pointer: &str, rule: &str) -> Problem {
        self.errors.push(FieldError {
            pointer: Some(pointer.to_owned()),
            parameter: None,
            rule: rule.to_owned(),
        });
        self
    }

    fn view(self) -> ProblemView {
        let (in_use, quota) = match self.figures.map(|figures| *figures) {
            Some(Figures::InUse(in_use)) => (Some(in_use), None),
            Some(Figures::Quota(quota)) => (None, Some(quota)),
            None => (None, None),
        };
        ProblemView {
            kind: format!("{TYPE_PREFIX}{}", self.kind.code()),
            title: self.kind.title().to_owned(),
            status: self.kind.status().as_u16(),
            detail: self.detail,
            request: self.request.map(String::from),
            errors: self.errors,
            rows: self.rows.into_vec(),
            in_use,
            quota,
        }
    }
}

impl From<Invalid> for Problem {
    fn from(invalid: Invalid) -> Self {
        Problem::new(Kind::Invalid, invalid.to_string()).at(&invalid.field, &invalid.rule)
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        let heard = error.outsiders_hear();
        match error {
            StoreError::NotFound => Problem::not_found(),
            StoreError::Conflict { space, .. } => {
                Problem::new(Kind::Taken, heard).at(pointer_of(&space), "is taken")
            }
            StoreError::InUse { by, more } => Problem {
                figures: Some(Box::new(Figures::InUse(InUse::of(by, more)))),
                ..Problem::new(Kind::InUse, heard)
            },
            // the id stays unsaid: whether another tenant has it is nobody's business
            StoreError::Dangling(reference) => {
                let rule = format!("must be an existing {}", reference.kind);
                Invalid::new(reference.field, rule).into()
            }
            StoreError::Quota(met) => Problem {
                figures: Some(Box::new(Figures::Quota(met.into()))),
                ..Problem::new(Kind::Quota, heard)
            },
            StoreError::NotInPlan(_) => Problem::new(Kind::NotInPlan, heard),
            StoreError::RevisionMismatch { .. } => Problem::new(Kind::RevisionMismatch, heard),
            StoreError::Invalid(invalid) => invalid.into(),
            StoreError::TooLarge { .. } => Problem::new(Kind::TooLarge, heard),
            StoreError::Unavailable { detail } => {
                tracing::error!(%detail, "the store is not available");
                Problem::new(Kind::Unavailable, heard).with(RETRY_AFTER, 1)
            }
            StoreError::Corrupt { detail } => {
                tracing::error!(%detail, "stored data cannot be read");
                Problem::new(Kind::Internal, heard)
            }
        }
    }
}

impl From<Denied> for Problem {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::Store(error) => error.into(),
            Denied::Ask | Denied::Forbidden | Denied::Ended(_) => {
                Problem::new(Kind::NotLetIn, denied.to_string())
            }
        }
    }
}

/// The field in which a unique key of this space stands.
fn pointer_of(space: &str) -> &'static str {
    match space {
        "domain" | "sso_domain" => "/domains",
        "mail_domain" => "/mail_domains",
        "number" => "/number",
        "username" => "/username",
        "trusted_source" => "/trusted_source",
        "mail" => "/mail",
        "plan" | "reseller" | "sso" => "/name",
        "portal_domain" => "/brand/domain",
        "music_on_hold" => "/on_hold",
        _ => "",
    }
}

/// A mail that did not go out.
fn unsent(error: &MailError) -> Problem {
    match error {
        MailError::Later { .. } | MailError::Unfit { .. } | MailError::NotConfigured => {
            let detail = "the mail server was not reached or did not take the mail; the \
                          exchange's log says why";
            Problem::new(Kind::Unavailable, detail).with(RETRY_AFTER, 60)
        }
        MailError::Invalid { .. } | MailError::Refused { .. } => {
            let rule = "is refused by the mail server; the exchange's log says why";
            Invalid::new("/mail", rule).into()
        }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Wrong => {
                let detail = "what was shown is not right, or not good any more; where the \
                              same mail address is known in several places, say `at`";
                Problem::new(Kind::NotSignedIn, detail)
            }
            Refusal::Wait(wait) => {
                let detail = "too many in too short a time; wait a moment";
                Problem::new(Kind::TooManyRequests, detail).with(RETRY_AFTER, seconds(wait))
            }
            Refusal::Busy => {
                let detail = "too many people sign in at this moment";
                Problem::new(Kind::Unavailable, detail).with(RETRY_AFTER, 1)
            }
            Refusal::Link(link) => Invalid::new("/code", link.to_string()).into(),
            Refusal::Weak(weak) => Invalid::new("/password", weak.to_string()).into(),
            Refusal::Elsewhere => {
                let detail = "people of this mail domain sign in by way of their company's own \
                              server: GET /api/v1/auth/sso?mail=…";
                Problem::new(Kind::SignOnNeeded, detail)
            }
            Refusal::NoServer => {
                let detail = "no sign-in server serves this mail address";
                Problem::new(Kind::NotFound, detail)
            }
            Refusal::Server(error) => {
                tracing::warn!(%error, "a sign-in server cannot be used");
                let detail = "the company's sign-in server gives no usable answer";
                Problem::new(Kind::Unavailable, detail).with(RETRY_AFTER, 60)
            }
            Refusal::Mail(error) => {
                tracing::warn!(%error, "a mail did not go out");
                unsent(&error)
            }
            Refusal::Store(error) => error.into(),
        }
    }
}

impl From<LiveError> for Problem {
    fn from(error: LiveError) -> Self {
        match error {
            LiveError::NotFound => Problem::not_found(),
            LiveError::NotNow => {
                let detail = "the call is not being talked, has no recording, attends a conference \
                              that is never recorded, or as many calls are recorded as may be";
                Problem::new(Kind::NotNow, detail)
            }
            LiveError::NotInConference => {
                Problem::new(Kind::NotNow, "the call is in no conference")
            }
            LiveError::NobodyToCoach => {
                Invalid::new("/coaches", "must be the call of another member").into()
            }
            LiveError::Unavailable => {
                Problem::new(Kind::Unavailable, "the exchange cannot tell at the moment")
                    .with(RETRY_AFTER, 1)
            }
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(mut self) -> Response {
        let status = self.kind.status();
        let headers = std::mem::take(&mut self.headers);
        let challenge = status == StatusCode::UNAUTHORIZED;
        let body = serde_json::to_vec(&self.view()).unwrap_or_default();
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = status;
        let all = response.headers_mut();
        all.insert(CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
        if challenge {
            let scheme = HeaderValue::from_static("Bearer realm=\"strowger\"");
            all.insert(WWW_AUTHENTICATE, scheme);
        }
        for (name, value) in headers {
            all.insert(name, value);
        }
        response
    }
}
