//! Sign-in servers, as they describe themselves and as they are asked.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use identity::FlowKey;
use identity::oidc::{Client, Errand, Expected, Issuer, KeySet, Person, Refusal, Return};
use identity::oidc::{Server, Shelf, Visit};
use ports::{CourierError, Enquirer, Enquiry, WallClock};

/// Why somebody could not sign in by way of a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoSignOn {
    /// What the server or the browser said is refused.
    Refused(Refusal),
    /// The server was not reached.
    Unreachable(CourierError),
    /// The server answered with another HTTP status than 200.
    Status(u16),
}

impl fmt::Display for NoSignOn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NoSignOn::Refused(refusal) => refusal.fmt(f),
            NoSignOn::Unreachable(error) => write!(f, "the sign-in server: {error}"),
            NoSignOn::Status(status) => write!(f, "the sign-in server answered {status}"),
        }
    }
}

impl std::error::Error for NoSignOn {}

impl From<Refusal> for NoSignOn {
    fn from(refusal: Refusal) -> NoSignOn {
        NoSignOn::Refused(refusal)
    }
}

/// A server's own description, and the keys of its tokens.
#[derive(Clone, Debug)]
struct Described {
    server: Server,
    keys: KeySet,
}

/// All sign-in servers that customers name. What was fetched of them is kept for a while.
pub struct SignInServers {
    enquirer: Arc<dyn Enquirer>,
    clock: Arc<dyn WallClock>,
    key: FlowKey,
    shelf: Mutex<Shelf<Described>>,
}

impl fmt::Debug for SignInServers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignInServers").finish_non_exhaustive()
    }
}

impl SignInServers {
    /// Servers that are asked by way of an enquirer. The key proves visits.
    pub fn new(
        enquirer: Arc<dyn Enquirer>,
        clock: Arc<dyn WallClock>,
        key: FlowKey,
    ) -> SignInServers {
        SignInServers {
            enquirer,
            clock,
            key,
            shelf: Mutex::default(),
        }
    }

    /// The key that proves visits.
    pub fn key(&self) -> &FlowKey {
        &self.key
    }

    /// Where a browser that begins a visit is sent.
    ///
    /// # Errors
    /// [`NoSignOn`] when the server cannot be used.
    pub async fn send(
        &self,
        issuer: &Issuer,
        client: &Client,
        visit: &Visit,
        mail: &str,
    ) -> Result<String, NoSignOn> {
        let described = self.describe(issuer).await?;
        Ok(visit.url(&self.key, &described.server, client, mail))
    }

    /// Who a browser that came back brings, by the word of the server.
    ///
    /// # Errors
    /// [`NoSignOn`].
    pub async fn receive(
        &self,
        issuer: &Issuer,
        client: &Client,
        back: Return,
    ) -> Result<Person, NoSignOn> {
        let described = self.describe(issuer).await?;
        let (errand, expected) = back.errand(&self.key, &described.server, client)?;
        let token = self.exchange(errand).await?;
        let now = self.clock.now();
        match expected.check(now, &token, &described.keys) {
            Err(Refusal::Key) if self.shelf().may_renew(now, issuer) => {
                self.check_with_new_keys(issuer, &expected, &token).await
            }
            checked => Ok(checked?),
        }
    }

    /// The server may have begun to sign with a key that it did not publish before.
    async fn check_with_new_keys(
        &self,
        issuer: &Issuer,
        expected: &Expected,
        token: &str,
    ) -> Result<Person, NoSignOn> {
        let described = self.fetch(issuer).await?;
        Ok(expected.check(self.clock.now(), token, &described.keys)?)
    }

    async fn describe(&self, issuer: &Issuer) -> Result<Described, NoSignOn> {
        let kept = self.shelf().get(self.clock.now(), issuer).cloned();
        match kept {
            Some(described) => Ok(described),
            None => self.fetch(issuer).await,
        }
    }

    async fn fetch(&self, issuer: &Issuer) -> Result<Described, NoSignOn> {
        let document = self.get(Server::discovery_url(issuer)).await?;
        let server = Server::read(issuer, &document)?;
        let keys = KeySet::read(&self.get(server.keys_url().to_owned()).await?)?;
        let described = Described { server, keys };
        let now = self.clock.now();
        self.shelf().put(now, issuer.clone(), described.clone());
        Ok(described)
    }

    async fn exchange(&self, errand: Errand) -> Result<String, NoSignOn> {
        let answer = self
            .ask(Enquiry {
                url: errand.url,
                authorization: errand.authorization,
                form: Some(errand.form),
            })
            .await?;
        Ok(Errand::token(&answer)?)
    }

    async fn get(&self, url: String) -> Result<Vec<u8>, NoSignOn> {
        self.ask(Enquiry {
            url,
            authorization: None,
            form: None,
        })
        .await
    }

    async fn ask(&self, enquiry: Enquiry) -> Result<Vec<u8>, NoSignOn> {
        let answered = self.enquirer.enquire(enquiry).await;
        let answered = answered.map_err(NoSignOn::Unreachable)?;
        if answered.status != 200 {
            return Err(NoSignOn::Status(answered.status));
        }
        Ok(answered.body)
    }

    fn shelf(&self) -> MutexGuard<'_, Shelf<Described>> {
        // a poisoned lock only means that another thread stopped between two documents
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
