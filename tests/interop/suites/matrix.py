"""The same call over every pair of transports, of both versions of IP: it is answered, sound goes both
ways, it is held and taken up again, and sent on to a third phone."""

import re

from kit.baresip import Phone
from kit.case import equal, test, true, wait_until
from kit.exchange import ACME, Exchange
from suites.features import ANNA, BERT, CARL, CODEC, holding

V4, V6 = "127.0.0.1", "::1"
# who calls, and who is called; the third phone has the transport of the first
CELLS = [
    ("udp", V4, "tcp", V4), ("tcp", V4, "tls", V4), ("tls", V4, "udp", V4), ("tls", V4, "tls", V4),
    ("tcp", V4, "udp", V4), ("udp", V6, "udp", V6), ("tls", V6, "tcp", V6), ("tcp", V6, "tls", V6),
    ("udp", V4, "tls", V6), ("tls", V6, "udp", V4), ("tcp", V6, "tcp", V4),
]
# packets of a third of a second: sound goes, and is not a leftover
ENOUGH = 16


def phone(exchange, number, hertz, transport, ip):
    return Phone(exchange, ACME, number, transport, f"ausine,{hertz}", CODEC, ip=ip)


def packets(one):
    """Packets of sound that have reached a phone in its call; none before it has begun to listen."""
    counted = re.search(r"rcvd=(\d+)", one.command("audio_debug"))
    return int(counted.group(1)) if counted else 0


def hears_anew(one):
    """Sound reaches a phone from now on."""
    before = packets(one)
    wait_until(f"{one.name} hears more", lambda: packets(one) - before >= ENOUGH)


def cell(caller, caller_ip, called, called_ip):
    with Exchange(V4, also=V6).also_speaks("tls") as exchange:
        anna = phone(exchange, "101", ANNA, caller, caller_ip)
        bert = phone(exchange, "102", BERT, called, called_ip)
        carl = phone(exchange, "103", CARL, caller, caller_ip)
        with anna, bert, carl:
            anna.dial("102")
            anna.wait_established()
            bert.wait_established()
            hears_anew(anna)
            hears_anew(bert)
            bert.command("hold")
            wait_until("the hold is known", lambda: holding(exchange) == ["102"])
            bert.command("resume")
            wait_until("the call is resumed", lambda: holding(exchange) == [])
            hears_anew(anna)
            bert.command("transfer", f"sip:103@{ACME}")
            carl.wait_established()
            bert.wait_over()
            hears_anew(anna)
            hears_anew(carl)
            anna.hang_up()
            anna.wait_over()
            carl.wait_over()
        cdr = exchange.one_cdr()
        equal((cdr["end"]["sip_status"], cdr["end"]["by"]), (200, "caller"), "how it ended")
        true([t["succeeded"] for t in cdr["transfers"]] == [True], "the transfer is in the record")


def make(caller, caller_ip, called, called_ip):
    """The test of one cell, whose name says what it does."""
    def run():
        cell(caller, caller_ip, called, called_ip)
    words = {V4: "v4", V6: "v6"}
    run.__name__ = (f"a_phone_on_{caller}_{words[caller_ip]}_talks_with_one_on_{called}_"
                    f"{words[called_ip]}_holds_and_is_sent_on")
    test(seconds=90)(run)


for each in CELLS:
    make(*each)
