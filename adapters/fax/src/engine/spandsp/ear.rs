//! Tones of fax machines in sound.

use std::ffi::{c_int, c_void};
use std::rc::Rc;

use super::{Object, Spandsp, TICK, functions};
use crate::tone::Tone;

/// What could be called back; we ask instead.
type Report = Option<unsafe extern "C" fn(*mut c_void, c_int, c_int, c_int)>;

functions! {
    /// Detectors of tones (`modem_connect_tones.h`).
    Functions {
        modem_connect_tones_rx_init:
            unsafe extern "C" fn(Object, c_int, Report, *mut c_void) -> Object,
        modem_connect_tones_rx: unsafe extern "C" fn(Object, *const i16, c_int) -> c_int,
        modem_connect_tones_rx_get: unsafe extern "C" fn(Object) -> c_int,
        modem_connect_tones_rx_free: unsafe extern "C" fn(Object) -> c_int,
    }
}

/// What a detector is made for, and what it finds.
const CNG: c_int = 1;
const ANS: c_int = 2;
const PREAMBLE: c_int = 6;
const CED_OR_PREAMBLE: c_int = 7;

/// Two detectors: of the machine that calls, and of the one that was called.
pub(in crate::engine) struct Ear {
    spandsp: Rc<Spandsp>,
    calling: Object,
    called: Object,
}

impl Ear {
    /// Nothing if there is no memory.
    pub(in crate::engine) fn open(spandsp: &Rc<Spandsp>) -> Option<Ear> {
        let nobody = std::ptr::null_mut();
        let init = spandsp.ear.modem_connect_tones_rx_init;
        // SAFETY: without an object the library makes one; nobody is called back.
        let (calling, called) = unsafe {
            (
                init(nobody, CNG, None, nobody),
                init(nobody, CED_OR_PREAMBLE, None, nobody),
            )
        };
        let ear = Ear {
            spandsp: Rc::clone(spandsp),
            calling,
            called,
        };
        (!calling.is_null() && !called.is_null()).then_some(ear)
    }

    /// What began in these 20 ms.
    pub(in crate::engine) fn hear(&mut self, heard: &[i16; 160]) -> impl Iterator<Item = Tone> {
        let ear = &self.spandsp.ear;
        let found = [self.calling, self.called].map(|detector| {
            // SAFETY: the detector is ours and not null; the library reads so many samples.
            unsafe {
                (ear.modem_connect_tones_rx)(detector, heard.as_ptr(), TICK);
                (ear.modem_connect_tones_rx_get)(detector)
            }
        });
        found.into_iter().filter_map(|found| match found {
            CNG => Some(Tone::Cng),
            ANS => Some(Tone::Ced),
            PREAMBLE => Some(Tone::V21Preamble),
            _ => None,
        })
    }
}

impl Drop for Ear {
    fn drop(&mut self) {
        for detector in [self.calling, self.called] {
            if !detector.is_null() {
                // SAFETY: it is ours, and nobody uses it after this.
                unsafe { (self.spandsp.ear.modem_connect_tones_rx_free)(detector) };
            }
        }
    }
}
