//! A mailbox for everybody: what was sent is read by the tests.

use std::sync::Mutex;

use async_trait::async_trait;
use ports::{Mail, MailError, Mailer};
use tokio::sync::Notify;

/// All mail that went out.
#[derive(Debug, Default)]
pub(crate) struct Mailbox {
    sent: Mutex<Vec<Mail>>,
    closed: Mutex<bool>,
    arrived: Notify,
}

impl Mailbox {
    /// From now on there is no mail server.
    pub(crate) fn close(&self) {
        *self.closed.lock().unwrap() = true;
    }

    /// How many mails went out.
    pub(crate) fn count(&self) -> usize {
        self.sent.lock().unwrap().len()
    }

    /// The mail with this number, as soon as it is there.
    pub(crate) async fn wait_for(&self, number: usize) -> Mail {
        loop {
            let arrived = self.arrived.notified();
            if let Some(mail) = self.sent.lock().unwrap().get(number) {
                return mail.clone();
            }
            arrived.await;
        }
    }
}

/// The code in the link of a mail, or of a link itself.
pub(crate) fn code_of(text: &str) -> String {
    let behind = text.split('#').nth(1).expect("a link with a code");
    behind.split_whitespace().next().unwrap().to_owned()
}

#[async_trait]
impl Mailer for Mailbox {
    async fn send(&self, mail: Mail) -> Result<(), MailError> {
        if *self.closed.lock().unwrap() {
            return Err(MailError::NotConfigured);
        }
        self.sent.lock().unwrap().push(mail);
        self.arrived.notify_waiters();
        Ok(())
    }
}
