"""A telephone in a page of a real browser: JsSIP, which says a tone and keeps what it hears."""

import base64
import http.server
import json
import os
import threading
import wave

from kit.browser import Browser
from kit.case import true, wait_until
from kit.exchange import ROOT, join

BUNDLE = os.path.join(ROOT, ".tools", "page", "phone.js")
PAGE = b"<!doctype html><meta charset=utf-8><title>Telephone</title><script src=phone.js></script>"
FLAGS = (
    # the certificate of a trial vouches for itself
    "--ignore-certificate-errors",
    # nobody is there to press a button before sound is made
    "--autoplay-policy=no-user-gesture-required",
    # all is on one machine
    "--allow-loopback-in-peer-connection",
    # its camera is made up, and nobody is there to allow it
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
)
# samples per second of what it keeps
RATE = 16000


class Served(http.server.BaseHTTPRequestHandler):
    """Gives the page away, and hears what it tells."""

    def do_GET(self):
        kind, body = "text/html", PAGE
        if self.path == "/phone.js":
            with open(BUNDLE, "rb") as script:
                kind, body = "text/javascript", script.read()
        self._answer(200, kind, body)

    def do_POST(self):
        length = int(self.headers["Content-Length"])
        self.server.hear(json.loads(self.rfile.read(length)))
        self._answer(204, None, b"")

    def _answer(self, status, kind, body):
        self.send_response(status)
        if kind:
            self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class WebPhone:
    """`with WebPhone(…) as anna:` has it registered. It answers every call at once, and with its
    camera where it `shows`."""

    def __init__(self, exchange, domain, number, transport, hertz, ip=None, shows=False):
        true(os.path.exists(BUNDLE), "there is no JsSIP: tools/setup.sh interop")
        self.exchange, self.domain, self.number = exchange, domain, number
        self.ip = ip or exchange.ip
        self.user, self.password = exchange.account(domain, number)
        self.name = f"{self.user}-{transport}"
        self.url = f"{transport}://{join(self.ip, exchange.port_of(transport))}/"
        self.hertz, self.shows, self.told = hertz, shows, []

    def __enter__(self):
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Served)
        self.server.hear = self._hear
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.browser = Browser(FLAGS).__enter__()
        self.browser.open(f"http://127.0.0.1:{self.server.server_port}/")
        # a page counts as opened before its scripts have run
        wait_until("the page has a telephone",
                   lambda: self.browser.run("return Boolean(window.phone);"))
        self._do("register", {
            "url": self.url, "uri": f"sip:{self.user}@{self.domain}", "user": self.user,
            "password": self.password, "hertz": self.hertz, "shows": self.shows,
        })
        self.wait_for("registered")
        return self

    def __exit__(self, *_):
        self.browser.__exit__()
        self.server.shutdown()
        self.server.server_close()

    def _hear(self, event):
        self.told.append(event)

    def _do(self, what, *arguments):
        return self.browser.run(f"return window.phone.{what}(...given);", *arguments)

    def count(self, what):
        return sum(event["what"] == what for event in self.told)

    def wait_for(self, what, count=1):
        """The event of this kind that comes as the count-th."""
        try:
            wait_until(f"{self.name}: {what}", lambda: self.count(what) >= count)
        except AssertionError as late:
            raise AssertionError(f"{late}; the page told {self.told}") from late
        return [event for event in self.told if event["what"] == what][count - 1]

    def dial(self, number):
        self._do("dial", f"sip:{number}@{self.domain}")

    def wait_established(self, count=1):
        self.wait_for("established", count)

    def wait_over(self, count=1):
        return self.wait_for("over", count)

    def hold(self):
        self._do("hold")

    def resume(self):
        self._do("resume")

    def send_on(self, number):
        """A blind transfer of the call (REFER)."""
        self._do("sendOn", f"sip:{number}@{self.domain}")

    def hang_up(self):
        self._do("hangUp")

    def seek_anew(self):
        """Another way for its sound (an ICE restart)."""
        self._do("seekAnew")

    def show(self):
        """Adds its camera to the call."""
        self._do("show")

    def hide(self):
        """Takes its video out of the call."""
        self._do("hide")

    def share_screen(self):
        """Shows its screen in place of its camera."""
        self._do("shareScreen")

    def seen(self):
        """Pictures that have reached it in this call, and what else the browser counts of them."""
        return self._do("seen")

    def vanish(self):
        """Its sound ends, and it says nothing of it."""
        self._do("vanish")

    def packets(self):
        """Packets of sound that have reached it in this call."""
        return self._do("packets")

    def codec(self):
        """The codec that it hears, as `audio/PCMU`."""
        return self._do("codec")

    def reported(self):
        """What the exchange has reported to it, as far as it has."""
        return self._do("reported")

    def transport(self):
        """How its sound is protected, as the browser says."""
        return self._do("transport")

    def heard(self):
        """All it has heard since it began, as a file."""
        path = os.path.join(self.exchange.folder, f"{self.name}-heard.wav")
        octets = base64.b64decode(self._do("heard"))
        true(octets, f"{self.name} heard nothing at all")
        with wave.open(path, "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE)
            file.writeframes(octets)
        return path
