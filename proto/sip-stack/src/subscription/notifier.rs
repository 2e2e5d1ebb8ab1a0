//! One subscription: told, refreshed, ended (RFC 6665 §4.2).

use super::failure::{Verdict, judge};
use super::{Desk, Document};
use crate::dialog::{Dialog, Origin};
use crate::transaction::{ClientKey, Event, Sending, Transactions};
use machine::Instant;
use sip_message::{Flow, Method, Name};
use std::time::Duration;

/// How often a refused NOTIFY is sent again before the subscription is given up.
const RETRIES: u8 = 4;

/// Why a subscription ends, as `Subscription-State` says it (RFC 6665 §4.1.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// It was not refreshed, or the subscriber ended it.
    Timeout,
    /// What was watched is gone, or may not be watched any more.
    NoResource,
    /// The notifier ends it; the subscriber may subscribe anew at once.
    Deactivated,
}

impl Why {
    fn as_str(self) -> &'static str {
        match self {
            Why::Timeout => "timeout",
            Why::NoResource => "noresource",
            Why::Deactivated => "deactivated",
        }
    }
}

/// How far a subscription has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It lasts.
    Active,
    /// Its last NOTIFY has been sent, or is to be sent now.
    Ending(Why),
    /// Nothing more comes.
    Over,
}

/// What follows from the answer to a NOTIFY, or from a deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// Nothing.
    Nothing,
    /// The state may have changed since the NOTIFY that was answered: it is to be told if so.
    News,
    /// The state is to be told in any case: it was not taken, or this is the last word.
    TellAgain,
    /// The subscription is over.
    Over,
}

/// One subscription of a peer at us.
#[derive(Clone, Debug)]
pub struct Subscription {
    pub(super) dialog: Dialog,
    /// The Event value of the peer, with its `id`.
    pub(super) event: String,
    pub(super) ends: Instant,
    pub(super) state: State,
    under_way: Option<ClientKey>,
    /// The state changed after the NOTIFY under way was rendered.
    stale: bool,
    retry_at: Option<Instant>,
    retries: u8,
    /// The peer's connection is gone, and nobody knows another way to it.
    pub(super) adrift: bool,
}

impl Subscription {
    pub(super) fn at_rest(dialog: Dialog, event: String, ends: Instant, state: State) -> Self {
        Subscription {
            dialog,
            event,
            ends,
            state,
            under_way: None,
            stale: false,
            retry_at: None,
            retries: 0,
            adrift: false,
        }
    }

    /// The peer's connection is gone: nothing is told until it has come back. What is under way is
    /// given up.
    pub fn cast_off(&mut self, transactions: &mut Transactions) {
        if let Some(key) = self.under_way.take() {
            transactions.abandon(key);
            self.stale = true;
        }
        self.retry_at = None;
        self.adrift = true;
    }

    /// Whether its peer's connection is gone.
    #[must_use]
    pub fn is_adrift(&self) -> bool {
        self.adrift
    }

    /// The peer is reached by another flow from now on.
    pub fn moved(&mut self, flow: Flow) {
        self.dialog.flow = flow;
        self.adrift = false;
    }

    /// Its dialog.
    #[must_use]
    pub fn dialog(&self) -> &Dialog {
        &self.dialog
    }

    /// How far it has come.
    #[must_use]
    pub fn state(&self) -> State {
        self.state
    }

    /// The flow the peer last spoke on.
    #[must_use]
    pub fn flow(&self) -> Flow {
        self.dialog.flow()
    }

    /// Whether a NOTIFY may be sent now. If not, the present state will be asked for as soon as
    /// the answer to the one under way is there.
    pub fn may_tell(&mut self) -> bool {
        let waits = self.under_way.is_some() || self.retry_at.is_some() || self.adrift;
        self.stale |= waits;
        !waits && self.state != State::Over
    }

    /// Not all was told: the rest will be asked for as soon as the answer to what was is there.
    pub fn has_more(&mut self) {
        self.stale |= self.under_way.is_some() && self.state == State::Active;
    }

    /// Tells the state. An ending subscription is told why, and that this was the last word.
    pub fn tell(&mut self, document: Option<&Document>, desk: &mut Desk<'_>) {
        let branch = desk.transactions.branch();
        let sent_by = desk.config.sent_by.clone();
        let sent_by = sent_by.as_deref();
        let (mut notify, _) = self
            .dialog
            .request(Method::Notify, Origin { branch, sent_by });
        notify
            .text(Name::Contact, &desk.config.contact)
            .text(Name::Event, &self.event);
        if let Some(agent) = &desk.config.agent {
            notify.text(Name::UserAgent, agent);
        }
        match self.state {
            State::Ending(why) => {
                let value = format!("terminated;reason={}", why.as_str());
                notify.text(Name::SubscriptionState, &value);
            }
            State::Active | State::Over => {
                let left = self.left(desk.now).as_secs();
                let value = format_args!("active;expires={left}");
                notify.header(Name::SubscriptionState, value);
            }
        }
        if let Some(document) = document {
            if let Some(option) = document.requires {
                notify.text(Name::Require, option);
            }
            notify.body_shared(&document.media_type, document.bytes.clone());
        }
        let sending = Sending {
            flow: self.dialog.flow(),
            branch,
            method: Method::Notify,
            bytes: notify.finish(),
            owner: desk.owner,
        };
        self.stale = false;
        self.retry_at = None;
        self.under_way = Some(desk.transactions.request(sending, desk.now));
    }

    /// Ends it from our side: the last NOTIFY is to be told.
    pub fn end(&mut self, why: Why) {
        if self.state == State::Active {
            self.state = State::Ending(why);
            self.retry_at = None;
        }
    }

    /// Takes the answer to a NOTIFY, or its failure.
    pub fn hear(&mut self, event: &Event, now: Instant) -> Heard {
        let (key, verdict) = match event {
            Event::Response { key, message, .. } if message.status() >= Some(200) => {
                (*key, judge(message))
            }
            Event::ClientTimedOut { key, .. } | Event::ClientTransportFailed { key, .. } => {
                (*key, Verdict::Over)
            }
            Event::Response { .. }
            | Event::Request { .. }
            | Event::Ack { .. }
            | Event::Cancelled { .. }
            | Event::ServerTimedOut { .. } => return Heard::Nothing,
        };
        if self.under_way != Some(key) {
            return Heard::Nothing;
        }
        self.under_way = None;
        match verdict {
            Verdict::Told => self.told(),
            Verdict::Later(wait) => self.refused(now + wait),
            Verdict::Over => self.over(),
        }
    }

    fn told(&mut self) -> Heard {
        self.retries = 0;
        // the last word may have been decided upon while another one was under way
        match self.state {
            State::Ending(_) if self.stale => Heard::TellAgain,
            State::Active if self.stale => Heard::News,
            State::Active => Heard::Nothing,
            State::Ending(_) | State::Over => self.over(),
        }
    }

    fn refused(&mut self, at: Instant) -> Heard {
        self.retries += 1;
        let ending = matches!(self.state, State::Ending(_)) && !self.stale;
        if ending || self.retries > RETRIES {
            return self.over();
        }
        self.retry_at = Some(at);
        Heard::Nothing
    }

    fn over(&mut self) -> Heard {
        self.state = State::Over;
        Heard::Over
    }

    /// When it wants to be woken.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        let ends = (self.state == State::Active).then_some(self.ends);
        [ends, self.retry_at].into_iter().flatten().min()
    }

    /// Does what is due. An expired subscription is told so: [`Heard::TellAgain`].
    pub fn expire(&mut self, now: Instant) -> Heard {
        if self.state == State::Active && self.ends <= now {
            if self.adrift {
                // there is nobody to tell
                return self.over();
            }
            self.end(Why::Timeout);
            self.stale = true;
            return match self.under_way {
                None => Heard::TellAgain,
                Some(_) => Heard::Nothing,
            };
        }
        if self.retry_at.is_some_and(|at| at <= now) {
            self.retry_at = None;
            return Heard::TellAgain;
        }
        Heard::Nothing
    }

    /// Asks to tell the state at this moment, as after a restart.
    pub fn tell_at(&mut self, at: Instant) {
        self.retry_at = Some(at);
    }

    /// How long it lasts from now on.
    #[must_use]
    pub fn left(&self, now: Instant) -> Duration {
        self.ends.saturating_since(now)
    }
}
