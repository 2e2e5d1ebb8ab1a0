//! A 2xx that nobody wants any more.

use machine::Instant;
use sip_message::{Flow, Message, Method};

use super::config::Config;
use super::peer::Peer;
use super::step::{Cx, Step};
use crate::dialog::Dialog;
use crate::transaction::{ClientKey, Owner, Transactions};

/// A 2xx whose usage is gone, or of a fork that came late: it is acknowledged and hung up
/// (RFC 3261 §13.2.2.4). Anything else is ignored.
pub fn dismiss(
    key: ClientKey,
    flow: Flow,
    response: &Message,
    config: &Config,
    now: Instant,
    transactions: &mut Transactions,
) {
    let mut events = Vec::new();
    let mut cx = Cx {
        config,
        owner: Owner::NOBODY,
        step: &mut Step {
            now,
            transactions,
            events: &mut events,
        },
    };
    dismiss_within(key, flow, response, None, &mut cx);
}

/// More than the PRACKs that an early dialog may have sent: the BYE must have a higher number.
const NUMBERS_SKIPPED: u32 = 1_000;

/// The same, with a Reason for the BYE.
pub(super) fn dismiss_within(
    key: ClientKey,
    flow: Flow,
    response: &Message,
    reason: Option<&str>,
    cx: &mut Cx<'_, '_>,
) {
    let cseq = response
        .cseq()
        .ok()
        .filter(|cseq| cseq.method == Method::Invite);
    let accepted = response
        .status()
        .is_some_and(|status| (200..300).contains(&status));
    let (Some(cseq), true) = (cseq, accepted) else {
        return;
    };
    let Ok(mut dialog) = Dialog::as_caller(response, flow) else {
        return;
    };
    dialog.local_seq = dialog.local_seq.wrapping_add(NUMBERS_SKIPPED) & 0x7fff_ffff;
    let mut peer = Peer::early(dialog);
    peer.ack(key, cseq.number, None, cx);
    peer.bye(reason, cx);
}
