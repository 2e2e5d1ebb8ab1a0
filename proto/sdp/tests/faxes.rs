//! Streams of faxes: read as machines spell them, passed through, answered and brought in order.

#![allow(clippy::unwrap_used)]

use sdp::{
    Capabilities, Description, ErrorCorrection, FaxTerminal, MediaAddress, OriginId,
    RateManagement, Refusal, anchor, answer, fax_of, limit, line_up, match_answer, remote_of,
};

const ORIGIN: OriginId = OriginId {
    id: 4711,
    version: 2,
};

fn at() -> MediaAddress {
    MediaAddress {
        ip: "203.0.113.5".parse().unwrap(),
        port: 20_000,
        rtcp_port: 20_005,
    }
}

fn parse(media: &str) -> Description {
    let text = format!("v=0\no=- 1 9 IN IP4 10.0.0.1\ns=-\nc=IN IP4 10.0.0.1\nt=0 0\n{media}");
    Description::parse(text.as_bytes()).unwrap()
}

/// A fax as the standard spells it.
const FAX: &str = "m=image 4000 udptl t38\na=T38FaxVersion:3\na=T38MaxBitRate:33600\n\
    a=T38FaxFillBitRemoval\na=T38FaxRateManagement:transferredTCF\na=T38FaxMaxBuffer:1800\n\
    a=T38FaxMaxDatagram:512\na=T38FaxUdpEC:t38UDPFEC\na=T38VendorInfo:0 0 0\n";

const SOUND: &str = "m=audio 5004 RTP/AVP 8\n";

#[test]
fn a_fax_is_read() {
    let fax = fax_of(&parse(FAX)).unwrap();
    assert_eq!(fax.at, "10.0.0.1:4000".parse().unwrap());
    assert_eq!((fax.version, fax.max_bit_rate), (3, Some(33_600)));
    assert_eq!((fax.max_buffer, fax.max_datagram), (Some(1_800), Some(512)));
    assert_eq!(fax.rate_management, RateManagement::Transferred);
    assert_eq!(fax.error_correction, ErrorCorrection::Fec);
    assert!(fax.fill_bit_removal);
}

#[test]
fn a_fax_is_read_as_machines_spell_it() {
    let fax = fax_of(&parse(
        "a=T38FaxVersion:1\nm=image 4000 UDPTL T38\nc=IN IP4 10.0.0.2\na=T38FaxMaxBitRate:9600 \n\
         a=T38FaxFillBitRemoval:0\na=t38faxratemanagement:localTCF\na=T38MaxDatagram:176\n\
         a=T38UdpEC:T38UDPRedundancy\na=T38MaxBuffer:x\n",
    ))
    .unwrap();
    assert_eq!(fax.at, "10.0.0.2:4000".parse().unwrap());
    assert_eq!((fax.version, fax.max_bit_rate), (1, Some(9_600)));
    assert_eq!((fax.max_buffer, fax.max_datagram), (None, Some(176)));
    assert_eq!(fax.rate_management, RateManagement::Local);
    assert_eq!(fax.error_correction, ErrorCorrection::Redundancy);
    assert!(!fax.fill_bit_removal);
    let flag = |line: &str| {
        let media = format!("m=image 4000 udptl t38\na=T38FaxFillBitRemoval{line}\n");
        fax_of(&parse(&media)).unwrap().fill_bit_removal
    };
    assert!(flag("") && flag(":1"));
    let plain = fax_of(&parse("m=image 4 udptl t38\na=T38FaxUdpEC:t38UDPNoEC\n")).unwrap();
    assert_eq!(plain.error_correction, ErrorCorrection::Nothing);
    assert_eq!((plain.version, plain.max_datagram), (0, None));
}

#[test]
fn what_is_no_fax_is_not_taken_for_one() {
    for media in [
        "",
        SOUND,
        "m=image 0 udptl t38\n",
        "m=image 4000 TCPTL t38\n",
        "m=image 4000 UDP/TLS/UDPTL t38\n",
        "m=image 4000 udptl x\n",
        "m=video 4000 udptl t38\n",
        "m=image 4000 udptl t38\nc=IN IP4 fax.example\n",
    ] {
        assert_eq!(fax_of(&parse(media)), None, "{media}");
    }
    // beside sound, sound is what is served
    assert_eq!(fax_of(&parse(&format!("{SOUND}{FAX}"))), None);
    let closed = format!("m=audio 0 RTP/AVP 8\n{FAX}");
    assert_eq!(parse(&closed).fax(), Some(1));
    assert_eq!(remote_of(&parse(&closed)), None);
}

// rfc: 3264 §8.3
#[test]
fn a_fax_passes_with_our_address_and_port_and_all_else_as_it_was() {
    let styles = [
        FAX.to_owned(),
        format!("m=audio 0 RTP/AVP 8\n{FAX}"),
        format!("{FAX}m=audio 0 RTP/AVP 8\n"),
    ];
    for media in styles {
        let mut description = parse(&media);
        anchor(&mut description, &at(), None, &ORIGIN);
        let text = description.to_string().replace("\r\n", "\n");
        let passed = media.replace("m=image 4000", "m=image 20000");
        assert!(text.ends_with(&format!("t=0 0\n{passed}")), "{text}");
        assert!(text.contains("c=IN IP4 203.0.113.5\n"), "{text}");
        assert!(
            !text.contains("10.0.0.1") && !text.contains("rtcp"),
            "{text}"
        );
    }
}

#[test]
fn beside_sound_a_fax_is_refused() {
    let mut description = parse(&format!("{SOUND}{FAX}"));
    anchor(&mut description, &at(), None, &ORIGIN);
    let text = description.to_string();
    assert!(text.contains("m=audio 20000 RTP/AVP 8\r\n"), "{text}");
    assert!(text.contains("m=image 0 udptl t38\r\n"), "{text}");
}

#[test]
fn codecs_of_a_trunk_say_nothing_of_a_fax() {
    let mut description = parse(FAX);
    let before = description.clone();
    limit(&mut description, &["PCMA".to_owned()]).unwrap();
    assert_eq!(description, before);
}

#[test]
fn a_guest_of_ours_takes_no_fax() {
    let ours = Capabilities::guest(at(), ORIGIN);
    assert_eq!(answer(&parse(FAX), &ours), Err(Refusal::NoAudio));
}

// rfc: 3264 §6
#[test]
fn an_answer_to_a_fax_fits_whatever_letters_its_protocol_has() {
    let offer = parse(FAX);
    assert_eq!(
        match_answer(&offer, &parse("m=image 9 UDPTL T38\n")),
        Ok(())
    );
    let refused = match_answer(&offer, &parse("m=image 9 TCPTL t38\n"));
    assert!(refused.is_err());
}

fn lined_up(offered: &str, answered: &str) -> Vec<String> {
    let mut answer = parse(answered);
    line_up(&mut answer, &parse(offered));
    let lines = answer.media.iter();
    lines
        .map(|media| format!("{} {}", media.kind, media.port))
        .collect()
}

// rfc: 3264 §6
#[test]
fn an_answer_has_the_streams_of_its_offer_in_their_order() {
    let offer = format!("m=audio 0 RTP/AVP 8\n{FAX}");
    let in_order = ["audio 0", "image 9"];
    for answer in [
        "m=audio 0 RTP/AVP 8\nm=image 9 udptl t38\n",
        "m=image 9 udptl t38\n",
        "m=image 9 udptl t38\nm=audio 0 RTP/AVP 8\n",
        "m=audio 7 RTP/AVP 8\nm=image 9 udptl t38\nm=image 0 udptl t38\n",
    ] {
        let found = lined_up(&offer, answer);
        assert_eq!(found.len(), 2, "{answer}");
        assert_eq!(found[1], in_order[1], "{answer}");
        assert!(
            found[0] == in_order[0] || answer.starts_with("m=audio 7"),
            "{answer}"
        );
    }
    // one that has what was not offered loses it, and one that has nothing refuses all
    assert_eq!(
        lined_up(FAX, "m=audio 0 RTP/AVP 8\nm=image 9 udptl t38\n"),
        ["image 9"]
    );
    assert_eq!(lined_up(FAX, "m=audio 7 RTP/AVP 8\n"), ["image 0"]);
    assert_eq!(lined_up(FAX, ""), ["image 0"]);
    let both = format!("{SOUND}{FAX}");
    assert_eq!(
        lined_up(&both, "m=image 9 udptl t38\n"),
        ["audio 0", "image 9"]
    );
}

fn terminal() -> FaxTerminal {
    FaxTerminal {
        at: at(),
        origin: ORIGIN,
        max_datagram: 1_024,
    }
}

#[test]
fn a_terminal_of_ours_offers_a_fax_that_others_can_read() {
    let offer = terminal().offer();
    let read = Description::parse(offer.to_string().as_bytes()).unwrap();
    assert_eq!(read.media.len(), 1);
    let fax = fax_of(&read).unwrap();
    assert_eq!(fax.at, "203.0.113.5:20000".parse().unwrap());
    assert_eq!((fax.version, fax.max_bit_rate), (0, Some(14_400)));
    assert_eq!(fax.max_datagram, Some(1_024));
    assert_eq!(fax.rate_management, RateManagement::Transferred);
    assert_eq!(fax.error_correction, ErrorCorrection::Redundancy);
    assert!(!fax.fill_bit_removal);
}

#[test]
fn a_terminal_of_ours_answers_a_fax_and_refuses_what_is_beside_it() {
    let offers = [
        FAX.to_owned(),
        format!("m=audio 0 RTP/AVP 8\n{FAX}"),
        format!("{FAX}m=video 9 RTP/AVP 99\n"),
        FAX.replace("udptl t38", "UDPTL T38"),
    ];
    for offer in offers {
        let offer = parse(&offer);
        let answer = terminal().answer(&offer).unwrap();
        let answer = Description::parse(answer.to_string().as_bytes()).unwrap();
        assert_eq!(match_answer(&offer, &answer), Ok(()));
        assert_eq!(answer.fax(), offer.fax());
        let live = answer.media.iter().filter(|media| media.port != 0);
        assert_eq!(live.count(), 1);
        let fax = fax_of(&answer).unwrap();
        assert_eq!((fax.version, fax.max_bit_rate), (0, Some(14_400)));
        assert_eq!(fax.error_correction, ErrorCorrection::Redundancy);
    }
    let slow = terminal().answer(&parse(&FAX.replace("33600", "9600")));
    assert_eq!(fax_of(&slow.unwrap()).unwrap().max_bit_rate, Some(9_600));
}

#[test]
fn a_terminal_of_ours_refuses_what_it_cannot_take() {
    for (offer, refusal) in [
        (SOUND.to_owned(), Refusal::NoAudio),
        (format!("{SOUND}{FAX}"), Refusal::NoAudio),
        (format!("{FAX}c=IN IP4 fax.example\n"), Refusal::Address),
        (FAX.replace("transferredTCF", "localTCF"), Refusal::Codec),
    ] {
        assert_eq!(terminal().answer(&parse(&offer)), Err(refusal), "{offer}");
    }
}
