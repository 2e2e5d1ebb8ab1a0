//! One stream on its way in: packets as the network brings them, its sound frame by frame.

use std::time::Duration;

use machine::Instant;
use rtp::Header;
use rtp::jitter::{Content, Frame, JitterBuffer, Packet, Put, Settings};

use super::hearing::Hearing;
use crate::format::Format;

/// How much silence follows on sound, so that what waits in filters and codecs is heard.
const LINGER: Duration = Duration::from_millis(100);

/// How long the first sound is waited for after a packet of it came: longer than a jitter buffer
/// delays it.
const PATIENCE: Duration = Duration::from_secs(1);

/// The shortest frame that is taken for one: that of Opus (RFC 6716 §2.1.4). Who says that its
/// packets are shorter is asked for no more of them.
pub(crate) const SHORTEST: Duration = Duration::from_micros(2_500);

/// What came of asking for a frame.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Pulled {
    /// A frame of this length, to be read from [`Incoming::frame`].
    Frame(Duration),
    /// Nothing for so long: the first sound is still waited for.
    Pause(Duration),
    /// Nothing any more, until sound comes again.
    Rest,
}

/// Jitter buffer and decoder of one stream in one format. It allocates when it is made and never
/// again.
#[derive(Debug)]
pub(crate) struct Incoming {
    format: Format,
    buffer: JitterBuffer,
    hearing: Hearing,
    /// Frames can be asked for; else it waits for sound.
    running: bool,
    /// Sound was given since it began to run.
    heard: bool,
    /// Silence since the last sound.
    silent: Duration,
    concealed: u64,
}

impl Incoming {
    /// Of a format, heard so; `first` is a payload that tells how long packets are, `least` the
    /// shortest delay.
    pub(crate) fn new(format: Format, hearing: Hearing, first: &[u8], least: Duration) -> Incoming {
        let mut settings = Settings::new(format.clock, hearing.most_octets());
        settings.least = least;
        settings.frame = hearing.length_of(first).unwrap_or(settings.frame);
        Incoming {
            format,
            buffer: JitterBuffer::new(&settings),
            hearing,
            running: false,
            heard: false,
            silent: Duration::ZERO,
            concealed: 0,
        }
    }

    /// The format it is in.
    pub(crate) fn format(&self) -> Format {
        self.format
    }

    /// Whether frames can be asked for: sound came and has not ended.
    pub(crate) fn is_running(&self) -> bool {
        self.running
    }

    /// How long a frame is, as far as is known.
    pub(crate) fn length(&self) -> Duration {
        self.buffer.frame()
    }

    /// The frame that was given last.
    pub(crate) fn frame(&self) -> &[i16] {
        self.hearing.frame()
    }

    /// Takes a packet that arrives now; whether it begins to run by it.
    pub(crate) fn put(
        &mut self,
        header: &Header,
        content: Content,
        payload: &[u8],
        now: Instant,
    ) -> bool {
        let packet = Packet {
            ssrc: header.ssrc,
            seq: header.seq,
            ts: header.ts,
            marker: header.marker,
            content,
            payload,
        };
        let kept = self.buffer.put(&packet, now) == Put::Kept && content == Content::Sound;
        if !kept || self.running {
            return false;
        }
        self.running = true;
        self.heard = false;
        self.silent = Duration::ZERO;
        true
    }

    /// Asks for the next frame, at the moment when the one before has run out.
    pub(crate) fn pull(&mut self, at: Instant) -> Pulled {
        let frame = self.buffer.frame();
        let heard = match self.buffer.pull(at) {
            Frame::Sound(payload) => {
                self.heard = true;
                self.silent = Duration::ZERO;
                self.hearing.sound(payload, frame)
            }
            Frame::Lost { fec } => self.hearing.lost(frame, fec),
            Frame::Silence => return self.pass_silence(frame),
        };
        self.concealed += u64::from(heard.made_up);
        Pulled::Frame(heard.lasts.max(SHORTEST))
    }

    /// No silence follows on the last sound any more: something else is heard there.
    pub(crate) fn hush(&mut self) {
        self.silent = LINGER;
    }

    /// Frames that were made up since it was last asked.
    pub(crate) fn take_concealed(&mut self) -> u64 {
        std::mem::take(&mut self.concealed)
    }

    fn pass_silence(&mut self, frame: Duration) -> Pulled {
        self.silent += frame;
        let most = if self.heard { LINGER } else { PATIENCE };
        if self.silent > most {
            self.running = false;
            return Pulled::Rest;
        }
        let frame = frame.max(SHORTEST);
        if self.heard {
            self.hearing.silence(frame);
            Pulled::Frame(frame)
        } else {
            Pulled::Pause(frame)
        }
    }
}
