//! One attempt at a time: an account, a certificate, advice.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use instant_acme::{
    Account, AccountCredentials, AuthorizationStatus, CertificateIdentifier, ChallengeType, Error,
    ExternalAccountKey, Identifier, NewAccount, NewOrder, Order, OrderStatus, RetryPolicy,
};
use machine::WallTime;
use ports::{CertificateAuthority, ChallengeDesk, Given, Refusal};
use tokio::time::timeout;

use crate::road::Road;
use crate::trust::Trust;
use crate::words;

/// What an attempt may take in all.
pub const ASK_TIME: Duration = Duration::from_secs(180);

/// How often the authority is asked whether it has come so far, and for how long.
const PATIENCE: RetryPolicy = RetryPolicy::new()
    .initial_delay(Duration::from_millis(500))
    .backoff(1.5)
    .timeout(Duration::from_secs(75));

/// Advice holds at least so long, whatever the authority says, and at most a day (RFC 9773 §4.3.2).
const ADVICE_HOLDS: [Duration; 2] = [Duration::from_secs(60), Duration::from_secs(86_400)];

/// What an account is opened with.
#[derive(Clone)]
pub struct Enrolment {
    /// Where the authority's directory is.
    pub directory: String,
    /// The mail address for matters of the account; empty for none.
    pub contact: String,
    /// The external account: the id of its key, and the key (RFC 8555 §7.3.4).
    pub external: Option<(String, Vec<u8>)>,
}

impl fmt::Debug for Enrolment {
    /// Without the key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Enrolment")
            .field("directory", &self.directory)
            .field("contact", &self.contact)
            .finish_non_exhaustive()
    }
}

/// An authority that speaks ACME. The operator has accepted its terms.
#[derive(Debug)]
pub struct Authority {
    enrolment: Enrolment,
    trust: Trust,
    agent: String,
}

impl Authority {
    /// The authority of this directory, believed by `trust`; the exchange calls itself `agent`.
    pub fn new(enrolment: Enrolment, trust: Trust, agent: &str) -> Authority {
        Authority {
            enrolment,
            trust,
            agent: agent.to_owned(),
        }
    }

    /// Makes an attempt within its time.
    async fn attempt<T, F>(&self, work: impl FnOnce(Road) -> F) -> Result<T, Refusal>
    where
        F: Future<Output = Result<T, Refusal>>,
    {
        let road = Road::new(&self.trust, &self.agent);
        let done = timeout(ASK_TIME, work(road.clone())).await;
        let done = done.unwrap_or_else(|_| Err(refused(&Error::Timeout(None))));
        done.map_err(|refusal| Refusal {
            pause: road.pause(),
            ..refusal
        })
    }
}

fn refused(error: &Error) -> Refusal {
    Refusal::new(words::of(error))
}

/// The account that these credentials open.
async fn account(road: Road, credentials: &str) -> Result<Account, Refusal> {
    let read: Result<AccountCredentials, _> = serde_json::from_str(credentials);
    let read = read.map_err(|_| Refusal::new("what is kept of our account cannot be read"))?;
    let builder = Account::builder_with_http(Box::new(road));
    let opened = builder.from_credentials(read).await;
    opened.map_err(|error| refused(&error))
}

/// Shows that the order's name is ours, as far as the authority has not seen it yet.
async fn prove(order: &mut Order, desk: &dyn ChallengeDesk) -> Result<(), Refusal> {
    let mut all = order.authorizations();
    while let Some(next) = all.next().await {
        let mut one = next.map_err(|error| refused(&error))?;
        if one.status == AuthorizationStatus::Valid {
            continue;
        }
        let offered = one.challenge(ChallengeType::Http01);
        let none = "the authority offers no proof by HTTP (http-01) for this name";
        let mut challenge = offered.ok_or_else(|| Refusal::new(none))?;
        let answer = challenge.key_authorization();
        desk.answer(&challenge.token, answer.as_str()).await?;
        let told = challenge.set_ready().await;
        told.map_err(|error| refused(&error))?;
    }
    Ok(())
}

/// Why the authority did not find its proof.
async fn why_not(order: &mut Order) -> Refusal {
    let mut all = order.authorizations();
    while let Some(Ok(mut one)) = all.next().await {
        let Ok(state) = one.refresh().await else {
            continue;
        };
        let problems = state.challenges.iter();
        if let Some(problem) = problems.filter_map(|one| one.error.as_ref()).next() {
            return Refusal::new(words::told(problem));
        }
    }
    Refusal::new("the authority did not find its proof at the name")
}

/// Asks for a certificate for one name.
async fn ask(
    road: Road,
    credentials: &str,
    name: &str,
    desk: &dyn ChallengeDesk,
) -> Result<Given, Refusal> {
    let account = account(road, credentials).await?;
    let names = [Identifier::Dns(name.to_owned())];
    let order = account.new_order(&NewOrder::new(&names)).await;
    let mut order = order.map_err(|error| refused(&error))?;
    prove(&mut order, desk).await?;
    match order.poll_ready(&PATIENCE).await {
        Ok(OrderStatus::Ready) => {}
        Ok(_) => return Err(why_not(&mut order).await),
        // an order that failed may say less than the proof that was not found
        Err(Error::Api(problem)) if problem.detail.is_none() => {
            return Err(why_not(&mut order).await);
        }
        Err(error) => return Err(refused(&error)),
    }
    let key = order.finalize().await.map_err(|error| refused(&error))?;
    let chain = order.poll_certificate(&PATIENCE).await;
    let chain = chain.map_err(|error| refused(&error))?;
    Ok(Given { chain, key })
}

#[async_trait]
impl CertificateAuthority for Authority {
    fn directory(&self) -> &str {
        &self.enrolment.directory
    }

    async fn enrol(&self) -> Result<String, Refusal> {
        let Enrolment {
            directory,
            contact,
            external,
        } = &self.enrolment;
        self.attempt(|road| async move {
            let mail = format!("mailto:{contact}");
            let contact: &[&str] = if contact.is_empty() { &[] } else { &[&mail] };
            let new = NewAccount {
                contact,
                terms_of_service_agreed: true,
                only_return_existing: false,
            };
            let key = external.as_ref();
            let key = key.map(|(id, key)| ExternalAccountKey::new(id.clone(), key));
            let builder = Account::builder_with_http(Box::new(road));
            let made = builder.create(&new, directory.clone(), key.as_ref()).await;
            let (_, credentials) = made.map_err(|error| refused(&error))?;
            let text = serde_json::to_string(&credentials);
            text.map_err(|_| Refusal::new("our account cannot be written down"))
        })
        .await
    }

    async fn ask(
        &self,
        account: &str,
        name: &str,
        desk: &dyn ChallengeDesk,
    ) -> Result<Given, Refusal> {
        self.attempt(|road| ask(road, account, name, desk)).await
    }

    async fn advice(
        &self,
        credentials: &str,
        (key, serial): &(String, String),
    ) -> Result<Option<((WallTime, WallTime), Duration)>, Refusal> {
        let identifier = CertificateIdentifier {
            authority_key_identifier: Cow::Borrowed(key),
            serial: Cow::Borrowed(serial),
        };
        self.attempt(|road| async move {
            let account = account(road, credentials).await?;
            match account.renewal_info(&identifier).await {
                Ok((found, holds)) => {
                    let window = found.suggested_window;
                    let at = |seconds: i64| WallTime::from_unix_ms(seconds.saturating_mul(1_000));
                    let (start, end) = (window.start, window.end);
                    let window = (at(start.unix_timestamp()), at(end.unix_timestamp()));
                    let [least, most] = ADVICE_HOLDS;
                    Ok(Some((window, holds.clamp(least, most))))
                }
                Err(Error::Unsupported(_)) => Ok(None),
                Err(error) => Err(refused(&error)),
            }
        })
        .await
    }
}
