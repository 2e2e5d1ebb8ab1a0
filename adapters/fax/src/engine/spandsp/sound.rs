//! A fax on sound: the modems of the library.

use std::ffi::c_int;
use std::rc::Rc;

use super::procedure::{Progress, Terms};
use super::{Object, Spandsp, TICK, TRUE, functions};

functions! {
    /// The modems' functions (`fax.h`).
    Functions {
        fax_init: unsafe extern "C" fn(Object, c_int) -> Object,
        fax_get_t30_state: unsafe extern "C" fn(Object) -> Object,
        fax_set_transmit_on_idle: unsafe extern "C" fn(Object, c_int),
        fax_rx: unsafe extern "C" fn(Object, *mut i16, c_int) -> c_int,
        fax_tx: unsafe extern "C" fn(Object, *mut i16, c_int) -> c_int,
        fax_free: unsafe extern "C" fn(Object) -> c_int,
    }
}

/// One fax on sound.
pub(in crate::engine) struct Sound {
    spandsp: Rc<Spandsp>,
    fax: Object,
    progress: Progress,
}

impl Sound {
    /// Nothing if there is no memory.
    pub(in crate::engine) fn begin(spandsp: &Rc<Spandsp>, terms: &Terms) -> Option<Sound> {
        let functions = &spandsp.sound;
        // SAFETY: without an object the library makes one, with a procedure in it; both go when
        // this value does, the notes of the procedure last.
        unsafe {
            let fax = (functions.fax_init)(std::ptr::null_mut(), terms.calling());
            if fax.is_null() {
                return None;
            }
            (functions.fax_set_transmit_on_idle)(fax, TRUE);
            let procedure = (functions.fax_get_t30_state)(fax);
            Some(Sound {
                spandsp: Rc::clone(spandsp),
                fax,
                progress: Progress::of(spandsp, procedure, terms),
            })
        }
    }

    /// What is said for what was heard.
    pub(in crate::engine) fn tick(&mut self, heard: &[i16; 160]) -> [i16; 160] {
        // the library works on what it is given
        let mut heard = *heard;
        let mut said = [0; 160];
        let functions = &self.spandsp.sound;
        // SAFETY: the object is ours; the library reads and writes so many samples at most, and
        // leaves what it does not write as it was.
        unsafe {
            (functions.fax_rx)(self.fax, heard.as_mut_ptr(), TICK);
            (functions.fax_tx)(self.fax, said.as_mut_ptr(), TICK);
        }
        said
    }

    /// How far it is.
    pub(in crate::engine) fn progress(&self) -> &Progress {
        &self.progress
    }
}

impl Drop for Sound {
    fn drop(&mut self) {
        // SAFETY: it is ours, and nobody uses it after this.
        unsafe { (self.spandsp.sound.fax_free)(self.fax) };
    }
}
