"""Browsers with their own media: Chromium finds its way to the exchange (ICE), agrees on keys with it
(DTLS-SRTP), and talks with telephones that are plain or protected, and with other browsers."""

from kit.baresip import Phone
from kit.case import equal, record_for, test, true, wait_until
from kit.exchange import ACME, Exchange
from kit.web_phone import WebPhone
from suites.features import ANNA, BERT, CARL, CODEC, talk_and_end, tone
from suites.leg_types import CODECS
from suites.matrix import hears_anew, hold_and_resume
from suites.protected_sound import MUST, forged, says, suites
from suites.protected_sound import tone as protected_tone

# how long the exchange waits for a browser that says nothing any more
CONSENT = 30


def page(exchange, number, hertz, transport="wss", **more):
    return WebPhone(exchange, ACME, number, transport, hertz, **more)


def protected_by_handshake(one):
    transport = one.transport()
    equal(transport["dtlsState"], "connected", f"what the browser says: {transport}")
    true(transport["srtpCipher"], f"its sound is protected: {transport}")


def calls_and_is_called(codec):
    """A browser and a telephone of one codec call each other, and hear each other each time."""
    with Exchange().also_speaks("wss") as exchange, \
            page(exchange, "101", ANNA) as anna, \
            Phone(exchange, ACME, "102", source=f"ausine,{BERT}", codec=codec) as bert:
        anna.dial("102")
        bert.wait_established()
        anna.wait_established()
        hears_anew(anna)
        protected_by_handshake(anna)
        equal(anna.codec().lower(), "audio/" + codec.split("/")[0].lower(), "what the browser hears")
        talk_and_end(anna, bert)
        bert.dial("101")
        anna.wait_established(2)
        hears_anew(anna)
        hears_anew(bert)
        bert.hang_up()
        anna.wait_over(2)
        equal(forged(exchange), 0, "forged packets")
        for record in exchange.wait_cdrs(2):
            true(sorted(map(str, suites(record)))[0].startswith("AE"), f"{suites(record)}")
            equal(record["end"]["sip_status"], 200, "status of the record")


def make(codec):
    """The test of one codec, whose name says which."""
    def run():
        calls_and_is_called(codec)
    name = codec.split("/", maxsplit=1)[0].lower()
    run.__name__ = f"a_browser_and_a_telephone_with_{name}_hear_each_other"
    test(listens=True, seconds=90)(run)


for each in CODECS:
    make(each)


@test(listens=True, seconds=90)
def two_browsers_hear_each_other_in_opus():
    with Exchange().also_speaks("ws", "wss") as exchange, \
            page(exchange, "101", ANNA) as anna, page(exchange, "102", BERT, "ws") as bert:
        anna.dial("102")
        anna.wait_established()
        bert.wait_established()
        hears_anew(anna)
        hears_anew(bert)
        equal({anna.codec(), bert.codec()}, {"audio/opus"}, "what they speak")
        talk_and_end(anna, bert)
        equal(forged(exchange), 0, "forged packets")


@test(listens=True, seconds=90)
def a_browser_and_a_telephone_with_keys_in_its_description_hear_each_other():
    with Exchange().also_speaks("tls", "wss") as exchange:
        says(exchange, "102", "require")
        with page(exchange, "101", ANNA) as anna, \
                protected_tone(exchange, "102", MUST, BERT, "tls") as bert:
            anna.dial("102")
            anna.wait_established()
            bert.wait_established()
            talk_and_end(anna, bert)
        used = suites(exchange.one_cdr())
        true(all(used), f"both were protected: {used}")
        equal(forged(exchange), 0, "forged packets")


@test(listens=True, seconds=90)
def a_browser_and_a_telephone_of_different_versions_of_ip_hear_each_other():
    with Exchange("127.0.0.1", "::1").also_speaks("wss") as exchange, \
            page(exchange, "101", ANNA, ip="::1") as anna, \
            tone(exchange, "102", BERT) as bert:
        anna.dial("102")
        anna.wait_established()
        bert.wait_established()
        talk_and_end(anna, bert)


@test(seconds=90)
def a_browser_holds_seeks_another_way_and_is_sent_on():
    with Exchange().also_speaks("wss") as exchange, \
            page(exchange, "101", ANNA) as anna, tone(exchange, "102", BERT) as bert, \
            tone(exchange, "103", CARL) as carl:
        anna.dial("102")
        anna.wait_established()
        bert.wait_established()
        hears_anew(anna)
        hold_and_resume(exchange, anna)
        hears_anew(anna)
        hears_anew(bert)
        anna.seek_anew()
        hears_anew(anna)
        hears_anew(bert)
        protected_by_handshake(anna)
        bert.send_on("103")
        carl.wait_established()
        bert.wait_over()
        hears_anew(anna)
        hears_anew(carl)
        anna.hang_up()
        carl.wait_over()
        equal(forged(exchange), 0, "forged packets")
        equal(exchange.one_cdr()["end"]["sip_status"], 200, "status of the record")


@test(seconds=90)
def a_browser_is_reported_to_also_where_nobody_else_is():
    with Exchange().also_speaks("wss") as exchange, page(exchange, "101", ANNA) as anna:
        anna.dial("*43")
        anna.wait_established()

        def told():
            reported = anna.reported()
            return reported if reported.get("trip") and reported.get("sent") else None
        reported = wait_until("the browser was told twice", told, seconds=20)
        equal(reported["lost"], 0, f"nothing was lost: {reported}")
        true(reported["trip"] < 0.5, f"the way to the exchange and back is short: {reported}")
        true(100 < reported["sent"] < 2000, f"as much was sent as was heard: {reported}")


@test(seconds=120)
def a_browser_whose_sound_is_gone_ends_the_call():
    with Exchange().also_speaks("wss") as exchange, \
            page(exchange, "101", ANNA) as anna, tone(exchange, "102", BERT) as bert:
        anna.dial("102")
        anna.wait_established()
        hears_anew(bert)
        anna.vanish()
        record_for(CONSENT)
        bert.wait_over()
        end = exchange.one_cdr()["end"]
        equal((end["sip_status"], end["reason"]), (408, "a phone is gone"), "how it ended")


@test(seconds=120)
def a_browsers_call_outlives_the_exchange():
    with Exchange().also_speaks("wss") as exchange, \
            page(exchange, "101", ANNA) as anna, tone(exchange, "102", BERT) as bert:
        anna.dial("102")
        anna.wait_established()
        bert.wait_established()
        hears_anew(anna)
        hears_anew(bert)
        # a call is stored once it is two seconds old
        record_for(3)
        exchange.kill()
        exchange.start()
        equal([call["state"] for call in exchange.calls()], ["talking"], "the call is back")
        # the page comes back by another connection, and is offered another handshake there
        anna.wait_for("registered", 2)
        hears_anew(anna)
        hears_anew(bert)
        protected_by_handshake(anna)
        anna.hang_up()
        bert.wait_over()


@test(seconds=60)
def where_protection_is_forbidden_a_browser_is_refused():
    with Exchange().also_speaks("wss") as exchange:
        says(exchange, "101", "never")
        with page(exchange, "101", ANNA) as anna, Phone(exchange, ACME, "102", codec=CODEC):
            anna.dial("102")
            equal(anna.wait_over()["status"], 488, "the call is refused")
