//! Who sends a request: the key it presents, and where it comes from.

use std::net::{IpAddr, SocketAddr};

use admin::access;
use axum::http::HeaderName;
use axum::http::header::{AUTHORIZATION, FORWARDED, RETRY_AFTER, VIA};
use axum::http::request::Parts as Head;
use tenancy::Principal;

use crate::bearer::bearer;
use crate::front::Front;
use crate::operation::Access;
use crate::problem::{Kind, Problem};
use crate::rate::seconds;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The other end of the connection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(pub(crate) SocketAddr);

fn peer(head: &Head) -> Option<IpAddr> {
    let peer = head.extensions.get::<Peer>();
    peer.map(|Peer(address)| address.ip().to_canonical())
}

/// Where a request comes from. A front end on this machine says for whom it asks in the last
/// element of `X-Forwarded-For`; nobody else is believed.
pub(crate) fn source(head: &Head) -> Option<IpAddr> {
    let peer = peer(head)?;
    let said = head.headers.get_all(FORWARDED_FOR).iter().next_back();
    let said = said
        .and_then(|value| value.to_str().ok())
        .and_then(|list| list.rsplit(',').next())
        .and_then(|last| last.trim().parse().ok());
    Some(said.filter(|_| peer.is_loopback()).unwrap_or(peer))
}

/// Whether a request was made on this machine, and not by a front end for somebody else.
fn is_nearby(head: &Head) -> bool {
    let relayed = [FORWARDED, FORWARDED_FOR, VIA]
        .iter()
        .any(|name| head.headers.contains_key(name));
    peer(head).is_some_and(|ip| ip.is_loopback()) && !relayed
}

/// Who asks, as far as the operation wants to know.
///
/// # Errors
/// 401 without a good key, 429 after too many bad ones, else what the store says.
pub(crate) async fn asks(
    front: &Front,
    access: Access,
    head: &Head,
) -> Result<Option<Principal>, Problem> {
    match access {
        Access::Open => return Ok(None),
        Access::Nearby if is_nearby(head) && !head.headers.contains_key(AUTHORIZATION) => {
            return Ok(None);
        }
        Access::Nearby | Access::Key | Access::Door => {}
    }
    let source = source(head);
    if let Some(wait) = front.barred(source) {
        let problem = Problem::new(Kind::TooManyRequests, "too many wrong keys; wait a moment");
        return Err(problem.with(RETRY_AFTER, seconds(wait)));
    }
    if access == Access::Door {
        return Ok(None);
    }
    let Some(key) = bearer(&head.headers) else {
        let hint = "send your API key or access token as Authorization: Bearer …";
        return Err(Problem::new(Kind::Unauthenticated, hint));
    };
    let found = access::authenticate(&front.parts.office, key).await?;
    if found.is_none() {
        front.wrong_key(source);
        let detail = "the key or token is not known, revoked, ended or expired";
        return Err(Problem::new(Kind::Unauthenticated, detail));
    }
    Ok(found)
}
