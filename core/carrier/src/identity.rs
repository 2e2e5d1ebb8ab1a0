//! Identity: in which headers a call to a carrier says who is calling.
//!
//! The number is given; whether it may be shown was decided before, by routing, from the tenant's
//! own numbers. Nothing of the caller's phone gets here: not its address, not what it claims.

use sip_message::{Name, escape_user, quote};

/// The header that carries the number, beside From.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bearer {
    /// From alone.
    From,
    /// P-Asserted-Identity (RFC 3325 §9.1): the carrier trusts us.
    Asserted,
    /// P-Preferred-Identity (RFC 3325 §9.2): the carrier checks it.
    Preferred,
    /// Remote-Party-ID, as older carriers know it.
    RemoteParty,
}

/// Who is calling.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Presentation<'a> {
    /// The number, in the trunk's own form; none for a caller without one.
    pub number: Option<&'a str>,
    /// The number of somebody outside whose call is sent on, in the trunk's own form, where the
    /// carrier takes it: it stands in From, and ours in the other header alone.
    pub caller: Option<&'a str>,
    /// The name; may be empty.
    pub display: &'a str,
    /// The domain the carrier knows us by.
    pub domain: &'a str,
    /// Which header carries the number.
    pub bearer: Bearer,
    /// The person called shall not see it (RFC 3323): only the carrier does.
    pub withheld: bool,
}

/// What the INVITE carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// From, without a tag.
    pub from: String,
    /// Further headers.
    pub headers: Vec<(Name<'static>, String)>,
}

/// From of a caller who is not to be seen (RFC 3323 §4.1.1.3).
const ANONYMOUS: &str = "\"Anonymous\" <sip:anonymous@anonymous.invalid>";

impl Presentation<'_> {
    /// The headers.
    #[must_use]
    pub fn shown(&self) -> Shown {
        let hidden = self.withheld || self.number.is_none();
        let address = self.number.map(|number| self.address(number));
        let of_caller = self.caller.map(|number| self.bare(number));
        let from = match of_caller.as_ref().or(address.as_ref()) {
            Some(address) if !hidden => address.clone(),
            Some(_) | None => ANONYMOUS.to_owned(),
        };
        let mut headers = Vec::new();
        if let Some(address) = address {
            match self.bearer {
                // Without another header the carrier would learn nothing of a hidden number.
                Bearer::From => {}
                Bearer::Asserted => headers.push((Name::PAssertedIdentity, address)),
                Bearer::Preferred => headers.push((Name::PPreferredIdentity, address)),
                Bearer::RemoteParty => {
                    let privacy = if hidden { "full" } else { "off" };
                    let value = format!("{address};party=calling;privacy={privacy};screen=yes");
                    headers.push((Name::RemotePartyId, value));
                }
            }
        }
        if hidden {
            headers.push((Name::Privacy, "id".to_owned()));
        }
        Shown { from, headers }
    }

    fn bare(&self, number: &str) -> String {
        format!("<sip:{}@{}>", escape_user(number), self.domain)
    }

    fn address(&self, number: &str) -> String {
        let uri = self.bare(number);
        if self.display.is_empty() || self.withheld {
            return uri;
        }
        format!("{} {uri}", quote(self.display))
    }
}
