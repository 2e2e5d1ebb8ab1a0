//! Which codecs may pass, and in which order they are wanted: a description is cut down to those
//! of a list.

use crate::{Codec, Description, Media, Refusal};

/// Leaves the speech codecs of a list in each stream of sound, in the order of the list, and key
/// presses, which every party may send; comfort noise stays where its clock is that of a codec
/// which stays. All else that a payload number stands for is taken away. Names are those of
/// `a=rtpmap`, and case does not count. An empty list says nothing.
///
/// # Errors
/// Nothing of any stream of sound would be left; the description is as it was.
pub fn limit(description: &mut Description, names: &[String]) -> Result<(), Refusal> {
    if names.is_empty() {
        return Ok(());
    }
    let mut limited = description.clone();
    let (mut live, mut left) = (false, false);
    for media in limited
        .media
        .iter_mut()
        .filter(|media| media.is_live_audio())
    {
        live = true;
        let kept = kept(&media.codecs(), names);
        if kept.is_empty() {
            media.port = 0;
            continue;
        }
        left = true;
        keep(media, &kept);
    }
    if live && !left {
        return Err(Refusal::Codec);
    }
    *description = limited;
    Ok(())
}

/// The codecs that stay, in their order; none where no speech is left.
fn kept(codecs: &[Codec], names: &[String]) -> Vec<Codec> {
    let named = |name: &String| {
        let speech = codecs.iter().filter(|codec| codec.is_speech());
        speech
            .filter(|codec| codec.is(name))
            .cloned()
            .collect::<Vec<_>>()
    };
    let speech: Vec<Codec> = names.iter().flat_map(named).collect();
    if speech.is_empty() {
        return speech;
    }
    let beside = |codec: &&Codec| {
        let in_time = speech.iter().any(|kept| kept.clock == codec.clock);
        codec.is("telephone-event") || (codec.is("CN") && in_time)
    };
    let beside: Vec<Codec> = codecs.iter().filter(beside).cloned().collect();
    [speech, beside].concat()
}

/// Leaves these codecs of a stream, in their order.
pub(crate) fn keep(media: &mut Media, kept: &[Codec]) {
    let stays = |payload: &str| {
        let number = payload.parse::<u8>().ok();
        number.is_none_or(|number| kept.iter().any(|codec| codec.payload == number))
    };
    media.formats = kept.iter().map(|codec| codec.payload.to_string()).collect();
    media.retain_attributes(|attribute| {
        let of_codec = ["rtpmap", "fmtp", "rtcp-fb"].contains(&&*attribute.name);
        let value = attribute.value.as_deref().unwrap_or_default();
        let payload = value.split_ascii_whitespace().next().unwrap_or_default();
        !of_codec || stays(payload)
    });
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn offer(media: &str) -> Description {
        let text = format!(
            "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n{media}"
        );
        Description::parse(text.as_bytes()).unwrap()
    }

    fn names(list: &[&str]) -> Vec<String> {
        list.iter().map(|name| (*name).to_owned()).collect()
    }

    const OF_A_PHONE: &str = "m=audio 4000 RTP/AVP 96 9 0 8 13 101 100\r\n\
                              a=rtpmap:96 opus/48000/2\r\na=fmtp:96 useinbandfec=1\r\n\
                              a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\n\
                              a=rtpmap:100 telephone-event/48000\r\na=ptime:20\r\n";

    #[test]
    fn what_is_listed_stays_in_the_order_of_the_list_and_key_presses_with_it() {
        let mut phone = offer(OF_A_PHONE);
        limit(&mut phone, &names(&["pcma", "PCMU", "G729"])).unwrap();
        assert_eq!(phone.media[0].formats, ["8", "0", "13", "101", "100"]);
        let text = phone.to_string();
        assert!(
            !text.contains("opus") && !text.contains("useinbandfec"),
            "{text}"
        );
        assert!(
            text.contains("a=fmtp:101 0-16") && text.contains("a=ptime:20"),
            "{text}"
        );
    }

    #[test]
    fn an_empty_list_says_nothing() {
        let mut phone = offer(OF_A_PHONE);
        limit(&mut phone, &[]).unwrap();
        assert_eq!(phone, offer(OF_A_PHONE));
    }

    #[test]
    fn where_nothing_is_left_the_description_is_as_it_was_and_refused() {
        let mut phone = offer(OF_A_PHONE);
        let refused = limit(&mut phone, &names(&["G729", "telephone-event"]));
        assert_eq!(refused, Err(Refusal::Codec));
        assert_eq!(phone, offer(OF_A_PHONE));
    }

    #[test]
    fn one_stream_without_a_codec_of_the_list_is_closed_beside_one_that_has_some() {
        let two =
            "m=audio 4000 RTP/AVP 9\r\nm=audio 4002 RTP/AVP 0 9\r\nm=video 4004 RTP/AVP 31\r\n";
        let mut both = offer(two);
        limit(&mut both, &names(&["PCMU"])).unwrap();
        let ports: Vec<u16> = both.media.iter().map(|media| media.port).collect();
        assert_eq!(ports, [0, 4002, 4004]);
        assert_eq!(both.media[1].formats, ["0"]);
    }

    #[test]
    fn a_stream_that_is_closed_already_is_nobodys_refusal() {
        let mut closed = offer("m=audio 0 RTP/AVP 9\r\n");
        assert_eq!(limit(&mut closed, &names(&["PCMU"])), Ok(()));
    }
}
