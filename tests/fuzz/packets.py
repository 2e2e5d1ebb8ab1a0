#!/usr/bin/env python3
"""Fuzzes what reads octets from the network: libFuzzer looks for octets that lead each parser
astray, by the ways through the code that others have led to before.

    tests/fuzz/packets.py                      a minute each
    tests/fuzz/packets.py --seconds 3600       an hour each
    tests/fuzz/packets.py rtp road             those alone

What was found to lead somewhere new is kept in .tools/octets and is where the next run begins. A
finding is written to .tools/octets too, and can be tried again: the last line says how.
"""

import argparse
import os
import pathlib
import re
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
KEPT = ROOT / ".tools" / "octets"
BUILT = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "packets"

# how the compiler is told to say which way was gone (as cargo-fuzz does, without a sanitizer: there
# is hardly any code here that one could find more in)
COVERAGE = [
    "--cfg=fuzzing", "-Cpasses=sancov-module", "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
]

# seconds that octets may take by the clock, of which other work on the machine may have nearly all
SLOW = 600

SOUND = bytes([0x80, 0, 0, 1, 0, 0, 0, 160, 0, 0, 0, 7]) + bytes(160)
PRESS = bytes([0x80, 101, 0, 2, 0, 0, 1, 64, 0, 0, 0, 7, 5, 0x80, 3, 32])
REPORT = (bytes([0x81, 200, 0, 12]) + bytes([0, 0, 0, 7]) + bytes(20)
          + bytes([0, 0, 0, 9]) + bytes(20))
NAME = bytes([0x81, 202, 0, 3, 0, 0, 0, 7, 1, 4]) + b"anna" + bytes(2)
LOSS = bytes([0x81, 206, 0, 2, 0, 0, 0, 7, 0, 0, 0, 2])
BYE = bytes([0x81, 203, 0, 1, 0, 0, 0, 7])
CHECK = (bytes([0, 1, 0, 20, 0x21, 0x12, 0xa4, 0x42]) + bytes(12)
         + bytes([0, 6, 0, 9]) + b"ours:them" + bytes(3))
# of a request by whoever seeks
ANSWER = (bytes([1, 1, 0, 44, 0x21, 0x12, 0xa4, 0x42]) + bytes(12)
          + bytes([0, 32, 0, 8, 0, 1, 9, 9]) + bytes(4) + bytes([0, 8, 0, 20]) + bytes(20)
          + bytes([0x80, 0x28, 0, 4]) + bytes(4))
OFFER = (b"v=0\r\no=- 1 1 IN IP4 192.0.2.7\r\ns=-\r\nc=IN IP4 192.0.2.7\r\nt=0 0\r\n"
         b"m=audio 4000 RTP/AVP 111 0 101\r\na=rtpmap:111 opus/48000/2\r\na=rtcp-mux\r\n"
         b"a=rtpmap:101 telephone-event/8000\r\na=ptime:20\r\na=sendrecv\r\n")
INVITE = (b"INVITE sip:102@acme.example SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.7;branch=z9hG4bK7\r\n"
          b"From: <sip:101@acme.example>;tag=1\r\nTo: <sip:102@acme.example>\r\nCall-ID: 7\r\n"
          b"CSeq: 1 INVITE\r\nContact: <sip:101@192.0.2.7>\r\nMax-Forwards: 70\r\n"
          b"Content-Type: application/sdp\r\nContent-Length: 0\r\n\r\n")
RECORDING = (b"<?xml version='1.0'?><recording xmlns='urn:ietf:params:xml:ns:recording:1'>"
             b"<datamode>partial</datamode><session session_id='a'/><participant participant_id='b'>"
             b"<nameID aor='sip:101@acme.example'><name>A &amp; B</name></nameID></participant>"
             b"<stream stream_id='c' session_id='a'><label>1</label></stream>"
             b"<participantsessionassoc participant_id='b' session_id='a'/>"
             b"<participantstreamassoc participant_id='b'><send>c</send></participantstreamassoc>"
             b"</recording>")
RECORDED = (b"--x\r\nContent-Type: application/rs-metadata+xml\r\n\r\n" + RECORDING
            + b"\r\n--x--\r\n")
FRAME = bytes([0x81, 0x85, 1, 2, 3, 4]) + bytes(5)
# a packet of two octets, and one before it
FAX = bytes([0, 1, 2, 0x60, 0x10, 0, 1, 2, 0x20, 0x10])
VERSION_1 = b"PROXY TCP4 192.0.2.1 192.0.2.2 5060 5061\r\n"
VERSION_2 = b"\r\n\r\n\0\r\nQUIT\n" + bytes([0x21, 0x11, 0, 12]) + bytes(12)


def pieces(*packets, head=b""):
    """Packets one behind the other, with the length of each before it."""
    return b"".join(head + bytes([len(packet)]) + packet for packet in packets)


# where each begins
SEEDS = {
    "rtp": [pieces(SOUND, PRESS, PRESS, SOUND)],
    "rtcp": [REPORT + NAME, REPORT + NAME + LOSS, REPORT + BYE],
    "srtp": [bytes([suite]) + packet for suite in range(6) for packet in (SOUND, REPORT)],
    "stun": [CHECK, ANSWER],
    "opus": [pieces(bytes([0x08, 1, 2, 3, 4]), bytes([0xfc, 0xff, 0xfe]))],
    "sdp": [OFFER],
    "sip": [INVITE],
    "siprec": [RECORDING, RECORDED],
    "stream": [bytes([40]) + INVITE + INVITE, bytes([7]) + FRAME],
    "proxy": [VERSION_1, VERSION_2],
    "udptl": [pieces(FAX, FAX)],
    "road": [pieces(SOUND, SOUND, PRESS, head=bytes([leg, 20])) for leg in range(8)]
            + [pieces(SOUND, head=b"\0\x14") + pieces(REPORT, head=b"\x80\0")],
}


def build():
    print("== building (some minutes the first time)", flush=True)
    environment = dict(os.environ, CARGO_TARGET_DIR=str(BUILT), CARGO_INCREMENTAL="0",
                       CARGO_ENCODED_RUSTFLAGS="\x1f".join(COVERAGE))
    # with a target named, what runs while building is compiled as usual
    subprocess.run(["cargo", "build", "--release", "--locked", "--quiet", "--target", machine()],
                   check=True, cwd=HERE / "packets", env=environment)


def machine():
    told = subprocess.run(["rustc", "-vV"], check=True, capture_output=True, text=True).stdout
    return re.search(r"host: (\S+)", told)[1]


def program(target):
    return BUILT / machine() / "release" / target


def begin(target, seconds):
    folder = KEPT / target
    folder.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(SEEDS[target]):
        (folder / f"seed-{number}").write_bytes(seed)
    log = open(KEPT / f"{target}.log", "w", encoding="utf-8")
    command = [program(target), folder, f"-max_total_time={seconds}", "-max_len=4096",
               f"-timeout={SLOW}", "-rss_limit_mb=2048", "-print_final_stats=1", "-verbosity=1",
               f"-artifact_prefix={KEPT / target}-"]
    # other work on the machine goes first
    return subprocess.Popen(["nice", "-n", "19", *command], stdout=log, stderr=log)


def told(target):
    log = (KEPT / f"{target}.log").read_text("utf-8", errors="replace")
    tries = re.search(r"number_of_executed_units: (\d+)", log)
    ways = re.findall(r"cov: (\d+)", log)
    found = re.search(r"Test unit written to (\S+)", log)
    return int(tries[1]) if tries else 0, int(ways[-1]) if ways else 0, found and found[1]


def main():
    parser = argparse.ArgumentParser(
        description="Looks for octets that lead a parser astray. Prints a line for each, and fails "
                    "where anything was found.")
    parser.add_argument("targets", nargs="*", metavar="TARGET",
                        help="which (all of them): " + ", ".join(SEEDS))
    parser.add_argument("--seconds", type=int, default=60, help="how long each is fuzzed (60)")
    parser.add_argument("--at-once", type=int, default=os.cpu_count(),
                        help="how many at the same time (as many as there are processors)")
    wishes = parser.parse_args()
    unknown = set(wishes.targets) - set(SEEDS)
    if unknown:
        parser.error(f"there is no {', '.join(sorted(unknown))}: {', '.join(SEEDS)}")
    build()
    waiting = list(wishes.targets or SEEDS)
    print(f"{'target':8} {'seconds':>8} {'processor':>10} {'tries':>14} {'ways':>6}  found",
          flush=True)
    running, findings = {}, 0
    while waiting or running:
        while waiting and len(running) < wishes.at_once:
            target = waiting.pop(0)
            running[target] = begin(target, wishes.seconds), time.monotonic()
        time.sleep(0.2)
        for target, (process, since) in list(running.items()):
            ended, status, used = os.wait4(process.pid, os.WNOHANG)
            if not ended:
                continue
            process.returncode = os.waitstatus_to_exitcode(status)
            del running[target]
            tries, ways, found = told(target)
            failed = process.returncode != 0
            findings += failed
            print(f"{target:8} {time.monotonic() - since:8.0f} {used.ru_utime:10.0f} {tries:14,} "
                  f"{ways:6}  {found if failed else 'nothing'}", flush=True)
            if failed:
                print(f"         again: {program(target)} {found}", flush=True)
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
