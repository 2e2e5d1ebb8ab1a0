//! Forks: the early dialogs that one INVITE of ours has made (RFC 3261 §13.2.2.1).

use bytes::Bytes;
use machine::{Deadline, earliest};
use sip_message::{Flow, Message, Method, Name};

use super::business::Business;
use super::config::MAX_FORKS;
use super::event::Event;
use super::offer::{Turn, sdp_of};
use super::peer::Peer;
use super::reliable::Sequence;
use super::step::{Cx, Timer};
use crate::dialog::Dialog;
use crate::transaction::{ClientKey, Transactions};

/// One early dialog.
#[derive(Debug)]
struct Fork {
    peer: Peer,
    sequence: Sequence,
}

/// All early dialogs, the one heard last at the end.
#[derive(Debug, Default)]
pub(super) struct Forks(Vec<Fork>);

impl Forks {
    /// The dialog heard last.
    pub(super) fn latest(&self) -> Option<&Dialog> {
        self.0.last().map(|fork| &fork.peer.dialog)
    }

    /// The early dialog heard last in which `fits`.
    pub(super) fn find(&mut self, fits: impl Fn(&Peer) -> bool) -> Option<&mut Peer> {
        let mut peers = self.0.iter_mut().rev().map(|fork| &mut fork.peer);
        peers.find(|peer| fits(peer))
    }

    /// The peer a request comes from.
    pub(super) fn peer_of(&mut self, request: &Message) -> Option<&mut Peer> {
        self.find(|peer| peer.dialog.is_from_peer(request))
    }

    /// The early dialog of a response, made if it is new; none beyond the bound, or when the
    /// response makes no dialog.
    fn of_response(
        &mut self,
        offer: Option<&Bytes>,
        flow: Flow,
        response: &Message,
    ) -> Option<&mut Fork> {
        let tag = response.to().ok()?.tag()?.to_owned();
        let known = self
            .0
            .iter()
            .position(|fork| fork.peer.dialog.remote_tag() == tag);
        let fork = match known {
            Some(at) => self.0.remove(at),
            None if self.0.len() >= MAX_FORKS => return None,
            None => Fork {
                peer: with_offer(Dialog::as_caller(response, flow).ok()?, offer),
                sequence: Sequence::default(),
            },
        };
        self.0.push(fork);
        self.0.last_mut()
    }

    /// A provisional response to the INVITE with this number.
    pub(super) fn provisional(
        &mut self,
        invite: u32,
        offer: Option<&Bytes>,
        flow: Flow,
        response: &Message,
        cx: &mut Cx<'_, '_>,
    ) {
        let status = response.status().unwrap_or(0);
        let sdp = sdp_of(response);
        let rseq = rseq_of(response).filter(|_| offer.is_some());
        let mut acknowledged = false;
        if let Some(fork) = self.of_response(offer, flow, response) {
            fork.peer.abilities.learn(response);
            if let Some(rseq) = rseq {
                if !fork.sequence.take(rseq) {
                    return;
                }
                fork.acknowledge(invite, rseq, sdp.is_some(), cx);
                acknowledged = true;
            }
            fork.peer.keep_description(sdp.clone());
        }
        let message = response.clone();
        cx.tell(match sdp {
            None => Event::Ringing { status, message },
            Some(sdp) => Event::Progressed {
                status,
                sdp,
                reliable: acknowledged,
                message,
            },
        });
    }

    /// The dialog of a 2xx, with what its early form knew.
    pub(super) fn choose(&mut self, mut dialog: Dialog, offer: Option<&Bytes>) -> Peer {
        let mut forks = self.0.iter();
        let known = forks.position(|fork| fork.peer.dialog.remote_tag() == dialog.remote_tag());
        let Some(at) = known else {
            return with_offer(dialog, offer);
        };
        let Fork { mut peer, .. } = self.0.remove(at);
        // routes and target are those of the 2xx (RFC 3261 §13.2.2.4), the numbers go on
        dialog.local_seq = dialog.local_seq.max(peer.dialog.local_seq);
        dialog.remote_seq = peer.dialog.remote_seq;
        peer.dialog = dialog;
        peer
    }

    /// Answers an offer of one of the peers; false when none waits.
    pub(super) fn answer_offer(&mut self, sdp: Bytes, cx: &mut Cx<'_, '_>) -> bool {
        let Some(peer) = self.find(has_offered) else {
            return false;
        };
        let answered = peer.answer_offer(sdp, cx);
        peer.proceed(cx);
        answered
    }

    /// Refuses an offer of one of the peers; false when none waits.
    pub(super) fn refuse_offer(
        &mut self,
        status: u16,
        headers: &[(Name<'_>, String)],
        cx: &mut Cx<'_, '_>,
    ) -> bool {
        let Some(peer) = self.find(has_offered) else {
            return false;
        };
        let refused = peer.refuse_offer(status, headers, cx);
        peer.proceed(cx);
        refused
    }

    /// Forgets the fork a request comes from.
    pub(super) fn remove(&mut self, request: &Message, cx: &mut Cx<'_, '_>) {
        let gone = |fork: &Fork| fork.peer.dialog.is_from_peer(request);
        if let Some(at) = self.0.iter().position(gone) {
            self.0.remove(at).peer.close(cx);
        }
    }

    /// All of them are reached by another flow.
    pub(super) fn moved(&mut self, flow: Flow, transactions: &mut Transactions) {
        for fork in &mut self.0 {
            fork.peer.moved(flow, transactions);
        }
    }

    /// Forgets all; what they asked is answered.
    pub(super) fn close(&mut self, cx: &mut Cx<'_, '_>) {
        for mut fork in self.0.drain(..) {
            fork.peer.close(cx);
        }
    }

    /// A response to a request of ours inside an early dialog, or none (whether it was sent).
    pub(super) fn responded(
        &mut self,
        key: ClientKey,
        response: Result<&Message, bool>,
        cx: &mut Cx<'_, '_>,
    ) {
        let Some(peer) = self.find(|peer| peer.asked_by(key)) else {
            return;
        };
        // the INVITE alone decides whether the call lives
        let _fate = match response {
            Ok(response) => peer.responded(response, cx),
            Err(sent_at_all) => peer.unanswered(sent_at_all, cx),
        };
        peer.proceed(cx);
    }

    pub(super) fn deadline(&self) -> Option<Deadline<Timer>> {
        let deadlines = self.0.iter().map(|fork| fork.peer.deadline());
        deadlines.fold(None, earliest)
    }

    /// Does what is due.
    pub(super) fn expire(&mut self, cx: &mut Cx<'_, '_>) {
        for fork in &mut self.0 {
            let _fate = fork.peer.expire(cx);
            fork.peer.proceed(cx);
        }
    }
}

impl Fork {
    fn acknowledge(&mut self, invite: u32, rseq: u32, described: bool, cx: &mut Cx<'_, '_>) {
        let exchange = &mut self.peer.exchange;
        let answers =
            exchange.turn() == Turn::OfferedByUs && matches!(self.peer.business, Business::Idle);
        if described && answers {
            exchange.answered();
        }
        self.peer.send(Method::Prack, cx, |prack| {
            prack.header(Name::RAck, format_args!("{rseq} {invite} INVITE"));
        });
    }
}

fn has_offered(peer: &Peer) -> bool {
    matches!(peer.business, Business::Theirs(_))
}

fn with_offer(dialog: Dialog, offer: Option<&Bytes>) -> Peer {
    let mut peer = Peer::early(dialog);
    if let Some(offer) = offer {
        peer.exchange.offer(offer.clone());
    }
    peer
}

/// The RSeq of a reliable provisional response.
fn rseq_of(response: &Message) -> Option<u32> {
    let reliable = response
        .require()
        .any(|tag| tag.eq_ignore_ascii_case("100rel"));
    response.rseq().ok().flatten().filter(|_| reliable)
}
