"""Every way of sending sound against every other: plain, with keys in the description, with keys by a
handshake; telephones on UDP and within TLS, browsers; both versions of IP; the codecs in turn. Who
calls and who is called hear each other, then the call is held, taken up again and sent on.

Those who shake hands are browsers: the baresip of these tests proves itself by RSA, which is not
taken. As a rule each pair of types has one codec; with LEG_TYPES=all it has every pair of codecs, of
which those that differ are made of each other (`make leg-types`)."""

import os
from itertools import combinations_with_replacement, product

from kit.baresip import Phone
from kit.case import equal, test, true
from kit.exchange import ACME, Exchange
from kit.web_phone import WebPhone
from suites.features import ANNA, BERT, CARL, talk_and_end
from suites.matrix import V4, V6, hears_anew, hold_and_resume
from suites.protected_sound import changed, forged, suites

PLAIN, SDES, DTLS = "plain", "with keys", "by handshake"
ACCOUNT = {PLAIN: "", SDES: ";mediaenc=srtp-mand"}
MODULES = {PLAIN: "", SDES: "module srtp.so\n"}
DEVICE = {PLAIN: {}, SDES: {"srtp": "require"}, DTLS: {}}
# what they are called, their transport, version of IP and way of sending sound
TYPES = {
    "udp v4": ("udp", V4, PLAIN), "tls v6": ("tls", V6, PLAIN),
    "tls v4 with keys": ("tls", V4, SDES), "udp v6 with keys": ("udp", V6, SDES),
    "browser v4": ("wss", V4, DTLS), "browser v6": ("wss", V6, DTLS),
}
CODECS = ("PCMU/8000/1", "PCMA/8000/1", "G722/16000/1", "opus/48000/2")
ALL = os.environ.get("LEG_TYPES") == "all"


def phone(exchange, number, hertz, kind, codec):
    transport, ip, sound = TYPES[kind]
    if transport == "wss":
        return WebPhone(exchange, ACME, number, transport, hertz, ip=ip)
    return Phone(exchange, ACME, number, transport, f"ausine,{hertz}", codec, ip=ip,
                 more=ACCOUNT[sound], config=MODULES[sound])


def spoken(kind):
    """The codecs that it speaks alone; a browser chooses of what the other has."""
    return CODECS if TYPES[kind][2] != DTLS else CODECS[-1:]


def protected(kind):
    return TYPES[kind][2] != PLAIN


def cell(caller, called, codecs, *flags):
    exchange = Exchange(V4, also=V6).also_speaks("tls", "wss")
    exchange.flags += flags
    with exchange:
        for number, kind in (("101", caller), ("102", called)):
            if DEVICE[TYPES[kind][2]]:
                changed(exchange, number, **DEVICE[TYPES[kind][2]])
        with phone(exchange, "101", ANNA, caller, codecs[0]) as anna, \
                phone(exchange, "102", BERT, called, codecs[1]) as bert, \
                Phone(exchange, ACME, "103", source=f"ausine,{CARL}", codec=codecs[1]) as carl:
            anna.dial("102")
            anna.wait_established()
            bert.wait_established()
            hears_anew(anna)
            hears_anew(bert)
            talk_and_end(anna, bert)
            used = suites(exchange.one_cdr())
            equal([one is not None for one in used], [protected(caller), protected(called)],
                  f"who was protected: {used}")
            bert.dial("101")
            bert.wait_established(2)
            anna.wait_established(2)
            hears_anew(anna)
            hold_and_resume(exchange, bert)
            hears_anew(anna)
            bert.send_on("103")
            carl.wait_established()
            bert.wait_over(2)
            hears_anew(anna)
            hears_anew(carl)
            carl.hang_up()
            anna.wait_over(2)
        # a party may speak before its keys are read, or for a moment with those it had before
        true(forged(exchange) <= 5, f"packets that proved nothing: {forged(exchange)}")
        true(all(one["end"]["sip_status"] == 200 for one in exchange.wait_cdrs(2)), "the records")


def make(caller, called, codecs):
    """The test of one cell, whose name says what it does."""
    def run():
        cell(caller, called, codecs)
    names = dict.fromkeys(codec.split("/", maxsplit=1)[0] for codec in codecs)
    name = f"{caller} and {called} talk with {' and '.join(names)}"
    run.__name__ = name.lower().replace(" ", "_")
    test(listens=True, seconds=120)(run)


# in each cell both call, so a pair needs one
for place, pair in enumerate(combinations_with_replacement(TYPES, 2)):
    every = product(*map(spoken, pair))
    for codecs in every if ALL else [(CODECS[place % len(CODECS)],) * 2]:
        make(*pair, codecs)


@test(listens=True, seconds=120)
def where_the_kernel_is_asked_by_io_uring_all_hear_each_other():
    cell("tls v4 with keys", "browser v6", CODECS[:1] * 2, "--media-io", "io-uring")
