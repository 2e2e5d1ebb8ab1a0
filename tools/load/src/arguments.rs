//! The command line.

use crate::ask::Asking;
use crate::beside;
use crate::process::Process;
use crate::rtpengine::Running;
use crate::siege::Siege;
use crate::sys::Core;
use crate::target::Target;
use clap::{Args, Parser, Subcommand};
use srtp::Suite;
use std::io;
use std::net::{Ipv4Addr, SocketAddrV4};
use std::path::PathBuf;
use std::time::Duration;

/// Drives a telephone exchange on this machine's loopback and measures what it does.
///
/// The exchange is one made for it: `strowger demo --data DIR --load 20000`, then
/// `strowger serve --data DIR --sip 127.0.0.50:5060`. Results are JSON on the standard output.
#[derive(Debug, Parser)]
#[command(name = "load", version)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Whom to drive.
#[derive(Clone, Debug, Args)]
pub(crate) struct Where {
    /// Where the exchange listens.
    #[arg(long, default_value = "127.0.0.50:5060")]
    exchange: SocketAddrV4,
    /// Where requests come from; the exchange trusts calls from this address.
    #[arg(long, default_value = "127.0.0.51:5070")]
    local: SocketAddrV4,
    /// Where who is called answers.
    #[arg(long, default_value = "127.0.0.51:5080")]
    callee: SocketAddrV4,
    /// Who is called; whose device has the callees' fixed address.
    #[arg(long, default_value = "callee")]
    number: String,
    /// The company's domain.
    #[arg(long, default_value = "load.example")]
    domain: String,
    /// The exchange's process, to account its processor time and memory.
    #[arg(long)]
    pid: Option<u32>,
    /// Protect packets by this suite, as RFC 4568 names it; the callee's device must want that.
    #[arg(long, value_parser = suite_of)]
    suite: Option<Suite>,
}

fn suite_of(name: &str) -> Result<Suite, String> {
    Suite::named(name).ok_or_else(|| "not a suite of SRTP".to_owned())
}

impl Where {
    /// The target; load is never sent to anybody but this machine.
    ///
    /// # Errors
    /// An address is not of loopback.
    pub(crate) fn target(&self) -> io::Result<Target> {
        let addresses = [self.exchange, self.local, self.callee];
        if let Some(strange) = addresses.iter().find(|at| !at.ip().is_loopback()) {
            return Err(self::strange(*strange));
        }
        Ok(Target {
            exchange: self.exchange,
            local: self.local,
            callee: self.callee,
            number: self.number.clone(),
            domain: self.domain.clone(),
            process: self.pid.map(Process),
            suite: self.suite,
        })
    }
}

/// How much, or how to search for the most.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct Amount {
    /// How many per second.
    #[arg(long, default_value_t = 500.0)]
    pub(crate) rate: f64,
    /// For how long, seconds.
    #[arg(long, default_value_t = 5.0)]
    pub(crate) seconds: f64,
    /// Search for the highest rate that is borne, up to this one; `--rate` is then the lowest.
    #[arg(long)]
    pub(crate) up_to: Option<f64>,
    /// Steps of the search.
    #[arg(long, default_value_t = 6)]
    pub(crate) steps: u32,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Registrations with a digest each.
    Register(Register),
    /// Calls with anchored media in which nobody talks.
    Call(Call),
    /// Calls in which both parties talk: 50 packets per second each way.
    Media(Media),
    /// The most packets that are relayed without loss, by more and more talking calls.
    Relay(Relay),
    /// Calls at twice the peak: how many are still served, and how the rest is refused.
    Overload(Overload),
    /// What the kernel allows: the same packets through a relay without any logic.
    Ceiling(Ceiling),
    /// Packets through the exchange beside the same through a relay with nothing in it and from
    /// party to party, in turns; or what it plays to many listeners.
    Beside(Beside),
    /// A registrar that thinks of nothing, to measure the driver.
    Stub(Stub),
    /// Requests to the API.
    Ask(Ask),
    /// The first call of companies that nobody called yet, and their second and third.
    First(First),
    /// Rubbish, forged requests and half-open connections from very many addresses.
    Siege(Besieging),
    /// Everything, in order, as a table and as JSON.
    All(All),
}

#[derive(Debug, Args)]
pub(crate) struct Register {
    #[command(flatten)]
    pub(crate) at: Where,
    #[command(flatten)]
    pub(crate) amount: Amount,
    /// Users that take turns.
    #[arg(long, default_value_t = 20_000)]
    pub(crate) users: usize,
    /// The first of them; user 0 is `u1000000`.
    #[arg(long, default_value_t = 0)]
    pub(crate) first: usize,
}

#[derive(Debug, Args)]
pub(crate) struct Call {
    #[command(flatten)]
    pub(crate) at: Where,
    #[command(flatten)]
    pub(crate) amount: Amount,
    /// How long a call is up, seconds.
    #[arg(long, default_value_t = 1.0)]
    pub(crate) hold: f64,
}

#[derive(Debug, Args)]
pub(crate) struct Media {
    #[command(flatten)]
    pub(crate) at: Where,
    /// How many calls.
    #[arg(long, default_value_t = 200)]
    pub(crate) calls: u32,
    /// Calls begun per second.
    #[arg(long, default_value_t = 100.0)]
    pub(crate) rate: f64,
    /// How long all are up, seconds.
    #[arg(long, default_value_t = 6.0)]
    pub(crate) seconds: f64,
}

#[derive(Debug, Args)]
pub(crate) struct Relay {
    #[command(flatten)]
    pub(crate) at: Where,
    /// Numbers of calls to try, in this order; the first that loses packets ends it.
    #[arg(long, value_delimiter = ',', default_value = "200,500,800,1100,1400")]
    pub(crate) calls: Vec<u32>,
}

#[derive(Debug, Args)]
pub(crate) struct Overload {
    #[command(flatten)]
    pub(crate) at: Where,
    /// The peak, calls per second.
    #[arg(long)]
    pub(crate) peak: f64,
    /// For how long, seconds.
    #[arg(long, default_value_t = 10.0)]
    pub(crate) seconds: f64,
}

#[derive(Debug, Args)]
pub(crate) struct Ceiling {
    /// Pairs of parties.
    #[arg(long, default_value_t = 500)]
    pub(crate) pairs: u16,
    /// Sockets of the relay.
    #[arg(long, default_value_t = 64)]
    pub(crate) sockets: u16,
    /// For how long, seconds.
    #[arg(long, default_value_t = 5.0)]
    pub(crate) seconds: f64,
    /// Core of the relay.
    #[arg(long)]
    pub(crate) core: Option<usize>,
    /// The relay's address.
    #[arg(long, default_value = "127.0.0.50")]
    pub(crate) relay: Ipv4Addr,
    /// The parties' address.
    #[arg(long, default_value = "127.0.0.51")]
    pub(crate) parties: Ipv4Addr,
}

#[derive(Debug, Args)]
pub(crate) struct Beside {
    #[command(flatten)]
    pub(crate) at: Where,
    /// Calls that are up.
    #[arg(long, default_value_t = 500)]
    calls: u32,
    /// Windows of each way of the packets.
    #[arg(long, default_value_t = 3)]
    rounds: u32,
    /// How long a window is, seconds.
    #[arg(long, default_value_t = 2.0)]
    seconds: f64,
    /// Nobody talks: only what the exchange plays is measured.
    #[arg(long)]
    listen: bool,
    /// Core of the relay with nothing in it: the exchange's.
    #[arg(long)]
    core: Option<usize>,
    /// Where the API is.
    #[arg(long, default_value = "127.0.0.1:8080")]
    api: SocketAddrV4,
    /// The operator's key.
    #[arg(long)]
    key: String,
    /// Where rtpengine listens for requests (ng), to be compared with.
    #[arg(long, requires = "rtpengine_pid")]
    rtpengine: Option<SocketAddrV4>,
    /// Its process.
    #[arg(long, requires = "rtpengine")]
    rtpengine_pid: Option<u32>,
}

impl Beside {
    /// What is to be done; load is never sent to anybody but this machine.
    ///
    /// # Errors
    /// The address is not of loopback.
    pub(crate) fn asked(self) -> io::Result<beside::Asked> {
        for at in [Some(self.api), self.rtpengine].into_iter().flatten() {
            if !at.ip().is_loopback() {
                return Err(strange(at));
            }
        }
        let rtpengine = self.rtpengine.zip(self.rtpengine_pid);
        Ok(beside::Asked {
            calls: self.calls,
            rounds: self.rounds,
            length: Duration::from_secs_f64(self.seconds),
            listens: self.listen,
            core: self.core.map(Core),
            api: self.api,
            key: self.key,
            rtpengine: rtpengine.map(|(at, pid)| Running {
                at,
                process: Process(pid),
            }),
        })
    }
}

#[derive(Debug, Args)]
pub(crate) struct Stub {
    #[command(flatten)]
    pub(crate) at: Where,
    /// For how long, seconds.
    #[arg(long, default_value_t = 30.0)]
    pub(crate) seconds: f64,
}

#[derive(Debug, Args)]
pub(crate) struct Ask {
    /// Where the API is.
    #[arg(long, default_value = "127.0.0.1:8080")]
    api: SocketAddrV4,
    /// The path of a GET, with its query.
    #[arg(long, default_value = "/api/v1/whoami")]
    path: String,
    /// The key.
    #[arg(long)]
    key: String,
    /// Connections.
    #[arg(long, default_value_t = 4)]
    connections: u32,
    #[command(flatten)]
    amount: Amount,
}

impl Ask {
    /// What is asked; load is never sent to anybody but this machine.
    ///
    /// # Errors
    /// The address is not of loopback.
    pub(crate) fn asking(self) -> io::Result<Asking> {
        if !self.api.ip().is_loopback() {
            return Err(strange(self.api));
        }
        Ok(Asking {
            api: self.api,
            path: self.path,
            key: self.key,
            connections: self.connections,
            rate: self.amount.rate,
            seconds: self.amount.seconds,
        })
    }
}

#[derive(Debug, Args)]
pub(crate) struct First {
    #[command(flatten)]
    pub(crate) at: Where,
    /// What `strowger demo --json` printed.
    #[arg(long)]
    pub(crate) accounts: PathBuf,
    /// How many companies call, spread over all.
    #[arg(long, default_value_t = 500)]
    pub(crate) companies: usize,
}

#[derive(Debug, Args)]
pub(crate) struct Besieging {
    #[command(flatten)]
    pub(crate) at: Where,
    /// Datagrams per second.
    #[arg(long, default_value_t = 50_000.0)]
    rate: f64,
    /// For how long, seconds.
    #[arg(long, default_value_t = 60.0)]
    seconds: f64,
    /// Addresses that datagrams come from.
    #[arg(long, default_value_t = 4_000)]
    sources: u16,
    /// Where connections are left half open.
    #[arg(long)]
    tls: Option<SocketAddrV4>,
    /// How many of them begin per second.
    #[arg(long, default_value_t = 100.0)]
    connections: f64,
}

impl Besieging {
    /// What is to be done; load is never sent to anybody but this machine.
    ///
    /// # Errors
    /// The address is not of loopback.
    pub(crate) fn siege(&self) -> io::Result<Siege> {
        if let Some(to) = self.tls.filter(|to| !to.ip().is_loopback()) {
            return Err(strange(to));
        }
        Ok(Siege {
            rate: self.rate,
            length: Duration::from_secs_f64(self.seconds),
            sources: self.sources,
            half_open: self.tls.map(|to| (to, self.connections)),
        })
    }
}

fn strange(address: SocketAddrV4) -> io::Error {
    let why = format!("{address} is not a loopback address, and nothing else is driven");
    io::Error::new(io::ErrorKind::InvalidInput, why)
}

#[derive(Debug, Args)]
pub(crate) struct All {
    #[command(flatten)]
    pub(crate) at: Where,
    /// The JSON file to write.
    #[arg(long)]
    pub(crate) out: PathBuf,
    /// Figures of the parser, as its own example prints them.
    #[arg(long)]
    pub(crate) parser: Option<PathBuf>,
    /// Core of the exchange, for the relay without logic.
    #[arg(long)]
    pub(crate) core: Option<usize>,
    /// Shorter tries and fewer of them.
    #[arg(long)]
    pub(crate) quick: bool,
}
