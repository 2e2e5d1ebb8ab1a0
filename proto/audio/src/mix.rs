//! A conference's mixer: many members, of whom the loudest few are heard by all the others.
//!
//! Frame by frame: each member's sound is [pushed](Mixer::push), [`Mixer::mix`] chooses and adds,
//! and [`Mixer::hear`] gives each member its own mix, without itself. All who are not heard
//! themselves hear the same, [`Mixer::common`], which so needs to be encoded once. Sums are exact
//! until they are loud, and then limited.
//!
//! A coach is heard by one member only. That and being muted hold from the very next frame on,
//! without fading: a secret is worth more than a click.

mod limiter;
mod loudest;
mod member;
mod voice;

use limiter::Limiter;
use loudest::{Floor, Loudest};
use member::{Member, Place, Ramp};

pub use member::{Gain, MemberId};

/// The most members of a mixer.
pub const MOST_MEMBERS: usize = 1_000;

/// The most members that are heard at once.
pub const MOST_LOUDEST: usize = 16;

/// The most coaches of a mixer.
pub const MOST_COACHES: usize = 64;

/// The most samples of a frame: 60 ms at 48 kHz.
pub const MOST_SAMPLES: usize = 2_880;

/// What a mixer is made for. Larger numbers than the bounds are brought down to them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Members, at most [`MOST_MEMBERS`].
    pub members: usize,
    /// Members heard at once, 1 to [`MOST_LOUDEST`].
    pub loudest: usize,
    /// Coaches, at most [`MOST_COACHES`].
    pub coaches: usize,
    /// Samples of a frame, at most [`MOST_SAMPLES`].
    pub samples: usize,
}

/// What a member hears of this frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Heard {
    /// Nothing: it is deaf, or no member.
    Nothing,
    /// What everybody hears who is not heard: [`Mixer::common`].
    Common,
    /// A mix of its own, which was written.
    Own,
}

/// What happened with a frame. That a member has left is told by no event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Event {
    /// This member is heard from now on.
    Began(MemberId),
    /// It is not heard any longer.
    Ended(MemberId),
    /// This member has the floor, or nobody has.
    Floor(Option<MemberId>),
}

/// A member's share of this frame; its sound lies at the same index of the mixer's sounds.
#[derive(Clone, Copy, Debug)]
struct Share {
    member: MemberId,
    /// Of a coach: the only member that hears it.
    pupil: Option<MemberId>,
}

/// The mixer. It allocates when it is made and when it [grows](Mixer::grow), and never otherwise.
#[derive(Debug)]
pub struct Mixer {
    samples: usize,
    coaches: usize,
    places: Vec<Place>,
    /// The frame of each place.
    frames: Vec<i16>,
    loudest: Loudest,
    floor: Floor,
    sums: Sums,
    common: Vec<i16>,
    limiter: Limiter,
    events: Vec<Event>,
}

/// What is added up of a frame.
#[derive(Debug)]
struct Sums {
    shares: Vec<Share>,
    /// The sound of each share, with its gain.
    sounds: Vec<i32>,
    /// All that everybody may hear.
    total: Vec<i32>,
    /// Room for one member's mix.
    own: Vec<i32>,
}

impl Mixer {
    /// Nobody is there.
    #[must_use]
    pub fn new(settings: &Settings) -> Self {
        let members = settings.members.min(MOST_MEMBERS);
        let samples = settings.samples.min(MOST_SAMPLES);
        let loudest = settings.loudest.clamp(1, MOST_LOUDEST);
        let coaches = settings.coaches.min(MOST_COACHES);
        // those that begin to be heard and those that fade out
        let shares = 2 * loudest + coaches;
        Self {
            samples,
            coaches,
            places: vec![Place::default(); members],
            frames: vec![0; members * samples],
            loudest: Loudest::new(loudest),
            floor: Floor::default(),
            sums: Sums {
                shares: Vec::with_capacity(shares),
                sounds: vec![0; shares * samples],
                total: vec![0; samples],
                own: vec![0; samples],
            },
            common: vec![0; samples],
            limiter: Limiter::new(),
            // as many begin and cease to be heard at most, and the floor changes
            events: Vec::with_capacity(2 * loudest + 1),
        }
    }

    /// Takes a member in, unmuted and hearing; `None` when there is no room.
    pub fn join(&mut self) -> Option<MemberId> {
        let mut places = self.places.iter_mut().enumerate();
        let (number, place) = places.find(|(_, place)| place.is_free())?;
        Some(place.seat(number, self.limiter))
    }

    /// Lets a member go. Whoever coached it is heard by nobody until told otherwise: what was
    /// meant for one is not for all.
    pub fn leave(&mut self, id: MemberId) {
        if self.member(id).is_none() {
            return;
        }
        if let Some(place) = self.places.get_mut(id.place) {
            place.vacate();
        }
        self.floor.leave(id.place);
    }

    /// Makes places for so many members in all, at most [`MOST_MEMBERS`]: this allocates. Those who
    /// are there keep theirs, and places are never taken away.
    pub fn grow(&mut self, members: usize) {
        let members = members.min(MOST_MEMBERS).max(self.places.len());
        self.places.resize(members, Place::default());
        self.frames.resize(members * self.samples, 0);
    }

    /// Places for members, free or not.
    #[must_use]
    pub fn places(&self) -> usize {
        self.places.len()
    }

    /// Members present.
    #[must_use]
    pub fn members(&self) -> usize {
        self.places.iter().filter(|place| !place.is_free()).count()
    }

    /// How loud a member is made for the others. The choice of the loudest goes by its voice
    /// alone.
    pub fn set_gain(&mut self, id: MemberId, gain: Gain) {
        if let Some(member) = self.member(id) {
            member.gain = gain;
        }
    }

    /// Whether a member is heard by nobody.
    pub fn set_muted(&mut self, id: MemberId, muted: bool) {
        if let Some(member) = self.member(id) {
            member.mute(muted);
        }
    }

    /// Whether a member hears nothing.
    pub fn set_deaf(&mut self, id: MemberId, deaf: bool) {
        if let Some(member) = self.member(id) {
            member.deaf = deaf;
        }
    }

    /// Lets a member be heard by one other only, or by everybody again. False, and nothing
    /// changed, when one of them is no member, both are the same, or there are too many coaches.
    pub fn coach(&mut self, id: MemberId, pupil: Option<MemberId>) -> bool {
        if pupil.is_some_and(|pupil| pupil == id || self.member(pupil).is_none()) {
            return false;
        }
        let coaches = self.places.iter().filter(|place| place.is_coach()).count();
        let full = coaches >= self.coaches;
        let Some(member) = self.member(id) else {
            return false;
        };
        if full && pupil.is_some() && member.pupil().is_none() {
            return false;
        }
        member.coach(pupil);
        true
    }

    /// Takes a member's sound of this frame; what is missing of it is silence, and what is too
    /// much is left out. Whose sound is not pushed is silent.
    pub fn push(&mut self, id: MemberId, sound: &[i16]) {
        let start = id.place * self.samples;
        let end = start + self.samples;
        if self.member(id).is_none() {
            return;
        }
        let Some(frame) = self.frames.get_mut(start..end) else {
            return;
        };
        let length = sound.len().min(frame.len());
        let (head, tail) = frame.split_at_mut(length);
        head.copy_from_slice(sound.get(..length).unwrap_or_default());
        tail.fill(0);
        if let Some(member) = self.member(id) {
            member.frame.pushed = true;
        }
    }

    /// Chooses who is heard, adds them up and gives what happened. The pushed frames are used up.
    pub fn mix(&mut self) -> &[Event] {
        self.events.clear();
        self.choose();
        self.sums.clear();
        for place in 0..self.places.len() {
            self.share_out(place);
        }
        if self.floor.hear(self.loudest.first()) {
            let holder = self.floor.holder().and_then(|number| {
                let place = self.places.get_mut(number)?;
                place.member(number).map(|(id, _)| id)
            });
            self.tell(Event::Floor(holder));
        }
        self.limiter.limit(&self.sums.total, &mut self.common);
        &self.events
    }

    /// What everybody hears who is not heard: all the loudest.
    #[must_use]
    pub fn common(&self) -> &[i16] {
        &self.common
    }

    /// What a member hears of this frame, to be asked once; only a mix of its own is written to
    /// `output`.
    pub fn hear(&mut self, id: MemberId, output: &mut [i16]) -> Heard {
        let concerned = self.sums.concern(id);
        let Some(place) = self.places.get_mut(id.place) else {
            return Heard::Nothing;
        };
        match place.member_of(id) {
            Some(member) if member.deaf => Heard::Nothing,
            Some(_) if !concerned => Heard::Common,
            Some(member) => {
                member.frame.own = true;
                member.limiter.limit(self.sums.own(id), output);
                Heard::Own
            }
            None => Heard::Nothing,
        }
    }

    /// The member of this id, if it is still there.
    fn member(&mut self, id: MemberId) -> Option<&mut Member> {
        self.places.get_mut(id.place)?.member_of(id)
    }

    /// Follows every voice and finds the loudest.
    fn choose(&mut self) {
        self.loudest.clear();
        // frames without samples have no voices
        let frames = self.frames.chunks_exact(self.samples.max(1));
        for (number, (place, frame)) in self.places.iter_mut().zip(frames).enumerate() {
            let Some((_, member)) = place.member(number) else {
                continue;
            };
            member.follow(self.limiter);
            if let Some(level) = member.listen(frame) {
                self.loudest.offer(number, level, member.frame.chosen);
            }
        }
    }

    /// Adds a member's share, if it has one, and tells when it begins or ceases to be heard.
    fn share_out(&mut self, number: usize) {
        let place = self.places.get_mut(number);
        let Some((id, member)) = place.and_then(|place| place.member(number)) else {
            return;
        };
        let chosen = self.loudest.has(number);
        let before = std::mem::replace(&mut member.frame.chosen, chosen);
        if let Some(ramp) = member.ramp() {
            let start = number * self.samples;
            let frame = self.frames.get(start..start + self.samples);
            let pupil = member.pupil();
            let share = Share { member: id, pupil };
            self.sums.add(share, frame.unwrap_or_default(), ramp);
        }
        match (before, chosen) {
            (false, true) => self.tell(Event::Began(id)),
            (true, false) => self.tell(Event::Ended(id)),
            (true, true) | (false, false) => {}
        }
    }

    fn tell(&mut self, event: Event) {
        // never more than there is room for, which `new` has reckoned
        if self.events.len() < self.events.capacity() {
            self.events.push(event);
        }
    }
}

impl Sums {
    fn clear(&mut self) {
        self.shares.clear();
        self.total.fill(0);
    }

    /// Keeps a share's sound and adds what is for everybody. Beyond the room for shares it is
    /// left out.
    fn add(&mut self, share: Share, frame: &[i16], ramp: Ramp) {
        let samples = self.total.len();
        let start = self.shares.len() * samples;
        let Some(sound) = self.sounds.get_mut(start..start + samples) else {
            return;
        };
        if self.shares.len() == self.shares.capacity() {
            return;
        }
        self.shares.push(share);
        ramp.apply(frame, sound);
        if share.pupil.is_none() {
            for (total, sample) in self.total.iter_mut().zip(sound) {
                *total += *sample;
            }
        }
    }

    /// Does this member hear something else than everybody?
    fn concern(&self, id: MemberId) -> bool {
        let mut shares = self.shares.iter();
        shares.any(|share| share.pupil.unwrap_or(share.member) == id)
    }

    /// Everything but the member itself, and its coaches.
    fn own(&mut self, id: MemberId) -> &[i32] {
        self.own.copy_from_slice(&self.total);
        let sounds = self.sounds.chunks_exact(self.total.len().max(1));
        for (share, sound) in self.shares.iter().zip(sounds) {
            let sign = match share.pupil {
                Some(pupil) if pupil == id => 1,
                None if share.member == id => -1,
                Some(_) | None => continue,
            };
            for (own, sample) in self.own.iter_mut().zip(sound) {
                *own += sign * sample;
            }
        }
        &self.own
    }
}

#[cfg(test)]
mod tests;
