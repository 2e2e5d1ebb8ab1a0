//! Which of a stream's latest packets have been there.

/// Of so many packets up to the highest one it is known which have been there (RFC 3711
/// section 3.3.2 asks for 64 at least); whatever is older counts as one that has.
pub const WINDOW: u64 = 128;

/// The latest packets of a stream, by their index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Window {
    highest: u64,
    /// Bit n is set if the packet n before the highest has been there.
    seen: u128,
}

impl Window {
    /// The window of a stream whose first packet has this index.
    pub(crate) fn opened_by(index: u64) -> Window {
        let (highest, seen) = (index, 1);
        Window { highest, seen }
    }

    /// The highest index so far.
    pub(crate) fn highest(&self) -> u64 {
        self.highest
    }

    /// Has no packet of this index been there, as far as is known?
    pub(crate) fn is_fresh(&self, index: u64) -> bool {
        let late = self.highest.checked_sub(index);
        late.is_none_or(|late| late < WINDOW && (self.seen >> late) & 1 == 0)
    }

    /// A packet of this index has been there.
    pub(crate) fn note(&mut self, index: u64) {
        if index > self.highest {
            let ahead = u32::try_from(index - self.highest).ok();
            let moved = ahead.and_then(|ahead| self.seen.checked_shl(ahead));
            self.seen = moved.unwrap_or(0) | 1;
            self.highest = index;
        } else if self.highest - index < WINDOW {
            self.seen |= 1 << (self.highest - index);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // rfc: 3711 §3.3.2
    #[test]
    fn each_packet_is_fresh_once_and_none_beyond_the_window() {
        let mut window = Window::opened_by(1000);
        assert!(!window.is_fresh(1000));
        for late in [1, 5, WINDOW - 1] {
            assert!(window.is_fresh(1000 - late));
            window.note(1000 - late);
            assert!(!window.is_fresh(1000 - late));
        }
        assert!(!window.is_fresh(1000 - WINDOW));
        window.note(1000 - WINDOW);
        assert_eq!(window.highest(), 1000);
    }

    #[test]
    fn a_step_ahead_keeps_what_is_still_in_the_window() {
        let mut window = Window::opened_by(10);
        window.note(10 + WINDOW - 1);
        assert!(!window.is_fresh(10));
        assert!(window.is_fresh(11));
        window.note(10 + WINDOW);
        assert!(!window.is_fresh(10));
        window.note(1 << 40);
        assert!(window.is_fresh((1 << 40) - 1));
        assert!(!window.is_fresh(1 << 40));
        assert!(!window.is_fresh(10 + WINDOW));
    }
}
