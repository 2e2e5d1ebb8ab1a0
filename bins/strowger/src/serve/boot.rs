//! The start: every part opened and joined, and what a former process left behind taken back.
//!
//! The order matters. The folder is locked before anything in it is read; tenants are known
//! before bindings and calls are restored; records of calls that died are in the store before the
//! journal forgets them; and sockets, bound early so that a refusal comes early, are read last.

use std::net::SocketAddr;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, mpsc::Receiver};

use admin::Office;
use admin::live::Follower;
use bus::Folder;
use config::Settings;
use domain::KindName;
use machine::{Clock, Instant, Random};
use media::{PortRange, PromptId};
use media_io::TapLine;
use net::{LoopClock, Net, Waker};
use node::{Challenges, Config, Limits, PromptBook, Secrets, Shard, Stores as ShardStores};
use ports::{Entropy, WallClock};
use sip_message::flow::Transport;
use sip_message::web_socket::Origins;
use store::{OsEntropy, SystemClock, block_on};

use super::certificates::Certificates;
use super::changes;
use super::defence::{self, BanDesk};
use super::faxes::{self, FaxDesk};
use super::figures::{Board, Requests, Sources};
use super::inbox::{Letter, Postbox};
use super::live::{Live, Waiting};
use super::recorder::{self, RecorderDesk};
use super::running::{Ends, Front, Makers, Rear, Running, Signalling};
use super::switchboard::{Desks, Scouts, Switchboard};
use super::{hep, issuance, media as media_part, music, outside, records, voices, wires};
use crate::allocator::{self, Returning};
use crate::console;
use crate::failure::Failure;
use crate::fax_reader::Drawing;
use crate::keys;
use crate::print;
use crate::voice;

/// User-Agent and Server of the exchange.
const AGENT: &str = concat!("Strowger/", env!("CARGO_PKG_VERSION"));

/// Opens everything.
///
/// # Errors
/// The first thing that is refused.
pub(crate) fn boot(settings: &Settings) -> Result<Running, Failure> {
    net::raise_file_limit();
    let office = office(settings)?;
    let folder = Folder::open(&settings.data).map_err(|error| Failure::new(error.to_string()))?;
    first_key(&office)?;
    let loopback = is_loopback(settings);
    refuse_load_in_public(&office, loopback)?;
    let zero = std::time::Instant::now();
    let clock = Clock::new(SystemClock.now());
    let waker = Waker::new().map_err(|error| Failure::internal(error.to_string()))?;
    let (certificates, issuer) = issuance::begin(settings, &office, AGENT)?;
    let net = listen(settings, &certificates, zero, &waker)?;
    let range = media_part::addresses(settings)?;
    let media = media_part::start(settings, range, &OsEntropy, zero, waker.clone())?;
    let (threads, control, taps) = media;
    let threads = Arc::new(threads);
    let mut shard = shard(settings, &office, &folder, (range, &net), clock)?;
    let recorder = recorder_parts(settings, &office, &mut shard, taps, zero)?;
    let follower = take_back(&mut shard, &office, &folder, clock, loopback)?;
    let (postbox, inbox) = Postbox::new(waker.clone());
    let writers = writers(&office, &folder, recorder, &postbox)?;
    let folder = Arc::new(folder);
    let board = Arc::new(Board::default());
    let requests = Arc::new(Requests::default());
    let (ban_desk, warden, counted) = defence::begin(settings, &office, &mut shard)?;
    board.followed(follower.cursor());
    let asked = (&requests, &counted, office.shared_store());
    board.look_at(sources(&net, &threads, &writers, asked, &folder));
    let (desks, ends) = writers.split(ban_desk);
    let (scouts, makers) = scouts(settings, &office, (&postbox, zero), &board)?;
    let hands = (control, scouts);
    let inbox = (postbox, inbox, waker.clone());
    let (mut switchboard, live) = join(shard, hands, inbox, desks, &board);
    switchboard.hep = collect(settings, clock, &board)?;
    switchboard.balancers = defence::networks(&settings.wires.balancers);
    let signalling = Signalling {
        net,
        switchboard,
        waker,
    };
    let hooks = outside::hooks(settings, office.shared_store(), AGENT)?;
    let front = Front {
        hooks,
        enquirer: outside::enquirer(settings, AGENT)?,
        mailer: outside::mailer(settings)?,
        makers,
        portal: settings.portal.clone(),
        certificates,
        issuer,
        office,
        live,
        requests,
        follower,
        warden,
        http: settings.http,
        loopback,
        patience: settings.drain,
    };
    let rear = Rear {
        threads,
        ends,
        folder,
        range,
    };
    Ok(Running {
        signalling,
        front,
        rear,
    })
}

/// What the recorder is given. The shard goes on with recordings that a former process has begun,
/// where their calls go on.
fn recorder_parts(
    settings: &Settings,
    office: &Office,
    shard: &mut Shard,
    taps: Vec<TapLine>,
    zero: std::time::Instant,
) -> Result<recorder::Parts, Failure> {
    let former = block_on(office.store().running_recordings())?;
    shard.resume_recordings(recorder::known_to_shard(&former));
    Ok(recorder::Parts {
        shelf: console::shelf(&settings.data)?,
        taps,
        former,
        time: LoopClock::from_zero(zero),
        tally: Arc::default(),
    })
}

/// Who makes pages of documents.
fn drawing() -> Result<Drawing, Failure> {
    let drawing = Drawing::by_this_program();
    drawing.map_err(|error| Failure::internal(error.to_string()))
}

/// Who asks outside what the shard wants to know, and who makes something else of what people
/// bring.
fn scouts(
    settings: &Settings,
    office: &Office,
    (postbox, zero): (&Postbox, std::time::Instant),
    board: &Board,
) -> Result<(Scouts, Makers), Failure> {
    let internal = |error: std::io::Error| Failure::internal(error.to_string());
    let music = music::fetcher(office.clone(), postbox.clone());
    let voice = voice::found(settings, AGENT)?;
    let speaker = voices::speaker(office.clone(), Arc::clone(&voice), postbox.clone());
    let mut seed = [0; 32];
    OsEntropy.fill(&mut seed);
    let stations = music::StationParts {
        office: office.clone(),
        postbox: postbox.clone(),
        clock: LoopClock::from_zero(zero),
        radio: outside::radio(settings, AGENT)?,
        random: Random::from_seed_bytes(seed),
        tally: board.stations(),
    };
    let scouts = Scouts {
        names: outside::asker(settings, postbox.clone())?,
        certificates: outside::fetcher(settings, AGENT, postbox.clone())?,
        music: music.map_err(internal)?,
        stations: music::stations(stations).map_err(internal)?,
        speaker: speaker.map_err(internal)?,
    };
    let makers = Makers {
        voice,
        drawing: Arc::new(drawing()?),
    };
    Ok((scouts, makers))
}

/// Who writes what comes of calls, each with what it counts.
struct Writers {
    records: (records::Desk, Arc<records::Tally>),
    recordings: (RecorderDesk, Arc<recorder::Tally>),
    faxes: (FaxDesk, Arc<faxes::Tally>),
    ends: Ends,
}

impl Writers {
    /// The shard's ends and the threads.
    fn split(self, bans: BanDesk) -> (Desks, Ends) {
        let desks = Desks {
            records: self.records.0,
            bans,
            recorder: self.recordings.0,
            faxes: self.faxes.0,
        };
        (desks, self.ends)
    }
}

/// Starts whoever writes records, whoever makes recordings and whoever receives faxes.
fn writers(
    office: &Office,
    folder: &Folder,
    parts: recorder::Parts,
    postbox: &Postbox,
) -> Result<Writers, Failure> {
    let internal = |error: std::io::Error| Failure::internal(error.to_string());
    let counted = Arc::new(records::Tally::default());
    let store = office.shared_store();
    let started = records::start(store, folder.stored(), Arc::clone(&counted));
    let (desk, clerk) = started.map_err(internal)?;
    let taped = Arc::clone(&parts.tally);
    let started = recorder::start(parts, office.shared_store());
    let (recording, recorder) = started.map_err(internal)?;
    let sent = Arc::new(faxes::Tally::default());
    let started = faxes::start(office.shared_store(), postbox.clone(), Arc::clone(&sent));
    let (faxing, machines) = started.map_err(internal)?;
    Ok(Writers {
        records: (desk, counted),
        recordings: (recording, taped),
        faxes: (faxing, sent),
        ends: Ends {
            recorder,
            machines,
            clerk,
        },
    })
}

/// Opens the store, with the master key that seals its secrets.
fn office(settings: &Settings) -> Result<Office, Failure> {
    let store = settings.store.as_deref().map(str::parse).transpose();
    let store = store.map_err(|rule| Failure::new(format!("store {rule}")))?;
    let place = settings.master_key.as_deref().map(str::parse).transpose();
    let place = place.map_err(|rule| Failure::new(format!("master_key {rule}")))?;
    let place = keys::place(place, &settings.data);
    console::open_office(&settings.data, store, place)
}

/// Who tells a capture server of messages, when there is one.
fn collect(settings: &Settings, clock: Clock, board: &Board) -> Result<Option<hep::Desk>, Failure> {
    let Some(capture) = &settings.capture else {
        return Ok(None);
    };
    let told = Arc::new(hep::Tally::default());
    board.look_at_hep(Arc::clone(&told));
    hep::start(capture, clock, told).map(Some)
}

/// Makes the operator's key when there is none, and prints it this once.
fn first_key(office: &Office) -> Result<(), Failure> {
    let platform = console::operator();
    if let Some(key) = block_on(admin::tokens::first_operator(office, &platform))? {
        print::line(&format!("operator key (shown this once): {}", key.reveal()));
    }
    Ok(())
}

fn is_loopback(settings: &Settings) -> bool {
    let sip = settings
        .sip
        .iter()
        .copied()
        .chain(settings.wires.addresses());
    let mut all = sip.chain([settings.http]).map(|at| at.ip());
    all.all(|ip| ip.is_loopback())
}

fn refuse_load_in_public(office: &Office, loopback: bool) -> Result<(), Failure> {
    let platform = console::operator();
    let domain = admin::demo::LOAD_DOMAIN;
    let found = block_on(
        office
            .store()
            .get_below(&platform, KindName::Tenant, domain),
    )?;
    if loopback || found.is_none() {
        return Ok(());
    }
    Err(Failure::new(format!(
        "this data folder has the company {domain}, whose devices need no password"
    ))
    .next("serve it on loopback addresses only (--sip 127.0.0.1:5060), or use another --data"))
}

fn listen(
    settings: &Settings,
    certificates: &Certificates,
    zero: std::time::Instant,
    waker: &Waker,
) -> Result<Net, Failure> {
    let config = net::Config {
        clock: LoopClock::from_zero(zero),
        keyring: certificates.keyring(),
        trust: Some(certificates.trust()),
        origins: Origins::only(settings.wires.origins.clone()),
        ..net::Config::new(wires::listeners(settings))
    };
    Net::bind(config, waker).map_err(|error| {
        Failure::new(error.to_string()).next("choose another address with --sip ADDR:PORT")
    })
}

/// Where the loop is reached, for some transports.
fn addresses(net: &Net, wanted: impl Fn(Transport) -> bool) -> Vec<SocketAddr> {
    let listeners = net.bound().iter().map(|bound| bound.listener);
    let listeners = listeners.filter(|listener| wanted(listener.transport));
    listeners.map(|listener| listener.reached()).collect()
}

/// Where the loop is reached, and then where it listens when that is somewhere else: whoever asks
/// for either asks for this exchange.
fn own_addresses(net: &Net) -> Vec<SocketAddr> {
    let mut own = addresses(net, |_| true);
    for bound in net.bound() {
        if !own.contains(&bound.listener.at) {
            own.push(bound.listener.at);
        }
    }
    own
}

fn shard(
    settings: &Settings,
    office: &Office,
    folder: &Folder,
    (range, net): (PortRange, &Net),
    clock: Clock,
) -> Result<Shard, Failure> {
    let internal = |error: &dyn std::fmt::Display| Failure::internal(error.to_string());
    let stores = ShardStores {
        journal: Box::new(folder.journal().map_err(|error| internal(&error))?),
        snapshots: Box::new(
            folder
                .snapshots(|_| true)
                .map_err(|error| internal(&error))?,
        ),
    };
    let config = Config {
        realm: office.realm().to_owned(),
        challenges: match settings.digest {
            config::Digest::Md5 => Challenges::Md5,
            config::Digest::Both => Challenges::Both,
            config::Digest::Sha256 => Challenges::Sha256,
        },
        names: settings.names.clone(),
        listeners: own_addresses(net),
        tls_listeners: addresses(net, |transport| transport == Transport::Tls),
        edges: defence::networks(&settings.wires.edges),
        agent: AGENT.to_owned(),
        prompts: PromptBook {
            announcement: PromptId::of(audio::Prompt::Music),
            ringback: PromptId::of(audio::Prompt::Ringback),
            alert: PromptId::of(audio::Prompt::Chime),
            music: PromptId::of(audio::Prompt::Music),
            beep: PromptId::of(audio::Prompt::Beep),
        },
        collects: settings.capture.is_some(),
        authorities: outside::authorities(settings)?,
        limits: Limits {
            ladders: capture::Bounds {
                octets: settings.ladder_octets,
                ..capture::Bounds::default()
            },
            ..Limits::default()
        },
        defence: defence::rules(settings),
        registration: registrar::Limits::default(),
        watching: watch::Limits::default(),
        call: call::Config::default(),
    };
    let mut seed = [0; 32];
    OsEntropy.fill(&mut seed);
    let identity = dtls::Node::fresh().map_err(|problem| Failure::new(problem.to_string()))?;
    let secrets = Secrets {
        seed,
        identity: Arc::new(identity),
    };
    let ports = (range, media_part::port_limits(settings));
    let shard = Shard::new(config, ports, stores, clock, secrets);
    shard.map_err(|bad| Failure::new(bad.to_string()))
}

/// Tells the shard of all tenants, restores bindings and calls, and brings the records of calls
/// that died into the store.
fn take_back(
    shard: &mut Shard,
    office: &Office,
    folder: &Folder,
    clock: Clock,
    loopback: bool,
) -> Result<Follower, Failure> {
    let _returning = Returning::at_once();
    let store = office.shared_store();
    let mut follower = Follower::new();
    block_on(follower.poll_each(&*store, |update| {
        if let Letter::Changed(tenant) = changes::letter(update, loopback) {
            shard.tenant_changed(tenant, Instant::ZERO);
        }
    }))?;
    let alive = shard.restore(Instant::ZERO);
    let journal = folder
        .records()
        .map_err(|error| Failure::internal(error.to_string()))?;
    let now = clock.wall(Instant::ZERO);
    let died = folder.last_seen().map_or(now, |seen| seen.min(now));
    let owed = ::records::recover(journal, &alive, died);
    let (count, going_on) = (owed.len(), alive.len());
    let new = block_on(store.write_cdrs(owed))?;
    folder
        .recovered(&alive)
        .map_err(|error| Failure::internal(error.to_string()))?;
    if count > 0 || going_on > 0 {
        tracing::info!(
            records = new,
            calls = going_on,
            "taken back from a former process"
        );
    }
    allocator::give_back();
    Ok(follower)
}

fn sources(
    net: &Net,
    threads: &Arc<media_io::MediaThreads>,
    writers: &Writers,
    (requests, bans, feed): (&Arc<Requests>, &Arc<defence::Tally>, Arc<dyn ports::Stores>),
    folder: &Arc<Folder>,
) -> Sources {
    let folder = Arc::clone(folder);
    Sources {
        net: net.figures(),
        media: Arc::clone(threads),
        records: Arc::clone(&writers.records.1),
        recordings: Arc::clone(&writers.recordings.1),
        faxes: Arc::clone(&writers.faxes.1),
        requests: Arc::clone(requests),
        bans: Arc::clone(bans),
        feed,
        bus: Box::new(move || [folder.journal_figures(), folder.snapshot_figures()]),
    }
}

fn join(
    shard: Shard,
    hands: (media_io::Control, Scouts),
    (postbox, inbox, waker): (Postbox, Receiver<Letter>, Waker),
    desks: Desks,
    board: &Arc<Board>,
) -> (Switchboard, Live) {
    let waiting = Arc::new(Waiting::default());
    let live = Live {
        postbox,
        waiting: Arc::clone(&waiting),
        ready: Arc::new(AtomicBool::new(false)),
        board: Arc::clone(board),
    };
    let board = Arc::clone(board);
    let switchboard = Switchboard::new(shard, hands, (inbox, waker), waiting, desks, board);
    (switchboard, live)
}
