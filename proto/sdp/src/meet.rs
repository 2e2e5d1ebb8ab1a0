//! Two offers that meet: each party has offered, and neither has answered, as when a telephone
//! picks up a call that rings elsewhere.

use crate::{Capabilities, Description, MediaAddress, OriginId, Refusal, answer};

/// The answers that let two parties talk who have both made an offer: one to the first, one to the
/// second, with the same speech codec, the first one's favourite among those both have. Addresses
/// in them are those of the other party, to be [anchored](crate::anchor).
///
/// # Errors
/// Why no stream of the two fits together.
pub fn meet(one: &Description, other: &Description) -> Result<(Description, Description), Refusal> {
    let to_one = answer(one, &capabilities(other)?)?;
    let mut agreed = capabilities(other)?;
    let spoken = to_one.media.iter().find(|media| media.is_live_audio());
    agreed.codecs = spoken.ok_or(Refusal::NoAudio)?.codecs();
    let own = capabilities(one)?;
    agreed.at = own.at;
    agreed.direction = own.direction;
    Ok((to_one, answer(other, &agreed)?))
}

/// What a party that has made this offer can do.
fn capabilities(offer: &Description) -> Result<Capabilities, Refusal> {
    let mut streams = offer.media.iter().enumerate();
    let found = streams.find(|(_, media)| media.is_served_audio());
    let (index, media) = found.ok_or(Refusal::NoAudio)?;
    let ip = offer
        .connection_of(index)
        .and_then(|connection| connection.address.ip())
        .ok_or(Refusal::Address)?;
    let at = MediaAddress {
        ip,
        port: media.port,
        rtcp_port: media.port.saturating_add(1),
    };
    let origin = OriginId { id: 0, version: 0 };
    Ok(Capabilities {
        codecs: media.codecs(),
        direction: offer.direction_of(index),
        mux: media.rtcp_mux(),
        ..Capabilities::guest(at, origin)
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn offer(formats: &str, maps: &str) -> Description {
        let text = format!(
            "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n\
             m=audio 4000 RTP/AVP {formats}\r\n{maps}"
        );
        Description::parse(text.as_bytes()).unwrap()
    }

    fn formats(description: &Description) -> String {
        description.media[0].formats.join(" ")
    }

    #[test]
    fn both_speak_what_the_first_likes_best_each_by_its_own_numbers() {
        let one = offer(
            "96 8 0 101",
            "a=rtpmap:96 opus/48000/2\r\na=rtpmap:101 telephone-event/8000\r\n",
        );
        let other = offer("0 8 100", "a=rtpmap:100 telephone-event/8000\r\n");
        let (to_one, to_other) = meet(&one, &other).unwrap();
        assert_eq!(formats(&to_one), "8 101");
        assert_eq!(formats(&to_other), "8 100");
    }

    #[test]
    fn parties_without_a_common_codec_do_not_meet() {
        let (one, other) = (offer("0", ""), offer("9", ""));
        assert_eq!(meet(&one, &other), Err(Refusal::Codec));
    }
}
