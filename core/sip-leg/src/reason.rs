//! Why a leg ends, as the Reason header says it (RFC 3326).

use call::EndReason;

/// The value of a Reason header.
#[must_use]
pub fn reason_value(reason: &EndReason) -> String {
    let text: String = reason
        .text
        .chars()
        .filter(|c| !c.is_control() && *c != '"' && *c != '\\')
        .collect();
    match reason.status {
        Some(status) => format!("SIP;cause={status};text=\"{text}\""),
        None => format!("Q.850;cause={};text=\"{text}\"", reason.cause),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answered_elsewhere_is_said_as_phones_expect_it() {
        let value = reason_value(&EndReason::answered_elsewhere());
        assert_eq!(value, "SIP;cause=200;text=\"Call completed elsewhere\"");
    }

    #[test]
    fn a_text_cannot_end_its_own_quotes() {
        let reason = EndReason {
            status: None,
            cause: 16,
            text: "a\"\r\nb\\".into(),
        };
        assert_eq!(reason_value(&reason), "Q.850;cause=16;text=\"ab\"");
    }
}
