//! Referrals: transfers the peer asks us for, and those we ask the peer for (RFC 3515, with the
//! subscription left out where RFC 4488 asks for it).

use sip_message::{Message, Method, Name};

use super::config::MAX_REFERRALS;
use super::event::{Ending, Event, Referral};
use super::peer::{Fate, Peer};
use super::request::Request;
use super::step::Cx;
use crate::transaction::{ClientKey, ServerKey};

/// How long we promise to tell, in seconds; the dialog seldom lasts longer.
const SUBSCRIBED: u32 = 180;
/// The media type of a NOTIFY's body (RFC 3420).
const SIPFRAG: &str = "message/sipfrag;version=2.0";
/// `Refer-Sub` (RFC 4488 §4).
const REFER_SUB: Name<'static> = Name::Other("Refer-Sub");

/// A transfer the peer asks for.
#[derive(Debug)]
enum Theirs {
    /// Our side has not decided.
    Asked { request: Box<Request>, silent: bool },
    /// Accepted: told how it goes.
    Accepted { id: u32, told: u16 },
    /// Accepted: not to be told.
    Silent { id: u32 },
}

/// A transfer we have asked for.
#[derive(Debug)]
struct Ours {
    id: u32,
    key: ClientKey,
}

/// All transfers of one dialog.
#[derive(Debug, Default)]
pub(super) struct Referrals {
    theirs: Vec<Theirs>,
    ours: Vec<Ours>,
}

impl Theirs {
    fn id(&self) -> u32 {
        match self {
            Self::Asked { request, .. } => request.number(),
            Self::Accepted { id, .. } | Self::Silent { id } => *id,
        }
    }
}

impl Referrals {
    pub(super) fn is_empty(&self) -> bool {
        self.theirs.is_empty() && self.ours.is_empty()
    }

    /// A REFER.
    pub(super) fn asked(&mut self, request: Request, cx: &mut Cx<'_, '_>) {
        let Request { key, message, .. } = &request;
        let Some(referral) = referral_of(&request) else {
            return cx.answer(*key, message, 400);
        };
        if self.theirs.len() >= MAX_REFERRALS {
            return cx.answer_overlap(*key, message);
        }
        let refused = message.header(REFER_SUB).is_some_and(is_false);
        self.theirs.push(Theirs::Asked {
            request: Box::new(request),
            silent: refused,
        });
        cx.tell(Event::Referred(referral));
    }

    fn find_asked(&self, id: u32) -> Option<usize> {
        let asked = |one: &Theirs| matches!(one, Theirs::Asked { .. }) && one.id() == id;
        self.theirs.iter().position(asked)
    }

    /// Accepts; false when no such referral waits.
    pub(super) fn accept(&mut self, id: u32, peer: &mut Peer, cx: &mut Cx<'_, '_>) -> bool {
        let asked = self.find_asked(id).map(|at| self.theirs.swap_remove(at));
        let Some(Theirs::Asked { request, silent }) = asked else {
            return false;
        };
        let mut builder = cx.response(request.key, &request.message, 202);
        builder.text(Name::Contact, &cx.config.contact);
        if silent {
            builder.text(REFER_SUB, "false");
        }
        cx.respond(request.key, 202, builder.finish());
        if silent {
            self.theirs.push(Theirs::Silent { id });
        } else {
            notify(id, 100, peer, cx);
            self.theirs.push(Theirs::Accepted { id, told: 100 });
        }
        true
    }

    /// Refuses; false when no such referral waits.
    pub(super) fn refuse(&mut self, id: u32, status: u16, cx: &mut Cx<'_, '_>) -> bool {
        let asked = self.find_asked(id).map(|at| self.theirs.swap_remove(at));
        let Some(Theirs::Asked { request, .. }) = asked else {
            return false;
        };
        cx.answer(request.key, &request.message, status.clamp(300, 699));
        true
    }

    /// Tells how a transfer goes; false when no such referral is under way.
    pub(super) fn tell(
        &mut self,
        id: u32,
        status: u16,
        peer: &mut Peer,
        cx: &mut Cx<'_, '_>,
    ) -> bool {
        let accepted = |one: &Theirs| !matches!(one, Theirs::Asked { .. }) && one.id() == id;
        let Some(at) = self.theirs.iter().position(accepted) else {
            return false;
        };
        if let Some(Theirs::Accepted { told, .. }) = self.theirs.get_mut(at)
            && *told != status
        {
            *told = status;
            notify(id, status, peer, cx);
        }
        if status >= 200 {
            self.theirs.swap_remove(at);
        }
        true
    }

    /// Asks the peer for a transfer; false when too many are under way.
    pub(super) fn ask(&mut self, refer_to: &str, peer: &mut Peer, cx: &mut Cx<'_, '_>) -> bool {
        if self.ours.len() >= MAX_REFERRALS {
            return false;
        }
        let contact = cx.config.contact.as_str();
        let by = untagged(peer.dialog.local_address()).to_owned();
        let sent = peer.send(Method::Refer, cx, |refer| {
            refer.text(Name::Contact, contact);
            refer.text(Name::ReferTo, refer_to);
            refer.text(Name::ReferredBy, &by);
        });
        self.ours.push(Ours {
            id: sent.number,
            key: sent.key,
        });
        true
    }

    /// A NOTIFY.
    pub(super) fn notified(&mut self, request: &Request, cx: &mut Cx<'_, '_>) {
        let Request { key, message, .. } = request;
        let event = message.event();
        if event
            .as_ref()
            .is_none_or(|event| !event.value.eq_ignore_ascii_case("refer"))
        {
            let mut builder = cx.response(*key, message, 489);
            builder.text(Name::AllowEvents, "refer");
            return cx.respond(*key, 489, builder.finish());
        }
        let id = event.and_then(|event| event.param("id").map(str::to_owned));
        let meant = |ours: &Ours| id.as_ref().is_none_or(|id| *id == ours.id.to_string());
        let Some(at) = self.ours.iter().position(meant) else {
            return cx.answer(*key, message, 481);
        };
        let state = message.subscription_state();
        let done = state.is_some_and(|state| state.value.eq_ignore_ascii_case("terminated"));
        if done {
            self.ours.remove(at);
        }
        cx.answer(*key, message, 200);
        let status = fragment_status(message.body()).unwrap_or(if done { 200 } else { 100 });
        cx.tell(Event::ReferProgressed { status, done });
    }

    /// A response to a REFER of ours.
    pub(super) fn responded(
        &mut self,
        key: ClientKey,
        response: &Message,
        cx: &mut Cx<'_, '_>,
    ) -> Fate {
        let status = response.status().unwrap_or(0);
        if status >= 300 {
            return self.unanswered(key, status, cx);
        }
        if let Some(at) = self.ours.iter().position(|ours| ours.key == key) {
            let done = response.header(REFER_SUB).is_some_and(is_false);
            if done {
                self.ours.remove(at);
            }
            cx.tell(Event::ReferProgressed { status, done });
        }
        Fate::GoesOn
    }

    /// A REFER of ours failed.
    pub(super) fn unanswered(&mut self, key: ClientKey, status: u16, cx: &mut Cx<'_, '_>) -> Fate {
        let Some(at) = self.ours.iter().position(|ours| ours.key == key) else {
            return Fate::GoesOn;
        };
        self.ours.remove(at);
        cx.tell(Event::ReferProgressed { status, done: true });
        match status {
            481 => Fate::Ends(Ending::DialogUnknown),
            408 => Fate::Ends(Ending::PeerSilent),
            _ => Fate::GoesOn,
        }
    }

    /// The transaction of a REFER is over without our answer.
    pub(super) fn forget(&mut self, key: ServerKey) {
        self.theirs.retain(|one| match one {
            Theirs::Asked { request, .. } => request.key != key,
            Theirs::Accepted { .. } | Theirs::Silent { .. } => true,
        });
    }

    /// The dialog ends: what was asked is refused.
    pub(super) fn close(&mut self, cx: &mut Cx<'_, '_>) {
        self.ours.clear();
        for one in self.theirs.drain(..) {
            if let Theirs::Asked { request, .. } = one {
                cx.answer(request.key, &request.message, 487);
            }
        }
    }
}

fn notify(id: u32, status: u16, peer: &mut Peer, cx: &mut Cx<'_, '_>) {
    let contact = cx.config.contact.as_str();
    let phrase = sip_message::reason_phrase(status);
    let body = format!("SIP/2.0 {status} {phrase}\r\n");
    peer.send(Method::Notify, cx, |notify| {
        notify.text(Name::Contact, contact);
        notify.header(Name::Event, format_args!("refer;id={id}"));
        if status < 200 {
            let state = format_args!("active;expires={SUBSCRIBED}");
            notify.header(Name::SubscriptionState, state);
        } else {
            notify.text(Name::SubscriptionState, "terminated;reason=noresource");
        }
        notify.body(SIPFRAG, body.as_bytes());
    });
}

fn referral_of(request: &Request) -> Option<Referral> {
    let message = &request.message;
    let refer_to = message.refer_to().ok()??;
    let replaces = refer_to.uri_header("Replaces").ok()?;
    Some(Referral {
        id: request.number(),
        refer_to: refer_to.as_str().to_owned(),
        referred_by: message.header(Name::ReferredBy).map(str::to_owned),
        replaces: replaces.map(std::borrow::Cow::into_owned),
    })
}

fn is_false(value: &str) -> bool {
    let word = value.split(';').next().unwrap_or(value);
    word.trim().eq_ignore_ascii_case("false")
}

/// The status of a message/sipfrag body.
fn fragment_status(body: &[u8]) -> Option<u16> {
    let text = std::str::from_utf8(body).ok()?;
    let rest = text.trim_start().strip_prefix("SIP/2.0 ")?;
    rest.split_whitespace().next()?.parse().ok()
}

/// An address without its tag.
fn untagged(address: &str) -> &str {
    address.split(";tag=").next().unwrap_or(address)
}
