//! One fax on its way: its line, its machine, and the time that passes between them. It goes by
//! sound until the line has gone over to T.38, and by sound again where the line comes back.

use std::time::Duration;

use domain::{FaxCarriage, FaxTransport};
use media::{LINE_FRAME, Pace};
use node::FaxBeginning;

use super::machine::{Ended, Happened, Machine};
use super::wire::Wire;
use super::wish::Wish;

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
    /// It goes on, and its machine wants to go over to T.38.
    Asks,
    /// It has ended like this.
    Over(Ended),
}

/// A fax on its way.
pub(super) struct Session {
    pub(super) beginning: FaxBeginning,
    machine: Box<dyn Machine>,
    pace: Pace,
    /// Its datagrams, while it goes by T.38.
    wire: Option<Wire>,
    wish: Wish,
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
        let wish = Wish::new(beginning.task);
        Session {
            beginning,
            machine,
            pace: Pace::new(),
            wire: None,
            wish,
            frames: 0,
            ended: None,
        }
    }

    /// 20 ms have passed.
    pub(super) fn tick(&mut self) -> Standing {
        if self.beginning.line.is_parted() {
            return Standing::Over(self.hang_up());
        }
        let happened = match self.speak() {
            Ok(happened) => happened,
            Err(broken) => {
                let ended = self.ended.take().map(|(ended, _)| ended);
                let broken = || self.carried(Ended::broken("engine", broken));
                return Standing::Over(ended.unwrap_or_else(broken));
            }
        };
        if let Some(ended) = happened.ended
            && self.ended.is_none()
        {
            self.ended = Some((self.carried(ended), GOODBYE));
        }
        self.frames = self.frames.saturating_add(1);
        if FRAME.saturating_mul(self.frames) > LONGEST {
            return Standing::Over(self.hang_up());
        }
        let asks = self.wish.passes(&happened.tones) && self.wire.is_none();
        match &mut self.ended {
            Some((ended, 0)) => Standing::Over(ended.clone()),
            Some((_, left)) => {
                *left -= 1;
                Standing::On
            }
            None if asks => Standing::Asks,
            None => Standing::On,
        }
    }

    /// Carries 20 ms between line and machine, by what the line goes.
    fn speak(&mut self) -> Result<Happened, String> {
        self.follow()?;
        let line = &self.beginning.line;
        let (mut heard, mut said) = ([0; LINE_FRAME], [0; LINE_FRAME]);
        if let Some(wire) = &mut self.wire {
            wire.hear(line, &mut *self.machine)?;
            let happened = self.machine.tick(&heard, &mut said)?;
            wire.say(line, &happened.packets);
            return Ok(happened);
        }
        while let Some(packet) = line.hear() {
            self.pace.put(&packet);
        }
        self.pace.take(&mut heard);
        let happened = self.machine.tick(&heard, &mut said)?;
        // a road that has fallen behind has enough to say
        let _full = line.say(&said);
        Ok(happened)
    }

    /// Goes over to T.38, or comes back to sound, where the line has.
    fn follow(&mut self) -> Result<(), String> {
        match (self.beginning.line.over(), &self.wire) {
            (Some(longest), None) => {
                self.wire = Some(Wire::within(longest));
                self.machine.switch(FaxTransport::T38)
            }
            (None, Some(_)) => {
                self.wire = None;
                self.pace = Pace::new();
                self.machine.switch(FaxTransport::G711)
            }
            (Some(_), Some(_)) | (None, None) => Ok(()),
        }
    }

    /// The call is over; what became of the fax.
    pub(super) fn hang_up(&mut self) -> Ended {
        if let Some((ended, _)) = self.ended.take() {
            return ended;
        }
        let hung_up = self.machine.hang_up();
        self.carried(hung_up.unwrap_or_else(|broken| Ended::broken("engine", broken)))
    }

    /// The same, with what it goes by now.
    fn carried(&self, ended: Ended) -> Ended {
        let transport = match self.wire {
            Some(_) => FaxTransport::T38,
            None => FaxTransport::G711,
        };
        let carriage = FaxCarriage {
            transport: Some(transport),
            ..ended.carriage
        };
        Ended { carriage, ..ended }
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
    #[derive(Default)]
    pub(in super::super) struct Scripted {
        pub(in super::super) lasts: u32,
        pub(in super::super) breaks: bool,
        pub(in super::super) pages: u16,
        /// Whether it speaks T.38, in which it repeats what packets come.
        pub(in super::super) over: bool,
        pub(in super::super) came: Vec<Vec<u8>>,
    }

    impl Scripted {
        fn ended(&self) -> Ended {
            Ended {
                failure: None,
                pages: self.pages,
                carriage: FaxCarriage::default(),
            }
        }
    }

    impl Machine for Scripted {
        fn tick(&mut self, heard: &[i16; 160], said: &mut [i16; 160]) -> Result<Happened, String> {
            *said = *heard;
            let packets = self.came.drain(..).map(|ifp| (ifp, 2)).collect();
            let happened = Happened {
                packets,
                ..Happened::default()
            };
            if self.lasts > 0 {
                self.lasts -= 1;
                return Ok(happened);
            }
            if self.breaks {
                return Err("the script is over".to_owned());
            }
            let ended = Some(self.ended());
            Ok(Happened { ended, ..happened })
        }

        fn switch(&mut self, to: FaxTransport) -> Result<(), String> {
            self.over = to == FaxTransport::T38;
            self.came.clear();
            Ok(())
        }

        fn packet(&mut self, _: u16, ifp: &[u8]) -> Result<(), String> {
            assert!(self.over);
            self.came.push(ifp.to_vec());
            Ok(())
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
            task: node::FaxTask::Receive,
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
            ..Scripted::default()
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

    /// A road with one leg, which is on the line of a fax.
    struct Road {
        road: media::Road,
        id: media::EndpointId,
        now: machine::Instant,
    }

    const PEER: &str = "192.0.2.7:4000";

    impl Road {
        fn with(line: &Arc<Line>) -> Road {
            let prompts = Arc::new(media::Prompts::new());
            let random = machine::Random::from_seed(1);
            let mut road = Road {
                road: media::Road::new(media::Limits::default(), prompts, random),
                id: media::EndpointId::new(0, 0, 0, 0),
                now: machine::Instant::from_secs(10),
            };
            let local = media::LocalMedia {
                ip: "192.0.2.1".parse().unwrap(),
                rtp: 30_000,
                rtcp: 30_001,
            };
            let expects = sound();
            let id = road.id;
            road.order(media::Command::Open { id, local, expects });
            let line = Arc::clone(line);
            road.order(media::Command::Line { id, line });
            road
        }

        fn order(&mut self, command: media::Command) {
            self.road.command(command, self.now, &mut Vec::new());
        }

        fn describe(&mut self, expects: media::Expect) {
            let id = self.id;
            self.order(media::Command::Describe { id, expects });
        }

        /// A datagram comes from the peer.
        fn comes(&mut self, datagram: &[u8]) {
            let mut buffer = datagram.to_vec();
            buffer.resize(datagram.len() + media::ROOM, 0);
            let (from, length) = (PEER.parse().unwrap(), datagram.len());
            let out = &mut Vec::new();
            let road = &mut self.road;
            let verdict = road.packet(30_000, from, &mut buffer, length, self.now, out);
            assert_eq!(verdict, media::Verdict::Kept);
        }

        /// 20 ms pass; what has left in them.
        fn passes(&mut self) -> Vec<Vec<u8>> {
            self.now += FRAME;
            let mut left = Vec::new();
            let mut send = |_, _, octets: &[u8]| left.push(octets.to_vec());
            self.road.expire(self.now, &mut send, &mut Vec::new());
            left
        }
    }

    fn sound() -> media::Expect {
        let pcmu = media::Format {
            payload: 0,
            codec: media::Codec::Pcmu,
            clock: 8_000,
        };
        let peer: std::net::SocketAddr = PEER.parse().unwrap();
        media::Expect::described(peer, peer.ip(), [pcmu].into_iter().collect())
    }

    fn fax() -> media::Expect {
        let peer: std::net::SocketAddr = PEER.parse().unwrap();
        media::Expect::fax(peer, peer.ip())
    }

    #[test]
    fn a_fax_goes_over_with_its_line_and_its_packets_go_as_datagrams() {
        let mut session = session(50, false);
        let mut road = Road::with(&session.beginning.line);
        session.tick();
        road.passes();
        road.describe(fax());
        session.tick();
        let mut far = udptl::Sender::new(3);
        for ifp in [[1], [2]] {
            road.comes(&far.packet(&ifp).unwrap());
        }
        session.tick();
        let left = road.passes();
        let read: Vec<_> = left
            .iter()
            .map(|datagram| udptl::Packet::parse(datagram).unwrap())
            .map(|packet| (packet.seq, packet.primary.to_vec(), packet.before(1)))
            .collect();
        let (first, second) = ((0, vec![1], None), (1, vec![2], Some(&[1][..])));
        let twice = [first.clone(), first, second.clone(), second];
        assert_eq!(read, twice, "each as often as the machine wants it");
        let (_, ended) = over(&mut session);
        assert_eq!(ended.carriage.transport, Some(FaxTransport::T38));
    }

    #[test]
    fn packets_that_were_lost_reach_a_machine_by_those_behind_them() {
        let mut session = session(50, false);
        let mut road = Road::with(&session.beginning.line);
        road.describe(fax());
        session.tick();
        let mut far = udptl::Sender::new(3);
        let mut datagrams = [1, 2, 3].map(|ifp| far.packet(&[ifp]).unwrap()).into_iter();
        road.comes(&datagrams.next().unwrap());
        road.comes(&datagrams.nth(1).unwrap());
        session.tick();
        let left = road.passes();
        let packet = udptl::Packet::parse(&left[4]).unwrap();
        assert_eq!((packet.seq, packet.primary), (2, &[3][..]));
        assert_eq!(packet.before(1), Some(&[2][..]));
    }

    #[test]
    fn a_fax_comes_back_to_sound_with_its_line() {
        let mut session = session(50, false);
        let mut road = Road::with(&session.beginning.line);
        road.describe(fax());
        session.tick();
        road.describe(sound());
        session.tick();
        // the first at once, the second when its time has come
        assert_eq!(road.passes().len(), 2, "sound goes again");
        assert_eq!(road.passes().len(), 1);
        let (_, ended) = over(&mut session);
        assert_eq!(ended.carriage.transport, Some(FaxTransport::G711));
    }
}
