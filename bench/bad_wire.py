#!/usr/bin/env python3
"""How a call sounds through a bad wire; `make bench-sound`.

    bench/bad_wire.py [--seeds N] [RESULTS.json]

101 is behind a wire on which, in the direction of the exchange, 5 % of the packets are lost and each
takes 60 ms and up to 30 more or less, so that they overtake each other. It says some sentences, and
what 102 hears, a real telephone as well (baresip), is scored by PESQ (ITU-T P.862, narrow band) in
pieces of eight seconds; told is their mean. The same losses and delays meet

    relayed      both speak PCMU: the exchange passes packets on, and 102's jitter buffer has them
    transcoded   101 speaks G.722, 102 PCMU: the exchange's jitter buffer and concealment
    opus         101 speaks Opus, without what would tell of lost packets, 102 PCMU
    conference   both speak PCMU and attend a conference

The table is printed; the same goes to RESULTS.json (target/bench/bad_wire.json).
"""

import argparse
import contextlib
import heapq
import json
import os
import pathlib
import random
import socket
import sys
import threading
import time

HOME = pathlib.Path(__file__).resolve().parent.parent
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", HOME / "target")).resolve()
os.environ.setdefault("STROWGER", str(TARGET / "release" / "strowger"))
sys.path.insert(0, str(HOME / "tests" / "interop"))

# pylint: disable=wrong-import-position
import numpy as np  # noqa: E402
from pesq import pesq  # noqa: E402
from kit import sound  # noqa: E402
from kit.baresip import Phone  # noqa: E402
from kit.case import record_for  # noqa: E402
from kit.exchange import ACME, Exchange  # noqa: E402
from kit.wire import OUTWARD, Wire  # noqa: E402
from suites.codecs import voices  # noqa: E402

#: What is lost, and how long the others take: seconds, and as much more or less.
LOST, TAKES, APART = 0.05, 0.060, 0.030
#: How long 101 talks, and the pieces that are scored, seconds.
TALKS, PIECE = 26, 8
#: What 101 speaks.
KINDS = {"relayed": "PCMU/8000/1", "transcoded": "G722/16000/1", "opus": "opus/48000/2",
         "conference": "PCMU/8000/1"}
#: A jitter buffer that holds what such a wire does to packets, for 102 to be fair to.
PATIENT = "jitter_buffer_type fixed\njitter_buffer_delay 5-10\n"


class Bad(Wire):
    """Loses and delays each packet of sound towards the exchange by itself."""

    def __init__(self, exchange, seed):
        super().__init__(exchange)
        self.random, self.waiting, self.over = random.Random(seed), [], False
        self.held = threading.Lock()
        threading.Thread(target=self._let_go, daemon=True).start()

    def _let_go(self):
        while not self.over:
            with self.held:
                due = []
                while self.waiting and self.waiting[0][0] <= time.monotonic():
                    due.append(heapq.heappop(self.waiting))
            for _, _, to, data, at in due:
                with contextlib.suppress(OSError):
                    to.sendto(data, at)
            time.sleep(0.001)

    def _carry(self, one, to, direction, step):
        if step or direction != OUTWARD or self.other is None:
            super()._carry(one, to, direction, step)
            return
        try:
            data = one.recv(65536, socket.MSG_DONTWAIT)
        except (ConnectionError, BlockingIOError):
            return
        self.passed[direction] += 1
        if self.random.random() < LOST:
            self.lost += 1
            return
        due = time.monotonic() + TAKES + self.random.uniform(-APART, APART)
        with self.held:
            heapq.heappush(self.waiting, (due, self.passed[direction], to, data, self.other))


def call(kind, seed):
    """What 102 hears, scored, and how many packets the wire has lost."""
    with Exchange() as exchange, Bad(exchange, seed) as wire:
        says, _ = voices(exchange)
        with Phone(wire, ACME, "101", source=f"aufile,{says}", codec=KINDS[kind],
                   config=PATIENT) as anna, \
                Phone(exchange, ACME, "102", source="ausine,440", codec="PCMU/8000/1",
                      config=PATIENT) as bert:
            if kind == "conference":
                exchange.api(f"/api/v1/tenants/{ACME}/extensions", "POST",
                             {"number": "800", "destination": "conference"})
                # who carries calls hears of it a moment later
                record_for(1.2)
                bert.dial("800")
                bert.wait_established()
                anna.dial("800")
            else:
                anna.dial("102")
                bert.wait_established()
            anna.wait_established()
            record_for(TALKS)
            anna.hang_up()
            anna.wait_over()
            if kind == "conference":
                bert.hang_up()
            bert.wait_over()
            wire.over = True
            return score(says, bert.heard()), wire.lost


def score(said, heard):
    """The mean over pieces, each beside what was said in it."""
    said, heard = sound.samples(said), sound.samples(heard)
    lag, _ = sound.align(said[:60 * sound.RATE], heard)
    step, margin, found = PIECE * sound.RATE, sound.RATE // 2, []
    for begin in range(2 * sound.RATE, len(heard) - step, step // 2):
        piece = heard[begin:begin + step]
        base = max(0, begin - lag - margin)
        around = said[base:base + step + 2 * margin]
        own, _ = sound.align(piece, around)
        meant = around[max(0, own):max(0, own) + step]
        length = min(len(meant), len(piece))
        if length >= step // 2:
            most = max(abs(meant).max(), abs(piece).max(), 1e-6)
            meant, piece = (part[:length].astype(np.float32) / most for part in (meant, piece))
            found.append(pesq(sound.RATE, meant, piece, "nb"))
    return float(np.mean(found))


def main():
    """Calls, tells, and fails where a call that is made anew sounds worse than one relayed."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--seeds", type=int, default=3, help="how many wires (3)")
    parser.add_argument("results", nargs="?", default=TARGET / "bench" / "bad_wire.json",
                        type=pathlib.Path, metavar="RESULTS.json")
    wishes = parser.parse_args()
    found = {}
    print(f"{'PESQ':12}" + "".join(f"{kind:>12}" for kind in KINDS) + "   packets lost", flush=True)
    for seed in range(1, wishes.seeds + 1):
        row = {kind: call(kind, seed) for kind in KINDS}
        found[seed] = {kind: {"pesq": pesq_, "lost": lost} for kind, (pesq_, lost) in row.items()}
        print(f"wire {seed:<7}" + "".join(f"{row[kind][0]:12.2f}" for kind in KINDS)
              + "   " + ", ".join(str(lost) for _, lost in row.values()), flush=True)
    means = {kind: float(np.mean([one[kind]["pesq"] for one in found.values()])) for kind in KINDS}
    print(f"{'mean':12}" + "".join(f"{means[kind]:12.2f}" for kind in KINDS), flush=True)
    wishes.results.parent.mkdir(parents=True, exist_ok=True)
    wishes.results.write_text(json.dumps({"wires": found, "means": means}, indent=1))
    worse = [kind for kind in KINDS if means[kind] < means["relayed"]]
    if worse:
        sys.exit(f"worse than what is relayed: {', '.join(worse)}")


if __name__ == "__main__":
    main()
