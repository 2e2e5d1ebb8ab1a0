//! A party's calls by a trunk as they are written down, to outlive a process.
//!
//! ```text
//! version (1) · calls: at (8) · outcome (1) · post-dial (4) · talked (4) · sound (2)
//! ```

use super::{CALLS_MAX, Outcome, Quality, Sample};
use machine::WallTime;

/// The first byte of what is written in this form.
const VERSION: u8 = 1;
/// Bytes of one call.
const CALL: usize = 19;
/// What is not known.
const NOTHING: u32 = u32::MAX;

impl<K: Copy + Ord> Quality<K> {
    /// What is to be written down of a party's calls; `None` where it has none.
    pub fn row(&self, who: K) -> Option<Vec<u8>> {
        let own = self.calls.iter().filter(|call| call.who == who);
        let mut row = vec![VERSION];
        for call in own {
            row.extend(call.at.unix_ms().to_be_bytes());
            row.push(code(call.outcome));
            row.extend(call.post_dial.unwrap_or(NOTHING).to_be_bytes());
            row.extend(call.talked.unwrap_or(NOTHING).to_be_bytes());
            row.extend(call.mos_x100.unwrap_or_default().to_be_bytes());
        }
        (row.len() > 1).then_some(row)
    }

    /// Takes back what was written down of a party's calls; false where nothing of it is left, or
    /// it is nothing that was written here.
    pub fn restore(&mut self, who: K, row: &[u8], at: WallTime) -> bool {
        let Some((&VERSION, rest)) = row.split_first() else {
            return false;
        };
        let (calls, odd) = rest.as_chunks::<CALL>();
        if !odd.is_empty() || calls.len() > CALLS_MAX {
            return false;
        }
        let read: Option<Vec<Sample<K>>> = calls.iter().map(|bytes| read(who, bytes)).collect();
        let Some(mut read) = read else {
            return false;
        };
        // what lies ahead was written by a clock that was wrong
        read.retain(|call| call.is_fresh(at) && call.at <= at);
        let some = !read.is_empty();
        self.calls.extend(read);
        self.calls.make_contiguous().sort_by_key(|call| call.at);
        let many = self.calls.len().saturating_sub(CALLS_MAX);
        self.calls.drain(..many);
        for call in &mut self.calls {
            call.number = self.next;
            self.next += 1;
        }
        some
    }
}

fn read<K>(who: K, bytes: &[u8; CALL]) -> Option<Sample<K>> {
    let (at, rest) = bytes.split_first_chunk::<8>()?;
    let (outcome, rest) = rest.split_first()?;
    let (post_dial, rest) = rest.split_first_chunk::<4>()?;
    let (talked, rest) = rest.split_first_chunk::<4>()?;
    let (mos, _) = rest.split_first_chunk::<2>()?;
    let known = |bytes: &[u8; 4]| Some(u32::from_be_bytes(*bytes)).filter(|n| *n != NOTHING);
    Some(Sample {
        number: 0,
        who,
        at: WallTime::from_unix_ms(i64::from_be_bytes(*at)),
        outcome: outcome_of(*outcome)?,
        post_dial: known(post_dial),
        talked: known(talked),
        mos_x100: Some(u16::from_be_bytes(*mos)).filter(|mos| *mos > 0),
    })
}

fn code(outcome: Outcome) -> u8 {
    match outcome {
        Outcome::Answered => 1,
        Outcome::Busy => 2,
        Outcome::Unanswered => 3,
        Outcome::Rejected => 4,
        Outcome::Failed => 5,
    }
}

fn outcome_of(code: u8) -> Option<Outcome> {
    Some(match code {
        1 => Outcome::Answered,
        2 => Outcome::Busy,
        3 => Outcome::Unanswered,
        4 => Outcome::Rejected,
        5 => Outcome::Failed,
        _ => return None,
    })
}
