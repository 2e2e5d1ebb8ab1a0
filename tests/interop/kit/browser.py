"""A real browser without a window: Chromium, driven by WebDriver, with an authenticator of its own
(Web Authentication Level 3 §11)."""

import base64
import json
import subprocess
import tempfile
import urllib.error
import urllib.request

from kit.case import wait_until
from kit.exchange import free_port

FLAGS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
         "--no-first-run", "--disable-background-networking", "--window-size=900,1100"]


class Browser:
    """`with Browser() as browser:`. Its authenticator verifies its owner by itself; `flags` are
    further ones of Chromium."""

    def __init__(self, flags=()):
        self.flags = flags

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="strowger-interop-")
        self.port = free_port()
        self.driver = subprocess.Popen(
            ["chromedriver", f"--port={self.port}"], stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_until("the driver is ready", self._is_ready)
        language = "--lang=en-US", "--accept-lang=en-US"
        options = {"args": [*FLAGS, *self.flags, *language, f"--user-data-dir={self.folder.name}"]}
        wanted = {"capabilities": {"alwaysMatch": {
            "browserName": "chrome", "goog:chromeOptions": options,
            "webauthn:virtualAuthenticators": True,
            "timeouts": {"script": 30_000},
        }}}
        self.base = "/session/" + self._ask("POST", "/session", wanted)["sessionId"]
        self.authenticator = self.tell("POST", "/webauthn/authenticator", {
            "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
            "hasUserVerification": True, "isUserVerified": True, "isUserConsenting": True,
        })
        return self

    def __exit__(self, *_):
        try:
            self.tell("DELETE", "", None)
        finally:
            self.driver.terminate()
            self.driver.wait(10)
            self.folder.cleanup()

    def tell(self, method, path, body):
        return self._ask(method, self.base + path, body)

    def open(self, url):
        self.tell("POST", "/url", {"url": url})

    def run(self, script, *arguments):
        """What an async function of the page gives; `arguments` are its own."""
        whole = ("const done = arguments[arguments.length - 1];"
                 f"(async (...given) => {{ {script} }})(...arguments)"
                 ".then(good => done({good}), bad => done({bad: `${bad.name}: ${bad.message}`}));")
        told = self.tell("POST", "/execute/async",
                         {"script": whole, "args": list(arguments)})
        if "bad" in told:
            raise AssertionError(f"in the page: {told['bad']}")
        return told.get("good")

    def text(self):
        """What a reader sees of the page."""
        return self.run("return document.body.innerText;")

    def wait_for(self, words):
        """Waits until a reader sees these words."""
        try:
            wait_until(f"the page says {words!r}", lambda: words in self.text())
        except AssertionError as late:
            raise AssertionError(f"{late}; it says: {self.text()!r}") from late

    def fill(self, **fields):
        """Types into fields, by their names."""
        for name, value in fields.items():
            element = f"/element/{self._element(f'input[name={name}]')}"
            self.tell("POST", f"{element}/clear", {})
            self.tell("POST", f"{element}/value", {"text": value})

    def press(self, words):
        """Presses the button, or follows the link, that says this."""
        here = f"//*[self::button or self::a][normalize-space()='{words}']"
        found = wait_until(f"there is {words!r}", lambda: self._all("xpath", here))
        self.tell("POST", f"/element/{found[0]}/click", {})

    def picture(self, path):
        """Keeps what the page looks like, as PNG."""
        with open(path, "wb") as out:
            out.write(base64.b64decode(self.tell("GET", "/screenshot", None)))

    def _element(self, css):
        return wait_until(f"there is {css}", lambda: self._all("css selector", css))[0]

    def _all(self, using, value):
        found = self.tell("POST", "/elements", {"using": using, "value": value})
        return [next(iter(element.values())) for element in found]

    def passkeys(self):
        """What the authenticator keeps."""
        return self.tell("GET", f"/webauthn/authenticator/{self.authenticator}/credentials", None)

    def verified(self, verified):
        """Whether the owner is the one who touches it from now on."""
        self.tell("POST", f"/webauthn/authenticator/{self.authenticator}/uv",
                  {"isUserVerified": verified})

    def _is_ready(self):
        try:
            return self._ask("GET", "/status", None)["ready"]
        except OSError:
            return False

    def _ask(self, method, path, body):
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}", method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.loads(answer.read())["value"]
        except urllib.error.HTTPError as error:
            raise AssertionError(f"the browser: {error.read().decode()[:400]}") from error
