//! How many datagrams one loop receives and answers per second of its own processor time.
//!
//! `cargo run --release -p net --example echo_speed [seconds] [octets]`
//!
//! A phone on the same host keeps a window of datagrams under way; the loop echoes each. Only the
//! loop's thread is accounted (`/proc/thread-self/schedstat`), so the phone's own cost does not
//! count. One "datagram" of the result is one received and one sent.

use std::error::Error;
use std::io::Write;
use std::net::{SocketAddr, UdpSocket};
use std::time::{Duration, Instant as Wall};

use machine::Instant;
use net::{CloseReason, Config, Failure, Handler, Listener, Net, Received, Transmit, Waker};
use sip_message::flow::Flow;

/// Sends everything back and remembers what its thread has used.
#[derive(Default)]
struct Echo {
    used: Duration,
}

impl Handler for Echo {
    fn receive(&mut self, batch: &mut Vec<Received>, _: Instant, out: &mut Vec<Transmit>) {
        out.extend(
            batch
                .drain(..)
                .map(|Received { flow, bytes }| Transmit { flow, bytes }),
        );
    }

    fn closed(&mut self, _: Flow, _: CloseReason, _: Instant, _: &mut Vec<Transmit>) {}

    fn failed(&mut self, _: Transmit, _: Failure, _: Instant, _: &mut Vec<Transmit>) {}

    fn deadline(&self) -> Option<Instant> {
        None
    }

    fn expire(&mut self, _: Instant, _: &mut Vec<Transmit>) {}

    fn inbox(&mut self, _: Instant, _: &mut Vec<Transmit>) {
        self.used = processor_time();
    }
}

/// What the calling thread has used so far.
fn processor_time() -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanos = text
        .split_whitespace()
        .next()
        .and_then(|first| first.parse().ok());
    Duration::from_nanos(nanos.unwrap_or(0))
}

/// Keeps `window` datagrams of `octets` under way for so long; tells how many came back.
fn load(
    server: SocketAddr,
    octets: usize,
    window: usize,
    length: Duration,
) -> std::io::Result<u64> {
    let phone = UdpSocket::bind(SocketAddr::new(server.ip(), 0))?;
    phone.connect(server)?;
    phone.set_read_timeout(Some(Duration::from_millis(20)))?;
    let sent = vec![b'x'; octets];
    let mut buffer = vec![0; 65_535];
    let (begun, mut back) = (Wall::now(), 0);
    while begun.elapsed() < length {
        for _ in 0..window {
            phone.send(&sent)?;
        }
        for _ in 0..window {
            // a loss only shortens the window once
            if phone.recv(&mut buffer).is_err() {
                break;
            }
            back += 1;
        }
    }
    Ok(back)
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut words = std::env::args().skip(1);
    let seconds: f64 = words.next().map_or(Ok(2.0), |word| word.parse())?;
    let octets: usize = words.next().map_or(Ok(800), |word| word.parse())?;
    for (address, window) in [
        ("127.0.0.1:0", 1),
        ("127.0.0.1:0", 16),
        ("127.0.0.1:0", 64),
        ("0.0.0.0:0", 64),
        ("[::1]:0", 64),
    ] {
        let waker = Waker::new()?;
        let net = Net::bind(Config::new(vec![Listener::udp(address.parse()?)]), &waker)?;
        let figures = net.figures();
        let bound = net
            .bound()
            .first()
            .map(|bound| bound.listener.at)
            .ok_or("no listener")?;
        let mut server = bound;
        if bound.ip().is_unspecified() {
            server.set_ip([127, 0, 0, 1].into());
        }
        let thread = std::thread::spawn(move || {
            let mut echo = Echo::default();
            net.run(&mut echo).map(|()| echo.used)
        });
        let back = load(server, octets, window, Duration::from_secs_f64(seconds))?;
        waker.stop();
        let used = thread.join().map_err(|_| "the loop panicked")??;
        let batches = figures.udp_batches_in.get().max(1);
        writeln!(
            std::io::stdout(),
            "{address:<12} window {window:>3}: {back:>8} echoed, {:>8.0} per processor second, \
             {:>5.1} per batch, {} dropped",
            f64::from(u32::try_from(back)?) / used.as_secs_f64(),
            f64::from(u32::try_from(figures.udp_messages_in.get())?)
                / f64::from(u32::try_from(batches)?),
            figures.udp_kernel_drops.get(),
        )?;
    }
    Ok(())
}
