//! The scene: companies in a store, and their telephones in a world.

use crate::canaries::NAMES;
use admin::live::{Follower, Update};
use admin::{Office, documents};
use domain::{
    CallClass, ConferenceRule, Destination, Device, Extension, Forwards, NoAnswer, RecordedCalls,
    RecordingRule, Secret, Tenant,
};
use ids::{DeviceId, ExtensionId, TenantId};
use machine::{Instant, Random, WallTime};
use ports::{FixedClock, SeededEntropy, StoreError, Stores, ready};
use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use store::MemoryStore;
use tenancy::{CapOverrides, PlatformScope, TenantScope};
use testkit::{Account, PhoneId, REALM, Setup, World};

/// Extensions with telephones per company.
pub(crate) const PEOPLE: usize = 4;
/// Calls a company may have at first.
pub(crate) const CALLS: u32 = 8;

/// Why a scene could not be set; a finding of its own.
#[derive(Debug)]
pub(crate) struct Trouble(pub(crate) String);

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Trouble {
        Trouble(format!("{error:?}"))
    }
}

impl From<domain::Invalid> for Trouble {
    fn from(error: domain::Invalid) -> Trouble {
        Trouble(format!("{error:?}"))
    }
}

/// Polls a use case over the memory store, which is always ready.
pub(crate) fn now<T, E: Into<Trouble>>(
    future: impl Future<Output = Result<T, E>>,
) -> Result<T, Trouble> {
    match ready(future) {
        Ok(result) => result.map_err(Into::into),
        Err(_) => Err(Trouble("the memory store was not ready".to_owned())),
    }
}

/// One person's telephone.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub(crate) phone: PhoneId,
    pub(crate) device: DeviceId,
    pub(crate) extension: ExtensionId,
    pub(crate) number: String,
}

/// A company.
#[derive(Clone, Debug)]
pub(crate) struct Firm {
    pub(crate) id: TenantId,
    /// Its place in [`NAMES`].
    pub(crate) index: usize,
    pub(crate) people: Vec<Person>,
    pub(crate) numbers: Vec<String>,
    /// Since when the company may have how many calls.
    pub(crate) caps: Vec<(WallTime, u32)>,
}

/// Everything there is.
pub(crate) struct Scene {
    pub(crate) world: World,
    pub(crate) store: Arc<MemoryStore>,
    pub(crate) office: Office,
    pub(crate) clock: Arc<FixedClock>,
    pub(crate) firms: Vec<Firm>,
    /// When the exchange was killed.
    pub(crate) kills: Vec<WallTime>,
    follower: Follower,
}

impl Scene {
    /// Sets the scene: the companies with these places in [`NAMES`].
    pub(crate) fn set(seed: u64, firms: &[usize]) -> Result<Scene, Trouble> {
        let setup = Setup::ordinary(seed);
        let store = Arc::new(MemoryStore::new());
        let clock = Arc::new(FixedClock::at(setup.wall));
        let entropy = Arc::new(SeededEntropy::new(seed));
        let stores: Arc<dyn Stores> = Arc::clone(&store) as Arc<dyn Stores>;
        let office = now(Office::open(
            stores,
            entropy,
            Arc::clone(&clock) as _,
            REALM,
        ))?;
        let mut scene = Scene {
            world: World::new(setup),
            store,
            office,
            clock,
            firms: Vec::new(),
            kills: Vec::new(),
            follower: Follower::new(),
        };
        for index in firms {
            let firm = scene.found(seed, *index)?;
            scene.firms.push(firm);
        }
        scene.follow()?;
        Ok(scene)
    }

    /// Puts a lamp's key for the next person of the company on somebody's telephone.
    pub(crate) fn watch_colleague(&mut self, phone: PhoneId, seconds: u32) {
        let mut firms = self.firms.iter();
        let number = firms.find_map(|firm| {
            let at = firm.people.iter().position(|one| one.phone == phone)?;
            let next = firm.people.get((at + 1) % firm.people.len())?;
            Some(next.number.clone())
        });
        if let Some(number) = number {
            self.world.with(phone, |phone, now| {
                phone.watch(&number, "dialog", seconds, now)
            });
        }
    }

    fn found(&mut self, seed: u64, index: usize) -> Result<Firm, Trouble> {
        let name = NAMES.get(index).copied().unwrap_or("zzz");
        let platform = PlatformScope::at_console().account();
        let spec = company(name);
        let tenant = now(documents::add(&self.office, &platform, spec, None))?.resource;
        let scope = TenantScope::for_job(tenant.id, "simulation");
        let mut firm = Firm {
            id: tenant.id,
            index,
            people: Vec::new(),
            numbers: vec!["*43".to_owned(), "*44".to_owned(), "7777".to_owned()],
            caps: vec![(self.world.setup.wall, CALLS)],
        };
        let mut random = Random::from_seed(seed).fork(name);
        for person in 0..PEOPLE {
            let number = number_of(name, person);
            firm.numbers.push(number.clone());
            let extension = Extension {
                number: number.clone(),
                display_name: format!("{name} {person}"),
                ring_seconds: 15,
                destination: Destination::Devices,
                forwards: forwards(name, person, &mut random),
                lamps: domain::Lamps::default(),
                external_number: None,
                calls: CallClass::ordinary(),
                only_to: Vec::new(),
                never_to: Vec::new(),
                recording: RecordingRule {
                    calls: [RecordedCalls::All, RecordedCalls::None][person % 2],
                    ..RecordingRule::default()
                },
                conference: ConferenceRule::default(),
                announcement: domain::AnnouncementRule::default(),
                on_hold: None,
                language: None,
                groups: Vec::new(),
                enabled: true,
            };
            let extension = now(documents::add(&self.office, &scope, extension, None))?.resource;
            let devices = if random.chance(300) { 2 } else { 1 };
            for device in 0..devices {
                let place = person * 2 + device;
                let account = Account {
                    number: number.clone(),
                    username: format!("{name}-{person}-{device}"),
                    password: random.token(16),
                    domain: format!("{name}.example"),
                    display: format!("{name} {person}"),
                };
                let id = self.hire(&scope, extension.id, &account)?;
                let phone = self.install(index, place, &account, &mut random);
                firm.people.push(Person {
                    phone,
                    device: id,
                    extension: extension.id,
                    number: number.clone(),
                });
            }
        }
        Ok(firm)
    }

    fn hire(
        &mut self,
        scope: &TenantScope,
        extension: ExtensionId,
        account: &Account,
    ) -> Result<DeviceId, Trouble> {
        let spec = Device {
            username: account.username.clone(),
            extension,
            address: None,
            trusted_source: None,
            srtp: domain::Srtp::default(),
            key_agreement: domain::KeyAgreement::default(),
            t38: domain::T38::default(),
            video: domain::Video::default(),
            location: None,
            enabled: true,
        };
        let secret = Some(Secret::supplied(account.password.clone())?);
        let made = now(documents::add(&self.office, scope, spec, secret))?;
        Ok(made.resource.id)
    }

    fn install(
        &mut self,
        firm: usize,
        place: usize,
        account: &Account,
        random: &mut Random,
    ) -> PhoneId {
        let host = u8::try_from(place + 10).unwrap_or(u8::MAX);
        let net = u8::try_from(firm + 1).unwrap_or(u8::MAX);
        let address = SocketAddr::from(([100, 64, net, host], 5060));
        let inside = random
            .chance(300)
            .then(|| SocketAddr::from(([192, 168, 1, host], 5060)));
        self.world.phone(account, address, inside)
    }

    /// The wall clock, as the exchange sees it.
    pub(crate) fn wall(&self) -> WallTime {
        self.world.setup.wall + self.world.now.saturating_since(Instant::ZERO)
    }

    /// The exchange follows the feed of changes.
    pub(crate) fn follow(&mut self) -> Result<(), Trouble> {
        self.clock.set(self.wall());
        let updates = now(self.follower.poll(self.store.as_ref()))?;
        for update in updates {
            match update {
                Update::Tenant(compiled) => self.world.tell(compiled),
                Update::Gone(tenant) => {
                    return Err(Trouble(format!("{tenant} is gone from the store")));
                }
            }
        }
        Ok(())
    }

    /// Finished records reach the store.
    pub(crate) fn archive(&mut self) -> Result<(), Trouble> {
        use ports::ExchangeStore;
        let records: Vec<_> = self.world.records.values().cloned().collect();
        now(self.store.write_cdrs(records))?;
        Ok(())
    }
}

/// The company of this name, which may have few calls at a time.
fn company(name: &str) -> Tenant {
    let caps = CapOverrides {
        concurrent_calls: Some(CALLS),
        ..CapOverrides::default()
    };
    Tenant {
        domains: vec![format!("{name}.example")],
        mail_domains: Vec::new(),
        display_name: name.to_owned(),
        reseller: None,
        plan: None,
        caps,
        ceiling: domain::Ceiling::default(),
        ladders: domain::KeptLadders::default(),
        dialling: None,
        texts_kept_days: 7,
        music_on_hold: true,
        language: domain::Language::default(),
        time_zone: "UTC".to_owned(),
        captured: true,
        enabled: true,
    }
}

/// A number every company has, and numbers nobody else may see.
fn number_of(name: &str, person: usize) -> String {
    match person {
        0 => "101".to_owned(),
        _ => format!("{name}{person}"),
    }
}

/// Some people's calls go on to the next one when they do not take them, and so round.
fn forwards(name: &str, person: usize, random: &mut Random) -> Forwards {
    let next = number_of(name, (person + 1) % PEOPLE);
    let mut some = || random.chance(300).then(|| next.clone());
    Forwards {
        always: None,
        busy: some(),
        no_answer: some().map(|to| NoAnswer {
            to,
            after_seconds: 8,
        }),
        unreachable: some(),
    }
}
