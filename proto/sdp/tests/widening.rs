//! Offers that name more than their writer can do, and what becomes of the answers to them.

#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use sdp::{Codec, Description, Refusal, match_answer, remote_of, settle, widen};

/// What is made by whoever stands in the middle.
fn made() -> Vec<Codec> {
    vec![Codec::pcmu(), Codec::pcma(), Codec::g722(), Codec::opus(96)]
}

/// What is offered behind what a party speaks.
fn behind() -> Vec<Codec> {
    vec![Codec::pcmu(), Codec::pcma()]
}

fn described(media: &str) -> Description {
    let text =
        format!("v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n{media}");
    Description::parse(text.as_bytes()).unwrap()
}

fn names(list: &[&str]) -> Vec<String> {
    list.iter().map(|name| (*name).to_owned()).collect()
}

/// Number, name and clock of each codec of the first stream.
fn codecs(description: &Description) -> Vec<(u8, String, u32)> {
    let codecs = description.codecs(0).into_iter();
    codecs.map(|c| (c.payload, c.name, c.clock)).collect()
}

fn widened(media: &str, list: &[&str]) -> Description {
    let mut offer = described(media);
    widen(&mut offer, &behind(), &made(), &names(list)).unwrap();
    // what is told can be read again
    let read = Description::parse(offer.to_string().as_bytes());
    assert_eq!(read.as_ref(), Ok(&offer));
    offer
}

fn settled(answer: &str, offer: &str) -> Description {
    let (mut answer, offer) = (described(answer), described(offer));
    settle(&mut answer, &offer, &made());
    assert_eq!(match_answer(&offer, &answer), Ok(()));
    answer
}

const PCMA_ONLY: &str = "m=audio 4000 RTP/AVP 8 101\r\na=rtpmap:8 PCMA/8000\r\n\
                         a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\n";
const OPUS_ONLY: &str = "m=audio 4000 RTP/AVP 111 101\r\na=rtpmap:111 opus/48000/2\r\n\
                         a=fmtp:111 useinbandfec=1\r\na=rtpmap:101 telephone-event/48000\r\n";

#[test]
fn what_is_missing_stands_behind_what_was_offered() {
    let offer = widened(PCMA_ONLY, &[]);
    let expected = [
        (8, "PCMA", 8000),
        (101, "telephone-event", 8000),
        (0, "PCMU", 8000),
    ];
    let expected = expected.map(|(n, name, clock)| (n, name.to_owned(), clock));
    assert_eq!(codecs(&offer), expected);
}

#[test]
fn what_is_made_is_told_where_a_list_leaves_nothing_of_the_writers() {
    let offer = widened(PCMA_ONLY, &["opus"]);
    let text = offer.to_string();
    assert!(text.contains("a=rtpmap:96 opus/48000/2\r\na=fmtp:96 useinbandfec=1\r\n"));
    assert!(
        text.contains("a=fmtp:97 0-15\r\n"),
        "no events beyond the writer's"
    );
}

#[test]
fn a_number_that_is_taken_is_not_given_twice() {
    let offer = widened(
        "m=audio 4000 RTP/AVP 0 96 97\r\na=rtpmap:96 iLBC/8000\r\na=rtpmap:97 speex/8000\r\n\
         a=rtpmap:98 nothing/8000\r\na=rtpmap:8 L16/8000\r\n",
        &[],
    );
    let of = |name: &str| {
        let all = codecs(&offer);
        all.iter().find(|c| c.1 == name).map(|c| c.0)
    };
    assert_eq!((of("PCMA"), of("G722"), of("opus")), (Some(99), None, None));
    assert_eq!(of("telephone-event"), None, "the writer has no key presses");
}

#[test]
fn who_has_nothing_that_is_made_is_not_helped() {
    let offer = "m=audio 4000 RTP/AVP 18\r\na=rtpmap:18 G729/8000\r\n";
    assert_eq!(widened(offer, &[]), described(offer));
}

#[test]
fn streams_that_are_closed_or_not_served_stay_as_they_are() {
    for media in [
        "m=audio 0 RTP/AVP 8\r\n",
        "m=audio 4000 RTP/SAVP 8\r\n",
        "m=video 4000 RTP/AVP 31\r\n",
    ] {
        assert_eq!(widened(media, &[]), described(media));
    }
}

#[test]
fn nothing_is_offered_that_a_list_forbids() {
    let offer = widened(PCMA_ONLY, &["opus", "PCMA"]);
    let all = codecs(&offer);
    let speech: Vec<&str> = all.iter().map(|c| &*c.1).collect();
    assert_eq!(speech, ["PCMA", "telephone-event"]);
    // nothing of the writer's own is on the list
    let offer = widened(PCMA_ONLY, &["OPUS"]);
    let all = codecs(&offer);
    let speech: Vec<&str> = all.iter().map(|c| &*c.1).collect();
    assert_eq!(speech, ["opus", "telephone-event", "telephone-event"]);
    let mut offer = described(PCMA_ONLY);
    let refused = widen(&mut offer, &behind(), &made(), &names(&["G729"]));
    assert_eq!(refused, Err(Refusal::Codec));
    assert_eq!(offer, described(PCMA_ONLY));
}

#[test]
fn what_the_writer_may_not_speak_may_still_be_made_into_something() {
    let offer = "m=audio 4000 RTP/AVP 18 8\r\na=rtpmap:18 G729/8000\r\n";
    let all = codecs(&widened(offer, &["G729", "PCMU", "G722"]));
    let speech: Vec<&str> = all.iter().map(|c| &*c.1).collect();
    assert_eq!(speech, ["G729", "PCMU"]);
}

// rfc: 3264 §6.1
#[test]
fn an_answer_with_what_was_offered_stays_as_it_is() {
    let answer = "m=audio 5000 RTP/AVP 8 101\r\na=rtpmap:8 PCMA/8000\r\n\
                  a=rtpmap:101 telephone-event/8000\r\na=ptime:30\r\n";
    assert_eq!(settled(answer, PCMA_ONLY), described(answer));
}

// rfc: 3264 §6.1
#[test]
fn an_answer_with_nothing_that_was_offered_becomes_the_writers_favourite() {
    let answer = settled(OPUS_ONLY, PCMA_ONLY);
    let expected = [(8, "PCMA", 8000), (101, "telephone-event", 8000)];
    assert_eq!(
        codecs(&answer),
        expected.map(|(n, name, clock)| (n, name.to_owned(), clock))
    );
    assert!(!answer.to_string().contains("opus"));
    let back = settled(PCMA_ONLY, OPUS_ONLY);
    let expected = [(111, "opus", 48_000), (101, "telephone-event", 48_000)];
    assert_eq!(
        codecs(&back),
        expected.map(|(n, name, clock)| (n, name.to_owned(), clock))
    );
    assert!(back.to_string().contains("a=fmtp:111 useinbandfec=1"));
}

#[test]
fn of_an_answer_with_more_than_was_offered_the_rest_is_left_out() {
    let answer = "m=audio 5000 RTP/AVP 96 8 13 97 101\r\na=rtpmap:96 opus/48000/2\r\n\
                  a=rtcp-fb:96 transport-cc\r\na=rtpmap:97 telephone-event/48000\r\n\
                  a=rtpmap:101 telephone-event/8000\r\na=ptime:20\r\na=sendrecv\r\n";
    let offer = "m=audio 4000 RTP/AVP 8 0 13 100\r\na=rtpmap:100 telephone-event/8000\r\n";
    let answer = settled(answer, offer);
    let numbers: Vec<u8> = codecs(&answer).iter().map(|c| c.0).collect();
    assert_eq!(numbers, [8, 13, 100], "by the offer's own numbers");
    let text = answer.to_string();
    assert!(
        text.contains("a=ptime:20") && text.contains("a=sendrecv"),
        "{text}"
    );
    assert!(
        !text.contains("transport-cc") && !text.contains(":97"),
        "{text}"
    );
}

#[test]
fn who_answers_without_key_presses_gets_none() {
    let answer = settled("m=audio 5000 RTP/AVP 9\r\n", PCMA_ONLY);
    assert_eq!(codecs(&answer).len(), 1);
}

#[test]
fn an_answer_in_a_codec_that_nobody_makes_is_left_to_whoever_judges_answers() {
    let text = "m=audio 5000 RTP/AVP 18\r\na=rtpmap:18 G729/8000\r\n";
    let (mut answer, offer) = (described(text), described(PCMA_ONLY));
    settle(&mut answer, &offer, &made());
    assert_eq!(answer, described(text));
    let refused = "m=audio 0 RTP/AVP 9\r\n";
    let mut answer = described(refused);
    settle(&mut answer, &offer, &made());
    assert_eq!(answer, described(refused));
}

fn a_party() -> impl Strategy<Value = (Vec<usize>, bool)> {
    (
        prop::sample::subsequence(vec![0, 1, 2, 3], 1..=4),
        any::<bool>(),
    )
}

/// A party's description: some of what is made, perhaps with key presses.
fn party((which, presses): &(Vec<usize>, bool), offer: Option<&Description>) -> Description {
    let mut text = String::new();
    let mut formats = Vec::new();
    for index in which {
        let own = made()[*index].clone();
        let known = offer.map(|offer| offer.codecs(0)).unwrap_or_default();
        let number = known.iter().find(|c| c.is_same_encoding(&own));
        let number = number.map_or(if own.payload == 96 { 120 } else { own.payload }, |c| {
            c.payload
        });
        let channels = if own.channels == 2 { "/2" } else { "" };
        formats.push(number.to_string());
        text += &format!("a=rtpmap:{number} {}/{}{channels}\r\n", own.name, own.clock);
    }
    if *presses {
        formats.push("126".into());
        let clock = made()[which[0]].clock;
        text += &format!("a=rtpmap:126 telephone-event/{clock}\r\n");
    }
    described(&format!(
        "m=audio 4000 RTP/AVP {}\r\n{text}",
        formats.join(" ")
    ))
}

proptest! {
    #[test]
    fn two_parties_agree_each_on_codecs_of_its_own(one in a_party(), other in a_party()) {
        let offer = party(&one, None);
        let mut wider = offer.clone();
        widen(&mut wider, &behind(), &made(), &[]).unwrap();
        let (own, told) = (offer.codecs(0), wider.codecs(0));
        prop_assert_eq!(&told[..own.len()], &own[..], "the writer's own come first");
        for codec in behind() {
            prop_assert!(told.iter().any(|c| c.is_same_encoding(&codec)));
        }
        let mut numbers: Vec<u8> = told.iter().map(|c| c.payload).collect();
        let count = numbers.len();
        numbers.sort_unstable();
        numbers.dedup();
        prop_assert_eq!(numbers.len(), count, "each number once");
        let (mut which, presses) = other;
        which.retain(|index| told.iter().any(|c| c.is_same_encoding(&made()[*index])));
        prop_assume!(!which.is_empty());
        let mut answer = party(&(which, presses), Some(&wider));
        prop_assert_eq!(match_answer(&wider, &answer), Ok(()));
        settle(&mut answer, &offer, &made());
        prop_assert_eq!(match_answer(&offer, &answer), Ok(()));
        let told = remote_of(&answer).unwrap();
        prop_assert!(told.speech().is_some());
        for codec in &told.codecs {
            prop_assert!(offer.codecs(0).iter().any(|c| c.is_same_encoding(codec)));
        }
    }
}
