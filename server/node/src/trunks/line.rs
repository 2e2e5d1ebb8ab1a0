//! One trunk as the wire sees it.

mod addresses;
mod gateway;

use super::load::Load;
use super::state::{Held, State, Watches};
use super::{Here, Place, Way};
use addresses::PROBED_MAX;
use call::Full;
use carrier::{ADDRESSES_MAX, Bearer, Peers, Probe, Registration, Terms};
use domain::{CompiledTrunk, E164, Peer, Secret, Source, Trunk, TrunkIdentity, TrunkMode};
pub(crate) use gateway::{BINDINGS_MAX, Gateway};
use ids::TenantId;
use machine::{Instant, Machine, Random, TimerHandle};
use sip_stack::digest::Login;
use std::collections::BTreeSet;

/// One trunk.
pub(crate) struct Line {
    slot: u32,
    spec: Box<Trunk>,
    secret: Option<Secret>,
    places: Vec<Place>,
    registrar: Option<Place>,
    end: End,
    sources: Vec<Source>,
    contact: String,
    login: Option<Login>,
    /// The calls that go over it.
    pub(crate) load: Load,
    /// Whose own it is; nobody's when it is an account's.
    pub(crate) owner: Option<TenantId>,
    /// Who may use it.
    pub(crate) users: BTreeSet<TenantId>,
    /// How its addresses stand.
    pub(crate) peers: Peers,
    /// What runs for it.
    pub(crate) machines: Machines,
}

/// The machines of one trunk, and when they want to be woken.
#[derive(Default)]
pub(crate) struct Machines {
    pub(crate) registration: Option<Registration>,
    /// By address.
    pub(crate) probes: Vec<Option<Probe>>,
    pub(crate) wake: Option<(Instant, TimerHandle)>,
    /// The address that was asked last for a registration.
    pub(crate) asked: Option<u8>,
    /// How the trunk stood when its owner was told last.
    pub(crate) told: State,
}

impl Machines {
    /// When the first of them wants to be woken.
    fn deadline(&self) -> Option<Instant> {
        let registration = self.registration.as_ref().and_then(Machine::deadline);
        let probes = self.probes.iter().flatten().filter_map(Machine::deadline);
        let probes = probes.map(|due| due.at).min();
        registration
            .map(|due| due.at)
            .into_iter()
            .chain(probes)
            .min()
    }
}

/// What is at the other end.
#[derive(Debug)]
enum End {
    /// A carrier, which is where the trunk says.
    Carrier,
    /// A gateway, which is where it has registered.
    Gateway(Box<Gateway>),
    /// This exchange, and the way back into it.
    Home(Box<Way>),
}

impl Line {
    /// The line of a trunk, its machines not begun. `slot` is its place in owner numbers; `random`
    /// names the contact that we register, which nobody can guess.
    pub(crate) fn new(
        (trunk, here): (&CompiledTrunk, Here<'_>),
        slot: u32,
        random: &mut Random,
        now: Instant,
    ) -> Line {
        let spec = &trunk.spec;
        let mut place = |peer| Place::of(peer, random, now);
        let places: Vec<Place> = spec.understood_peers().map(&mut place).collect();
        let registrar = spec.registrar.as_deref().and_then(Peer::read).map(place);
        let secret = trunk.secret.as_ref();
        let username = spec.auth_username.as_ref().or(spec.username.as_ref());
        // the secret of a gateway is what it proves to us: nothing is ever proved to it with that
        let login = username.zip(secret).filter(|_| !spec.is_gateway());
        let contact = random.token(20);
        let own = here.address.filter(|_| spec.is_on_net());
        let mut line = Line {
            slot,
            secret: trunk.secret.clone(),
            owner: None,
            users: BTreeSet::new(),
            peers: Peers::new(ADDRESSES_MAX),
            places,
            registrar,
            end: match (Gateway::of(trunk, here), own) {
                (Some(gateway), _) => End::Gateway(Box::new(gateway)),
                (None, Some(own)) => End::Home(Box::new(Way::home(&contact, own))),
                (None, None) => End::Carrier,
            },
            sources: spec.understood_sources().collect(),
            contact,
            login: login.map(|(name, secret)| Login::new(name.as_str(), secret.reveal())),
            load: Load::new(spec.caps),
            machines: Machines::default(),
            spec: spec.clone(),
        };
        line.machines = line.made(random, now);
        line
    }

    /// Whether a compiled trunk says nothing else than this line was made of. With whom it is
    /// shared makes no difference to the wire.
    pub(crate) fn is_as(&self, trunk: &CompiledTrunk, domain: &str) -> bool {
        let home = self.gateway().is_none_or(|one| one.domain() == domain);
        home && *self.spec == *trunk.spec && self.secret == trunk.secret
    }

    /// Takes the place of a line of the same trunk: calls under way count on, and its owner is
    /// not told again what it knows.
    pub(crate) fn goes_on_from(&mut self, old: &Line) {
        self.machines.told = old.machines.told;
        self.load.goes_on_from(&old.load);
        self.users.extend(old.users.iter().copied());
    }

    fn made(&self, random: &mut Random, now: Instant) -> Machines {
        let peers = self.registrar.as_ref().map_or(self.places.len(), |_| 1);
        let mut registration = None;
        if self.spec.mode == TrunkMode::Register
            && let (Some(login), Some(username)) = (&self.login, &self.spec.username)
        {
            let terms = Terms {
                username: username.clone(),
                domain: self.domain(),
                contact_user: self.contact.clone(),
                expires: self.spec.expires_seconds,
                peers,
            };
            let random = random.fork("registration");
            registration = Some(Registration::new(terms, login.clone(), random));
        }
        let probes = (0..PROBED_MAX).map(|at| self.probe(at, random, now));
        Machines {
            probes: probes.collect(),
            registration,
            wake: None,
            asked: None,
            told: State::default(),
        }
    }

    /// The domain the carrier knows us by.
    pub(crate) fn domain(&self) -> String {
        let named = self.spec.domain.clone();
        let peer = || {
            self.spec
                .understood_registrar()
                .map(|peer| peer.host.to_string())
        };
        let company = || Some(self.gateway()?.domain().to_owned());
        let own = || Some(self.home()?.host().to_owned());
        let all = named.or_else(peer).or_else(company).or_else(own);
        all.unwrap_or_default()
    }

    /// Takes a call of a company's; one that must not be held back, whatever the caps.
    ///
    /// # Errors
    /// The cap that is met.
    pub(crate) fn take_call(
        &mut self,
        tenant: TenantId,
        must: bool,
        now: Instant,
    ) -> Result<(), Full> {
        if must {
            self.load.add(tenant);
            return Ok(());
        }
        self.load.take(tenant, now)
    }

    /// A number as its calls write it.
    pub(crate) fn write_number(&self, digits: &str) -> Option<String> {
        Some(self.spec.write_number(&E164::of_digits(digits)?))
    }

    /// The number of the world that one on its wire is.
    pub(crate) fn understood(&self, wire: &str) -> Option<E164> {
        self.spec.read_written(wire)
    }

    /// Which header carries the number.
    pub(crate) fn bearer(&self) -> Bearer {
        match self.spec.identity {
            TrunkIdentity::From => Bearer::From,
            TrunkIdentity::Asserted => Bearer::Asserted,
            TrunkIdentity::Preferred => Bearer::Preferred,
            TrunkIdentity::RemoteParty => Bearer::RemoteParty,
        }
    }

    /// Whether it registers and is registered, or its gateway is.
    pub(crate) fn is_registered(&self) -> bool {
        if let Some(gateway) = self.gateway() {
            return gateway.is_bound();
        }
        let registration = self.machines.registration.as_ref();
        registration.is_some_and(Registration::is_up)
    }

    /// How it stands.
    pub(crate) fn state(&self) -> State {
        let registration = self.machines.registration.as_ref();
        let held = match registration {
            Some(registration) if registration.is_up() => Held::Yes,
            Some(registration) if registration.is_down() => Held::No,
            Some(_) => Held::Open,
            // without a secret there is nothing to register with
            None => Held::No,
        };
        let probed = self.spec.options_seconds > 0;
        let registered = match self.spec.mode {
            TrunkMode::Register => Some(held),
            TrunkMode::Gateway if self.is_registered() => Some(Held::Yes),
            TrunkMode::Gateway => Some(Held::No),
            TrunkMode::Peer | TrunkMode::OnNet => None,
        };
        State::of(Watches {
            registered,
            answers: probed.then(|| self.any_answers()),
        })
    }

    /// The way back into this exchange, where that is the other end.
    fn home(&self) -> Option<&Way> {
        match &self.end {
            End::Home(home) => Some(home),
            End::Carrier | End::Gateway(_) => None,
        }
    }

    pub(crate) fn slot(&self) -> u32 {
        self.slot
    }

    pub(crate) fn spec(&self) -> &Trunk {
        &self.spec
    }

    pub(crate) fn contact(&self) -> &str {
        &self.contact
    }

    pub(crate) fn login(&self) -> Option<&Login> {
        self.login.as_ref()
    }
}
