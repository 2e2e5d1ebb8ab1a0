//! A REGISTER, read: which contacts it is about, and whether it is a flow of its own (RFC 5626 §6).

use registrar::{ContactRequest, Registration};
use sip_message::{Contacts, Flow, Message, Name, NameAddr};

/// Why a request cannot be served.
pub(crate) enum Unread {
    /// 400 with the rule that was broken.
    Bad(&'static str),
    /// 403: a path that is not an edge proxy's of ours.
    PathOfNobody,
    /// 439: a proxy stands between that does not keep flows (RFC 5626 §6).
    FirstHopLacksOutbound,
}

/// Reads a request, which an edge proxy of ours may have sent on.
pub(crate) fn registration<'m>(
    message: &'m Message,
    contacts: &Contacts<'m>,
    (flow, edge): (Flow, bool),
) -> Result<Registration<'m>, Unread> {
    if message.has(Name::Path) && !edge {
        return Err(Unread::PathOfNobody);
    }
    let bad = |rule: &'static str| Unread::Bad(rule);
    let expires = message
        .expires()
        .map_err(|_| bad("Expires must be a number of seconds"))?;
    let mut list = Vec::new();
    if let Contacts::List(addresses) = contacts {
        for address in addresses {
            list.push(contact(address).map_err(bad)?);
        }
    }
    let asked = message.supports("outbound");
    let numbered = list.iter().any(|contact| contact.reg_id.is_some());
    if numbered && asked && !keeps_flows(message) {
        return Err(Unread::FirstHopLacksOutbound);
    }
    if !asked {
        for contact in &mut list {
            contact.reg_id = None;
        }
    }
    Ok(Registration {
        call_id: message.call_id().map_err(|_| bad("Call-ID is missing"))?,
        cseq: message.cseq().map_err(|_| bad("CSeq is missing"))?.number,
        contacts: list,
        star: matches!(contacts, Contacts::Star),
        expires,
        path: message.values(Name::Path).collect(),
        user_agent: message.header(Name::UserAgent).unwrap_or_default(),
        flow,
        former_until: None,
    })
}

fn contact<'m>(address: &NameAddr<'m>) -> Result<ContactRequest<'m>, &'static str> {
    let uri = address.uri().map_err(|_| "a contact is not an address")?;
    if uri.check_scheme().is_err() {
        return Err("a contact must be a SIP address");
    }
    let instance = address.instance().filter(|instance| is_plain(instance));
    Ok(ContactRequest {
        uri: address.uri_text,
        expires: address.expires(),
        instance,
        // without an instance it says nothing (RFC 5626 §6)
        reg_id: address.reg_id().filter(|_| instance.is_some()),
        q: address.q(),
    })
}

/// Whether an instance can be told back as it is.
fn is_plain(instance: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\' | b'<' | b'>');
    !instance.is_empty() && instance.bytes().all(plain)
}

/// Whether the device's flow ends here, or at a proxy that keeps it for us.
fn keeps_flows(message: &Message) -> bool {
    if message.values(Name::Via).count() < 2 {
        return true;
    }
    let nearest = message.values(Name::Path).next();
    nearest.is_some_and(|path| {
        let uri = NameAddr::parse(path).ok().and_then(|path| path.uri().ok());
        uri.is_some_and(|uri| uri.params.has("ob"))
    })
}
