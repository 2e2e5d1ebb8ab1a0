//! How a peer wants sound that is made for it.

use media::{Format, Formats, OpusWants, ReportWants, Wants};
use sdp::{OpusParameters, Remote};

/// How the peer wants to be spoken to: in what it named itself, and sound that is made for it in
/// the first codec of that which it has been told.
pub(crate) fn wants(remote: &Remote, own: &Formats, told: &Formats) -> Wants {
    let agreed = |format: &Format| {
        let same = |other: Format| other.codec == format.codec;
        format.is_spoken() && (told.is_empty() || told.iter().any(same))
    };
    let ptime = remote.ptime.and_then(|ms| u8::try_from(ms).ok());
    let opus = remote.codecs.iter().find(|codec| codec.is("opus"));
    let opus = opus.and_then(|codec| codec.fmtp.as_deref());
    let opus = OpusParameters::read(opus.unwrap_or_default());
    Wants {
        understands: Some(own.payloads()),
        sound: own.iter().find(agreed).map(|format| format.payload),
        ptime_ms: ptime.unwrap_or(20),
        opus: OpusWants {
            fec: opus.use_inband_fec,
            dtx: opus.use_dtx,
            playback: opus.max_playback_rate,
            bits_per_second: opus.max_average_bitrate,
        },
    }
}

/// What the peer wants to be reported beyond what is reported to everybody.
pub(crate) fn report_wants(remote: &Remote) -> ReportWants {
    ReportWants {
        voip_metrics: remote.extended.voip_metrics,
        round_trip: remote.extended.round_trip,
    }
}
