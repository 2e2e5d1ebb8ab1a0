//! The differences that are known, each with its reason and an example.

use bytes::Bytes;
use sip_message::{Limits, Message, Name, NameAddr, Problem, unescape};

use crate::ours;
use crate::view::{Field, View};

/// A foreign parser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parser {
    Ezk,
    Rsipstack,
}

/// What an example is made of: one line of it is replaced, or taken out when it begins with `-`.
const PLAIN: &str = "OPTIONS sip:a@example.com SIP/2.0\r\n\
    Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\n\
    From: <sip:b@example.com>;tag=1\r\n\
    To: <sip:a@example.com>\r\n\
    Call-ID: 1\r\n\
    CSeq: 1 OPTIONS\r\n\
    Contact: <sip:b@192.0.2.1>\r\n\
    Max-Forwards: 70\r\n\
    Content-Type: text/plain\r\n\
    Content-Length: 1\r\n";

/// The plain message with one line of its own; a whole message is left as it is.
fn with_line(line: &[u8]) -> Vec<u8> {
    if line.starts_with(b"REGISTER") {
        return line.to_vec();
    }
    let name = |line: &[u8]| {
        let end = line.iter().position(|byte| b": \t".contains(byte));
        line[..end.unwrap_or(line.len())].to_vec()
    };
    let (wanted, put) = match line.strip_prefix(b"-") {
        Some(taken) => (name(taken), Vec::new()),
        None => (name(line), [line, b"\r\n"].concat()),
    };
    let mut lines: Vec<Vec<u8>> = PLAIN
        .split_inclusive("\r\n")
        .map(|line| line.as_bytes().to_vec())
        .collect();
    match lines.iter().position(|line| name(line) == wanted) {
        Some(at) => lines[at] = put,
        None => lines.push(put),
    }
    [lines.concat(), b"\r\nx".to_vec()].concat()
}

/// A way in which a foreign parser reads a message otherwise than we do.
pub struct Disagreement {
    pub parser: Parser,
    pub why: &'static str,
    fields: &'static [Field],
    holds: fn(&Case<'_>) -> bool,
    line: &'static [u8],
}

/// One field that two parsers read differently.
pub struct Case<'a> {
    text: &'a [u8],
    message: Message,
    ours: &'a str,
    theirs: &'a str,
}

impl Disagreement {
    pub fn explains(&self, text: &[u8], ours: &View, theirs: &View, field: Field) -> bool {
        let message = Message::parse(Bytes::copy_from_slice(text), &Limits::DEFAULT);
        let (Ok(message), Some(ours), Some(theirs)) =
            (message, ours.field(field), theirs.field(field))
        else {
            return false;
        };
        let case = Case {
            text,
            message,
            ours,
            theirs,
        };
        self.fields.contains(&field) && (self.holds)(&case)
    }

    /// A message on which they differ.
    pub fn example(&self) -> Vec<u8> {
        with_line(self.line)
    }
}

/// A rule of the grammar that we uphold and a foreign parser does not.
pub struct Stricter {
    pub rule: &'static str,
    line: &'static [u8],
}

impl Stricter {
    /// A message that breaks the rule.
    pub fn example(&self) -> Vec<u8> {
        with_line(self.line)
    }
}

const TAGS: &[Field] = &[Field::Branch, Field::FromTag, Field::ToTag];
const URIS: &[Field] = &[Field::Uri, Field::FromUri, Field::ToUri, Field::Contact];

pub const DISAGREEMENTS: &[Disagreement] = &[
    Disagreement {
        parser: Parser::Ezk,
        why: "names of parameters are compared with case, against RFC 3261 §7.3.1",
        fields: TAGS,
        holds: |case| case.theirs.is_empty(),
        line: b"From: <sip:b@example.com>;Tag=1",
    },
    Disagreement {
        parser: Parser::Ezk,
        why: "a parameter it does not understand ends its reading: the rest is taken for absent",
        fields: TAGS,
        holds: |case| case.ours.starts_with(case.theirs),
        line: b"From: <sip:b@example.com>;x=\"\\\"\";tag=1",
    },
    Disagreement {
        parser: Parser::Ezk,
        why: "a value it does not understand, such as a tel URI, is passed over for the next",
        fields: &[Field::Contact, Field::Branch],
        holds: |case| later_values(&case.message).contains(&case.theirs.to_owned()),
        line: b"Contact: <tel:+1>\r\nContact: <sip:b@192.0.2.1>",
    },
    Disagreement {
        parser: Parser::Ezk,
        why: "a last line that ends with a lone LF leaves the empty line to the body",
        fields: &[Field::Body],
        holds: |case| ends_with_lone_lf(case.text),
        line: b"X-Last: 1\n\r\nxy",
    },
    Disagreement {
        parser: Parser::Ezk,
        why: "escapes are undone in parameters, where RFC 3261 §25.1 knows none",
        fields: TAGS,
        holds: |case| unescape(case.ours).starts_with(case.theirs),
        line: b"From: <sip:b@example.com>;tag=%41",
    },
    Disagreement {
        parser: Parser::Ezk,
        why: "a user with characters beyond the grammar, which phones do send, is taken for a host",
        fields: URIS,
        holds: |case| userinfos(&case.message).any(|text| text.bytes().any(is_beyond_grammar)),
        line: b"To: sip:a$b^c@example.com",
    },
    Disagreement {
        parser: Parser::Ezk,
        why: "a host beyond the grammar is cut where the grammar ends",
        fields: URIS,
        holds: |case| case.ours.starts_with(case.theirs.trim_end_matches(':')),
        line: b"To: sip:a@example..com",
    },
    Disagreement {
        parser: Parser::Rsipstack,
        why: "a line that is not UTF-8 ends its reading of the head",
        fields: &[Field::Contact, Field::Body],
        holds: |case| case.theirs.is_empty() && std::str::from_utf8(head_of(case)).is_err(),
        line: b"CSeq: 1 OPTIONS\r\nX-Odd: \xff",
    },
    Disagreement {
        parser: Parser::Rsipstack,
        why: "a head ends only with CR LF CR LF, though our peers' line ends may be mixed",
        fields: &[Field::Body],
        holds: |case| ends_with_lone_lf(case.text),
        line: b"X-Last: 1\n\r\nx\r\n\r\n",
    },
    Disagreement {
        parser: Parser::Rsipstack,
        why: "an escaped quote ends a quoted string, so that commas in it part values",
        fields: &[Field::Contact],
        holds: |case| {
            case.message
                .headers(Name::Contact)
                .any(|line| line.contains("\\\""))
        },
        line: b"Contact: \"\\\",\" <sip:b@192.0.2.1>",
    },
    Disagreement {
        parser: Parser::Rsipstack,
        why: "';' and '?' in the user part end the URI, though RFC 3261 §25.1 lets them stand",
        fields: URIS,
        holds: |case| userinfos(&case.message).any(|text| text.contains([';', '?'])),
        line: b"From: <sip:b;day=tuesday@example.com>;tag=1",
    },
    Disagreement {
        parser: Parser::Rsipstack,
        why: "a scheme it does not know is read as if it were SIP",
        fields: URIS,
        holds: |case| {
            !["sip:", "sips:", "tel:"]
                .iter()
                .any(|known| case.ours.starts_with(known))
        },
        line: b"From: <isbn:2983792873>;tag=1",
    },
    Disagreement {
        parser: Parser::Rsipstack,
        why: "the first '<' opens the URI, also inside quotes",
        fields: &[
            Field::FromUri,
            Field::ToUri,
            Field::Contact,
            Field::FromTag,
            Field::ToTag,
        ],
        holds: |case| addresses(&case.message).iter().any(has_quoted_bracket),
        line: b"From: \"<sip:evil@example.net>\" <sip:b@example.com>;tag=1",
    },
    Disagreement {
        parser: Parser::Rsipstack,
        why: "a semicolon separates parameters, also inside quotes",
        fields: TAGS,
        holds: |case| case.text.contains(&b'"'),
        line: b"To: <sip:a@example.com>;x=\"a;tag=2\"",
    },
    Disagreement {
        parser: Parser::Rsipstack,
        why: "a space before '=' belongs to the name of the parameter",
        fields: TAGS,
        holds: |case| case.theirs.is_empty(),
        line: b"From: <sip:b@example.com>;tag =1",
    },
    Disagreement {
        parser: Parser::Rsipstack,
        why: "without Content-Length a datagram has no body, against RFC 3261 §18.3",
        fields: &[Field::Body],
        holds: |case| case.theirs.is_empty() && !case.message.has(Name::ContentLength),
        line: b"-Content-Length",
    },
    Disagreement {
        parser: Parser::Rsipstack,
        why: "a space or fold before a value is part of it",
        fields: &[Field::CallId, Field::Branch, Field::FromTag, Field::ToTag],
        holds: |case| case.theirs.trim() == case.ours,
        line: b"Call-ID:\r\n 1",
    },
];

fn head_of<'a>(case: &'a Case<'_>) -> &'a [u8] {
    &case.text[..case.text.len() - case.message.body().len()]
}

const fn rule(rule: &'static str, line: &'static [u8]) -> Stricter {
    Stricter { rule, line }
}

/// Rules that at least one foreign parser does not uphold.
pub const STRICTER: &[Stricter] = &[
    // the start line
    rule(
        "must be separated by single spaces",
        b"OPTIONS  sip:a@example.com SIP/2.0",
    ),
    rule(
        "must begin with a method and a space",
        b"OPTIONS\tsip:a@example.com SIP/2.0",
    ),
    rule(
        "must have a Request-URI and a version",
        b"OPTIONS sip:a@example.com\r\n SIP/2.0",
    ),
    rule(
        "no space may follow the version",
        b"OPTIONS sip:a@example.com SIP/2.0 ",
    ),
    rule("must be SIP/2.0", b"OPTIONS sip:a@example.com SIP/3.0"),
    rule(
        "must not have headers",
        b"OPTIONS sip:a@example.com?Subject=1 SIP/2.0",
    ),
    rule(
        "scheme must be sip, sips or tel",
        b"OPTIONS isbn:2983792873 SIP/2.0",
    ),
    // lines
    rule("must be a name, a colon and a value", b"No colon"),
    rule("a carriage return must be part of a line end", b"X: a\rb"),
    rule("must be UTF-8", b"User-Agent: \xff"),
    rule(
        "must be given once",
        b"To: <sip:a@example.com>\r\nTo: <sip:c@example.com>",
    ),
    // URIs
    rule(
        "must not contain spaces, controls, quotes or brackets",
        b"OPTIONS <sip:a@example.com> SIP/2.0",
    ),
    rule("must begin with a scheme", b"Contact: <b>"),
    rule(
        "scheme must be a letter followed by letters, digits, '+', '-' or '.'",
        b"To: <1:2>",
    ),
    rule(
        "'%' must be followed by two hexadecimal digits",
        b"To: <sip:%4@example.com>",
    ),
    rule("a second '@' must be escaped", b"To: <sip:a@b@example.com>"),
    rule("the user part must not be empty", b"To: <sip:@example.com>"),
    rule(
        "a telephone number must be digits and visual separators",
        b"To: <tel:+1x>",
    ),
    rule("an IPv6 address must be closed by ']'", b"To: <sip:a@[::1>"),
    rule(
        "not an IPv6 address",
        b"Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1, SIP/2.0/UDP [::1x]",
    ),
    rule("only a port may follow the host", b"To: <sip:a@[::1]x>"),
    rule("port must be a number", b"To: <sip:a@example.com:+5>"),
    rule(
        "port must be at most 65535",
        b"Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1, SIP/2.0/UDP [::1]:65536",
    ),
    rule(
        "the host must not be empty",
        b"Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1, SIP/2.0/UDP :5060",
    ),
    rule(
        "a host must be letters, digits, '-' and '.', an IPv6 address in brackets",
        b"To: <sip:a@exa(mple.com>",
    ),
    // addresses
    rule(
        "'<' must be closed by '>'",
        b"Contact: <sip:b@192.0.2.1>, <sip:c@192.0.2.1",
    ),
    rule(
        "a URI with '?' or ',' must be in angle brackets",
        b"To: sip:a@example.com?x=1",
    ),
    rule(
        "the URI must not be empty",
        b"Contact: <sip:b@192.0.2.1>, <>",
    ),
    rule(
        "the URI must not contain spaces",
        b"To: < sip:a@example.com>",
    ),
    rule(
        "a quoted string must be closed",
        b"To: \"a <sip:a@example.com>",
    ),
    rule(
        "a display name must be followed by '<'",
        b"To: \"a\" b <sip:a@example.com>",
    ),
    rule(
        "an unquoted display name must be tokens",
        b"To: a, b <sip:a@example.com>",
    ),
    rule(
        "the address of a registration must be a SIP URI",
        b"REGISTER sip:example.com SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\n\
        From: <sip:b@example.com>;tag=1\r\nTo: <tel:+1>\r\nCall-ID: 1\r\nCSeq: 1 REGISTER\r\n\
        Content-Length: 0\r\n\r\n",
    ),
    // parameters
    rule(
        "parameters must be separated by ';'",
        b"To: <sip:a@example.com> x",
    ),
    rule(
        "a parameter must have a name",
        b"To: <sip:a@example.com>;;tag=1",
    ),
    rule(
        "a parameter value must be a token, a host or a quoted string",
        b"To: <sip:a@example.com>;x=<",
    ),
    rule(
        "a parameter value must not be empty",
        b"To: <sip:a@example.com>;x=",
    ),
    rule(
        "the tag must be given once",
        b"From: <sip:b@example.com>;tag=1;tag=2",
    ),
    rule(
        "the branch must be given once",
        b"Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1;branch=z9hG4bK2",
    ),
    // Via
    rule(
        "must begin with SIP/2.0 and a transport",
        b"Via: SIP/3.0/UDP 192.0.2.1;branch=z9hG4bK1",
    ),
    rule(
        "the transport must be followed by a space and the host",
        b"Via: SIP/2.0/UDP[::1];branch=z9hG4bK1",
    ),
    rule(
        "only parameters may follow the host",
        b"Via: SIP/2.0/UDP 192.0.2.1 x;branch=z9hG4bK1",
    ),
    rule(
        "port must be a number up to 65535",
        b"Via: SIP/2.0/UDP 192.0.2.1: x;branch=z9hG4bK1",
    ),
    // other fields
    rule("method must be a token", b"CSeq: 1 OPTIONS;x"),
    rule("method must be that of the request", b"CSeq: 1 INVITE"),
    rule("must be a number, a space and a method", b"CSeq: 1OPTIONS"),
    rule("number must be below 2^31", b"CSeq: 2147483648 OPTIONS"),
    rule("must be a word, perhaps '@' and a word", b"Call-ID: a b"),
    rule("must be a number up to 255", b"Max-Forwards: 256"),
    rule("must be a number", b"Content-Length: x"),
    rule("is more than the message holds", b"Content-Length: 2"),
    rule("must be a type, '/' and a subtype", b"Content-Type: text"),
];

/// Why a foreign parser reads a field otherwise; none for a difference that is not listed.
pub fn explained(
    parser: Parser,
    text: &[u8],
    ours: &View,
    theirs: &View,
    field: Field,
) -> Option<&'static str> {
    DISAGREEMENTS
        .iter()
        .find(|known| known.parser == parser && known.explains(text, ours, theirs, field))
        .map(|known| known.why)
}

/// Whether it is listed that foreign parsers do not mind the problem.
pub fn is_stricter(problem: &Problem) -> bool {
    STRICTER.iter().any(|known| known.rule == problem.rule)
}

/// What the second and further values of Contact and Via say.
fn later_values(message: &Message) -> Vec<String> {
    let (contacts, vias) = (message.contacts().unwrap(), message.vias().unwrap());
    let contacts = contacts.list().iter().skip(1);
    let uris = contacts.map(|contact| ours::address(contact).unwrap());
    let branches = vias.iter().skip(1).filter_map(|via| via.branch());
    uris.chain(branches.map(str::to_owned)).collect()
}

/// Whether an end of a line before the body, or the empty line, is a lone LF.
fn ends_with_lone_lf(text: &[u8]) -> bool {
    let ends = [&b"\n\n"[..], b"\r\n\n"];
    ends.iter()
        .any(|end| text.windows(end.len()).any(|part| part == *end))
        || text
            .windows(4)
            .any(|end| end[0] != b'\r' && &end[1..] == b"\n\r\n")
}

fn addresses(message: &Message) -> Vec<NameAddr<'_>> {
    let ends = [message.from(), message.to()].into_iter().flatten();
    let contacts = message.contacts().unwrap();
    ends.chain(contacts.list().iter().copied()).collect()
}

/// Whether a quoted string holds a bracket.
fn has_quoted_bracket(address: &NameAddr<'_>) -> bool {
    let brackets = |text: &str| text.contains(['<', '>']);
    address.display.is_some_and(brackets) || brackets(address.params.as_str())
}

/// The user parts and passwords of all URIs that are compared.
fn userinfos(message: &Message) -> impl Iterator<Item = &str> {
    let inside = addresses(message);
    let uris = inside.into_iter().map(|address| address.uri());
    let uris = uris.chain([message.request_uri()]).flatten();
    uris.flat_map(|uri| [uri.user, uri.password]).flatten()
}

/// Whether a byte has no place in the user part or password of a SIP URI (RFC 3261 §25.1).
fn is_beyond_grammar(byte: u8) -> bool {
    !byte.is_ascii_alphanumeric() && !b"-_.!~*'()&=+$,%".contains(&byte)
}
