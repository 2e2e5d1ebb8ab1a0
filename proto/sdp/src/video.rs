//! The stream of video that goes beside sound: which of a description's streams it is, and what of
//! it can pass through this node.
//!
//! Video is relayed packet by packet and never made into another codec. So what passes is what can
//! be relayed truly: codecs whose packets form one stream of numbers, and feedback whose numbers
//! can be translated. Retransmission as a stream of its own (RFC 4588), forward error correction,
//! layers as streams of their own (RFC 8853) and marks on packets (RFC 8285) are taken away, and
//! with the marks the feedback that counts by them.

use crate::limit::keep;
use crate::{Attribute, Codec, Description, Kind, Line, Media, Remote};

/// The codecs that pass (RFC 6184, RFC 7741, RFC 9628, AV1 RTP).
const CODECS: [&str; 4] = ["H264", "VP8", "VP9", "AV1"];

/// Most formats that pass of a stream; browsers name each profile of a codec as one.
pub const MAX_VIDEO_FORMATS: usize = 16;

/// The feedback that can be relayed (RFC 4585, RFC 5104, draft-alvestrand-rmcat-remb).
const FEEDBACK: [&str; 4] = ["nack", "nack pli", "ccm fir", "goog-remb"];

/// Attributes of what is taken away: marks on packets, and layers as streams of their own.
const NOT_RELAYED: [&str; 5] = [
    "extmap",
    "extmap-allow-mixed",
    "rid",
    "simulcast",
    "imageattr",
];

impl Codec {
    /// Is it video that passes?
    #[must_use]
    pub fn is_video(&self) -> bool {
        CODECS.iter().any(|name| self.is(name))
    }
}

impl Media {
    /// Is this a stream of this kind that is neither refused nor ended?
    #[must_use]
    pub fn is_live(&self, kind: Kind) -> bool {
        self.kind == kind.name() && self.port != 0
    }

    /// Is it a live stream of this kind whose packets are relayed?
    pub(crate) fn is_served_as(&self, kind: Kind) -> bool {
        self.is_live(kind) && self.is_served()
    }
}

impl Description {
    /// Index of the first stream of video that is neither refused nor ended, and relayed.
    #[must_use]
    pub fn video(&self) -> Option<usize> {
        let mut streams = self.media.iter();
        streams.position(|media| media.is_served_as(Kind::Video))
    }
}

/// What a description says of its writer's video, if it has any that is served; see
/// [`remote_of`](crate::remote_of).
#[must_use]
pub fn video_of(description: &Description) -> Option<Remote> {
    Remote::read(description, description.video()?)
}

/// Leaves one stream of video, the first that is live and has a codec that passes, and of it what
/// passes. Every other one is closed.
pub fn limit_video(description: &mut Description) {
    let mut found = false;
    for media in live_videos(description) {
        let mut codecs = media.codecs();
        codecs.retain(Codec::is_video);
        codecs.truncate(MAX_VIDEO_FORMATS);
        if found || codecs.is_empty() {
            media.port = 0;
            continue;
        }
        found = true;
        keep(media, &codecs);
        media.retain_attributes(is_relayed);
    }
}

/// Closes every stream of video.
pub fn close_video(description: &mut Description) {
    for media in live_videos(description) {
        media.port = 0;
    }
}

fn live_videos(description: &mut Description) -> impl Iterator<Item = &mut Media> {
    let streams = description.media.iter_mut();
    streams.filter(|media| media.is_live(Kind::Video))
}

fn is_relayed(attribute: &Attribute) -> bool {
    if attribute.name != "rtcp-fb" {
        return !NOT_RELAYED.contains(&attribute.name.as_str());
    }
    let value = attribute.value.as_deref().unwrap_or_default();
    let (_payload, feedback) = value.split_once(' ').unwrap_or_default();
    FEEDBACK.contains(&feedback.trim())
}

/// Gives formats of video other numbers where those are taken by sound, for streams that go by one
/// transport are told apart by them (RFC 8843 section 9.2).
pub fn part_numbers(description: &mut Description) {
    let (sound, video): (Vec<&Media>, Vec<&Media>) = description
        .media
        .iter()
        .filter(|media| media.port != 0)
        .partition(|media| media.kind == Kind::Audio.name());
    let numbers = |streams: &[&Media]| -> Vec<String> {
        let formats = streams.iter().flat_map(|media| &media.formats);
        formats.cloned().collect()
    };
    let (sound, video) = (numbers(&sound), numbers(&video));
    let mut taken = [sound.clone(), video.clone()].concat();
    for number in video.iter().filter(|number| sound.contains(number)) {
        let mut all = DYNAMIC.map(|number| number.to_string());
        let Some(free) = all.find(|free| !taken.contains(free)) else {
            return;
        };
        for media in live_videos(description) {
            renumber(media, number, &free);
        }
        taken.push(free);
    }
}

/// The numbers that mean nothing by themselves (RFC 3551 section 3).
const DYNAMIC: std::ops::RangeInclusive<u8> = 96..=127;

/// Calls a format of a stream by another number.
fn renumber(media: &mut Media, from: &str, to: &str) {
    for format in media.formats.iter_mut().filter(|format| *format == from) {
        to.clone_into(format);
    }
    for line in &mut media.lines {
        let Line::Attribute(attribute) = line else {
            continue;
        };
        let of_format = ["rtpmap", "fmtp", "rtcp-fb"].contains(&&*attribute.name);
        if let Some(value) = attribute.value.as_mut().filter(|_| of_format)
            && let Some((number, rest)) = value.split_once(' ')
            && number == from
        {
            *value = format!("{to} {rest}");
        }
    }
}
