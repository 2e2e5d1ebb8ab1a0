"""Whoever agrees on keys by a handshake and makes no checks of the way (RFC 5763 without ICE), as
borders of carriers do: OpenSSL shakes hands, libsrtp protects, and both sides hear each other."""

import contextlib

from kit import sound
from kit.case import equal, record_for, test, true
from kit.exchange import ACME, Exchange
from kit.handshake import Handshake
from kit.line import Line, description, token
from kit.voice import Voice
from suites.carriers import CARRIER, PARIS, connected
from suites.features import ANNA, BERT, SECONDS, tone
from suites.protected_sound import forged, suites


@contextlib.contextmanager
def shaker(exchange, ip, profile, active):
    voice = Voice(ip, BERT)
    handshake = Handshake(exchange, voice, profile, active)
    try:
        yield voice, handshake
    finally:
        handshake.end()
        voice.close()


def heard(exchange, voice):
    path = voice.write(f"{exchange.folder}/shaker.wav", "whoever shakes hands")
    return sound.tone_share(path, ANNA, SECONDS - 1)


def both_hear_each_other(exchange, voice, anna):
    true(heard(exchange, voice) > 0.8, "whoever shakes hands hears the telephone")
    share = sound.tone_share(anna.heard(), BERT, SECONDS - 1)
    true(share > 0.8, f"the telephone hears whoever shakes hands: {share}")
    record = exchange.one_cdr()
    equal((voice.forged, forged(exchange)), (0, 0), "forged packets")
    return sorted(map(str, suites(record)))


def a_line_calls(profile, claims=None, mux=True):
    """A line that offers a handshake calls a telephone; which suites the record names."""
    with Exchange() as exchange, tone(exchange, "101", ANNA) as anna, \
            Line(exchange, ACME, exchange.account(ACME, "102")) as line, \
            shaker(exchange, line.ip, profile, True) as (voice, handshake):
        line.register()
        offer = handshake.wear(description(claims or line.ip, voice.port, "0 101"), mux)
        dialog = line.invite(f"sip:101@{ACME}", body=offer.replace("active", "actpass"))
        answer = dialog.answer.body
        true("a=setup:passive" in answer, f"the exchange lets it begin: {answer}")
        equal("a=rtcp-mux" in answer, mux, "one port where one is wanted")
        true("a=ice" not in answer and "candidate" not in answer, f"it says no more: {answer}")
        handshake.begin(answer).wait_over()
        record_for(SECONDS)
        dialog.hang_up()
        anna.wait_over()
        return both_hear_each_other(exchange, voice, anna)


@test(listens=True)
def a_line_that_makes_no_checks_calls_a_telephone():
    equal(a_line_calls("SRTP_AEAD_AES_128_GCM"), ["AEAD_AES_128_GCM", "None"], "suites")


@test(listens=True)
def a_line_behind_a_wall_that_makes_no_checks_calls_a_telephone():
    equal(a_line_calls("SRTP_AES128_CM_SHA1_80", claims="10.9.9.5"),
          ["AES_CM_128_HMAC_SHA1_80", "None"], "suites")


@test(listens=True)
def a_line_that_wants_its_reports_at_another_port_calls_a_telephone():
    equal(a_line_calls("SRTP_AES128_CM_SHA1_80", mux=False),
          ["AES_CM_128_HMAC_SHA1_80", "None"], "suites")


def a_carrier_is_called(active):
    """A carrier to which hands are to be offered answers without a word of checks."""
    with Exchange() as exchange, Line(exchange, ACME, ip=CARRIER) as paris, \
            tone(exchange, "101", ANNA) as anna, \
            shaker(exchange, CARRIER, "SRTP_AES128_CM_SHA1_80", active) as (voice, handshake):
        connected(exchange, [paris.at], srtp="require", key_agreement="dtls")
        anna.dial(PARIS)
        invite = paris.wait_request("INVITE")
        said = handshake.wear(description(CARRIER, voice.port, "0 101"))
        if not active:
            handshake.begin(invite.body)
        paris.respond(invite, 200, "OK", tag=token(), body=said)
        true(paris.wait_request("ACK"), "the answer is taken")
        if active:
            handshake.begin(invite.body)
        handshake.wait_over()
        record_for(SECONDS)
        anna.hang_up()
        paris.respond(paris.wait_request("BYE"), 200, "OK")
        anna.wait_over()
        return both_hear_each_other(exchange, voice, anna)


@test(listens=True)
def a_carrier_that_makes_no_checks_and_begins_is_called():
    equal(a_carrier_is_called(True), ["AES_CM_128_HMAC_SHA1_80", "None"], "suites")


@test(listens=True)
def a_carrier_that_makes_no_checks_and_waits_to_be_asked_is_called():
    equal(a_carrier_is_called(False), ["AES_CM_128_HMAC_SHA1_80", "None"], "suites")
