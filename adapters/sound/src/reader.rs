//! From the octets that came to the samples that are kept.

use std::io::{Cursor, ErrorKind};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use domain::{SOUND_SECONDS_MAX, SoundFacts};
use ports::{ReadSound, SoundReader, SoundRefusal};
use symphonia::core::codecs::audio::{AudioDecoder, AudioDecoderOptions};
use symphonia::core::errors::Error;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, FormatReader, TrackType};
use symphonia::core::io::{MediaSource, MediaSourceStream};
use symphonia::core::meta::MetadataOptions;

use crate::level::levelled;
use crate::rate::{RATE, Resampler};

/// The sampling rates that are read, samples per second.
const RATES: std::ops::RangeInclusive<u32> = 4_000..=192_000;

/// Most channels that are read.
const CHANNELS_MAX: usize = 8;

/// What a reader spends on one sound.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Longest sound, in seconds. Default 300.
    pub seconds: u32,
    /// How long it may take to be understood. Default 20 s.
    pub patience: Duration,
}

impl Default for Bounds {
    fn default() -> Bounds {
        Bounds {
            seconds: SOUND_SECONDS_MAX,
            patience: Duration::from_secs(20),
        }
    }
}

/// Reads WAV, MP3, FLAC and Ogg Vorbis.
#[derive(Clone, Copy, Debug, Default)]
pub struct Reader {
    bounds: Bounds,
}

impl Reader {
    /// A reader that spends no more than this.
    #[must_use]
    pub fn within(bounds: Bounds) -> Reader {
        Reader { bounds }
    }
}

impl SoundReader for Reader {
    fn read(&self, octets: Vec<u8>) -> Result<ReadSound, SoundRefusal> {
        let until = Instant::now() + self.bounds.patience;
        // a decoder that breaks over a stranger's file breaks nothing else
        let read = catch_unwind(AssertUnwindSafe(|| decoded(octets, self.bounds, until)));
        let broke = |_| Err(SoundRefusal::Damaged("it cannot be decoded".to_owned()));
        read.unwrap_or_else(broke)
    }
}

pub(crate) fn damaged(error: &Error) -> SoundRefusal {
    SoundRefusal::Damaged(error.to_string())
}

/// A file or a stream that is open, and what decodes its first track of sound.
pub(crate) struct Open {
    pub(crate) format: Box<dyn FormatReader>,
    pub(crate) decoder: Box<dyn AudioDecoder>,
    pub(crate) track: u32,
}

impl Open {
    /// Goes on with the first track of sound that there is now.
    pub(crate) fn choose(&mut self) -> Result<(), SoundRefusal> {
        (self.track, self.decoder) = first_track(&*self.format)?;
        Ok(())
    }
}

/// Understands the beginning of a file or a stream.
pub(crate) fn open(source: Box<dyn MediaSource>, hint: &Hint) -> Result<Open, SoundRefusal> {
    let source = MediaSourceStream::new(source, Default::default());
    let (format, metadata) = (FormatOptions::default(), MetadataOptions::default());
    let probe = symphonia::default::get_probe();
    let format = probe.probe(hint, source, format, metadata);
    let format = format.map_err(|_| SoundRefusal::Unknown)?;
    let (track, decoder) = first_track(&*format)?;
    Ok(Open {
        format,
        decoder,
        track,
    })
}

fn first_track(format: &dyn FormatReader) -> Result<(u32, Box<dyn AudioDecoder>), SoundRefusal> {
    let track = format.default_track(TrackType::Audio);
    let track = track.ok_or(SoundRefusal::Unknown)?;
    let id = track.id;
    let parameters = track.codec_params.as_ref().and_then(|all| all.audio());
    let parameters = parameters.ok_or(SoundRefusal::Unknown)?;
    let codecs = symphonia::default::get_codecs();
    let decoder = codecs.make_audio_decoder(parameters, &AudioDecoderOptions::default());
    let decoder = decoder.map_err(|error| {
        let unsupported = matches!(error, Error::Unsupported(_));
        if unsupported {
            SoundRefusal::Unknown
        } else {
            damaged(&error)
        }
    })?;
    Ok((id, decoder))
}

/// What has been heard so far.
#[derive(Default)]
pub(crate) struct Heard {
    /// Rate and channels, once they are known.
    pub(crate) shape: Option<(u32, usize)>,
    resampler: Option<Resampler>,
    /// One channel at 16 kHz.
    pub(crate) samples: Vec<f32>,
}

impl Heard {
    /// Takes a piece, its channels one after the other in each moment.
    pub(crate) fn take(&mut self, piece: &[f32], shape: (u32, usize)) -> Result<(), SoundRefusal> {
        let (rate, channels) = shape;
        if !RATES.contains(&rate) || !(1..=CHANNELS_MAX).contains(&channels) {
            let rule = format!("{rate} Hz with {channels} channels is not read");
            return Err(SoundRefusal::Damaged(rule));
        }
        if *self.shape.get_or_insert(shape) != shape {
            let rule = "it changes its rate or its channels on the way";
            return Err(SoundRefusal::Damaged(rule.to_owned()));
        }
        let share = 1.0 / f32::from(u8::try_from(channels).unwrap_or(u8::MAX));
        let whole = |sample: f32| if sample.is_finite() { sample } else { 0.0 };
        let moments = piece.chunks_exact(channels);
        let mono: Vec<f32> = moments
            .map(|moment| moment.iter().map(|sample| whole(*sample)).sum::<f32>() * share)
            .collect();
        let resampler = self.resampler.get_or_insert_with(|| Resampler::new(rate));
        resampler.push(&mono, &mut self.samples);
        Ok(())
    }

    fn end(mut self) -> Option<(u32, usize, Vec<f32>)> {
        let (rate, channels) = self.shape?;
        self.resampler?.finish(&mut self.samples);
        Some((rate, channels, self.samples))
    }
}

/// Decodes all packets of the track.
fn hear(open: &mut Open, bounds: Bounds, until: Instant) -> Result<Heard, SoundRefusal> {
    let most = usize::try_from(u64::from(bounds.seconds) * u64::from(RATE)).unwrap_or(usize::MAX);
    let (mut heard, mut piece) = (Heard::default(), Vec::new());
    loop {
        if Instant::now() > until {
            return Err(SoundRefusal::Slow);
        }
        let packet = match open.format.next_packet() {
            Ok(Some(packet)) => packet,
            // what follows in the same file is another stream
            Ok(None) | Err(Error::ResetRequired) => return Ok(heard),
            // a file that was cut off is as long as it is
            Err(Error::IoError(error)) if error.kind() == ErrorKind::UnexpectedEof => {
                return Ok(heard);
            }
            Err(error) => return Err(damaged(&error)),
        };
        if packet.track_id != open.track {
            continue;
        }
        match open.decoder.decode(&packet) {
            Ok(sound) => {
                let spec = sound.spec();
                let shape = (spec.rate(), spec.channels().count());
                sound.copy_to_vec_interleaved(&mut piece);
                heard.take(&piece, shape)?;
            }
            // one bad packet is a crack, not the end
            Err(Error::DecodeError(_) | Error::IoError(_)) => {}
            Err(error) => return Err(damaged(&error)),
        }
        if heard.samples.len() > most {
            let most = bounds.seconds;
            return Err(SoundRefusal::Long { most });
        }
    }
}

fn decoded(octets: Vec<u8>, bounds: Bounds, until: Instant) -> Result<ReadSound, SoundRefusal> {
    let came_octets = count(octets.len());
    let mut open = open(Box::new(Cursor::new(octets)), &Hint::new())?;
    let format = open.format.format_info().short_name.to_owned();
    let heard = hear(&mut open, bounds, until)?;
    let (rate, channels, samples) = heard.end().ok_or_else(|| {
        let nothing = "nothing of it can be decoded";
        SoundRefusal::Damaged(nothing.to_owned())
    })?;
    let kept = count(samples.len());
    if kept * 10 < u64::from(RATE) {
        return Err(SoundRefusal::Short);
    }
    Ok(ReadSound {
        facts: SoundFacts {
            format,
            rate,
            channels: u32::try_from(channels).unwrap_or(u32::MAX),
            milliseconds: kept * 1_000 / u64::from(RATE),
            came_octets,
            kept_octets: kept * 2,
        },
        samples: levelled(&samples),
    })
}

fn count(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}
