"""A telephone made by hand: says a tone and keeps all it hears, through every change of a call.

baresip stops recording with the first hold, so whoever is put on hold in a test is one of these.
"""

import base64
import os
import re
import threading

from kit.case import true, wait_until
from kit.libsrtp import INBOUND, OUTBOUND, SUITES, Session
from kit.line import Line, description, token
from kit.voice import Voice

OPPOSITE = {"sendrecv": "sendrecv", "sendonly": "recvonly", "recvonly": "sendonly",
            "inactive": "inactive"}


class Softphone(Line):
    """Registered, and answering every call at once. `claims` is the address it believes to have,
    as behind a router that translates; `account` what it proves itself with, where that is not the
    extension's first device."""

    # where its sound comes from, if that is another address than its own
    outside = None

    def __init__(self, exchange, domain, number, hertz, claims=None, account=None):
        account = account or exchange.account(domain, number)
        super().__init__(exchange, domain, account, claims=claims)
        self.number = self.name = number
        self.voice = Voice(self.outside or self.ip, hertz)
        self.calls, self.ended, self.cseq = {}, 0, 100
        self.register()
        self.ending = False
        self.thread = threading.Thread(target=self._signal, daemon=True)
        self.thread.start()

    def __exit__(self, *_):
        self.ending = True
        self.thread.join()
        self.voice.close()
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
            self.voice.peer, self.ended = None, self.ended + 1
        elif request.method != "ACK":
            self.respond(request, 200, "OK")

    def _agree(self, offer):
        """The answer to an offer, which is in force from now on."""
        found = re.search(r"^a=(sendrecv|sendonly|recvonly|inactive)", offer, re.M)
        self.voice.direction = OPPOSITE[found.group(1) if found else "sendrecv"]
        ip = re.search(r"^c=IN IP4 (\S+)", offer, re.M).group(1)
        self.voice.peer = ip, int(re.search(r"^m=audio (\d+)", offer, re.M).group(1))
        return description(self.claims, self.voice.port, "0 101", self.voice.direction)

    def reoffer(self, direction):
        """Offers to send, to hear, both or neither from now on, within the call it was called in."""
        invite = next(m for m in self.inbox if m.status is None and m.method == "INVITE")
        self.cseq += 1
        self.send(self.compose(
            "INVITE", invite.contact, sender=f"{invite['to']};tag={self.calls[invite.call_id]}",
            to=invite["from"], call_id=invite.call_id, cseq=self.cseq,
            body=description(self.claims, self.voice.port, "0 101", direction)))
        cseq = self.cseq

        def final():
            return next((m for m in self.inbox if m.status and m.status >= 200
                         and m.call_id == invite.call_id and m.cseq == cseq), None)
        answer = wait_until(f"the offer of {self.name} is answered", final)
        true(answer.status == 200, f"the offer of {self.name}: {answer}")
        self.voice.direction = direction
        self.send(self.compose(
            "ACK", invite.contact, sender=answer["from"], to=answer["to"],
            call_id=invite.call_id, cseq=cseq))

    def press_record(self, word):
        """Presses the key for recording, within the call it was called in; what is answered."""
        invite = next(m for m in self.inbox if m.status is None and m.method == "INVITE")
        self.cseq += 1
        self.send(self.compose(
            "INFO", invite.contact, sender=f"{invite['to']};tag={self.calls[invite.call_id]}",
            to=invite["from"], call_id=invite.call_id, cseq=self.cseq,
            headers=[f"Record: {word}"]))
        cseq = self.cseq

        def final():
            return next((m for m in self.inbox if m.status and m.status >= 200
                         and m.call_id == invite.call_id and m.cseq == cseq), None)
        return wait_until("the key is answered", final)

    def refer(self, number):
        """Sends whoever has called it on to another number (RFC 3515)."""
        invite = next(m for m in self.inbox if m.status is None and m.method == "INVITE")
        self.cseq += 1
        self.send(self.compose(
            "REFER", invite.contact, sender=f"{invite['to']};tag={self.calls[invite.call_id]}",
            to=invite["from"], call_id=invite.call_id, cseq=self.cseq,
            headers=[f"Refer-To: <sip:{number}@{self.domain}>"]))

    def wait_over(self, count=1):
        wait_until(f"{self.name} is hung up", lambda: self.ended >= count)

    def packets(self):
        """Packets of sound that have reached it."""
        return len(self.voice.samples)

    def heard(self):
        """All it has heard since it began, as a file."""
        path = os.path.join(self.exchange.folder, f"{self.name}-heard.wav")
        return self.voice.write(path, self.name)


class ProtectedSoftphone(Softphone):
    """One whose sound is protected by libsrtp. With each new key that it is offered it takes a new
    one of its own."""

    def __init__(self, *words, **more):
        # the keys it was offered, and its line for the last of them
        self.offered, self.line = [], ""
        super().__init__(*words, **more)

    def _agree(self, offer):
        answer = super()._agree(offer)
        answer = answer.replace("RTP/AVP", re.search(r"RTP/S?AVP", offer).group())
        tag, suite, key = re.search(r"^a=crypto:(\d+) (\S+) inline:(\S+)", offer, re.M).groups()
        if self.offered[-1:] == [key]:
            # the same INVITE again
            return answer + self.line
        own = os.urandom(SUITES[suite][0])
        self.voice.protection = (Session(suite, own, OUTBOUND),
                                 Session(suite, base64.b64decode(key), INBOUND))
        self.offered.append(key)
        self.line = f"a=crypto:{tag} {suite} inline:{base64.b64encode(own).decode()}\r\n"
        return answer + self.line
