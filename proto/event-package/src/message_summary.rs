//! `application/simple-message-summary` (RFC 3842 §5): how many messages wait.

use std::fmt::{self, Display};

/// What a mailbox holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageSummary {
    /// Where the messages are heard.
    pub account: String,
    /// Voice messages not heard yet.
    pub new: u32,
    /// Voice messages already heard.
    pub old: u32,
}

impl Display for MessageSummary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let waiting = if self.new > 0 { "yes" } else { "no" };
        // an address must not begin a line of its own
        let account: String = self.account.chars().filter(|c| !c.is_control()).collect();
        write!(
            f,
            "Messages-Waiting: {waiting}\r\nMessage-Account: {account}\r\n\
             Voice-Message: {}/{} (0/0)\r\n",
            self.new, self.old
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_mailbox_says_no() {
        let summary = MessageSummary {
            account: "sip:101@example.com".into(),
            new: 0,
            old: 0,
        };
        let expected = "Messages-Waiting: no\r\nMessage-Account: sip:101@example.com\r\n\
                        Voice-Message: 0/0 (0/0)\r\n";
        assert_eq!(summary.to_string(), expected);
    }

    #[test]
    fn new_messages_wait_and_an_account_stays_on_its_line() {
        let summary = MessageSummary {
            account: "sip:101\r\nX: y".into(),
            new: 2,
            old: 1,
        };
        let text = summary.to_string();
        assert!(text.starts_with("Messages-Waiting: yes\r\nMessage-Account: sip:101X: y\r\n"));
        assert!(text.ends_with("Voice-Message: 2/1 (0/0)\r\n"));
    }
}
