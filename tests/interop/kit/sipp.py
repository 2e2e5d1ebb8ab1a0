"""SIPp: exact messages in an exact order. A scenario is a file in `scenarios/`."""

import os
import re
import signal
import subprocess

from kit.case import equal
from kit.exchange import free_media_port, free_port, wait_taken
from kit.message import Message

SCENARIOS = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "scenarios")


class Sipp:
    """One run of a scenario. `keys` replace `[name]` in it; `account` answers challenges."""

    def __init__(self, exchange, scenario, account=("nobody", "nothing"), domain="acme.example",
                 port=None, calls=1, rate=10, transport="u1", seconds=20, keys=None, more=(),
                 ip=None, at=None):
        self.exchange, self.scenario, self.transport = exchange, scenario, transport
        ip = ip or exchange.ip
        self.port = port or free_port(ip)
        self.folder = os.path.join(exchange.folder, f"{scenario}-{self.port}-{os.urandom(3).hex()}")
        os.makedirs(self.folder)
        user, password = account
        with open(os.path.join(self.folder, "accounts.csv"), "w", encoding="utf-8") as out:
            out.write(f"SEQUENTIAL\n{user};[authentication username={user} password={password}]"
                      f";{domain}\n")
        words = [
            "sipp", at or exchange.at, "-sf", os.path.join(SCENARIOS, f"{scenario}.xml"),
            "-inf", "accounts.csv", "-i", ip, "-p", str(self.port), "-mi", ip,
            "-mp", str(free_media_port(ip)), "-t", transport, "-m", str(calls),
            "-r", str(rate), "-l", str(max(calls, 1)), "-nostdin", "-trace_err", "-trace_msg",
            "-timeout", f"{seconds}s", "-timeout_error",
        ]
        for name, value in {"direction": "sendrecv", **(keys or {})}.items():
            words += ["-key", name, str(value)]
        self.said = open(os.path.join(self.folder, "said"), "wb")
        self.process = subprocess.Popen(
            [*words, *more], cwd=self.folder, stdin=subprocess.DEVNULL, stdout=self.said,
            stderr=subprocess.STDOUT,
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()

    def end(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
        self.said.close()

    def wait(self, seconds=60):
        """Waits for its end; it must have gone as the scenario says."""
        try:
            self.process.wait(seconds)
        finally:
            self.end()
        equal(self.process.returncode, 0, f"SIPp {self.scenario} ended, {self.complaints()}")

    def ready(self):
        """Waits until it listens (a scenario that waits for calls)."""
        table = "tcp" if self.transport.startswith("t") else "udp"
        table += "6" if ":" in self.exchange.ip else ""
        wait_taken(f"SIPp {self.scenario}", [self.port], table)
        return self

    def _files(self, kind):
        names = sorted(n for n in os.listdir(self.folder) if n.endswith(f"_{kind}.log"))
        return [os.path.join(self.folder, name) for name in names]

    def complaints(self):
        text = ""
        for path in self._files("errors"):
            with open(path, encoding="utf-8", errors="replace") as log:
                text += log.read()
        return text[-1500:] or "without a complaint"

    def messages(self, received=None):
        """All messages sent and received, in order; those of one direction when asked."""
        found = []
        for path in self._files("messages"):
            with open(path, encoding="utf-8", errors="replace", newline="") as log:
                text = log.read().replace("\r\n", "\n")
            for part in re.split(r"^-{40,} .*$", text, flags=re.M):
                match = re.match(
                    r"\s*(?:UDP|TCP) message (sent|received).*?:\n\n(.*)", part, re.S)
                if match and received in (None, match.group(1) == "received"):
                    found.append(Message(match.group(2)))
        return found


def run(exchange, scenario, **more):
    """A scenario from beginning to end."""
    sipp = Sipp(exchange, scenario, **more)
    sipp.wait()
    return sipp


def registered(exchange, account, port, **more):
    """Registers an account at the port where a scenario is going to answer."""
    run(exchange, "register", account=account, port=port, **more)
