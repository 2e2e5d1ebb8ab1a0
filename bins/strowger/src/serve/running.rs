//! The exchange while it runs, and its end: drained, then stopped, in the order of its parts.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use admin::Office;
use admin::live::Follower;
use bus::Folder;
use hooks::Hooks;
use media::PortRange;
use media_io::MediaThreads;
use net::{Net, Waker};
use ports::{Enquirer, FaxReader, Mailer, Voice};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::oneshot;

use super::certificates::{self, Certificates};
use super::changes;
use super::defence::Warden;
use super::faxes::FaxThread;
use super::figures::{Board, Requests, deliveries, issued as issued_figures, mails};
use super::inbox::{Letter, Postbox};
use super::issuance::{self, Issuer};
use super::live::Live;
use super::precedence::{self, Watch, Workers};
use super::recorder::RecorderThread;
use super::store_writer::StoreWriter;
use super::switchboard::Switchboard;
use super::{alarms, key_uses, retention, wires};
use crate::allocator;
use crate::failure::Failure;
use crate::print;

/// Threads of the async runtime: the API, the change feed, signals. One of them is left to line up
/// requests in turns while the others compute.
const RUNTIME_THREADS: usize = 3;

/// How often a draining exchange looks whether its last call has ended.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// How long goodbyes to the last calls may take after the patience is over.
const GOODBYE: Duration = Duration::from_secs(4);

/// The exchange: all parts opened and joined.
pub(crate) struct Running {
    pub(crate) signalling: Signalling,
    pub(crate) front: Front,
    pub(crate) rear: Rear,
}

/// What runs on the signalling thread.
pub(crate) struct Signalling {
    pub(crate) net: Net,
    pub(crate) switchboard: Switchboard,
    pub(crate) waker: Waker,
}

/// Who makes something else of what people bring.
pub(crate) struct Makers {
    /// Sound of texts.
    pub(crate) voice: Arc<dyn Voice>,
    /// Pages of documents.
    pub(crate) drawing: Arc<dyn FaxReader>,
}

/// What the async runtime serves.
pub(crate) struct Front {
    pub(crate) office: Office,
    pub(crate) live: Live,
    pub(crate) requests: Arc<Requests>,
    pub(crate) follower: Follower,
    /// Who carries bans between shard, store and kernel.
    pub(crate) warden: Warden,
    /// Who delivers to webhooks.
    pub(crate) hooks: Arc<Hooks>,
    /// Who asks companies' sign-in servers.
    pub(crate) enquirer: Arc<dyn Enquirer>,
    /// Who sends mail.
    pub(crate) mailer: Arc<dyn Mailer>,
    /// Who makes something of what people bring.
    pub(crate) makers: Makers,
    /// What the links of mails begin with.
    pub(crate) portal: String,
    /// What TLS is spoken with, where it is.
    pub(crate) certificates: Certificates,
    /// Who has certificates come by themselves, where they do.
    pub(crate) issuer: Option<Issuer>,
    /// Where the API listens.
    pub(crate) http: SocketAddr,
    /// Whether everything listens on loopback addresses only.
    pub(crate) loopback: bool,
    /// How long calls may go on while draining.
    pub(crate) patience: Duration,
}

/// Who writes what comes of calls.
pub(crate) struct Ends {
    /// Makes recordings.
    pub(crate) recorder: RecorderThread,
    /// Receive faxes.
    pub(crate) machines: FaxThread,
    /// Writes records.
    pub(crate) clerk: StoreWriter,
}

impl Ends {
    /// Waits until all is written, once the shard is gone.
    fn finish(self) {
        self.machines.finish();
        self.recorder.finish();
        self.clerk.finish();
    }
}

/// What is stopped last.
pub(crate) struct Rear {
    pub(crate) threads: Arc<MediaThreads>,
    pub(crate) ends: Ends,
    pub(crate) folder: Arc<Folder>,
    pub(crate) range: PortRange,
}

impl Running {
    /// Runs until told to stop.
    ///
    /// # Errors
    /// The machine gives no thread, the API's address is taken, or signalling has failed.
    pub(crate) fn run(self) -> Result<(), Failure> {
        let Running {
            signalling,
            front,
            rear,
        } = self;
        let workers = Workers::default();
        let watch = Watch::begin(workers.clone(), signalling.net.figures());
        let _watch = watch.map_err(|error| internal(&error))?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(RUNTIME_THREADS)
            .thread_name("api")
            .on_thread_start(precedence::step_back)
            // of all its threads, those that carry out requests are the ones that are parked
            .on_thread_park(move || workers.join())
            .enable_all()
            .build()
            .map_err(|error| internal(&error))?;
        let api = runtime.block_on(listen(front.http))?;
        let at = api.local_addr().map_err(|error| internal(&error))?;
        let ready_line = ready_line(&signalling.net, at, rear.range);
        let waker = signalling.waker.clone();
        let ended = Arc::new(AtomicBool::new(false));
        let shard = start(signalling, Arc::clone(&ended))?;
        precedence::arrange();
        let served = serve(&runtime, front, api, &ready_line, &ended);
        waker.stop();
        let joined = shard.join();
        rear.ends.finish();
        drop((runtime, rear.threads, rear.folder));
        served?;
        match joined {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(internal(&error)),
            Err(_) => Err(Failure::internal("the signalling thread has failed")),
        }
    }
}

fn internal(error: &std::io::Error) -> Failure {
    Failure::internal(error.to_string())
}

async fn listen(http: SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(http).await.map_err(|error| {
        Failure::new(format!("cannot listen on http {http}: {error}"))
            .next("choose another address with --http ADDR:PORT")
    })
}

/// `ready`, and where everything is.
fn ready_line(net: &Net, http: SocketAddr, range: PortRange) -> String {
    let sip = wires::told(net.bound());
    let v4 = range.v4.map(|ip| ip.to_string());
    let v6 = range.v6.map(|ip| format!("[{ip}]"));
    let media: Vec<String> = v4.into_iter().chain(v6).collect();
    let media = media.join(",");
    let (first, last) = (range.first, range.last);
    format!("ready {sip} http={http} media={media}:{first}-{last}")
}

/// Starts the signalling thread; `ended` becomes true when it ends, however it ends.
fn start(
    signalling: Signalling,
    ended: Arc<AtomicBool>,
) -> Result<JoinHandle<std::io::Result<()>>, Failure> {
    struct Tell(Arc<AtomicBool>);
    impl Drop for Tell {
        fn drop(&mut self) {
            self.0.store(true, Ordering::Release);
        }
    }
    let Signalling {
        net,
        mut switchboard,
        waker: _,
    } = signalling;
    let tell = Tell(ended);
    let builder = std::thread::Builder::new().name("shard-0".to_owned());
    let spawned = builder.spawn(move || {
        let _tell = tell;
        let net = net.urgent().upkeep(allocator::GATHER, allocator::gather);
        net.run(&mut switchboard)
    });
    spawned.map_err(|error| internal(&error))
}

/// Serves the API and follows changes until the exchange is drained, or told twice to stop.
fn serve(
    runtime: &Runtime,
    front: Front,
    api: TcpListener,
    ready_line: &str,
    ended: &AtomicBool,
) -> Result<(), Failure> {
    let store = front.office.shared_store();
    let (postbox, board) = (front.live.postbox.clone(), Arc::clone(&front.live.board));
    let ready = Arc::clone(&front.live.ready);
    let follow = changes::follow(front.follower, store, postbox.clone(), front.loopback);
    runtime.block_on(async move {
        let mut signals = Signals::new().map_err(|error| internal(&error))?;
        let changes = tokio::spawn(follow);
        let guarding = tokio::spawn(front.warden.run(front.office.clone(), postbox.clone()));
        let removing = tokio::spawn(retention::remove_old(front.office.clone()));
        let noting = tokio::spawn(key_uses::write_often(front.office.clone()));
        let office = front.office.clone();
        let renewing = tokio::spawn(certificates::follow(front.certificates, office.clone()));
        let issued = Arc::new(issuance::Tally::default());
        let issuing = front
            .issuer
            .map(|issuer| issuer.run(office.clone(), Arc::clone(&issued)));
        let issuing = issuing.map(tokio::spawn);
        let requests = front.requests;
        let mut parts = api::Parts::new(front.office, Arc::new(front.live));
        let delivering = tokio::spawn(hooks::run(Arc::clone(&front.hooks)));
        let counted = Arc::clone(&front.hooks);
        let alarmed = Arc::new(alarms::Tally::default());
        let tally = Arc::clone(&alarmed);
        parts.figures = Arc::new(move || {
            let delivered = deliveries::page(counted.figures().now());
            delivered + &mails::page(&tally) + &issued_figures::page(&issued)
        });
        let mailer = Arc::clone(&front.mailer);
        let alarming = tokio::spawn(alarms::send(office.clone(), mailer, alarmed));
        (parts.hooks, parts.enquirer) = (front.hooks, front.enquirer);
        (parts.mailer, parts.voice) = (front.mailer, front.makers.voice);
        parts.faxes = front.makers.drawing;
        parts.sounds = Arc::new(sound::Reader::default());
        parts.packer = Arc::new(archive::Passphrases::new(Arc::new(store::OsEntropy)));
        parts.portal = front.portal;
        parts.seen = Arc::new(move |seen| requests.see(seen));
        let (stop, stopped) = oneshot::channel::<()>();
        let serving = tokio::spawn(api::serve(api, parts, async move {
            // a sender that is gone means the same as one that sends
            let _told = stopped.await;
        }));
        ready.store(true, Ordering::Release);
        print::line(ready_line);
        signals.first(ended).await;
        ready.store(false, Ordering::Release);
        drain(&postbox, &board, front.patience, &mut signals, ended).await;
        changes.abort();
        delivering.abort();
        alarming.abort();
        removing.abort();
        guarding.abort();
        noting.abort();
        renewing.abort();
        if let Some(issuing) = issuing {
            issuing.abort();
        }
        let _gone = stop.send(());
        // what is under way is answered; a request that failed has said so in the log
        let _served = serving.await;
        key_uses::write(&office).await;
        Ok(())
    })
}

/// Lets calls finish, up to a patience; a second signal ends the waiting.
async fn drain(
    postbox: &Postbox,
    board: &Board,
    patience: Duration,
    signals: &mut Signals,
    ended: &AtomicBool,
) {
    tracing::info!(
        seconds = patience.as_secs(),
        "draining; a second signal stops at once"
    );
    if postbox.post(Letter::Drain(patience)).is_err() {
        return;
    }
    let quiet = async {
        // figures are a second old at most: what began just before the first signal is seen
        tokio::time::sleep(LOOK_EVERY * 5).await;
        while board.live_calls() > 0 && !ended.load(Ordering::Acquire) {
            tokio::time::sleep(LOOK_EVERY).await;
        }
    };
    tokio::select! {
        () = quiet => {}
        () = tokio::time::sleep(patience + GOODBYE) => {}
        () = signals.next() => tracing::info!("stopping; calls go on after the next start"),
    }
}

/// SIGTERM and Ctrl-C.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn new() -> std::io::Result<Signals> {
        Ok(Signals {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }

    /// The next signal, or the end of the signalling thread.
    async fn first(&mut self, ended: &AtomicBool) {
        let over = async {
            while !ended.load(Ordering::Acquire) {
                tokio::time::sleep(LOOK_EVERY).await;
            }
        };
        tokio::select! {
            () = self.next() => {}
            () = over => {}
        }
    }
}
