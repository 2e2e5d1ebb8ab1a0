#!/usr/bin/env python3
"""What a flood from the open internet does to an exchange and its phones; `make siege`.

    bench/siege.py [--quick] [--no-build] [RESULTS.json]

The exchange has core 0, everybody else core 1, all on loopback. For ten minutes (--quick: one) 50,000
datagrams per second come from 4,000 addresses: octets of chance, requests cut short, registrations of
others with and without a made-up digest, calls to far away and a scanner's questions; and 100
connections per second say half a ClientHello and no more. Beside that phones register and call at a
modest rate, as they did in the half minute before and do in the half minute after. Before all that they
register and call at a high rate until the exchange takes no more memory for it: what rings and caches
fill up with, siege or none, is not the siege's.

Addresses of this machine may be banned here (--ban-never), but for the phones', which are behind the
same wire as all others. The exchange's memory is read every five seconds. Failed calls or
registrations are said, and so is how many were late. The table is printed; the same goes to
RESULTS.json (target/bench/siege.json) and to a plot beside it (.svg).
"""

import json
import os
import pathlib
import subprocess
import sys
import time

from exchange import LOAD, SIP, TARGET, Exchange, build, pinned
from siege_plot import plot

DOMAIN, USERS = "load.example", 20_000
TLS = "127.0.0.50:5061"
PHONES, REGISTRARS = "127.0.0.51", "127.0.0.52"
#: What phones do per second, and what the siege sends.
CALLS, REGISTRATIONS = 5, 10
DATAGRAMS, CONNECTIONS, SOURCES = 50_000, 100, 4_000
#: Between two looks at the memory, seconds.
STEP = 5
#: By how much memory may grow after the first minute of the siege.
FLAT = 0.05
#: Rounds in which the exchange warms up at most, seconds of each, and by how much memory may still
#: grow in the last.
ROUNDS, ROUND, LEVEL = 20, 8, 0.01
FIGURES = ("bans", "offence", "ban_", "net_udp_kernel_drops", "net_accept", "dropped", "refused")


def phones(seconds, busier=1):
    """Phones that call, and phones that register; so many times as many as usual."""
    at = ["--exchange", SIP, "--domain", DOMAIN, "--seconds", str(seconds)]
    calls = [LOAD, "call", *at, "--rate", str(CALLS * busier), "--hold", "1",
             "--local", f"{PHONES}:5070", "--callee", f"{PHONES}:5080"]
    registers = [LOAD, "register", *at, "--rate", str(REGISTRATIONS * busier), "--users", "1000",
                 "--local", f"{REGISTRARS}:5070"]
    started = {name: subprocess.Popen(pinned(1, ["chrt", "-f", "10", *words]),
                                      stdout=subprocess.PIPE)
               for name, words in (("calls", calls), ("registrations", registers))}
    return started


def read(started):
    """What a driver found."""
    return {name: json.loads(process.communicate()[0]) for name, process in started.items()}


def warm_up(exchange):
    """Has phones busy until that takes no more memory; what it took after each round."""
    sizes = [exchange.memory()]
    for _ in range(ROUNDS):
        read(phones(ROUND, busier=50))
        sizes.append(exchange.memory())
        if sizes[-1] <= (1 + LEVEL) * sizes[-2]:
            return sizes
    sys.exit(f"memory does not settle: {[round(size / 1e6) for size in sizes]} MB")


def watched(exchange, seconds, began):
    """The memory during so many seconds."""
    series = []
    for _ in range(int(seconds / STEP)):
        time.sleep(STEP)
        series.append({"at_s": time.monotonic() - began, "octets": exchange.memory()})
    return series


def besieged(exchange, seconds):
    """The siege, with phones beside it."""
    words = [LOAD, "siege", "--exchange", SIP, "--domain", DOMAIN, "--rate", str(DATAGRAMS),
             "--seconds", str(seconds + 2), "--sources", str(SOURCES), "--tls", TLS,
             "--connections", str(CONNECTIONS)]
    attackers = subprocess.Popen(pinned(1, words), stdout=subprocess.PIPE)
    began, cpu = time.monotonic(), exchange.cpu()[0]
    beside = phones(seconds)
    series = watched(exchange, seconds, began)
    found = read(beside)
    spent = exchange.cpu()[0] - cpu
    return {"phones": found, "memory": series, "sent": json.loads(attackers.communicate()[0]),
            "exchange_cores": spent / (time.monotonic() - began)}


def row(name, found):
    """One line of the table."""
    cells = []
    for what in ("calls", "registrations"):
        one = found[what]
        cells.append(f"{one['good']}/{one['begun']}".rjust(12))
        cells.append(f"{one['micros']['p50'] / 1000:9.2f}{one['micros']['p99'] / 1000:9.2f}")
    return f"{name:10}" + "".join(cells)


def tell(results):
    """The table as text."""
    print(f"{'':10}{'calls':>12}{'p50 ms':>9}{'p99 ms':>9}{'registered':>12}{'p50 ms':>9}{'p99 ms':>9}")
    for name in ("before", "during", "after"):
        print(row(name, results[name]["phones"]))
    sent, memory = results["during"]["sent"], results["during"]["memory"]
    print(f"sent: {sent['datagrams'] / sent['seconds']:.0f} datagrams/s for {sent['seconds']:.0f} s, "
          f"{sent['refused']} of them refused by the kernel; {sent['connections']} connections")
    sizes = [one["octets"] / 1e6 for one in memory]
    warming = [one / 1e6 for one in results["warming"]]
    print(f"warmed up from {warming[0]:.1f} to {warming[-1]:.1f} MB in {len(warming) - 1} rounds")
    print(f"private memory, MB: before {results['before']['memory'][-1]['octets'] / 1e6:.1f}, "
          f"first {sizes[0]:.1f}, most {max(sizes):.1f}, last {sizes[-1]:.1f}, "
          f"after {results['after']['memory'][-1]['octets'] / 1e6:.1f}")
    print(f"the exchange used {results['during']['exchange_cores']:.2f} cores")


def verdict(results):
    """What is not as it should be."""
    bad = []
    for name in ("before", "during", "after"):
        for what, one in results[name]["phones"].items():
            if one["good"] < one["begun"]:
                bad.append(f"{name}: {one['begun'] - one['good']} {what} failed")
    memory = [one["octets"] for one in results["during"]["memory"]]
    settled = memory[min(len(memory) // 2, 60 // STEP):]
    if max(settled) > (1 + FLAT) * settled[0]:
        bad.append(f"memory grew from {settled[0] / 1e6:.1f} to {max(settled) / 1e6:.1f} MB")
    return bad


def main():
    """Builds, measures, tells; fails where phones were not served or memory grew."""
    flags = [word for word in sys.argv[1:] if word.startswith("--")]
    paths = [word for word in sys.argv[1:] if not word.startswith("--")]
    out = pathlib.Path(paths[0] if paths else TARGET / "bench" / "siege.json")
    seconds = 60 if "--quick" in flags else 600
    load = os.getloadavg()[0]
    if "--no-build" not in flags:
        build()
    out.parent.mkdir(parents=True, exist_ok=True)
    never = f"--ban-never={PHONES}/32,{REGISTRARS}/32"
    # the ring of messages that ladders are made of fills with calls, siege or none
    small = ("--ladder-mib", "1")
    exchange = Exchange(TARGET / "bench" / "siege-data", USERS, "--sip-tls", TLS, never, *small)
    results = {"load_before": load}
    try:
        caps = {"concurrent_calls": 1_000, "calls_per_second": 1_000}
        exchange.ask("PATCH", f"/api/v1/tenants/{DOMAIN}", {"caps": caps})
        results["warming"] = warm_up(exchange)
        for name in ("before", "during", "after"):
            if name == "during":
                results[name] = besieged(exchange, seconds)
                continue
            began, beside = time.monotonic(), phones(30)
            memory = watched(exchange, 30, began)
            results[name] = {"phones": read(beside), "memory": memory}
        results["figures"] = exchange.figures(*FIGURES)
    finally:
        exchange.stop()
    results["bad"] = verdict(results)
    out.write_text(json.dumps(results, indent=1))
    plot(results, out.with_suffix(".svg"))
    tell(results)
    print(f"== load of the machine before it began: {load:.1f}")
    print(f"== JSON: {out}, plot: {out.with_suffix('.svg')}")
    if results["bad"]:
        sys.exit("; ".join(results["bad"]))


main()
