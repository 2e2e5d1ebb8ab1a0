//! Video beside sound.

#![allow(clippy::unwrap_used)]

use sdp::{
    Description, Direction, Kind, MediaAddress, OriginId, anchor, close_video, keep_places,
    limit_video, line_up, part_numbers, put_on, put_on_dtls, take_off, take_off_dtls, video_of,
};

const ORIGIN: OriginId = OriginId { id: 7, version: 1 };

fn at(port: u16) -> MediaAddress {
    MediaAddress {
        ip: "203.0.113.5".parse().unwrap(),
        port,
        rtcp_port: port + 1,
    }
}

fn parse(lines: &str) -> Description {
    let text = format!("v=0\no=- 1 1 IN IP4 10.0.0.1\ns=-\nc=IN IP4 10.0.0.1\nt=0 0\n{lines}");
    Description::parse(text.as_bytes()).unwrap()
}

/// Kind, port and protocol of each stream.
fn streams(description: &Description) -> Vec<String> {
    let streams = description.media.iter();
    streams
        .map(|media| format!("{} {} {}", media.kind, media.port, media.protocol))
        .collect()
}

/// The lines of the stream of this place.
fn lines(description: &Description, index: usize) -> Vec<String> {
    let text = description.media[index].to_string();
    text.lines().map(str::to_owned).collect()
}

const PHONE: &str = "m=audio 4000 RTP/AVP 0\nm=video 4002 RTP/AVP 96 97 98 99 34\n\
    b=TIAS:1000000\na=rtpmap:96 VP8/90000\na=rtpmap:97 rtx/90000\na=fmtp:97 apt=96\n\
    a=rtpmap:98 H264/90000\na=fmtp:98 profile-level-id=42e01f;packetization-mode=1\n\
    a=rtpmap:99 ulpfec/90000\na=rtcp-fb:* nack\na=rtcp-fb:* nack pli\na=rtcp-fb:96 ccm fir\n\
    a=rtcp-fb:96 transport-cc\na=rtcp-fb:97 nack\na=rtcp-fb:98 goog-remb\n\
    a=rtcp-fb:98 ccm tmmbr\na=extmap:3 urn:ietf:params:rtp-hdrext:sdes:mid\na=rid:hi send\n\
    a=simulcast:send hi\na=content:slides\na=sendonly\n";

#[test]
fn of_video_passes_what_can_be_relayed_truly() {
    let mut offer = parse(PHONE);
    limit_video(&mut offer);
    let expected = [
        "m=video 4002 RTP/AVP 96 98",
        "b=TIAS:1000000",
        "a=rtpmap:96 VP8/90000",
        "a=rtpmap:98 H264/90000",
        "a=fmtp:98 profile-level-id=42e01f;packetization-mode=1",
        "a=rtcp-fb:* nack",
        "a=rtcp-fb:* nack pli",
        "a=rtcp-fb:96 ccm fir",
        "a=rtcp-fb:98 goog-remb",
        "a=content:slides",
        "a=sendonly",
    ];
    assert_eq!(lines(&offer, 1), expected);
    let told = video_of(&offer).unwrap();
    assert_eq!(told.rtp, "10.0.0.1:4002".parse().unwrap());
    assert_eq!(told.direction, Direction::SendOnly);
}

#[test]
fn one_stream_of_video_is_left_and_none_without_a_codec_that_passes() {
    let mut offer = parse(
        "m=audio 2 RTP/AVP 0\nm=video 4 RTP/AVP 34\nm=video 6 RTP/AVP 96\na=rtpmap:96 VP9/90000\n\
         m=video 8 RTP/AVP 96\na=rtpmap:96 AV1/90000\n",
    );
    limit_video(&mut offer);
    let ports: Vec<u16> = offer.media.iter().map(|media| media.port).collect();
    assert_eq!(ports, [2, 0, 6, 0]);
    close_video(&mut offer);
    assert_eq!(video_of(&offer), None);
}

#[test]
fn video_is_anchored_at_a_place_of_its_own_or_closed() {
    let offer = parse(
        "m=audio 4000 RTP/AVP 0\nm=video 4002 RTP/AVPF 96\nc=IN IP4 10.0.0.2\n\
         a=rtpmap:96 VP8/90000\na=rtcp:4003 IN IP4 10.0.0.2\na=ssrc:1 cname:x\n",
    );
    let mut anchored = offer.clone();
    anchor(&mut anchored, &at(20_000), Some(&at(20_010)), &ORIGIN);
    let expected = [
        "m=video 20010 RTP/AVPF 96",
        "c=IN IP4 203.0.113.5",
        "a=rtpmap:96 VP8/90000",
        "a=rtcp:20011",
    ];
    assert_eq!(lines(&anchored, 1), expected);
    let mut silent = offer;
    anchor(&mut silent, &at(20_000), None, &ORIGIN);
    assert_eq!(
        streams(&silent),
        ["audio 20000 RTP/AVP", "video 0 RTP/AVPF"]
    );
}

#[test]
fn the_old_hold_of_video_becomes_the_new_one() {
    let mut held = parse("m=audio 2 RTP/AVP 0\nm=video 4 RTP/AVP 96\nc=IN IP4 0.0.0.0\n");
    anchor(&mut held, &at(20_000), Some(&at(20_010)), &ORIGIN);
    assert_eq!(held.direction_of(0), Direction::SendRecv);
    assert_eq!(held.direction_of(1), Direction::SendOnly);
}

#[test]
fn keys_of_video_are_apart_from_those_of_sound() {
    const KEY: &str = "inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj";
    let mut offer = parse(&format!(
        "m=audio 2 RTP/SAVP 0\na=crypto:1 AES_CM_128_HMAC_SHA1_80 {KEY}\n\
         m=video 4 RTP/SAVPF 96\na=crypto:2 AES_CM_128_HMAC_SHA1_80 {KEY}\n"
    ));
    let all = |_: &sdp::Crypto| true;
    let sound = take_off(&mut offer, Kind::Audio, all).unwrap();
    assert_eq!(streams(&offer), ["audio 2 RTP/AVP", "video 4 RTP/SAVPF"]);
    let video = take_off(&mut offer, Kind::Video, all).unwrap();
    assert_eq!(streams(&offer), ["audio 2 RTP/AVP", "video 4 RTP/AVPF"]);
    assert_eq!((sound.lines[0].tag, video.lines[0].tag), (1, 2));
    put_on(&mut offer, Kind::Video, &video);
    assert_eq!(streams(&offer), ["audio 2 RTP/AVP", "video 4 RTP/SAVPF"]);
}

/// What a browser offers, its streams in a bundle of these names.
fn browser(group: &str, video: &str) -> Description {
    let transport = "a=rtcp-mux\na=ice-ufrag:abcd\na=ice-pwd:abcdefghijklmnopqrstuv\n\
        a=fingerprint:sha-256 00:01:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:0F:10:11:12:13:14:15:16:\
        17:18:19:1A:1B:1C:1D:1E:1F\na=setup:actpass\n";
    parse(&format!(
        "a=group:BUNDLE {group}\nm=audio 9 UDP/TLS/RTP/SAVPF 111\na=mid:0\n{transport}\
         a=rtpmap:111 opus/48000/2\nm=video {video}\na=mid:1\n{transport}\
         a=rtpmap:96 VP8/90000\na=rtcp-fb:96 nack pli\na=extmap:1 urn:x\n"
    ))
}

// rfc: 8843 §7.3
#[test]
fn video_goes_by_the_transport_of_the_sound_whose_bundle_it_is_in() {
    for video in [
        "9 UDP/TLS/RTP/SAVPF 96",
        "0 UDP/TLS/RTP/SAVPF 96\na=bundle-only",
    ] {
        let mut offer = browser("0 1", video);
        let transport = take_off_dtls(&mut offer).unwrap();
        assert_eq!(transport.video.as_ref().unwrap().mid, "1");
        assert_eq!(streams(&offer), ["audio 9 RTP/AVP", "video 9 RTP/AVP"]);
        let said = lines(&offer, 1).join("\n");
        assert!(said.contains("a=rtcp-fb:96 nack pli"), "{said}");
        assert!(!said.contains("ice-") && !said.contains("extmap"), "{said}");
        put_on_dtls(&mut offer, &transport);
        let text = offer.to_string();
        assert!(text.contains("a=group:BUNDLE 0 1\r\n"), "{text}");
        let said = lines(&offer, 1).join("\n");
        assert!(said.starts_with("m=video 9 UDP/TLS/RTP/SAVPF 96"), "{said}");
        assert!(said.contains("a=mid:1"), "{said}");
    }
}

#[test]
fn video_outside_the_bundle_or_before_the_sound_in_it_is_closed() {
    for group in ["0", "1 0"] {
        let mut offer = browser(group, "9 UDP/TLS/RTP/SAVPF 96");
        let transport = take_off_dtls(&mut offer).unwrap();
        assert_eq!(transport.video, None);
        assert_eq!(offer.media[1].port, 0);
    }
}

// rfc: 8843 §7.2
#[test]
fn video_that_is_new_to_a_bundle_is_offered_without_a_port() {
    let mut offer = browser("0 1", "9 UDP/TLS/RTP/SAVPF 96");
    let mut transport = take_off_dtls(&mut offer).unwrap();
    transport.video.as_mut().unwrap().new = true;
    put_on_dtls(&mut offer, &transport);
    let said = lines(&offer, 1).join("\n");
    assert!(said.starts_with("m=video 0 UDP/TLS/RTP/SAVPF 96"), "{said}");
    assert!(said.contains("a=bundle-only"), "{said}");
}

#[test]
fn video_that_its_answer_refuses_keeps_the_name_and_protocol_of_the_offer() {
    let offer = browser("0 1", "9 UDP/TLS/RTP/SAVPF 96");
    let mut answer = parse("m=audio 4000 RTP/AVP 0\n");
    line_up(&mut answer, &offer);
    let expected = ["m=video 0 UDP/TLS/RTP/SAVPF 96", "a=mid:1"];
    assert_eq!(lines(&answer, 1), expected);
    let mut taken = parse("m=audio 4000 RTP/AVP 0\nm=video 4002 RTP/AVP 96\n");
    let early = parse("m=audio 2 RTP/AVP 0\nm=video 4 RTP/AVPF 96\n");
    line_up(&mut taken, &early);
    assert_eq!(streams(&taken)[1], "video 4002 RTP/AVPF");
}

// rfc: 8843 §9.2
#[test]
fn numbers_that_sound_has_are_exchanged_for_free_ones() {
    let mut offer = parse(
        "m=audio 2 RTP/AVP 96 101\na=rtpmap:96 opus/48000/2\na=rtpmap:101 telephone-event/8000\n\
         m=video 4 RTP/AVP 96 97\na=rtpmap:96 VP8/90000\na=fmtp:96 max-fs=3600\n\
         a=rtpmap:97 H264/90000\na=rtcp-fb:96 nack\na=rtcp-fb:* nack pli\n",
    );
    part_numbers(&mut offer);
    let expected = [
        "m=video 4 RTP/AVP 98 97",
        "a=rtpmap:98 VP8/90000",
        "a=fmtp:98 max-fs=3600",
        "a=rtpmap:97 H264/90000",
        "a=rtcp-fb:98 nack",
        "a=rtcp-fb:* nack pli",
    ];
    assert_eq!(lines(&offer, 1), expected);
    assert_eq!(lines(&offer, 0)[0], "m=audio 2 RTP/AVP 96 101");
}

// rfc: 3264 §8
#[test]
fn streams_keep_their_places_in_a_dialog() {
    let before = parse("m=video 4 RTP/AVP 96\nm=audio 2 RTP/AVP 0\n");
    let mut offer = parse("m=audio 6 RTP/AVP 0\n");
    keep_places(&mut offer, &before);
    assert_eq!(streams(&offer), ["video 0 RTP/AVP", "audio 6 RTP/AVP"]);
    let mut more = parse("m=audio 6 RTP/AVP 0\nm=video 8 RTP/AVP 96\n");
    keep_places(&mut more, &parse("m=audio 2 RTP/AVP 0\n"));
    assert_eq!(streams(&more), ["audio 6 RTP/AVP", "video 8 RTP/AVP"]);
}

// rfc: 3264 §8.3.3
#[test]
fn a_fax_takes_the_place_of_sound_and_gives_it_back() {
    let talk = parse("m=audio 2 RTP/AVP 0\nm=video 4 RTP/AVP 96\n");
    let mut fax = parse("m=image 6 udptl t38\n");
    keep_places(&mut fax, &talk);
    assert_eq!(streams(&fax), ["image 6 udptl", "video 0 RTP/AVP"]);
    let mut back = parse("m=audio 8 RTP/AVP 0\n");
    keep_places(&mut back, &fax);
    assert_eq!(streams(&back), ["audio 8 RTP/AVP", "video 0 RTP/AVP"]);
}
