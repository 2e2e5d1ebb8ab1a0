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
    """Shouts at every media port again and again, from a socket nobody asked for: one stream with
    one SSRC and a number after the other, as a telephone would."""

    def __init__(self, exchange, ip, ssrc, payload_type=0):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((ip, 0))
        self.targets = [(exchange.ip, port) for port in exchange.media]
        self.ssrc, self.payload_type = ssrc, payload_type
        self.sent, self.ending = 0, False
        self.thread = threading.Thread(target=self._spray, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ending = True
        self.thread.join()
        self.socket.close()

    def data(self, sequence):
        noise = os.urandom(PACKET)
        return packet(self.payload_type, sequence, sequence * PACKET, self.ssrc, noise)

    def _spray(self):
        sequence = 0
        while not self.ending:
            started = time.monotonic()
            data = self.data(sequence)
            for target in self.targets:
                self.socket.sendto(data, target)
                self.sent += 1
            sequence += 1
            time.sleep(max(0.0, INTERVAL - (time.monotonic() - started)))
