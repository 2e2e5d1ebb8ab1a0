//! What `a=fmtp` says of Opus (RFC 7587 section 6.1).

/// The parameters that tell something to whoever encodes for the writer, and what it sends itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OpusParameters {
    /// `useinbandfec`: it makes use of in-band forward error correction.
    pub use_inband_fec: bool,
    /// `usedtx`: it would rather be sent nothing while nobody speaks.
    pub use_dtx: bool,
    /// `stereo`: it would rather hear two channels.
    pub stereo: bool,
    /// `sprop-stereo`: it is likely to send two channels.
    pub sprop_stereo: bool,
    /// `maxplaybackrate`: the highest sampling rate that it plays, in Hz.
    pub max_playback_rate: Option<u32>,
    /// `maxaveragebitrate`: the most bits per second it wants.
    pub max_average_bitrate: Option<u32>,
}

impl OpusParameters {
    /// Reads the text after the payload number; what it does not say, or not as the standard has
    /// it, is as if nothing was said.
    #[must_use]
    pub fn read(fmtp: &str) -> Self {
        let mut read = Self::default();
        for parameter in fmtp.split(';') {
            let Some((name, value)) = parameter.split_once('=') else {
                continue;
            };
            let value = value.trim();
            match &*name.trim().to_ascii_lowercase() {
                "useinbandfec" => read.use_inband_fec = value == "1",
                "usedtx" => read.use_dtx = value == "1",
                "stereo" => read.stereo = value == "1",
                "sprop-stereo" => read.sprop_stereo = value == "1",
                "maxplaybackrate" => read.max_playback_rate = value.parse().ok(),
                "maxaveragebitrate" => read.max_average_bitrate = value.parse().ok(),
                _ => {}
            }
        }
        read
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // rfc: 7587 §7
    #[test]
    fn the_standards_own_examples_are_read() {
        assert_eq!(OpusParameters::read(""), OpusParameters::default());
        let asymmetric = OpusParameters::read(
            "maxplaybackrate=16000; sprop-maxcapturerate=16000; maxaveragebitrate=20000; stereo=1; \
             useinbandfec=1; usedtx=0",
        );
        let expected = OpusParameters {
            use_inband_fec: true,
            stereo: true,
            max_playback_rate: Some(16_000),
            max_average_bitrate: Some(20_000),
            ..OpusParameters::default()
        };
        assert_eq!(asymmetric, expected);
        let other = OpusParameters::read("stereo=0;sprop-stereo=1;UseDTX=1");
        assert!(other.use_dtx && other.sprop_stereo && !other.stereo);
    }

    #[test]
    fn what_cannot_be_read_is_as_if_it_was_not_said() {
        let odd = OpusParameters::read("useinbandfec=yes;usedtx;maxaveragebitrate=-1;;=;cbr=1");
        assert_eq!(odd, OpusParameters::default());
    }
}
