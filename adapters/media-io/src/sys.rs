//! The system calls: sockets, epoll, event descriptors, batches. All `unsafe` of the crate is in
//! this folder.
#![allow(
    unsafe_code,
    reason = "recvmmsg, sendmmsg, epoll, io_uring and socket options are C interfaces"
)]

pub(crate) mod address;
pub(crate) mod batch;
pub(crate) mod control;
pub(crate) mod pool;
pub(crate) mod received;
pub(crate) mod ring;

use std::io;
use std::net::SocketAddr;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};

use libc::{c_int, c_void, socklen_t};

use address::RawAddress;

/// Turns a C result into ours.
fn check(result: c_int) -> io::Result<c_int> {
    if result < 0 {
        Err(io::Error::last_os_error())
    } else {
        Ok(result)
    }
}

/// An event descriptor: a counter another thread can sleep on.
#[derive(Debug)]
pub(crate) struct EventFd(OwnedFd);

impl EventFd {
    pub(crate) fn new() -> io::Result<EventFd> {
        // SAFETY: takes two numbers; the descriptor returned is owned by nobody else.
        let fd = check(unsafe { libc::eventfd(0, libc::EFD_NONBLOCK | libc::EFD_CLOEXEC) })?;
        // SAFETY: `fd` was just opened and is handed to this owner only.
        Ok(EventFd(unsafe { OwnedFd::from_raw_fd(fd) }))
    }

    pub(crate) fn signal(&self) {
        let one = 1_u64;
        // SAFETY: the pointer is to 8 readable octets that live through the call. A full counter
        // (the only failure there can be) means the sleeper is being woken already.
        unsafe { libc::write(self.0.as_raw_fd(), (&raw const one).cast(), 8) };
    }

    pub(crate) fn clear(&self) {
        let mut count = 0_u64;
        // SAFETY: the pointer is to 8 writable octets that live through the call.
        unsafe { libc::read(self.0.as_raw_fd(), (&raw mut count).cast(), 8) };
    }

    pub(crate) fn raw(&self) -> RawFd {
        self.0.as_raw_fd()
    }
}

/// Readiness of many descriptors.
#[derive(Debug)]
pub(crate) struct Epoll {
    fd: OwnedFd,
    events: Vec<libc::epoll_event>,
    ready: usize,
}

/// Descriptors one wait reports at most; the rest comes with the next.
const EVENTS: usize = 256;

impl Epoll {
    pub(crate) fn new() -> io::Result<Epoll> {
        // SAFETY: takes a number; the descriptor returned is owned by nobody else.
        let fd = check(unsafe { libc::epoll_create1(libc::EPOLL_CLOEXEC) })?;
        // SAFETY: `fd` was just opened and is handed to this owner only.
        let fd = unsafe { OwnedFd::from_raw_fd(fd) };
        Ok(Epoll {
            fd,
            events: vec![libc::epoll_event { events: 0, u64: 0 }; EVENTS],
            ready: 0,
        })
    }

    /// Reports `token` once `fd` is readable, and each time that more comes: whoever hears of it
    /// reads all, or asks for it [again](Epoll::again). Closing `fd` ends that.
    pub(crate) fn add(&self, fd: RawFd, token: u32) -> io::Result<()> {
        self.control(libc::EPOLL_CTL_ADD, fd, token)
    }

    /// Reports `token` once more if `fd` is readable still.
    pub(crate) fn again(&self, fd: RawFd, token: u32) {
        // What was added can be changed: there is nothing to allocate for it.
        let _known = self.control(libc::EPOLL_CTL_MOD, fd, token);
    }

    fn control(&self, what: c_int, fd: RawFd, token: u32) -> io::Result<()> {
        let events = libc::EPOLLIN | libc::EPOLLET;
        let mut event = libc::epoll_event {
            events: events.cast_unsigned(),
            u64: u64::from(token),
        };
        // SAFETY: the event lives through the call, which copies it.
        check(unsafe { libc::epoll_ctl(self.fd.as_raw_fd(), what, fd, &raw mut event) })?;
        Ok(())
    }

    /// Sleeps until something is readable, at most so many milliseconds (-1 = for ever); how many
    /// are. An interrupted sleep counts as none.
    pub(crate) fn wait(&mut self, timeout_ms: c_int) -> usize {
        let room = c_int::try_from(self.events.len()).unwrap_or(0);
        // SAFETY: `events` has room for `room` entries and lives through the call.
        let ready = unsafe {
            libc::epoll_wait(
                self.fd.as_raw_fd(),
                self.events.as_mut_ptr(),
                room,
                timeout_ms,
            )
        };
        self.ready = usize::try_from(ready).unwrap_or(0);
        self.ready
    }

    /// The token of the n-th readable descriptor of the last wait.
    pub(crate) fn token(&self, n: usize) -> Option<u32> {
        let event = self.events.get(..self.ready)?.get(n)?;
        u32::try_from(event.u64).ok()
    }
}

fn set_option(fd: RawFd, level: c_int, name: c_int, value: c_int) -> io::Result<()> {
    let length = socklen_t::try_from(size_of::<c_int>()).unwrap_or(4);
    let pointer: *const c_void = (&raw const value).cast();
    // SAFETY: the pointer is to `length` readable octets that live through the call.
    check(unsafe { libc::setsockopt(fd, level, name, pointer, length) })?;
    Ok(())
}

/// A UDP socket that does not block, bound to `local`.
pub(crate) fn udp_socket(local: SocketAddr, buffer: usize, dscp: u8) -> io::Result<OwnedFd> {
    let family = if local.is_ipv4() {
        libc::AF_INET
    } else {
        libc::AF_INET6
    };
    let kind = libc::SOCK_DGRAM | libc::SOCK_NONBLOCK | libc::SOCK_CLOEXEC;
    // SAFETY: takes numbers; the descriptor returned is owned by nobody else.
    let raw = check(unsafe { libc::socket(family, kind, 0) })?;
    // SAFETY: `raw` was just opened and is handed to this owner only.
    let socket = unsafe { OwnedFd::from_raw_fd(raw) };
    if local.is_ipv6() {
        set_option(raw, libc::IPPROTO_IPV6, libc::IPV6_V6ONLY, 1)?;
    }
    let octets = c_int::try_from(buffer).unwrap_or(c_int::MAX);
    // The forced size needs a privilege; without it the kernel's own bound holds.
    if set_option(raw, libc::SOL_SOCKET, libc::SO_RCVBUFFORCE, octets).is_err() {
        set_option(raw, libc::SOL_SOCKET, libc::SO_RCVBUF, octets)?;
    }
    set_option(raw, libc::SOL_SOCKET, libc::SO_RXQ_OVFL, 1)?;
    let class = c_int::from(dscp & 0x3f) << 2;
    let (level, name) = match local.is_ipv4() {
        true => (libc::IPPROTO_IP, libc::IP_TOS),
        false => (libc::IPPROTO_IPV6, libc::IPV6_TCLASS),
    };
    set_option(raw, level, name, class)?;
    let address = RawAddress::from(local);
    // SAFETY: pointer and length describe a valid socket address that lives through the call.
    check(unsafe { libc::bind(raw, address.as_ptr(), address.length()) })?;
    Ok(socket)
}

/// Processor time the calling thread has used, nanoseconds.
pub(crate) fn thread_cpu_nanos() -> u64 {
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: the pointer is to a timespec that lives through the call.
    unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &raw mut time) };
    let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
    seconds * 1_000_000_000 + u64::try_from(time.tv_nsec).unwrap_or(0)
}

/// Keeps the calling thread on one core. A core that does not exist is an error.
pub(crate) fn pin_to_core(core: usize) -> io::Result<()> {
    let most = usize::try_from(libc::CPU_SETSIZE).unwrap_or(0);
    if core >= most {
        return Err(io::Error::from(io::ErrorKind::InvalidInput));
    }
    // SAFETY: a cpu_set_t is plain bits, for which all zero is valid; CPU_SET stays inside it
    // because `core` is below CPU_SETSIZE; the call only reads it.
    check(unsafe {
        let mut set: libc::cpu_set_t = std::mem::zeroed();
        libc::CPU_SET(core, &mut set);
        libc::sched_setaffinity(0, size_of::<libc::cpu_set_t>(), &raw const set)
    })?;
    Ok(())
}
