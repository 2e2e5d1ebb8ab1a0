//! Secrets that must not leave the ring.

use crate::redacted;

fn invite(header: &str, body: &str) -> String {
    let head = "INVITE sip:200@acme.example SIP/2.0\r\nCSeq: 1 INVITE\r\n";
    redacted(format!("{head}{header}\r\n{body}").as_bytes())
}

#[test]
fn the_answer_to_a_challenge_is_taken_out_and_the_rest_of_it_stays() {
    let text = invite(
        "Authorization: Digest username=\"101\", nonce=\"n,1\", response=\"deadbeef\", \
         qop=auth\r\n",
        "",
    );
    assert!(!text.contains("deadbeef"), "{text}");
    assert!(text.contains("username=\"101\", nonce=\"n,1\", response=\"***\", qop=auth\r\n"));
}

#[test]
fn an_answer_on_a_folded_line_in_any_case_and_with_spaces_is_taken_out_too() {
    let text = invite(
        "PROXY-AUTHORIZATION : digest username=\"101\",\r\n\tRESPONSE = \"deadbeef\"\r\nX: y\r\n",
        "",
    );
    assert!(!text.contains("deadbeef"), "{text}");
    assert!(text.contains("username=\"101\""), "{text}");
    assert!(text.contains("X: y\r\n"), "{text}");
}

#[test]
fn credentials_of_other_schemes_are_taken_out_whole() {
    let text = invite("Authorization: Basic bWU6c2VjcmV0\r\nX: y\r\n", "");
    assert!(!text.contains("bWU6c2VjcmV0"), "{text}");
    assert!(
        text.contains("Authorization: Basic ***\r\nX: y\r\n"),
        "{text}"
    );
}

#[test]
fn keys_of_media_are_taken_out_of_a_description() {
    let body = "v=0\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:c2VjcmV0|2^20\r\n\
                a=ice-ufrag:frag\r\na=ice-pwd:hidden\r\nk=clear:hidden\r\nm=audio 9 RTP/AVP 0\r\n";
    let text = invite("", body);
    for secret in ["c2VjcmV0", "hidden"] {
        assert!(!text.contains(secret), "{text}");
    }
    assert!(
        text.contains("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:***\r\n"),
        "{text}"
    );
    assert!(
        text.contains("a=ice-ufrag:frag\r\na=ice-pwd:***\r\nk=***\r\nm=audio 9"),
        "{text}"
    );
}

#[test]
fn what_people_write_and_press_is_taken_out_of_requests_and_their_answers() {
    let message = "MESSAGE sip:2@a SIP/2.0\r\nCSeq: 1 MESSAGE\r\n\r\nmeet me at nine";
    let text = redacted(message.as_bytes());
    assert!(text.ends_with("\r\n\r\n(15 octets taken out)"), "{text}");
    let info = redacted(b"INFO sip:2@a SIP/2.0\r\nCSeq: 2 INFO\r\n\r\nSignal=5\r\n");
    assert!(!info.contains("Signal"), "{info}");
    let answer = redacted(b"SIP/2.0 200 OK\r\nCSeq: 2 INFO\r\n\r\nSignal=5\r\n");
    assert!(!answer.contains("Signal"), "{answer}");
}

#[test]
fn a_message_without_secrets_stays_as_it_was() {
    let plain = "SIP/2.0 200 OK\r\nCSeq: 1 INVITE\r\n\r\nv=0\r\ns=-\r\n";
    assert_eq!(redacted(plain.as_bytes()), plain);
}

#[test]
fn bytes_that_are_no_text_are_shown_and_break_nothing() {
    assert!(redacted(b"\xff\xfe").contains('\u{fffd}'));
    assert_eq!(redacted(b""), "");
}
