//! Responses to a request: the headers every response copies (RFC 3261 §8.2.6.2, §18.2.1).

use std::fmt::Write;
use std::net::SocketAddr;

use crate::builder::Builder;
use crate::message::Message;
use crate::name::{Name, code};
use crate::restraint::{self, Restraint};
use crate::text::Values;
use crate::via::Via;

/// Begins a response to `request` that came from `source`: all Vias, the top one with
/// `received` and `rport` filled (RFC 3581 §4), From, To (with `to_tag` added when it has none
/// and the status is above 100), Call-ID, CSeq and, on a 100, Timestamp.
///
/// What the request lacks or has broken is left out or copied as it is, so that even a broken
/// request is answered as well as can be.
#[must_use]
pub fn response_to(
    request: &Message,
    status: u16,
    to_tag: Option<&str>,
    source: SocketAddr,
) -> Builder {
    restraining_response_to(request, status, to_tag, source, None)
}

/// The same, with what a neighbour that speaks overload control is asked for (RFC 7339 §5.1);
/// others are told nothing.
#[must_use]
pub fn restraining_response_to(
    request: &Message,
    status: u16,
    to_tag: Option<&str>,
    source: SocketAddr,
    restraint: Option<Restraint>,
) -> Builder {
    let mut builder = Builder::response(status, None);
    let mut top = true;
    for field in request.headers(Name::Via) {
        if top {
            builder.text(Name::Via, &stamped(field, source, restraint));
            top = false;
        } else {
            builder.text(Name::Via, field);
        }
    }
    builder.copy(request, Name::From);
    match (request.first(code::To), to_tag) {
        (Some(to), Some(tag))
            if status > 100 && request.to().is_ok_and(|to| to.tag().is_none()) =>
        {
            builder.header(Name::To, format_args!("{to};tag={tag}"));
        }
        (Some(_) | None, _) => {
            builder.copy(request, Name::To);
        }
    }
    builder
        .copy(request, Name::CallId)
        .copy(request, Name::CSeq);
    if status == 100 {
        builder.copy(request, Name::Timestamp);
    }
    builder
}

/// The top Via line with `received`, `rport` and overload control filled in.
fn stamped(field: &str, source: SocketAddr, restraint: Option<Restraint>) -> String {
    let mut stamped = String::with_capacity(field.len() + 64);
    let value = Values::new(field).next().unwrap_or_default();
    let Ok(via) = Via::parse(value) else {
        return field.to_owned();
    };
    let restraint = restraint.filter(|_| via.takes_restraint());
    let asked = via.rport().is_some();
    let differs = via.host.address() != Some(source.ip());
    let (head, _) = value.split_at(value.len() - via.params.as_str().len());
    stamped.push_str(head.trim_end());
    for (name, param) in via.params.iter() {
        let received = name.eq_ignore_ascii_case("received") && (asked || differs);
        let rport = name.eq_ignore_ascii_case("rport") && asked;
        let restrains = restraint.is_some() && restraint::is_ours(name);
        if received || rport || restrains {
            continue;
        }
        stamped.push(';');
        stamped.push_str(name);
        if let Some(param) = param {
            stamped.push('=');
            stamped.push_str(param);
        }
    }
    // Writing to a String cannot fail.
    if asked || differs {
        let _ = write!(stamped, ";received={}", source.ip());
    }
    if asked {
        let _ = write!(stamped, ";rport={}", source.port());
    }
    if let Some(restraint) = restraint {
        let _ = write!(stamped, ";{restraint}");
    }
    if let Some(at) = field.find(value) {
        stamped.push_str(&field[at + value.len()..]);
    }
    stamped
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use crate::limits::Limits;
    use bytes::Bytes;
    use std::time::Duration;

    fn request(via: &str, to: &str) -> Message {
        let text = format!(
            "OPTIONS sip:a@b SIP/2.0\r\nVia: {via}\r\nv: SIP/2.0/UDP second;branch=2\r\n\
             f: <sip:x@y>;tag=1\r\nTo: {to}\r\ni: 7\r\nCSeq: 3 OPTIONS\r\nTimestamp: 5\r\n\r\n"
        );
        Message::parse(Bytes::from(text), &Limits::DEFAULT).unwrap()
    }

    fn answer(via: &str, to: &str, status: u16, source: &str) -> String {
        let request = request(via, to);
        let bytes = response_to(&request, status, Some("new"), source.parse().unwrap()).finish();
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    // rfc: 3261 §18.2.1
    #[test]
    fn the_top_via_learns_where_the_request_came_from() {
        let text = answer(
            "SIP/2.0/UDP 10.0.0.1:5060;rport;branch=1, SIP/2.0/UDP inner;branch=0",
            "<sip:a@b>",
            200,
            "192.0.2.7:1024",
        );
        assert_eq!(
            text,
            "SIP/2.0 200 OK\r\n\
             Via: SIP/2.0/UDP 10.0.0.1:5060;branch=1;received=192.0.2.7;rport=1024, \
             SIP/2.0/UDP inner;branch=0\r\nVia: SIP/2.0/UDP second;branch=2\r\n\
             From: <sip:x@y>;tag=1\r\nTo: <sip:a@b>;tag=new\r\nCall-ID: 7\r\n\
             CSeq: 3 OPTIONS\r\nContent-Length: 0\r\n\r\n"
        );
    }

    // rfc: 3261 §18.2.1
    #[test]
    fn a_neighbour_that_speaks_overload_control_is_told_and_no_other() {
        let told = |params: &str| {
            let via = format!("SIP/2.0/UDP 192.0.2.7;branch=1{params}");
            let restraint = Restraint {
                percent: 30,
                lasts: Duration::from_secs(1),
                said: Duration::from_secs(5),
            };
            let (request, source) = (request(&via, "<sip:a@b>"), "192.0.2.7:5060");
            let source = source.parse().unwrap();
            let answer =
                restraining_response_to(&request, 503, None, source, Some(restraint)).finish();
            let text = String::from_utf8(answer.to_vec()).unwrap();
            text.lines().nth(1).unwrap().to_owned()
        };
        assert_eq!(
            told(";oc;oc-algo=\"loss,rate\""),
            "Via: SIP/2.0/UDP 192.0.2.7;branch=1;oc=30;oc-algo=\"loss\";oc-validity=1000;\
             oc-seq=5.000"
        );
        assert_eq!(told(""), "Via: SIP/2.0/UDP 192.0.2.7;branch=1");
        let rate = ";oc;oc-algo=\"rate\"";
        assert_eq!(
            told(rate),
            format!("Via: SIP/2.0/UDP 192.0.2.7;branch=1{rate}")
        );
    }

    #[test]
    fn a_via_that_tells_the_truth_and_asks_for_nothing_is_left_alone() {
        let text = answer(
            "SIP/2.0/UDP 192.0.2.7;branch=1",
            "<sip:a@b>;tag=old",
            486,
            "192.0.2.7:5060",
        );
        assert!(
            text.contains("Via: SIP/2.0/UDP 192.0.2.7;branch=1\r\n"),
            "{text}"
        );
        assert!(text.contains("To: <sip:a@b>;tag=old\r\n"), "{text}");
    }

    // rfc: 3261 §18.2.1
    #[test]
    fn a_claimed_received_is_replaced_by_the_truth() {
        let text = answer(
            "SIP/2.0/UDP [::1];received=1.2.3.4;branch=1",
            "sip:a@b",
            200,
            "[2001:db8::9]:5060",
        );
        assert!(
            text.contains("Via: SIP/2.0/UDP [::1];branch=1;received=2001:db8::9\r\n"),
            "{text}"
        );
        assert!(text.contains("To: sip:a@b;tag=new\r\n"), "{text}");
    }

    // rfc: 3261 §8.2.6.1
    #[test]
    fn trying_carries_the_timestamp_and_no_tag() {
        let text = answer(
            "SIP/2.0/UDP 192.0.2.7;branch=1",
            "<sip:a@b>",
            100,
            "192.0.2.7:5060",
        );
        assert!(text.contains("To: <sip:a@b>\r\n"));
        assert!(text.contains("Timestamp: 5\r\n"));
    }
}
