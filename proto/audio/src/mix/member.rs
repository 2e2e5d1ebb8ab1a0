//! One member's place in a mixer: what it may, how loud it is, and how it fades in and out.

use super::limiter::Limiter;
use super::voice::Voice;
use crate::level;

/// Bits of fraction of a gain.
const FRACTION: u32 = 12;

/// A factor of loudness.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Gain(i32);

impl Gain {
    /// Unchanged.
    pub const ONE: Self = Self(1 << FRACTION);

    /// The highest gain, in per cent: 12 dB.
    pub const MOST_PERCENT: u16 = 400;

    /// So many per cent of the amplitude, at most [`Gain::MOST_PERCENT`].
    #[must_use]
    pub fn from_percent(percent: u16) -> Self {
        Self((i32::from(percent.min(Self::MOST_PERCENT)) << FRACTION) / 100)
    }
}

impl Default for Gain {
    fn default() -> Self {
        Self::ONE
    }
}

/// A gain that goes evenly from one value to another within a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ramp {
    from: i32,
    to: i32,
}

impl Ramp {
    /// Writes the samples with their gain; of one they are exact.
    pub(super) fn apply(self, samples: &[i16], sounds: &mut [i32]) {
        if self.from == self.to {
            for (sound, sample) in sounds.iter_mut().zip(samples) {
                *sound = (i32::from(*sample) * self.to) >> FRACTION;
            }
            return;
        }
        let way = i64::from(self.to - self.from);
        let length = i64::try_from(samples.len()).unwrap_or(1).max(1);
        for ((sound, sample), at) in sounds.iter_mut().zip(samples).zip(1..) {
            let gain = i64::from(self.from) + way * at / length;
            let value = (i64::from(*sample) * gain) >> FRACTION;
            *sound = i32::try_from(value).unwrap_or(0);
        }
    }
}

/// A member of one mixer. An id of one that left is of nobody for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MemberId {
    pub(super) place: usize,
    /// How many members had the place before.
    turn: u32,
}

/// A place in the mixer, and who has it.
#[derive(Clone, Debug, Default)]
pub(super) struct Place {
    turn: u32,
    member: Option<Member>,
}

impl Place {
    pub(super) fn is_free(&self) -> bool {
        self.member.is_none()
    }

    /// Seats a member, whose own mix goes on from this limiter; `place` is this place's number.
    pub(super) fn seat(&mut self, place: usize, limiter: Limiter) -> MemberId {
        self.member = Some(Member::new(limiter));
        let turn = self.turn;
        MemberId { place, turn }
    }

    pub(super) fn vacate(&mut self) {
        self.member = None;
        self.turn = self.turn.wrapping_add(1);
    }

    /// Whoever sits here, and its id.
    pub(super) fn member(&mut self, place: usize) -> Option<(MemberId, &mut Member)> {
        let turn = self.turn;
        let member = self.member.as_mut()?;
        Some((MemberId { place, turn }, member))
    }

    /// The member of this id, if it sits here still.
    pub(super) fn member_of(&mut self, id: MemberId) -> Option<&mut Member> {
        let (is, member) = self.member(id.place)?;
        (is == id).then_some(member)
    }

    /// Does whoever sits here coach somebody?
    pub(super) fn is_coach(&self) -> bool {
        let member = self.member.as_ref();
        member.is_some_and(|member| member.pupil.is_some())
    }
}

/// What a member may, how loud it is, and how it was heard so far.
#[derive(Clone, Debug)]
pub(super) struct Member {
    pub(super) gain: Gain,
    muted: bool,
    pub(super) deaf: bool,
    /// The only member that hears it; once that has left, nobody does.
    pupil: Option<MemberId>,
    voice: Voice,
    pub(super) frame: Present,
    /// The gain at the end of the last frame; nought when it was not heard.
    applied: i32,
    /// Of its own mix.
    pub(super) limiter: Limiter,
}

/// What is so in this frame.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Present {
    /// Its sound came.
    pub(super) pushed: bool,
    /// It is one of the loudest.
    pub(super) chosen: bool,
    /// It hears a mix of its own.
    pub(super) own: bool,
}

impl Member {
    fn new(limiter: Limiter) -> Self {
        Self {
            gain: Gain::ONE,
            muted: false,
            deaf: false,
            pupil: None,
            voice: Voice::default(),
            frame: Present::default(),
            applied: 0,
            limiter,
        }
    }

    pub(super) fn mute(&mut self, muted: bool) {
        self.muted = muted;
        if muted {
            self.applied = 0;
        }
    }

    pub(super) fn coach(&mut self, pupil: Option<MemberId>) {
        if self.pupil != pupil {
            self.pupil = pupil;
            self.applied = 0;
        }
    }

    pub(super) fn pupil(&self) -> Option<MemberId> {
        self.pupil
    }

    /// Follows its voice; gives its level when everybody may hear it.
    pub(super) fn listen(&mut self, sound: &[i16]) -> Option<u32> {
        let heard = self.frame.pushed && !self.muted;
        self.voice
            .hear(if heard { level::mean_square(sound) } else { 0 });
        (self.may_be_heard() && self.pupil.is_none()).then(|| self.voice.level())
    }

    fn may_be_heard(&self) -> bool {
        self.voice.is_open() && !self.muted
    }

    /// How it is heard in this frame, if at all; the pushed sound is used up.
    pub(super) fn ramp(&mut self) -> Option<Ramp> {
        let pushed = std::mem::take(&mut self.frame.pushed);
        let heard = self.frame.chosen || (self.pupil.is_some() && self.may_be_heard());
        let Gain(gain) = self.gain;
        let to = if heard && pushed { gain } else { 0 };
        let from = std::mem::replace(&mut self.applied, to);
        // without sound there is nothing to fade
        (pushed && (from, to) != (0, 0)).then_some(Ramp { from, to })
    }

    /// Before another frame is heard: whoever heard what everybody hears goes on from there.
    pub(super) fn follow(&mut self, common: Limiter) {
        if !std::mem::take(&mut self.frame.own) {
            self.limiter = common;
        }
    }
}
