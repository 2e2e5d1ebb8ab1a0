"""UDPTL by the letter of T.38 §9.1, so that the product's own reader is not its own judge."""

import collections
import struct

REDUNDANCY = 3


def _string(octets):
    size = len(octets)
    return (bytes([size]) if size < 128 else struct.pack("!H", 0x8000 | size)) + octets


class Sender:
    def __init__(self):
        self.seq, self.latest = 0, collections.deque(maxlen=REDUNDANCY)

    def packet(self, ifp):
        """The next datagram, with those before it once more."""
        data = struct.pack("!H", self.seq) + _string(ifp) + b"\0" + bytes([len(self.latest)])
        data += b"".join(_string(earlier) for earlier in self.latest)
        self.seq = self.seq + 1 & 0xFFFF
        self.latest.appendleft(ifp)
        return data


class Receiver:
    def __init__(self):
        self.next, self.lost, self.repaired = 0, 0, 0

    def take(self, data):
        """Numbers and packets that a datagram makes known, in order."""
        seq, at = struct.unpack("!H", data[:2])[0], 2

        def string():
            nonlocal at
            size, at = data[at], at + 1
            if size & 0x80:
                size, at = (size & 0x3F) << 8 | data[at], at + 1
            at += size
            return data[at - size:at]
        found = [string()]
        if data[at] & 0x80:
            raise ValueError("parity was not offered")
        count, at = data[at + 1], at + 2
        found += [string() for _ in range(count)]
        ahead = seq - self.next & 0xFFFF
        if ahead >= 0x8000:
            return []
        self.next = seq + 1 & 0xFFFF
        known = min(ahead, len(found) - 1)
        self.lost += ahead - known
        self.repaired += known
        return [(seq - back & 0xFFFF, found[back]) for back in range(known, -1, -1)]
