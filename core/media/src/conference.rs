//! A conference without its legs: what its members say comes in as packets, what each of them
//! hears goes out as payloads, 20 ms by 20 ms.
//!
//! What a member says has its own jitter buffer and decoder, is brought to the conference's rate
//! and mixed. Whoever is not heard itself hears what everybody hears, which is written once for
//! all who want it in the same way; whoever is heard, or coached, has an outlet of its own for as
//! long. Outlets of one style are always equally full, so that a member passes from one to another
//! at any moment without a gap, and takes the encoder's state along where the codec has one that
//! can be taken.
//!
//! Things are made when a member joins or is described anew, when its first sound comes, and when
//! it needs an outlet of its own for the first time; a frame like the one before allocates nothing.

mod ear;
mod member;
mod outlet;
mod speech;
mod tape;

use std::collections::BTreeMap;
use std::time::Duration;

use audio::Rate;
use audio::mix::{Event, Gain, Heard, MemberId, Mixer};
use machine::Instant;
use rtp::Header;

use crate::command::Notice;
use crate::format::{Format, Formats};
use crate::id::EndpointId;
use crate::room::Seat;
use crate::tapped::{Tap, TappedPacket};
use crate::transcoder::{LONGEST_PAYLOAD, Made};
use crate::wants::Wants;
use ear::Ear;
use outlet::{Outlet, Style};
use tape::Tape;

pub(crate) use member::{Member, Taken};

/// The rate that is mixed at.
const RATE: Rate = Rate::Wide;

/// Milliseconds of a frame.
const FRAME_MS: u8 = 20;

/// Samples of a frame.
const SAMPLES: usize = FRAME_MS as usize * 16;

/// How long a frame is.
pub(crate) const FRAME: Duration = Duration::from_millis(FRAME_MS as u64);

/// Members that there are places for at first; more are made as they are needed, twice as many
/// each time.
const FIRST_PLACES: usize = 4;

/// Members that may coach at one time. Whoever would coach beyond it is heard by nobody.
const COACHES: usize = 4;

/// Members, known by the slots of their legs, and what they are to each other.
#[derive(Debug)]
pub(crate) struct Conference {
    mixer: Mixer,
    /// Members there may be.
    most: usize,
    members: BTreeMap<u32, Member>,
    /// What everybody hears, in each way that a member wants it.
    outlets: Vec<Outlet>,
    /// The recording of it.
    tape: Option<Tape>,
    /// Room for one member's mix.
    own: Vec<i16>,
}

impl Conference {
    /// For so many members at most, of whom so many are heard at once.
    pub(crate) fn new(most: u16, loudest: u8) -> Conference {
        let most = usize::from(most).clamp(1, audio::mix::MOST_MEMBERS);
        Conference {
            mixer: Mixer::new(&audio::mix::Settings {
                members: FIRST_PLACES.min(most),
                loudest: loudest.into(),
                coaches: COACHES,
                samples: SAMPLES,
            }),
            most,
            members: BTreeMap::new(),
            outlets: Vec::new(),
            tape: None,
            own: vec![0; SAMPLES],
        }
    }

    /// Whether one more may come.
    pub(crate) fn has_room(&self) -> bool {
        self.members.len() < self.most
    }

    /// Members present.
    pub(crate) fn len(&self) -> usize {
        self.members.len()
    }

    /// Takes the leg of a slot in; false where there is no room.
    pub(crate) fn join(&mut self, slot: u32, endpoint: EndpointId, seat: Seat) -> bool {
        if !self.has_room() {
            return false;
        }
        if self.members.len() == self.mixer.places() {
            self.mixer.grow((2 * self.mixer.places()).min(self.most));
        }
        let Some(id) = self.mixer.join() else {
            return false;
        };
        self.members.insert(slot, Member::new(id, endpoint, seat));
        self.apply(slot);
        self.apply_coaches();
        true
    }

    /// Lets a member go. Whoever coached it is heard by nobody.
    pub(crate) fn leave(&mut self, slot: u32) {
        if let Some(member) = self.members.remove(&slot) {
            self.mixer.leave(member.id);
            self.apply_coaches();
            self.forget_outlets();
        }
    }

    /// What a member may is otherwise from now on. Where it concerns who hears it, what it has
    /// said already and nobody has heard yet is forgotten: it was said to others.
    pub(crate) fn reseat(&mut self, slot: u32, seat: Seat) {
        if let Some(member) = self.members.get_mut(&slot) {
            let before = std::mem::replace(&mut member.seat, seat);
            if (before.muted, before.coaches) != (seat.muted, seat.coaches) {
                member.hush();
            }
            self.apply(slot);
        }
    }

    /// What a member has said already and nobody has heard yet is forgotten.
    pub(crate) fn hush(&mut self, slot: u32) {
        if let Some(member) = self.members.get_mut(&slot) {
            member.hush();
        }
    }

    /// A member's peer speaks these formats, and what it hears is made in that one as it wants it,
    /// if any can be; whether that is another way than before.
    pub(crate) fn fit(
        &mut self,
        slot: u32,
        speaks: &Formats,
        hears: Option<Format>,
        wants: &Wants,
    ) -> bool {
        let style = hears.map(|format| Style::of(format, wants));
        let present = self.outlets.iter().any(|made| Some(made.style()) == style);
        let made = style.filter(|_| !present).and_then(Outlet::new);
        let written = present || made.is_some();
        self.outlets.extend(made);
        let Some(member) = self.members.get_mut(&slot) else {
            return false;
        };
        member.keep_speaking(speaks);
        let changed = member.ear.as_ref().map(Ear::style) != style;
        let ear = hears.zip(style).filter(|_| written);
        match (&mut member.ear, ear) {
            (Some(ear), Some((format, _))) if !changed => ear.format = format,
            (place, ear) => *place = ear.map(|(format, style)| Ear::new(format, style)),
        }
        self.forget_outlets();
        changed
    }

    /// What everybody hears goes to a recording as well from now on, or no more.
    pub(crate) fn record(&mut self, tap: Option<Tap>, now: Instant) {
        if self.tape.as_ref().map(Tape::tap) != tap {
            self.tape = tap.and_then(|tap| Tape::new(tap, now));
        }
    }

    /// Takes a packet of a member's sound.
    pub(crate) fn hear(
        &mut self,
        slot: u32,
        format: Format,
        header: &Header,
        payload: &[u8],
        now: Instant,
    ) -> Taken {
        match self.members.get_mut(&slot) {
            Some(member) => member.speak(format, header, payload, now),
            None => Taken::Unheard,
        }
    }

    /// Takes a packet of something that accompanies sound and is not heard.
    pub(crate) fn pass_over(&mut self, slot: u32, header: &Header, now: Instant) {
        let speech = self
            .members
            .get_mut(&slot)
            .and_then(|member| member.speech.as_mut());
        if let Some(speech) = speech {
            speech.pass_over(header, now);
        }
    }

    /// Members by their slots.
    pub(crate) fn members_mut(&mut self) -> impl Iterator<Item = (u32, &mut Member)> {
        self.members
            .iter_mut()
            .map(|(slot, member)| (*slot, member))
    }

    /// Mixes the frame that is due at this moment, and tells what happened.
    pub(crate) fn mix(&mut self, at: Instant, out: &mut Vec<Notice>) {
        for member in self.members.values_mut() {
            let mixer = &mut self.mixer;
            member.give(at, |id, sound| mixer.push(id, sound), out);
        }
        let members = &self.members;
        let whose = |id: MemberId| {
            let mut members = members.values();
            members
                .find(|member| member.id == id)
                .map(|member| member.endpoint)
        };
        for event in self.mixer.mix() {
            let (id, heard) = match *event {
                Event::Began(id) => (id, true),
                Event::Ended(id) => (id, false),
                Event::Floor(holder) => {
                    let holder = holder.and_then(whose);
                    out.extend(holder.map(|id| Notice::Floor { id }));
                    continue;
                }
            };
            out.extend(whose(id).map(|id| Notice::Heard { id, heard }));
        }
    }

    /// Writes what was mixed at a moment for the recording, if there is one.
    pub(crate) fn write_tape(&mut self, at: Instant, give: &mut impl FnMut(&TappedPacket<'_>)) {
        if let Some(tape) = &mut self.tape {
            tape.write(self.mixer.common(), at, give);
        }
    }

    /// Writes what was mixed for all who listen: gives slot, format, numbers and payload.
    pub(crate) fn write(&mut self, give: &mut impl FnMut(u32, Format, Made, &[u8])) {
        let mut payload = [0; LONGEST_PAYLOAD];
        self.write_own(&mut payload, give);
        self.write_common(&mut payload, give);
    }

    /// For those who hear something of their own. Whoever begins to takes over from what everybody
    /// hears, and whoever ceases to hands over to it, before that goes on.
    fn write_own(&mut self, payload: &mut [u8], give: &mut impl FnMut(u32, Format, Made, &[u8])) {
        for (slot, member) in &mut self.members {
            let Some(ear) = member.ear.as_mut().filter(|ear| ear.listens()) else {
                continue;
            };
            let style = ear.style();
            let Some(common) = self.outlets.iter_mut().find(|made| made.style() == style) else {
                continue;
            };
            let sound = match self.mixer.hear(member.id, &mut self.own) {
                Heard::Own => ear.part_from(common).then_some(self.own.as_slice()),
                Heard::Common => ear.stays_apart_from(common).then(|| self.mixer.common()),
                Heard::Nothing => None,
            };
            let Some(sound) = sound else { continue };
            let format = ear.format;
            ear.write_own(sound, payload, &mut |made, payload: &[u8]| {
                give(*slot, format, made, payload);
            });
        }
    }

    /// For all others.
    fn write_common(
        &mut self,
        payload: &mut [u8],
        give: &mut impl FnMut(u32, Format, Made, &[u8]),
    ) {
        for outlet in &mut self.outlets {
            outlet.take(self.mixer.common());
            let style = outlet.style();
            while outlet.is_full() {
                let hears = |ear: &&mut Ear| ear.hears_common() && ear.style() == style;
                let ears = self.members.iter_mut();
                let ears = ears.filter_map(|(slot, member)| Some((*slot, member.ear.as_mut()?)));
                let mut ears = ears.filter(|(_, ear)| hears(ear)).peekable();
                if ears.peek().is_none() {
                    outlet.skip();
                    continue;
                }
                let octets = outlet.write(payload);
                let units = outlet.units();
                for (slot, ear) in ears {
                    if let Some(made) = ear.number(octets, units) {
                        give(
                            slot,
                            ear.format,
                            made,
                            payload.get(..octets).unwrap_or_default(),
                        );
                    }
                }
            }
        }
    }

    /// Tells the mixer what a member may.
    fn apply(&mut self, slot: u32) {
        let Some(member) = self.members.get(&slot) else {
            return;
        };
        let (id, seat) = (member.id, member.seat);
        self.mixer
            .set_gain(id, Gain::from_percent(seat.gain_percent));
        self.mixer.set_deaf(id, seat.deaf);
        let heard = match seat.coaches {
            None => self.mixer.coach(id, None),
            Some(pupil) => {
                let mut members = self.members.values();
                let pupil = members.find(|member| member.endpoint == pupil);
                // Nobody hears whoever would coach one that is not there, or as one too many.
                pupil.is_some_and(|pupil| self.mixer.coach(id, Some(pupil.id)))
            }
        };
        self.mixer.set_muted(id, seat.muted || !heard);
    }

    /// The same of all who coach, after anybody has come or gone.
    fn apply_coaches(&mut self) {
        let coaches = self.members.iter();
        let coaches = coaches.filter(|(_, member)| member.seat.coaches.is_some());
        let coaches: Vec<u32> = coaches.map(|(slot, _)| *slot).collect();
        for slot in coaches {
            self.apply(slot);
        }
    }

    /// Outlets that nobody wants any more are given up.
    fn forget_outlets(&mut self) {
        let members = &self.members;
        let styles = || members.values().filter_map(|member| member.ear.as_ref());
        self.outlets
            .retain(|outlet| styles().any(|ear| ear.style() == outlet.style()));
    }
}

#[cfg(test)]
mod tests;
