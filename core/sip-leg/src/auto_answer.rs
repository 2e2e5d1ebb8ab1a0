//! Intercom: a caller asks that the callee's telephone answer by itself. Every vendor has its own
//! words for it; what the caller's telephone says is told to the callee's in its own dialect.

use sip_message::{Message, Name};

/// Whose words a telephone understands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Dialect {
    /// Yealink: `Alert-Info` with `info=alert-autoanswer`.
    Yealink,
    /// Poly, Polycom: `Alert-Info` with the text it maps to the class of ringing *auto answer*.
    Poly,
    /// Cisco and its SPA series: `Call-Info` with `answer-after`.
    Cisco,
    /// Grandstream, Snom, Fanvil and whoever is not known: both headers, and RFC 5373's.
    Common,
}

impl Dialect {
    fn of(user_agent: &str) -> Dialect {
        let agent = user_agent.to_ascii_lowercase();
        let is = |name: &str| agent.contains(name);
        if is("yealink") {
            Dialect::Yealink
        } else if is("polycom") || agent.starts_with("poly") {
            Dialect::Poly
        } else if is("cisco") || is("linksys") || is("sipura") {
            Dialect::Cisco
        } else {
            Dialect::Common
        }
    }
}

/// Whether the caller asks that the callee answer by itself: by any vendor's header, by RFC 5373's,
/// or by `intercom=true` in the Request-URI.
#[must_use]
pub fn asks_to_answer(invite: &Message) -> bool {
    let alert_words = [
        "alert-autoanswer",
        "auto answer",
        "answer-after",
        "intercom",
        "ring answer",
        "ring-answer",
    ];
    let alerts = invite.headers(Name::AlertInfo).any(|value| {
        let value = value.to_ascii_lowercase();
        alert_words.iter().any(|word| value.contains(word))
    });
    let informs = invite.headers(Name::CallInfo).any(|value| {
        let value = value.to_ascii_lowercase();
        value.contains("answer-after=") || value.contains("alert-autoanswer")
    });
    let automatic = |name| {
        invite.header(name).is_some_and(|value| {
            let mode = value.split(';').next().unwrap_or_default().trim();
            mode.eq_ignore_ascii_case("auto")
        })
    };
    let modes = automatic(Name::AnswerMode) || automatic(Name::Other("Priv-Answer-Mode"));
    alerts || informs || modes || has_intercom(invite)
}

fn has_intercom(invite: &Message) -> bool {
    match invite.kind() {
        sip_message::Kind::Request { uri, .. } => {
            let uri = uri.to_ascii_lowercase();
            uri.split(';').skip(1).any(|param| param == "intercom=true")
        }
        sip_message::Kind::Response { .. } => false,
    }
}

/// The headers that ask a telephone to answer by itself, at once. `domain` is the company's, for
/// the URI without which the headers would be no proper ones (RFC 3261 §20.4, §20.9).
#[must_use]
pub fn answer_headers(user_agent: &str, domain: &str) -> Vec<(Name<'static>, String)> {
    let alert = (
        Name::AlertInfo,
        format!("<sip:{domain}>;info=alert-autoanswer;delay=0"),
    );
    let inform = (Name::CallInfo, format!("<sip:{domain}>;answer-after=0"));
    match Dialect::of(user_agent) {
        Dialect::Yealink => vec![alert],
        Dialect::Poly => vec![(Name::AlertInfo, "info=Auto Answer".to_owned())],
        Dialect::Cisco => vec![inform],
        Dialect::Common => vec![alert, inform, (Name::AnswerMode, "Auto".to_owned())],
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use sip_message::Limits;

    fn invite(uri: &str, more: &str) -> Message {
        let text = format!(
            "INVITE {uri} SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.9;branch=z9hG4bK1\r\n\
             From: <sip:101@example.com>;tag=1\r\nTo: <sip:102@example.com>\r\nCall-ID: 1\r\n\
             CSeq: 1 INVITE\r\nMax-Forwards: 70\r\n{more}\r\n"
        );
        Message::parse(text.into(), &Limits::DEFAULT).unwrap()
    }

    #[test]
    fn every_vendors_way_of_asking_is_understood() {
        let headers = [
            "Alert-Info: <http://192.0.2.1>;info=alert-autoanswer;delay=0\r\n",
            "Alert-Info: Auto Answer\r\n",
            "Alert-Info: info=Auto Answer\r\n",
            "Alert-Info: Ring Answer\r\n",
            "Alert-Info: answer-after=0\r\n",
            "Alert-Info: Intercom\r\n",
            "Call-Info: <sip:192.0.2.1>;answer-after=0\r\n",
            "Call-Info: <sip:192.0.2.1>; Answer-After=0\r\n",
            "Answer-Mode: Auto\r\n",
            "Priv-Answer-Mode: auto;require\r\n",
        ];
        for header in headers {
            let invite = invite("sip:102@example.com", header);
            assert!(asks_to_answer(&invite), "{header}");
        }
        assert!(asks_to_answer(&invite(
            "sip:102@example.com;intercom=true",
            ""
        )));
    }

    #[test]
    fn other_ringing_is_no_intercom() {
        let headers = [
            "",
            "Alert-Info: <http://192.0.2.1/bell.wav>;info=family\r\n",
            "Call-Info: <http://192.0.2.1/face.jpg>;purpose=icon\r\n",
            "Answer-Mode: Manual\r\n",
        ];
        for header in headers {
            let invite = invite("sip:102@example.com", header);
            assert!(!asks_to_answer(&invite), "{header}");
        }
    }

    #[test]
    fn each_vendor_is_asked_in_its_own_words() {
        let said = |agent: &str| {
            let headers = answer_headers(agent, "example.com");
            let lines = headers
                .iter()
                .map(|(name, value)| format!("{name}: {value}"));
            lines.collect::<Vec<String>>().join(" | ")
        };
        let alert = "Alert-Info: <sip:example.com>;info=alert-autoanswer;delay=0";
        let inform = "Call-Info: <sip:example.com>;answer-after=0";
        assert_eq!(said("Yealink SIP-T46U 108.86.0.20"), alert);
        assert_eq!(
            said("PolycomVVX-VVX_411-UA/6.4.3"),
            "Alert-Info: info=Auto Answer"
        );
        assert_eq!(
            said("PolyEdge-Edge_E450-UA/8.1"),
            "Alert-Info: info=Auto Answer"
        );
        assert_eq!(said("Cisco-CP-8841-3PCC/12.0.1"), inform);
        let all = format!("{alert} | {inform} | Answer-Mode: Auto");
        let others = [
            "Grandstream GRP2614 1.0.9.69",
            "snomD785/10.1.148.1",
            "Fanvil X6U 2.4.10",
            "baresip v3.14.0",
            "",
        ];
        for agent in others {
            assert_eq!(said(agent), all, "{agent}");
        }
    }
}
