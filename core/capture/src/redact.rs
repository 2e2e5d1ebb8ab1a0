//! Taking secrets out of a message: what proves somebody, what decrypts media, what people write.

use std::borrow::Cow;

/// What stands where something was taken out.
const GONE: &str = "***";

/// Headers whose value proves somebody.
const PROOFS: [&str; 2] = ["authorization", "proxy-authorization"];

/// Parameters of a digest that a password can be guessed with (RFC 7616 §3.4).
const ANSWERS: [&str; 2] = ["response", "rspauth"];

/// Methods whose bodies are what people write or press: MESSAGE (RFC 3428), INFO with keys.
const PRIVATE: [&str; 2] = ["MESSAGE", "INFO"];

/// The message as text, with what is secret taken out: answers to challenges, keys of SRTP and ICE
/// in descriptions, bodies of MESSAGE and INFO. What is no UTF-8 is shown as a mark.
#[must_use]
pub fn redacted(bytes: &[u8]) -> String {
    let end = memchr::memmem::find(bytes, b"\r\n\r\n").map_or(bytes.len(), |at| at + 4);
    let (head, body) = bytes.split_at(end);
    let (head, body) = (String::from_utf8_lossy(head), String::from_utf8_lossy(body));
    let mut text = String::with_capacity(bytes.len());
    let mut proof = false;
    for line in head.split_inclusive('\n') {
        // a folded line belongs to the header above it (RFC 3261 §7.3.1)
        let folded = line.starts_with([' ', '\t']);
        proof = if folded { proof } else { is_proof(line) };
        text += &if proof {
            without_answer(line, folded)
        } else {
            Cow::Borrowed(line)
        };
    }
    if is_private(&head) && !body.is_empty() {
        text += &format!("({} octets taken out)", body.len());
        return text;
    }
    for line in body.split_inclusive('\n') {
        text += &without_key(line);
    }
    text
}

fn is_proof(line: &str) -> bool {
    let name = line.split_once(':').map_or("", |(name, _)| name.trim());
    PROOFS.iter().any(|proof| name.eq_ignore_ascii_case(proof))
        || name.eq_ignore_ascii_case("authentication-info")
}

/// Whether the body is private, by the method of the request or of the response's CSeq.
fn is_private(head: &str) -> bool {
    let first = head.lines().next().unwrap_or_default();
    let method = if first.starts_with("SIP/") {
        let cseq = head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.trim().eq_ignore_ascii_case("cseq").then_some(value)
        });
        cseq.and_then(|value| value.split_whitespace().nth(1))
    } else {
        first.split_whitespace().next()
    };
    method.is_some_and(|method| PRIVATE.contains(&method))
}

/// A line of credentials: of a digest only the answer goes, of other schemes everything.
fn without_answer(line: &str, folded: bool) -> Cow<'_, str> {
    let (name, value) = if folded {
        ("", line)
    } else {
        line.split_once(':').unwrap_or((line, ""))
    };
    let scheme = value.split_whitespace().next().unwrap_or_default();
    let digest = folded
        || scheme.eq_ignore_ascii_case("digest")
        || name.trim().eq_ignore_ascii_case("authentication-info");
    if !digest {
        return Cow::Owned(format!("{name}: {scheme} {GONE}\r\n"));
    }
    let mut kept = Vec::new();
    for param in line.split(',') {
        let (before, value) = param.split_once('=').unwrap_or((param, ""));
        let word = before.trim_end().rsplit([' ', '\t', ':']).next();
        let word = word.unwrap_or_default();
        if ANSWERS
            .iter()
            .any(|answer| word.eq_ignore_ascii_case(answer))
        {
            let end = if value.ends_with('\n') { "\r\n" } else { "" };
            kept.push(format!("{before}=\"{GONE}\"{end}"));
        } else {
            kept.push(param.to_owned());
        }
    }
    Cow::Owned(kept.join(","))
}

/// A line of a description: keys of SRTP (RFC 4568 §4, RFC 8866 §5.12) and of ICE (RFC 8839 §5.4).
fn without_key(line: &str) -> Cow<'_, str> {
    let end = if line.ends_with("\r\n") { "\r\n" } else { "" };
    if let Some(at) = line
        .find("inline:")
        .filter(|_| line.starts_with("a=crypto:"))
    {
        let kept = line.get(..at).unwrap_or_default();
        return Cow::Owned(format!("{kept}inline:{GONE}{end}"));
    }
    for prefix in ["a=ice-pwd:", "k="] {
        if line.starts_with(prefix) {
            return Cow::Owned(format!("{prefix}{GONE}{end}"));
        }
    }
    Cow::Borrowed(line)
}
