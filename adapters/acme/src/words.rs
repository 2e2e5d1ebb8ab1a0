//! What was wrong, in words for whoever runs the exchange.

use instant_acme::{Error, Problem};

/// What begins the types of RFC 8555's problems.
const TYPES: &str = "urn:ietf:params:acme:error:";

/// A problem in words.
pub(crate) fn of(error: &Error) -> String {
    if let Error::Api(problem) = error {
        return told(problem);
    }
    if matches!(error, Error::Timeout(_)) {
        return "the authority did not come to an end in time".to_owned();
    }
    if matches!(error, Error::Json(_)) {
        return "the authority's answer is no document of ACME".to_owned();
    }
    format!("the authority: {error}")
}

/// What the authority itself has to say.
pub(crate) fn told(problem: &Problem) -> String {
    let kind = problem.r#type.as_deref().unwrap_or_default();
    let kind = kind.strip_prefix(TYPES).unwrap_or(kind);
    let meaning = match kind {
        "accountDoesNotExist" => "it does not know our account",
        "badCSR" => "it does not take the request for the certificate",
        "caa" => "the name's CAA records forbid it to give one",
        "connection" => "it does not reach the exchange at the name",
        "dns" => "it does not find the name's address",
        "externalAccountRequired" => "it wants an external account (acme_eab_id, acme_eab_key)",
        "incorrectResponse" | "unauthorized" => {
            "it asked at the name, and this exchange did not answer"
        }
        "rateLimited" => "it was asked too often",
        "rejectedIdentifier" => "it gives none for this name",
        "serverInternal" => "it has trouble of its own",
        "tls" => "it reaches no TLS at the name",
        "userActionRequired" => "somebody must visit its pages first",
        _ => "it refuses",
    };
    let mut text = format!("the authority says: {meaning}");
    for detail in [problem.detail.as_deref(), Some(kind)]
        .into_iter()
        .flatten()
    {
        if !detail.is_empty() {
            text.push_str(" · ");
            text.push_str(detail);
        }
    }
    for sub in &problem.subproblems {
        text.push_str(" · ");
        text.push_str(&sub.to_string());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(kind: &str, detail: Option<&str>) -> Problem {
        Problem {
            r#type: Some(format!("{TYPES}{kind}")),
            detail: detail.map(str::to_owned),
            status: Some(400),
            subproblems: Vec::new(),
        }
    }

    #[test]
    fn a_problem_is_told_in_words_with_what_the_authority_says_and_calls_it() {
        let text = told(&problem("connection", Some("192.0.2.1: refused")));
        let meant = "the authority says: it does not reach the exchange at the name \
                     · 192.0.2.1: refused · connection";
        assert_eq!(text, meant);
        assert!(told(&problem("rateLimited", None)).contains("too often"));
        assert!(told(&problem("ofTomorrow", None)).contains("it refuses · ofTomorrow"));
    }

    #[test]
    fn what_is_no_answer_of_an_authority_is_told_so() {
        let text = of(&Error::Other("it answered 502 Bad Gateway".into()));
        assert_eq!(text, "the authority: it answered 502 Bad Gateway");
        assert!(of(&Error::Timeout(None)).contains("in time"));
    }
}
