#!/usr/bin/env python3
"""A neighbour alone, and beside a company that offers many times its share; `make fairness`.

    bench/fairness.py [--quick] [--no-build] [--spread] [RESULTS.json]

The exchange has core 0, the drivers (tools/load) core 1, both on loopback; with `--spread` all have
all cores, as an exchange has that nobody confines, and drivers go first. The neighbour calls,
registers and asks the API at a modest rate, in five phases:

  alone    nobody else is there
  entitled a company offers 20 times as much of each, and its weight is 20 times the neighbour's:
           it is within its share, so what the neighbour notices is a busy machine
  beside   the same company with the neighbour's weight: 20 times its share. What is worse here
           than in "entitled" is unfair
  capped   what a plan would make of it: the same offer and weight, but caps at its share
  flood    as much as the driver can

Rounds alternate, so that a change of the machine's own mood meets all phases, and each says how
busy both cores were, the exchange among it. Before each the exchange comes to rest, so that none
pays for what the one before it left to be written. Printed: the neighbour's p50 and p99 of set-up,
registration and API, milliseconds, medians over the rounds. The same goes to RESULTS.json
(target/bench/fairness.json) and to a plot beside it (.svg).
"""

import json
import os
import pathlib
import subprocess
import sys
import time

from exchange import API, LOAD, SIP, TARGET, Exchange, build, pinned
from fairness_plot import plot

USERS = 20_000
QUIET, QUIET_USERS, QUIET_FIRST = "quiet.example", 200, 2_000_000
#: What the neighbour offers per second.
CALLS, REGISTRATIONS, REQUESTS = 25, 50, 25
#: What the other company offers, as a multiple of that, and its weight; the flood is beyond the
#: exchange.
PHASES = {"alone": (0, 10), "entitled": (20, 200), "beside": (20, 10), "capped": (20, 10),
          "flood": (160, 10)}
#: What the other company may do per second where a plan caps it: as much as the neighbour does.
SHARE = {"calls_per_second": CALLS, "registrations_per_second": REGISTRATIONS,
         "api_requests_per_second": REQUESTS}
OPEN = dict.fromkeys(SHARE, 100_000)
#: An exchange that uses less of a core than this is at rest.
AT_REST = 0.05
REFUSALS = ("turn_refused", "turn_dropped", "api_refused", "shed_", "net_udp_kernel_drops")
FIGURES = {"call": "set-up", "register": "registration", "ask": "API"}


def driver(command, front):
    """A driver's command on its core; the neighbour's go first there, since they are the ruler."""
    words = ["chrt", "-f", "10"] if front else ["nice", "-n", "-10"]
    return pinned(1, words + command)


class Pair(Exchange):
    """The exchange with the two companies."""

    def furnish(self):
        """The neighbour: callees at a fixed address, a trusted source, users; both keys."""
        caps = {**OPEN, "concurrent_calls": 100_000}
        self.ask("POST", "/api/v1/tenants", {"domains": [QUIET], "caps": caps})
        self.add(QUIET, "callee", {"username": "quiet-callee", "address": "sip:127.0.0.61:5080"})
        self.add(QUIET, "source", {"username": "quiet-source", "trusted_source": "127.0.0.61"})
        for number in range(1_000_000 + QUIET_FIRST, 1_000_000 + QUIET_FIRST + QUIET_USERS):
            self.add(QUIET, f"u{number}", {"username": f"u{number}", "secret": f"pw{number}"})
        return [self.ask("POST", "/api/v1/tokens", {"name": "bench", "tenant": domain})["key"]
                for domain in (QUIET, "load.example")]

    def set_caps(self, **caps):
        """Gives the other company this weight and these caps."""
        self.ask("PATCH", "/api/v1/tenants/load.example", {"caps": caps})

    def rest(self):
        """Waits until it does next to nothing, a minute and a half at most."""
        for _ in range(90):
            began, _ = self.cpu()
            time.sleep(1)
            if self.cpu()[0] - began < AT_REST:
                return
        sys.exit("the exchange does not come to rest")


def drivers(who, key, times, seconds):
    """The commands of one company's three drivers."""
    quiet = who == "quiet"
    ip, domain = ("127.0.0.61", QUIET) if quiet else ("127.0.0.51", "load.example")
    at = ["--exchange", SIP, "--callee", f"{ip}:5080", "--domain", domain]
    length = ["--seconds", str(seconds)]
    users = ["--users", str(QUIET_USERS if quiet else USERS)]
    first = ["--first", str(QUIET_FIRST if quiet else 0)]
    path = f"/api/v1/tenants/{domain}/extensions?limit=20"
    return {
        "call": [LOAD, "call", *at, "--local", f"{ip}:5070", "--hold", "1", *length,
                 "--rate", str(CALLS * times)],
        "register": [LOAD, "register", *at, "--local", f"{ip}:5071", *users, *first, *length,
                     "--rate", str(REGISTRATIONS * times)],
        "ask": [LOAD, "ask", "--api", API, "--key", key, "--path", path, *length,
                "--connections", "4" if quiet else "64", "--rate", str(REQUESTS * times)],
    }


def start(commands, front):
    """Starts drivers; what they print is read later."""
    return {what: subprocess.Popen(driver(command, front), stdout=subprocess.PIPE)
            for what, command in commands.items()}


def read(processes):
    """Their results."""
    return {what: json.loads(process.communicate()[0]) for what, process in processes.items()}


def phase(exchange, keys, name, seconds):
    """One stretch of time; the other company is there before the neighbour and after it."""
    times, weight = PHASES[name]
    exchange.set_caps(weight=weight, **(SHARE if name == "capped" else OPEN))
    noisy = start(drivers("noisy", keys[1], times, seconds + 3), False) if times else {}
    time.sleep(1.5)
    began, (own, all_of_it) = time.monotonic(), exchange.cpu()
    quiet = read(start(drivers("quiet", keys[0], 1, seconds), True))
    took, (own_end, all_end) = time.monotonic() - began, exchange.cpu()
    busy = {"exchange_cores": (own_end - own) / took, "machine_cores": (all_end - all_of_it) / took}
    return {"neighbour": quiet, "other": read(noisy), **busy}


def median(numbers):
    """The middle one."""
    ordered = sorted(numbers)
    return ordered[len(ordered) // 2]


def summed_up(rounds):
    """For each figure and phase: the median over the rounds of p50 and p99, milliseconds, and
    what became of the neighbour's and the other's attempts."""
    table = {}
    for what in FIGURES:
        for name in PHASES:
            runs = [one[name]["neighbour"][what] for one in rounds]
            others = [one[name]["other"].get(what) for one in rounds if one[name]["other"]]
            table[f"{what}.{name}"] = {
                "p50_ms": median(run["micros"]["p50"] for run in runs) / 1000,
                "p99_ms": median(run["micros"]["p99"] for run in runs) / 1000,
                "begun": sum(run["begun"] for run in runs),
                "failed": sum(run["failed"] for run in runs),
                "exchange_cores": median(one[name]["exchange_cores"] for one in rounds),
                "machine_cores": median(one[name]["machine_cores"] for one in rounds),
                "other_begun": sum(run["begun"] for run in others),
                "other_good": sum(run["good"] for run in others),
            }
    return table


def tell(table):
    """The table as text."""
    print(f"{'neighbour':14}{'phase':10}{'p50 ms':>9}{'p99 ms':>9}{'to alone':>10}{'to entitled':>12}"
          f"{'failed':>12}{'other: good of begun':>22}{'cores: own, all':>17}")
    for what, title in FIGURES.items():
        for name in PHASES:
            row, alone = table[f"{what}.{name}"], table[f"{what}.alone"]
            entitled = table[f"{what}.entitled"]
            moved = 100 * (row["p99_ms"] / alone["p99_ms"] - 1)
            unfair = 100 * (row["p99_ms"] / entitled["p99_ms"] - 1)
            cores = f"{row['exchange_cores']:.2f}, {row['machine_cores']:.2f}"
            failed = f"{row['failed']} of {row['begun']}"
            other = f"{row['other_good']} of {row['other_begun']}"
            print(f"{title:14}{name:10}{row['p50_ms']:9.2f}{row['p99_ms']:9.2f}{moved:+9.0f}%"
                  f"{unfair:+11.0f}%{failed:>12}{other:>22}{cores:>17}")


def main():
    """Builds, measures, tells."""
    flags = [word for word in sys.argv[1:] if word.startswith("--")]
    paths = [word for word in sys.argv[1:] if not word.startswith("--")]
    out = pathlib.Path(paths[0] if paths else TARGET / "bench" / "fairness.json")
    rounds, seconds = (1, 6) if "--quick" in flags else (3, 15)
    load = os.getloadavg()[0]
    if "--no-build" not in flags:
        build()
    out.parent.mkdir(parents=True, exist_ok=True)
    exchange = Pair(TARGET / "bench" / "fairness-data", USERS)
    try:
        keys = exchange.furnish()
        measured = []
        for number in range(rounds):
            measured.append({})
            for name in PHASES:
                exchange.rest()
                measured[-1][name] = phase(exchange, keys, name, seconds)
            print(f"== round {number + 1} of {rounds} done", flush=True)
        refused = exchange.figures(*REFUSALS)
    finally:
        exchange.stop()
    table = summed_up(measured)
    out.write_text(json.dumps(
        {"load_before": load, "table": table, "refused": refused, "rounds": measured}, indent=1))
    plot(table, PHASES, FIGURES, out.with_suffix(".svg"))
    tell(table)
    print(f"== load of the machine before it began: {load:.1f}")
    print(f"== JSON: {out}, plot: {out.with_suffix('.svg')}")


main()
