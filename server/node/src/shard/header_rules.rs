//! The rules of a trunk for single headers: what a caller's INVITE brings that may be handed on,
//! and what they write into the INVITEs of the other side.

use super::Shard;
use crate::calls::Entry;
use crate::trunks::Line;
use call::TrunkAttempt;
use domain::{CompiledTenant, HeaderDirection, HeaderFacts, RELAYED_MAX, Trunk, may_be_relayed};
use sip_message::{Message, Name};

/// What a phone's INVITE has that a trunk of its company hands on to its carrier.
pub(crate) fn brought_by_phone(
    tenant: &CompiledTenant,
    message: &Message,
) -> Vec<(String, String)> {
    let trunks = tenant.trunks().iter();
    let names = trunks.flat_map(|trunk| trunk.spec.relayed(HeaderDirection::Out));
    brought(names, message)
}

/// What a carrier's INVITE has that its trunk hands on to phones.
pub(crate) fn brought_by_carrier(trunk: &Trunk, message: &Message) -> Vec<(String, String)> {
    brought(trunk.relayed(HeaderDirection::In), message)
}

/// The headers of these names that may be handed on, each name once, up to a bound.
fn brought<'a>(names: impl Iterator<Item = &'a str>, message: &Message) -> Vec<(String, String)> {
    let mut kept: Vec<(String, String)> = Vec::new();
    for name in names {
        let known = |(one, _): &(String, String)| one.eq_ignore_ascii_case(name);
        if kept.iter().any(known) {
            continue;
        }
        let values = message.headers(Name::Other(name));
        let values = values.filter(|value| may_be_relayed(value));
        let values = values.map(|value| (name.to_owned(), value.to_owned()));
        kept.extend(values.take(RELAYED_MAX.saturating_sub(kept.len())));
    }
    kept
}

impl Shard {
    /// What a trunk's rules write into the INVITE of an attempt. What a carrier's INVITE brought is
    /// for phones, and goes to no other carrier.
    pub(super) fn headers_out(
        &self,
        entry: &Entry,
        (line, attempt): (&Line, &TrunkAttempt),
        shown: Option<&str>,
    ) -> Vec<(String, String)> {
        if line.spec().headers.is_empty() {
            return Vec::new();
        }
        let tenant = self.tenants.compiled(entry.tenant);
        let from_phone = entry.shares.came.is_none();
        let facts = HeaderFacts {
            called: &attempt.called,
            caller: shown,
            domain: tenant.as_ref().map_or("", |tenant| tenant.domain()),
            brought: if from_phone {
                &entry.brought.headers
            } else {
                &[]
            },
        };
        line.spec().headers_for(HeaderDirection::Out, &facts)
    }

    /// What the rules of the trunk that a call came by write into the INVITE to a phone.
    pub(super) fn headers_in(
        &self,
        entry: &Entry,
        (number, domain): (&str, &str),
    ) -> Vec<(String, String)> {
        let line = entry.shares.came;
        let line = line.and_then(|trunk| self.tenants.trunks.get(trunk));
        let Some(line) = line.filter(|line| !line.spec().headers.is_empty()) else {
            return Vec::new();
        };
        let facts = HeaderFacts {
            called: &entry.recorder.cdr().dialled,
            caller: Some(number).filter(|number| !number.is_empty()),
            domain,
            brought: &entry.brought.headers,
        };
        line.spec().headers_for(HeaderDirection::In, &facts)
    }
}
