"""INVITEs that are too long for a datagram, to SIPp as a carrier whose peer names no transport."""

import time

from kit.case import equal, test, true
from kit.exchange import ACME, Exchange, free_port
from kit.line import Line, description
from kit.sipp import Sipp
from suites.carriers import CARRIER, PARIS, connected

# what makes a description longer than a datagram may be (RFC 3261 §18.1.1)
PADDING = "".join(f"a=x-note-{n}:{'of no meaning ' * 6}\r\n" for n in range(14))


def called(transport, calls=1):
    """What the carrier gets of long calls, one after the other, and how long each took."""
    with Exchange() as exchange:
        port = free_port(CARRIER)
        connected(exchange, [f"{CARRIER}:{port}"])
        with Sipp(exchange, "carrier_busy", ip=CARRIER, port=port, calls=calls,
                  transport=transport) as paris, \
                Line(exchange, ACME, exchange.account(ACME, "101"), transport="tcp") as anna:
            paris.ready()
            took = []
            for _ in range(calls):
                began = time.monotonic()
                body = description(anna.ip, 9) + PADDING
                equal(anna.invite(f"sip:{PARIS}@{ACME}", body=body).status, 486, "it is reached")
                took.append(time.monotonic() - began)
            paris.wait()
            invites = [m for m in paris.messages(received=True) if m.start.startswith("INVITE")]
        return [invite["via"].split()[0] for invite in invites], took


@test()
def a_call_too_long_for_a_datagram_reaches_a_carrier_by_a_connection():
    ways, _ = called("t1")
    equal(ways, ["SIP/2.0/TCP"], "how it came")


@test()
def a_carrier_that_takes_no_connection_is_called_by_datagrams():
    ways, took = called("u1", calls=2)
    equal(ways, ["SIP/2.0/UDP", "SIP/2.0/UDP"], "how they came")
    true(max(took) < 3, f"nobody waited for a connection: {took}")
