//! What browsers say of a stream of sound (DTLS-SRTP, RFC 5763, over ICE, RFC 8839), and whoever
//! shakes hands as they do but makes no checks: taking it off a description and putting it on one,
//! since between the two sides of this node sound is described as if nobody protected it. Video
//! goes by the transport of the sound (BUNDLE, RFC 8843), or not at all.

use std::net::{IpAddr, Ipv4Addr};

use crate::ice::value_of;
use crate::{Attribute, Connection, Description, Fingerprint, Ice, Kind, Line, Media, Setup};

/// Most fingerprints that are read of a stream.
const MAX_FINGERPRINTS: usize = 8;

/// Stands for an address that is not known yet, as that of a browser which tells it by checks
/// alone (RFC 7600 section 4.8). It is not the unspecified one, by which a stream is put on hold.
const DUMMY: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 0, 8));

/// The port that goes with it (RFC 863), as browsers write it.
const DISCARD: u16 = 9;

/// Attributes of the whole or of a stream that speak of this transport, of bundles it was in, or of
/// what one browser's end says to the other's: feedback, and marks on packets.
const TAKEN_OFF: [&str; 20] = [
    "bundle-only",
    "candidate",
    "end-of-candidates",
    "extmap",
    "extmap-allow-mixed",
    "fingerprint",
    "ice-lite",
    "ice-options",
    "ice-pacing",
    "ice-pwd",
    "ice-ufrag",
    "mid",
    "remote-candidates",
    "rtcp",
    "rtcp-fb",
    "rtcp-mux",
    "rtcp-mux-only",
    "rtcp-rsize",
    "setup",
    "tls-id",
];

/// The transport of one stream of sound, as its writer describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DtlsSrtp {
    /// How it is found by checks; none of a writer that makes none, and is where its description
    /// says.
    pub ice: Option<Ice>,
    /// Of the certificates by which it may prove itself; never empty when it was read.
    pub fingerprints: Vec<Fingerprint>,
    /// Who begins the handshake.
    pub setup: Setup,
    /// The stream's name (`a=mid`), which an answer repeats.
    pub mid: Option<String>,
    /// Sound and its reports have one port (RFC 5761), as they have wherever checks are made.
    pub mux: bool,
    /// Its writer wants early feedback (RFC 4585), as all browsers do: `UDP/TLS/RTP/SAVPF`.
    pub feedback: bool,
    /// The stream is named in a `BUNDLE` (RFC 8843), with none beside it but that of video.
    pub bundled: bool,
    /// The stream of video that goes by the same transport.
    pub video: Option<Bundled>,
}

/// A stream that goes by the transport of another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bundled {
    /// Its name (`a=mid`).
    pub mid: String,
    /// It is new to the bundle: in an offer it has no port but that of the bundle, so that whoever
    /// knows nothing of bundles refuses it (RFC 8843 section 6).
    pub new: bool,
}

/// Takes this transport off the first live stream of sound that has all of it: fingerprint, and
/// credentials and one port for RTP and RTCP, or an address. It is described as plain, and so is
/// the first stream of video that stands behind it in its bundle; every other stream is closed, and
/// bundles are taken apart. Nothing where there is no such stream; then the description stays as it
/// was.
///
/// A stream whose address is not known yet is given one that leads nowhere: the address of its
/// first candidate where there is one, else 192.0.0.8.
#[must_use]
pub fn take_off_dtls(description: &mut Description) -> Option<DtlsSrtp> {
    let mut streams = description.media.iter().enumerate();
    let (chosen, transport) = streams.find_map(|(at, media)| {
        let feedback = feedback_of(&media.protocol).filter(|_| media.is_live_audio())?;
        Some((at, read(description, media, feedback)?))
    })?;
    let unknown = description
        .connection_of(chosen)
        .is_none_or(|c| c.is_unspecified() || c.address.ip().is_none());
    let video = transport.video.as_ref().map(|video| video.mid.clone());
    let is_video = |media: &Media| video.is_some() && media.value("mid") == video.as_deref();
    description.retain_attributes(is_kept);
    let mut port = 0;
    for (at, media) in description.media.iter_mut().enumerate() {
        if at == chosen {
            bare(media, transport.mux, is_kept);
            if let Some(ice) = transport.ice.as_ref().filter(|_| unknown) {
                set_place(media, ice);
            }
            port = media.port;
        } else if is_video(media) {
            bare(media, true, |attribute| {
                is_kept(attribute) || attribute.name == "rtcp-fb"
            });
            if let Some(ice) = &transport.ice {
                set_place(media, ice);
            }
        } else {
            media.port = 0;
            media.ports = None;
        }
    }
    for media in &mut description.media {
        if media.is_live(Kind::Video) {
            media.port = port;
        }
    }
    Some(transport)
}

/// Describes a stream as plain, with one port for RTP and RTCP where there is one.
fn bare(media: &mut Media, mux: bool, keeps: impl FnMut(&Attribute) -> bool) {
    "RTP/AVP".clone_into(&mut media.protocol);
    media.ports = None;
    media.retain_attributes(keeps);
    if mux {
        media.push_attribute(Attribute::flag("rtcp-mux"));
    }
}

/// Puts this transport on the first live stream of sound of a served protocol, and on the stream of
/// video where it names one; alone or with that in its bundle. Video that it does not name is
/// closed.
pub fn put_on_dtls(description: &mut Description, transport: &DtlsSrtp) {
    let served = description.media.iter().position(Media::is_served_audio);
    let Some(index) = served else {
        return;
    };
    description.retain_attributes(is_kept);
    let video = bundle_video(description, transport);
    if let Some(media) = description.media.get_mut(index) {
        let feedback = if transport.feedback { "F" } else { "" };
        media.protocol = format!("UDP/TLS/RTP/SAVP{feedback}");
        media.retain_attributes(is_kept);
        if let Some(mid) = &transport.mid {
            media.push_attribute(Attribute::with("mid", mid.as_str()));
        }
        if transport.mux {
            media.push_attribute(Attribute::flag("rtcp-mux"));
        }
    }
    if let Some(mid) = transport.mid.as_ref().filter(|_| transport.bundled) {
        let group = match video {
            Some(video) => format!("BUNDLE {mid} {video}"),
            None => format!("BUNDLE {mid}"),
        };
        description.push_attribute(Attribute::with("group", group));
    }
    if let Some(ice) = &transport.ice {
        ice.write(description, index);
    }
    let Some(media) = description.media.get_mut(index) else {
        return;
    };
    for fingerprint in &transport.fingerprints {
        media.push_attribute(Attribute::with("fingerprint", fingerprint.to_string()));
    }
    media.push_attribute(Attribute::with("setup", transport.setup.name()));
}

/// Has the first live stream of video go by this transport, or closes it; its name, where it goes.
fn bundle_video(description: &mut Description, transport: &DtlsSrtp) -> Option<String> {
    let mut bundled = transport.video.as_ref().filter(|_| transport.bundled);
    let mut named = None;
    let videos = description.media.iter_mut();
    for media in videos.filter(|media| media.kind == Kind::Video.name()) {
        let live = media.is_served_as(Kind::Video);
        let Some(video) = bundled.take_if(|video| live || !video.new) else {
            media.port = 0;
            continue;
        };
        "UDP/TLS/RTP/SAVPF".clone_into(&mut media.protocol);
        media.retain_attributes(|attribute| is_kept(attribute) || attribute.name == "rtcp-fb");
        media.push_attribute(Attribute::with("mid", video.mid.as_str()));
        if !live {
            // refused by the name that its offer has
            media.port = 0;
            continue;
        }
        media.push_attribute(Attribute::flag("rtcp-mux"));
        if video.new && transport.setup == Setup::ActPass {
            media.port = 0;
            media.push_attribute(Attribute::flag("bundle-only"));
        }
        named = Some(video.mid.clone());
    }
    named
}

/// The first stream of video that goes by the transport of a stream: named behind it in its bundle.
fn bundled_video(description: &Description, mid: &str) -> Option<Bundled> {
    let mut groups = description.attributes().filter(|a| is_bundle(a));
    let group = groups.find(|group| members(group).any(|member| member == mid))?;
    // the transport of a bundle is that of the first in it
    let first = members(group).next() == Some(mid);
    let is_member = |mid: &str| members(group).any(|member| member == mid);
    let video = description.media.iter().filter(|_| first).find(|media| {
        let live = media.is_live(Kind::Video) || media.is_bundle_only(Kind::Video);
        live && feedback_of(&media.protocol).is_some() && media.value("mid").is_some_and(is_member)
    })?;
    Some(Bundled {
        mid: video.value("mid")?.to_owned(),
        new: false,
    })
}

fn read(description: &Description, media: &Media, feedback: bool) -> Option<DtlsSrtp> {
    let fingerprints = fingerprints(media.attributes());
    let fingerprints = if fingerprints.is_empty() {
        self::fingerprints(description.attributes())
    } else {
        fingerprints
    };
    // unless it says so, the writer of an offer begins (RFC 4145 section 4)
    let setup = match value_of(description, media, "setup") {
        Some(value) => Setup::parse(value)?,
        None => Setup::Active,
    };
    let (ice, mux) = (Ice::read(description, media), media.rtcp_mux());
    let is_found = match ice {
        Some(_) => mux,
        None => is_found_without_checks(description, media),
    };
    if !is_found {
        return None;
    }
    let mid = media.value("mid").map(str::to_owned);
    let bundled = mid.as_ref().is_some_and(|mid| {
        let mut groups = description.attributes().filter(|a| is_bundle(a));
        groups.any(|group| members(group).any(|member| member == mid))
    });
    let video = mid.as_deref().filter(|_| bundled);
    let video = video.and_then(|mid| bundled_video(description, mid));
    Some(DtlsSrtp {
        video,
        ice,
        fingerprints: Some(fingerprints).filter(|all| !all.is_empty())?,
        setup,
        mid,
        mux,
        feedback,
        bundled,
    })
}

/// Whether nothing at all is said of checks, and there is an address; by the full name of the
/// protocol, since what a telephone without `UDP/TLS/` means may be keys in the description.
fn is_found_without_checks(description: &Description, media: &Media) -> bool {
    let silent = |name| value_of(description, media, name).is_none();
    let placed = media.connection().or(description.connection()).is_some();
    media.protocol.starts_with("UDP/TLS/") && silent("ice-ufrag") && silent("ice-pwd") && placed
}

fn fingerprints<'a>(attributes: impl Iterator<Item = &'a Attribute>) -> Vec<Fingerprint> {
    attributes
        .filter(|a| a.name == "fingerprint")
        .filter_map(|a| Fingerprint::parse(a.value.as_deref()?))
        .take(MAX_FINGERPRINTS)
        .collect()
}

fn is_kept(attribute: &Attribute) -> bool {
    !is_bundle(attribute) && !TAKEN_OFF.contains(&attribute.name.as_str())
}

fn is_bundle(attribute: &Attribute) -> bool {
    let mut words = group_words(attribute);
    attribute.name == "group" && words.next() == Some("BUNDLE")
}

/// The names in a group, behind what kind it is.
fn members(group: &Attribute) -> impl Iterator<Item = &str> {
    group_words(group).skip(1)
}

fn group_words(group: &Attribute) -> impl Iterator<Item = &str> {
    let value = group.value.as_deref().unwrap_or_default();
    value.split_ascii_whitespace()
}

/// Where such a stream is sent to before its browser has been heard.
fn set_place(media: &mut Media, ice: &Ice) {
    let known = ice.candidates.first().map(|candidate| candidate.address);
    let (ip, port) = known.map_or((DUMMY, DISCARD), |at| (at.ip(), at.port()));
    media.port = port;
    media.lines.retain(|line| line.letter() != 'c');
    let title = media.lines.iter().take_while(|line| line.letter() == 'i');
    let at = title.count();
    media.lines.insert(at, Line::Connection(Connection::to(ip)));
}

/// Whether feedback is wanted by a stream of this transport (RFC 5764 section 8). Older browsers
/// leave `UDP/TLS/` away, and say by their fingerprint what they mean (RFC 8829 section 5.1.2).
fn feedback_of(protocol: &str) -> Option<bool> {
    match protocol {
        "UDP/TLS/RTP/SAVP" | "RTP/SAVP" => Some(false),
        "UDP/TLS/RTP/SAVPF" | "RTP/SAVPF" => Some(true),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
