#!/usr/bin/env python3
"""What is served of more calls than there is time for; `make overload`.

    bench/overload.py [--quick] [--no-build] [RESULTS.json]

The exchange has core 0, the driver (tools/load) core 1, both on loopback. First the highest rate
of calls is sought that is borne (the sustainable rate). Then so many times that rate is offered for
some seconds, while five calls for help (112) per second are begun beside it. Counted: calls that
were set up and hung up properly per second while more came (goodput), how the others were refused,
and how many of the calls for help went through. What comes of those that are still repeated when no
more are begun is no part of the goodput: there is time for all of them then. Calls do not hold back:
the driver speaks no overload control.

The table is printed; the same goes to RESULTS.json (target/bench/overload.json) and to a plot
beside it (.svg).
"""

import json
import os
import pathlib
import subprocess
import sys
import time

from exchange import LOAD, SIP, TARGET, Exchange, build, pinned
from overload_plot import plot

DOMAIN, HELP, HELP_IP = "load.example", "112", "127.0.0.52"
#: Multiples of the sustainable rate that are offered.
FACTORS = (0.5, 1, 1.5, 2, 3)
#: Calls for help begun per second.
HELP_RATE = 5
#: How much of the sustainable rate must be served at twice as much.
WANTED = 0.9


class Busy(Exchange):
    """A company has calls without cap, and there is somebody who helps."""

    def furnish(self):
        """Lifts the caps, and makes who calls for help and who helps."""
        caps = {"concurrent_calls": 100_000, "calls_per_second": 100_000}
        self.ask("PATCH", f"/api/v1/tenants/{DOMAIN}", {"caps": caps})
        for number, device in (
                (HELP, {"username": "helper", "address": f"sip:{HELP_IP}:5080"}),
                ("afraid", {"username": "afraid", "trusted_source": HELP_IP})):
            self.add(DOMAIN, number, device)


def calls(*more):
    """Starts a driver of ordinary calls."""
    words = [LOAD, "call", "--exchange", SIP, "--domain", DOMAIN, "--hold", "1", *map(str, more)]
    return subprocess.Popen(pinned(1, words), stdout=subprocess.PIPE)


def read(process):
    """What a driver found."""
    return json.loads(process.communicate()[0])


def offer(rate, seconds):
    """So many calls per second, and calls for help beside them."""
    at = ["--local", f"{HELP_IP}:5070", "--callee", f"{HELP_IP}:5080", "--number", HELP]
    ordinary = calls("--rate", rate, "--seconds", seconds)
    afraid = calls("--rate", HELP_RATE, "--seconds", seconds, *at)
    return read(ordinary), read(afraid)


def row(factor, ordinary, afraid):
    """One line of the table."""
    return {
        "factor": factor,
        "offered": ordinary["offered"],
        "goodput": ordinary["steady"],
        "begun": ordinary["begun"],
        "good": ordinary["good"],
        "refused": sum(ordinary["refusals"].values()),
        "silent": ordinary["silent"],
        "set_up_p99_ms": ordinary["micros"]["p99"] / 1000,
        "help_begun": afraid["begun"],
        "help_good": afraid["good"],
        "help_p99_ms": afraid["micros"]["p99"] / 1000,
    }


def tell(sustainable, rows):
    """The table as text."""
    print(f"sustainable: {sustainable:.0f} calls/s")
    print(f"{'offered':>9}{'per s':>8}{'goodput':>9}{'of sustainable':>16}{'refused':>9}"
          f"{'silent':>8}{'p99 ms':>9}{'help':>10}{'help p99 ms':>13}")
    for one in rows:
        share = 100 * one["goodput"] / sustainable
        helped = f"{one['help_good']}/{one['help_begun']}"
        print(f"{one['factor']:8}x{one['offered']:8.0f}{one['goodput']:9.0f}{share:15.0f}%"
              f"{one['refused']:9}{one['silent']:8}{one['set_up_p99_ms']:9.1f}{helped:>10}"
              f"{one['help_p99_ms']:13.1f}")


def main():
    """Builds, measures, tells; fails where too little is served at twice as much."""
    flags = [word for word in sys.argv[1:] if word.startswith("--")]
    paths = [word for word in sys.argv[1:] if not word.startswith("--")]
    out = pathlib.Path(paths[0] if paths else TARGET / "bench" / "overload.json")
    seconds, steps = (5, 5) if "--quick" in flags else (10, 7)
    load = os.getloadavg()[0]
    if "--no-build" not in flags:
        build()
    out.parent.mkdir(parents=True, exist_ok=True)
    exchange = Busy(TARGET / "bench" / "overload-data", 100)
    rows = []
    try:
        exchange.furnish()
        found = read(calls("--rate", 200, "--up-to", 6000, "--steps", steps, "--seconds", 4))
        sustainable = found["peak"] or sys.exit("no rate was borne")
        for factor in FACTORS:
            time.sleep(2)
            rows.append(row(factor, *offer(factor * sustainable, seconds)))
    finally:
        exchange.stop()
    told = {"load_before": load, "sustainable": sustainable, "rows": rows}
    out.write_text(json.dumps(told, indent=1))
    plot(sustainable, rows, out.with_suffix(".svg"))
    tell(sustainable, rows)
    print(f"== load of the machine before it began: {load:.1f}")
    print(f"== JSON: {out}, plot: {out.with_suffix('.svg')}")
    twice = next(one for one in rows if one["factor"] == 2)
    lost = sum(one["help_begun"] - one["help_good"] for one in rows)
    if twice["goodput"] < WANTED * sustainable or lost:
        sys.exit(f"too little was served: {twice['goodput']:.0f}/s, {lost} calls for help lost")


main()
