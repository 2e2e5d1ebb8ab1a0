//! The library, `libmp3lame`: loaded when somebody wants an MP3, so that nobody needs it who wants
//! none.
//!
//! All that is unsafe here is in this file. An [`Encoder`] owns one object of the library's, hands
//! no pointer out, and frees the object when it goes.
#![allow(unsafe_code, reason = "the library is C")]

use std::ffi::{c_int, c_short, c_uchar, c_void};

/// The library, by the name that its interface has had since 2003.
pub(super) const NAME: &str = "libmp3lame.so.0";

/// An object of the library's.
type Object = *mut c_void;

/// Sets one thing of an object.
type Set = unsafe extern "C" fn(Object, c_int) -> c_int;

/// Two channels, each coded by itself: what is said on one is not to be heard on the other.
const STEREO: c_int = 0;

/// One channel.
const MONO: c_int = 3;

/// How much is computed for quality, from 9 down to 0: the library's own usual one for speed.
const QUALITY: c_int = 7;

/// Octets beyond five quarters of the samples that a buffer must have, and those that the end
/// takes (`lame.h`).
const SLACK: usize = 7_200;

/// Encodes samples of both channels.
type Encode = unsafe extern "C" fn(
    Object,
    *const c_short,
    *const c_short,
    c_int,
    *mut c_uchar,
    c_int,
) -> c_int;

/// Gives what is left.
type Flush = unsafe extern "C" fn(Object, *mut c_uchar, c_int) -> c_int;

/// Begins with an object, or is done with it.
type Act = unsafe extern "C" fn(Object) -> c_int;

/// The functions that we use.
struct Functions {
    encode: Encode,
    flush: Flush,
    close: Act,
}

/// Makes one MP3.
pub(super) struct Encoder {
    object: Object,
    functions: Functions,
    /// Last, so that it is unloaded last.
    _library: libloading::Library,
}

// SAFETY: the object is in nobody's hands but the encoder's, and the library ties nothing of it to
// a thread.
unsafe impl Send for Encoder {}

impl Encoder {
    /// Of sound in one channel or two at this rate, with so many kbit/s throughout; in words, why
    /// that cannot be.
    pub(super) fn new(rate: u32, channels: u8, kbits: u16) -> Result<Encoder, String> {
        let missing = |error: libloading::Error| format!("{NAME} is not installed: {error}");
        let rate = c_int::try_from(rate).unwrap_or(c_int::MAX);
        let mode = if channels == 1 { MONO } else { STEREO };
        let settings: [(&str, c_int); 8] = [
            ("lame_set_num_channels", channels.into()),
            ("lame_set_mode", mode),
            ("lame_set_in_samplerate", rate),
            ("lame_set_out_samplerate", rate),
            ("lame_set_brate", kbits.into()),
            ("lame_set_quality", QUALITY),
            // frames alone: a head that is known at the end cannot stand before it
            ("lame_set_bWriteVbrTag", 0),
            ("lame_set_disable_reservoir", 1),
        ];
        // SAFETY: loading runs the library's beginnings, which only fill its own tables. Its
        // functions have had these arguments in every release with this name, and the library
        // lies beside them in one value. The object is one of `lame_init`'s, and is freed by the
        // encoder that it belongs to.
        unsafe {
            let library = libloading::Library::new(NAME).map_err(missing)?;
            let functions = Functions {
                encode: *library
                    .get::<Encode>("lame_encode_buffer")
                    .map_err(missing)?,
                flush: *library.get::<Flush>("lame_encode_flush").map_err(missing)?,
                close: *library.get::<Act>("lame_close").map_err(missing)?,
            };
            let init = *library
                .get::<unsafe extern "C" fn() -> Object>("lame_init")
                .map_err(missing)?;
            let begin = *library.get::<Act>("lame_init_params").map_err(missing)?;
            let mut setters = Vec::with_capacity(settings.len());
            for (name, value) in settings {
                setters.push((*library.get::<Set>(name).map_err(missing)?, value));
            }
            let object = init();
            if object.is_null() {
                return Err(format!("{NAME} has no memory"));
            }
            let encoder = Encoder {
                object,
                functions,
                _library: library,
            };
            for (set, value) in setters {
                set(object, value);
            }
            match begin(object) {
                0.. => Ok(encoder),
                refused => Err(format!("{NAME} does not take this sound: {refused}")),
            }
        }
    }

    /// Encodes sound, which of one channel is on the left alone. What it gives is of what came
    /// before, as whole frames of it are there. Nothing for what the library refuses.
    pub(super) fn encode(&mut self, left: &[i16], right: &[i16]) -> Vec<u8> {
        let samples = left.len().min(right.len());
        let mut room = vec![0; samples + samples / 4 + SLACK];
        let (count, size) = (length(samples), length(room.len()));
        // SAFETY: the object is ours; both channels have so many samples, and the room so many
        // octets as the library is told.
        let made = unsafe {
            (self.functions.encode)(
                self.object,
                left.as_ptr(),
                right.as_ptr(),
                count,
                room.as_mut_ptr(),
                size,
            )
        };
        room.truncate(usize::try_from(made).unwrap_or(0));
        room
    }

    /// What is left at the end.
    pub(super) fn finish(&mut self) -> Vec<u8> {
        let mut room = vec![0; SLACK];
        let size = length(room.len());
        // SAFETY: the object is ours, and the room has so many octets as the library is told.
        let made = unsafe { (self.functions.flush)(self.object, room.as_mut_ptr(), size) };
        room.truncate(usize::try_from(made).unwrap_or(0));
        room
    }
}

impl Drop for Encoder {
    fn drop(&mut self) {
        // SAFETY: the object is ours, and nobody uses it after this.
        let _status = unsafe { (self.functions.close)(self.object) };
    }
}

/// A length as the library counts.
fn length(count: usize) -> c_int {
    c_int::try_from(count).unwrap_or(c_int::MAX)
}
