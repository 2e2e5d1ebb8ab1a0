"""The same call over every pair of transports, of both versions of IP: it is answered, sound goes
both ways, it is held and taken up again, and sent on to a third phone, by whoever was called and by
a forward. Over WebSockets the phone is JsSIP in a browser, the others are baresip."""

from kit.baresip import Phone
from kit.case import equal, test, true, wait_until
from kit.exchange import ACME, Exchange
from kit.web_phone import WebPhone
from suites.features import ANNA, BERT, CARL, CODEC, holding
from suites.forwards import diverted, forwards

V4, V6 = "127.0.0.1", "::1"
# who calls, and who is called; the third phone has the transport of the first
CELLS = [
    ("udp", V4, "tcp", V4), ("tcp", V4, "tls", V4), ("tls", V4, "udp", V4), ("tls", V4, "tls", V4),
    ("tcp", V4, "udp", V4), ("udp", V6, "udp", V6), ("tls", V6, "tcp", V6), ("tcp", V6, "tls", V6),
    ("udp", V4, "tls", V6), ("tls", V6, "udp", V4), ("tcp", V6, "tcp", V4),
    ("ws", V4, "udp", V4), ("udp", V4, "ws", V4), ("wss", V4, "tls", V4), ("tcp", V4, "wss", V4),
    ("ws", V4, "wss", V4), ("wss", V6, "ws", V6), ("wss", V6, "udp", V4),
]
WEB = ("ws", "wss")
# packets of a third of a second: sound goes, and is not a leftover
ENOUGH = 16


def phone(exchange, number, hertz, transport, ip):
    if transport in WEB:
        return WebPhone(exchange, ACME, number, transport, hertz, ip=ip)
    return Phone(exchange, ACME, number, transport, f"ausine,{hertz}", CODEC, ip=ip)


def hears_anew(one):
    """Sound reaches a phone from now on."""
    before = one.packets()
    wait_until(f"{one.name} hears more", lambda: one.packets() - before >= ENOUGH)


def hold_and_resume(exchange, one):
    """A phone puts the other on hold and takes it back, and the exchange knows of both."""
    one.hold()
    wait_until("the hold is known", lambda: holding(exchange) == [one.number])
    one.resume()
    wait_until("the call is resumed", lambda: holding(exchange) == [])


def cell(caller, caller_ip, called, called_ip):
    with Exchange(V4, also=V6).also_speaks("tls", *WEB) as exchange:
        anna = phone(exchange, "101", ANNA, caller, caller_ip)
        bert = phone(exchange, "102", BERT, called, called_ip)
        carl = phone(exchange, "103", CARL, caller, caller_ip)
        with anna, bert, carl:
            anna.dial("102")
            anna.wait_established()
            bert.wait_established()
            hears_anew(anna)
            hears_anew(bert)
            hold_and_resume(exchange, bert)
            hears_anew(anna)
            bert.send_on("103")
            carl.wait_established()
            bert.wait_over()
            hears_anew(anna)
            hears_anew(carl)
            forwards(exchange, "102", always="103")
            anna.hang_up()
            anna.wait_over()
            carl.wait_over()
            cdr = exchange.one_cdr()
            anna.dial("102")
            anna.wait_established(2)
            carl.wait_established(2)
            hears_anew(anna)
            hears_anew(carl)
            anna.hang_up()
            anna.wait_over(2)
            carl.wait_over(2)
        records = exchange.wait_cdrs(2)
        true([("102", "always", "103")] in [diverted(one) for one in records],
             "the forward is in the record")
        equal((cdr["end"]["sip_status"], cdr["end"]["by"]), (200, "caller"), "how it ended")
        true([t["succeeded"] for t in cdr["transfers"]] == [True], "the transfer is in the record")


def make(caller, caller_ip, called, called_ip):
    """The test of one cell, whose name says what it does."""
    def run():
        cell(caller, caller_ip, called, called_ip)
    words = {V4: "v4", V6: "v6"}
    run.__name__ = (f"a_phone_on_{caller}_{words[caller_ip]}_talks_with_one_on_{called}_"
                    f"{words[called_ip]}_holds_is_sent_on_and_forwarded")
    test(seconds=90)(run)


for each in CELLS:
    make(*each)
