"""LAME, as Debian packages it, by its C interface: what radio stations make MP3 with."""

import ctypes
import functools

# what a call for the last frames may need (lame.h: 7200)
LAST = 7200


@functools.cache
def library():
    lame = ctypes.CDLL("libmp3lame.so.0")
    lame.lame_init.restype = ctypes.c_void_p
    return lame


def mp3(samples, rate):
    """Samples of one track, 16 bits each, as MP3 of 128 kbit/s."""
    lame, samples = library(), samples.astype("<i2")
    encoder = ctypes.c_void_p(lame.lame_init())
    try:
        lame.lame_set_in_samplerate(encoder, rate)
        lame.lame_set_num_channels(encoder, 1)
        lame.lame_set_brate(encoder, 128)
        # a live stream has no first frame that tells of all others
        lame.lame_set_bWriteVbrTag(encoder, 0)
        if lame.lame_init_params(encoder) < 0:
            raise RuntimeError("LAME refuses its settings")
        # lame.h: a quarter more than there are samples, and the last frames
        room = ctypes.create_string_buffer(len(samples) * 5 // 4 + LAST)
        sound = samples.ctypes.data_as(ctypes.c_void_p)
        made = lame.lame_encode_buffer(encoder, sound, sound, len(samples), room, len(room))
        if made < 0:
            raise RuntimeError(f"LAME fails: {made}")
        last = ctypes.create_string_buffer(LAST)
        return room.raw[:made] + last.raw[:lame.lame_encode_flush(encoder, last, LAST)]
    finally:
        lame.lame_close(encoder)
