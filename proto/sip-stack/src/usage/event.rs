//! What a usage tells the layer above.

use bytes::Bytes;
use sip_message::Message;

/// Why a dialog that was confirmed, or a call that came in, has ended without our order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ending {
    /// The peer sent BYE.
    PeerHungUp,
    /// No ACK came for our 2xx within 32 s.
    NoAck,
    /// No PRACK came within 32 s.
    NoPrack,
    /// The session timer ran out (RFC 4028 §10).
    SessionExpired,
    /// The peer does not know the dialog any more: 481.
    DialogUnknown,
    /// The peer does not answer: 408, or no response at all.
    PeerSilent,
}

/// A transfer the peer asks for (RFC 3515).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Referral {
    /// Names it in the orders about it: the CSeq number of the REFER.
    pub id: u32,
    /// The Refer-To value as written.
    pub refer_to: String,
    /// The Referred-By value as written.
    pub referred_by: Option<String>,
    /// The decoded `Replaces` inside Refer-To (RFC 3891), as a header value.
    pub replaces: Option<String>,
}

/// What has happened. Session descriptions are given as they came; the usage does not read
/// them.
#[derive(Clone, Debug)]
pub enum Event {
    /// Caller: a provisional response without a session description (never 100).
    Ringing {
        /// 101 to 199.
        status: u16,
        /// The response.
        message: Message,
    },
    /// Caller: a provisional response with a session description. A reliable one is the
    /// answer; otherwise it announces the answer that the 2xx will bring.
    Progressed {
        /// 101 to 199.
        status: u16,
        /// The description.
        sdp: Bytes,
        /// Whether it came reliably (RFC 3262).
        reliable: bool,
        /// The response.
        message: Message,
    },
    /// Caller: a 2xx. When our INVITE had no offer, `sdp` is the peer's offer and
    /// [`InviteUsage::confirm`](super::InviteUsage::confirm) must give the answer; else `sdp`
    /// is the answer, also when a provisional response brought it before.
    Answered {
        /// The description; none when the peer never sent one.
        sdp: Option<Bytes>,
        /// The response.
        message: Message,
    },
    /// The ACK of our 2xx came; `sdp` is the answer when our 2xx carried the offer. Told of the
    /// first INVITE, and of a re-INVITE that asked us to offer.
    Confirmed {
        /// The answer to the offer in our 2xx.
        sdp: Option<Bytes>,
    },
    /// Caller: the INVITE failed. Without a message nothing was heard (408) or it could not be
    /// sent (503). [`Event::Terminated`] follows, at once or, when our patience was over before
    /// the transaction was, later.
    Refused {
        /// 300 to 699.
        status: u16,
        /// The response.
        message: Option<Message>,
    },
    /// Callee: the caller gave up before the answer; it has been told 487.
    /// [`Event::Terminated`] follows.
    Cancelled {
        /// The Reason value (RFC 3326).
        reason: Option<String>,
    },
    /// The call is over, and not by our order. [`Event::Terminated`] follows.
    Ended {
        /// Why.
        ending: Ending,
        /// The Reason value of the BYE.
        reason: Option<String>,
    },
    /// The callee could speak nothing of our offer (488, 606), and is asked once more with the
    /// wider one ([`Outgoing::wider`](super::Outgoing::wider)), which holds from now on.
    Widened,
    /// The peer offers (re-INVITE, UPDATE, PRACK) or, without a description, asks for an offer
    /// (re-INVITE only). To be followed by
    /// [`InviteUsage::answer_reoffer`](super::InviteUsage::answer_reoffer) or
    /// [`InviteUsage::refuse_reoffer`](super::InviteUsage::refuse_reoffer).
    Offered {
        /// The offer; none when we shall offer.
        sdp: Option<Bytes>,
    },
    /// The peer took back its offer (CANCEL of a re-INVITE), or we were too slow.
    OfferWithdrawn,
    /// The peer answered our offer, also one in a reliable provisional response by its PRACK.
    /// After
    /// [`InviteUsage::reoffer`](super::InviteUsage::reoffer) without a description this is the
    /// peer's offer, to be followed by [`InviteUsage::confirm`](super::InviteUsage::confirm).
    ReofferAnswered {
        /// The description; none when the peer sent none.
        sdp: Option<Bytes>,
    },
    /// The peer refused our offer; what was agreed before stays.
    ReofferRefused {
        /// 300 to 699; 408 and 503 also when nothing was heard.
        status: u16,
    },
    /// An INFO; it has been answered 200.
    Info {
        /// The Content-Type value.
        content_type: String,
        /// The body.
        body: Bytes,
        /// Whether the call is to be recorded from now on, or no longer: what telephones say with
        /// `Record: on` and `Record: off` when their key for it is pressed. No standard names it.
        record: Option<bool>,
    },
    /// The peer asks for a transfer. To be followed by
    /// [`InviteUsage::accept_refer`](super::InviteUsage::accept_refer) or
    /// [`InviteUsage::refuse_refer`](super::InviteUsage::refuse_refer).
    Referred(Referral),
    /// The transfer we asked for: accepted (202), or how it goes on (the status of its
    /// message/sipfrag body), or refused.
    ReferProgressed {
        /// The status.
        status: u16,
        /// Whether nothing more will be told.
        done: bool,
    },
    /// A session refresh of ours or the peer's succeeded.
    Refreshed {
        /// The description the peer sent with its response, when it did.
        sdp: Option<Bytes>,
    },
    /// Nothing more will come of this usage; it may be dropped.
    Terminated,
}
