//! Spoils valid input, for tests that show what a parser does with the rest.

use crate::Random;

/// Makes input that is nearly right: valid samples with octets changed, taken out, put in or
/// repeated, cut off, or joined with a piece of another sample. The same seed spoils the same way.
#[derive(Debug)]
pub struct Spoiler {
    random: Random,
}

/// Most changes made to one sample.
const MOST_CHANGES: u64 = 6;

/// Octets that mean something to one grammar or another.
const TELLING: &[u8] = b"\r\n\t \"'\\<>()[]{}@:;,=?&/*%+-_.~!$0919azAZ\0\x01\x7f\x80\xc3\xff";

impl Spoiler {
    /// A spoiler with this seed.
    pub fn new(seed: u64) -> Spoiler {
        Spoiler {
            random: Random::from_seed(seed),
        }
    }

    /// One of the samples, spoilt in one to six places; of no samples nothing.
    pub fn spoil(&mut self, samples: &[&[u8]]) -> Vec<u8> {
        let mut input = self.random.pick(samples).map_or(Vec::new(), |s| s.to_vec());
        for _ in 0..self.random.between(1, MOST_CHANGES) {
            self.change(&mut input, samples);
        }
        input
    }

    /// Anything at all, at most `most` octets of it.
    pub fn noise(&mut self, most: usize) -> Vec<u8> {
        let mut noise = vec![0; self.place(most + 1)];
        self.random.fill(&mut noise);
        noise
    }

    fn change(&mut self, input: &mut Vec<u8>, samples: &[&[u8]]) {
        let at = self.place(input.len() + 1);
        let end = (at + self.place(24)).min(input.len());
        match self.random.below(8) {
            0 => self.replace(input, at),
            1 => self.flip(input, at),
            2 => drop(input.drain(at..end)),
            3 => self.insert(input, at),
            4 => input.truncate(at),
            5 => self.repeat(input, at, end),
            6 => self.splice(input, at, samples),
            _ => self.number(input, at),
        }
    }

    fn replace(&mut self, input: &mut [u8], at: usize) {
        if let (Some(octet), Some(telling)) = (input.get_mut(at), self.random.pick(TELLING)) {
            *octet = *telling;
        }
    }

    fn flip(&mut self, input: &mut [u8], at: usize) {
        if let Some(octet) = input.get_mut(at) {
            *octet ^= 1 << self.random.below(8);
        }
    }

    fn insert(&mut self, input: &mut Vec<u8>, at: usize) {
        let telling = self.random.pick(TELLING).copied().unwrap_or_default();
        let many = self.random.chance(100);
        let count = if many { self.place(3_000) } else { 1 };
        input.splice(at..at, std::iter::repeat_n(telling, count));
    }

    fn repeat(&mut self, input: &mut Vec<u8>, at: usize, end: usize) {
        let piece: Vec<u8> = input.get(at..end).unwrap_or_default().to_vec();
        for _ in 0..self.random.between(1, 40) {
            input.splice(at..at, piece.iter().copied());
        }
    }

    fn splice(&mut self, input: &mut Vec<u8>, at: usize, samples: &[&[u8]]) {
        let other = self.random.pick(samples).copied().unwrap_or_default();
        let from = self.place(other.len() + 1);
        let piece = other.get(from..).unwrap_or_default();
        let length = self.place(piece.len() + 1);
        input.splice(at..at, piece.iter().take(length).copied());
    }

    /// A number at the edge of what numbers usually fit into.
    fn number(&mut self, input: &mut Vec<u8>, at: usize) {
        let edges = [
            "0",
            "-1",
            "255",
            "256",
            "65536",
            "4294967296",
            "18446744073709551616",
        ];
        let number = self.random.pick(&edges).copied().unwrap_or_default();
        input.splice(at..at, number.bytes());
    }

    /// A number below `bound`; of bound 0, 0.
    fn place(&mut self, bound: usize) -> usize {
        let bound = u64::try_from(bound).unwrap_or(u64::MAX);
        let place = if bound == 0 {
            0
        } else {
            self.random.below(bound)
        };
        usize::try_from(place).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    const SAMPLES: [&[u8]; 2] = [b"one: 1\r\n", b"two: 22\r\n\r\n"];

    #[test]
    fn the_same_seed_spoils_the_same_way_and_another_differently() {
        let all = |seed| {
            let mut spoiler = Spoiler::new(seed);
            (0..100)
                .map(|_| spoiler.spoil(&SAMPLES))
                .collect::<Vec<_>>()
        };
        assert_eq!(all(1), all(1));
        assert_ne!(all(1), all(2));
    }

    #[test]
    fn most_of_what_is_spoilt_is_no_sample_any_more() {
        let mut spoiler = Spoiler::new(7);
        let whole = (0..1_000)
            .filter(|_| SAMPLES.contains(&&spoiler.spoil(&SAMPLES)[..]))
            .count();
        assert!(whole < 100, "{whole} of 1000 were left whole");
    }

    #[test]
    fn noise_is_as_long_as_it_may_be_and_no_longer() {
        let mut spoiler = Spoiler::new(7);
        let lengths: Vec<usize> = (0..200).map(|_| spoiler.noise(3).len()).collect();
        assert_eq!(
            (lengths.iter().min(), lengths.iter().max()),
            (Some(&0), Some(&3))
        );
    }

    #[test]
    fn of_no_samples_something_is_made_all_the_same() {
        let mut spoiler = Spoiler::new(7);
        assert!((0..100).any(|_| !spoiler.spoil(&[]).is_empty()));
    }
}
