//! One fax on its way: its line, its machine, and the time that passes between them.

use std::time::Duration;

use media::{LINE_FRAME, Pace};
use node::FaxBeginning;

use super::machine::{Ended, Machine};

/// How long a fax may last: 2 hours, some hundred pages at the slowest speed. Then it is hung up.
const LONGEST: Duration = Duration::from_secs(2 * 3_600);

/// How long one frame of sound lasts.
pub(super) const FRAME: Duration = Duration::from_millis(20);

/// Frames of silence that go before the first of a machine: so late may it be before the other
/// machine hears a gap.
const AHEAD: usize = 3;

/// Frames that are still carried when a machine has done: the other one is to hear its goodbye.
const GOODBYE: u32 = 50;

/// How it stands with a fax.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// It goes on.
    On,
    /// It has ended like this.
    Over(Ended),
}

/// A fax on its way.
pub(super) struct Session {
    pub(super) beginning: FaxBeginning,
    machine: Box<dyn Machine>,
    pace: Pace,
    frames: u32,
    /// What became of it, and frames that are still carried.
    ended: Option<(Ended, u32)>,
}

impl Session {
    /// A machine answers.
    pub(super) fn new(beginning: FaxBeginning, machine: Box<dyn Machine>) -> Session {
        for _ in 0..AHEAD {
            beginning.line.say(&[0; LINE_FRAME]);
        }
        Session {
            beginning,
            machine,
            pace: Pace::new(),
            frames: 0,
            ended: None,
        }
    }

    /// 20 ms have passed.
    pub(super) fn tick(&mut self) -> Standing {
        let line = &self.beginning.line;
        if line.is_parted() {
            return Standing::Over(self.hang_up());
        }
        while let Some(packet) = line.hear() {
            self.pace.put(&packet);
        }
        let (mut heard, mut said) = ([0; LINE_FRAME], [0; LINE_FRAME]);
        self.pace.take(&mut heard);
        match self.machine.tick(&heard, &mut said) {
            Ok(done) => {
                let goodbye = done.map(|ended| (ended, GOODBYE));
                self.ended = self.ended.take().or(goodbye);
            }
            Err(broken) => {
                let ended = self.ended.take().map(|(ended, _)| ended);
                let broken = || Ended::broken("engine", broken);
                return Standing::Over(ended.unwrap_or_else(broken));
            }
        }
        // a road that has fallen behind has enough to say
        let _full = line.say(&said);
        self.frames = self.frames.saturating_add(1);
        if FRAME.saturating_mul(self.frames) > LONGEST {
            return Standing::Over(self.hang_up());
        }
        match &mut self.ended {
            Some((ended, 0)) => Standing::Over(ended.clone()),
            Some((_, left)) => {
                *left -= 1;
                Standing::On
            }
            None => Standing::On,
        }
    }

    /// The call is over; what became of the fax.
    pub(super) fn hang_up(&mut self) -> Ended {
        if let Some((ended, _)) = self.ended.take() {
            return ended;
        }
        let hung_up = self.machine.hang_up();
        hung_up.unwrap_or_else(|broken| Ended::broken("engine", broken))
    }

    /// What it was, and the machine with its pages.
    pub(super) fn into_parts(self) -> (FaxBeginning, Box<dyn Machine>) {
        (self.beginning, self.machine)
    }
}

#[cfg(test)]
pub(super) mod tests {
    #![allow(clippy::unwrap_used)]
    use std::sync::Arc;

    use ids::{CallId, ExtensionId, FaxId, TenantId};
    use machine::WallTime;
    use media::Line;

    use super::*;

    /// A machine that follows a script: it says what it hears, and has done after so many frames.
    pub(in super::super) struct Scripted {
        pub(in super::super) lasts: u32,
        pub(in super::super) breaks: bool,
        pub(in super::super) pages: u16,
    }

    impl Scripted {
        fn ended(&self) -> Ended {
            Ended {
                failure: None,
                pages: self.pages,
                carriage: domain::FaxCarriage::default(),
            }
        }
    }

    impl Machine for Scripted {
        fn tick(
            &mut self,
            heard: &[i16; 160],
            said: &mut [i16; 160],
        ) -> Result<Option<Ended>, String> {
            *said = *heard;
            if self.lasts > 0 {
                self.lasts -= 1;
                return Ok(None);
            }
            if self.breaks {
                return Err("the script is over".to_owned());
            }
            Ok(Some(self.ended()))
        }

        fn hang_up(&mut self) -> Result<Ended, String> {
            Ok(Ended {
                pages: 0,
                ..Ended::broken("call-dropped", "the call ended".to_owned())
            })
        }

        fn document(self: Box<Self>) -> Result<(u16, Vec<u8>), String> {
            Ok((self.pages, b"%PDF".to_vec()))
        }
    }

    pub(in super::super) fn beginning() -> FaxBeginning {
        FaxBeginning {
            id: FaxId::from_u128(1),
            tenant: TenantId::from_u128(2),
            call: CallId::from_u128(3),
            extension: ExtensionId::from_u128(4),
            number: "900".to_owned(),
            station: "900".to_owned(),
            caller: "101".to_owned(),
            began: WallTime::from_unix_ms(0),
            line: Arc::new(Line::new()),
        }
    }

    fn session(lasts: u32, breaks: bool) -> Session {
        let machine = Scripted {
            lasts,
            breaks,
            pages: 3,
        };
        Session::new(beginning(), Box::new(machine))
    }

    /// Ticks until it is over; how many frames that took, and how it ended.
    fn over(session: &mut Session) -> (u32, Ended) {
        let mut frames = 0;
        loop {
            frames += 1;
            if let Standing::Over(ended) = session.tick() {
                return (frames, ended);
            }
            assert!(frames < 10_000);
        }
    }

    #[test]
    fn a_machine_that_has_done_says_goodbye_before_the_call_ends() {
        let mut session = session(100, false);
        let (frames, ended) = over(&mut session);
        assert_eq!((frames, ended.pages), (100 + 1 + GOODBYE, 3));
        assert_eq!(ended.failure, None);
        assert_eq!(
            session.beginning.line.waiting(),
            media::LINE_SAID,
            "nobody fetched it"
        );
    }

    #[test]
    fn a_machine_that_breaks_down_ends_its_fax_at_once() {
        let (frames, ended) = over(&mut session(7, true));
        assert_eq!(frames, 8);
        assert_eq!(ended.failure.unwrap().code, "engine");
    }

    #[test]
    fn a_fax_that_would_never_end_is_hung_up() {
        let mut endless = session(u32::MAX, false);
        endless.frames = u32::try_from(LONGEST.as_millis() / FRAME.as_millis()).unwrap() - 1;
        let (frames, ended) = over(&mut endless);
        assert_eq!(frames, 2);
        assert_eq!(ended.failure.unwrap().code, "call-dropped");
    }
}
