"""A SIP endpoint made by hand: says exactly what a test wants to be said, honest or not."""

import hashlib
import itertools
import os
import re
import select
import socket
import threading
import time

from kit.case import wait_until
from kit.exchange import join
from kit.message import Message

COUNTER = itertools.count(1)
# how long an answer may take before a request is said again (RFC 3261 §17.1.1.1, T1)
AGAIN = 0.5
# a source that fails more often than twice a second is taken for a guesser, whose answers are
# rationed
UNHURRIED = 0.6


def token():
    return f"{os.urandom(6).hex()}{next(COUNTER)}"


def description(ip, port, codecs="0 8 101", direction="sendrecv"):
    family = "IP6" if ":" in ip else "IP4"
    return (
        f"v=0\r\no=- 1 1 IN {family} {ip}\r\ns=-\r\nc=IN {family} {ip}\r\nt=0 0\r\n"
        f"m=audio {port} RTP/AVP {codecs}\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\n"
        f"a=rtpmap:101 telephone-event/8000\r\na={direction}\r\n"
    )


def proof(challenge, account, method, uri, count=1):
    """The value of Authorization that answers a challenge (RFC 7616, RFC 8760)."""
    user, password = account
    given = dict(re.findall(r'(\w+)=(?:"([^"]*)"|[^,\s]+)', challenge))
    bare = dict(re.findall(r"(\w+)=([^\",\s]+)", challenge))
    algorithm = bare.get("algorithm", "MD5")
    digest = hashlib.sha256 if algorithm == "SHA-256" else hashlib.md5

    def h(text):
        return digest(text.encode()).hexdigest()

    realm, nonce, cnonce, nc = given["realm"], given["nonce"], token(), f"{count:08x}"
    secret = h(f"{user}:{realm}:{password}")
    response = h(f"{secret}:{nonce}:{nc}:{cnonce}:auth:{h(f'{method}:{uri}')}")
    return (
        f'Digest username="{user}", realm="{realm}", nonce="{nonce}", uri="{uri}", '
        f'response="{response}", algorithm={algorithm}, qop=auth, cnonce="{cnonce}", nc={nc}'
    )


class Line:
    def __init__(self, exchange, domain, account=("nobody", "nothing"), transport="udp", ip=None,
                 claims=None):
        self.exchange, self.domain, self.account = exchange, domain, account
        self.transport, self.ip = transport, ip or exchange.ip
        self.claims = claims or self.ip
        family = socket.AF_INET6 if ":" in self.ip else socket.AF_INET
        kind = socket.SOCK_DGRAM if transport == "udp" else socket.SOCK_STREAM
        self.socket = socket.socket(family, kind)
        self.socket.bind((self.ip, 0))
        if transport == "tcp":
            self.socket.settimeout(5)
            self.socket.connect((exchange.ip, exchange.sip))
        self.port = self.socket.getsockname()[1]
        self.inbox, self.held = [], b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    @property
    def at(self):
        """Where it says that it is."""
        return join(self.claims, self.port)

    @property
    def aor(self):
        return f"sip:{self.account[0]}@{self.domain}"

    def send(self, text):
        data = text.encode() if isinstance(text, str) else text
        if self.transport == "udp":
            self.socket.sendto(data, (self.exchange.ip, self.exchange.sip))
        else:
            self.socket.sendall(data)

    def _read(self, seconds):
        readable, _, _ = select.select([self.socket], [], [], max(0, seconds))
        if not readable:
            return False
        # a datagram that two threads wait for is read by one of them
        flags = socket.MSG_DONTWAIT if self.transport == "udp" else 0
        try:
            data = self.socket.recv(65536, flags)
        except (ConnectionError, BlockingIOError):
            return False
        if self.transport == "udp":
            self._take(data)
            return True
        self.held += data
        while b"\r\n\r\n" in self.held:
            head, _, rest = self.held.partition(b"\r\n\r\n")
            length = re.search(rb"(?im)^(?:content-length|l)\s*:\s*(\d+)", head)
            size = int(length.group(1)) if length else 0
            if len(rest) < size:
                break
            self._take(head + b"\r\n\r\n" + rest[:size])
            self.held = rest[size:]
        return bool(data)

    def _take(self, data):
        if data.strip():
            self.inbox.append(Message(data))

    def wait(self, wanted, seconds=10):
        """The first message that is wanted; `None` when none came in time."""
        deadline, seen = time.monotonic() + seconds, 0
        while True:
            for message in self.inbox[seen:]:
                if wanted(message):
                    return message
            seen = len(self.inbox)
            left = deadline - time.monotonic()
            if left <= 0 or (not self._read(left) and self.transport == "tcp"):
                return None

    def registration(self):
        """The status that a REGISTER of its own is answered with, if it is."""
        answer = self.request("REGISTER", f"sip:{self.domain}", to=f"<{self.aor}>")
        return answer and answer.status

    def wait_registered(self, what):
        """Registers until it may. A phone would try again, too, but only after a longer pause."""
        wait_until(what, lambda: self.registration() == 200, every=UNHURRIED)

    def drain(self):
        """All that has come so far."""
        while self._read(0):
            pass
        return self.inbox

    def compose(self, method, uri, **more):
        """A request. `to`, `sender`, `call_id`, `cseq`, `branch`, `via`, `contact`, `headers`
        and `body` replace what would be said by default."""
        branch = more.get("branch") or "z9hG4bK" + token()
        body = more.get("body", "")
        lines = [
            f"{method} {uri} SIP/2.0",
            more.get("via")
            or f"Via: SIP/2.0/{self.transport.upper()} {self.at};branch={branch};rport",
            "From: " + (more.get("sender") or f"<{self.aor}>;tag={token()}"),
            "To: " + (more.get("to") or f"<{uri}>"),
            f"Call-ID: {more.get('call_id') or token()}",
            f"CSeq: {more.get('cseq', 1)} {more.get('cseq_method', method)}",
            "Max-Forwards: 70",
        ]
        if method not in ("BYE", "CANCEL", "ACK"):
            user = self.account[0]
            contact = f"<sip:{user}@{self.at};transport={self.transport}>"
            lines.append(f"Contact: {more.get('contact') or contact}")
        lines += more.get("headers", [])
        if body:
            lines.append("Content-Type: " + more.get("content_type", "application/sdp"))
        lines.append(f"Content-Length: {len(body.encode())}")
        return "\r\n".join(lines) + "\r\n\r\n" + body

    def ask(self, text, seconds=10, final=True):
        """Sends a request and gives its (final) response; `None` when none comes."""
        sent = Message(text)

        def wanted(message):
            return (message.status and message.call_id == sent.call_id
                    and message.cseq == sent.cseq and message.method == sent.method
                    and (message.status >= 200 or not final))
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self.send(text)
            again = AGAIN if self.transport == "udp" else seconds
            answer = self.wait(wanted, min(again, seconds))
            provisional = any(m.status and m.status < 200 and m.call_id == sent.call_id
                              and m.cseq == sent.cseq for m in self.inbox)
            if answer is None and provisional:
                answer = self.wait(wanted, deadline - time.monotonic())
            if answer:
                return answer
            if self.transport == "tcp":
                return None
        return None

    def request(self, method, uri, seconds=10, **more):
        """A request with the account's proof once it is asked for; its final response. A refused
        INVITE is acknowledged."""
        more.setdefault("call_id", token())
        more.setdefault("sender", f"<{self.aor}>;tag={token()}")
        cseq = more.pop("cseq", 1)
        headers = more.pop("headers", [])
        first = self.compose(method, uri, cseq=cseq, headers=headers, **more)
        answer = self.ask(first, seconds)
        if answer is not None and method == "INVITE" and answer.status >= 300:
            self.acknowledge(first, answer)
        if answer is None or answer.status not in (401, 407):
            return answer
        name = "www-authenticate" if answer.status == 401 else "proxy-authenticate"
        said = "Authorization" if answer.status == 401 else "Proxy-Authorization"
        proved = proof(answer[name], self.account, method, uri)
        second = self.compose(method, uri, cseq=cseq + 1,
                              headers=[*headers, f"{said}: {proved}"], **more)
        answer = self.ask(second, seconds)
        if answer is not None and method == "INVITE" and answer.status >= 300:
            self.acknowledge(second, answer)
        return answer

    def acknowledge(self, request, response):
        """ACK of a refusal: same branch (RFC 3261 §17.1.1.3)."""
        sent = Message(request)
        self.send(self.compose(
            "ACK", sent.uri, branch=sent.branch, sender=sent["from"], to=response["to"],
            call_id=sent.call_id, cseq=sent.cseq,
        ))

    def register(self, expires=300):
        answer = self.request("REGISTER", f"sip:{self.domain}", to=f"<{self.aor}>",
                              headers=[f"Expires: {expires}"])
        if answer is None or answer.status != 200:
            raise AssertionError(f"{self.account[0]} is not registered: {answer}")
        return self

    def invite(self, uri, media_port=9, seconds=20, **more):
        """Calls; gives a dialog that is up, or the refusing response."""
        sender, call_id = f"<{self.aor}>;tag={token()}", token()
        sender = more.pop("sender", sender)
        body = more.pop("body", description(self.ip, media_port))
        answer = self.request("INVITE", uri, seconds, sender=sender, call_id=call_id, body=body,
                              **more)
        if answer is None or answer.status >= 300:
            return answer
        dialog = Dialog(self, call_id, answer["from"], answer["to"], answer.contact, answer.cseq)
        dialog.answer = answer
        dialog.acknowledge()
        return dialog

    def respond(self, request, status, phrase="Whatever", tag=None, body="", headers=()):
        """A response to a request that came in."""
        to = request["to"]
        if tag and "tag=" not in to:
            to += f";tag={tag}"
        lines = [f"SIP/2.0 {status} {phrase}"]
        lines += [f"Via: {via}" for via in request.all("via")]
        lines += [f"From: {request['from']}", f"To: {to}", f"Call-ID: {request.call_id}",
                  f"CSeq: {request['cseq']}",
                  f"Contact: <sip:{self.account[0]}@{self.at};transport={self.transport}>",
                  *headers]
        if body:
            lines.append("Content-Type: application/sdp")
        lines.append(f"Content-Length: {len(body.encode())}")
        self.send("\r\n".join(lines) + "\r\n\r\n" + body)

    def wait_request(self, method, seconds=10):
        return self.wait(lambda m: m.status is None and m.method == method, seconds)


class Dialog:
    """A call that is up, seen from one line."""

    def __init__(self, line, call_id, local, remote, target, cseq):
        self.line, self.call_id = line, call_id
        self.local, self.remote, self.target, self.cseq = local, remote, target, cseq
        self.answer = None

    def acknowledge(self, body=""):
        self.line.send(self.line.compose(
            "ACK", self.target, sender=self.local, to=self.remote, call_id=self.call_id,
            cseq=self.cseq, body=body))

    def ask(self, method, **more):
        """A request within the call; its final response."""
        self.cseq += 1
        answer = self.line.ask(self.line.compose(
            method, self.target, sender=self.local, to=self.remote, call_id=self.call_id,
            cseq=self.cseq, **more))
        if method == "INVITE" and answer is not None and answer.status < 300:
            self.acknowledge()
        return answer

    def hang_up(self):
        answer = self.ask("BYE")
        if answer is None or answer.status != 200:
            raise AssertionError(f"BYE was answered {answer}")


def answer_next(line, media_port=9):
    """Answers the next call to a line, in the background; join the thread that is given."""

    def answer():
        invite = line.wait_request("INVITE")
        if invite:
            line.respond(invite, 200, "OK", tag=token(), body=description(line.ip, media_port))

    thread = threading.Thread(target=answer, daemon=True)
    thread.start()
    return thread
