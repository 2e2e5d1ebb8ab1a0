//! Which extended reports (RFC 3611) the writer of a description wants: `a=rtcp-xr` (section 5).

use serde::{Deserialize, Serialize};

use crate::{Attribute, Description, Media};

/// The attribute's name.
pub(crate) const RTCP_XR: &str = "rtcp-xr";

/// Extended reports that somebody wants of those to whom it talks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ExtendedReports {
    /// How its sound comes to them (`voip-metrics`).
    pub voip_metrics: bool,
    /// Times that are answered, so that whoever sends nothing knows the round trip as well
    /// (`rcvr-rtt`).
    pub round_trip: bool,
}

impl ExtendedReports {
    /// What this node wants.
    pub const OURS: &'static str = "rcvr-rtt=all voip-metrics";

    /// What is wanted of a stream: as the stream says, else as the whole description does.
    pub(crate) fn of(description: &Description, media: &Media) -> ExtendedReports {
        let whole = description.attributes().find(|a| a.name == RTCP_XR);
        let value = media.attribute(RTCP_XR).or(whole);
        let value = value.and_then(|attribute| attribute.value.as_deref());
        let mut wanted = ExtendedReports::default();
        for format in value.unwrap_or_default().split_ascii_whitespace() {
            let name = format.split(['=', ':']).next().unwrap_or_default();
            wanted.voip_metrics |= name.eq_ignore_ascii_case("voip-metrics");
            wanted.round_trip |= name.eq_ignore_ascii_case("rcvr-rtt");
        }
        wanted
    }

    /// Whether anything is wanted.
    #[must_use]
    pub fn is_any(self) -> bool {
        self.voip_metrics || self.round_trip
    }
}

/// Says at the first live stream of sound of a served protocol which extended reports this node
/// wants, and nowhere else.
pub fn ask_for_extended_reports(description: &mut Description) {
    forget(description);
    let mut streams = description.media.iter_mut();
    if let Some(media) = streams.find(|media| media.is_served_audio()) {
        media.push_attribute(Attribute::with(RTCP_XR, ExtendedReports::OURS));
    }
}

fn forget(description: &mut Description) {
    let others = |attribute: &Attribute| attribute.name != RTCP_XR;
    description.retain_attributes(others);
    for media in &mut description.media {
        media.retain_attributes(others);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::remote_of;

    fn described(whole: &str, stream: &str) -> Description {
        let text = format!(
            "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n{whole}\
             m=audio 4000 RTP/AVP 0\r\n{stream}m=video 4002 RTP/AVP 31\r\n"
        );
        Description::parse(text.as_bytes()).unwrap()
    }

    fn wanted(whole: &str, stream: &str) -> (bool, bool) {
        let wanted = remote_of(&described(whole, stream)).unwrap().extended;
        (wanted.voip_metrics, wanted.round_trip)
    }

    // rfc: 3611 §5.1
    #[test]
    fn what_is_wanted_is_said_for_the_stream_or_for_the_whole() {
        assert_eq!(wanted("", ""), (false, false));
        assert_eq!(wanted("", "a=rtcp-xr:voip-metrics\r\n"), (true, false));
        assert_eq!(
            wanted("a=rtcp-xr:rcvr-rtt=all:10000\r\n", ""),
            (false, true)
        );
        let both = "a=rtcp-xr:pkt-loss-rle=40 rcvr-rtt=sender voip-metrics\r\n";
        assert_eq!(wanted("", both), (true, true));
        // a stream may want less than the whole (section 5.1)
        assert_eq!(
            wanted(both, "a=rtcp-xr:stat-summary=loss\r\n"),
            (false, false)
        );
        assert_eq!(wanted(both, "a=rtcp-xr\r\n"), (false, false));
    }

    #[test]
    fn what_we_want_stands_at_the_sound_alone_and_once() {
        let mut description = described("a=rtcp-xr:voip-metrics\r\n", "");
        ask_for_extended_reports(&mut description);
        ask_for_extended_reports(&mut description);
        let text = description.to_string();
        let line = "a=rtcp-xr:rcvr-rtt=all voip-metrics\r\n";
        assert_eq!(text.matches("rtcp-xr").count(), 1);
        assert!(text.contains(&format!("m=audio 4000 RTP/AVP 0\r\n{line}m=video")));
    }
}
