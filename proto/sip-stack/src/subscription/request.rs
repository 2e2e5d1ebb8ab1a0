//! SUBSCRIBE: the first, the next, the last (RFC 6665 §4.2.1).

use super::{Bounds, Desk, State, Subscription, Why};
use crate::dialog::Dialog;
use crate::transaction::ServerKey;
use sip_message::{Flow, Message, Name, Problem};
use std::time::Duration;

/// Longest Event value kept, in bytes; phones send less than 40.
const EVENT_BYTES: usize = 128;

/// A SUBSCRIBE and where it came from.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'m> {
    /// Its transaction.
    pub key: ServerKey,
    /// Its flow.
    pub flow: Flow,
    /// The request.
    pub message: &'m Message,
    /// `Require` of the answer, where what is subscribed to needs an extension of the subscriber
    /// (RFC 4662 §4.1).
    pub requires: Option<&'static str>,
}

/// Why a SUBSCRIBE is not granted; it is to be answered so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// With this status.
    Status(u16),
    /// 423 with this Min-Expires, in seconds.
    TooBrief(u64),
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Refusal {
        Refusal::Status(problem.status)
    }
}

impl Subscription {
    /// Grants a subscription: answers 200. The state is to be told at once, also of one that asks
    /// for no time at all, which is over after that (RFC 6665 §4.4.3).
    ///
    /// # Errors
    /// [`Refusal`]; nothing was answered.
    pub fn begin(
        asked: Asked<'_>,
        bounds: &Bounds,
        desk: &mut Desk<'_>,
    ) -> Result<Subscription, Refusal> {
        let Asked { flow, message, .. } = asked;
        let event = message.header(Name::Event).unwrap_or_default().trim();
        if event.is_empty() || event.len() > EVENT_BYTES {
            return Err(Refusal::Status(489));
        }
        let granted = granted(message, bounds)?;
        let tag = desk.transactions.server_tag(asked.key);
        let dialog = Dialog::as_callee(message, tag, flow)?;
        let state = state_for(granted);
        let one = Self::at_rest(dialog, event.to_owned(), desk.now + granted, state);
        accept(&asked, granted, desk);
        Ok(one)
    }

    /// A SUBSCRIBE within the dialog: a refresh, or the end when it asks for no time. The state is
    /// to be told after it (RFC 6665 §4.2.1.4).
    ///
    /// # Errors
    /// [`Refusal`]; nothing was answered.
    pub fn again(
        &mut self,
        asked: Asked<'_>,
        bounds: &Bounds,
        desk: &mut Desk<'_>,
    ) -> Result<(), Refusal> {
        let Asked { flow, message, .. } = asked;
        let other = !self.dialog.is_from_peer(message) || !self.is_event_of(message);
        if other || self.state != State::Active {
            return Err(Refusal::Status(481));
        }
        let granted = granted(message, bounds)?;
        self.dialog.accept(message, flow)?;
        self.adrift = false;
        self.dialog.refresh_target(message);
        self.ends = desk.now + granted;
        self.state = state_for(granted);
        accept(&asked, granted, desk);
        Ok(())
    }

    /// Whether the request names this subscription's event: package and `id` (RFC 6665 §4.5.2).
    fn is_event_of(&self, message: &Message) -> bool {
        let key = |value: &str| {
            let (package, rest) = value.split_once(';').unwrap_or((value, ""));
            let id = rest
                .split(';')
                .find_map(|part| part.trim().strip_prefix("id=").map(str::to_owned));
            (package.trim().to_ascii_lowercase(), id)
        };
        let event = message.header(Name::Event);
        event.is_some_and(|event| key(event) == key(&self.event))
    }
}

fn state_for(granted: Duration) -> State {
    if granted.is_zero() {
        State::Ending(Why::Timeout)
    } else {
        State::Active
    }
}

fn granted(message: &Message, bounds: &Bounds) -> Result<Duration, Refusal> {
    let asked = message.expires()?;
    let granted = bounds.grant(asked);
    granted.map_err(|brief| Refusal::TooBrief(brief.0))
}

fn accept(asked: &Asked<'_>, granted: Duration, desk: &mut Desk<'_>) {
    let Asked { key, message, .. } = *asked;
    let mut answer = desk.transactions.response(key, message, 200);
    answer
        .copy(message, Name::RecordRoute)
        .text(Name::Contact, &desk.config.contact)
        .header(Name::Expires, granted.as_secs());
    if let Some(option) = asked.requires {
        answer.text(Name::Require, option);
    }
    if let Some(agent) = &desk.config.agent {
        answer.text(Name::Server, agent);
    }
    desk.transactions
        .respond(key, answer.finish(), 200, desk.now);
}
