"""The messages of RFC 4475 and RFC 5118, raw, over UDP and TCP: each gets the answer listed here,
or none where none is listed, and the exchange still answers afterwards.

The requests come from strangers, so a sound INVITE or REGISTER is challenged. What the parser
itself makes of each vector is shown where the vectors are, in `proto/sip-message/tests`.
"""

import os
import re

from kit.case import equal, test, true
from kit.exchange import ACME, ROOT, Exchange
from kit.line import Line
from kit.message import Message

VECTORS = os.path.join(ROOT, "proto", "sip-message", "tests", "vectors")

# the status of the answer; `None`: there is none
RFC4475 = {
    # 3.1.1 valid, however strange; wsinv carries the tag of a dialog that is not here
    "wsinv": 481, "intmeth": 501, "esc01": 407, "escnull": 401, "esc02": 501, "lwsdisp": 200,
    "longreq": 407, "dblreq": 401, "semiuri": 200, "transports": 200, "mpart01": 407,
    "unreason": None, "noreason": None,
    # 3.1.2 invalid
    "badinv01": 400, "clerr": 400, "ncl": 400, "scalar02": 400, "scalarlg": None, "quotbal": 400,
    "ltgtruri": 400, "lwsruri": 400, "lwsstart": 400, "trws": 400, "escruri": 400, "baddate": 400,
    "regbadct": 400, "badaspec": 400, "baddn": 400, "badvers": 505, "mismatch01": 400,
    "mismatch02": 400, "bigcode": None,
    # 3.2 transactions
    "badbranch": 200,
    # 3.3 applications; zeromf asks an endpoint, which answers with no hop left
    "insuf": 400, "unkscm": 416, "novelsc": 416, "unksm2": 400, "bext01": 420, "invut": 407,
    "regaut01": 401, "multi01": 400, "mcl01": 400, "bcast": None, "zeromf": 200,
    "cparam01": 401, "cparam02": 401, "regescrt": 401, "sdp01": 407,
    # 3.4 the first standard
    "inv2543": 407,
    # in the archive only: no version in the first line, so no SIP
    "test": None,
}
RFC5118 = {
    "ipv6-good": 401, "ipv6-bad": 400, "port-ambiguous": 401, "port-unambiguous": 401,
    "via-received-param-with-delim": 481, "via-received-param-no-delim": 200,
    # its length is wrong in the archive
    "ipv6-in-sdp": 400,
    # these carry the tag of a dialog that is not here
    "mult-ip-in-header": 481,
    "mult-ip-in-sdp": 407, "ipv4-mapped-ipv6": 407,
    "ipv6-bug-abnf-3-colons": 200, "ipv6-correct-abnf-2-colons": 200,
}

# on a stream these are not over yet: they promise more than they have
STREAM = {"clerr": None, "ipv6-in-sdp": None}


def vector(suite, name):
    with open(os.path.join(VECTORS, suite, f"{name}.dat"), "rb") as file:
        data = file.read()
    if suite == "rfc5118":
        # the archive has lone line feeds; the wire has not
        data = data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    if b"\r\n\r\n" not in data:
        data += b"\r\n"
    return data


def options(exchange, transport):
    with Line(exchange, ACME, transport=transport) as line:
        answer = line.request("OPTIONS", f"sip:{exchange.at}", seconds=5)
        return answer and answer.status


def answered(exchange, transport, data):
    """The final status that a message is answered with; `None` when there is no answer."""
    own = Message(data).call_id
    with Line(exchange, ACME, transport=transport) as line:
        line.send(data)
        # what follows on the same way is answered after it, or not at all
        probe = line.compose("OPTIONS", f"sip:{exchange.at}")
        if transport == "udp":
            line.send(probe)
            wanted = Message(probe).call_id
            line.wait(lambda m: m.call_id == wanted and m.status, 5)
            # a challenge takes no longer than the answer to what came after it
            line.wait(lambda m: m.call_id != wanted and m.status and m.status >= 200, 0.2)
        else:
            # a stream may hold a second message, and new calls are served before registrations
            line.wait(lambda m: m.status and m.status >= 200 and m.call_id == own, 1)
        finals = [m for m in line.inbox if m.status and m.status >= 200
                  and m.call_id != Message(probe).call_id]
        finals.sort(key=lambda m: m.call_id != own)
        return finals[0] if finals else None


def judge(suite, expected, transport):
    if transport == "tcp":
        expected = {name: STREAM.get(name, status) for name, status in expected.items()}
    wrong = []
    while expected:
        # two vectors that name one transaction would be one message said twice
        now = {transaction(suite, name): name for name in expected}
        with Exchange() as exchange:
            for name in now.values():
                found = flaws(exchange, suite, name, expected[name], transport)
                wrong += [f"{name}: {text}" for text in found]
            equal(exchange.cdrs(), [], "records")
        expected = {n: status for n, status in expected.items() if n not in now.values()}
    true(not wrong, "\n".join(wrong))


def transaction(suite, name):
    message = Message(vector(suite, name))
    return message["via"], message.start.split()[0]


def flaws(exchange, suite, name, status, transport):
    """What is wrong with the answer to a vector, and with the exchange after it."""
    data = vector(suite, name)
    answer = answered(exchange, transport, data)
    found = answer and answer.status
    if found != status:
        yield f"{found} instead of {status}"
    sent = Message(data)
    for field in ("call-id", "cseq") if answer else ():
        if sent[field] and answer[field].split() != sent[field].split():
            yield f"{field} of the answer is {answer[field]!r}"
    if options(exchange, "udp") != 200 or options(exchange, "tcp") != 200:
        yield "the exchange does not answer any more"


@test(seconds=90)
def every_vector_of_rfc4475_over_udp_gets_its_answer():
    judge("rfc4475", RFC4475, "udp")


@test(seconds=90)
def every_vector_of_rfc4475_over_tcp_gets_its_answer():
    judge("rfc4475", RFC4475, "tcp")


@test(seconds=60)
def every_vector_of_rfc5118_over_udp_gets_its_answer():
    judge("rfc5118", RFC5118, "udp")


@test(seconds=60)
def every_vector_of_rfc5118_over_tcp_gets_its_answer():
    judge("rfc5118", RFC5118, "tcp")


@test()
def no_vector_is_left_out():
    for suite, expected in (("rfc4475", RFC4475), ("rfc5118", RFC5118)):
        names = {re.sub(r"\.dat$", "", name) for name in os.listdir(os.path.join(VECTORS, suite))}
        equal(names, set(expected), f"vectors of {suite}")
