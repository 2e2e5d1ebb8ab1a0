//! A live stream of sound, decoded as it comes.

use std::fmt;
use std::io::{ErrorKind, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};

use ports::SoundRefusal;
use symphonia::core::errors::Error;
use symphonia::core::formats::probe::Hint;
use symphonia::core::io::ReadOnlySource;

use crate::level::Steady;
use crate::reader::{Heard, Open, damaged, open};

/// Most samples that are decoded of one packet, a second: what has more is no stream.
const PIECE_MAX: usize = crate::rate::RATE as usize;

/// A stream of MP3 or Ogg Vorbis, as radio stations send them: what comes of it is one channel at
/// 16 kHz, as loud as sounds are. It reads when it is asked, and waits as long as its source does.
pub struct LiveSound {
    open: Open,
    heard: Heard,
    steady: Steady,
    piece: Vec<f32>,
}

impl LiveSound {
    /// Understands the beginning of a stream. Its sender may have said what it is, such as
    /// `audio/mpeg`.
    ///
    /// # Errors
    /// It is nothing that is read, or was cut off.
    pub fn begin(
        source: impl Read + Send + Sync + 'static,
        media_type: Option<&str>,
    ) -> Result<LiveSound, SoundRefusal> {
        let mut hint = Hint::new();
        if let Some(media_type) = media_type {
            hint.mime_type(media_type);
        }
        let begun = guarded(|| open(Box::new(ReadOnlySource::new(source)), &hint))?;
        Ok(LiveSound {
            open: begun,
            heard: Heard::default(),
            steady: Steady::default(),
            piece: Vec::new(),
        })
    }

    /// The next samples, at most a second of them and none for what cannot be decoded; `None` at
    /// the end.
    ///
    /// # Errors
    /// It goes on as nothing that can be read.
    pub fn next_samples(&mut self) -> Result<Option<Vec<i16>>, SoundRefusal> {
        let more = guarded(|| self.decode())?;
        let mut samples = std::mem::take(&mut self.heard.samples);
        samples.truncate(PIECE_MAX);
        Ok(more.then(|| self.steady.level(&samples)))
    }

    /// Decodes one packet; whether the stream goes on.
    fn decode(&mut self) -> Result<bool, SoundRefusal> {
        let packet = match self.open.format.next_packet() {
            Ok(Some(packet)) => packet,
            Ok(None) => return Ok(false),
            // the next piece of music is a stream of its own within the same one (RFC 3533 §4)
            Err(Error::ResetRequired) => {
                self.open.choose()?;
                return Ok(true);
            }
            Err(Error::IoError(error)) if error.kind() == ErrorKind::UnexpectedEof => {
                return Ok(false);
            }
            Err(error) => return Err(damaged(&error)),
        };
        if packet.track_id != self.open.track {
            return Ok(true);
        }
        match self.open.decoder.decode(&packet) {
            Ok(sound) => {
                let spec = sound.spec();
                let shape = (spec.rate(), spec.channels().count());
                sound.copy_to_vec_interleaved(&mut self.piece);
                if self.heard.shape.is_some_and(|before| before != shape) {
                    self.heard = Heard::default();
                }
                self.heard.take(&self.piece, shape)?;
            }
            // one bad packet is a crack, not the end
            Err(Error::DecodeError(_) | Error::IoError(_)) => {}
            Err(error) => return Err(damaged(&error)),
        }
        Ok(true)
    }
}

impl fmt::Debug for LiveSound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LiveSound").finish_non_exhaustive()
    }
}

/// A decoder that breaks over a stranger's stream breaks nothing else.
fn guarded<T>(decode: impl FnOnce() -> Result<T, SoundRefusal>) -> Result<T, SoundRefusal> {
    let broke = |_| Err(SoundRefusal::Damaged("it cannot be decoded".to_owned()));
    catch_unwind(AssertUnwindSafe(decode)).unwrap_or_else(broke)
}
