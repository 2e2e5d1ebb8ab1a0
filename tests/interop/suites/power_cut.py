"""The process is killed in the middle of everything, and started again."""

import collections

from kit import sound
from kit.baresip import Phone
from kit.case import equal, record_for, test, true, wait_until
from kit.exchange import ACME, Exchange, free_port
from kit.sipp import Sipp, registered
from suites.codecs import understood, voices

CALLS = 100
# below the company's cap of new calls
RATE = 15


def began(sipp):
    """Call-IDs of the calls that the exchange took on: it rang or answered for them."""
    return {m.call_id for m in sipp.messages(received=True)
            if m.status and m.method == "INVITE" and (m.status == 180 or m.status == 200)}


def tried(sipp):
    return {m.call_id for m in sipp.messages(received=False) if m.start.startswith("INVITE")}


def states(exchange):
    return collections.Counter(call["state"] for call in exchange.calls())


@test(seconds=120)
def a_kill_in_the_middle_of_a_hundred_calls_leaves_one_record_of_each():
    with Exchange() as exchange:
        port = free_port()
        caller, callee = exchange.account(ACME, "101"), exchange.account(ACME, "102")
        registered(exchange, callee, port)
        second = Sipp(exchange, "callee_slow", callee, port=port, calls=CALLS, seconds=60)
        second.ready()
        # some calls are over, some ring, and the rest talks when the power fails
        first = Sipp(exchange, "caller_of_any_length", caller, calls=CALLS, rate=RATE, seconds=60,
                     keys={"callee": "102"})
        with first, second:
            wait_until("most calls are made", lambda: len(began(first)) >= 85)
            before = states(exchange)
            true(before["ringing"] and before["talking"], f"calls when it is killed: {before}")
            done = {cdr["legs"][0]["sip_call_id"] for cdr in exchange.cdrs()}
            exchange.kill()
            exchange.start()
            after = states(exchange)
            # a call is taken back once it is two seconds old
            true(after["talking"] >= 5, f"calls taken back: {after} of {before}")
            wait_until("all calls are made", lambda: len(tried(first)) == CALLS)
            # a restored call is refreshed within a minute; SIPp gives up on a call that is offered
            # anew, and the exchange on one that does not answer for half a minute
            wait_until("no call is left", lambda: not exchange.calls(), 120)
        known = began(first)

        def recorded():
            records = exchange.cdrs()
            ids = [cdr["legs"][0]["sip_call_id"] for cdr in records]
            return (records, ids) if known <= set(ids) else None
        records, ids = wait_until("every call has a record", recorded)
        twice = [i for i, count in collections.Counter(ids).items() if count > 1]
        equal(twice, [], "calls with two records")
        true(done, "some calls were over before")
        cut = [cdr for cdr in records if cdr["recovered"]]
        true(cut, "records that were completed after the kill")
        for cdr in records:
            true(cdr["explanation"], f"an explanation: {cdr}")
        equal(len({cdr["id"] for cdr in records}), len(records), "ids of records")


@test()
def registrations_come_back_without_registering_again():
    with Exchange() as exchange, Phone(exchange, ACME, "101") as anna:
        def bindings():
            return [(b["contact"], b["source"], b["transport"], b["expires"])
                    for b in exchange.registrations()]

        def registers():
            return sum(m.start.startswith("REGISTER") for m in anna.messages(received=False))
        before, sent = bindings(), registers()
        equal(len(before), 1, "bindings")
        exchange.kill()
        exchange.start()
        equal(bindings(), before, "bindings after the restart")
        # the phone is rung with what was remembered
        with Phone(exchange, ACME, "103") as carl:
            carl.dial("101")
            carl.wait_established()
            anna.wait_established()
            carl.hang_up()
            carl.wait_over()
        equal(registers(), sent, "REGISTER requests of the phone")


@test()
def a_phone_whose_connection_was_cut_is_not_rung_in_vain():
    with Exchange() as exchange, Phone(exchange, ACME, "101", "tcp"):
        equal(len(exchange.registrations()), 1, "bindings")
        exchange.kill()
        exchange.start()
        equal(exchange.registrations(), [], "bindings after the restart")
        with Phone(exchange, ACME, "103") as carl:
            carl.dial("101")
            equal(carl.wait_final().status, 480, "what the caller is told")


def goes_on(transport):
    with Exchange() as exchange:
        anna_says, bert_says = voices(exchange)
        with Phone(exchange, ACME, "101", transport, f"aufile,{anna_says}", "PCMU/8000/1") as anna, \
                Phone(exchange, ACME, "102", "udp", f"aufile,{bert_says}", "PCMU/8000/1") as bert:
            anna.dial("102")
            for phone in (anna, bert):
                phone.wait_established()
                phone.wait_sound()
            # a call is written down once it is two seconds old
            record_for(3)
            exchange.kill()
            exchange.start()
            equal([call["state"] for call in exchange.calls()], ["talking"], "calls taken back")
            record_for(6)
            anna.hang_up()
            anna.wait_over()
            bert.wait_over()
            for said, phone in ((anna_says, bert), (bert_says, anna)):
                last = sound.tail(phone.heard(), 4, phone.heard() + ".tail.wav")
                understood(said, phone, path=last)
            cdr = exchange.one_cdr()
            equal((cdr["end"]["by"], cdr["end"]["sip_status"]), ("caller", 200), "end")
            true(cdr["answered_at"], "when it was answered is known")


@test(listens=True)
def a_call_goes_on_with_sound_after_a_restart():
    goes_on("udp")


@test(listens=True)
def a_phone_whose_connection_was_cut_talks_on_and_hangs_up_on_a_new_one():
    goes_on("tcp")
