"""An exchange that is measured, on a core of its own, with a company made for load."""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request

HOME = pathlib.Path(__file__).resolve().parent.parent
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", HOME / "target")).resolve()
LOAD, STROWGER = (str(TARGET / "release" / name) for name in ("load", "strowger"))
SIP, API = "127.0.0.50:5060", "127.0.0.50:8081"
TICKS = os.sysconf("SC_CLK_TCK")


def build():
    """Builds what is measured and what drives it."""
    command = ["cargo", "build", "--release", "--locked", "-p", "strowger", "-p", "load"]
    subprocess.run(command, check=True, cwd=HOME)


#: Whether exchange and drivers have a core each; with `--spread` all may use all.
PINNED = os.cpu_count() > 1 and "--spread" not in sys.argv


def pinned(core, command):
    """A command on its core."""
    return (["taskset", "-c", str(core)] if PINNED else []) + command


def memory(pid):
    """A process's resident and private memory, octets."""
    text = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
    sizes = {line.split(":")[0]: int(line.split()[1]) * 1024 for line in text.splitlines()[1:]}
    return sizes["Rss"], sizes["Private_Dirty"] + sizes["Private_Clean"]


class Exchange:
    """A fresh exchange with the company `load.example` of so many users, on core 0, and so many
    pairs of ports for sound."""

    def __init__(self, data, users, *more, pairs=5000):
        shutil.rmtree(data, ignore_errors=True)
        demo = [STROWGER, "demo", "--data", str(data), "--load", str(users), "--json"]
        made = json.loads(subprocess.run(demo, check=True, capture_output=True).stdout)
        self.key = made["operator_token"]
        self.log = open(data.with_suffix(".log"), "w+b")
        serve = [STROWGER, "serve", "--data", str(data), "--sip", SIP, "--http", API]
        serve += ["--media", "127.0.0.50", "--media-ports", f"40000-{39999 + 2 * pairs}"]
        serve += ["--log", "warn", *more]
        self.process = subprocess.Popen(pinned(0, serve), stdout=self.log, stderr=self.log)
        for _ in range(300):
            if b"ready" in pathlib.Path(self.log.name).read_bytes():
                return
            if self.process.poll() is not None:
                break
            time.sleep(0.1)
        sys.exit(pathlib.Path(self.log.name).read_text())

    def ask(self, method, path, body=None):
        """One request of the operator, said again where it came too fast."""
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        if method == "PATCH":
            headers["If-Match"] = "*"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            f"http://{API}{path}", data=data, headers=headers, method=method)
        for _ in range(100):
            try:
                with urllib.request.urlopen(request) as answer:
                    text = answer.read()
                    return json.loads(text) if text.startswith(b"{") else text.decode()
            except urllib.error.HTTPError as error:
                if error.code != 429:
                    sys.exit(f"{method} {path}: {error.code} {error.read().decode()}")
                time.sleep(0.2)
        sys.exit(f"{method} {path}: refused for too long")

    def add(self, domain, number, device):
        """An extension with its device."""
        inside = f"/api/v1/tenants/{domain}"
        self.ask("POST", f"{inside}/extensions", {"number": number})
        self.ask("POST", f"{inside}/devices", {"extension": number, **device})

    def figures(self, *wanted):
        """Metrics whose names hold one of these words."""
        lines = self.ask("GET", "/metrics").splitlines()
        pairs = (line.rsplit(" ", 1) for line in lines if line.startswith("strowger_"))
        return {name.removeprefix("strowger_"): float(value) for name, value in pairs
                if any(word in name for word in wanted)}

    def cpu(self):
        """Processor time of the exchange and of the whole machine so far, seconds."""
        own = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        cpu = pathlib.Path("/proc/stat").read_text().splitlines()[0].split()[1:9]
        busy = sum(int(part) for part in cpu) - int(cpu[3]) - int(cpu[4])
        return (int(own[11]) + int(own[12])) / TICKS, busy / TICKS

    def memory(self):
        """Its private memory, octets: what would be free if it ended."""
        return memory(self.process.pid)[1]

    def stop(self):
        """The end."""
        self.process.kill()
        self.process.wait()
