#!/usr/bin/env python3
"""What the media plane can do on this machine, beside what the machine itself allows; `make
bench-media`.

    bench/media.py [--quick] [--no-build] [--only=PART] [RESULTS.json]

The exchange has core 0, the driver (tools/load) core 1, both on loopback; every number of calls has
a fresh exchange. Calls are real: signalled, answered, and talking 50 packets a second each way. In
turns, a window each, the same packets go through the exchange, through a relay with nothing in it
on the exchange's core, from party to party, and through rtpengine on the exchange's core, where
that is installed; medians of the windows are told, and shares are of neighbours in time.
Transcoding, conferences and the road's memory are measured in process by the examples of
core/media.

With --only just the parts are measured whose names begin so: relay, ring, shared, srtp, listen and
others. A part that fails is told as that, and the others are measured all the same. The table is
printed; the same goes to RESULTS.json (target/bench/media.json) and to a plot beside it (.svg).
"""

import json
import os
import pathlib
import platform
import resource
import shutil
import subprocess
import sys
import time

import media_rows as rows
from exchange import API, HOME, LOAD, SIP, TARGET, Exchange, pinned
from media_plot import plot
from rtpengine import Rtpengine, version

DOMAIN = "load.example"
#: Users of the company; calls come from one trusted address.
USERS = 10
#: Numbers of calls that talk, of those where there are many, and of listeners.
TALKING, MANY, LISTENING = (10, 500, 2000), (500, 2000), (500, 2000)
#: Pairs of ports that calls share: each has up to 64 legs.
PAIRS = 80
#: How calls are relayed besides: what each way is called, and how the exchange is started for it.
RING, FEW = ("--media-io", "io-uring"), {"pairs": PAIRS}
WAYS = {"ring": ("by io_uring", {"flags": RING}), "shared": ("ports shared", FEW),
        "shared_ring": ("both", {"flags": RING, **FEW})}
#: Calls whose sound is protected, and how.
PROTECTED = 500
SUITES = ("AES_CM_128_HMAC_SHA1_80", "AEAD_AES_128_GCM")
#: Numbers of members that are asked for.
MEMBERS = (20, 50, 100, 500)
EXAMPLES = ["transcode_speed", "road_memory"]
if (HOME / "core/media/examples/conference_speed.rs").exists():
    EXAMPLES.append("conference_speed")


class Plan:
    """How long to measure."""

    def __init__(self, quick):
        self.quick = quick
        self.rounds, self.seconds = (3, 1) if quick else (5, 3)
        self.tables = 1 if quick else 3


def build_all():
    """Builds what is measured and what drives it."""
    say("building strowger, the driver and the examples (optimised; the first time takes minutes)")
    command = ["cargo", "build", "--release", "--locked"]
    for more in (["-p", "strowger", "-p", "load"],
                 ["-p", "media", *(word for name in EXAMPLES for word in ("--example", name))]):
        subprocess.run(command + more, check=True, cwd=HOME)


def say(what):
    """Progress."""
    print(f"== {what}", file=sys.stderr, flush=True)


def example(name, patience=120):
    """What an example prints on the exchange's core within so many seconds."""
    command = pinned(0, [str(TARGET / "release" / "examples" / name)])
    try:
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, timeout=patience)
    except subprocess.TimeoutExpired as late:
        say(f"   {name} was ended after {patience} s; what it had told counts")
        return (late.stdout or b"").decode()
    return done.stdout.decode()


def fail(why):
    """A part cannot be measured."""
    raise RuntimeError(why)


def drive(plan, calls, *more, srtp=None, flags=(), **ports):
    """Calls through a fresh exchange, which has these flags; `more` flags of the driver."""
    data = TARGET / "bench" / "media-data"
    exchange = Exchange(data, USERS, *flags, **ports)
    try:
        if srtp:
            protect(exchange)
            more += ("--suite", srtp)
        command = [LOAD, "beside", "--exchange", SIP, "--domain", DOMAIN, "--api", API,
                   "--key", exchange.key, "--pid", str(exchange.process.pid), "--core", "0",
                   "--calls", str(calls), "--rounds", str(plan.rounds),
                   "--seconds", str(plan.seconds), *more]
        done = subprocess.run(pinned(1, command), stdout=subprocess.PIPE, timeout=300)
        if done.returncode:
            fail("the driver failed")
        return json.loads(done.stdout)
    finally:
        exchange.stop()
        exchange.log.close()
        shutil.rmtree(data, ignore_errors=True)
        data.with_suffix(".log").unlink(missing_ok=True)


def protect(exchange):
    """The device that is called wants its sound protected."""
    exchange.ask("PATCH", f"/api/v1/tenants/{DOMAIN}/devices/callee", {"srtp": "require"})
    # who carries calls hears of a change a moment later than who asked for it
    time.sleep(2)


def talking(plan, calls, **started):
    """Calls that talk, beside rtpengine. The bare relay asks by epoll, and shares nothing."""
    with Rtpengine() as other:
        return rows.relayed(drive(plan, calls, *other.flags, **started))


def relay(plan, calls):
    """Calls that talk through an exchange as it is by itself, with a pair of ports for each leg."""
    return {**talking(plan, calls), "target": rows.RELAY_TARGET}


def protected(plan, suite):
    """The same with both legs protected; the bare relay protects nothing."""
    found = drive(plan, PROTECTED, srtp=suite)
    if found["plain"]:
        fail(f"{found['plain']} parties heard what nobody had protected")
    return rows.relayed(found)


def listeners(plan, calls):
    """Calls that hear the announcement."""
    return rows.listened(drive(plan, calls, "--listen", "--number", "*44"))


def transcoding(plan):
    """Calls between codecs, in process."""
    tables = [rows.transcoding(example("transcode_speed")) for _ in range(plan.tables)]
    return {"Opus": rows.calls_per_core(tables, "Opus", "PCMA"),
            "G.722": rows.calls_per_core(tables, "G.722", "PCMA"), "tables": tables}


def road_memory(_):
    """Memory of calls on the road, in process."""
    octets = sorted(rows.road_memory(example("road_memory")) for _ in range(3))
    return {"octets": octets[1], "target": rows.ROAD_TARGET}


def conferences(_):
    """Rooms, in process."""
    found = rows.conferences(example("conference_speed", 300))
    return [one for one in found if one["members"] in MEMBERS] or fail("it told of no room")


def parts(plan):
    """Everything that is measured: its place in the results, what it is, and how."""
    for calls in TALKING:
        yield f"relay.{calls}", f"{calls} calls that talk", lambda n=calls: relay(plan, n)
    for kind, (words, started) in WAYS.items():
        for calls in MANY:
            title = f"{calls} calls that talk, {words}"
            yield f"{kind}.{calls}", title, lambda n=calls, how=started: talking(plan, n, **how)
    for suite in SUITES:
        title = f"{PROTECTED} calls protected by {suite}"
        yield f"srtp.{suite}", title, lambda suite=suite: protected(plan, suite)
    for calls in LISTENING:
        yield f"listen.{calls}", f"{calls} listeners", lambda n=calls: listeners(plan, n)
    yield "transcoding", "transcoding, in process", lambda: transcoding(plan)
    yield "road", "memory on the road, in process", lambda: road_memory(plan)
    if "conference_speed" in EXAMPLES and not plan.quick:
        yield "conferences", "conferences, in process", lambda: conferences(plan)


def measured(plan, only):
    """Measures every part whose name begins so; of one that fails, why."""
    results = {}
    for name, title, measure in parts(plan):
        if not name.startswith(only):
            continue
        say(title)
        begun = time.monotonic()
        try:
            results[name] = measure()
        except (Exception, SystemExit) as error:
            results[name] = {"failed": str(error) or type(error).__name__}
            say(f"   failed: {results[name]['failed']}")
        say(f"   {time.monotonic() - begun:.0f} s")
    return results


def machine():
    """Which machine this is."""
    text = pathlib.Path("/proc/cpuinfo").read_text()
    models = [line.split(":")[1].strip() for line in text.splitlines()
              if line.startswith("model name")]
    return f"{models[0] if models else platform.machine()}, {os.cpu_count()} cores, " \
           f"Linux {platform.release()}"


def table(results):
    """The table's lines."""
    lines = [rows.HEAD]
    for name, found in results.items():
        if isinstance(found, dict) and "failed" in found:
            lines.append(rows.line(name, None, note=f"failed: {found['failed']}"))
        else:
            lines += lines_of(*name.partition(".")[::2], found)
    relays = [one for name, one in results.items()
              if name.startswith("relay.") and "failed" not in one]
    if relays:
        what = f"octets of a call, of the process, {relays[-1]['calls']} calls"
        lines.append(rows.line(what, relays[-1]["octets_per_call"]))
    lines += [rows.line_of_delay(one) for one in relays]
    if "conferences" not in results and "transcoding" in results:
        lines.append(rows.line("conferences", None, note=f"not measured: {why_no_conferences()}"))
    return lines


def lines_of(kind, which, found):
    """The lines of one part."""
    if kind == "relay":
        return rows.lines_of_relay("packets a core second", found)
    if kind in WAYS:
        return rows.lines_of_relay(f"the same, {WAYS[kind][0]}", found)
    if kind == "srtp":
        return rows.lines_of_relay(which, found)
    if kind == "listen":
        note = f"{found['cores']:.2f} cores, {found['made']:.0%} made in time"
        note = "; ".join(filter(None, (note, found["trouble"])))
        return [rows.line(f"listeners a core, of {which}", found["per_core"], note=note)]
    if kind == "transcoding":
        return [rows.line(f"calls {codec} - G.711 a core", found[codec])
                for codec in ("Opus", "G.722")]
    if kind == "road":
        what = "octets of a relayed call on the road"
        return [rows.line(what, found["octets"], target=found["target"])]
    return [rows.line(f"members a core, rooms of {one['members']}, {one['codec']}",
                      one["per_core"], note=one["how"]) for one in rows.usual(found)]


def why_no_conferences():
    """Why there is no row of them."""
    there = "conference_speed" in EXAMPLES
    return "--quick leaves them out" if there else "the source has no example conference_speed"


def main():
    """Builds, measures, tells."""
    flags = [word for word in sys.argv[1:] if word.startswith("--")]
    paths = [word for word in sys.argv[1:] if not word.startswith("--")]
    out = pathlib.Path(paths[0] if paths else TARGET / "bench" / "media.json")
    out.parent.mkdir(parents=True, exist_ok=True)
    if "--no-build" not in flags:
        build_all()
    # three sockets for every party and some
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    begun, before = time.monotonic(), os.getloadavg()[0]
    only = next((word.partition("=")[2] for word in flags if word.startswith("--only=")), "")
    results = measured(Plan("--quick" in flags), only)
    about = {"machine": machine(), "load_before": before, "load_after": os.getloadavg()[0],
             "seconds": time.monotonic() - begun, "quick": "--quick" in flags,
             "rtpengine": version() or "not installed"}
    out.write_text(json.dumps({**about, "results": results}, indent=1))
    plot(results, about, out.with_suffix(".svg"))
    print("\n".join(table(results)))
    print(f"rtpengine: {about['rtpengine']}")
    print(f"== {about['machine']}; load {before:.1f} before, {about['load_after']:.1f} after; "
          f"{about['seconds']:.0f} s")
    print(f"== JSON: {out}, plot: {out.with_suffix('.svg')}")
    if any("failed" in one for one in results.values()):
        sys.exit(1)


main()
