//! What every request finds: the office, the living exchange, figures, bounds.

use std::fmt;
use std::future::Future;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use admin::Office;
use admin::archive::{NoPacker, Packer};
use admin::signon::SignInServers;
use identity::passkey::Site;
use ids::TenantId;
use ports::{
    Enquirer, FaxReader, HookDesk, LiveExchange, Mailer, Metered, NoEnquirer, NoFaxReader, NoHooks,
    NoMailer, NoSoundReader, NoVoice, SoundReader, Voice,
};
use tenancy::{Actor, Caps, Owner, Principal};
use tokio::runtime::Handle;
use tokio::sync::Semaphore;

use crate::archives::Depot;
use crate::heavy::Forge;
use crate::limits::Limits;
use crate::listening::Listening;
use crate::presumed::Presumed;
use crate::processor::{InTurns, Processor};
use crate::rate::{Meters, Standing};
use crate::shares::Shares;
use crate::stream::Streams;
use crate::turnstile::{Pass, Room, Turnstile};

/// What authenticators show as the name of the site.
const PRODUCT: &str = "Strowger";

/// A request that was answered, for whoever counts.
#[derive(Clone, Copy, Debug)]
pub struct Seen {
    /// Name of the operation, as in the OpenAPI text; empty for unknown paths.
    pub operation: &'static str,
    /// HTTP status of the answer.
    pub status: u16,
    /// From the request's head to the answer.
    pub took: Duration,
}

/// What the API is made of.
#[derive(Clone)]
pub struct Parts {
    /// Where use cases work.
    pub office: Office,
    /// The living exchange.
    pub live: Arc<dyn LiveExchange>,
    /// Whoever delivers to webhooks.
    pub hooks: Arc<dyn HookDesk>,
    /// Who asks companies' sign-in servers.
    pub enquirer: Arc<dyn Enquirer>,
    /// Who sends mail.
    pub mailer: Arc<dyn Mailer>,
    /// What turns companies into bytes.
    pub packer: Arc<dyn Packer>,
    /// Who understands sounds.
    pub sounds: Arc<dyn SoundReader>,
    /// Who makes pages of documents.
    pub faxes: Arc<dyn FaxReader>,
    /// Who speaks texts.
    pub voice: Arc<dyn Voice>,
    /// What the links of mails begin with where no brand says another domain.
    pub portal: String,
    /// Further figures in the text form of Prometheus, shown beside those of the exchange.
    pub figures: Arc<dyn Fn() -> String + Send + Sync>,
    /// Told of every answer.
    pub seen: Arc<dyn Fn(Seen) + Send + Sync>,
    /// Bounds.
    pub limits: Limits,
}

impl Parts {
    /// The parts without figures of their own, and with the default bounds.
    pub fn new(office: Office, live: Arc<dyn LiveExchange>) -> Parts {
        Parts {
            office,
            live,
            hooks: Arc::new(NoHooks),
            enquirer: Arc::new(NoEnquirer),
            mailer: Arc::new(NoMailer),
            packer: Arc::new(NoPacker),
            sounds: Arc::new(NoSoundReader),
            faxes: Arc::new(NoFaxReader),
            voice: Arc::new(NoVoice),
            portal: "http://127.0.0.1:8080".to_owned(),
            figures: Arc::new(String::new),
            seen: Arc::new(|_| {}),
            limits: Limits::default(),
        }
    }
}

impl fmt::Debug for Parts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Parts")
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

/// Whose rate is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Asker {
    Account(Actor),
    Tenant(TenantId),
    Wrong(IpAddr),
    /// Nobody known, from there.
    Door(IpAddr),
}

impl Asker {
    /// Whose rate and turn a request of this principal takes.
    pub(crate) fn of(principal: &Principal) -> Asker {
        match principal.owner() {
            Owner::Account(_) => Asker::Account(principal.actor()),
            Owner::Tenant(tenant) => Asker::Tenant(tenant),
        }
    }
}

/// What every request finds.
pub(crate) struct Front {
    pub(crate) parts: Parts,
    /// The OpenAPI text.
    pub(crate) description: String,
    pub(crate) turnstile: Arc<Turnstile<Asker>>,
    /// Whose request computes next.
    processor: Arc<Processor<Asker>>,
    /// Who follows events.
    pub(crate) streams: Streams,
    /// The site that passkeys are made for: the portal's, when that is at a host name.
    pub(crate) site: Option<Site>,
    /// Where passwords are compared.
    pub(crate) forge: Forge,
    /// Where sounds are understood.
    pub(crate) mill: Forge,
    /// Where recordings are opened and sent.
    pub(crate) listening: Listening,
    /// Places for what is done for somebody unknown after the answer, such as mails.
    pub(crate) mails: Arc<Semaphore>,
    /// Companies' sign-in servers.
    pub(crate) servers: SignInServers,
    /// Places for those who are on their way to them and back.
    pub(crate) sign_ons: Semaphore,
    /// Whose keys were seen.
    pub(crate) presumed: Presumed<Asker>,
    /// Places for companies on their way out or in.
    pub(crate) depot: Depot,
    meters: Mutex<Meters<Asker>>,
}

impl Front {
    pub(crate) fn new(parts: Parts, description: String) -> Front {
        let limits = parts.limits;
        let turnstile = Turnstile::new(Room {
            in_all: limits.in_flight,
            of_one: limits.in_flight_of_one,
            waiting: limits.waiting,
            waiting_of_one: limits.waiting_of_one,
        });
        // a portal at an address has no passkeys: they are made for names
        let site = Site::of_page(&parts.portal, PRODUCT).ok();
        let servers = parts.office.sign_in_servers(Arc::clone(&parts.enquirer));
        let forge = Forge::new(limits.passwords, limits.passwords_waiting);
        let depot = Depot::new(&limits, Arc::clone(&parts.packer), forge.clone());
        Front {
            servers,
            sign_ons: Semaphore::new(limits.sign_ons),
            parts,
            description,
            turnstile,
            processor: Processor::new(computing_at_once(), limits.in_flight),
            streams: Streams::within(&limits),
            site,
            forge,
            mill: Forge::new(limits.sounds, limits.sounds_waiting),
            listening: Listening::new(&limits),
            mails: Arc::new(Semaphore::new(limits.mails)),
            presumed: Presumed::new(),
            depot,
            meters: Mutex::new(Meters::new()),
        }
    }

    fn meters(&self) -> MutexGuard<'_, Meters<Asker>> {
        // a meter is never half changed, so a poisoned lock is as good as any
        self.meters.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes one request of an asker.
    pub(crate) fn take(&self, asker: Asker) -> Standing {
        let rate = match asker {
            Asker::Account(_) => self.parts.limits.operator_rate,
            // the tenant's own cap is put in place as soon as its document was read
            Asker::Tenant(_) | Asker::Wrong(_) | Asker::Door(_) => {
                Caps::default().api_requests_per_second
            }
        };
        self.meters().take(asker, rate, Instant::now())
    }

    /// Leave for a request of somebody who is not known yet.
    pub(crate) async fn enter_from(&self, source: Option<IpAddr>) -> Option<Pass<Asker>> {
        let nowhere = IpAddr::from([0, 0, 0, 0]);
        let source = source.map_or(nowhere, network);
        self.enter(Asker::Door(source)).await
    }

    /// Leave for a request to be carried out; it may have to wait for it.
    pub(crate) async fn enter(&self, asker: Asker) -> Option<Pass<Asker>> {
        let began = tokio::time::Instant::now();
        let until = began + self.parts.limits.waiting_time;
        let weight = self.weight(asker);
        let pass = self.turnstile.enter(asker, weight, until).await;
        self.processor.waited(asker, began.elapsed());
        if pass.is_none() {
            self.meters().refuse(asker);
        }
        pass
    }

    /// Work of an asker, which computes in its turns.
    pub(crate) fn in_turns<F: Future>(&self, asker: Asker, work: F) -> InTurns<Asker, F> {
        self.processor.share((asker, self.weight(asker)), work)
    }

    fn weight(&self, asker: Asker) -> u16 {
        self.meters().weight(asker).unwrap_or_default().get()
    }

    /// Who waits and who was refused, as figures.
    pub(crate) fn shares(&self) -> String {
        let meters = self.meters();
        let refused = meters.refused().filter_map(|(asker, count)| {
            let Asker::Tenant(tenant) = asker else {
                return None;
            };
            Some((tenant.to_string(), count))
        });
        let refused = refused.collect();
        let accounts = self.processor.accounts().into_iter();
        let accounts = accounts.filter_map(|(asker, account)| match asker {
            Asker::Tenant(tenant) => Some((tenant.to_string(), account)),
            Asker::Account(_) | Asker::Wrong(_) | Asker::Door(_) => None,
        });
        Shares {
            now: self.turnstile.figures(),
            keys: self.presumed.len(),
            refused,
            accounts: accounts.collect(),
        }
        .text()
    }

    /// What a tenant's keys have spent of its rate, and how often they were refused.
    pub(crate) fn metered(&self, tenant: TenantId) -> Metered {
        self.meters().metered(Asker::Tenant(tenant), Instant::now())
    }

    /// States a tenant's cap and weight, as just read.
    pub(crate) fn learn_cap(&self, tenant: TenantId, caps: &Caps) {
        let rate = caps.api_requests_per_second;
        self.meters()
            .set_share(Asker::Tenant(tenant), (rate, caps.weight), Instant::now());
    }

    /// `Some` while a source has presented too many wrong keys.
    pub(crate) fn barred(&self, source: Option<IpAddr>) -> Option<Duration> {
        let asker = Asker::Wrong(network(source?));
        self.meters().is_spent(asker, Instant::now())
    }

    /// Counts a wrong key.
    pub(crate) fn wrong_key(&self, source: Option<IpAddr>) {
        if let Some(source) = source {
            let rate = self.parts.limits.wrong_keys_rate;
            self.meters()
                .take(Asker::Wrong(network(source)), rate, Instant::now());
        }
    }
}

/// Requests that may compute at once: one for each processor, and one less than the runtime has
/// threads, so that while they compute one thread is left to line the others up in turns.
fn computing_at_once() -> usize {
    let threads = Handle::try_current().map_or(1, |runtime| runtime.metrics().num_workers());
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    threads.saturating_sub(1).clamp(1, processors)
}

/// Whoever has one address of a /64 has all of them.
pub(crate) fn network(source: IpAddr) -> IpAddr {
    match source.to_canonical() {
        IpAddr::V4(v4) => IpAddr::V4(v4),
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX))),
    }
}
