//! A fax on packets (ITU-T T.38): a terminal of the library's.

use std::cell::RefCell;
use std::ffi::{c_int, c_void};
use std::rc::Rc;

use super::procedure::{Progress, Terms};
use super::{Object, Spandsp, TICK, TRUE, functions};

type Send = unsafe extern "C" fn(Object, *mut c_void, *const u8, c_int, c_int) -> c_int;

functions! {
    /// The terminal's functions (`t38_terminal.h`, `t38_core.h`).
    Functions {
        t38_terminal_init: unsafe extern "C" fn(Object, c_int, Send, *mut c_void) -> Object,
        t38_terminal_get_t30_state: unsafe extern "C" fn(Object) -> Object,
        t38_terminal_get_t38_core_state: unsafe extern "C" fn(Object) -> Object,
        t38_terminal_send_timeout: unsafe extern "C" fn(Object, c_int) -> c_int,
        t38_terminal_free: unsafe extern "C" fn(Object) -> c_int,
        t38_core_rx_ifp_packet: unsafe extern "C" fn(Object, *const u8, c_int, u16) -> c_int,
        t38_set_t38_version: unsafe extern "C" fn(Object, c_int),
        t38_set_sequence_number_handling: unsafe extern "C" fn(Object, c_int),
    }
}

/// Packets that are kept until they are fetched, which happens with every tick.
const MOST_PACKETS: usize = 64;

/// One fax on packets.
pub(in crate::engine) struct Wire {
    spandsp: Rc<Spandsp>,
    terminal: Object,
    core: Object,
    outgoing: Box<Outgoing>,
    progress: Progress,
}

/// Packets to be sent, each with how often.
type Outgoing = RefCell<Vec<(Vec<u8>, u8)>>;

impl Wire {
    /// Nothing if there is no memory.
    pub(in crate::engine) fn begin(spandsp: &Rc<Spandsp>, terms: &Terms) -> Option<Wire> {
        let functions = &spandsp.wire;
        let outgoing: Box<Outgoing> = Box::default();
        let told: *mut c_void = (&raw const *outgoing).cast_mut().cast();
        // SAFETY: without an object the library makes one, with a procedure and a core in it; they
        // go when this value does, the notes of the procedure and the box after them.
        unsafe {
            let nothing = std::ptr::null_mut();
            let terminal = (functions.t38_terminal_init)(nothing, terms.calling(), send, told);
            if terminal.is_null() {
                return None;
            }
            let core = (functions.t38_terminal_get_t38_core_state)(terminal);
            (functions.t38_set_t38_version)(core, 0);
            (functions.t38_set_sequence_number_handling)(core, TRUE);
            let procedure = (functions.t38_terminal_get_t30_state)(terminal);
            Some(Wire {
                spandsp: Rc::clone(spandsp),
                terminal,
                core,
                outgoing,
                progress: Progress::of(spandsp, procedure, terms),
            })
        }
    }

    /// 20 ms have passed.
    pub(in crate::engine) fn tick(&mut self) {
        // SAFETY: the terminal is ours.
        unsafe { (self.spandsp.wire.t38_terminal_send_timeout)(self.terminal, TICK) };
    }

    /// A packet has come.
    pub(in crate::engine) fn take(&mut self, sequence: u16, packet: &[u8]) {
        let Ok(length) = c_int::try_from(packet.len()) else {
            return;
        };
        let take = self.spandsp.wire.t38_core_rx_ifp_packet;
        // SAFETY: the core is a part of our terminal; the library reads so many octets.
        unsafe { take(self.core, packet.as_ptr(), length, sequence) };
    }

    /// What is to be sent since this was last asked.
    pub(in crate::engine) fn packets(&self) -> Vec<(Vec<u8>, u8)> {
        self.outgoing.take()
    }

    /// How far it is.
    pub(in crate::engine) fn progress(&self) -> &Progress {
        &self.progress
    }
}

/// The library wants a packet to be sent.
unsafe extern "C" fn send(
    _core: Object,
    told: *mut c_void,
    octets: *const u8,
    length: c_int,
    copies: c_int,
) -> c_int {
    let length = usize::try_from(length).unwrap_or(0);
    // SAFETY: the library passes the box that it was given, and so many octets of its own.
    let (outgoing, packet) = unsafe {
        (
            &*told.cast::<Outgoing>(),
            std::slice::from_raw_parts(octets, length),
        )
    };
    let mut outgoing = outgoing.borrow_mut();
    if outgoing.len() < MOST_PACKETS {
        outgoing.push((packet.to_vec(), u8::try_from(copies).unwrap_or(1)));
    }
    0
}

impl Drop for Wire {
    fn drop(&mut self) {
        // SAFETY: it is ours, and nobody uses it after this.
        unsafe { (self.spandsp.wire.t38_terminal_free)(self.terminal) };
    }
}
