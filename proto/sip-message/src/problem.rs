//! Problem: what is wrong with a message, as a value that can be answered.

use std::fmt;

/// A rule that a message breaks, with the status that answers it.
///
/// Nothing here borrows from the message, so a problem can outlive it and be counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Problem {
    /// The status to answer a request with; a response with a problem is dropped.
    pub status: u16,
    /// The field or part at fault, in its canonical spelling.
    pub field: &'static str,
    /// The rule that was broken.
    pub rule: &'static str,
}

impl Problem {
    /// A problem with any status.
    #[must_use]
    pub const fn new(status: u16, field: &'static str, rule: &'static str) -> Self {
        Self {
            status,
            field,
            rule,
        }
    }

    /// A 400 Bad Request.
    #[must_use]
    pub const fn bad(field: &'static str, rule: &'static str) -> Self {
        Self::new(400, field, rule)
    }

    /// The same rule and status blamed on another field.
    #[must_use]
    pub const fn in_field(self, field: &'static str) -> Self {
        Self { field, ..self }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.status == 400 {
            write!(f, "400 Bad {}: {}", self.field, self.rule)
        } else {
            let phrase = reason_phrase(self.status);
            write!(
                f,
                "{} {} ({}: {})",
                self.status, phrase, self.field, self.rule
            )
        }
    }
}

impl std::error::Error for Problem {}

/// The registered default phrase of a status (RFC 3261 §21 and the IANA registry); for an
/// unknown one the phrase of its class.
#[must_use]
pub const fn reason_phrase(status: u16) -> &'static str {
    match status {
        100..=399 => phrase_below_400(status),
        400..=499 => phrase_4xx(status),
        500..=599 => phrase_5xx(status),
        600 => "Busy Everywhere",
        603 => "Decline",
        604 => "Does Not Exist Anywhere",
        606 => "Not Acceptable",
        607 => "Unwanted",
        608 => "Rejected",
        _ => "Global Failure",
    }
}

const fn phrase_below_400(status: u16) -> &'static str {
    match status {
        100 => "Trying",
        180 => "Ringing",
        181 => "Call Is Being Forwarded",
        182 => "Queued",
        183 => "Session Progress",
        199 => "Early Dialog Terminated",
        101..=198 => "Progress",
        200 => "OK",
        202 => "Accepted",
        204 => "No Notification",
        201..=299 => "Success",
        300 => "Multiple Choices",
        301 => "Moved Permanently",
        302 => "Moved Temporarily",
        305 => "Use Proxy",
        380 => "Alternative Service",
        _ => "Redirection",
    }
}

const fn phrase_4xx(status: u16) -> &'static str {
    match status {
        400 => "Bad Request",
        401 => "Unauthorized",
        402 => "Payment Required",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        406 => "Not Acceptable",
        407 => "Proxy Authentication Required",
        408 => "Request Timeout",
        410 => "Gone",
        412 => "Conditional Request Failed",
        413 => "Request Entity Too Large",
        414 => "Request-URI Too Long",
        415 => "Unsupported Media Type",
        416 => "Unsupported URI Scheme",
        417 => "Unknown Resource-Priority",
        420 => "Bad Extension",
        421 => "Extension Required",
        422 => "Session Interval Too Small",
        423 => "Interval Too Brief",
        424 => "Bad Location Information",
        425 => "Bad Alert Message",
        428 => "Use Identity Header",
        429 => "Provide Referrer Identity",
        430 => "Flow Failed",
        433 => "Anonymity Disallowed",
        436 => "Bad Identity-Info",
        437 => "Unsupported Credential",
        438 => "Invalid Identity Header",
        439 => "First Hop Lacks Outbound Support",
        440 => "Max-Breadth Exceeded",
        469 => "Bad Info Package",
        470 => "Consent Needed",
        480 => "Temporarily Unavailable",
        481 => "Call/Transaction Does Not Exist",
        482 => "Loop Detected",
        483 => "Too Many Hops",
        484 => "Address Incomplete",
        485 => "Ambiguous",
        486 => "Busy Here",
        487 => "Request Terminated",
        488 => "Not Acceptable Here",
        489 => "Bad Event",
        491 => "Request Pending",
        493 => "Undecipherable",
        494 => "Security Agreement Required",
        _ => "Request Failure",
    }
}

const fn phrase_5xx(status: u16) -> &'static str {
    match status {
        500 => "Server Internal Error",
        501 => "Not Implemented",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Server Time-out",
        505 => "Version Not Supported",
        513 => "Message Too Large",
        555 => "Push Notification Service Not Supported",
        580 => "Precondition Failure",
        _ => "Server Failure",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_reads_as_a_sentence_with_its_status() {
        let cseq = Problem::bad("CSeq", "number must be below 2^31");
        assert_eq!(cseq.to_string(), "400 Bad CSeq: number must be below 2^31");
        let version = Problem::new(505, "version", "must be SIP/2.0");
        assert_eq!(
            version.to_string(),
            "505 Version Not Supported (version: must be SIP/2.0)"
        );
    }

    #[test]
    fn an_unregistered_status_gets_the_phrase_of_its_class() {
        assert_eq!(reason_phrase(199), "Early Dialog Terminated");
        assert_eq!(reason_phrase(150), "Progress");
        assert_eq!(reason_phrase(299), "Success");
        assert_eq!(reason_phrase(399), "Redirection");
        assert_eq!(reason_phrase(499), "Request Failure");
        assert_eq!(reason_phrase(599), "Server Failure");
        assert_eq!(reason_phrase(699), "Global Failure");
    }
}
