//! Where a REFER leads: its Refer-To read (RFC 3515 §2.1, RFC 3891 §3); and a redirection: its
//! Contacts (RFC 3261 §21.3).

use std::borrow::Cow;

use sip_message::{Contacts, Kind, Message, NameAddr, Replaces, Uri};

/// The target of a transfer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Referee {
    /// User part, escapes decoded.
    pub user: String,
    /// Which phone of that user is meant (`gr`, RFC 5627), escapes decoded; empty for whichever a
    /// temporary address leads to, none for all.
    pub gr: Option<String>,
    /// Host part as written, without port.
    pub host: String,
    /// The dialog to be taken over, when the transfer is attended.
    pub replaces: Option<Replaced>,
}

/// The dialog a Replaces names, from the view of whoever sends it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replaced {
    /// Its Call-ID.
    pub call_id: String,
    /// The tag of the side that receives the Replaces: ours.
    pub to_tag: String,
    /// The tag of the other side.
    pub from_tag: String,
}

/// Reads a Refer-To value and the Replaces that was inside it; `None` when it names no SIP user.
#[must_use]
pub fn referee(refer_to: &str, replaces: Option<&str>) -> Option<Referee> {
    let address = NameAddr::parse(refer_to).ok()?;
    let uri: Uri<'_> = address.uri().ok()?;
    let user = uri.user_decoded()?.into_owned();
    let gr = uri.param_decoded("gr").map(Cow::into_owned);
    let host = uri.host.to_string();
    let replaces = match replaces {
        None => None,
        Some(text) => {
            let replaces = Replaces::parse(text).ok()?;
            Some(Replaced {
                call_id: replaces.call_id.to_owned(),
                to_tag: replaces.to_tag.to_owned(),
                from_tag: replaces.from_tag.to_owned(),
            })
        }
    };
    Some(Referee {
        user,
        gr,
        host,
        replaces,
    })
}

/// Where a response of the 300s sends a call on to, the best first (RFC 3261 §8.1.3.4, §20.10);
/// nothing of any other message. A Contact is only ever read for the number that is dialled next,
/// and one without a `q` is the best.
#[must_use]
pub fn redirections(response: &Message) -> Vec<Referee> {
    let is_one = matches!(
        response.kind(),
        Kind::Response {
            status: 300..=399,
            ..
        }
    );
    let contacts = match response.contacts() {
        Ok(Contacts::List(contacts)) if is_one => contacts,
        Ok(Contacts::List(_) | Contacts::Star) | Err(_) => return Vec::new(),
    };
    let mut all: Vec<(u16, Referee)> = contacts
        .iter()
        .filter_map(|contact| {
            let uri = contact.uri().ok()?;
            let number = uri.tel_number();
            let user = number.or_else(|| Some(uri.user_decoded()?.into_owned()))?;
            // parameters of a telephone number inside a user part (RFC 3261 §19.1.1)
            let user = user.split(';').next().unwrap_or_default().to_owned();
            let host = uri.host.to_string();
            let to = Referee {
                user,
                gr: None,
                host,
                replaces: None,
            };
            Some((contact.q().unwrap_or(1000), to))
        })
        .collect();
    all.sort_by_key(|(q, _)| std::cmp::Reverse(*q));
    all.into_iter().map(|(_, to)| to).collect()
}
