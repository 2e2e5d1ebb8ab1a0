"""A freshly made exchange with the demo companies, started and stopped by the tests."""

import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BINARY = os.environ.get("STROWGER", os.path.join(ROOT, "target", "release", "strowger"))


def free_port(ip="127.0.0.1"):
    """A port free for UDP and TCP alike."""
    for _ in range(100):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as tcp:
            tcp.bind((ip, 0))
            port = tcp.getsockname()[1]
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
                try:
                    udp.bind((ip, port))
                    return port
                except OSError:
                    continue
    raise RuntimeError("no free port")


class Exchange:
    """`with Exchange() as exchange:`"""

    def __init__(self, ip="127.0.0.1", load=0, media_ports="40000-40999"):
        self.ip, self.load, self.media_ports = ip, load, media_ports
        self.folder = tempfile.mkdtemp(prefix="strowger-interop-")
        self.data = os.path.join(self.folder, "data")
        self.sip, self.http = free_port(ip), free_port("127.0.0.1")
        self.process = None
        made = [BINARY, "demo", "--data", self.data, "--json"]
        if load:
            made += ["--load", str(load)]
        out = subprocess.run(made, check=True, stdout=subprocess.PIPE, text=True).stdout
        demo = json.loads(out)
        self.token = demo["operator_token"]
        self.companies = {company["domain"]: company for company in demo["tenants"]}

    def account(self, domain, number):
        """User name and password of an extension's device."""
        for extension in self.companies[domain]["extensions"]:
            if extension["number"] == number:
                device = extension["devices"][0]
                return device["username"], device["password"]
        raise KeyError(f"{number}@{domain}")

    def start(self):
        self.log = open(os.path.join(self.folder, "log"), "ab")
        self.process = subprocess.Popen(
            [
                BINARY, "serve", "--data", self.data,
                "--sip", f"{self.ip}:{self.sip}", "--http", f"127.0.0.1:{self.http}",
                "--media", self.ip, "--media-ports", self.media_ports,
            ],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self.log, text=True,
        )
        line = self.process.stdout.readline()
        if not line.startswith("ready"):
            raise RuntimeError(f"the exchange did not start: {line!r}, {self.last_words()}")
        return self

    def last_words(self):
        with open(os.path.join(self.folder, "log"), encoding="utf-8", errors="replace") as log:
            return log.read()[-2000:]

    def kill(self):
        """As when the power fails."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.send_signal(signal.SIGTERM)
                self.process.wait(20)

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()
        if not os.environ.get("KEEP"):
            shutil.rmtree(self.folder, ignore_errors=True)

    def api(self, path, method="GET", body=None, token=None, headers=None):
        """Status and document of a request to the API."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.http}{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={
                "Authorization": f"Bearer {token or self.token}",
                "Content-Type": "application/json",
                **(headers or {}),
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                text = answer.read()
                return answer.status, json.loads(text) if text else None
        except urllib.error.HTTPError as error:
            text = error.read()
            return error.code, json.loads(text) if text else None

    def items(self, path):
        """Every item of a list, page after page."""
        found, after = [], None
        while True:
            glue = "&" if "?" in path else "?"
            page = f"{path}{glue}limit=200" + (f"&after={after}" if after else "")
            status, document = self.api(page)
            if status != 200:
                raise RuntimeError(f"{page}: {status} {document}")
            found += document["items"]
            after = document.get("next")
            if not after:
                return found

    def cdrs(self, domain):
        return self.items(f"/api/v1/tenants/{domain}/cdrs")

    def calls(self, domain):
        return self.items(f"/api/v1/tenants/{domain}/calls")

    def registrations(self, domain):
        return self.items(f"/api/v1/tenants/{domain}/registrations")


def wait_until(what, condition, seconds=30):
    """Polls until the condition holds; a bound, not an expectation, of time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError(f"did not happen within {seconds} s: {what}")
