//! Whether the person whom a server names is let in, and as whom.

use super::claims::Person;
use super::refusal::Refusal;

/// What a tenant says about its server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy<'a> {
    /// The mail domains that the tenant may speak for, in lower case: those that it names and
    /// that whoever stands above it has granted.
    pub domains: &'a [&'a str],
    /// Whether people are made as they come.
    pub makes_people: bool,
}

/// A person of the same tenant whom the store knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known<U> {
    /// Who.
    pub user: U,
    /// Whether they may sign in.
    pub enabled: bool,
    /// Whether the server named them before: a name of the server's is kept of them.
    pub bound: bool,
}

/// As whom somebody is let in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision<U> {
    /// As a person who came by way of this server before.
    Welcome(U),
    /// As a person with this mail address, who comes by way of this server for the first time: the
    /// server's name of them is to be kept.
    Bind(U),
    /// As a new person with this mail address.
    Make {
        /// The verified address.
        mail: String,
    },
}

impl Policy<'_> {
    /// Decides. `by_subject` is the person with the server's name of them, `by_mail` the one with
    /// the mail address; both of this tenant alone. Who has a mail address after somebody else had
    /// it does not become that person: the server's name of them differs.
    ///
    /// A mail address is asked for each time, not only the first: whoever left a company keeps
    /// no access by an address of a domain that it gave up.
    ///
    /// # Errors
    /// [`Refusal`].
    pub fn decide<U: Copy>(
        self,
        person: &Person,
        by_subject: Option<Known<U>>,
        by_mail: Option<Known<U>>,
    ) -> Result<Decision<U>, Refusal> {
        let mail = person.mail.as_deref().ok_or(Refusal::MailUnverified)?;
        if !self.speaks_for(mail) {
            return Err(Refusal::MailForeign);
        }
        match (by_subject, by_mail) {
            (Some(known), _) if known.enabled => Ok(Decision::Welcome(known.user)),
            (None, Some(known)) if known.bound => Err(Refusal::MailTaken),
            (None, Some(known)) if known.enabled => Ok(Decision::Bind(known.user)),
            (Some(_), _) | (None, Some(_)) => Err(Refusal::Disabled),
            (None, None) if self.makes_people => Ok(Decision::Make {
                mail: mail.to_owned(),
            }),
            (None, None) => Err(Refusal::Unknown),
        }
    }

    /// Whether a mail address is of a domain of the tenant's. A domain does not stand for those
    /// below it: they may be given to others.
    pub fn speaks_for(self, mail: &str) -> bool {
        let domain = mail.rsplit_once('@').map(|(_, domain)| domain);
        domain.is_some_and(|domain| self.domains.contains(&domain))
    }
}
