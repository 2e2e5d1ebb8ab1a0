"""Lamps, message indicators and intercom, as six vendors' telephones ask for them."""

from kit.case import equal, test, true
from kit.exchange import ACME, Exchange, free_port
from kit.sipp import Sipp, registered, run

LINES, PRESENCE = "application/dialog-info+xml", "application/pidf+xml"
MAIL = "application/simple-message-summary"
# what each vendor's telephone calls itself, and what it says in a SUBSCRIBE
VENDORS = {
    "yealink": ("Yealink SIP-T46U 108.86.0.20", 1800, "replaces"),
    "poly": ("PolycomVVX-VVX_411-UA/6.4.3.1412", 3600, "100rel, replaces, eventlist"),
    "grandstream": ("Grandstream GRP2614 1.0.9.69", 3600, "replaces, path, timer, eventlist"),
    "snom": ("snomD785/10.1.148.1", 3600, "timer, 100rel, replaces, from-change"),
    "cisco": ("Cisco-CP-8841-3PCC/12.0.1", 1800, "replaces, sec-agree, record-aware"),
    "fanvil": ("Fanvil X6U 2.4.10 0c383e000001", 3600, "replaces, timer, eventlist"),
}


def dialect(vendor, watched, event, accept):
    agent, expires, supported = VENDORS[vendor]
    return {"agent": agent, "expires": expires, "supported": supported, "watched": watched,
            "number": "103", "event": event, "accept": accept}


def shown(sipp):
    """The bodies of the NOTIFYs a telephone got, in order."""
    return [m.body for m in sipp.messages(received=True) if m.start.startswith("NOTIFY")]


def watched_call(vendor, event, accept):
    """What a vendor's telephone is shown of 102 while it is called, talks, and is idle again."""
    with Exchange() as exchange:
        port = free_port()
        answering = exchange.account(ACME, "102")
        registered(exchange, answering, port)
        keys = dialect(vendor, "102", event, accept)
        with Sipp(exchange, "watcher", exchange.account(ACME, "103"), keys=keys) as watcher:
            with Sipp(exchange, "callee", answering, port=port) as callee:
                callee.ready()
                run(exchange, "caller", account=exchange.account(ACME, "101"),
                    keys={"callee": "102"}, more=("-d", "500"))
                callee.wait()
            watcher.wait()
            return shown(watcher)


def follows_a_call(vendor):
    bodies = watched_call(vendor, "dialog", LINES)
    states = "".join(bodies)
    true("<state>early</state>" in states or "<state>trying</state>" in states, "it rings")
    talks = [body for body in bodies if "<state>confirmed</state>" in body]
    true(talks, "it talks")
    true("sip:101@acme.example" in talks[-1], "with whom")
    true("<state>terminated</state>" in bodies[-3], "the lamp goes out")
    versions = [int(body.split(' version="')[2 if "?xml" in body else 1].split('"')[0])
                for body in bodies]
    equal(versions, sorted(set(versions)), "versions count up")


@test()
def a_yealinks_lamp_follows_a_call():
    follows_a_call("yealink")


@test()
def a_polys_lamp_follows_a_call():
    follows_a_call("poly")


@test()
def a_grandstreams_lamp_follows_a_call():
    follows_a_call("grandstream")


@test()
def a_snoms_lamp_follows_a_call():
    follows_a_call("snom")


@test()
def a_ciscos_lamp_follows_a_call():
    follows_a_call("cisco")


@test()
def a_fanvils_lamp_follows_a_call():
    follows_a_call("fanvil")


@test()
def presence_follows_a_call_too():
    bodies = watched_call("yealink", "presence", PRESENCE)
    true(any("<rpid:on-the-phone/>" in body for body in bodies), bodies)


@test()
def every_vendors_message_indicator_says_that_there_is_nothing():
    with Exchange() as exchange:
        for vendor in VENDORS:
            account = exchange.account(ACME, "103")
            keys = dialect(vendor, "103", "message-summary", MAIL)
            bodies = shown(run(exchange, "watcher_once", account=account, keys=keys))
            equal([body.split("\n")[0] for body in bodies], ["Messages-Waiting: no"] * 2, vendor)


def asked(vendor):
    """The header lines that ask a vendor's telephone to answer by itself, after `*80`."""
    with Exchange() as exchange:
        port = free_port()
        account = exchange.account(ACME, "102")
        keys = {"agent": VENDORS[vendor][0]}
        run(exchange, "register_named", account=account, port=port, keys=keys)
        with Sipp(exchange, "callee", account, port=port) as callee:
            callee.ready()
            run(exchange, "caller", account=exchange.account(ACME, "101"),
                keys={"callee": "*80102"}, more=("-d", "200"))
            callee.wait()
            received = callee.messages(received=True)
    invite = next(m for m in received if m.start.startswith("INVITE"))
    return invite["alert-info"], invite["call-info"]


@test(seconds=150)
def intercom_is_asked_for_in_each_vendors_words():
    alert = "<sip:acme.example>;info=alert-autoanswer;delay=0"
    inform = "<sip:acme.example>;answer-after=0"
    words = {"yealink": (alert, ""), "poly": ("info=Auto Answer", ""), "cisco": ("", inform)}
    for vendor in ("yealink", "poly", "cisco", "fanvil"):
        equal(asked(vendor), words.get(vendor, (alert, inform)), vendor)
