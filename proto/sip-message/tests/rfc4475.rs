//! The torture messages of RFC 4475, one by one, with the outcome each must have.
//!
//! The files in `vectors/rfc4475` are the messages of the archive in the RFC's appendix A, bit
//! for bit. `test` is in the archive without being described in the RFC. `baddn` ends in the
//! archive without its empty line, which its test adds.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use bytes::Bytes;
use sip_message::{
    Builder, Contacts, Host, Limits, Message, Method, Name, Parsed, Problem, Scheme, response_to,
};

macro_rules! vector {
    ($name:literal) => {
        Bytes::from_static(include_bytes!(concat!("vectors/rfc4475/", $name, ".dat")))
    };
}

fn read(bytes: Bytes) -> Message {
    Message::parse(bytes, &Limits::DEFAULT).unwrap_or_else(|problem| panic!("{problem}"))
}

/// A request that passes every check.
fn request(bytes: Bytes) -> Message {
    let message = read(bytes);
    message
        .check_request()
        .unwrap_or_else(|problem| panic!("{problem}"));
    message
}

/// A response that passes every check.
fn response(bytes: Bytes) -> Message {
    let message = read(bytes);
    message
        .check_response()
        .unwrap_or_else(|problem| panic!("{problem}"));
    message
}

/// The problem a request is answered with, after making sure that it can be answered.
fn refused(bytes: Bytes) -> Problem {
    let (message, problem) = match Message::parse_answerable(bytes, &Limits::DEFAULT) {
        Parsed::Whole(message) => {
            let problem = message.check_request().expect_err("must be refused");
            (message, problem)
        }
        Parsed::Flawed(message, problem) => (message, problem),
        Parsed::Broken(problem) => panic!("cannot be answered: {problem}"),
    };
    let source = "192.0.2.99:5060".parse().unwrap();
    let answer = response_to(&message, problem.status, Some("t"), source).finish();
    let answer = read(answer);
    assert_eq!(answer.status(), Some(problem.status));
    for name in [Name::From, Name::CallId, Name::CSeq] {
        assert_eq!(answer.header(name), message.header(name));
    }
    assert_eq!(
        answer.headers(Name::Via).count(),
        message.headers(Name::Via).count()
    );
    problem
}

fn texts<'a>(values: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    values.collect()
}

// 3.1.1 Valid messages

// rfc: 4475 §3.1.1.1 wsinv a short tortuous invite is read whole
#[test]
fn s3_1_1_1_wsinv_a_short_tortuous_invite_is_read_whole() {
    let m = request(vector!("wsinv"));
    assert_eq!(m.method(), Some(Method::Invite));
    let uri = m.request_uri().unwrap();
    assert_eq!(
        (uri.user, uri.host),
        (Some("vivekg"), Host::Name("chair-dnrc.example.com"))
    );
    assert_eq!(uri.param("unknownparam"), Some(""));
    let to = m.to().unwrap();
    assert_eq!(to.uri_text, "sip:vivekg@chair-dnrc.example.com");
    assert_eq!(to.tag(), Some("1918181833n"));
    let from = m.from().unwrap();
    assert_eq!(from.display_text().unwrap(), "J Rosenberg \\\"");
    assert_eq!(from.uri_text, "sip:jdrosen@example.com");
    assert_eq!(from.tag(), Some("98asjd8"));
    assert_eq!(m.max_forwards().unwrap(), Some(68));
    assert_eq!(m.call_id().unwrap(), "wsinv.ndaksdj@192.0.2.1");
    assert_eq!(m.content_length(), Some(150));
    assert_eq!(m.body().len(), 150);
    let cseq = m.cseq().unwrap();
    assert_eq!((cseq.number, cseq.method), (9, Method::Invite));
    let vias = m.vias().unwrap();
    assert_eq!(vias.len(), 3);
    assert_eq!(
        (vias[0].transport, vias[0].branch()),
        ("UDP", Some("390skdjuw"))
    );
    assert_eq!(
        vias[0].host,
        Host::from("192.0.2.2".parse::<std::net::IpAddr>().unwrap())
    );
    assert!(!vias[0].has_unique_branch());
    assert_eq!(
        (vias[1].transport, vias[1].branch()),
        ("TCP", Some("z9hG4bK9ikj8"))
    );
    assert_eq!(vias[1].host, Host::Name("spindle.example.com"));
    assert_eq!(
        (vias[2].transport, vias[2].branch()),
        ("UDP", Some("z9hG4bK30239"))
    );
    assert_eq!(m.header(Name::Subject), Some(""));
    assert_eq!(
        texts(m.headers(Name::Other("newfangledheader"))),
        ["newfangled value   continued newfangled value"]
    );
    assert_eq!(
        m.header(Name::Other("UnknownHeaderWithUnusualValue")),
        Some(";;,,;;,;")
    );
    assert!(m.content_type().unwrap().unwrap().is("application/sdp"));
    let route = m.routes().unwrap()[0].uri().unwrap();
    assert!(route.is_loose());
    assert_eq!(route.param("unknownwith"), Some("value"));
    assert_eq!(route.param("unknown-no-value"), Some(""));
    let contact = m.contact().unwrap().unwrap();
    assert_eq!(contact.display_text().unwrap(), "Quoted string \"\"");
    assert_eq!(contact.param("newparam"), Some("newvalue"));
    assert_eq!(contact.param("secondparam"), Some(""));
    assert_eq!(contact.q(), Some(330));
}

// rfc: 4475 §3.1.1.2 intmeth the widest range of characters is kept
#[test]
fn s3_1_1_2_intmeth_the_widest_range_of_characters_is_kept() {
    let m = request(vector!("intmeth"));
    let method = "!interesting-Method0123456789_*+`.%indeed'~";
    assert_eq!(m.method(), Some(Method::Other(method)));
    assert_eq!(m.check_method(&Method::KNOWN).unwrap_err().status, 501);
    let uri = m.request_uri().unwrap();
    assert_eq!(
        uri.user,
        Some("1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*")
    );
    assert_eq!(
        uri.password,
        Some("&it+has=1,weird!*pas$wo~d_too.(doesn't-it)")
    );
    assert_eq!(uri.host, Host::Name("example.com"));
    assert_eq!(m.top_via().unwrap().branch(), Some("z9hG4bK-.!%66*_+`'~"));
    let to = m.to().unwrap();
    assert_eq!(to.display_text().unwrap(), "BEL:\u{7} NUL:\u{0} DEL:\u{7f}");
    assert_eq!(
        to.uri().unwrap().user,
        Some("1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*")
    );
    let from = m.from().unwrap();
    assert_eq!(from.display, Some("token1~` token2'+_ token3*%!.-"));
    assert_eq!(from.param("fromParam''~+*_!.-%"), Some("работающий"));
    assert_eq!(from.tag(), Some("_token~1'+`*%!-."));
    assert_eq!(
        m.call_id().unwrap(),
        "intmeth.word%ZK-!.*_+'@word`~)(><:\\/\"][?}{"
    );
    assert_eq!(m.cseq().unwrap().method, Method::Other(method));
    assert_eq!(m.cseq().unwrap().number, 139_122_385);
    assert_eq!(m.max_forwards().unwrap(), Some(255));
    assert_eq!(
        m.header(Name::Other("extensionHeader-!.%*+_`'~")),
        Some("\u{feff}大停電")
    );
}

// rfc: 4475 §3.1.1.3 esc01 escapes are decoded where they mean something
#[test]
fn s3_1_1_3_esc01_escapes_are_decoded_where_they_mean_something() {
    let m = request(vector!("esc01"));
    let uri = m.request_uri().unwrap();
    assert_eq!(uri.user_decoded().unwrap(), "sips:user@example.com");
    assert_eq!(uri.host, Host::Name("example.net"));
    let to = m.to().unwrap().uri().unwrap();
    assert_eq!(to.user_decoded().unwrap(), "user");
    let from = m.from().unwrap().uri().unwrap();
    assert_eq!(from.user_decoded().unwrap(), "I have spaces");
    let contact = m.contact().unwrap().unwrap().uri().unwrap();
    assert_eq!(contact.user_decoded().unwrap(), "caller");
    assert!(contact.is_loose());
    assert_eq!(contact.param_decoded("name").unwrap(), "value%41");
}

// rfc: 4475 §3.1.1.4 escnull escaped nulls are kept
#[test]
fn s3_1_1_4_escnull_escaped_nulls_are_kept() {
    let m = request(vector!("escnull"));
    assert_eq!(m.method(), Some(Method::Register));
    assert_eq!(
        m.to().unwrap().uri().unwrap().user_decoded().unwrap(),
        "null-\0-null"
    );
    let contacts = m.contacts().unwrap();
    let users: Vec<_> = contacts
        .list()
        .iter()
        .map(|contact| contact.uri().unwrap().user_decoded().unwrap().into_owned())
        .collect();
    assert_eq!(users, ["\0", "\0\0"]);
}

// rfc: 4475 §3.1.1.5 esc02 a percent is no escape outside uris
#[test]
fn s3_1_1_5_esc02_a_percent_is_no_escape_outside_uris() {
    let m = request(vector!("esc02"));
    assert_eq!(m.method(), Some(Method::Other("RE%47IST%45R")));
    assert_eq!(m.check_method(&Method::KNOWN).unwrap_err().status, 501);
    assert_eq!(m.to().unwrap().display_text().unwrap(), "%Z%45");
    assert_eq!(m.top_via().unwrap().branch(), Some("z9hG4bK209%fzsnel234"));
    let contacts = m.contacts().unwrap();
    let uris: Vec<_> = contacts
        .list()
        .iter()
        .map(|contact| contact.uri_text)
        .collect();
    assert_eq!(
        uris,
        [
            "sip:alias1@host1.example.com",
            "sip:alias3@host3.example.com"
        ]
    );
    assert_eq!(
        m.header(Name::Other("C%6Fntact")),
        Some("<sip:alias2@host2.example.com>")
    );
}

// rfc: 4475 §3.1.1.6 lwsdisp no space is needed before the bracket
#[test]
fn s3_1_1_6_lwsdisp_no_space_is_needed_before_the_bracket() {
    let m = request(vector!("lwsdisp"));
    let from = m.from().unwrap();
    assert_eq!(from.display, Some("caller"));
    assert_eq!(from.uri_text, "sip:caller@example.com");
    assert_eq!(from.tag(), Some("323"));
}

// rfc: 4475 §3.1.1.7 longreq long values are read whole
#[test]
fn s3_1_1_7_longreq_long_values_are_read_whole() {
    let m = request(vector!("longreq"));
    assert_eq!(m.vias().unwrap().len(), 34);
    assert_eq!(m.top_via().unwrap().host, Host::Name("sip33.example.com"));
    let last = m.vias().unwrap()[33];
    assert_eq!(last.received_address(), Some("192.0.2.5".parse().unwrap()));
    assert_eq!(last.branch().unwrap().len(), 215);
    let to = m.to().unwrap();
    assert!(
        to.display_text()
            .unwrap()
            .starts_with("I have a user name of extremeextreme")
    );
    assert_eq!(to.uri().unwrap().port, Some(6000));
    assert!(to.uri().unwrap().params.iter().count() >= 2);
    assert!(m.from().unwrap().tag().unwrap().starts_with("1298298298"));
    assert!(m.call_id().unwrap().starts_with("longreq.onereally"));
    assert_eq!(m.cseq().unwrap().number, 3_882_340);
    assert_eq!(m.body().len(), 150);
}

// rfc: 4475 §3.1.1.8 dblreq bytes after the body are dropped
#[test]
fn s3_1_1_8_dblreq_bytes_after_the_body_are_dropped() {
    let m = request(vector!("dblreq"));
    assert_eq!(m.method(), Some(Method::Register));
    assert_eq!(m.body(), b"");
    assert_eq!(
        m.call_id().unwrap(),
        "dblreq.0ha0isndaksdj99sdfafnl3lk233412"
    );
    assert!(m.raw().len() > 700);
}

// rfc: 4475 §3.1.1.9 semiuri semicolons in the user part are no parameters
#[test]
fn s3_1_1_9_semiuri_semicolons_in_the_user_part_are_no_parameters() {
    let m = request(vector!("semiuri"));
    let uri = m.request_uri().unwrap();
    assert_eq!(uri.user_decoded().unwrap(), "user;par=u@example.net");
    assert_eq!(uri.host, Host::Name("example.com"));
    assert!(uri.params.is_empty());
    assert_eq!(
        texts(m.values(Name::Accept)),
        [
            "application/sdp",
            "application/pkcs7-mime",
            "multipart/mixed",
            "multipart/signed",
            "message/sip",
            "message/sipfrag",
        ]
    );
}

// rfc: 4475 §3.1.1.10 transports unknown transports are kept
#[test]
fn s3_1_1_10_transports_unknown_transports_are_kept() {
    let m = request(vector!("transports"));
    let vias = m.vias().unwrap();
    let transports: Vec<_> = vias.iter().map(|via| via.transport).collect();
    assert_eq!(transports, ["UDP", "SCTP", "TLS", "UNKNOWN", "TCP"]);
    assert!(vias.iter().all(sip_message::Via::has_unique_branch));
}

// rfc: 4475 §3.1.1.11 mpart01 a binary body is kept bit for bit
#[test]
fn s3_1_1_11_mpart01_a_binary_body_is_kept_bit_for_bit() {
    let m = request(vector!("mpart01"));
    assert_eq!(m.method(), Some(Method::Message));
    assert_eq!(m.body().len(), 553);
    assert!(m.body().ends_with(b"--7a9cbec02ceef655--\r\n"));
    assert!(std::str::from_utf8(m.body()).is_err());
    let kind = m.content_type().unwrap().unwrap();
    assert!(kind.is("multipart/mixed"));
    assert_eq!(kind.params.get("boundary"), Some("7a9cbec02ceef655"));
    assert_eq!(m.header(Name::UserAgent), Some("SIPimp.org/0.2.5 (curses)"));
    assert_eq!(m.top_via().unwrap().rport(), Some(None));
}

// rfc: 4475 §3.1.1.12 unreason a phrase may be any text
#[test]
fn s3_1_1_12_unreason_a_phrase_may_be_any_text() {
    let m = response(vector!("unreason"));
    assert_eq!(m.status(), Some(200));
    let sip_message::Kind::Response { reason, .. } = m.kind() else {
        panic!("a response");
    };
    assert_eq!(reason, "= 2**3 * 5**2 но сто девяносто девять - простое");
    assert_eq!(
        m.contact().unwrap().unwrap().uri_text,
        "sip:user@host198.example.com"
    );
}

// rfc: 4475 §3.1.1.13 noreason a phrase may be empty
#[test]
fn s3_1_1_13_noreason_a_phrase_may_be_empty() {
    let m = response(vector!("noreason"));
    assert_eq!(
        m.kind(),
        sip_message::Kind::Response {
            status: 100,
            reason: ""
        }
    );
}

// 3.1.2 Invalid messages

// rfc: 4475 §3.1.2.1 badinv01 extraneous separators are refused
#[test]
fn s3_1_2_1_badinv01_extraneous_separators_are_refused() {
    let problem = refused(vector!("badinv01"));
    assert_eq!((problem.status, problem.field), (400, "Via"));
    let m = read(vector!("badinv01"));
    let problem = m.contacts().unwrap_err();
    assert_eq!((problem.status, problem.field), (400, "Contact"));
}

// rfc: 4475 §3.1.2.2 clerr a length beyond the datagram is refused
#[test]
fn s3_1_2_2_clerr_a_length_beyond_the_datagram_is_refused() {
    let problem = refused(vector!("clerr"));
    assert_eq!((problem.status, problem.field), (400, "Content-Length"));
}

// rfc: 4475 §3.1.2.3 ncl a negative length is refused
#[test]
fn s3_1_2_3_ncl_a_negative_length_is_refused() {
    let problem = refused(vector!("ncl"));
    assert_eq!((problem.status, problem.field), (400, "Content-Length"));
}

// rfc: 4475 §3.1.2.4 scalar02 overlarge numbers are refused
#[test]
fn s3_1_2_4_scalar02_overlarge_numbers_are_refused() {
    let problem = refused(vector!("scalar02"));
    assert_eq!((problem.status, problem.field), (400, "CSeq"));
    let m = read(vector!("scalar02"));
    assert_eq!(m.max_forwards().unwrap_err().status, 400);
    assert_eq!(m.expires().unwrap_err().status, 400);
    assert_eq!(m.contact().unwrap().unwrap().expires(), None);
    assert_eq!(
        m.contact().unwrap().unwrap().param("expires"),
        Some("280297596632815")
    );
}

// rfc: 4475 §3.1.2.5 scalarlg a response with overlarge numbers is dropped
#[test]
fn s3_1_2_5_scalarlg_a_response_with_overlarge_numbers_is_dropped() {
    let m = read(vector!("scalarlg"));
    assert_eq!(m.status(), Some(503));
    assert_eq!(m.check_response().unwrap_err().field, "CSeq");
    assert_eq!(m.retry_after(), None);
}

// rfc: 4475 §3.1.2.6 quotbal an open quote is refused
#[test]
fn s3_1_2_6_quotbal_an_open_quote_is_refused() {
    let problem = refused(vector!("quotbal"));
    assert_eq!((problem.status, problem.field), (400, "To"));
}

// rfc: 4475 §3.1.2.7 ltgtruri brackets around the request uri are refused
#[test]
fn s3_1_2_7_ltgtruri_brackets_around_the_request_uri_are_refused() {
    let problem = refused(vector!("ltgtruri"));
    assert_eq!((problem.status, problem.field), (400, "Request-URI"));
}

// rfc: 4475 §3.1.2.8 lwsruri spaces inside the request uri are refused
#[test]
fn s3_1_2_8_lwsruri_spaces_inside_the_request_uri_are_refused() {
    let problem = refused(vector!("lwsruri"));
    assert_eq!((problem.status, problem.field), (400, "Request-Line"));
}

// rfc: 4475 §3.1.2.9 lwsstart several spaces in the request line are refused
#[test]
fn s3_1_2_9_lwsstart_several_spaces_in_the_request_line_are_refused() {
    let problem = refused(vector!("lwsstart"));
    assert_eq!((problem.status, problem.field), (400, "Request-Line"));
}

// rfc: 4475 §3.1.2.10 trws spaces after the version are refused
#[test]
fn s3_1_2_10_trws_spaces_after_the_version_are_refused() {
    let problem = refused(vector!("trws"));
    assert_eq!((problem.status, problem.field), (400, "Request-Line"));
}

// rfc: 4475 §3.1.2.11 escruri headers in the request uri are refused
#[test]
fn s3_1_2_11_escruri_headers_in_the_request_uri_are_refused() {
    let problem = refused(vector!("escruri"));
    assert_eq!((problem.status, problem.field), (400, "Request-URI"));
}

// rfc: 4475 §3.1.2.12 baddate a date outside gmt is refused
#[test]
fn s3_1_2_12_baddate_a_date_outside_gmt_is_refused() {
    let problem = refused(vector!("baddate"));
    assert_eq!((problem.status, problem.field), (400, "Date"));
}

// rfc: 4475 §3.1.2.13 regbadct a uri with headers needs brackets
#[test]
fn s3_1_2_13_regbadct_a_uri_with_headers_needs_brackets() {
    let problem = refused(vector!("regbadct"));
    assert_eq!((problem.status, problem.field), (400, "Contact"));
}

// rfc: 4475 §3.1.2.14 badaspec spaces inside the brackets are refused
#[test]
fn s3_1_2_14_badaspec_spaces_inside_the_brackets_are_refused() {
    let problem = refused(vector!("badaspec"));
    assert_eq!((problem.status, problem.field), (400, "To"));
}

// rfc: 4475 §3.1.2.15 baddn an unquoted comma in the name is refused
#[test]
fn s3_1_2_15_baddn_an_unquoted_comma_in_the_name_is_refused() {
    let archived = vector!("baddn");
    let problem = refused(archived.clone());
    assert_eq!((problem.status, problem.field), (400, "message"));
    let problem = refused(Bytes::from([&archived[..], b"\r\n"].concat()));
    assert_eq!((problem.status, problem.field), (400, "From"));
}

// rfc: 4475 §3.1.2.16 badvers another version is answered 505
#[test]
fn s3_1_2_16_badvers_another_version_is_answered_505() {
    let problem = refused(vector!("badvers"));
    assert_eq!((problem.status, problem.field), (505, "version"));
}

// rfc: 4475 §3.1.2.17 mismatch01 the method of cseq must be that of the request
#[test]
fn s3_1_2_17_mismatch01_the_method_of_cseq_must_be_that_of_the_request() {
    let problem = refused(vector!("mismatch01"));
    assert_eq!((problem.status, problem.field), (400, "CSeq"));
}

// rfc: 4475 §3.1.2.18 mismatch02 so it must for an unknown method
#[test]
fn s3_1_2_18_mismatch02_so_it_must_for_an_unknown_method() {
    let problem = refused(vector!("mismatch02"));
    assert_eq!((problem.status, problem.field), (400, "CSeq"));
    let m = read(vector!("mismatch02"));
    assert_eq!(m.check_method(&Method::KNOWN).unwrap_err().status, 501);
}

// rfc: 4475 §3.1.2.19 bigcode an overlarge status is dropped
#[test]
fn s3_1_2_19_bigcode_an_overlarge_status_is_dropped() {
    let problem = Message::parse(vector!("bigcode"), &Limits::DEFAULT).unwrap_err();
    assert_eq!(problem.field, "Status-Line");
}

// 3.2 Transaction layer semantics

// rfc: 4475 §3.2.1 badbranch a bare cookie does not name a transaction
#[test]
fn s3_2_1_badbranch_a_bare_cookie_does_not_name_a_transaction() {
    let m = request(vector!("badbranch"));
    assert_eq!(m.top_via().unwrap().branch(), Some("z9hG4bK"));
    assert!(!m.top_via().unwrap().has_unique_branch());
}

// 3.3 Application layer semantics

// rfc: 4475 §3.3.1 insuf missing headers are refused
#[test]
fn s3_3_1_insuf_missing_headers_are_refused() {
    let message = read(vector!("insuf"));
    let problem = message.check_request().unwrap_err();
    assert_eq!(
        (problem.status, problem.field, problem.rule),
        (400, "From", "is missing")
    );
    assert_eq!(message.to().unwrap_err().rule, "is missing");
    assert_eq!(message.call_id().unwrap_err().rule, "is missing");
}

// rfc: 4475 §3.3.2 unkscm an unknown scheme is answered 416
#[test]
fn s3_3_2_unkscm_an_unknown_scheme_is_answered_416() {
    let problem = refused(vector!("unkscm"));
    assert_eq!((problem.status, problem.field), (416, "Request-URI"));
    let m = read(vector!("unkscm"));
    assert_eq!(
        m.request_uri().unwrap().scheme,
        Scheme::Other("nobodyKnowsThisScheme")
    );
}

// rfc: 4475 §3.3.3 novelsc an atypical scheme is answered 416
#[test]
fn s3_3_3_novelsc_an_atypical_scheme_is_answered_416() {
    let problem = refused(vector!("novelsc"));
    assert_eq!((problem.status, problem.field), (416, "Request-URI"));
    let m = read(vector!("novelsc"));
    assert_eq!(m.request_uri().unwrap().scheme, Scheme::Other("soap.beep"));
}

// rfc: 4475 §3.3.4 unksm2 unknown schemes in headers are read but not registered
#[test]
fn s3_3_4_unksm2_unknown_schemes_in_headers_are_read_but_not_registered() {
    let m = read(vector!("unksm2"));
    assert_eq!(m.to().unwrap().uri().unwrap().scheme, Scheme::Other("isbn"));
    assert_eq!(
        m.from().unwrap().uri().unwrap().scheme,
        Scheme::Other("http")
    );
    let contact = m.contact().unwrap().unwrap();
    assert_eq!(contact.uri().unwrap().scheme, Scheme::Other("name"));
    assert_eq!(contact.uri().unwrap().opaque(), "John_Smith");
    let problem = refused(vector!("unksm2"));
    assert_eq!((problem.status, problem.field), (400, "To"));
}

// rfc: 4475 §3.3.5 bext01 unknown extensions are answered 420
#[test]
fn s3_3_5_bext01_unknown_extensions_are_answered_420() {
    let m = request(vector!("bext01"));
    assert_eq!(
        m.unsupported_options(&["100rel"]),
        ["nothingSupportsThis", "nothingSupportsThisEither"]
    );
    assert_eq!(
        m.unsupported_proxy_options(&[]),
        ["noProxiesSupportThis", "norDoAnyProxiesSupportThis"]
    );
    assert_eq!(m.check_require(&["100rel"]).unwrap_err().status, 420);
    assert!(
        m.check_require(&["nothingsupportsthis", "nothingSupportsThisEither"])
            .is_ok()
    );
}

// rfc: 4475 §3.3.6 invut an unknown body is answered 415
#[test]
fn s3_3_6_invut_an_unknown_body_is_answered_415() {
    let m = request(vector!("invut"));
    assert_eq!(m.body().len(), 40);
    let problem = m.check_body(&["application/sdp"]).unwrap_err();
    assert_eq!((problem.status, problem.field), (415, "Content-Type"));
    assert!(m.check_body(&["application/unknownformat"]).is_ok());
}

// rfc: 4475 §3.3.7 regaut01 unknown credentials are kept
#[test]
fn s3_3_7_regaut01_unknown_credentials_are_kept() {
    let m = request(vector!("regaut01"));
    let credentials = m.authorization().next().unwrap();
    assert_eq!(credentials.scheme, "NoOneKnowsThisScheme");
    assert!(!credentials.is_digest());
    assert_eq!(credentials.param("opaque-data").unwrap(), "here");
}

// rfc: 4475 §3.3.8 multi01 a single header given twice is refused
#[test]
fn s3_3_8_multi01_a_single_header_given_twice_is_refused() {
    let problem = refused(vector!("multi01"));
    assert_eq!((problem.status, problem.rule), (400, "must be given once"));
}

// rfc: 4475 §3.3.9 mcl01 two lengths are refused
#[test]
fn s3_3_9_mcl01_two_lengths_are_refused() {
    let problem = refused(vector!("mcl01"));
    assert_eq!((problem.status, problem.field), (400, "Content-Length"));
}

// rfc: 4475 §3.3.10 bcast a response for another is dropped
#[test]
fn s3_3_10_bcast_a_response_for_another_is_dropped() {
    let m = read(vector!("bcast"));
    assert_eq!(m.status(), Some(200));
    let via = m.vias().unwrap()[1];
    assert_eq!(via.host.address(), Some("255.255.255.255".parse().unwrap()));
    assert_eq!(m.check_response().unwrap_err().field, "Via");
}

// rfc: 4475 §3.3.11 zeromf at zero hops a request travels no further
#[test]
fn s3_3_11_zeromf_at_zero_hops_a_request_travels_no_further() {
    let m = request(vector!("zeromf"));
    assert_eq!(m.max_forwards().unwrap(), Some(0));
    assert_eq!(m.check_hops().unwrap_err().status, 483);
}

// rfc: 4475 §3.3.12 cparam01 outside brackets a parameter is the headers
#[test]
fn s3_3_12_cparam01_outside_brackets_a_parameter_is_the_headers() {
    let m = request(vector!("cparam01"));
    let contact = m.contact().unwrap().unwrap();
    assert_eq!(contact.uri_text, "sip:+19725552222@gw1.example.net");
    assert_eq!(contact.param("unknownparam"), Some(""));
    assert_eq!(contact.uri().unwrap().param("unknownparam"), None);
}

// rfc: 4475 §3.3.13 cparam02 inside brackets a parameter is the uris
#[test]
fn s3_3_13_cparam02_inside_brackets_a_parameter_is_the_uris() {
    let m = request(vector!("cparam02"));
    let contact = m.contact().unwrap().unwrap();
    assert_eq!(contact.param("unknownparam"), None);
    assert_eq!(contact.uri().unwrap().param("unknownparam"), Some(""));
}

// rfc: 4475 §3.3.14 regescrt a contact may carry escaped headers
#[test]
fn s3_3_14_regescrt_a_contact_may_carry_escaped_headers() {
    let m = request(vector!("regescrt"));
    let Contacts::List(list) = m.contacts().unwrap() else {
        panic!("a list");
    };
    assert_eq!(list.len(), 1);
    assert_eq!(
        list[0].uri_header("Route").unwrap().unwrap(),
        "<sip:sip.example.com>"
    );
}

// rfc: 4475 §3.3.15 sdp01 what the caller accepts can be seen
#[test]
fn s3_3_15_sdp01_what_the_caller_accepts_can_be_seen() {
    let m = request(vector!("sdp01"));
    assert_eq!(texts(m.values(Name::Accept)), ["text/nobodyKnowsThis"]);
    assert!(m.has_body_of("application/sdp"));
}

// 3.4 Backward compatibility

// rfc: 4475 §3.4.1 inv2543 a request of the first standard is taken
#[test]
fn s3_4_1_inv2543_a_request_of_the_first_standard_is_taken() {
    let m = request(vector!("inv2543"));
    assert_eq!(m.top_via().unwrap().branch(), None);
    assert_eq!(m.from().unwrap().tag(), None);
    assert_eq!(m.max_forwards().unwrap(), None);
    assert_eq!(m.content_length(), None);
    assert!(m.body().starts_with(b"v=0\r\n"));
    assert!(m.body().ends_with(b"m=audio 49217 RTP/AVP 0\r\n"));
    let record = m.record_routes().unwrap()[0].uri().unwrap();
    assert_eq!(record.maddr(), Some("ss1.example.com"));
    assert!(!record.is_loose());
    let to = m.to().unwrap();
    assert_eq!(to.uri_text, "sip:+16505552222@ss1.example.net");
    assert_eq!(to.param("user"), Some("phone"));
}

// in the archive, not in the text

#[test]
fn test_a_request_line_without_version_is_refused() {
    let problem = Message::parse(vector!("test"), &Limits::DEFAULT).unwrap_err();
    assert_eq!((problem.status, problem.field), (400, "Request-Line"));
}

#[test]
fn what_was_read_and_written_again_is_the_same_message() {
    for bytes in [
        vector!("wsinv"),
        vector!("intmeth"),
        vector!("esc01"),
        vector!("esc02"),
        vector!("longreq"),
        vector!("mpart01"),
        vector!("inv2543"),
    ] {
        let m = read(bytes);
        let sip_message::Kind::Request { method, uri } = m.kind() else {
            panic!("a request");
        };
        let mut builder = Builder::request(method, uri);
        builder.copy_except(&m, &[Name::ContentType]);
        match m.header(Name::ContentType) {
            Some(kind) => builder.body(kind, m.body()),
            None => &mut builder,
        };
        let again = request(builder.finish());
        let plain = |m: &Message| {
            let mut list: Vec<_> = m
                .fields()
                .filter(|(name, _)| *name != Name::ContentLength)
                .map(|(name, value)| (name.as_str().to_lowercase(), value.to_owned()))
                .collect();
            list.sort();
            list
        };
        assert_eq!(plain(&again), plain(&m));
        assert_eq!(again.body(), m.body());
        assert_eq!(again.kind(), m.kind());
    }
}

#[test]
fn every_vector_of_the_archive_has_its_test() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/rfc4475");
    let names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path())
        .map(|path| path.file_stem().unwrap().to_string_lossy().into_owned())
        .collect();
    assert_eq!(names.len(), 50);
    for name in names {
        let used = format!("vector!(\"{name}\")");
        assert!(include_str!("rfc4475.rs").contains(&used), "{name}");
    }
}
