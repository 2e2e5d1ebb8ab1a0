//! One request as a handler sees it, and its answer.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use admin::access::{self, Entered};
use admin::people::{self, Post};
use admin::{Office, documents};
use axum::body::{Body, Bytes};
use axum::http::header::{COOKIE, ETAG, IF_MATCH, IF_NONE_MATCH, LOCATION};
use axum::http::{HeaderMap, HeaderName, StatusCode};
use domain::{Feature, Reseller, Tenant};
use hyper::upgrade::OnUpgrade;
use ids::LoginId;
use ports::StoreError;
use serde::Serialize;
use serde_json::Value;
use tenancy::{AccountScope, PlatformScope, Principal, TenantScope, Unresolved};

use crate::bearer::bearer;
use crate::front::Front;
use crate::problem::{Kind, Problem};

/// One request.
pub(crate) struct Call {
    pub(crate) front: Arc<Front>,
    /// The office, whose audit entries name this request.
    pub(crate) office: Office,
    /// The holder of the key; `None` where none was asked for.
    pub(crate) caller: Option<Principal>,
    /// Where it comes from.
    pub(crate) source: Option<IpAddr>,
    pub(crate) path: Vec<(String, String)>,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// The body where it is read as it comes.
    pub(crate) stream: Mutex<Option<Body>>,
    /// What becomes of the connection when another protocol is agreed on.
    pub(crate) upgrade: Option<OnUpgrade>,
}

fn included(entered: &Entered, feature: Feature) -> Result<(), Problem> {
    if entered.includes(feature) {
        return Ok(());
    }
    Err(StoreError::NotInPlan(feature).into())
}

impl Call {
    /// The text of a path parameter.
    pub(crate) fn segment(&self, name: &str) -> &str {
        self.path
            .iter()
            .find(|(n, _)| n == name)
            .map_or("", |(_, text)| text)
    }

    /// What a path parameter claims to name.
    pub(crate) fn reference<K>(&self, name: &str) -> Unresolved<K> {
        Unresolved::new(self.segment(name))
    }

    /// The value of a query parameter.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        self.query
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, text)| text.as_str())
    }

    /// The login through which the caller asks, when it is a person.
    pub(crate) fn login(&self) -> Option<LoginId> {
        self.caller.as_ref()?.user()?;
        people::login_of(bearer(&self.headers)?)
    }

    /// How mails go out.
    pub(crate) fn post(&self) -> Post<'_> {
        Post {
            mailer: &*self.front.parts.mailer,
            portal: &self.front.parts.portal,
        }
    }

    /// The platform's scope. To others the platform does not exist.
    pub(crate) fn platform(&self) -> Result<PlatformScope, Problem> {
        let scope = self.caller.as_ref().and_then(Principal::platform);
        scope.ok_or_else(Problem::not_found)
    }

    /// The scope of the caller's account. To a tenant's keys there are no accounts.
    pub(crate) fn account(&self) -> Result<AccountScope, Problem> {
        let scope = self.caller.as_ref().and_then(Principal::account);
        scope.ok_or_else(Problem::not_found)
    }

    /// The scope of the reseller that the path names, below the caller's account.
    pub(crate) async fn reseller(&self) -> Result<AccountScope, Problem> {
        let above = self.account()?;
        let reference = self.reference::<Reseller>("reseller");
        let (found, _) = documents::find(&self.office, &above, &reference).await?;
        above.descend(found).ok_or_else(Problem::not_found)
    }

    /// Enters the tenant that the path names.
    pub(crate) async fn tenant(&self) -> Result<Entered, Problem> {
        self.enter(&self.reference("tenant")).await
    }

    /// The scope of the tenant that the path names.
    pub(crate) async fn scope(&self) -> Result<TenantScope, Problem> {
        Ok(self.tenant().await?.scope)
    }

    /// Enters a tenant: its own with a tenant's key, and as an operator or reseller any below that
    /// lets it in.
    pub(crate) async fn enter(&self, reference: &Unresolved<Tenant>) -> Result<Entered, Problem> {
        self.admitted(access::enter(&self.office, self.principal()?, reference).await?)
    }

    /// Looks at a tenant without entering it.
    pub(crate) async fn oversee(&self, reference: &Unresolved<Tenant>) -> Result<Entered, Problem> {
        self.admitted(access::oversee(&self.office, self.principal()?, reference).await?)
    }

    /// Refuses to go on where the plan of the tenant that the path names leaves a feature out.
    pub(crate) async fn require(&self, feature: Feature) -> Result<(), Problem> {
        included(&self.oversee(&self.reference("tenant")).await?, feature)
    }

    /// The tenant, unless it is a key of its own that came in, and its plan has no such keys.
    fn admitted(&self, entered: Entered) -> Result<Entered, Problem> {
        self.front.learn_cap(entered.tenant.id, &entered.caps);
        let principal = self.principal()?;
        if principal.token().is_some() && principal.tenant().is_some() {
            included(&entered, Feature::ApiKeys)?;
        }
        Ok(entered)
    }

    /// Who asks.
    pub(crate) fn principal(&self) -> Result<&Principal, Problem> {
        self.caller.as_ref().ok_or_else(Problem::not_found)
    }

    /// The body as JSON.
    pub(crate) fn json(&self) -> Result<Value, Problem> {
        serde_json::from_slice(&self.body)
            .map_err(|error| Problem::new(Kind::Malformed, format!("the body: {error}")))
    }

    /// The body where it is read as it comes; nothing the second time.
    pub(crate) fn streamed(&self) -> Body {
        let mut stream = self.stream.lock().unwrap_or_else(PoisonError::into_inner);
        stream.take().unwrap_or_default()
    }

    /// The revision that `If-Match` demands; `None` for `*`.
    pub(crate) fn required_revision(&self) -> Result<Option<u64>, Problem> {
        match self.revision()? {
            Condition::Absent => Err(Problem::new(
                Kind::PreconditionRequired,
                "send If-Match with the ETag that you read, or * to change it whatever it is",
            )),
            Condition::Any => Ok(None),
            Condition::Revision(revision) => Ok(Some(revision)),
        }
    }

    /// The revision that `If-Match` demands, if it is there.
    pub(crate) fn optional_revision(&self) -> Result<Option<u64>, Problem> {
        match self.revision()? {
            Condition::Absent | Condition::Any => Ok(None),
            Condition::Revision(revision) => Ok(Some(revision)),
        }
    }

    fn revision(&self) -> Result<Condition, Problem> {
        let mut values = self.headers.get_all(IF_MATCH).iter();
        let Some(value) = values.next() else {
            return Ok(Condition::Absent);
        };
        let text = value.to_str().unwrap_or_default().trim();
        if text == "*" {
            return Ok(Condition::Any);
        }
        // weak tags never match (RFC 9110 section 13.1.1), and no tag of ours is another text
        let revision = text.strip_prefix('"').and_then(|t| t.strip_suffix('"'));
        match revision.map(str::parse) {
            Some(Ok(revision)) if values.next().is_none() => Ok(Condition::Revision(revision)),
            Some(_) | None => Err(Problem::new(
                Kind::RevisionMismatch,
                "If-Match must be one ETag of this resource, such as \"3\"",
            )),
        }
    }

    /// Whether the caller holds this revision already (`If-None-Match`).
    pub(crate) fn has_revision(&self, revision: u64) -> bool {
        let tag = etag(revision);
        let values = self.headers.get_all(IF_NONE_MATCH).iter();
        values
            .filter_map(|v| v.to_str().ok())
            .flat_map(|v| v.split(','))
            .any(|given| {
                let given = given.trim();
                given == "*" || given.strip_prefix("W/").unwrap_or(given) == tag
            })
    }
}

/// The value of a cookie.
pub(crate) fn cookie(headers: &HeaderMap, wanted: &str) -> Option<String> {
    let cookies = headers.get_all(COOKIE).iter();
    let mut cookies = cookies
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'));
    cookies.find_map(|cookie| {
        let (name, value) = cookie.trim().split_once('=')?;
        (name == wanted).then(|| value.to_owned())
    })
}

enum Condition {
    Absent,
    Any,
    Revision(u64),
}

fn etag(revision: u64) -> String {
    format!("\"{revision}\"")
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: Vec<(HeaderName, String)>,
    pub(crate) media_type: &'static str,
    pub(crate) body: Vec<u8>,
    /// What is sent in place of the body, as it comes about.
    pub(crate) flow: Option<Body>,
    /// What is remembered for a repeated request in place of the body, when the body has a
    /// secret in it.
    pub(crate) remembered: Option<Vec<u8>>,
}

/// Media type of JSON.
pub(crate) const JSON: &str = "application/json";

/// Media type of bytes (RFC 2046 section 4.5.1).
pub(crate) const OCTETS: &str = "application/octet-stream";

impl Answer {
    /// A body of another type than JSON.
    pub(crate) fn text(media_type: &'static str, body: impl Into<Vec<u8>>) -> Answer {
        Answer {
            status: StatusCode::OK,
            headers: Vec::new(),
            media_type,
            body: body.into(),
            flow: None,
            remembered: None,
        }
    }

    /// 200 with a view.
    pub(crate) fn json<T: Serialize>(view: &T) -> Result<Answer, Problem> {
        Ok(Answer::text(JSON, bytes_of(view)?))
    }

    /// 200 with a body that comes about while it is sent.
    pub(crate) fn flowing(media_type: &'static str, flow: Body) -> Answer {
        Answer {
            flow: Some(flow),
            ..Answer::text(media_type, Vec::new())
        }
    }

    /// 101: the connection goes on with another protocol.
    pub(crate) fn switched(headers: Vec<(HeaderName, String)>) -> Answer {
        Answer {
            status: StatusCode::SWITCHING_PROTOCOLS,
            headers,
            ..Answer::empty()
        }
    }

    /// 204.
    pub(crate) fn empty() -> Answer {
        Answer {
            status: StatusCode::NO_CONTENT,
            ..Answer::text("", Vec::new())
        }
    }

    /// 302 without a body; where to is a header's to say.
    pub(crate) fn elsewhere() -> Answer {
        Answer {
            status: StatusCode::FOUND,
            ..Answer::empty()
        }
    }

    /// 304.
    pub(crate) fn not_modified(revision: u64) -> Answer {
        let answer = Answer {
            status: StatusCode::NOT_MODIFIED,
            ..Answer::empty()
        };
        answer.at_revision(revision)
    }

    /// The same with an `ETag`.
    pub(crate) fn at_revision(self, revision: u64) -> Answer {
        self.with(ETAG, etag(revision))
    }

    /// The same as 201 with a `Location`.
    pub(crate) fn created(self, location: String) -> Answer {
        Answer {
            status: StatusCode::CREATED,
            ..self.with(LOCATION, location)
        }
    }

    /// The same, of which a repeated request is told `view` only.
    pub(crate) fn remembered_as<T: Serialize>(self, view: &T) -> Result<Answer, Problem> {
        Ok(Answer {
            remembered: Some(bytes_of(view)?),
            ..self
        })
    }

    pub(crate) fn with(mut self, name: HeaderName, value: String) -> Answer {
        self.headers.push((name, value));
        self
    }
}

fn bytes_of<T: Serialize>(view: &T) -> Result<Vec<u8>, Problem> {
    serde_json::to_vec(view).map_err(|error| {
        tracing::error!(%error, "a view cannot be written");
        Problem::new(Kind::Internal, "an internal error")
    })
}
