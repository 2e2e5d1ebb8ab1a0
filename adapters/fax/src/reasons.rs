//! Why a fax failed: the library's numbers, a word for programs, a sentence for people.

/// Word and sentence of a number of the library's, in the order of its `t30.h`; none for success.
pub(crate) fn of(code: u32) -> Option<(&'static str, &'static str)> {
    let place = usize::try_from(code.checked_sub(1)?).unwrap_or(usize::MAX);
    Some(REASONS.get(place).copied().unwrap_or(UNKNOWN))
}

/// A number that no table has.
const UNKNOWN: (&str, &str) = ("unknown", "The fax failed for a reason that is not known.");

/// `T30_ERR_CEDTONE` is the first, with number 1.
#[rustfmt::skip]
const REASONS: [(&str, &str); 61] = [
    ("ced-too-long", "The answering tone of the other machine did not end."),
    ("no-fax", "No fax machine was heard at the other end."),
    ("no-answer", "The other machine said nothing that a fax begins with."),
    ("interrupt-timeout", "A pause that the other machine had asked for did not end."),
    ("carrier-stuck", "The other machine did not stop sending when it should have."),
    ("cannot-train", "The line is too bad for every speed that both machines have."),
    ("operator-failed", "Somebody at the other machine interrupted the fax."),
    ("incompatible", "The other machine does not speak as a fax machine does."),
    ("cannot-receive", "The other machine cannot receive now; it may be out of paper."),
    ("cannot-send", "The other machine has nothing to send."),
    ("resolution", "The other machine does not take pages of this resolution."),
    ("size", "The other machine does not take pages of this size."),
    ("unexpected", "The other machine said something that was not its turn."),
    ("training-refused", "The other machine answered the trial of the line wrongly."),
    ("page-refused", "The other machine hung up after a page."),
    ("bad-correction", "The other machine answered wrongly when errors were corrected."),
    ("hung-up-early", "The other machine hung up before it said what it can do."),
    ("page-answer", "The other machine answered wrongly after a page."),
    ("no-capabilities", "The other machine did not say what it can do."),
    ("training-unanswered", "The other machine did not answer the trial of the line."),
    ("page-unanswered", "The other machine did not answer after a page."),
    ("not-ready", "The other machine was not ready to go on for too long."),
    ("bad-correction", "The other machine corrected errors in a way that is not known."),
    ("polled-wrongly", "Both machines wanted to receive."),
    ("page-command", "The other machine said something wrong after a page."),
    ("carrier-lost", "The other machine was not heard any more in the middle of a page."),
    ("no-rows", "A page did not go on."),
    ("no-page", "The other machine did not begin its page."),
    ("no-goodbye", "The other machine did not say goodbye, after everything else."),
    ("no-page-end", "The other machine did not say what follows its page."),
    ("no-page", "The page that was announced did not come."),
    ("no-next-page", "The next page that was announced did not come."),
    ("not-ready", "The other machine did not say that it was ready."),
    ("no-command", "The other machine stopped speaking."),
    ("hung-up-early", "The other machine hung up before a page."),
    ("hung-up-in-page", "The other machine hung up in the middle of a page."),
    ("hung-up-after-page", "The other machine hung up after a page, not saying if more follow."),
    ("hung-up-between", "The other machine hung up although more pages were to follow."),
    ("hung-up-waiting", "The other machine hung up while it was asked to wait."),
    ("hung-up-repeating", "The other machine hung up instead of sending a page again."),
    ("document", "The document could not be opened."),
    ("document", "The document has no such page."),
    ("document", "The document is of no form that can be sent."),
    ("document", "A page of the document has no number."),
    ("document", "The document describes its pages wrongly."),
    ("document", "The document begins wrongly."),
    ("memory", "There was no memory for more pages."),
    ("gave-up", "It was tried as often as is allowed, and did not succeed."),
    ("call-dropped", "The call ended before the fax did."),
    ("poll-refused", "The other machine does not let documents be fetched."),
    ("ident-refused", "The name of the other machine was not accepted."),
    ("sub-refused", "The sub-address of the other machine was not accepted."),
    ("poll-address-refused", "The address from which to fetch was not accepted."),
    ("poll-address-refused", "The sub-address from which to fetch was not accepted."),
    ("sender-refused", "The sender's identification was not accepted."),
    ("password-refused", "The password was not accepted."),
    ("address-refused", "The sender's Internet address was not accepted."),
    ("address-refused", "An Internet address of the fax was not accepted."),
    ("address-refused", "An Internet address of the fax was not accepted."),
    ("address-refused", "An Internet address of the fax was not accepted."),
    ("address-refused", "An Internet address of the fax was not accepted."),
];

#[cfg(test)]
mod tests {
    //! Numbers of the library's header lead to their sentences.

    use super::*;

    #[test]
    fn the_numbers_of_the_header_have_their_reasons() {
        assert_eq!(of(0), None);
        for (number, expected) in [
            (1, "ced-too-long"),
            (3, "no-answer"),
            (6, "cannot-train"),
            (21, "page-unanswered"),
            (41, "document"),
            (48, "gave-up"),
            (49, "call-dropped"),
            (50, "poll-refused"),
            (61, "address-refused"),
            (62, "unknown"),
        ] {
            assert_eq!(of(number).map(|(code, _)| code), Some(expected), "{number}");
        }
    }
}
