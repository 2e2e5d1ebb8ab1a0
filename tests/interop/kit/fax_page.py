"""Pages for fax machines: made, written as TIFF, and read again by libtiff."""

import ctypes
import random
import struct

# dots in a line of a fax (T.4), and lines of a short page at standard resolution
WIDTH, HEIGHT = 1728, 400
BYTES = WIDTH // 8
# lines that look alike, and black stretches in each
BAND, STRETCHES = 8, 6
TIFF = ctypes.CDLL("libtiff.so.6")
TIFF.TIFFOpen.restype = ctypes.c_void_p
TIFF.TIFFOpen.argtypes = [ctypes.c_char_p, ctypes.c_char_p]
TIFF.TIFFClose.argtypes = [ctypes.c_void_p]
TIFF.TIFFSetDirectory.argtypes = [ctypes.c_void_p, ctypes.c_uint32]
TIFF.TIFFReadScanline.argtypes = [
    ctypes.c_void_p, ctypes.c_void_p, ctypes.c_uint32, ctypes.c_uint16]
TIFF.TIFFScanlineSize.restype = ctypes.c_ssize_t
TIFF.TIFFScanlineSize.argtypes = [ctypes.c_void_p]
TIFF.TIFFGetField.argtypes = [ctypes.c_void_p, ctypes.c_uint32, ctypes.c_void_p]
IMAGE_LENGTH, PHOTOMETRIC = 257, 262
# black dots are ones, as fax has it
WHITE_IS_ZERO = 0


def page(number):
    """The lines of a page that looks like no other."""
    dice, lines = random.Random(number), []
    for _ in range(HEIGHT // BAND):
        line = bytearray(BYTES)
        for _ in range(STRETCHES):
            first = dice.randrange(BYTES - 12)
            line[first:first + dice.randrange(1, 12)] = b"\xff"
        line = bytes(line[:BYTES]).ljust(BYTES, b"\0")
        lines += [line] * BAND
    return lines


def write(path, pages):
    """Writes pages as a TIFF, bilevel and not compressed, at 204 by 98 dots an inch."""
    with open(path, "wb") as file:
        file.write(b"II*\0\0\0\0\0")
        link = 4
        for number, lines in enumerate(pages):
            strip = file.tell()
            file.write(b"".join(lines))
            resolutions = file.tell()
            file.write(struct.pack("<IIII", 204, 1, 98, 1))
            directory = file.tell()
            entries = [
                (254, 4, 2), (256, 4, WIDTH), (IMAGE_LENGTH, 4, len(lines)), (258, 3, 1),
                (259, 3, 1), (PHOTOMETRIC, 3, WHITE_IS_ZERO), (266, 3, 1), (273, 4, strip),
                (277, 3, 1), (278, 4, len(lines)), (279, 4, BYTES * len(lines)),
                (282, 5, resolutions), (283, 5, resolutions + 8), (296, 3, 2),
                (297, 3, number | len(pages) << 16),
            ]
            file.write(struct.pack("<H", len(entries)))
            for tag, kind, value in entries:
                count = 2 if tag == 297 else 1
                file.write(struct.pack("<HHII", tag, kind, count, value))
            behind = file.tell()
            file.write(struct.pack("<I", 0))
            file.seek(link)
            file.write(struct.pack("<I", directory))
            file.seek(behind + 4)
            link = behind


def read(path):
    """The lines of each page of a TIFF."""
    file = TIFF.TIFFOpen(path.encode(), b"r")
    if not file:
        return []
    pages, number = [], 0
    while TIFF.TIFFSetDirectory(file, number):
        height, photometric = ctypes.c_uint32(), ctypes.c_uint16()
        TIFF.TIFFGetField(file, IMAGE_LENGTH, ctypes.byref(height))
        TIFF.TIFFGetField(file, PHOTOMETRIC, ctypes.byref(photometric))
        line = ctypes.create_string_buffer(TIFF.TIFFScanlineSize(file))
        lines = []
        for row in range(height.value):
            if TIFF.TIFFReadScanline(file, line, row, 0) < 0:
                break
            octets = line.raw
            if photometric.value != WHITE_IS_ZERO:
                octets = bytes(octet ^ 0xFF for octet in octets)
            lines.append(octets)
        pages.append(lines)
        number += 1
    TIFF.TIFFClose(file)
    return pages
