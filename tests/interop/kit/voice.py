"""A voice without a telephone: says a tone to whoever it is told, and keeps all it hears."""

import os
import socket
import struct
import threading
import time
import wave

import numpy as np

from kit.case import true
from kit.libsrtp import Refused
from kit.rtp import INTERVAL, PACKET, packet

RATE = 8000


def mu_law(samples):
    """16 bit samples as G.711 mu-law (ITU-T G.711)."""
    x = np.clip(samples.astype(np.int32), -32635, 32635)
    sign = np.where(x < 0, 0x80, 0)
    x = np.abs(x) + 132
    exponent = np.floor(np.log2(x)).astype(np.int32) - 7
    mantissa = (x >> (exponent + 3)) & 0x0F
    return (~(sign | (exponent << 4) | mantissa) & 0xFF).astype(np.uint8).tobytes()


def linear(data):
    """The opposite of `mu_law`."""
    x = ~np.frombuffer(data, dtype=np.uint8) & 0xFF
    magnitude = (((x & 0x0F).astype(np.int32) << 3) + 132) << ((x >> 4) & 7)
    return np.where(x & 0x80, 132 - magnitude, magnitude - 132).astype("<i2")


class Voice:
    """Speaks to `peer` while `direction` allows; both may change at any time."""

    def __init__(self, ip, hertz):
        phase = np.arange(RATE) * 2 * np.pi * hertz / RATE
        said = mu_law((np.sin(phase) * 12000).astype(np.int16))
        # whole periods within a second, so it can be repeated for ever
        self.said = [said[i:i + PACKET] for i in range(0, len(said), PACKET)]
        family = socket.AF_INET6 if ":" in ip else socket.AF_INET
        self.socket = socket.socket(family, socket.SOCK_DGRAM)
        self.socket.bind((ip, 0))
        self.socket.setblocking(False)
        self.port = self.socket.getsockname()[1]
        self.peer, self.direction, self.samples = None, "inactive", []
        # how packets are protected, if they are: what goes out, and what comes in
        self.protection, self.forged = None, 0
        # who is told of datagrams of a handshake (RFC 5764 section 5.1.2), if anybody is
        self.handshake = None
        self.ending = False
        self.thread = threading.Thread(target=self._talk, daemon=True)
        self.thread.start()

    def close(self):
        self.ending = True
        self.thread.join()
        self.socket.close()

    def _talk(self):
        sequence, ssrc, due = 0, int.from_bytes(os.urandom(4), "big"), time.monotonic()
        while not self.ending:
            peer = self.peer
            if peer and "send" in self.direction:
                data = self.said[sequence % len(self.said)]
                data = packet(0, sequence, sequence * PACKET, ssrc, data)
                if self.protection:
                    data = self.protection[0].run("protect_rtp", data)
                try:
                    self.socket.sendto(data, peer)
                except ConnectionError:
                    # a port that is closed just now says so to the next packet
                    pass
            sequence += 1
            self._listen()
            due += INTERVAL
            time.sleep(max(0.0, due - time.monotonic()))

    def _listen(self):
        while True:
            try:
                data = self.socket.recv(2048)
            except (BlockingIOError, ConnectionError):
                return
            if self.handshake and data and 20 <= data[0] <= 63:
                self.handshake(data)
            elif len(data) > 12 and struct.unpack("!B", data[1:2])[0] & 0x7F == 0:
                try:
                    if self.protection:
                        data = self.protection[1].run("unprotect_rtp", data)
                except Refused:
                    self.forged += 1
                    continue
                self.samples.append(linear(data[12:]))

    def write(self, path, whose):
        """All it has heard since it began, as a file."""
        true(self.samples, f"{whose} heard nothing at all")
        with wave.open(path, "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE)
            file.writeframes(np.concatenate(list(self.samples)).tobytes())
        return path
