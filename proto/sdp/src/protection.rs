//! Taking the protection of a stream off a description, and putting one on: between the two sides
//! of this node sound and video are described as if nobody protected them, since each side has keys
//! of its own.

use crate::{Attribute, Crypto, Description, Kind, Media};

/// Most lines of keys that are read of a stream.
const MAX_LINES: usize = 16;

/// How a stream is protected, as its description says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Protection {
    /// It is sent protected or not at all (`RTP/SAVP`); otherwise it may be protected, as some
    /// offer it with keys beside `RTP/AVP`.
    pub demanded: bool,
    /// The keys to choose from, most wanted first; in an answer the one that was chosen.
    pub lines: Vec<Crypto>,
}

/// Takes off the protection of the first live stream of a kind that has a line for which `usable`
/// is true: it is described as plain, every other stream of the kind is closed, and the lines that
/// are usable are handed out. Nothing where no stream has one; then the description stays as it
/// was.
#[must_use]
pub fn take_off(
    description: &mut Description,
    kind: Kind,
    usable: impl Fn(&Crypto) -> bool,
) -> Option<Protection> {
    let lines_of = |media: &Media| -> Vec<Crypto> {
        let crypto = |attribute: &&Attribute| attribute.name == "crypto";
        let read = |attribute: &Attribute| Crypto::parse(attribute.value.as_deref()?);
        let all = media.attributes().filter(crypto).filter_map(read);
        all.filter(|line| usable(line)).take(MAX_LINES).collect()
    };
    let found = description
        .media
        .iter()
        .enumerate()
        .find_map(|(at, media)| {
            let plain = plain_form(&media.protocol)?;
            let lines = lines_of(media);
            (media.is_live(kind) && !lines.is_empty()).then_some((at, plain, lines))
        });
    let (chosen, plain, lines) = found?;
    let mut demanded = false;
    for (at, media) in description.media.iter_mut().enumerate() {
        if at == chosen {
            demanded = media.protocol != plain;
            plain.clone_into(&mut media.protocol);
            media.retain_attributes(|attribute| attribute.name != "crypto");
        } else if media.kind == kind.name() {
            media.port = 0;
        }
    }
    Some(Protection { demanded, lines })
}

/// Puts protection on the first live stream of a kind, of a served protocol.
pub fn put_on(description: &mut Description, kind: Kind, protection: &Protection) {
    let mut streams = description.media.iter_mut();
    let Some(media) = streams.find(|media| media.is_served_as(kind)) else {
        return;
    };
    if protection.demanded {
        media.protocol = media.protocol.replace("RTP/AVP", "RTP/SAVP");
    }
    for line in &protection.lines {
        media.push_attribute(Attribute::with("crypto", line.to_string()));
    }
}

/// The protocol of a stream without its protection (RFC 3711, RFC 5124).
fn plain_form(protocol: &str) -> Option<&'static str> {
    match protocol {
        "RTP/AVP" | "RTP/SAVP" => Some("RTP/AVP"),
        "RTP/AVPF" | "RTP/SAVPF" => Some("RTP/AVPF"),
        _ => None,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const KEY: &str = "inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj";

    fn description(media: &str) -> Description {
        let text = format!(
            "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n{media}"
        );
        Description::parse(text.as_bytes()).unwrap()
    }

    fn known(line: &Crypto) -> bool {
        line.suite == "AES_CM_128_HMAC_SHA1_80"
    }

    fn streams(description: &Description) -> Vec<(u16, &str)> {
        let streams = description.media.iter();
        streams
            .map(|media| (media.port, &*media.protocol))
            .collect()
    }

    // rfc: 4568 §5.1.1
    #[test]
    fn a_protected_stream_is_plain_inside_and_its_usable_keys_are_handed_out() {
        let mut offer = description(&format!(
            "m=audio 4000 RTP/SAVP 0\r\n\
             a=crypto:1 F8_128_HMAC_SHA1_80 {KEY}\r\n\
             a=crypto:2 AES_CM_128_HMAC_SHA1_80 {KEY}\r\na=ptime:20\r\n"
        ));
        let protection = take_off(&mut offer, Kind::Audio, known).unwrap();
        assert!(protection.demanded);
        assert_eq!(protection.lines.len(), 1);
        assert_eq!(protection.lines[0].tag, 2);
        assert_eq!(streams(&offer), [(4000, "RTP/AVP")]);
        assert!(!offer.to_string().contains("crypto"));
    }

    #[test]
    fn keys_beside_a_plain_stream_say_that_it_may_be_protected() {
        let mut offer = description(&format!(
            "m=audio 4000 RTP/AVPF 0\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 {KEY}\r\n"
        ));
        let protection = take_off(&mut offer, Kind::Audio, known).unwrap();
        assert!(!protection.demanded);
        put_on(&mut offer, Kind::Audio, &protection);
        assert_eq!(streams(&offer), [(4000, "RTP/AVPF")]);
        assert!(offer.to_string().contains(KEY));
    }

    #[test]
    fn of_two_streams_the_protected_one_is_taken_and_the_other_closed() {
        let mut offer = description(&format!(
            "m=audio 4000 RTP/AVP 0\r\nm=video 4002 RTP/AVP 31\r\nm=audio 4004 RTP/SAVPF 0\r\n\
             a=crypto:1 AES_CM_128_HMAC_SHA1_80 {KEY}\r\n"
        ));
        let protection = take_off(&mut offer, Kind::Audio, known).unwrap();
        let bare = [(0, "RTP/AVP"), (4002, "RTP/AVP"), (4004, "RTP/AVPF")];
        assert_eq!(streams(&offer), bare);
        put_on(&mut offer, Kind::Audio, &protection);
        let dressed = [(0, "RTP/AVP"), (4002, "RTP/AVP"), (4004, "RTP/SAVPF")];
        assert_eq!(streams(&offer), dressed);
    }

    #[test]
    fn without_a_usable_key_the_description_stays_as_it_was() {
        for media in [
            "m=audio 4000 RTP/SAVP 0\r\na=crypto:1 F8_128_HMAC_SHA1_80 inline:AA\r\n",
            "m=audio 4000 RTP/AVP 0\r\n",
            "m=audio 0 RTP/SAVP 0\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:AA\r\n",
            "m=audio 4000 UDP/TLS/RTP/SAVP 0\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:AA\r\n",
        ] {
            let mut offer = description(media);
            assert_eq!(take_off(&mut offer, Kind::Audio, known), None, "{media}");
            assert_eq!(offer, description(media));
        }
    }
}
