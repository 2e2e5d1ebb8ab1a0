//! InviteUsage: the doors.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use machine::{Deadline, Instant};
use serde::{Deserialize, Serialize};
use sip_message::{Flow, Message, Name};

use super::config::Config;
use super::event::Event;
use crate::dialog::{Dialog, DialogName};
use crate::transaction::{self, ClientKey, Owner, ServerKey, Transactions};

/// What every order and input needs: the time, the transactions, and where events go.
pub struct Step<'a> {
    /// Now.
    pub now: Instant,
    /// The transactions of the shard.
    pub transactions: &'a mut Transactions,
    /// Events are appended here in order.
    pub events: &'a mut Vec<Event>,
}

/// An order that does not fit the state the usage is in; nothing was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Untimely {
    /// The order.
    pub order: &'static str,
    /// The phase it came in.
    pub phase: Phase,
}

impl fmt::Display for Untimely {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} does not fit the phase {:?}", self.order, self.phase)
    }
}

impl std::error::Error for Untimely {}

/// Where a usage stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phase {
    /// Callee: not answered yet.
    Incoming,
    /// Caller: not answered yet.
    Outgoing,
    /// Answered.
    Live,
    /// Nothing more will come.
    Over,
}

/// What is due next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Timer {
    /// The 2xx again (RFC 3261 §13.3.1.4).
    RepeatAnswer,
    /// No ACK for 64 × T1.
    AwaitAck,
    /// The reliable provisional again (RFC 3262 §3).
    RepeatProvisional,
    /// No PRACK for 64 × T1.
    AwaitPrack,
    /// The provisional anew each minute (RFC 3261 §13.3.1.1).
    RenewProvisional,
    /// No final response 64 × T1 after our CANCEL.
    AwaitCancelled,
    /// After 491: try again (RFC 3261 §14.1).
    Glare,
    /// A re-INVITE of ours takes too long.
    AwaitReoffer,
    /// Our side takes too long to answer an offer.
    OfferPatience,
    /// Refresh the session (RFC 4028 §10).
    Refresh,
    /// The session has expired.
    SessionExpiry,
}

/// An INVITE to be sent.
#[derive(Clone, Debug)]
pub struct Outgoing {
    /// The Request-URI.
    pub request_uri: String,
    /// The From value without a tag.
    pub from: String,
    /// The To value.
    pub to: String,
    /// The Call-ID; none for a new one.
    pub call_id: Option<String>,
    /// Route values, first hop first.
    pub routes: Vec<String>,
    /// The flow to send on.
    pub flow: Flow,
    /// Further headers, such as P-Asserted-Identity or Replaces.
    pub headers: Vec<(Name<'static>, String)>,
    /// Our offer; none to let the callee offer.
    pub offer: Option<Bytes>,
}

/// A confirmed usage at rest, to be restored by another process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// The dialog.
    pub dialog: Dialog,
}

/// The INVITE usage.
pub struct InviteUsage {
    config: Arc<Config>,
}

impl InviteUsage {
    /// Takes an INVITE that came outside dialogs. On an error the INVITE has been answered.
    ///
    /// # Errors
    /// The status it was answered with: 400 (no Contact, bad headers), 420 (an extension
    /// required that we do not know), 422 (session interval too small).
    pub fn incoming(
        _key: ServerKey,
        _flow: Flow,
        _invite: Message,
        config: Arc<Config>,
        _owner: Owner,
        _step: &mut Step<'_>,
    ) -> Result<Self, u16> {
        Ok(Self { config })
    }

    /// Sends an INVITE.
    pub fn outgoing(
        _outgoing: Outgoing,
        config: Arc<Config>,
        _owner: Owner,
        _step: &mut Step<'_>,
    ) -> Self {
        Self { config }
    }

    /// Continues a confirmed usage.
    pub fn restore(_snapshot: Snapshot, config: Arc<Config>, _owner: Owner, _now: Instant) -> Self {
        Self { config }
    }

    /// The state of a confirmed usage at rest; none in other phases.
    #[must_use]
    pub fn snapshot(&self, _now: Instant) -> Option<Snapshot> {
        None
    }

    /// Where it stands.
    #[must_use]
    pub fn phase(&self) -> Phase {
        Phase::Over
    }

    /// The Call-ID and our tag: what [`Dialogs`](crate::dialog::Dialogs) is told.
    #[must_use]
    pub fn call_id(&self) -> &str {
        ""
    }

    /// Our tag.
    #[must_use]
    pub fn local_tag(&self) -> &str {
        ""
    }

    /// The dialog: the confirmed one; of a callee the early one; of a caller with forks the
    /// early one heard last.
    #[must_use]
    pub fn dialog(&self) -> Option<&Dialog> {
        None
    }

    /// The name of that dialog.
    #[must_use]
    pub fn dialog_name(&self) -> Option<DialogName> {
        self.dialog().map(Dialog::name)
    }

    /// The INVITE that came in, while not answered.
    #[must_use]
    pub fn invite(&self) -> Option<&Message> {
        None
    }

    /// The policy.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }

    fn untimely(&self, order: &'static str) -> Result<(), Untimely> {
        Err(Untimely {
            order,
            phase: self.phase(),
        })
    }

    /// Callee: sends a provisional response (101 to 199), reliably when asked and the caller
    /// can, or when the caller requires it. A description is the answer (or, when the INVITE
    /// had no offer, the offer); sent unreliably it only announces the answer.
    ///
    /// # Errors
    /// [`Untimely`] unless incoming; also when too many reliable ones wait.
    pub fn ring(
        &mut self,
        _status: u16,
        _sdp: Option<Bytes>,
        _reliable: bool,
        _step: &mut Step<'_>,
    ) -> Result<(), Untimely> {
        self.untimely("ring")
    }

    /// Callee: answers with 200. The description may be left out when a provisional response
    /// has carried it.
    ///
    /// # Errors
    /// [`Untimely`] unless incoming and not yet answered.
    pub fn answer(&mut self, _sdp: Option<Bytes>, _step: &mut Step<'_>) -> Result<(), Untimely> {
        self.untimely("answer")
    }

    /// Callee: refuses with a status (300 to 699), a phrase of our own and further headers.
    /// [`Event::Terminated`] follows.
    ///
    /// # Errors
    /// [`Untimely`] unless incoming.
    pub fn refuse(
        &mut self,
        _status: u16,
        _phrase: Option<&str>,
        _headers: &[(Name<'_>, String)],
        _step: &mut Step<'_>,
    ) -> Result<(), Untimely> {
        self.untimely("refuse")
    }

    /// Caller: gives up before the answer; `reason` is a Reason value (RFC 3326). An answer
    /// that crosses it is acknowledged and hung up. [`Event::Terminated`] follows.
    ///
    /// # Errors
    /// [`Untimely`] unless outgoing and not yet cancelled.
    pub fn cancel(&mut self, _reason: Option<&str>, _step: &mut Step<'_>) -> Result<(), Untimely> {
        self.untimely("cancel")
    }

    /// Ends the call from whatever state: BYE when live, CANCEL when outgoing, 480 when
    /// incoming. [`Event::Terminated`] follows, perhaps later.
    ///
    /// # Errors
    /// [`Untimely`] when it is over or being hung up already.
    pub fn hang_up(&mut self, _reason: Option<&str>, _step: &mut Step<'_>) -> Result<(), Untimely> {
        self.untimely("hang_up")
    }

    /// Gives the answer to an offer that came in a 2xx: in its ACK.
    ///
    /// # Errors
    /// [`Untimely`] unless a 2xx with an offer waits for it.
    pub fn confirm(&mut self, _sdp: Bytes, _step: &mut Step<'_>) -> Result<(), Untimely> {
        self.untimely("confirm")
    }

    /// Offers anew, or without a description asks the peer to offer: a re-INVITE when live, an
    /// UPDATE in an early dialog. While the dialog is busy it waits its turn; a later order
    /// takes the place of one that waits.
    ///
    /// # Errors
    /// [`Untimely`] unless live, or early with a completed exchange and a peer that allows
    /// UPDATE.
    pub fn reoffer(&mut self, _sdp: Option<Bytes>, _step: &mut Step<'_>) -> Result<(), Untimely> {
        self.untimely("reoffer")
    }

    /// Answers (or, when asked to, makes) the offer of [`Event::Offered`].
    ///
    /// # Errors
    /// [`Untimely`] when none waits.
    pub fn answer_reoffer(&mut self, _sdp: Bytes, _step: &mut Step<'_>) -> Result<(), Untimely> {
        self.untimely("answer_reoffer")
    }

    /// Refuses the offer of [`Event::Offered`], with 488 for instance.
    ///
    /// # Errors
    /// [`Untimely`] when none waits.
    pub fn refuse_reoffer(&mut self, _status: u16, _step: &mut Step<'_>) -> Result<(), Untimely> {
        self.untimely("refuse_reoffer")
    }

    /// Sends an INFO (RFC 6086, legacy use).
    ///
    /// # Errors
    /// [`Untimely`] unless live.
    pub fn info(
        &mut self,
        _content_type: &str,
        _body: Bytes,
        _step: &mut Step<'_>,
    ) -> Result<(), Untimely> {
        self.untimely("info")
    }

    /// Accepts a transfer: 202 and a first NOTIFY with 100.
    ///
    /// # Errors
    /// [`Untimely`] when no such referral waits.
    pub fn accept_refer(&mut self, _id: u32, _step: &mut Step<'_>) -> Result<(), Untimely> {
        self.untimely("accept_refer")
    }

    /// Refuses a transfer.
    ///
    /// # Errors
    /// [`Untimely`] when no such referral waits.
    pub fn refuse_refer(
        &mut self,
        _id: u32,
        _status: u16,
        _step: &mut Step<'_>,
    ) -> Result<(), Untimely> {
        self.untimely("refuse_refer")
    }

    /// Tells the transferor how the transfer goes: the status of the new call, final ones end
    /// it.
    ///
    /// # Errors
    /// [`Untimely`] when no such referral is accepted and unended.
    pub fn notify_refer(
        &mut self,
        _id: u32,
        _status: u16,
        _step: &mut Step<'_>,
    ) -> Result<(), Untimely> {
        self.untimely("notify_refer")
    }

    /// Asks the peer to call someone else (RFC 3515): `refer_to` is a Refer-To value.
    ///
    /// # Errors
    /// [`Untimely`] unless live.
    pub fn refer(&mut self, _refer_to: &str, _step: &mut Step<'_>) -> Result<(), Untimely> {
        self.untimely("refer")
    }

    /// Takes what the transactions tell of this usage: requests of its dialogs, responses and
    /// failures of its owner's, ACKs, CANCELs. What is not for it is answered or ignored.
    pub fn take(&mut self, _event: transaction::Event, _step: &mut Step<'_>) {}

    /// What is due next.
    #[must_use]
    pub fn deadline(&self) -> Option<Deadline<Timer>> {
        None
    }

    /// Does what is due.
    pub fn expire(&mut self, _step: &mut Step<'_>) {}
}

/// A 2xx whose usage is gone, or of a fork that came late: it is acknowledged and hung up
/// (RFC 3261 §13.2.2.4). Anything else is ignored.
pub fn dismiss(
    _key: ClientKey,
    _flow: Flow,
    _response: &Message,
    _config: &Config,
    _now: Instant,
    _transactions: &mut Transactions,
) {
}
