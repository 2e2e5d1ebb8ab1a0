//! Cells: every SIP method with every place in which something of another company can be named.
//! What is answered is what is answered to the same with names that nothing ever had.

use std::collections::BTreeSet;

use sip_message::Message;
use testkit::RawId;

use crate::office::{Office, SECOND};

/// Every method there is, those that are not served too.
const METHODS: [&str; 14] = [
    "INVITE",
    "ACK",
    "BYE",
    "CANCEL",
    "REGISTER",
    "OPTIONS",
    "INFO",
    "UPDATE",
    "PRACK",
    "REFER",
    "NOTIFY",
    "SUBSCRIBE",
    "MESSAGE",
    "PUBLISH",
];

/// The one place whose answers may differ: whoever knows the Call-ID and both tags of a dialog
/// knows that it is there, and is told that it is not his (403), not that there is none (481).
const EXEMPT: &str = "a dialog";

/// What can be named: another company's, or nobody's of the same form.
struct Named {
    domain: String,
    user: String,
    at: String,
    call_id: String,
    ours: String,
    theirs: String,
}

/// A request as it is written: its target, its To, its Call-ID, further header lines.
struct Written {
    uri: String,
    to: String,
    from: String,
    call_id: Option<String>,
    more: String,
}

/// A request to nobody of the asker's own company.
fn plain() -> Written {
    Written {
        uri: "sip:999@alpha.example".to_owned(),
        to: "<sip:999@alpha.example>".to_owned(),
        from: "<sip:101@alpha.example>".to_owned(),
        call_id: None,
        more: String::new(),
    }
}

fn to_uri(uri: String) -> Written {
    Written {
        to: format!("<{uri}>"),
        uri,
        ..plain()
    }
}

fn with_header(more: String) -> Written {
    Written {
        more: format!("{more}\r\n"),
        ..plain()
    }
}

/// Every place in which something can be named, with a word for it.
fn places(named: &Named) -> Vec<(&'static str, Written)> {
    let Named {
        domain,
        user,
        at,
        call_id,
        ours,
        theirs,
    } = named;
    let dialog = format!("{call_id};to-tag={theirs};from-tag={ours}");
    let replaced = format!("{call_id}%3Bto-tag%3D{theirs}%3Bfrom-tag%3D{ours}");
    vec![
        ("a number of a domain", to_uri(format!("sip:101@{domain}"))),
        ("the domain itself", to_uri(format!("sip:{domain}"))),
        (
            "a user at its domain",
            to_uri(format!("sip:{user}@{domain}")),
        ),
        (
            "a user at home",
            to_uri(format!("sip:{user}@alpha.example")),
        ),
        ("a contact", to_uri(format!("sip:{user}@{at}"))),
        (
            "an address of one phone",
            to_uri(format!("sip:101@{domain};gr=urn:uuid:0-1")),
        ),
        (
            "From",
            Written {
                from: format!("<sip:101@{domain}>"),
                ..plain()
            },
        ),
        ("Route", with_header(format!("Route: <sip:{user}@{at};lr>"))),
        ("Path", with_header(format!("Path: <sip:{user}@{at};lr>"))),
        ("Replaces", with_header(format!("Replaces: {dialog}"))),
        ("Join", with_header(format!("Join: {dialog}"))),
        (
            "Target-Dialog",
            with_header(format!("Target-Dialog: {dialog}")),
        ),
        (
            "Refer-To",
            with_header(format!("Refer-To: <sip:101@{domain}>")),
        ),
        (
            "Refer-To with Replaces",
            with_header(format!("Refer-To: <sip:102@{domain}?Replaces={replaced}>")),
        ),
        (
            "Referred-By",
            with_header(format!("Referred-By: <sip:101@{domain}>")),
        ),
        (
            "P-Asserted-Identity",
            with_header(format!("P-Asserted-Identity: <sip:101@{domain}>")),
        ),
        (
            "Call-ID",
            Written {
                call_id: Some(call_id.clone()),
                ..plain()
            },
        ),
        (
            "a dialog",
            Written {
                call_id: Some(call_id.clone()),
                from: format!("<sip:101@{domain}>;tag={ours}"),
                to: format!("<sip:102@{domain}>;tag={theirs}"),
                ..plain()
            },
        ),
    ]
}

/// What a response says, without what is fresh in each.
type Shape = (Option<u16>, BTreeSet<String>);

fn shape(message: &Message) -> Shape {
    let names = message.fields().map(|(name, _)| format!("{name:?}"));
    (message.status(), names.collect())
}

/// What the request is answered with, to somebody who proves to be alpha's 101 when asked.
fn told(office: &mut Office, raw: RawId, method: &str, written: &Written) -> Option<Shape> {
    let account = office.world.phones[office.anna.0].account.clone();
    let send = |office: &mut Office, proof: &str| {
        let more = format!("{}{proof}", written.more);
        office.world.with_raw(raw, |raw| {
            raw.inbox.clear();
            let ends = (written.from.as_str(), written.to.as_str());
            match &written.call_id {
                Some(call_id) => raw.request_in(call_id, method, &written.uri, ends, &more, ""),
                None => {
                    raw.request(method, &written.uri, ends, &more, "");
                }
            }
        });
        office.world.run(SECOND);
    };
    let asks = |message: &&Message| matches!(message.status(), Some(401 | 407));
    let own = |message: &&Message| {
        message
            .cseq()
            .is_ok_and(|cseq| cseq.method.as_str() == method)
    };
    send(office, "");
    if office.world.raws[raw.0].inbox.iter().any(|one| asks(&one)) {
        let proof = office.world.raws[raw.0].answer(&account, method, &written.uri);
        send(office, &proof.unwrap_or_default());
    }
    let inbox = &office.world.raws[raw.0].inbox;
    let answers = || inbox.iter().filter(own);
    let last = answers()
        .rfind(|one| !asks(one))
        .or_else(|| answers().next_back());
    last.map(shape)
}

#[test]
fn no_method_names_what_another_company_has_in_any_place() {
    let mut office = Office::open();
    let (dora, emil) = office.talk(office.dora, office.emil, "102");
    let dialog = office.line(office.dora, dora).dialog().unwrap();
    let (theirs, nobodys) = (
        Named {
            domain: "beta.example".to_owned(),
            user: office.world.phones[office.dora.0].account.username.clone(),
            at: office.world.phones[office.dora.0].address.to_string(),
            call_id: dialog.call_id,
            ours: dialog.local_tag,
            theirs: dialog.remote_tag,
        },
        Named {
            domain: "nowhere.example".to_owned(),
            user: "nowhere-101-1".to_owned(),
            at: "198.51.100.99:5060".to_owned(),
            call_id: "nobodys-call".to_owned(),
            ours: "nobodys".to_owned(),
            theirs: "nobodys-too".to_owned(),
        },
    );
    let raw = office.raw();
    office.world.tap = Some(Vec::new());
    let (mut cells, mut differ) = (0, 0);
    for method in METHODS {
        for ((place, theirs), (_, nobodys)) in places(&theirs).into_iter().zip(places(&nobodys)) {
            let answers = [theirs, nobodys].map(|one| told(&mut office, raw, method, &one));
            let same = answers[0] == answers[1];
            assert!(same || place == EXEMPT, "{method}, {place}: {answers:?}");
            differ += usize::from(!same);
            let granted = |shape: &Option<Shape>| {
                shape
                    .as_ref()
                    .is_some_and(|(status, _)| status.is_some_and(|s| s < 300))
            };
            let harmless = ["OPTIONS", "REGISTER"].contains(&method);
            assert!(
                harmless || !granted(&answers[0]),
                "{method}, {place}: {answers:?}"
            );
            cells += 1;
        }
    }
    assert!(office.both_hear((office.dora, dora), (office.emil, emil)));
    for (phone, packet) in office.world.tap.take().unwrap() {
        let text = String::from_utf8_lossy(&packet.bytes);
        let beta = [office.dora, office.emil].contains(&phone);
        assert!(!(beta && text.contains("alpha")), "{text}");
    }
    office.hang_up(office.dora, dora);
    let records = office.settled_records();
    let of_beta = records.iter().filter(|one| one.tenant == office.beta.id());
    assert_eq!(of_beta.count(), 1);
    println!("cells: {cells:>6} SIP methods and places, {differ} exempt");
    assert!(differ > 0, "the exemption is not needed");
    assert_eq!(cells, METHODS.len() * places(&theirs).len());
}
