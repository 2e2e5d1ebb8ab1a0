//! One round of the job that has certificates come by themselves: whose turn it is, one attempt for
//! each name that is due, and advice. One node at a time does so, under a lease in the book.

use std::time::Duration;

use machine::WallTime;
use ports::{CertificateAuthority, Given, Refusal, StoreError};
use renewal::{Facts, Lease, Standing};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tenancy::{AccountScope, Actor, Owner};

use super::book::{self, Kept};
use super::challenge::{self, Desk};
use crate::office::Office;

/// Where the account is in the book.
const ACCOUNT: &str = "account";
/// Where the lease is in the book.
const LEASE: &str = "lease";
/// Who acts, in the audit trail.
const JOB: Actor = Actor::Job("certificates");
/// How long an authority that gives no advice, or does not answer, is not asked for any.
const NO_ADVICE: Duration = Duration::from_secs(6 * 3_600);
/// How long what is kept of a name that is asked for no more stays after its certificate's end.
const KEPT_AFTER: Duration = Duration::from_secs(30 * 86_400);

/// The account with an authority.
#[derive(Serialize, Deserialize)]
struct AccountKept {
    directory: String,
    credentials: String,
}

/// What has certificates come by themselves.
pub struct Issuance<'a> {
    /// Where it works.
    pub office: &'a Office,
    /// The operator's authority, for the audit trail.
    pub operator: &'a AccountScope,
    /// Who is asked.
    pub authority: &'a dyn CertificateAuthority,
    /// The hosts.
    pub names: &'a [String],
    /// This process, among those that share the store.
    pub holder: &'a str,
}

/// What came of a round.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Round {
    /// The hosts that were given a certificate.
    pub given: Vec<String>,
    /// Those that were not, and why.
    pub refused: Vec<(String, String)>,
    /// Those of whose certificate less than a sixth of its lifetime is left, told once each.
    pub low: Vec<(String, WallTime)>,
    /// How many seconds are left of each certificate.
    pub left: Vec<(String, u64)>,
}

impl Issuance<'_> {
    /// One round. It takes as long as its attempts do.
    ///
    /// # Errors
    /// What the store says.
    pub async fn round(&self) -> Result<Round, StoreError> {
        let mut round = Round::default();
        let kept = book::all(self.office).await?;
        let (mut due, mut advised) = (Vec::new(), Vec::new());
        let (directory, now) = (self.authority.directory(), self.office.now());
        for name in self.names {
            let known = kept.iter().find(|kept| kept.standing.name == *name);
            let known = known.map(|kept| kept.standing.clone());
            let mut standing = known.unwrap_or_else(|| Standing::new(name));
            if let Some(facts) = &standing.facts {
                let left = facts.until.saturating_since(now).as_secs();
                round.left.push((name.clone(), left));
            }
            if standing.warns(now) {
                self.warn(&standing, &mut round).await?;
            }
            if standing.is_due(directory, now) {
                due.push(name);
            } else if standing.wants_advice(directory, now) {
                advised.push(standing);
            }
        }
        let old = kept.iter().filter(|kept| self.is_over(kept, now));
        let old: Vec<&str> = old.map(|kept| kept.standing.name.as_str()).collect();
        if due.is_empty() && advised.is_empty() && old.is_empty() {
            return Ok(round);
        }
        for name in due {
            if !self.hold().await? {
                return Ok(round);
            }
            self.attempt(name, &mut round).await?;
        }
        for standing in advised {
            if self.hold().await? {
                self.hear(&standing).await?;
            }
        }
        for name in old {
            book::forget(self.office, name).await?;
        }
        self.give_back().await?;
        Ok(round)
    }

    /// Whether nobody needs a name's certificate any more.
    fn is_over(&self, kept: &Kept, now: WallTime) -> bool {
        let standing = &kept.standing;
        let until = standing.facts.as_ref().map(|facts| facts.until);
        // of one that never came, its failures are remembered for as long
        let last = until.or(standing.tried).unwrap_or(now);
        last + KEPT_AFTER <= now && !self.names.contains(&standing.name)
    }

    /// Takes the lease, or goes on having it; tells whether this process has it now.
    async fn hold(&self) -> Result<bool, StoreError> {
        let kept = book::one::<Lease>(self.office, LEASE).await?;
        let (was, kept) = kept.map_or((None, None), |(was, kept)| (Some(was), Some(kept)));
        let next = Lease::after(kept.as_ref(), self.holder, self.office.now());
        let Some(next) = next else {
            return Ok(false);
        };
        book::swap(self.office, LEASE, was.as_deref(), Some(&next)).await
    }

    /// Gives the lease back, if this process has it.
    async fn give_back(&self) -> Result<(), StoreError> {
        if let Some((was, kept)) = book::one::<Lease>(self.office, LEASE).await?
            && kept.holder == self.holder
        {
            book::swap::<Lease>(self.office, LEASE, Some(&was), None).await?;
        }
        Ok(())
    }

    /// Asks for one name, if nobody has done so meanwhile.
    async fn attempt(&self, name: &str, round: &mut Round) -> Result<(), StoreError> {
        let directory = self.authority.directory();
        let begun = self.office.now();
        let kept = book::all(self.office).await?;
        let mut known = kept.iter().filter(|kept| kept.standing.name == name);
        if known.any(|kept| !kept.standing.is_due(directory, begun)) {
            return Ok(());
        }
        let asked = self.ask(name).await;
        challenge::forget(self.office, name).await?;
        let now = self.office.now();
        let read = asked.and_then(|given| {
            let facts = Facts::of_pem(given.chain.as_bytes());
            let facts = facts.map_err(|_| Refusal::new("what the authority gave cannot be read"));
            facts.map(|facts| (given, facts))
        });
        match read {
            Ok((given, facts)) => self.take(name, given, facts, round).await,
            Err(refusal) => {
                let Refusal { problem, pause } = refusal;
                let refused = |kept: &mut Kept| kept.standing.refused(&problem, pause, now);
                book::change(self.office, name, refused).await?;
                self.note("certificate.refused", name, json!({ "problem": problem }))
                    .await?;
                round.refused.push((name.to_owned(), problem));
                Ok(())
            }
        }
    }

    /// Keeps what was given.
    async fn take(
        &self,
        name: &str,
        given: Given,
        facts: Facts,
        round: &mut Round,
    ) -> Result<(), StoreError> {
        let (directory, now) = (self.authority.directory(), self.office.now());
        let told = json!({ "issuer": facts.issuer, "until": facts.until.to_string() });
        let keep = |kept: &mut Kept| {
            kept.standing.given(facts.clone(), directory, now);
            kept.chain.clone_from(&given.chain);
            kept.key.clone_from(&given.key);
        };
        book::change(self.office, name, keep).await?;
        self.note("certificate.given", name, told).await?;
        round.given.push(name.to_owned());
        Ok(())
    }

    /// One attempt, with an account of this authority.
    async fn ask(&self, name: &str) -> Result<Given, Refusal> {
        let account = self.account().await?;
        let desk = Desk {
            office: self.office,
            host: name,
        };
        self.authority.ask(&account, name, &desk).await
    }

    /// The account, opened where there is none with this authority.
    async fn account(&self) -> Result<String, Refusal> {
        let directory = self.authority.directory();
        let kept = book::one::<AccountKept>(self.office, ACCOUNT).await?;
        let kept = kept.map(|(_, kept)| kept);
        if let Some(kept) = kept.filter(|kept| kept.directory == directory) {
            return Ok(kept.credentials);
        }
        let fresh = AccountKept {
            directory: directory.to_owned(),
            credentials: self.authority.enrol().await?,
        };
        book::put(self.office, ACCOUNT, Some(&fresh)).await?;
        Ok(fresh.credentials)
    }

    /// Hears when the authority advises to renew a certificate.
    async fn hear(&self, standing: &Standing) -> Result<(), StoreError> {
        let Some(identifier) = standing
            .facts
            .as_ref()
            .and_then(|of| of.identifier.as_ref())
        else {
            return Ok(());
        };
        let heard = match self.account().await {
            Ok(account) => self.authority.advice(&account, identifier).await,
            Err(refusal) => Err(refusal),
        };
        let now = self.office.now();
        // without advice it is renewed as usual
        let heard = heard.ok().flatten();
        let dice = u64::from_le_bytes(self.office.random());
        let note = |kept: &mut Kept| {
            let changed = kept.standing.facts != standing.facts;
            match heard.filter(|_| !changed) {
                Some((window, holds)) => {
                    kept.standing.advise(window, dice);
                    kept.standing.advice_until = Some(now + holds);
                }
                None => kept.standing.advice_until = Some(now + NO_ADVICE),
            }
        };
        book::change(self.office, &standing.name, note)
            .await
            .map(|_| ())
    }

    /// Tells once that little is left of a certificate.
    async fn warn(&self, standing: &Standing, round: &mut Round) -> Result<(), StoreError> {
        let now = self.office.now();
        let name = &standing.name;
        book::change(self.office, name, |kept| {
            let _first = kept.standing.warns(now);
        })
        .await?;
        let until = standing.facts.as_ref().map_or(now, |facts| facts.until);
        let problem = standing.problem.as_deref();
        let told = json!({ "until": until.to_string(), "problem": problem });
        self.note("certificate.ending", name, told).await?;
        round.low.push((name.clone(), until));
        Ok(())
    }

    async fn note(
        &self,
        action: &str,
        name: &str,
        after: serde_json::Value,
    ) -> Result<(), StoreError> {
        let mut audit = self
            .office
            .audit(Owner::PLATFORM, JOB, action, name.to_owned());
        audit.after = Some(after);
        self.office.store().note(self.operator, &audit).await
    }
}
