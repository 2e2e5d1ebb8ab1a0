"""A freshly made exchange with the demonstration companies, in a folder of its own."""

import json
import os
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import urllib.error
import urllib.parse
import urllib.request

from kit.case import wait_until

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
BINARY = os.path.abspath(
    os.environ.get("STROWGER", os.path.join(ROOT, "target", "debug", "strowger"))
)
# below the kernel's own range, and apart for tests that run side by side
SLOT = int(os.environ.get("INTEROP_SLOT", "0"))
MEDIA_FIRST, MEDIA_COUNT = 20000, 400
PORT_FIRST, PORT_COUNT = 12000 + SLOT * 2000, 2000
# the upper ones are given out in fours: SIPp takes a port for sound, the next but one for
# pictures, and the two beside them
BLOCK, BLOCKS = 4, 100
SINGLE_COUNT = PORT_COUNT - BLOCK * BLOCKS
PORTS = random.sample(range(PORT_FIRST, PORT_FIRST + SINGLE_COUNT), SINGLE_COUNT)
BLOCK_FIRSTS = random.sample(
    range(PORT_FIRST + SINGLE_COUNT, PORT_FIRST + PORT_COUNT, BLOCK), BLOCKS)
ACME, GLOBEX = "acme.example", "globex.example"


def free_port(ip="127.0.0.1"):
    """A port free for UDP and TCP alike, that nobody else takes before it is used: no other test,
    and no connection, whose ports the kernel picks above."""
    while PORTS:
        port = PORTS.pop()
        if is_free(ip, port):
            return port
    raise RuntimeError("no free port")


def free_media_port(ip="127.0.0.1"):
    """The first of four ports in a row, all of them free, for the sound of one SIPp."""
    while BLOCK_FIRSTS:
        first = BLOCK_FIRSTS.pop()
        if all(is_free(ip, first + one) for one in range(BLOCK)):
            return first
    raise RuntimeError("no four free ports in a row")


def is_free(ip, port):
    family = socket.AF_INET6 if ":" in ip else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as tcp, \
            socket.socket(family, socket.SOCK_DGRAM) as udp:
        try:
            tcp.bind((ip, port))
            udp.bind((ip, port))
        except OSError:
            return False
    return True


def wait_taken(who, ports, table="tcp"):
    """Waits until somebody listens at all these ports; `table` is the kernel's, in /proc/net."""
    wanted = [f":{port:04X} " for port in ports]

    def listens():
        with open(f"/proc/net/{table}", encoding="ascii") as sockets:
            rows = [row for row in sockets if table.startswith("udp") or " 0A " in row]
        return all(any(port in row for row in rows) for port in wanted)
    wait_until(f"{who} listens", listens)


def join(ip, port):
    return f"[{ip}]:{port}" if ":" in ip else f"{ip}:{port}"


def decoded(text):
    """JSON, or the text itself where the answer is for people."""
    try:
        return json.loads(text)
    except ValueError:
        return text.decode()


class Exchange:
    """`with Exchange() as exchange:`; `also` is a second address it listens at."""

    def __init__(self, ip="127.0.0.1", also=None):
        self.ip, self.ips = ip, [ip] + ([also] if also else [])
        first = MEDIA_FIRST + SLOT * MEDIA_COUNT
        self.media = range(first, first + MEDIA_COUNT)
        self.folder = tempfile.mkdtemp(prefix="strowger-interop-")
        self.data = os.path.join(self.folder, "data")
        self.sip, self.http = free_port(ip), free_port()
        self.process = self.log = self.ready = self.store = None
        # further flags of `serve`, and where it listens besides
        self.flags, self.ports = [], {}
        # what its environment has besides
        self.env = {}
        made = self.command_line("demo", "--data", self.data, "--json")
        demo = json.loads(made.stdout)
        self.token = demo["operator_token"]
        self.companies = {company["domain"]: company for company in demo["tenants"]}

    @property
    def at(self):
        """Where SIP is spoken, as it is written in an address."""
        return join(self.ip, self.sip)

    def also_speaks(self, *transports):
        """Has it listen for TLS, WS or WSS too, each at a port of its own; before it starts."""
        for transport in transports:
            self.ports[transport] = free_port(self.ip)
            at = ",".join(join(ip, self.ports[transport]) for ip in self.ips)
            self.flags += [f"--sip-{transport}", at]
        return self

    def port_of(self, transport):
        return self.ports.get(transport, self.sip)

    @property
    def certificate(self):
        """The file of the certificate that was made for the trial, which vouches for itself."""
        return os.path.join(self.data, "sip.crt")

    @staticmethod
    def command_line(*words, check=True, env=None):
        return subprocess.run(
            [BINARY, *words], check=check, capture_output=True, text=True, timeout=80,
            stdin=subprocess.DEVNULL, env={**os.environ, **(env or {})},
        )

    def command(self, *words):
        """A command, as a process of its own, that changes what calls go by; waits until they do.
        Gives what it printed."""
        before = self.metrics()["strowger_changes_followed_total"]
        printed = self.command_line(*words, "--data", self.data).stdout
        wait_until("calls go by what was commanded", lambda: self.metrics()[
            "strowger_changes_followed_total"] > before)
        return printed

    def account(self, domain, number):
        """User name and password of an extension's device."""
        for extension in self.companies[domain]["extensions"]:
            if extension["number"] == number:
                device = extension["devices"][0]
                return device["username"], device["password"]
        raise KeyError(f"{number}@{domain}")

    def add_device(self, domain, number, username):
        """One more phone on an extension; gives its account."""
        status, made = self.api(
            f"/api/v1/tenants/{domain}/devices", "POST",
            {"username": username, "extension": number},
        )
        if status != 201:
            raise RuntimeError(f"no device {username}: {status} {made}")
        return username, made["secret"]

    def start(self):
        self.log = open(os.path.join(self.folder, "log"), "ab")
        self.process = subprocess.Popen(
            [
                BINARY, "serve", "--data", self.data,
                "--sip", ",".join(join(ip, self.sip) for ip in self.ips),
                "--http", f"127.0.0.1:{self.http}", "--media", ",".join(self.ips),
                "--media-ports", f"{self.media.start}-{self.media.stop - 1}",
                *(["--store", self.store] if self.store else []),
                *self.flags,
            ],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self.log, text=True,
            env={**os.environ, **self.env},
        )
        self.ready = self.process.stdout.readline().strip()
        if not self.ready.startswith("ready"):
            raise RuntimeError(f"the exchange did not start: {self.ready!r}, {self.last_words()}")
        return self

    def last_words(self):
        with open(os.path.join(self.folder, "log"), encoding="utf-8", errors="replace") as log:
            return log.read()[-2000:]

    def kill(self):
        """As when the power fails."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.process.stdout.close()
        self.log.close()

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(2)
            except subprocess.TimeoutExpired:
                self.process.send_signal(signal.SIGTERM)
                self.process.wait(20)

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()
        if os.environ.get("KEEP"):
            print(f"kept: {self.folder}")
        else:
            shutil.rmtree(self.folder, ignore_errors=True)

    def api(self, path, method="GET", body=None, headers=None):
        """Status and document of a request to the API. A body that is bytes goes as it is."""
        raw = isinstance(body, bytes)
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.http}{path}",
            method=method,
            data=body if raw or body is None else json.dumps(body).encode(),
            headers={
                "Authorization": f"Bearer {self.token}",
                "Content-Type": "application/octet-stream" if raw else "application/json",
                **(headers or {}),
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                text = answer.read()
            if method != "GET":
                self.wait_followed()
            return answer.status, decoded(text)
        except urllib.error.HTTPError as error:
            text = error.read()
            return error.code, decoded(text)

    def wait_followed(self):
        """Waits until calls go by what was changed by the API: it answers a moment before."""
        def is_followed():
            try:
                figures = self.metrics()
            except urllib.error.HTTPError:
                return True  # whoever may not read the figures does not wait
            return figures["strowger_changes_followed_total"] >= figures["strowger_changes_total"]
        wait_until("calls go by what was changed", is_followed, every=0.02)

    def metrics(self):
        """All figures: name with labels → value."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.http}/metrics",
            headers={"Authorization": f"Bearer {self.token}"},
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            lines = answer.read().decode().splitlines()
        pairs = (line.rsplit(" ", 1) for line in lines if line and not line.startswith("#"))
        return {name: float(value) for name, value in pairs}

    def items(self, path):
        """Every item of a list, page after page."""
        found, after = [], None
        while True:
            glue = "&" if "?" in path else "?"
            page = f"{path}{glue}limit=200"
            if after:
                page += f"&after={urllib.parse.quote(after)}"
            status, document = self.api(page)
            if status != 200:
                raise RuntimeError(f"{page}: {status} {document}")
            found += document["items"]
            after = document.get("next")
            if not after:
                return found

    def cdrs(self, domain=ACME):
        return self.items(f"/api/v1/tenants/{domain}/cdrs")

    def calls(self, domain=ACME):
        return self.items(f"/api/v1/tenants/{domain}/calls")

    def registrations(self, domain=ACME):
        return self.items(f"/api/v1/tenants/{domain}/registrations")

    def wait_cdrs(self, count, domain=ACME):
        """The company's records once there are that many; more than that is wrong, too."""
        found = wait_until(
            f"{count} records of {domain}",
            lambda: (c := self.cdrs(domain)) and len(c) >= count and c,
        )
        if len(found) != count:
            raise AssertionError(f"{len(found)} records of {domain} instead of {count}: {found}")
        for cdr in found:
            if not cdr["explanation"]:
                raise AssertionError(f"a record without an explanation: {cdr}")
        return found

    def one_cdr(self, domain=ACME):
        return self.wait_cdrs(1, domain)[0]
