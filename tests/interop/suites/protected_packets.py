"""Protected packets (SRTP, SRTCP): ours and libsrtp's are the same, octet by octet, and each opens
what the other has closed."""

import os
import random
import subprocess

from kit.case import equal, test, true
from kit.exchange import BINARY
from kit.libsrtp import FORGED, INBOUND, OLD, OUTBOUND, REPLAYED, SUITES, Refused, Session

PIPE = os.path.join(os.path.dirname(BINARY), "examples", "srtp_pipe")
# of each suite
PACKETS, REPORTS = 1500, 300
# as many streams as a sender of ours remembers
STREAMS = 4
PROBLEMS = {REPLAYED: "Replayed", OLD: "Replayed", FORGED: "Forged"}


class Ours:
    """Our sender and receiver under one key, by way of `srtp_pipe`."""

    def __init__(self, suite, key):
        self.head = f"{suite} {key.hex()}"
        self.pipe = subprocess.Popen([PIPE], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                     text=True)

    def run(self, operation, packet):
        """The packet that came of it, or the name of the problem."""
        self.pipe.stdin.write(f"{self.head} {operation} {packet.hex()}\n")
        self.pipe.stdin.flush()
        answer = self.pipe.stdout.readline().strip()
        true(answer, f"{operation} is answered")
        return answer if answer.isalpha() and answer[0].isupper() else bytes.fromhex(answer)

    def close(self):
        self.pipe.stdin.close()
        equal(self.pipe.wait(), 0, "the pipe ends well")


class Both:
    """Both implementations under one key."""

    def __init__(self, suite, seed):
        self.random = random.Random(f"{suite} {seed}")
        key = self.random.randbytes(SUITES[suite][0])
        self.ours = Ours(suite, key)
        self.outward = Session(suite, key, OUTBOUND)
        self.inward = Session(suite, key, INBOUND)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.ours.close()
        self.outward.close()
        self.inward.close()

    def theirs(self, session, operation, packet):
        try:
            return session.run(operation, packet)
        except Refused as refused:
            return PROBLEMS.get(refused.args[0], refused)

    def protect(self, kind, packet):
        """Protected by both, and the same; the packet, or the problem."""
        ours = self.ours.run(f"protect_{kind}", packet)
        theirs = self.theirs(self.outward, f"protect_{kind}", packet)
        equal(shown(ours), shown(theirs), f"{kind} {packet.hex()} protected")
        return ours

    def unprotect(self, kind, packet):
        """Unprotected by both, and the same."""
        ours = self.ours.run(f"unprotect_{kind}", packet)
        theirs = self.theirs(self.inward, f"unprotect_{kind}", packet)
        equal(shown(ours), shown(theirs), f"{kind} {packet.hex()} unprotected")
        return ours

    def rtp(self, ssrc, seq):
        """A packet of any form: contributing sources, an extension, a marker, any payload."""
        of, sources = self.random, self.random.choice([0, 0, 0, 1, 2, 15])
        extended = of.random() < 0.3
        head = bytes([0x80 | extended << 4 | sources, of.randrange(256)])
        head += seq.to_bytes(2, "big") + of.randbytes(4) + ssrc.to_bytes(4, "big")
        head += of.randbytes(4 * sources)
        if extended:
            words = of.randrange(5)
            head += b"\xbe\xde" + words.to_bytes(2, "big") + of.randbytes(4 * words)
        return head + of.randbytes(of.choice([0, 1, 15, 16, 17, 160, of.randrange(1200)]))

    def rtcp(self, ssrc):
        """A report of any length, in whole words."""
        words = self.random.randrange(60)
        return bytes([0x80, 201]) + (words + 1).to_bytes(2, "big") + ssrc.to_bytes(4, "big") \
            + self.random.randbytes(4 * words)


def shown(packet):
    return packet.hex() if isinstance(packet, bytes) else packet


def in_any_order(of, numbers, far):
    """The numbers, each moved by less than `far`, some twice."""
    shaken = sorted((number + of.uniform(0, far), number) for number in numbers)
    return [number for _, number in shaken for _ in range(2 if of.random() < 0.02 else 1)]


@test(seconds=300)
def packets_of_every_suite_are_the_same_as_libsrtps_and_open_each_other():
    for suite in SUITES:
        with Both(suite, "rtp") as both:
            of = both.random
            begin = [of.randrange(100, 0x8000) for _ in range(STREAMS)]
            ssrcs = [of.getrandbits(32) for _ in range(STREAMS)]
            opened = 0
            for number in in_any_order(of, range(PACKETS), 150):
                at = of.randrange(STREAMS)
                packet = both.rtp(ssrcs[at], (begin[at] + number) & 0xffff)
                sent = both.protect("rtp", packet)
                if not isinstance(sent, bytes):
                    continue
                equal(shown(both.unprotect("rtp", sent)), shown(packet), "what comes out")
                equal(both.unprotect("rtp", sent), "Replayed", "the same once more")
                opened += 1
            true(opened > PACKETS / 2, f"{suite}: {opened} packets were opened")


@test(seconds=300)
def a_sequence_that_rolls_over_is_counted_as_libsrtp_counts_it():
    for suite in SUITES:
        with Both(suite, "roll-over") as both:
            of, ssrc = both.random, both.random.getrandbits(32)
            # three times around in steps, and through each roll-over packet by packet, shaken
            numbers = [0x7000]
            for around in range(1, 4):
                numbers += range(numbers[-1] + 0x3000, around * 0x10000 - 100, 0x3000)
                numbers += in_any_order(of, range(around * 0x10000 - 100, around * 0x10000 + 100),
                                        60)
            for number in numbers:
                packet = both.rtp(ssrc, number & 0xffff)
                sent = both.protect("rtp", packet)
                if isinstance(sent, bytes):
                    equal(shown(both.unprotect("rtp", sent)), shown(packet), "what comes out")


@test(seconds=300)
def reports_of_every_suite_are_the_same_as_libsrtps_and_open_each_other():
    for suite in SUITES:
        with Both(suite, "rtcp") as both:
            ssrcs = [both.random.getrandbits(32) for _ in range(STREAMS)]
            for ssrc in ssrcs:
                # ours begins with 0, as RFC 3711 section 3.4 has it, libsrtp with 1
                first = both.rtcp(ssrc)
                sent = both.ours.run("protect_rtcp", first)
                equal(shown(both.unprotect("rtcp", sent)), shown(first), "the first report")
            late = []
            for _ in range(REPORTS):
                report = both.rtcp(both.random.choice(ssrcs))
                late.append((both.protect("rtcp", report), report))
                if len(late) < 20:
                    continue
                both.random.shuffle(late)
                for sent, report in late:
                    equal(shown(both.unprotect("rtcp", sent)), shown(report), "what comes out")
                    equal(both.unprotect("rtcp", sent), "Replayed", "the same once more")
                late = []


@test(seconds=300)
def changed_packets_are_refused_by_both():
    for suite in SUITES:
        with Both(suite, "changed") as both:
            of, ssrc = both.random, both.random.getrandbits(32)
            for number in range(200):
                sent = {"rtp": both.protect("rtp", both.rtp(ssrc, 1000 + number))}
                sent["rtcp"] = both.ours.run("protect_rtcp", both.rtcp(ssrc))
                for kind, packet in sent.items():
                    # the header stays: where its fields lie decides what is wrong with it
                    at = of.randrange(12, len(packet))
                    changed = bytearray(packet)
                    changed[at] ^= 1 << of.randrange(8)
                    ours = both.ours.run(f"unprotect_{kind}", bytes(changed))
                    theirs = both.theirs(both.inward, f"unprotect_{kind}", bytes(changed))
                    true(isinstance(ours, str), f"{kind} {changed.hex()} is refused by ours")
                    true(not isinstance(theirs, bytes), f"{kind} {changed.hex()} is by libsrtp")
                    both.unprotect(kind, packet)
