//! Well-formed messages together with what they mean.

use std::net::{Ipv4Addr, Ipv6Addr};

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use sip_message::unescape;

use crate::view::{self, View};

/// A message and its meaning.
#[derive(Clone)]
pub struct Made {
    pub bytes: Vec<u8>,
    pub meant: View,
}

impl std::fmt::Debug for Made {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.bytes))
    }
}

/// Text on the wire and what it means.
type Piece = (String, String);

fn token() -> impl Strategy<Value = String> {
    "[a-zA-Z0-9.!%*_+`'~-]{1,10}"
}

fn method() -> impl Strategy<Value = String> {
    let known = select(&["INVITE", "OPTIONS", "REGISTER", "BYE", "MESSAGE", "REFER"][..]);
    prop_oneof![5 => known.prop_map(str::to_owned), 1 => token()]
}

/// A host and how a view spells it.
fn host() -> impl Strategy<Value = Piece> {
    let same = |text: String| (text.clone(), text);
    let v6 = prop_oneof![
        any::<[u16; 8]>(),
        any::<[u16; 3]>().prop_map(|[a, b, c]| [0x2001, 0xdb8, 0, 0, 0, a, b, c]),
    ];
    prop_oneof![
        4 => "[a-zA-Z]([a-zA-Z0-9-]{0,6}[a-z0-9])?(\\.[a-z]{2,5}){0,2}\\.?".prop_map(same),
        2 => any::<[u8; 4]>().prop_map(move |a| same(Ipv4Addr::from(a).to_string())),
        2 => v6.prop_map(|groups| {
            let address = Ipv6Addr::from(groups);
            let long = groups.map(|group| format!("{group:04X}")).join(":");
            let wire = if groups[7].is_multiple_of(2) { address.to_string() } else { long };
            (format!("[{wire}]"), format!("[{address}]"))
        }),
    ]
}

fn port() -> impl Strategy<Value = Option<u16>> {
    option::of(1_u16..)
}

fn colon_port(port: Option<u16>) -> String {
    port.map(|port| format!(":{port}")).unwrap_or_default()
}

/// The user part; `plain` without the characters that need angle brackets around the URI.
fn user(plain: bool) -> BoxedStrategy<String> {
    if plain {
        "([a-zA-Z0-9._~!*'()&=+$/-]|%[2-6][0-9A-Fa-f]){1,8}".boxed()
    } else {
        "([a-zA-Z0-9._~!*'()&=+$/,;?-]|%[2-6][0-9A-Fa-f]){1,8}".boxed()
    }
}

fn uri_params() -> impl Strategy<Value = String> {
    let one = prop_oneof![
        select(
            &[
                "transport=tcp",
                "TRANSPORT=udp",
                "lr",
                "user=phone",
                "maddr=192.0.2.9"
            ][..]
        )
        .prop_map(str::to_owned),
        "[a-z][a-z0-9]{0,4}(=[a-zA-Z0-9+$%41/:-]{1,6})?"
            .prop_filter("escapes must be whole", |text| !text.contains('%')),
    ];
    vec(one, 0..3).prop_map(|list| list.iter().map(|one| format!(";{one}")).collect())
}

/// A SIP URI. `plain` fits outside angle brackets.
fn sip_uri(plain: bool) -> impl Strategy<Value = Piece> {
    let params = if plain {
        Just(String::new()).boxed()
    } else {
        uri_params().boxed()
    };
    let scheme = select(&["sip", "sip", "sips", "SIP"][..]);
    let password = option::weighted(0.1, "[a-z0-9&=+$]{1,6}");
    (
        scheme,
        option::weighted(0.8, user(plain)),
        password,
        host(),
        port(),
        params,
    )
        .prop_map(|(scheme, user, password, (host, shown), port, params)| {
            let password = password.filter(|_| user.is_some());
            let password = password.map(|text| format!(":{text}")).unwrap_or_default();
            let at = user.as_ref().map(|user| format!("{user}{password}@"));
            let colon_port = colon_port(port);
            let at = at.unwrap_or_default();
            let wire = format!("{scheme}:{at}{host}{colon_port}{params}");
            let user = user.unwrap_or_default();
            (wire, view::uri(scheme, &unescape(&user), &shown, port))
        })
}

fn tel_uri() -> impl Strategy<Value = Piece> {
    ("\\+[0-9]([0-9.()-]{0,8}[0-9])?", option::of(Just(";ext=1"))).prop_map(|(number, params)| {
        let wire = format!("tel:{number}{}", params.unwrap_or_default());
        (wire, view::uri("tel", &number, "", None))
    })
}

fn any_uri() -> impl Strategy<Value = Piece> {
    prop_oneof![6 => sip_uri(false), 1 => tel_uri()]
}

/// Nothing, or white space where the grammar lets it stand.
fn space() -> impl Strategy<Value = &'static str> {
    select(&["", "", "", "", " ", "\t", "  ", "\r\n ", " \r\n\t"][..])
}

fn display() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => Just(String::new()),
        2 => "[a-zA-Z0-9.!%*_+`'~-]{1,6}( [a-zA-Z0-9.]{1,4})?".prop_map(|name| format!("{name} ")),
        3 => "([a-zA-Z0-9 ,;:<>@=?.()é]|\\\\[\"\\\\a]){0,9}".prop_map(|name| format!("\"{name}\"")),
    ]
}

/// Header parameters, none of them named tag or branch.
fn params() -> impl Strategy<Value = String> {
    let value = prop_oneof![
        token().prop_map(|value| format!("={value}")),
        "([a-z ,;<>=:]|\\\\[\"\\\\a]){0,6}".prop_map(|value| format!("=\"{value}\"")),
        Just("=[2001:db8::1]".to_owned()),
        Just(String::new()),
    ];
    let one = (space(), "x[a-z0-9-]{0,4}", value);
    vec(one, 0..3).prop_map(|list| {
        let one = |(space, name, value): &(&str, String, String)| format!("{space};{name}{value}");
        list.iter().map(one).collect()
    })
}

/// An address as From, To and Contact have it: wire, URI, tag.
fn address(tagged: bool) -> impl Strategy<Value = (String, String, String)> {
    let bracketed = (display(), space(), any_uri())
        .prop_map(|(name, space, (uri, shown))| (format!("{name}{space}<{uri}>"), shown));
    let bare = sip_uri(true);
    let tag = if tagged {
        option::of(token()).boxed()
    } else {
        Just(None).boxed()
    };
    let word = select(&["tag", "tag", "Tag", "TAG"][..]);
    (
        prop_oneof![4 => bracketed, 1 => bare],
        params(),
        params(),
        space(),
        word,
        tag,
    )
        .prop_map(|((address, uri), before, after, space, word, tag)| {
            let shown = tag.clone().unwrap_or_default();
            let tag = tag.map(|tag| format!("{space};{space}{word}={tag}"));
            (
                format!("{address}{before}{}{after}", tag.unwrap_or_default()),
                uri,
                shown,
            )
        })
}

/// A Via value and its branch.
fn via() -> impl Strategy<Value = Piece> {
    let protocol = select(&["SIP/2.0/", "SIP / 2.0 / ", "SIP/2.0/\r\n "][..]);
    let transport = select(&["UDP", "TCP", "TLS", "udp"][..]);
    let branch = option::weighted(0.9, token().prop_map(|rest| format!("z9hG4bK{rest}")));
    let gap = select(&[" ", " ", "\t", "  ", "\r\n "][..]);
    (
        protocol,
        transport,
        gap,
        host(),
        port(),
        params(),
        branch,
        params(),
        space(),
    )
        .prop_map(
            |(protocol, transport, gap, (host, _), port, before, branch, after, space)| {
                let colon_port = colon_port(port);
                let shown = branch.clone().unwrap_or_default();
                let branch = branch.map(|branch| format!("{space};branch={branch}"));
                let branch = branch.unwrap_or_default();
                let wire =
                    format!("{protocol}{transport}{gap}{host}{colon_port}{before}{branch}{after}");
                (wire, shown)
            },
        )
}

/// Values on lines of their own or together, under any spelling of the name.
fn lines(names: &'static [&'static str], values: Vec<String>, together: bool) -> Vec<String> {
    let name = |at: usize| names[at % names.len()];
    if together && !values.is_empty() {
        return vec![format!("{}: {}", name(values.len()), values.join(" ,\t"))];
    }
    let line = |(at, value): (usize, String)| format!("{}:{value}", name(at));
    values.into_iter().enumerate().map(line).collect()
}

/// Lines that say nothing to anybody here.
fn idle() -> impl Strategy<Value = Vec<String>> {
    let line = prop_oneof![
        "[!-~]([ -~]{0,18}[!-~])?".prop_map(|text| format!("Subject: {text}")),
        "[a-z]{1,5}\\/1 \\(([a-z ,;]|\\\\[()]){0,9}\\)"
            .prop_map(|text| format!("User-Agent: {text}")),
        ("x-[a-z]{1,6}", space(), "[!-~]{0,12}").prop_map(|(n, s, v)| format!("{n}{}:{s}{v}", " ")),
        Just("Supported: path , gruu".to_owned()),
        Just("k: timer".to_owned()),
    ];
    vec(line, 0..4)
}

fn call_id() -> impl Strategy<Value = String> {
    "[a-zA-Z0-9.!%*_+`'~()<>:/?{}-]{1,12}(@[a-zA-Z0-9.-]{1,8})?"
}

fn body() -> impl Strategy<Value = Option<Vec<u8>>> {
    option::of(prop_oneof![
        Just(b"v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\n\r\n".to_vec()),
        vec(any::<u8>(), 1..40),
    ])
}

prop_compose! {
    /// The lines of a head, those whose order matters side by side, and their meaning.
    fn head()(
        method in method(),
        (uri, uri_meant) in any_uri(),
        vias in vec(via(), 1..4),
        from in address(true),
        to in address(true),
        call_id in call_id(),
        number in 0_u32..1 << 31,
        contacts in vec(address(false), 0..3),
        together in any::<(bool, bool)>(),
        gap in select(&[" ", "\t", "  "][..]),
    ) -> (String, Vec<Vec<String>>, View) {
        // what is registered must be a SIP address
        let registers_tel = method == "REGISTER" && to.1.starts_with("tel");
        let method = if registers_tel { "OPTIONS".to_owned() } else { method };
        let first = contacts.first().map(|(_, uri, _)| uri.clone());
        let meant = View {
            method: Some(method.clone()),
            uri: Some(uri_meant),
            branch: Some(vias[0].1.clone()),
            from_tag: Some(from.2),
            to_tag: Some(to.2),
            from_uri: Some(from.1),
            to_uri: Some(to.1),
            call_id: Some(call_id.clone()),
            cseq: Some(format!("{number} {method}")),
            contact: Some(first.unwrap_or_default()),
            body: None,
        };
        let vias = vias.into_iter().map(|(wire, _)| wire).collect();
        let contacts = contacts.into_iter().map(|(wire, _, _)| wire).collect();
        let blocks = vec![
            lines(&["Via", "v", "VIA"], vias, together.0),
            lines(&["Contact", "m"], contacts, together.1),
            vec![format!("{}: {}", if together.0 { "From" } else { "f" }, from.0)],
            vec![format!("{}: {}", if together.1 { "to" } else { "t" }, to.0)],
            vec![format!("{}: {call_id}", if together.0 { "i" } else { "Call-ID" })],
            vec![format!("CSeq:{gap}{number}{gap}{method}")],
            vec!["Max-Forwards: 70".to_owned()],
        ];
        (format!("{method} {uri} SIP/2.0"), blocks, meant)
    }
}

prop_compose! {
    /// A request and its meaning.
    pub fn message()(
        (first, mut blocks, meant) in head(),
        idle in idle(),
        body in body(),
        turn in 0_usize..8,
        compact in any::<bool>(),
        surplus in select(&["", "", "", "\r\n", "x"][..]),
    ) -> Made {
        let body = body.unwrap_or_default();
        let name = if compact { "l" } else { "Content-Length" };
        blocks.push(vec![format!("{name}: {}", body.len())]);
        blocks.push(idle);
        if !body.is_empty() {
            blocks.push(vec!["c: application/x".to_owned()]);
        }
        blocks.rotate_left(turn);
        let head = blocks.concat().join("\r\n");
        let mut bytes = format!("{first}\r\n{head}\r\n\r\n").into_bytes();
        bytes.extend_from_slice(&body);
        bytes.extend_from_slice(surplus.as_bytes());
        let meant = View { body: Some(view::body(&body)), ..meant };
        Made { bytes, meant }
    }
}
