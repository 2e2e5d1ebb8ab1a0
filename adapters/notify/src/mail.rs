//! Mail by SMTP (RFC 5321): one connection a mail, bounded in time.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use lettre::message::header::ContentType;
use lettre::message::{Mailbox, Message, MultiPart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::{AsyncSmtpTransport, Error as SmtpError};
use lettre::{Address, AsyncTransport, Tokio1Executor};
use ports::{Entropy, MAIL_BODY_MAX, MAIL_SUBJECT_MAX, Mail, MailError, Mailer};
use tokio::time::timeout;

use crate::relay::{BadRelay, Relay, Security};

/// What one command and its answer may take, unless set.
pub const COMMAND_TIME: Duration = Duration::from_secs(20);

/// How many times as long as one command the whole of a mail may take.
const COMMANDS_TIME: u32 = 3;

/// Most characters of a server's words that are told on.
const WORDS_MAX: usize = 200;

/// Hands mail to one mail server.
pub struct SmtpMailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Address,
    entropy: Arc<dyn Entropy>,
    time: Duration,
}

impl SmtpMailer {
    /// A mailer that sends from an address by way of a relay; one command may take `time`.
    ///
    /// # Errors
    /// [`BadRelay`] for an address that is none, or a host that no certificate can name.
    pub fn new(
        relay: &Relay,
        from: &str,
        time: Duration,
        entropy: Arc<dyn Entropy>,
    ) -> Result<SmtpMailer, BadRelay> {
        let from: Address = from
            .parse()
            .map_err(|_| BadRelay("the sender must be a mail address, such as pbx@example.net"))?;
        let hello = ClientId::Domain(from.domain().to_owned());
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&relay.host)
            .port(relay.port)
            .tls(tls(relay)?)
            .hello_name(hello)
            .timeout(Some(time));
        if let Some((user, password)) = &relay.login {
            builder = builder.credentials(Credentials::new(user.clone(), password.clone()));
        }
        Ok(SmtpMailer {
            transport: builder.build(),
            from,
            entropy,
            time,
        })
    }

    fn message(&self, mail: Mail) -> Result<Message, MailError> {
        check(&mail)?;
        let to: Address = mail
            .to
            .parse()
            .map_err(|_| invalid("the address is no mail address"))?;
        let name = (!mail.from_name.is_empty()).then_some(mail.from_name);
        let from = mail.from.map(|from| from.parse::<Address>()).transpose();
        let from = from.map_err(|_| invalid("the sender is no mail address"))?;
        let id = format!("<{:032x}@{}>", self.entropy.next_u128(), self.from.domain());
        let mut head = Message::builder();
        if from.is_some() {
            head = head.sender(Mailbox::new(None, self.from.clone()));
        }
        let head = head
            .from(Mailbox::new(
                name,
                from.unwrap_or_else(|| self.from.clone()),
            ))
            .to(Mailbox::new(None, to))
            .subject(mail.subject)
            .message_id(Some(id));
        let whole = match mail.html {
            Some(html) => head.multipart(MultiPart::alternative_plain_html(mail.text, html)),
            None => head.header(ContentType::TEXT_PLAIN).body(mail.text),
        };
        whole.map_err(|error| invalid(&error.to_string()))
    }
}

impl fmt::Debug for SmtpMailer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SmtpMailer")
            .field("from", &self.from.to_string())
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl Mailer for SmtpMailer {
    async fn send(&self, mail: Mail) -> Result<(), MailError> {
        let message = self.message(mail)?;
        let sent = timeout(self.time * COMMANDS_TIME, self.transport.send(message));
        match sent.await {
            Ok(Ok(_taken)) => Ok(()),
            Ok(Err(error)) => Err(failure(&error)),
            Err(_) => Err(MailError::Later {
                detail: "no answer in time".to_owned(),
            }),
        }
    }
}

fn tls(relay: &Relay) -> Result<Tls, BadRelay> {
    let parameters = || {
        TlsParameters::new(relay.host.clone())
            .map_err(|_| BadRelay("the mail server's host is no name that a certificate can have"))
    };
    Ok(match relay.security {
        Security::StartTls => Tls::Required(parameters()?),
        Security::Implicit => Tls::Wrapper(parameters()?),
        Security::Plain => Tls::None,
    })
}

/// What a mail may be. A line break in a header would let its author write headers.
fn check(mail: &Mail) -> Result<(), MailError> {
    let one_line = |text: &str| !text.chars().any(char::is_control);
    if !one_line(&mail.subject) || !one_line(&mail.from_name) {
        return Err(invalid("subject and sender must be one line"));
    }
    if mail.subject.len() > MAIL_SUBJECT_MAX || mail.from_name.len() > MAIL_SUBJECT_MAX {
        return Err(invalid("subject or sender is too long"));
    }
    let html = mail.html.as_ref().map_or(0, String::len);
    if mail.text.len().max(html) > MAIL_BODY_MAX {
        return Err(invalid("the body is too long"));
    }
    Ok(())
}

fn invalid(detail: &str) -> MailError {
    let detail = detail.to_owned();
    MailError::Invalid { detail }
}

fn failure(error: &SmtpError) -> MailError {
    let detail: String = error.to_string().chars().take(WORDS_MAX).collect();
    if error.is_permanent() {
        MailError::Refused { detail }
    } else if error.is_client() {
        MailError::Unfit { detail }
    } else {
        // 4yz, no connection, a broken one, an answer that is no SMTP: the next may go well
        MailError::Later { detail }
    }
}
