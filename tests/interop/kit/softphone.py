"""A telephone made by hand: says a tone and keeps all it hears, through every change of a call.

baresip stops recording with the first hold, so whoever is put on hold in a test is one of these.
"""

import os
import re
import socket
import struct
import threading
import time
import wave

import numpy as np

from kit.case import true, wait_until
from kit.line import Line, description, token
from kit.rtp import INTERVAL, PACKET, packet

RATE = 8000
OPPOSITE = {"sendrecv": "sendrecv", "sendonly": "recvonly", "recvonly": "sendonly",
            "inactive": "inactive"}


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


class Softphone(Line):
    """Registered, and answering every call at once. `claims` is the address it believes to have,
    as behind a router that translates."""

    def __init__(self, exchange, domain, number, hertz, claims=None):
        super().__init__(exchange, domain, exchange.account(domain, number), claims=claims)
        self.number = self.name = number
        phase = np.arange(RATE) * 2 * np.pi * hertz / RATE
        said = mu_law((np.sin(phase) * 12000).astype(np.int16))
        # whole periods within a second, so it can be repeated for ever
        self.said = [said[i:i + PACKET] for i in range(0, len(said), PACKET)]
        self.media = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.media.bind((self.ip, 0))
        self.media.setblocking(False)
        self.peer, self.direction, self.calls = None, "inactive", {}
        self.heard_samples, self.ended, self.cseq = [], 0, 100
        self.register()
        self.ending = False
        self.threads = [threading.Thread(target=work, daemon=True)
                        for work in (self._signal, self._talk)]
        for thread in self.threads:
            thread.start()

    def __exit__(self, *_):
        self.ending = True
        for thread in self.threads:
            thread.join()
        self.media.close()
        self.socket.close()

    def _signal(self):
        done = 0
        while not self.ending:
            self._read(0.1)
            while done < len(self.inbox):
                message = self.inbox[done]
                done += 1
                if message.status is None:
                    self._take_request(message)

    def _take_request(self, request):
        if request.method == "INVITE":
            tag = self.calls.setdefault(request.call_id, token())
            body = self._agree(request.body)
            self.respond(request, 200, "OK", tag=tag, body=body)
        elif request.method == "BYE":
            self.respond(request, 200, "OK")
            self.peer, self.ended = None, self.ended + 1
        elif request.method != "ACK":
            self.respond(request, 200, "OK")

    def _agree(self, offer):
        """The answer to an offer, which is in force from now on."""
        found = re.search(r"^a=(sendrecv|sendonly|recvonly|inactive)", offer, re.M)
        self.direction = OPPOSITE[found.group(1) if found else "sendrecv"]
        ip = re.search(r"^c=IN IP4 (\S+)", offer, re.M).group(1)
        self.peer = ip, int(re.search(r"^m=audio (\d+)", offer, re.M).group(1))
        return description(self.claims, self.media.getsockname()[1], "0 101", self.direction)

    def _talk(self):
        sequence, ssrc, due = 0, int.from_bytes(os.urandom(4), "big"), time.monotonic()
        while not self.ending:
            peer = self.peer
            if peer and "send" in self.direction:
                data = self.said[sequence % len(self.said)]
                try:
                    self.media.sendto(packet(0, sequence, sequence * PACKET, ssrc, data), peer)
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
                data = self.media.recv(2048)
            except (BlockingIOError, ConnectionError):
                return
            if len(data) > 12 and struct.unpack("!B", data[1:2])[0] & 0x7F == 0:
                self.heard_samples.append(linear(data[12:]))

    def reoffer(self, direction):
        """Offers to send, to hear, both or neither from now on, within the call it was called in."""
        invite = next(m for m in self.inbox if m.status is None and m.method == "INVITE")
        self.cseq += 1
        port = self.media.getsockname()[1]
        text = self.compose(
            "INVITE", invite.contact, sender=f"{invite['to']};tag={self.calls[invite.call_id]}",
            to=invite["from"], call_id=invite.call_id, cseq=self.cseq,
            body=description(self.claims, port, "0 101", direction))
        self.send(text)
        cseq = self.cseq

        def final():
            return next((m for m in self.inbox if m.status and m.status >= 200
                         and m.call_id == invite.call_id and m.cseq == cseq), None)
        answer = wait_until(f"the offer of {self.name} is answered", final)
        true(answer.status == 200, f"the offer of {self.name}: {answer}")
        self.direction = direction
        self.send(self.compose(
            "ACK", invite.contact, sender=answer["from"], to=answer["to"],
            call_id=invite.call_id, cseq=cseq))

    def wait_over(self, count=1):
        wait_until(f"{self.name} is hung up", lambda: self.ended >= count)

    def heard(self):
        """All it has heard since it began, as a file."""
        true(self.heard_samples, f"{self.name} heard nothing at all")
        path = os.path.join(self.exchange.folder, f"{self.name}-heard.wav")
        with wave.open(path, "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE)
            file.writeframes(np.concatenate(list(self.heard_samples)).tobytes())
        return path
