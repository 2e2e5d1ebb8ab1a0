"""Texts for people whose phone is off: they wait, and reach it when it comes back."""

import email.utils
import time

from kit.baresip import Phone
from kit.case import equal, test, true, wait_until
from kit.exchange import ACME, Exchange
from kit.line import Line

PLAIN = "text/plain"


def written(sender, number, text, content_type=PLAIN):
    answer = sender.request("MESSAGE", f"sip:{number}@{ACME}", body=text,
                            content_type=content_type)
    return answer.status


def texts(phone):
    """What a phone was sent, each once however often it was repeated."""
    found = {}
    for message in phone.messages(received=True):
        if message.start.startswith("MESSAGE"):
            found[message.call_id] = message
    return list(found.values())


def waiting(exchange):
    return exchange.metrics()["strowger_waiting_texts"]


@test(seconds=60)
def texts_for_a_phone_that_is_off_reach_it_when_it_is_switched_on():
    with Exchange() as exchange, \
            Line(exchange, ACME, exchange.account(ACME, "101")) as anna:
        anna.register()
        began = int(time.time())
        for text in ("lunch?", "at one"):
            equal(written(anna, "102", text), 202, "a text that waits")
        equal(written(anna, "102", "<x/>", "application/im-iscomposing+xml"), 480,
              "a remark of the moment")
        equal(written(anna, "999", "hello"), 404, "a text for nobody")
        # they outlive the exchange
        exchange.kill()
        exchange.start()
        wait_until("both wait", lambda: waiting(exchange) == 2)
        ended = int(time.time())
        with Phone(exchange, ACME, "102") as phone:
            wait_until("they arrive", lambda: len(texts(phone)) == 2)
            first, second = texts(phone)
            bodies = [message.body.splitlines()[0] for message in (first, second)]
            equal(bodies, ["lunch?", "at one"], "in order")
            true(f"sip:101@{ACME}" in first["from"], first["from"])
            sent = email.utils.parsedate_to_datetime(first["date"]).timestamp()
            true(began <= sent <= ended, f"Date says when it was written: {first['date']}")
            wait_until("the phone shows it", lambda: "lunch?" in phone.said())
            wait_until("none waits", lambda: waiting(exchange) == 0)
            equal(written(anna, "102", "there you are"), 200, "a text for a phone that is on")
            wait_until("it is there", lambda: len(texts(phone)) == 3)
