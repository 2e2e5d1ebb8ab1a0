//! English.

use super::{Message, Words};

pub(super) const WORDS: Words = Words {
    greeting: "Hello {name},",
    invitation: Message {
        subject: "Your account at {company}",
        before: "{company} has made an account for you at {product}. Choose a password, and you \
                 can sign in with {mail}.",
        button: "Choose a password",
        after: "The link is good for seven days, and once. If you did not expect this mail, you \
                need do nothing.",
    },
    reset: Message {
        subject: "A new password for {product}",
        before: "Somebody has asked for a new password for your account {mail} at {company}.",
        button: "Set a new password",
        after: "The link is good for an hour, and once. If it was not you who asked, you need do \
                nothing: your password stays as it is.",
    },
};
