#!/usr/bin/env python3
"""Ten thousand companies of ten extensions: `make scale`.

    bench/scale.py [--quick] [--no-build] [--store sqlite|postgres|both] [RESULTS.json]

For each store: how long a start takes until the exchange is ready, its memory when idle beside
that of an exchange with one company, and how long the first call of a company takes beside its
second and third (tools/load first). On PostgreSQL also a start through a proxy that delays each
direction by 5 ms, as a server far away would. A company's data are made once, on SQLite, and moved
to PostgreSQL with `strowger migrate`. --quick makes a thousand companies. The figures are printed
and go to RESULTS.json (target/bench/scale.json) and to a plot beside it (.svg).
"""

import contextlib
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time

from delay import Delay
from exchange import API, HOME, LOAD, SIP, STROWGER, TARGET, build, memory
from scale_plot import plot

DRIVER = "127.0.0.61:5070"
EXTENSIONS = 10
#: One way, seconds.
FAR = 0.005
#: An exchange is left alone so long before its memory is read, seconds: the allocator gives back
#: what a start needed after a while.
REST = 30


class Exchange:
    """A running exchange; `start_s` is how long it took to be ready."""

    def __init__(self, data, store):
        words = [STROWGER, "serve", "--data", str(data), "--sip", SIP, "--http", API]
        words += ["--media", "127.0.0.50", "--media-ports", "40000-40999", "--log", "warn"]
        words += ["--store", store] if store else []
        self.log = open(data.with_suffix(".log"), "w+b")
        began = time.monotonic()
        self.process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=self.log)
        line = self.process.stdout.readline()
        while line and not line.startswith(b"ready"):
            line = self.process.stdout.readline()
        if not line:
            sys.exit(pathlib.Path(self.log.name).read_text())
        self.start_s = time.monotonic() - began

    def memory(self):
        """Its resident and its private memory, octets."""
        return memory(self.process.pid)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


@contextlib.contextmanager
def postgres():
    """A PostgreSQL server of this run's own: its address."""
    server = subprocess.Popen([str(HOME / "tools" / "postgres.sh")], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, text=True)
    _, address = server.stdout.readline().split()
    try:
        server_says(address, "CREATE ROLE worker LOGIN")
        yield address
    finally:
        server.stdin.close()
        server.wait()


def server_says(address, sql):
    """Carries out a statement as the server's owner."""
    binaries = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"))[-1]
    ask = [str(binaries / "psql"), "-qh", address, "-U", "owner", "postgres"]
    subprocess.run(ask + ["-c", sql], check=True)


def database(address, name):
    """A new database with its tables, and its address for strowger."""
    server_says(address, f"CREATE DATABASE {name}")
    owner, worker = (f"postgres://{role}@{address}/{name}?sslmode=disable"
                     for role in ("owner", "worker"))
    prepare = [STROWGER, "prepare", "--owner", owner, "--store", worker]
    subprocess.run(prepare, check=True, stdout=subprocess.DEVNULL)
    return worker


def make(data, companies):
    """A data folder with companies; how long it took, and the file with their accounts."""
    shutil.rmtree(data, ignore_errors=True)
    began = time.monotonic()
    words = [STROWGER, "demo", "--data", str(data), "--tenants", str(companies),
             "--extensions", str(EXTENSIONS), "--json"]
    made = subprocess.run(words, check=True, capture_output=True).stdout
    accounts = data.with_suffix(".accounts.json")
    accounts.write_bytes(made)
    return time.monotonic() - began, accounts


def move(data, store):
    """Copies what a folder holds to PostgreSQL."""
    began = time.monotonic()
    subprocess.run([STROWGER, "migrate", "--from", f"sqlite:{data}", "--to", store], check=True,
                   stdout=subprocess.DEVNULL)
    return time.monotonic() - began


def idle(data, store):
    """Memory of an exchange that does nothing: resident, private."""
    with Exchange(data, store) as exchange:
        time.sleep(REST)
        return exchange.memory()


def measure(many, one, accounts, stores, companies, starts):
    """All figures of one store; `stores` are its addresses for many companies and for one."""
    alone = idle(one, stores[1])
    times = []
    for _ in range(starts - 1):
        with Exchange(many, stores[0]) as exchange:
            times.append(exchange.start_s)
    with Exchange(many, stores[0]) as exchange:
        times.append(exchange.start_s)
        time.sleep(REST)
        full = exchange.memory()
        words = [LOAD, "first", "--exchange", SIP, "--local", DRIVER,
                 "--callee", "127.0.0.61:5080", "--accounts", str(accounts)]
        calls = json.loads(subprocess.run(words, check=True, capture_output=True).stdout)
    return {
        "start_s": sorted(times),
        "resident_mb": {"one": alone[0] / 1e6, "many": full[0] / 1e6},
        "octets_per_company": (full[1] - alone[1]) / (companies - 1),
        "calls": calls,
    }


def run(stores, companies, starts):
    """The results of all stores asked for."""
    folder = TARGET / "bench"
    many, one = folder / "scale-many", folder / "scale-one"
    made_s, accounts = make(many, companies)
    print(f"== {companies} companies made in {made_s:.0f} s", flush=True)
    make(one, 1)
    results = {"companies": companies, "extensions": EXTENSIONS, "made_s": made_s,
               "load_before": os.getloadavg()[0]}
    if "sqlite" in stores:
        results["sqlite"] = measure(many, one, accounts, (None, None), companies, starts)
        print("== SQLite done", flush=True)
    if "postgres" in stores:
        with postgres() as server:
            addresses = [database(server, "many"), database(server, "one")]
            moved_s = move(many, addresses[0])
            move(one, addresses[1])
            found = measure(many, one, accounts, addresses, companies, starts)
            with Delay(server, FAR) as far:
                behind = addresses[0].replace(server, f"127.0.0.1:{far.port}")
                with Exchange(many, behind) as exchange:
                    found["far_start_s"] = exchange.start_s
            results["postgres"] = {"moved_s": moved_s, **found}
        print("== PostgreSQL done", flush=True)
    return results


def tell(results):
    """The figures as text."""
    print(f"{'':34}{'aim':>10}" + "".join(f"{store:>12}" for store in STORES if store in results))

    def row(title, aim, read):
        cells = [f"{read(results[store]):12.2f}" for store in STORES if store in results]
        print(f"{title:34}{aim:>10}" + "".join(cells))

    def call(which, part):
        return lambda found: found["calls"][which][part] / 1000

    row("start to ready, median, s", "< 10", lambda found: middle(found["start_s"]))
    row("the same, server 2 x 5 ms away, s", "", lambda found: found.get("far_start_s", 0))
    row("memory per idle company, kB", "< 4", lambda found: found["octets_per_company"] / 1000)
    row("resident with one company, MB", "", lambda found: found["resident_mb"]["one"])
    row("resident with all, MB", "", lambda found: found["resident_mb"]["many"])
    for part in ("p50", "p99"):
        for which in ("first", "second", "third"):
            row(f"{which} call of a company, {part}, ms", "", call(which, part))
    row("first less second, p50, ms", "< 20",
        lambda found: (found["calls"]["first"]["p50"] - found["calls"]["second"]["p50"]) / 1000)
    row("calls that failed", "0", lambda found: found["calls"]["failed"])
    print(f"== load of the machine before it began: {results['load_before']:.1f}")


STORES = ("sqlite", "postgres")


def middle(ordered):
    """The median of an ordered list."""
    return ordered[len(ordered) // 2]


def main():
    """Builds, measures, tells."""
    words = sys.argv[1:]
    store = words.pop(words.index("--store") + 1) if "--store" in words else "both"
    flags = [word for word in words if word.startswith("--")]
    paths = [word for word in words if not word.startswith("--")]
    out = pathlib.Path(paths[0] if paths else TARGET / "bench" / "scale.json")
    if "--no-build" not in flags:
        build()
    out.parent.mkdir(parents=True, exist_ok=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    stores = STORES if store == "both" else (store,)
    companies, starts = (1_000, 1) if "--quick" in flags else (10_000, 3)
    results = run(stores, companies, starts)
    out.write_text(json.dumps(results, indent=1))
    plot(results, [store for store in STORES if store in results], out.with_suffix(".svg"))
    tell(results)
    print(f"== JSON: {out}, plot: {out.with_suffix('.svg')}")


main()
