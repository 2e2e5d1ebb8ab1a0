//! `io_uring`: the kernel reads datagrams into buffers that it was given, without being asked for
//! each (a receive that goes on, since Linux 6.0), and takes all that are to be sent with the one
//! call that also waits for more.
//!
//! A buffer is at any time with one of three: with the kernel, to read into; here; or on its way
//! out. The kernel tells of each datagram that it has sent, and only then is the buffer used again.

use std::alloc::{Layout, alloc_zeroed, dealloc, handle_alloc_error};
use std::io;
use std::net::SocketAddr;
use std::os::fd::RawFd;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::{Duration, Instant};

use io_uring::types::{BufRingEntry, CancelBuilder, Fd, RecvMsgOut, SubmitArgs, Timespec};
use io_uring::{IoUring, cqueue, opcode, squeue};
use libc::{iovec, msghdr};

use super::address::RawAddress;
use super::control::{CONTROL, drops_of};
use super::pool::{BUFFER, Pool};
use super::received::Received;

/// Buffers that the kernel has to read datagrams into, per thread; a power of two.
pub const RING_BUFFERS: u16 = 1024;

/// Orders that wait for the kernel at most; beyond them it is called at once.
const ORDERS: u32 = 1024;

/// Answers that wait for us at most. Each buffer has one at most under way, and each socket one
/// more.
const ANSWERS: u32 = 8192;

/// What the kernel writes before a datagram: four numbers, its source, and control messages.
const HEAD: usize = 16 + 28 + CONTROL;

/// The group of buffers; there is one.
const GROUP: u16 = 0;

/// How long the end of all orders may take.
const LONGEST_END: Duration = Duration::from_secs(1);

/// What an order was, in the upper half of its mark; in the lower half is which.
const BELL: u32 = 1;
const RECEIVE: u32 = 2;
const SEND: u32 = 3;

/// What the kernel answers.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Answer {
    /// The bell's descriptor can be read; it is looked at again only when asked for.
    Bell,
    /// A datagram came to a socket.
    Received {
        socket: u32,
        received: Received,
        /// The socket is no longer read from, as with [`Answer::Ended`].
        ended: bool,
    },
    /// A socket is no longer read from; [`Ring::receive`] reads on.
    Ended(u32),
    /// A datagram has left, or was refused.
    Sent {
        /// Whether the kernel took it.
        taken: bool,
    },
}

/// Where a buffer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Kernel,
    Here,
    Sending,
}

/// The descriptors of buffers that the kernel may read into: a ring in memory of both, whose tail
/// is ours.
struct Provided {
    entries: NonNull<BufRingEntry>,
    tail: u16,
}

impl Provided {
    fn layout() -> io::Result<Layout> {
        let octets = usize::from(RING_BUFFERS) * size_of::<BufRingEntry>();
        // the kernel wants whole pages
        Layout::from_size_align(octets, 4096).map_err(io::Error::other)
    }

    fn new() -> io::Result<Provided> {
        let layout = Provided::layout()?;
        // SAFETY: the layout is not empty.
        let memory = unsafe { alloc_zeroed(layout) };
        let Some(entries) = NonNull::new(memory.cast::<BufRingEntry>()) else {
            handle_alloc_error(layout)
        };
        Ok(Provided { entries, tail: 0 })
    }

    /// Adds a buffer; the kernel sees it at [`Provided::publish`].
    fn add(&mut self, buffer: u16, octets: &mut [u8]) {
        let place = usize::from(self.tail % RING_BUFFERS);
        // SAFETY: `place` is below the number of entries, which were allocated for this ring; the
        // kernel reads an entry only once the tail has passed it.
        let entry = unsafe { &mut *self.entries.as_ptr().add(place) };
        entry.set_addr(octets.as_mut_ptr().addr().try_into().unwrap_or(0));
        entry.set_len(u32::try_from(octets.len()).unwrap_or(0));
        entry.set_bid(buffer);
        self.tail = self.tail.wrapping_add(1);
    }

    fn publish(&mut self) {
        // SAFETY: the pointer is to the first entry, where the tail lies in octets that no entry
        // uses; both sides reach it as an atomic number alone.
        unsafe {
            let tail = BufRingEntry::tail(self.entries.as_ptr()).cast_mut();
            AtomicU16::from_ptr(tail).store(self.tail, Ordering::Release);
        }
    }
}

impl Drop for Provided {
    fn drop(&mut self) {
        if let Ok(layout) = Provided::layout() {
            // SAFETY: allocated with this very layout, and the ring that the kernel knew it by is
            // closed: it is dropped first.
            unsafe { dealloc(self.entries.as_ptr().cast(), layout) };
        }
    }
}

/// For each buffer, how the datagram in it is sent: what the kernel is pointed at must stay where
/// it is until it has answered.
struct Messages {
    headers: Box<[msghdr]>,
    vectors: Box<[iovec]>,
    addresses: Box<[RawAddress]>,
}

impl Messages {
    fn new(buffers: usize) -> Messages {
        let vector = iovec {
            iov_base: std::ptr::null_mut(),
            iov_len: 0,
        };
        Messages {
            headers: vec![empty_header(); buffers].into_boxed_slice(),
            vectors: vec![vector; buffers].into_boxed_slice(),
            addresses: vec![RawAddress::empty(); buffers].into_boxed_slice(),
        }
    }

    /// Says how the datagram of a buffer is sent.
    fn point(&mut self, buffer: usize, octets: &mut [u8], to: SocketAddr) -> Option<*const msghdr> {
        let header = self.headers.get_mut(buffer)?;
        let vector = self.vectors.get_mut(buffer)?;
        let address = self.addresses.get_mut(buffer)?;
        *address = RawAddress::from(to);
        vector.iov_base = octets.as_mut_ptr().cast();
        vector.iov_len = octets.len();
        header.msg_name = (&raw mut *address).cast();
        header.msg_namelen = address.length();
        header.msg_iov = vector;
        header.msg_iovlen = 1;
        Some(&raw const *header)
    }
}

fn empty_header() -> msghdr {
    // SAFETY: numbers and null pointers, for which all zero is valid.
    unsafe { std::mem::zeroed() }
}

/// The ring of one thread. Declared first, the kernel's end of it is closed before anything that
/// it was pointed at goes.
pub(crate) struct Ring {
    uring: IoUring,
    provided: Provided,
    pool: Pool,
    places: Box<[Place]>,
    messages: Messages,
    /// How much room a received datagram's source and control messages have.
    template: Box<msghdr>,
    /// Datagrams on their way out.
    sending: usize,
    /// Sockets that are read from.
    reading: usize,
}

// SAFETY: the pointers lead into the structure's own allocations; the kernel is told to serve the
// one thread that begins, and nothing is called by another from then on.
unsafe impl Send for Ring {}

impl Ring {
    /// With so many buffers for datagrams that are made here. Errors when the kernel does not offer
    /// it, or not to us.
    pub(crate) fn new(buffers: u32) -> io::Result<Ring> {
        let uring = IoUring::builder()
            .setup_r_disabled()
            .setup_single_issuer()
            .setup_defer_taskrun()
            .setup_cqsize(ANSWERS)
            .build(ORDERS)?;
        let mut provided = Provided::new()?;
        let mut pool = Pool::beside(RING_BUFFERS.into(), buffers, HEAD);
        for buffer in 0..RING_BUFFERS {
            provided.add(buffer, pool.whole_mut(buffer.into()));
        }
        provided.publish();
        let entries = provided.entries.as_ptr().addr().try_into().unwrap_or(0);
        // SAFETY: the entries are as many as said, on a page's beginning, and live as long as the
        // ring, which is dropped before them.
        unsafe {
            uring
                .submitter()
                .register_buf_ring_with_flags(entries, RING_BUFFERS, GROUP, 0)?;
        }
        let all = usize::from(RING_BUFFERS) + usize::try_from(buffers).unwrap_or(0);
        let mut places = vec![Place::Here; all].into_boxed_slice();
        places
            .iter_mut()
            .take(RING_BUFFERS.into())
            .for_each(|place| *place = Place::Kernel);
        let mut template = Box::new(empty_header());
        template.msg_namelen = RawAddress::ROOM;
        template.msg_controllen = CONTROL;
        Ok(Ring {
            uring,
            provided,
            pool,
            places,
            messages: Messages::new(all),
            template,
            sending: 0,
            reading: 0,
        })
    }

    /// The calling thread is the one that will call from now on.
    pub(crate) fn begin(&mut self) -> io::Result<()> {
        self.uring.submitter().register_enable_rings()
    }

    /// Tells once when a descriptor can be read.
    pub(crate) fn watch(&mut self, bell: RawFd) {
        let events = u32::try_from(libc::POLLIN).unwrap_or(1);
        let order = opcode::PollAdd::new(Fd(bell), events).build();
        self.order(order.user_data(mark(BELL, 0)));
    }

    /// Tells of each datagram that comes to a socket, until it says that it does so no longer.
    pub(crate) fn receive(&mut self, socket: u32, fd: RawFd) {
        let order = opcode::RecvMsgMulti::new(Fd(fd), &raw const *self.template, GROUP).build();
        self.order(order.user_data(mark(RECEIVE, socket)));
        self.reading += 1;
    }

    /// Sends the first octets of a buffer that is here; the buffer is free again once that is
    /// answered.
    pub(crate) fn send(&mut self, fd: RawFd, buffer: u32, length: usize, to: SocketAddr) {
        let index = usize::try_from(buffer).unwrap_or(usize::MAX);
        let octets = self.pool.get_mut(buffer);
        let length = length.min(octets.len());
        let octets = octets.get_mut(..length).unwrap_or_default();
        let header = self.messages.point(index, octets, to);
        let (Some(header), Some(place)) = (header, self.places.get_mut(index)) else {
            return;
        };
        *place = Place::Sending;
        self.sending += 1;
        // one that cannot leave at once is refused, as without a ring
        let flags = u32::try_from(libc::MSG_DONTWAIT).unwrap_or(0);
        let order = opcode::SendMsg::new(Fd(fd), header).flags(flags).build();
        self.order(order.user_data(mark(SEND, buffer)));
    }

    fn order(&mut self, order: squeue::Entry) {
        // SAFETY: what an order points to, a message, its vector, address and buffer, or the
        // template, lives as long as the ring and is left alone until the answer.
        if unsafe { self.uring.submission().push(&order) }.is_err() {
            let _again = self.uring.submit();
            // SAFETY: as above. There is room now, unless the kernel is out of memory.
            let _lost = unsafe { self.uring.submission().push(&order) };
        }
    }

    /// Hands the kernel what waits, and sleeps until something is answered beyond what leaves, at
    /// most so long (`None` = for ever).
    pub(crate) fn wait(&mut self, timeout: Option<Duration>) {
        let want = self.sending + 1;
        let submitter = self.uring.submitter();
        // A time that has run out and a signal are answers as well.
        let _how = match timeout {
            None => submitter.submit_and_wait(want),
            Some(time) => {
                let time = Timespec::from(time);
                submitter.submit_with_args(want, &SubmitArgs::new().timespec(&time))
            }
        };
    }

    /// Hands the kernel what waits, and waits until it has left.
    pub(crate) fn drain(&mut self) {
        let _how = self.uring.submit_and_wait(self.sending.min(1));
    }

    /// Ends all orders, so that nothing of the kernel's holds a socket any more.
    pub(crate) fn end(&mut self) {
        while self.sending > 0 && self.uring.submit_and_wait(1).is_ok() {
            while self.next().is_some() {}
        }
        // only what the kernel has been handed can be taken back
        let _handed = self.uring.submit();
        let all = CancelBuilder::any();
        let _none_left = self.uring.submitter().register_sync_cancel(None, all);
        // a socket is let go of with the last answer about it
        let most = Instant::now() + LONGEST_END;
        while self.reading > 0 && Instant::now() < most {
            self.wait(Some(Duration::from_millis(10)));
            while self.next().is_some() {}
        }
    }

    /// The next answer that is there.
    pub(crate) fn next(&mut self) -> Option<Answer> {
        loop {
            let answer = self.uring.completion().next()?;
            if let Some(answer) = self.understand(&answer) {
                return Some(answer);
            }
        }
    }

    fn understand(&mut self, answer: &cqueue::Entry) -> Option<Answer> {
        let (what, which) = unmark(answer.user_data());
        match what {
            BELL => Some(Answer::Bell),
            SEND => {
                self.sending = self.sending.saturating_sub(1);
                self.give(which);
                let taken = answer.result() >= 0;
                Some(Answer::Sent { taken })
            }
            RECEIVE => {
                let buffer = cqueue::buffer_select(answer.flags());
                let ended = !cqueue::more(answer.flags());
                self.reading = self.reading.saturating_sub(usize::from(ended));
                match buffer.filter(|_| answer.result() >= 0) {
                    Some(buffer) => Some(Answer::Received {
                        socket: which,
                        received: self.received(buffer),
                        ended,
                    }),
                    None => {
                        let unread = buffer.into_iter();
                        unread.for_each(|buffer| self.return_unread(buffer));
                        ended.then_some(Answer::Ended(which))
                    }
                }
            }
            _ => None,
        }
    }

    /// The datagram that the kernel has put into a buffer.
    fn received(&mut self, buffer: u16) -> Received {
        let number = u32::from(buffer);
        if let Some(place) = self.places.get_mut(usize::from(buffer)) {
            *place = Place::Here;
        }
        let whole = self.pool.whole_mut(number);
        let Ok(message) = RecvMsgOut::parse(whole, &self.template) else {
            let (length, from, drops) = (0, None, None);
            return Received {
                buffer: number,
                length,
                from,
                drops,
            };
        };
        let length = message.payload_data().len().min(BUFFER - HEAD);
        let complete = !message.is_payload_truncated();
        let from = RawAddress::read(message.name_data());
        Received {
            buffer: number,
            length,
            from: from.filter(|_| complete),
            drops: drops_of(message.control_data()),
        }
    }

    fn return_unread(&mut self, buffer: u16) {
        if let Some(place) = self.places.get_mut(usize::from(buffer)) {
            *place = Place::Here;
        }
        self.give(buffer.into());
    }

    /// The datagram in a buffer, and the room behind it.
    pub(crate) fn octets(&mut self, buffer: u32) -> &mut [u8] {
        self.pool.get_mut(buffer)
    }

    /// A buffer for a datagram that is made here.
    pub(crate) fn take(&mut self) -> Option<u32> {
        self.pool.take()
    }

    /// Gives a buffer back to whoever deals it out.
    pub(crate) fn give(&mut self, buffer: u32) {
        let dealt = u16::try_from(buffer)
            .ok()
            .filter(|buffer| *buffer < RING_BUFFERS);
        let index = usize::try_from(buffer).unwrap_or(usize::MAX);
        let place = self.places.get_mut(index);
        match dealt {
            Some(number) => {
                place.into_iter().for_each(|place| *place = Place::Kernel);
                self.provided.add(number, self.pool.whole_mut(buffer));
                self.provided.publish();
            }
            None => {
                place.into_iter().for_each(|place| *place = Place::Here);
                self.pool.give(buffer);
            }
        }
    }

    /// Takes back what is here, as after a round that was broken off; what is on its way comes by
    /// itself.
    pub(crate) fn reset(&mut self) {
        let dealt = u32::from(RING_BUFFERS);
        self.pool.reset();
        let all = u32::try_from(self.places.len()).unwrap_or(0);
        for buffer in 0..all {
            let index = usize::try_from(buffer).unwrap_or(usize::MAX);
            match self.places.get(index) {
                Some(Place::Here) if buffer < dealt => self.give(buffer),
                Some(Place::Sending) if buffer >= dealt => self.pool.withhold(buffer),
                Some(Place::Here | Place::Kernel | Place::Sending) | None => {}
            }
        }
    }
}

fn mark(what: u32, which: u32) -> u64 {
    u64::from(what) << 32 | u64::from(which)
}

fn unmark(mark: u64) -> (u32, u32) {
    let [a, b, c, d, e, f, g, h] = mark.to_be_bytes();
    (
        u32::from_be_bytes([a, b, c, d]),
        u32::from_be_bytes([e, f, g, h]),
    )
}
