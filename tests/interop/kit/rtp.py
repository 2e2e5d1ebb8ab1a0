"""RTP packets made by hand: for a voice without a phone, and for strangers."""

import os
import socket
import struct
import threading
import time

PACKET = 160
INTERVAL = 0.02


def packet(payload_type, sequence, timestamp, ssrc, payload):
    return struct.pack("!BBHII", 0x80, payload_type, sequence & 0xFFFF, timestamp & 0xFFFFFFFF,
                       ssrc) + payload


class Stranger:
    """Sends loud noise to every media port again and again, from a socket nobody asked for.
    `ssrcs` are guesses that are used in turn."""

    def __init__(self, ip, ports, ssrcs, payload_type=0):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((ip, 0))
        self.ip, self.ports, self.ssrcs, self.payload_type = ip, ports, ssrcs, payload_type
        self.sent, self.ending = 0, False
        self.thread = threading.Thread(target=self._spray, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ending = True
        self.thread.join()
        self.socket.close()

    def _spray(self):
        sequence = 0
        while not self.ending:
            started = time.monotonic()
            for port in self.ports:
                ssrc = self.ssrcs[sequence % len(self.ssrcs)]
                noise = os.urandom(PACKET)
                data = packet(self.payload_type, sequence, sequence * PACKET, ssrc, noise)
                try:
                    self.socket.sendto(data, (self.ip, port))
                    self.sent += 1
                except OSError:
                    # a closed port says so to the next packet
                    pass
            sequence += 1
            time.sleep(max(0.0, INTERVAL - (time.monotonic() - started)))


class Ear:
    """A socket that hears RTP, and sends it where it is told."""

    def __init__(self, ip="127.0.0.1"):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((ip, 0))
        self.ip, self.port = self.socket.getsockname()
        self.ssrc = int.from_bytes(os.urandom(4), "big")
        self.sequence = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def say(self, where, payload, payload_type=0):
        self.socket.sendto(
            packet(payload_type, self.sequence, self.sequence * PACKET, self.ssrc, payload), where)
        self.sequence += 1

    def hear(self, seconds):
        """The next packet's payload type and payload; `None` when none comes."""
        self.socket.settimeout(seconds)
        try:
            data = self.socket.recv(2048)
        except (TimeoutError, ConnectionError):
            return None
        return data[1] & 0x7F, data[12:]
