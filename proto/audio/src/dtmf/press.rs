//! From blocks with and without keys to presses: when one has begun, and when it is over.

use super::block::Pair;
use super::{Heard, Press};
use crate::spectrum::HOP_MS;

/// Blocks in a row that make a press. They span 35 ms: a press of 40 ms has so many wherever it
/// lies against them, and one of 23 ms never (ITU-T Q.24).
const CERTAIN: usize = 5;

/// Blocks without the key that end its press. A break of 10 ms spoils five at most, and a pause of
/// 40 ms at least eight (ITU-T Q.24).
const RELEASED: u32 = 6;

/// How far the frequencies of a press may be from where they should, in thousandths, in the mean
/// of these blocks: ITU-T Q.24 has 15 accepted and 35 refused. Of what lies between as little is
/// taken as noise allows, for voices are found there.
const STRAYS: i32 = 20;

/// The loudest of the blocks that make a press may be this many tenths of the power of the
/// faintest: 3 dB. A key is as loud as it is from the beginning; a syllable swells.
const SWELLS: u64 = 16;

/// Milliseconds that a press lasts longer than from its first block to its last one: the blocks
/// reach beyond their middles, but the outermost of them are partly beside the press.
const EDGES_MS: u32 = 13;

/// A key that is heard, perhaps not long enough yet.
#[derive(Clone, Copy, Debug)]
struct Run {
    /// The latest blocks with it, the newest first.
    latest: [Pair; CERTAIN],
    /// Blocks with it.
    blocks: usize,
    /// Blocks from the first to the last one with it, breaks included.
    span: u32,
    /// Blocks without it since.
    silent: u32,
    told: bool,
}

impl Run {
    fn new(pair: Pair) -> Self {
        Self {
            latest: [pair; CERTAIN],
            blocks: 1,
            span: 1,
            silent: 0,
            told: false,
        }
    }

    fn key(&self) -> char {
        let [newest, ..] = self.latest;
        newest.key
    }

    /// One more block with the key.
    fn goes_on(&mut self, pair: Pair) {
        self.latest.rotate_right(1);
        let [newest, ..] = &mut self.latest;
        *newest = pair;
        self.blocks = self.blocks.saturating_add(1);
        self.span = self.span.saturating_add(self.silent + 1);
        self.silent = 0;
    }

    /// Is it long enough, where it should be, and steady?
    fn is_certain(&self) -> bool {
        self.blocks >= CERTAIN && self.is_near() && self.is_steady()
    }

    fn is_near(&self) -> bool {
        let count = i32::try_from(CERTAIN).unwrap_or(1);
        let strays = |group: usize| self.latest.iter().filter_map(move |p| p.strays.get(group));
        [0, 1]
            .iter()
            .all(|group| strays(*group).sum::<i32>().abs() <= STRAYS * count)
    }

    fn is_steady(&self) -> bool {
        let powers = self.latest.map(|pair| pair.power);
        let (faintest, loudest) = (powers.iter().min(), powers.iter().max());
        faintest
            .zip(loudest)
            .is_some_and(|(faintest, loudest)| loudest * 10 <= faintest * SWELLS)
    }

    /// The press, once it has been told of.
    fn ended(&self) -> Option<Press> {
        let between = (self.span - 1).saturating_mul(HOP_MS);
        self.told.then_some(Press {
            key: self.key(),
            lasts_ms: between.saturating_add(EDGES_MS),
        })
    }
}

/// The press that goes on, if one does.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Present {
    run: Option<Run>,
}

impl Present {
    /// Takes what was heard in the next block; tells what that begins and ends.
    pub(super) fn next(&mut self, heard: Option<Pair>, tell: &mut impl FnMut(Heard)) {
        match (self.run.as_mut(), heard) {
            (None, None) => {}
            (None, Some(pair)) => self.run = Some(Run::new(pair)),
            (Some(run), Some(pair)) if run.key() == pair.key => run.goes_on(pair),
            (Some(_), Some(pair)) => {
                self.end(tell);
                self.run = Some(Run::new(pair));
            }
            (Some(run), None) => {
                run.silent += 1;
                // before it is certain it must not be broken
                if !run.told || run.silent >= RELEASED {
                    self.end(tell);
                }
            }
        }
        if let Some(run) = self.run.as_mut()
            && !run.told
            && run.is_certain()
        {
            run.told = true;
            tell(Heard::Begun { key: run.key() });
        }
    }

    /// Ends it.
    pub(super) fn end(&mut self, tell: &mut impl FnMut(Heard)) {
        if let Some(press) = self.run.take().and_then(|run| run.ended()) {
            tell(Heard::Ended(press));
        }
    }

    /// The key that is pressed.
    pub(super) fn key(&self) -> Option<char> {
        self.run.filter(|run| run.told).map(|run| run.key())
    }
}
