//! Obeying commands.

use machine::Instant;

use super::Road;
use super::flow::Outflow;
use super::leg::{Feed, Leg};
use super::lock::is_sendable;
use super::tie::Tie;
use crate::command::{Command, Keys, Notice, Refusal};
use crate::expect::Expect;
use crate::figures::{FaxFigures, LegFigures};
use crate::format::PayloadMap;
use crate::id::EndpointId;
use crate::ports::LocalMedia;

/// Entries one leg can have in the table.
const KEYS_PER_LEG: usize = 4;

impl Road {
    /// Obeys an order; what it leads to is appended to `out`.
    // tidy: table
    pub fn command(&mut self, command: Command, now: Instant, out: &mut Vec<Notice>) {
        let slot = |id| self.slot_of(id);
        match command {
            Command::Open { id, local, expects } => self.open(id, local, expects, now, out),
            Command::OpenVideo {
                id,
                beside,
                local,
                expects,
            } => self.open_video((id, beside), local, expects, now, out),
            Command::Describe { id, expects } => match slot(id) {
                Some(slot) => self.describe(slot, expects, now, out),
                None => self.figures.stale_commands += 1,
            },
            Command::Secure { id, keys } => {
                self.change(id, now, |road, slot, _| road.set_keys(slot, keys));
            }
            Command::Bridge { a, b } => self.bridge_both((a, b), now, out),
            Command::Play {
                id,
                prompt,
                codec,
                looped,
            } => self.change(id, now, |road, slot, now| {
                road.play(slot, prompt, codec, looped, now, out);
            }),
            Command::PlayOwn {
                id,
                prompt,
                codec,
                looped,
            } => self.change(id, now, |road, slot, now| {
                road.play_own(slot, (prompt, codec), looped, now, out);
            }),
            Command::Tune { id, station, codec } => self.change(id, now, |road, slot, now| {
                road.tune(slot, station, codec, now, out);
            }),
            Command::Line { id, line } => self.change(id, now, |road, slot, now| {
                road.line(slot, line, now);
            }),
            Command::Report { id } => self.report(id, out),
            Command::Close { id } => match slot(id) {
                Some(slot) => self.close(slot, now, out),
                None => self.figures.stale_commands += 1,
            },
            Command::Attend { id, room, seat } => self.change(id, now, |road, slot, now| {
                road.attend(slot, room, seat, now, out);
            }),
            Command::Reseat { id, seat } => {
                self.change(id, now, |road, slot, _| road.reseat(slot, seat));
            }
            // It goes past the road, to the sockets.
            Command::Transmit { .. } => {}
            Command::Unbridge { id } => self.change(id, now, Road::part),
            Command::Echo { id } => self.change(id, now, |road, slot, _| {
                road.leave(slot);
                road.set_feed(slot, Feed::Echo);
            }),
            Command::Stop { id } => self.change(id, now, |road, slot, _| {
                road.set_feed(slot, Feed::Tied);
            }),
            Command::Tap { id, tap } => {
                self.change(id, now, |road, slot, _| road.set_tap(slot, tap))
            }
            Command::Keep { id, tap } => self.change(id, now, |road, slot, _| road.keep(slot, tap)),
            Command::Fork { id, of, to } => self.open_fork((id, of, to), now, out),
            Command::TapRoom { id, tap } => self.change(id, now, |road, slot, now| {
                road.set_room_tap(slot, tap, now);
            }),
            Command::ListenForAnswer { id } => {
                self.change(id, now, |road, slot, _| road.listen_for_answer(slot));
            }
            Command::Hold { id, held } => self.change(id, now, |road, slot, now| {
                road.hold(slot, held, now);
            }),
        }
    }

    fn set_keys(&mut self, slot: u32, keys: Option<Box<Keys>>) {
        if let Some(leg) = self.leg_mut(slot) {
            let heard = leg.inflow.ssrc().is_some();
            leg.secure.set(keys, heard);
        }
    }

    fn report(&mut self, id: EndpointId, out: &mut Vec<Notice>) {
        match self.slot_of(id).and_then(|slot| self.leg(slot)) {
            Some(leg) => out.push(Notice::Figures {
                id,
                figures: leg.figures(),
            }),
            None => self.figures.stale_commands += 1,
        }
    }

    /// Changes a leg, if it is there, and looks whether its packets are still awaited.
    fn change(&mut self, id: EndpointId, now: Instant, act: impl FnOnce(&mut Road, u32, Instant)) {
        match self.slot_of(id) {
            Some(slot) => {
                act(self, slot, now);
                self.watch(slot, now);
            }
            None => self.figures.stale_commands += 1,
        }
    }

    fn open(
        &mut self,
        id: EndpointId,
        local: LocalMedia,
        expects: Expect,
        now: Instant,
        out: &mut Vec<Notice>,
    ) {
        if let Some(slot) = self.take_in(id, local, expects, now, out) {
            self.on_port.add(&mut self.legs, slot);
            self.key_or_tell(slot, out);
        }
    }

    /// Gives a new leg its slot, where it is not found by any packet yet.
    pub(super) fn take_in(
        &mut self,
        id: EndpointId,
        local: LocalMedia,
        expects: Expect,
        now: Instant,
        out: &mut Vec<Notice>,
    ) -> Option<u32> {
        if let Some(slot) = self.slots.get(&id.index()).copied() {
            let older = self
                .leg(slot)
                .is_some_and(|leg| leg.id.generation() < id.generation());
            if !older {
                self.figures.stale_commands += 1;
                return None;
            }
            // Its Close got lost; the place was given to another leg all the same.
            self.close(slot, now, out);
        }
        let Some(slot) = self.free_slot() else {
            out.push(Notice::Refused {
                id,
                because: Refusal::Full,
            });
            return None;
        };
        self.table.reserve((self.slots.len() + 1) * KEYS_PER_LEG);
        let leg = Leg::new(
            id,
            local,
            sound(expects, None),
            Outflow::new(&mut self.random),
        );
        if let Some(place) = usize::try_from(slot)
            .ok()
            .and_then(|at| self.legs.get_mut(at))
        {
            *place = Some(Box::new(leg));
        }
        self.slots.insert(id.index(), slot);
        self.count_fax(false, expects.udptl);
        Some(slot)
    }

    fn free_slot(&mut self) -> Option<u32> {
        if let Some(slot) = self.free.pop() {
            return Some(slot);
        }
        let slot = u32::try_from(self.legs.len()).ok()?;
        if slot >= self.limits.endpoints {
            return None;
        }
        self.legs.push(None);
        Some(slot)
    }

    fn describe(&mut self, slot: u32, expects: Expect, now: Instant, out: &mut Vec<Notice>) {
        let Some(leg) = self.leg_mut(slot) else {
            return;
        };
        let before = leg.expects;
        let expects = sound(expects, Some(&before));
        leg.lock.redescribe(&before, &expects);
        leg.expects = expects;
        leg.payloads = expects.formats.payloads();
        let tie = leg.tie;
        self.key_or_tell(slot, out);
        self.go_over(slot, before.udptl);
        self.refit_fork(slot);
        match tie {
            Tie::Partner(partner) => self.map_payloads(slot, partner),
            Tie::Room(number) => self.fit(slot, number),
            Tie::None => {}
        }
        self.watch(slot, now);
    }

    pub(super) fn key_or_tell(&mut self, slot: u32, out: &mut Vec<Notice>) {
        if !self.rekey(slot)
            && let Some(leg) = self.leg(slot)
        {
            out.push(Notice::Refused {
                id: leg.id,
                because: Refusal::AddressTaken,
            });
        }
    }

    fn bridge_both(
        &mut self,
        (a, b): (EndpointId, EndpointId),
        now: Instant,
        out: &mut Vec<Notice>,
    ) {
        match (self.slot_of(a), self.slot_of(b)) {
            (Some(one), Some(other)) if one == other => {
                out.push(Notice::Refused {
                    id: a,
                    because: Refusal::Itself,
                });
            }
            (Some(one), Some(other)) => self.bridge(one, other, now),
            (None, _) | (_, None) => self.figures.stale_commands += 1,
        }
    }

    fn bridge(&mut self, a: u32, b: u32, now: Instant) {
        let together = self.leg(a).is_some_and(|leg| leg.tie == Tie::Partner(b));
        if !together {
            self.part(a, now);
            self.part(b, now);
            self.join(a, b);
            self.join(b, a);
        }
        self.join_videos(a, b, now);
        self.set_feed(a, Feed::Tied);
        self.set_feed(b, Feed::Tied);
        self.map_payloads(a, b);
        self.watch(a, now);
        self.watch(b, now);
    }

    pub(super) fn join(&mut self, slot: u32, partner: u32) {
        if let Some(leg) = self.leg_mut(slot) {
            leg.tie = Tie::Partner(partner);
            leg.outflow.change_source();
        }
    }

    /// Ends whatever ties a leg to others.
    pub(super) fn part(&mut self, slot: u32, now: Instant) {
        self.leave(slot);
        self.end_transcodings_around(slot);
        let tie = self.leg_mut(slot).map(|leg| std::mem::take(&mut leg.tie));
        let Some(partner) = tie.and_then(Tie::partner) else {
            return;
        };
        if let Some(other) = self.leg_mut(partner) {
            other.tie = Tie::None;
        }
        self.part_videos(slot, now);
        self.watch(slot, now);
        self.watch(partner, now);
    }

    pub(super) fn map_payloads(&mut self, a: u32, b: u32) {
        let expects = |road: &Road, slot| road.leg(slot).map(|leg| leg.expects);
        let (Some(of_a), Some(of_b)) = (expects(self, a), expects(self, b)) else {
            return;
        };
        for (slot, map) in [
            (a, PayloadMap::between(&of_a.formats, &of_b.understood())),
            (b, PayloadMap::between(&of_b.formats, &of_a.understood())),
        ] {
            if let Some(leg) = self.leg_mut(slot) {
                leg.to_partner.numbers = map;
            }
        }
    }

    fn hold(&mut self, slot: u32, held: bool, now: Instant) {
        let Some(leg) = self.leg_mut(slot) else {
            return;
        };
        leg.held = held;
        match leg.tie {
            Tie::Partner(partner) => self.watch(partner, now),
            Tie::Room(number) => self.hush(slot, number),
            Tie::None => {}
        }
    }

    fn close(&mut self, slot: u32, now: Instant, out: &mut Vec<Notice>) {
        self.say_goodbye(slot, now);
        self.part(slot, now);
        self.part_fork(slot, now);
        self.part_beside(slot);
        self.set_feed(slot, Feed::Tied);
        self.on_port.remove(&mut self.legs, slot);
        let place = usize::try_from(slot)
            .ok()
            .and_then(|at| self.legs.get_mut(at));
        let Some(mut leg) = place.and_then(Option::take) else {
            return;
        };
        self.count_fax(leg.is_fax(), false);
        for key in leg.entries.keys.iter().flatten() {
            self.table.remove(key, slot);
        }
        let refresh = leg.inflow.refresh.timer;
        let timers = [leg.watch.timer, leg.inflow.event_timer, refresh];
        for timer in timers.into_iter().flatten() {
            self.timers.cancel(timer);
        }
        // A key still pressed when the call ends was pressed.
        if let Some(digit) = leg.inflow.events.expire(Instant::MAX) {
            leg.tell_digit(digit, out);
        }
        if leg.watch.look.is_some() {
            self.look_away(slot);
        }
        leg.tell_last(out);
        out.push(Notice::Closed {
            id: leg.id,
            figures: leg.figures(),
        });
        self.slots.remove(&leg.id.index());
        self.free.push(slot);
        self.heirs(leg.local);
    }

    /// An address the closed leg had may be declared by another leg of the port, too.
    fn heirs(&mut self, local: LocalMedia) {
        let most = self.limits.legs_per_port;
        let legs = self
            .on_port
            .of(&self.legs, local.ip.is_ipv4(), local.rtp, most);
        let others: Vec<u32> = legs.collect();
        for slot in others {
            self.rekey(slot);
        }
    }
}

impl Leg {
    pub(super) fn figures(&self) -> LegFigures {
        LegFigures {
            received: self.inflow.figures(),
            sent: self.outflow.figures(),
            strangers: self.inflow.strangers,
            refused: self.inflow.refused,
            rtcp: self.inflow.rtcp,
            digits: self.inflow.digits,
            transcoded: self.outflow.transcoded,
            concealed: self.inflow.concealed,
            fax: FaxFigures {
                received: self.inflow.faxed,
                sent: self.outflow.faxed,
            },
        }
    }
}

/// What can be used of a description. An address that cannot be a peer's (`c=0.0.0.0` of the old
/// hold, RFC 3264 §8.4; port 0) says only that nothing is to be sent there; the peer may go on
/// from where it was.
fn sound(expects: Expect, before: Option<&Expect>) -> Expect {
    let usable = |at: &std::net::SocketAddr| is_sendable(*at);
    let declared_rtcp = expects.declared_rtcp.filter(usable);
    match expects.declared {
        Some(declared) if !is_sendable(declared) => Expect {
            declared: before.and_then(|before| before.declared),
            declared_rtcp: before.and_then(|before| before.declared_rtcp),
            receives: false,
            ..expects
        },
        Some(_) | None => Expect {
            declared_rtcp,
            ..expects
        },
    }
}
