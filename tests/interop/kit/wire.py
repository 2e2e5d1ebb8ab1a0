"""A wire between one phone and the exchange that loses packets of sound when it is told to."""

import re
import selectors
import socket

from kit.exchange import free_media_port
from kit.nat import OUTSIDE, Nat

OUTWARD, INWARD = "outward", "inward"


def _pair(ip):
    """Two sockets on neighbouring ports, for RTP and RTCP."""
    port = free_media_port(ip)
    both = []
    for at in (port, port + 1):
        one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        one.bind((ip, at))
        both.append(one)
    return both


class Wire(Nat):
    """The phone takes it for the exchange, and the exchange for the phone, of whose one call the
    sound goes this way as well. While `loses` names a direction, every third packet of sound in
    that direction is lost; reports never are."""

    def __init__(self, exchange):
        super().__init__(exchange, meddle=self._lead)
        # what the phone sees of it, and what the exchange does
        self.near, self.far = _pair(exchange.ip), _pair(OUTSIDE)
        # where the sound of either is to go
        self.phone, self.other = None, None
        self.loses, self.lost, self.passed = None, 0, {OUTWARD: 0, INWARD: 0}

    def __enter__(self):
        for near, far, step in zip(self.near, self.far, (0, 1)):
            self.selector.register(
                near, selectors.EVENT_READ,
                lambda one, to=far, step=step: self._carry(one, to, OUTWARD, step))
            self.selector.register(
                far, selectors.EVENT_READ,
                lambda one, to=near, step=step: self._carry(one, to, INWARD, step))
        return super().__enter__()

    def __exit__(self, *words):
        super().__exit__(*words)
        for one in self.near + self.far:
            one.close()

    def _lead(self, text, inward):
        """A description names the wire, so that the sound comes this way."""
        head, gap, body = text.partition("\r\n\r\n")
        found = re.search(r"^m=audio (\d+)", body, re.M)
        if not found:
            return text
        ip = re.search(r"^c=IN IP4 (\S+)", body, re.M).group(1)
        at = ip, int(found.group(1))
        if inward:
            self.other = at
        else:
            self.phone = at
        sockets = self.near if inward else self.far
        mine, port = sockets[0].getsockname()
        body = body.replace(f"m=audio {at[1]} ", f"m=audio {port} ")
        body = re.sub(r"(?m)^((?:c|o)=.*IN IP4 )\S+", rf"\g<1>{mine}", body)
        body = re.sub(r"(?m)^a=rtcp:.*\r\n", "", body)
        head = re.sub(r"(?im)^content-length:.*$", f"Content-Length: {len(body)}", head)
        return head + gap + body

    def _carry(self, one, to, direction, step):
        try:
            # that a port is closed may be told to a sender before it is read here
            data = one.recv(65536, socket.MSG_DONTWAIT)
        except (ConnectionError, BlockingIOError):
            return
        there = self.other if direction == OUTWARD else self.phone
        if there is None:
            return
        if step == 0:
            self.passed[direction] += 1
            if self.loses == direction and self.passed[direction] % 3 == 0:
                self.lost += 1
                return
        try:
            to.sendto(data, (there[0], there[1] + step))
        except ConnectionError:
            # a port that is closed by now says so to the next packet
            pass
