"""A telephone's sound made by hand that reports how it hears by extended reports (RFC 3611), and
keeps those that come to it."""

import re
import socket
import struct
import threading
import time

from kit.rtp import INTERVAL, PACKET, packet

RECEIVER_REPORT, DESCRIPTION, EXTENDED_REPORT = 201, 202, 207
REFERENCE, ANSWERS, VOIP_METRICS = 4, 5, 7
SSRC = 0x0a0b0c0d
UNKNOWN = 127
# the middle 32 bits of the time by which it asks for the round trip, and that time
MIDDLE = 0x0bad1dea
REFERENCE_TIME = MIDDLE << 16


def pair(ip):
    """Two sockets at neighbouring ports, the first of which is even."""
    while True:
        rtp, rtcp = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
        rtp.bind((ip, 0))
        port = rtp.getsockname()[1]
        try:
            if port % 2 == 0:
                rtcp.bind((ip, port + 1))
                return rtp, rtcp
        except OSError:
            pass
        rtp.close()
        rtcp.close()


class Reporter:
    """Talks once it is told to whom (`begin`), and leaves out what `loses` says of each number.
    `metrics` are those of its own: discard and burst density in 1/256, burst length in ms, MOS of
    listening times 10."""

    def __init__(self, ip, metrics, loses=lambda _: False):
        self.rtp, self.rtcp = pair(ip)
        for each in (self.rtp, self.rtcp):
            each.setblocking(False)
        self.port = self.rtp.getsockname()[1]
        self.metrics, self.loses = metrics, loses
        # the source that it hears, and the highest of its numbers
        self.heard, self.highest = None, 0
        # what came: metrics of how it is heard, answers to the time it asked by
        self.voip, self.answers = [], []
        self.peer, self.ending = None, False
        self.thread = threading.Thread(target=self._run, daemon=True)

    def description(self, text):
        """A description that says which extended reports it wants."""
        return text + "a=rtcp-xr:rcvr-rtt=all voip-metrics\r\n"

    def begin(self, answer):
        """Talks to whoever has answered so."""
        ip = re.search(r"^c=IN IP4 (\S+)", answer, re.M).group(1)
        port = int(re.search(r"^m=audio (\d+)", answer, re.M).group(1))
        told = re.search(r"^a=rtcp:(\d+)", answer, re.M)
        self.peer = (ip, port), (ip, int(told.group(1)) if told else port + 1)
        self.thread.start()

    def close(self):
        self.ending = True
        self.thread.join()
        self.rtp.close()
        self.rtcp.close()

    def _run(self):
        sequence, due = 0, time.monotonic()
        while not self.ending:
            if not self.loses(sequence):
                data = packet(0, sequence, sequence * PACKET, SSRC, b"\xd5" * PACKET)
                self._send(self.rtp, data, self.peer[0])
            if sequence % 100 == 99:
                self._send(self.rtcp, self._report(), self.peer[1])
            sequence += 1
            self._listen()
            due += INTERVAL
            time.sleep(max(0.0, due - time.monotonic()))

    def _send(self, way, data, to):
        try:
            way.sendto(data, to)
        except ConnectionError:
            # a port that is closed just now says so to the next packet
            pass

    def _report(self):
        block = b""
        if self.heard is not None:
            block = struct.pack("!IBBHIIII", self.heard, 0, 0, 0, self.highest, 8, 0, 0)
        head = 0x80 | (1 if block else 0)
        report = struct.pack("!BBHI", head, RECEIVER_REPORT, 1 + len(block) // 4, SSRC) + block
        report += struct.pack("!BBHIBB6s4x", 0x81, DESCRIPTION, 4, SSRC, 1, 6, b"by@han")
        blocks = struct.pack("!BBHQ", REFERENCE, 0, 2, REFERENCE_TIME)
        if self.heard is not None:
            discard, density, length, mos = self.metrics
            blocks += struct.pack(
                "!BBHIBBBBHHHHbbBBBBBBBBHHH", VOIP_METRICS, 0, 8, self.heard, 0, discard, density,
                0, length, 9000, 0, 60, -20, -60, UNKNOWN, 16, 80, UNKNOWN, mos, mos, 0, 0, 40, 80,
                160)
        return report + struct.pack("!BBHI", 0x80, EXTENDED_REPORT, 1 + len(blocks) // 4,
                                    SSRC) + blocks

    def _listen(self):
        for each in (self.rtp, self.rtcp):
            while True:
                try:
                    data = each.recv(2048)
                except (BlockingIOError, ConnectionError):
                    break
                if 200 <= data[1] <= 207:
                    self._take(data)
                else:
                    self.highest, _, self.heard = struct.unpack("!HII", data[2:12])

    def _take(self, compound):
        while compound:
            kind, words = struct.unpack("!xBH", compound[:4])
            whole, compound = compound[:4 * (words + 1)], compound[4 * (words + 1):]
            blocks = whole[8:] if kind == EXTENDED_REPORT else b""
            while blocks:
                kind, words = struct.unpack("!BxH", blocks[:4])
                block, blocks = blocks[:4 * (words + 1)], blocks[4 * (words + 1):]
                if kind == VOIP_METRICS:
                    names = ("ssrc", "loss", "discard", "burst_density", "gap_density", "burst_ms",
                             "gap_ms", "round_trip_ms")
                    self.voip.append(dict(zip(names, struct.unpack("!IBBBBHHH", block[4:18]))))
                elif kind == ANSWERS:
                    self.answers.append(struct.unpack("!III", block[4:16]))
