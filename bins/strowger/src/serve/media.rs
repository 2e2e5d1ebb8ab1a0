//! Media addresses and threads.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use config::{MediaIo, Settings};
use media::{Limits, PortLimits, PortRange, Prompts};
use media_io::{Config, Control, MediaThreads, TapLine, Way};
use net::Waker;
use ports::Entropy;

use crate::failure::Failure;
use crate::host;

/// Addresses that descriptions name: those of the settings, else those on which SIP is spoken,
/// else the ones by which this machine reaches others.
///
/// # Errors
/// The machine has no address of a family that is needed.
pub(crate) fn addresses(settings: &Settings) -> Result<PortRange, Failure> {
    let of = |v4: bool| -> Option<IpAddr> {
        let is = |ip: &IpAddr| ip.is_ipv4() == v4;
        let given = settings.media.iter().copied().find(is);
        let spoken = || settings.sip.iter().map(|at| at.ip()).filter(|ip| is(ip));
        let exact = || spoken().find(|ip| !ip.is_unspecified());
        let outward = || spoken().next().and_then(|_| host::outward(v4));
        given.or_else(exact).or_else(outward)
    };
    let v4 = of(true).and_then(|ip| match ip {
        IpAddr::V4(v4) => Some(v4),
        IpAddr::V6(_) => None,
    });
    let v6 = of(false).and_then(|ip| match ip {
        IpAddr::V6(v6) => Some(v6),
        IpAddr::V4(_) => None,
    });
    // a machine without any network still serves itself
    let v4 = v4.or_else(|| v6.is_none().then_some(Ipv4Addr::LOCALHOST));
    let range = PortRange {
        v4,
        v6,
        first: settings.media_ports.first,
        last: settings.media_ports.last,
    };
    Ok(fitting(range, host::open_files()))
}

/// Descriptors left for everything that is not media: phones on TCP, files, the API.
const OTHER_DESCRIPTORS: usize = 2_048;

/// The range, cut to the sockets that the process may open: a port that cannot be opened would
/// leave a call without sound.
fn fitting(range: PortRange, open_files: Option<usize>) -> PortRange {
    let wanted = sockets(range);
    let allowed = open_files.map_or(wanted, |files| files.saturating_sub(OTHER_DESCRIPTORS));
    if wanted <= allowed {
        return range;
    }
    let per_port = families(range).max(1);
    let ports = u16::try_from(allowed / per_port).unwrap_or(u16::MAX).max(2);
    let last = range.first.saturating_add(ports - 1).min(range.last);
    tracing::warn!(
        "the limit of open files allows media ports {}-{last} only; raise it (LimitNOFILE)",
        range.first
    );
    PortRange { last, ..range }
}

fn families(range: PortRange) -> usize {
    usize::from(range.v4.is_some()) + usize::from(range.v6.is_some())
}

/// Sockets that all ports of the range need.
fn sockets(range: PortRange) -> usize {
    (usize::from(range.last.saturating_sub(range.first)) + 1) * families(range)
}

/// Bounds of the ports.
pub(crate) fn port_limits(settings: &Settings) -> PortLimits {
    PortLimits {
        workers: settings.media_threads,
        ..PortLimits::default()
    }
}

/// Starts the media threads; the control is the one shard's.
///
/// # Errors
/// The machine gives no thread or descriptor.
pub(crate) fn start(
    settings: &Settings,
    range: PortRange,
    entropy: &dyn Entropy,
    zero: std::time::Instant,
    waker: Waker,
) -> Result<(MediaThreads, Control, Vec<TapLine>), Failure> {
    let config = Config {
        bind_v4: range
            .v4
            .map(|ip| bind(ip.into(), Ipv4Addr::UNSPECIFIED, ip)),
        bind_v6: range
            .v6
            .map(|ip| bind(ip.into(), Ipv6Addr::UNSPECIFIED, ip)),
        way: match settings.media_io {
            MediaIo::Epoll => Way::Epoll,
            MediaIo::IoUring => Way::IoUring,
        },
        workers: settings.media_threads,
        // each port belongs to one thread; that parts are not quite equal is allowed for
        sockets_per_worker: sockets(range) / usize::from(settings.media_threads.max(1)) + 4,
        limits: Limits::default(),
        ..Config::default()
    };
    let mut seed = [0; 32];
    entropy.fill(&mut seed);
    let prompts = Arc::new(Prompts::built_in());
    let wake: media_io::Wake = Arc::new(move |_| waker.wake());
    let started = MediaThreads::start(&config, &prompts, seed, zero, &wake);
    let (threads, lines) = started.map_err(|error| refused(settings, &error))?;
    let control = lines.controls.into_iter().next();
    let control = control.ok_or_else(|| Failure::internal("media has no line to signalling"))?;
    Ok((threads, control, lines.taps))
}

fn refused(settings: &Settings, error: &io::Error) -> Failure {
    let said = format!("the media threads cannot be started: {error}");
    Failure::internal(match settings.media_io {
        MediaIo::Epoll => said,
        MediaIo::IoUring => format!(
            "{said}; the kernel may be older than 6.1 or forbid io_uring \
             (kernel.io_uring_disabled): leave --media-io out"
        ),
    })
}

/// The address itself where it is this machine's; all addresses where it belongs to a translator
/// in front of it.
fn bind<A>(ip: IpAddr, any: A, own: A) -> A {
    if host::is_ours(ip) { own } else { any }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RANGE: PortRange = PortRange {
        v4: Some(Ipv4Addr::LOCALHOST),
        v6: None,
        first: 40_000,
        last: 59_999,
    };

    #[test]
    fn ports_that_could_not_be_opened_are_never_given_to_a_call() {
        let cut = fitting(RANGE, Some(12_048));
        assert_eq!((cut.first, cut.last), (40_000, 49_999));
        assert_eq!(sockets(cut), 10_000);
        let both = PortRange {
            v6: Some(Ipv6Addr::LOCALHOST),
            ..RANGE
        };
        assert_eq!(fitting(both, Some(12_048)).last, 44_999);
    }

    #[test]
    fn a_range_that_fits_or_cannot_be_judged_stays() {
        assert_eq!(fitting(RANGE, Some(65_536)), RANGE);
        assert_eq!(fitting(RANGE, None), RANGE);
        assert_eq!(fitting(RANGE, Some(0)).last, 40_001, "one pair is left");
    }
}
