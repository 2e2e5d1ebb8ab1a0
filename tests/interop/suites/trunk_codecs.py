"""Codecs of a trunk, with SIPp as the carrier."""

from kit.case import equal, test, true
from kit.exchange import ACME, Exchange, free_port
from kit.line import Line, description
from kit.sipp import Sipp
from suites.carriers import CARRIER, PARIS, connected

OFFER = "0 9 8 101"


def called(codecs):
    """What the carrier is offered, and the caller told, of a telephone's offer."""
    with Exchange() as exchange:
        port = free_port(CARRIER)
        connected(exchange, [f"{CARRIER}:{port}"], codecs=codecs)
        with Sipp(exchange, "carrier_busy", ip=CARRIER, port=port) as paris, \
                Line(exchange, ACME, exchange.account(ACME, "101")) as anna:
            paris.ready()
            told = anna.invite(f"sip:{PARIS}@{ACME}", body=description(anna.ip, 9, OFFER)).status
            cdr = exchange.one_cdr()
            if told == 488:
                return None, told, cdr
            paris.wait()
            invite = paris.messages(received=True)[0]
        media = next(line for line in invite.body.splitlines() if line.startswith("m=audio"))
        return media.split(" RTP/AVP ")[1].strip(), told, cdr


@test()
def a_carrier_is_offered_the_codecs_of_its_trunk_in_their_order():
    equal(called([])[0], OFFER, "without a list")
    equal(called(["PCMA", "pcmu"])[0], "8 0 101", "with one")


@test()
def a_call_whose_codecs_a_trunk_does_not_take_is_refused_and_says_why():
    offered, told, cdr = called(["G729"])
    equal((offered, told), (None, 488), "the carrier is not called")
    rules = {step["rule"] for step in cdr["explanation"]}
    true("trunk.codecs" in rules, f"the record says why: {rules}")
