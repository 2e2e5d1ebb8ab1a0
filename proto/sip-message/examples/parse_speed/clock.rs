//! Time: the thread's own on a core where the system tells it, else the wall's.

use std::fs::File;
use std::io::{Read, Seek};
use std::sync::Mutex;
use std::time::Instant;

/// A clock in nanoseconds.
pub(crate) struct Clock {
    /// `/proc/thread-self/schedstat` of Linux: its first number is the time on a core.
    own: Option<Mutex<File>>,
    begin: Instant,
}

impl Clock {
    pub(crate) fn new() -> Self {
        let own = File::open("/proc/thread-self/schedstat").ok();
        let clock = Self {
            own: own.map(Mutex::new),
            begin: Instant::now(),
        };
        match clock.own_now() {
            Some(_) => clock,
            None => Self { own: None, ..clock },
        }
    }

    /// What the clock counts.
    pub(crate) const fn kind(&self) -> &'static str {
        match self.own {
            Some(_) => "the thread's own time",
            None => "wall time",
        }
    }

    pub(crate) fn now(&self) -> u64 {
        self.own_now()
            .unwrap_or_else(|| u64::try_from(self.begin.elapsed().as_nanos()).unwrap_or(u64::MAX))
    }

    fn own_now(&self) -> Option<u64> {
        let mut file = self.own.as_ref()?.lock().ok()?;
        let mut text = [0_u8; 64];
        file.rewind().ok()?;
        let length = file.read(&mut text).ok()?;
        let text = std::str::from_utf8(text.get(..length)?).ok()?;
        text.split(' ').next()?.parse().ok()
    }
}
