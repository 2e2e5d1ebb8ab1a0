//! Messages of SIP: whatever is asked of them.
#![no_main]

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use sip_message::{Limits, Message, Name, NameAddr, Parsed, response_to};

fn look(address: &NameAddr<'_>) {
    if let Ok(uri) = address.uri() {
        assert!(uri.equivalent(&uri) || uri.user_decoded().is_some() || uri.tel_number().is_none());
        let _text = (
            uri.param_decoded("transport"),
            uri.maddr(),
            uri.port_or_default(),
        );
    }
    let _text = (
        address.display_text(),
        address.tag(),
        address.q(),
        address.expires(),
    );
}

fn ask(message: &Message) {
    let _checks = (
        message.check_request(),
        message.check_response(),
        message.check_hops(),
    );
    [message.from(), message.to()]
        .iter()
        .flatten()
        .for_each(look);
    for list in [message.routes(), message.record_routes(), message.paths()] {
        list.iter().flatten().for_each(look);
    }
    let _values = (
        message.cseq(),
        message.max_forwards(),
        message.expires(),
        message.rack(),
    );
    let _more = (
        message.session_expires(),
        message.replaces(),
        message.event(),
    );
    let _vias = message.vias();
    for credentials in message.authorization() {
        let _count = credentials.params().count();
    }
    let _header = message.header(Name::Contact);
    let _contacts = message.contacts();
    if message.check_request().is_ok() {
        let _answer =
            response_to(message, 486, Some("tag"), ([192, 0, 2, 7], 5060).into()).finish();
    }
}

fuzz_target!(|octets: &[u8]| {
    match Message::parse_answerable(Bytes::copy_from_slice(octets), &Limits::default()) {
        Parsed::Whole(message) | Parsed::Flawed(message, _) => ask(&message),
        Parsed::Broken(_) => {}
    }
});
