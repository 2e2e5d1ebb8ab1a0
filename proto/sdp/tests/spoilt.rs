//! Descriptions that are nearly right: refused or understood, never a panic, never out of bounds.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use machine::harness::Spoiler;
use sdp::{
    Capabilities, Description, MAX_BYTES, MAX_FORMATS, MAX_LINE_BYTES, MAX_LINES, MAX_MEDIA,
    MediaAddress, OriginId, anchor, answer, fax_of, line_up, match_answer, offer, remote_of,
};

const SAMPLES: [&[u8]; 5] = [
    b"v=0\r\no=anna 2890844526 2890842807 IN IP4 192.0.2.7\r\ns=-\r\nc=IN IP4 192.0.2.7\r\n\
      t=0 0\r\nm=audio 49170 RTP/AVP 0 8 9 101\r\na=rtpmap:0 PCMU/8000\r\n\
      a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\na=ptime:20\r\na=sendrecv\r\n",
    b"v=0\r\no=- 1 1 IN IP6 2001:db8::1\r\ns= \r\nc=IN IP6 2001:db8::1\r\nb=AS:64\r\nt=0 0\r\n\
      m=audio 9 UDP/TLS/RTP/SAVPF 111 0\r\na=rtpmap:111 opus/48000/2\r\n\
      a=fmtp:111 minptime=10;useinbandfec=1\r\na=rtcp:9 IN IP6 2001:db8::2\r\na=rtcp-mux\r\n\
      a=candidate:1 1 UDP 2130706431 2001:db8::1 5000 typ host\r\na=setup:actpass\r\n\
      a=fingerprint:sha-256 AB:CD\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 VP8/90000\r\n",
    b"v=0\no=x 18446744073709551615 0 IN IP4 0.0.0.0\ns=hold\nt=0 0\n\
      m=audio 5004 RTP/AVPF 18\nc=IN IP4 0.0.0.0\na=inactive\nm=image 5006 udptl t38\n",
    b"v=0\r\no=- 5 6 IN IP4 host.example\r\ns=-\r\nt=0 0\r\nr=7d 1h 0 25h\r\nz=0 0\r\n\
      k=clear:x\r\na=group:BUNDLE 0\r\nm=audio 6000/2 RTP/AVP 3\r\ni=sound\r\n\
      c=IN IP4 224.2.1.1/127/3\r\na=maxptime:40\r\na=sendonly\r\n",
    b"v=0\r\no=- 5 7 IN IP4 192.0.2.7\r\ns=-\r\nc=IN IP4 192.0.2.7\r\nt=0 0\r\n\
      m=audio 0 RTP/AVP 8\r\nm=image 5006 udptl t38\r\na=T38FaxVersion:3\r\n\
      a=T38MaxBitRate:33600\r\na=T38FaxFillBitRemoval:0\r\na=T38FaxMaxDatagram:400\r\n\
      a=T38FaxRateManagement:transferredTCF\r\na=T38FaxUdpEC:t38UDPRedundancy\r\n",
];

fn capabilities() -> Capabilities {
    let at = MediaAddress {
        ip: "198.51.100.1".parse().unwrap(),
        port: 40_000,
        rtcp_port: 40_001,
    };
    Capabilities::guest(at, OriginId { id: 7, version: 1 })
}

/// Does with a description all that is done with one in a call.
fn use_it(description: &Description) {
    assert!(description.media.len() <= MAX_MEDIA);
    let formats = description.media.iter().map(|media| media.formats.len());
    assert!(formats.max().unwrap_or(0) <= MAX_FORMATS);
    let ours = capabilities();
    for index in 0..=description.media.len() {
        let codecs = description.codecs(index);
        assert!(codecs.iter().all(|codec| codec.payload < 128));
        let _direction = description.direction_of(index);
        let _connection = description.connection_of(index);
    }
    if let Some(remote) = remote_of(description) {
        assert!(
            remote
                .speech()
                .is_none_or(|codec| remote.codecs.contains(codec))
        );
    }
    if let Ok(answered) = answer(description, &ours) {
        assert_eq!(
            match_answer(description, &answered),
            Ok(()),
            "{description}"
        );
    }
    if let Some(fax) = fax_of(description) {
        assert_eq!(remote_of(description), None, "{fax:?}");
    }
    let mut lined_up = offer(&ours);
    line_up(&mut lined_up, description);
    assert_eq!(lined_up.media.len(), description.media.len());
    let _mismatch = match_answer(&offer(&ours), description);
    let mut anchored = description.clone();
    anchor(&mut anchored, &ours.at, None, &ours.origin);
    assert_eq!(anchored.media.len(), description.media.len());
}

/// What was understood is printed so that it is understood the same way again.
fn says_the_same_again(description: &Description) {
    let text = description.to_string();
    let lines = text.lines();
    assert!(lines.clone().count() <= MAX_LINES + 1);
    let longest = lines.max_by_key(|line| line.len()).unwrap_or_default();
    assert!(
        longest.len() <= MAX_LINE_BYTES,
        "{} {longest:?}",
        longest.len()
    );
    // line ends in full, and lines that were missing (s=, t=), may pass the bound
    if text.len() <= MAX_BYTES {
        assert_eq!(
            Description::parse(text.as_bytes()).as_ref(),
            Ok(description)
        );
    }
}

#[test]
fn a_spoilt_description_is_refused_or_understood_and_printed_the_same() {
    let mut spoiler = Spoiler::new(0x5d9);
    let mut understood = 0;
    for _ in 0..20_000 {
        let input = spoiler.spoil(&SAMPLES);
        if let Ok(description) = Description::parse(&input) {
            understood += 1;
            use_it(&description);
            says_the_same_again(&description);
        }
    }
    assert!(
        (1_000..19_000).contains(&understood),
        "{understood} of 20000"
    );
}

#[test]
fn noise_is_no_description() {
    let mut spoiler = Spoiler::new(0x5da);
    for _ in 0..20_000 {
        let noise = spoiler.noise(300);
        assert!(Description::parse(&noise).is_err());
    }
}

#[test]
fn a_description_at_the_bound_of_its_length_is_judged_quickly_whatever_it_repeats() {
    let head = "v=0\r\no=- 1 1 IN IP4 192.0.2.7\r\ns=-\r\nt=0 0\r\n";
    let lines = [
        "a=\r\n",
        "\r\n",
        "m=audio 1 RTP/AVP 0\r\n",
        "a=rtpmap:0 PCMU/8000\r\n",
        "\n",
    ];
    for line in lines {
        let most = (MAX_BYTES - head.len()) / line.len();
        let text = format!("{head}{}", line.repeat(most));
        if let Ok(description) = Description::parse(text.as_bytes()) {
            use_it(&description);
        }
    }
}
