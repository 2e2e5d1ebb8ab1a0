//! The library, version 0.0.6: loaded while we run, so that nobody needs it who sends no fax.
//!
//! All that is unsafe in the child is here. Each type owns one object of the library's, hands no
//! pointer out, and frees the object when it goes. What the library calls back with is a pointer to
//! a box of ours, which lives as long as the object.
#![allow(unsafe_code, reason = "the library is C")]

mod ear;
mod procedure;
mod sound;
mod wire;

use std::ffi::{c_int, c_void};
use std::rc::Rc;

pub(super) use ear::Ear;
pub(super) use procedure::{Document, Progress, Terms};
pub(super) use sound::Sound;
pub(super) use wire::Wire;

/// An object of the library's, of whatever kind.
type Object = *mut c_void;

/// The library's yes.
const TRUE: c_int = 1;

/// Samples of 20 ms, as the library counts.
const TICK: c_int = 160;

/// Declares a group of functions, which are loaded by the names of its fields.
macro_rules! functions {
    ($(#[$note:meta])* $group:ident { $($function:ident: $kind:ty,)* }) => {
        $(#[$note])*
        pub(super) struct $group {
            $($function: $kind,)*
        }

        impl $group {
            /// Finds them.
            ///
            /// # Safety
            /// The library must have them with these arguments, and outlive what is returned.
            pub(super) unsafe fn find(
                library: &libloading::Library,
            ) -> Result<Self, libloading::Error> {
                Ok(Self {
                    // SAFETY: the caller says that the kinds are right and that the library stays.
                    $($function: unsafe { *library.get::<$kind>(stringify!($function))? },)*
                })
            }
        }
    };
}
use functions;

/// The library's functions that we use.
pub(super) struct Spandsp {
    ear: ear::Functions,
    procedure: procedure::Functions,
    sound: sound::Functions,
    wire: wire::Functions,
    /// Last, so that it is unloaded last.
    _library: libloading::Library,
}

impl Spandsp {
    /// Loads it; in words, why that cannot be.
    pub(super) fn load(name: &str) -> Result<Rc<Spandsp>, String> {
        let missing = |error: libloading::Error| format!("{name} is not installed: {error}");
        // SAFETY: loading runs the library's beginnings, which only fill its own tables. Its
        // functions have had these arguments in every release with this name (0.0.6), and the
        // library lies beside them in one value.
        unsafe {
            let library = libloading::Library::new(name).map_err(missing)?;
            Ok(Rc::new(Spandsp {
                ear: ear::Functions::find(&library).map_err(missing)?,
                procedure: procedure::Functions::find(&library).map_err(missing)?,
                sound: sound::Functions::find(&library).map_err(missing)?,
                wire: wire::Functions::find(&library).map_err(missing)?,
                _library: library,
            }))
        }
    }
}
