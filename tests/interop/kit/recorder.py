"""A recording server made by hand (RFC 7866): takes every stream that it is offered, and keeps what
comes there and each document of metadata it is sent. The documents are read by another reader than
the product's own."""

import hashlib
import re
import threading
import xml.etree.ElementTree as ET

from kit.case import true, wait_until
from kit.line import Line, token
from kit.voice import Voice

NAMESPACE = "{urn:ietf:params:xml:ns:recording:1}"
OPPOSITE = {"sendonly": "recvonly", "sendrecv": "recvonly", "inactive": "inactive"}


def parts(message):
    """The parts of a body, by media type."""
    kind = message["content-type"]
    boundary = re.search(r'boundary="?([^";]+)', kind)
    if not boundary:
        return {kind.split(";")[0]: message.body}
    found = {}
    for part in message.body.split("--" + boundary.group(1))[1:-1]:
        head, _, body = part.strip("\n").partition("\n\n")
        named = re.search(r"(?im)^content-type:\s*([^;\s]+)", head)
        found[named.group(1).lower()] = body
    return found


class Metadata:
    """A document, as its XML has it."""

    def __init__(self, text):
        self.root = ET.fromstring(text)
        true(self.root.tag == NAMESPACE + "recording", f"a recording: {self.root.tag}")

    def all(self, name):
        return self.root.findall(NAMESPACE + name)

    @property
    def mode(self):
        return self.root.findtext(NAMESPACE + "datamode")

    def addresses(self):
        """The addresses of participants by id."""
        return {one.get("participant_id"): one.find(NAMESPACE + "nameID").get("aor")
                for one in self.all("participant")}

    def speakers(self):
        """Who speaks in which stream, by label."""
        streams = {one.get("stream_id"): one.findtext(NAMESPACE + "label")
                   for one in self.all("stream")}
        who = self.addresses()
        return {streams[send.text]: who[one.get("participant_id")]
                for one in self.all("participantstreamassoc")
                for send in one.findall(NAMESPACE + "send")}

    def sends(self):
        """How many say something now."""
        return len(self.root.findall(f".//{NAMESPACE}send"))


class Recorder(Line):
    """`refuses` is the status with which every session is refused; `silent` says nothing at all;
    `asks` is the user name and the password that whoever calls has to prove."""

    def __init__(self, exchange, ip, refuses=None, silent=False, asks=None):
        super().__init__(exchange, "recorder.example", ip=ip)
        self.refuses, self.silent, self.asks = refuses, silent, asks
        self.account = ("recorder", "nothing")
        self.voices = [Voice(ip, 440), Voice(ip, 440)]
        self.sessions, self.told, self.ended = {}, [], 0
        self.ending = False
        self.thread = threading.Thread(target=self._signal, daemon=True)
        self.thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.ending = True
        self.thread.join()
        for voice in self.voices:
            voice.close()
        self.socket.close()

    def _signal(self):
        done = 0
        while not self.ending:
            self._read(0.1)
            while done < len(self.inbox):
                message = self.inbox[done]
                done += 1
                if message.status is None and not self.silent:
                    self._take_request(message)

    def _take_request(self, request):
        if request.method == "INVITE":
            self._take_invite(request)
        elif request.method == "BYE":
            self.ended += 1
            self.respond(request, 200, "OK")
        elif request.method != "ACK":
            self.respond(request, 200, "OK")

    def _take_invite(self, request):
        if self.refuses:
            return self.respond(request, self.refuses, "Not for you", tag=token())
        if self.asks and not self._is_proved(request):
            challenge = 'Digest realm="recorder", nonce="once", algorithm=MD5, qop="auth"'
            return self.respond(request, 401, "Who are you", tag=token(),
                                headers=[f"WWW-Authenticate: {challenge}"])
        tag = self.sessions.setdefault(request.call_id, token())
        if (request.call_id, request.cseq) not in [(one.call_id, one.cseq) for one in self.told]:
            self.told.append(request)
        body = self._answer(parts(request)["application/sdp"])
        return self.respond(request, 200, "OK", tag=tag, body=body)

    def _is_proved(self, request):
        said = dict(re.findall(r'(\w+)="?([^",]+)"?', request["authorization"]))
        if not said:
            return False
        user, password = self.asks

        def h(text):
            return hashlib.md5(text.encode()).hexdigest()
        words = (h(f"{user}:recorder:{password}"), "once", said["nc"], said["cnonce"], "auth",
                 h(f"{request.method}:{said['uri']}"))
        return said["username"] == user and said["response"] == h(":".join(words))

    def _answer(self, offer):
        lines = ["v=0", f"o=- 7 7 IN IP4 {self.ip}", "s=-", f"c=IN IP4 {self.ip}", "t=0 0"]
        streams = re.split(r"(?m)^m=", offer)[1:]
        for stream, voice in zip(streams, self.voices):
            said = re.search(r"(?m)^a=(sendonly|sendrecv|inactive)", stream).group(1)
            lines += [f"m=audio {voice.port} RTP/AVP 0", f"a={OPPOSITE[said]}"]
        return "\r\n".join(lines) + "\r\n"

    def wait_told(self, count):
        """The INVITE that is so many-th."""
        wait_until(f"the recorder is told {count} times", lambda: len(self.told) >= count)
        return self.told[count - 1]

    def metadata(self, count):
        return Metadata(parts(self.wait_told(count))["application/rs-metadata+xml"])

    def description(self, count):
        return parts(self.wait_told(count))["application/sdp"]

    def packets(self):
        return [len(voice.samples) for voice in self.voices]

    def wait_ended(self):
        wait_until("the session is ended", lambda: self.ended)

    def heard(self, side):
        """All that came in a stream, as a file."""
        path = f"{self.exchange.folder}/recorder-{side}.wav"
        return self.voices[side].write(path, f"stream {side}")
