"""Sound that nobody on the way can hear (SRTP with keys in the description): baresip and libsrtp,
whose SRTP is not ours, on one side or on both."""

import re

from kit.baresip import Phone
from kit.case import equal, record_for, test, true, wait_until
from kit.exchange import ACME, Exchange, free_port
from kit.line import Line, description
from kit.sipp import Sipp
from kit.softphone import ProtectedSoftphone
from suites.carriers import CARRIER, PARIS, connected
from suites.codecs import SECONDS, understood, voices
from suites.features import ANNA, BERT, CARL, CODEC, hears, holding
from suites.matrix import hears_anew

# what the account of a telephone says: its sound is plain, may be protected, must be
PLAIN, MAY, MUST = "", ";mediaenc=srtp", ";mediaenc=srtp-mand"
MODULE = "module srtp.so\n"
USUAL = "AES_CM_128_HMAC_SHA1_80"


def phone(exchange, number, protection, source, transport="udp", codec=CODEC, **more):
    return Phone(exchange, ACME, number, transport, source, codec, more=protection,
                 config=MODULE, **more)


def tone(exchange, number, protection, hertz, transport="udp", **more):
    return phone(exchange, number, protection, f"ausine,{hertz}", transport, **more)


def forged(exchange):
    """Packets that did not prove themselves."""
    return sum(value for name, value in exchange.metrics().items()
               if name.startswith("strowger_rtp_forged_total{"))


def says(exchange, number, srtp):
    """Has the device of an extension say whether its sound is protected."""
    changed(exchange, number, srtp=srtp)


def changed(exchange, number, **members):
    """Changes the device of an extension."""
    device, _ = exchange.account(ACME, number)
    status, told = exchange.api(f"/api/v1/tenants/{ACME}/devices/{device}", "PATCH",
                                members, {"If-Match": "*"})
    equal(status, 200, f"the device is changed: {told}")


def suites(record):
    """By which suites the legs of a call were protected."""
    return [leg["srtp"] for leg in record["legs"]]


def keys(message):
    """Protocol of the sound that a message describes, and its lines of keys."""
    protocol = re.search(r"m=audio \d+ (\S+)", message.body).group(1)
    return protocol, re.findall(r"a=crypto:(\d+) (\S+) inline:(\S+)", message.body)


def talk(anna_is, bert_is, transports=("udp", "udp"), ips=("127.0.0.1", "127.0.0.1")):
    """Each hears what the other says, and the record tells by what each was protected."""
    also = ips[1] if ips[1] != ips[0] else None
    with Exchange(ips[0], also).also_speaks("tls") as exchange:
        anna_says, bert_says = voices(exchange)
        with phone(exchange, "101", anna_is, f"aufile,{anna_says}", transports[0],
                   ip=ips[0]) as anna, \
                phone(exchange, "102", bert_is, f"aufile,{bert_says}", transports[1],
                      ip=ips[1]) as bert:
            if bert_is == MUST:
                # from here sound is offered plain, unless the device says otherwise
                says(exchange, "102", "require")
            anna.dial("102")
            anna.wait_established()
            bert.wait_established()
            record_for(SECONDS)
            # before its farewell: baresip gives up its keys first and says it unprotected
            refused = forged(exchange)
            anna.hang_up()
            anna.wait_over()
            bert.wait_over()
            understood(anna_says, bert)
            understood(bert_says, anna)
            used = suites(exchange.one_cdr())
            equal([one is not None for one in used], [anna_is != PLAIN, bert_is != PLAIN],
                  f"who was protected: {used}")
            equal(refused, 0, "forged packets")


@test(listens=True)
def a_protected_phone_and_a_plain_one_hear_each_other():
    talk(MUST, PLAIN)


@test(listens=True)
def a_plain_phone_reaches_one_that_must_be_protected():
    talk(PLAIN, MUST)


@test(listens=True)
def two_protected_phones_on_tls_hear_each_other():
    talk(MUST, MUST, ("tls", "tls"))


@test(listens=True)
def two_protected_phones_on_different_versions_of_ip_hear_each_other():
    talk(MUST, MUST, ("tls", "tls"), ("127.0.0.1", "::1"))


@test(listens=True)
def a_phone_that_offers_keys_beside_plain_sound_is_protected():
    talk(MAY, PLAIN)


@test()
def neither_side_of_a_call_sees_the_others_keys():
    with Exchange() as exchange:
        says(exchange, "102", "require")
        with tone(exchange, "101", MUST, ANNA) as anna, tone(exchange, "102", MUST, BERT) as bert:
            anna.dial("102")
            anna.wait_established()
            bert.wait_established()

            def written(one):
                found = set()
                for message in one.messages():
                    if "a=crypto" in message.body:
                        found |= {key for _, _, key in keys(message)[1]}
                return found
            shared = written(anna) & written(bert)
            equal(shared, set(), "keys that both have seen")
            true(len(written(anna)) >= 2 and len(written(bert)) >= 2, "each saw its own two")
            call = exchange.calls()[0]["id"]
            status, ladder = exchange.api(f"/api/v1/tenants/{ACME}/calls/{call}/ladder")
            equal(status, 200, f"the ladder: {ladder}")
        text = str(ladder)
        true("a=crypto" in text and "inline:***" in text, "the ladder shows that there were keys")
        for key in re.findall(r"inline:([^\s\\]+)", text):
            equal(key, "***", "a key in the ladder")


@test(listens=True)
def a_protected_call_is_held_and_resumed():
    with Exchange() as exchange:
        with tone(exchange, "101", MUST, ANNA) as anna, tone(exchange, "102", PLAIN, BERT) as bert:
            anna.dial("102")
            anna.wait_established()
            bert.wait_established()
            hears_anew(anna)
            for one, number in ((anna, "101"), (bert, "102")):
                one.hold()
                wait_until("the hold is known", lambda: holding(exchange) == [number])
                one.resume()
                wait_until("the call is resumed", lambda: holding(exchange) == [])
                hears_anew(anna)
                hears_anew(bert)
            equal(forged(exchange), 0, "forged packets")
            anna.hang_up()
            anna.wait_over()
            bert.wait_over()


@test(listens=True)
def a_protected_call_is_sent_on_to_a_phone_that_may_be_protected():
    with Exchange() as exchange:
        says(exchange, "103", "offer")
        anna = tone(exchange, "101", MUST, ANNA)
        bert = tone(exchange, "102", PLAIN, BERT)
        carl = tone(exchange, "103", MAY, CARL)
        with anna, bert, carl:
            anna.dial("102")
            anna.wait_established()
            bert.wait_established()
            hears_anew(anna)
            bert.send_on("103")
            carl.wait_established()
            bert.wait_over()
            record_for(3)
            anna.hang_up()
            anna.wait_over()
            carl.wait_over()
            hears(anna, CARL)
            hears(carl, ANNA)
        used = suites(exchange.one_cdr())
        true(used[0] and not used[1] and used[2], f"who was protected: {used}")


# baresip goes on with the keys it began with, whatever it is offered, so this one is made by hand
@test(listens=True, seconds=90)
def a_protected_call_outlives_the_process_with_other_keys():
    with Exchange() as exchange:
        says(exchange, "102", "require")
        with ProtectedSoftphone(exchange, ACME, "102", BERT) as bert, \
                tone(exchange, "101", PLAIN, ANNA) as anna:
            anna.dial("102")
            anna.wait_established()
            hears_anew(anna)
            hears_anew(bert)
            equal(bert.voice.forged, 0, "packets that libsrtp refused")
            # a call is stored once it is two seconds old
            record_for(3)
            exchange.kill()
            exchange.start()
            equal([call["state"] for call in exchange.calls()], ["talking"], "the call is back")
            wait_until("the phone is offered other keys", lambda: len(bert.offered) == 2)
            hears_anew(bert)
            true(bert.offered[0] != bert.offered[1], f"they are others: {bert.offered}")
            record_for(3)
            anna.hang_up()
            anna.wait_over()
            bert.wait_over()
            hears(anna, BERT)
            hears(bert, ANNA)
            equal(bert.voice.forged, 0, "packets that libsrtp refused")


@test()
def a_device_whose_sound_must_be_protected_is_refused_with_plain_sound_except_for_help():
    with Exchange() as exchange:
        says(exchange, "101", "require")
        with Line(exchange, ACME, exchange.account(ACME, "101")) as anna:
            plain = anna.invite(f"sip:102@{ACME}", body=description(anna.ip, 9, "0"))
            equal(plain.status, 488, "plain sound")
            help_is = anna.invite(f"sip:112@{ACME}", body=description(anna.ip, 9, "0"))
            true(help_is.status != 488, f"whoever calls for help is heard: {help_is}")
        says(exchange, "101", "never")
        with Line(exchange, ACME, exchange.account(ACME, "101")) as anna:
            body = description(anna.ip, 9, "0").replace("RTP/AVP", "RTP/SAVP")
            body += f"a=crypto:1 {USUAL} inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj\r\n"
            equal(anna.invite(f"sip:102@{ACME}", body=body).status, 488, "protected sound")


@test()
def a_carrier_is_offered_keys_where_its_trunk_says_so():
    for srtp, wanted in (("require", "RTP/SAVP"), ("offer", "RTP/AVP"), ("accept", None)):
        with Exchange() as exchange:
            port = free_port(CARRIER)
            connected(exchange, [f"{CARRIER}:{port}"], srtp=srtp)
            with Sipp(exchange, "carrier_busy", ip=CARRIER, port=port) as paris, \
                    Line(exchange, ACME, exchange.account(ACME, "101")) as anna:
                paris.ready()
                anna.invite(f"sip:{PARIS}@{ACME}", body=description(anna.ip, 9, "0 8"))
                paris.wait()
                invite = paris.messages(received=True)[0]
            protocol, lines = keys(invite)
            if wanted is None:
                equal((protocol, lines), ("RTP/AVP", []), srtp)
                continue
            equal(protocol, wanted, srtp)
            equal([(tag, suite) for tag, suite, _ in lines],
                  [("1", "AEAD_AES_256_GCM"), ("2", "AEAD_AES_128_GCM"),
                   ("3", "AES_256_CM_HMAC_SHA1_80"), ("4", USUAL)], "suites that are offered")
