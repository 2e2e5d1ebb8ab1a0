//! The procedure of a fax (ITU-T T.30), the same on sound and on packets: what it is told at the
//! beginning, and what it tells.

use std::cell::{Cell, RefCell};
use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::rc::Rc;

use super::{Object, Spandsp, functions};
use crate::message::Figures;

type Handler = unsafe extern "C" fn(Object, *mut c_void, c_int) -> c_int;
type Farewell = unsafe extern "C" fn(Object, *mut c_void, c_int);
type SetNumber = unsafe extern "C" fn(Object, c_int) -> c_int;
type SetText = unsafe extern "C" fn(Object, *const c_char) -> c_int;

functions! {
    /// The procedure's functions (`t30_api.h`, `t30.h`).
    Functions {
        t30_set_tx_ident: SetText,
        t30_set_tx_page_header_info: SetText,
        t30_get_rx_ident: unsafe extern "C" fn(Object) -> *const c_char,
        t30_set_rx_file: unsafe extern "C" fn(Object, *const c_char, c_int),
        t30_set_tx_file: unsafe extern "C" fn(Object, *const c_char, c_int, c_int),
        t30_set_ecm_capability: SetNumber,
        t30_set_rx_encoding: SetNumber,
        t30_set_supported_modems: SetNumber,
        t30_set_supported_compressions: SetNumber,
        t30_set_supported_resolutions: SetNumber,
        t30_set_supported_image_sizes: SetNumber,
        t30_set_phase_d_handler: unsafe extern "C" fn(Object, Handler, *mut c_void),
        t30_set_phase_e_handler: unsafe extern "C" fn(Object, Farewell, *mut c_void),
        t30_get_transfer_statistics: unsafe extern "C" fn(Object, *mut Statistics),
        t30_terminate: unsafe extern "C" fn(Object),
    }
}

/// V.27ter, V.29 and V.17: 2,400 to 14,400 bit/s.
const MODEMS: c_int = 0x01 | 0x02 | 0x04;
/// T.4 in one and two dimensions, and T.6, which needs correction of errors.
const COMPRESSIONS: c_int = 0x02 | 0x04 | 0x08;
/// Standard, fine and superfine rows of 204 pixels to the inch.
const RESOLUTIONS: c_int = 0x01 | 0x02 | 0x04 | 0x2_0000;
/// Paper as wide as A4 or Letter, and as B4, of any length.
const SIZES: c_int = 0x01 | 0x02 | 0x1_0000 | 0x2_0000 | 0x4_0000 | 0x8_0000 | 0x10_0000;
/// Pages that come are kept in T.6, however they were sent.
const T6: c_int = 3;
/// All pages of a document.
const ALL: c_int = -1;

/// With what a fax begins.
pub(in crate::engine) struct Terms {
    pub(in crate::engine) station: CString,
    pub(in crate::engine) header: CString,
    pub(in crate::engine) ecm: bool,
    pub(in crate::engine) document: Document,
}

/// The path of what is sent or received, which also says who calls whom.
pub(in crate::engine) enum Document {
    Receive(CString),
    Send(CString),
}

impl Terms {
    /// Whether we are the machine that calls, as the library asks it.
    pub(super) fn calling(&self) -> c_int {
        c_int::from(matches!(self.document, Document::Send(_)))
    }
}

/// `t30_stats_t`, and room behind it should a later build of the library have more.
#[repr(C)]
#[derive(Clone, Copy)]
struct Statistics {
    bit_rate: c_int,
    error_correcting_mode: c_int,
    pages_sent: c_int,
    pages_received: c_int,
    pages_in_file: c_int,
    x_resolution: c_int,
    y_resolution: c_int,
    width: c_int,
    length: c_int,
    image_size: c_int,
    encoding: c_int,
    bad_rows: c_int,
    room: [c_int; 52],
}

/// What the library has told of a fax. The library has a pointer to [`Noted`] while it lives.
pub(in crate::engine) struct Progress {
    spandsp: Rc<Spandsp>,
    procedure: Object,
    noted: Box<Noted>,
}

struct Noted {
    spandsp: Rc<Spandsp>,
    pages: Cell<u16>,
    bad_rows: Cell<u32>,
    end: RefCell<Option<Figures>>,
}

impl Progress {
    /// Sets a procedure up and follows it.
    ///
    /// # Safety
    /// It must be a living procedure of the library's, and outlive what is returned.
    pub(super) unsafe fn of(spandsp: &Rc<Spandsp>, procedure: Object, terms: &Terms) -> Progress {
        let noted = Box::new(Noted {
            spandsp: Rc::clone(spandsp),
            pages: Cell::new(0),
            bad_rows: Cell::new(0),
            end: RefCell::new(None),
        });
        let t30 = &spandsp.procedure;
        let told: *mut c_void = (&raw const *noted).cast_mut().cast();
        // SAFETY: the procedure lives; texts are copied by the library before it returns; the box
        // does not move and goes with the procedure, of which the caller has taken care.
        unsafe {
            (t30.t30_set_tx_ident)(procedure, terms.station.as_ptr());
            if !terms.header.is_empty() {
                (t30.t30_set_tx_page_header_info)(procedure, terms.header.as_ptr());
            }
            (t30.t30_set_ecm_capability)(procedure, c_int::from(terms.ecm));
            (t30.t30_set_rx_encoding)(procedure, T6);
            (t30.t30_set_supported_modems)(procedure, MODEMS);
            (t30.t30_set_supported_compressions)(procedure, COMPRESSIONS);
            (t30.t30_set_supported_resolutions)(procedure, RESOLUTIONS);
            (t30.t30_set_supported_image_sizes)(procedure, SIZES);
            (t30.t30_set_phase_d_handler)(procedure, page_over, told);
            (t30.t30_set_phase_e_handler)(procedure, all_over, told);
            match &terms.document {
                Document::Receive(path) => (t30.t30_set_rx_file)(procedure, path.as_ptr(), ALL),
                Document::Send(path) => (t30.t30_set_tx_file)(procedure, path.as_ptr(), ALL, ALL),
            }
        }
        Progress {
            spandsp: Rc::clone(spandsp),
            procedure,
            noted,
        }
    }

    /// Pages that are over.
    pub(in crate::engine) fn pages(&self) -> u16 {
        self.noted.pages.get()
    }

    /// How it ended, once it did.
    pub(in crate::engine) fn figures(&self) -> Option<Figures> {
        self.noted.end.borrow().clone()
    }

    /// Ends it now; what has come of a page is kept.
    pub(in crate::engine) fn terminate(&self) {
        // SAFETY: the procedure lives as long as this value.
        unsafe { (self.spandsp.procedure.t30_terminate)(self.procedure) };
    }
}

impl Noted {
    /// Looks at the library's figures, and counts pages that are new among them.
    ///
    /// # Safety
    /// It must be a living procedure of the library's.
    unsafe fn look(&self, procedure: Object) -> Statistics {
        let mut statistics = Statistics {
            bit_rate: 0,
            error_correcting_mode: 0,
            pages_sent: 0,
            pages_received: 0,
            pages_in_file: 0,
            x_resolution: 0,
            y_resolution: 0,
            width: 0,
            length: 0,
            image_size: 0,
            encoding: 0,
            bad_rows: 0,
            room: [0; 52],
        };
        // SAFETY: the procedure lives, and the library fills a value that is larger than its own.
        unsafe {
            (self.spandsp.procedure.t30_get_transfer_statistics)(procedure, &raw mut statistics);
        }
        let pages = statistics.pages_sent.max(statistics.pages_received);
        let pages = u16::try_from(pages.max(0)).unwrap_or(u16::MAX);
        if pages > self.pages.get() {
            self.pages.set(pages);
            let bad = u32::try_from(statistics.bad_rows).unwrap_or(0);
            self.bad_rows.set(self.bad_rows.get().saturating_add(bad));
        }
        statistics
    }
}

/// A page is over (phase D).
unsafe extern "C" fn page_over(procedure: Object, told: *mut c_void, _what: c_int) -> c_int {
    // SAFETY: the library passes the procedure and the box that it was given with it.
    unsafe { (*told.cast::<Noted>()).look(procedure) };
    0
}

/// Everything is over (phase E).
unsafe extern "C" fn all_over(procedure: Object, told: *mut c_void, code: c_int) {
    // SAFETY: the library passes the procedure and the box that it was given with it; the name of
    // the other station is a text with its end, which is copied before anything changes it.
    unsafe {
        let noted = &*told.cast::<Noted>();
        let statistics = noted.look(procedure);
        let station = (noted.spandsp.procedure.t30_get_rx_ident)(procedure);
        let station = if station.is_null() {
            String::new()
        } else {
            CStr::from_ptr(station).to_string_lossy().trim().to_owned()
        };
        noted.end.replace(Some(Figures {
            code: u32::try_from(code).unwrap_or(u32::MAX),
            pages: noted.pages.get(),
            bits_per_second: u32::try_from(statistics.bit_rate).unwrap_or(0),
            ecm: statistics.error_correcting_mode != 0,
            bad_rows: noted.bad_rows.get(),
            station,
        }));
    }
}
