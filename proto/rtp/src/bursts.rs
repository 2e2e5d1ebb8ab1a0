//! Where losses come in bursts and where they do not (RFC 3611 section 4.7.2).
//!
//! A burst begins and ends with a lost packet, has more than one, and nowhere between two of them
//! as many packets that came as [`GAP_LEAST`]. All else is gaps. The counts are exact, not made of
//! numbers of transitions as in the RFC's appendix A.2.

/// So many packets that came in a row end a burst (Gmin, as RFC 3611 section 4.7.2 recommends).
pub const GAP_LEAST: u8 = 16;

/// Bursts and gaps of a stream, packet by packet in the order of their numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bursts {
    /// Packets in bursts that are over.
    within: u64,
    /// Of those, the lost ones.
    within_lost: u64,
    /// Bursts that are over.
    count: u32,
    /// Packets in gaps that are over, and of the one that goes on all but what is below.
    between: u64,
    /// Of those, the lost ones.
    between_lost: u64,
    /// Gaps that have begun; none of length nothing.
    gaps: u32,
    /// From the latest lost packet that may begin a burst to the latest of it.
    stretch: Stretch,
    /// Packets that came since.
    run: u64,
}

/// Lost packets that are near each other, and what came between them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Stretch {
    packets: u64,
    lost: u64,
}

impl Stretch {
    fn is_burst(self) -> bool {
        self.lost > 1
    }
}

/// What the bursts or the gaps of a stream were together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Part {
    /// How many there were.
    pub count: u32,
    /// Packets that should have come in them.
    pub packets: u64,
    /// Of those, the ones that did not.
    pub lost: u64,
}

impl Bursts {
    /// Takes in whether the next packet came.
    pub(crate) fn take(&mut self, came: bool) {
        if came {
            self.run += 1;
            return;
        }
        if self.stretch.lost > 0 && self.run < u64::from(GAP_LEAST) {
            self.stretch.packets += self.run + 1;
            self.stretch.lost += 1;
        } else {
            self.close();
            self.stretch = Stretch {
                packets: 1,
                lost: 1,
            };
        }
        self.run = 0;
    }

    /// Puts a stretch that is over, and what came behind it, where they belong.
    fn close(&mut self) {
        let stretch = std::mem::take(&mut self.stretch);
        let run = std::mem::take(&mut self.run);
        if stretch.is_burst() {
            self.count += 1;
            self.within += stretch.packets;
            self.within_lost += stretch.lost;
            self.gap(run, 0, true);
        } else {
            self.gap(stretch.packets + run, stretch.lost, false);
        }
    }

    /// Adds to the gap that goes on, or to a new one.
    fn gap(&mut self, packets: u64, lost: u64, new: bool) {
        if packets > 0 && (new || self.gaps == 0) {
            self.gaps += 1;
        }
        self.between += packets;
        self.between_lost += lost;
    }

    /// The bursts and the gaps up to now; a stretch that goes on counts as what it is so far.
    #[must_use]
    pub fn parts(mut self) -> (Part, Part) {
        self.close();
        let bursts = Part {
            count: self.count,
            packets: self.within,
            lost: self.within_lost,
        };
        let gaps = Part {
            count: self.gaps,
            packets: self.between,
            lost: self.between_lost,
        };
        (bursts, gaps)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parts(course: &[bool]) -> (Part, Part) {
        let mut bursts = Bursts::default();
        course.iter().for_each(|came| bursts.take(*came));
        bursts.parts()
    }

    /// A course as text: `.` came, `x` was lost.
    fn of(text: &str) -> Vec<bool> {
        text.chars().map(|sign| sign == '.').collect()
    }

    fn part(count: u32, packets: u64, lost: u64) -> Part {
        Part {
            count,
            packets,
            lost,
        }
    }

    // rfc: 3611 §4.7.2
    #[test]
    fn losses_near_each_other_are_a_burst_and_one_alone_is_of_a_gap() {
        let gap = ".".repeat(16);
        let course = of(&format!("{gap}x{gap}x..x.x{gap}"));
        assert_eq!(parts(&course), (part(1, 6, 3), part(2, 49, 1)));
    }

    // rfc: 3611 §4.7.2
    #[test]
    fn fifteen_that_came_do_not_end_a_burst_and_sixteen_do() {
        let fifteen = of(&format!("x{}x", ".".repeat(15)));
        assert_eq!(parts(&fifteen), (part(1, 17, 2), part(0, 0, 0)));
        let sixteen = of(&format!("x{}x", ".".repeat(16)));
        assert_eq!(parts(&sixteen), (part(0, 0, 0), part(1, 18, 2)));
    }

    #[test]
    fn a_stream_without_loss_is_one_gap() {
        assert_eq!(parts(&[true; 500]), (part(0, 0, 0), part(1, 500, 0)));
        assert_eq!(parts(&[]), (part(0, 0, 0), part(0, 0, 0)));
    }

    /// For each packet whether it is in a burst, by the words of the RFC.
    fn marked(course: &[bool]) -> Vec<bool> {
        let lost: Vec<usize> = (0..course.len()).filter(|at| !course[*at]).collect();
        let mut within = vec![false; course.len()];
        for pair in lost.windows(2) {
            if pair[1] - pair[0] <= usize::from(GAP_LEAST) {
                within[pair[0]..=pair[1]].fill(true);
            }
        }
        within
    }

    fn counted(course: &[bool], within: &[bool], of: bool) -> Part {
        let runs = within.chunk_by(|one, other| one == other);
        let all = within
            .iter()
            .zip(course)
            .filter(|(within, _)| **within == of);
        Part {
            count: u32::try_from(runs.filter(|run| run[0] == of).count()).unwrap_or(0),
            packets: u64::try_from(all.clone().count()).unwrap_or(0),
            lost: u64::try_from(all.filter(|(_, came)| !**came).count()).unwrap_or(0),
        }
    }

    proptest! {
        // rfc: 3611 §4.7.2
        #[test]
        fn bursts_are_what_the_words_of_the_standard_say(
            course in proptest::collection::vec(proptest::bool::weighted(0.88), 0..400),
        ) {
            let within = marked(&course);
            let expected = (counted(&course, &within, true), counted(&course, &within, false));
            prop_assert_eq!(parts(&course), expected);
        }
    }
}
