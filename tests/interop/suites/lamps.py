"""Lamps, message indicators and intercom, as six vendors' telephones ask for them."""

import email
import xml.etree.ElementTree as tree

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


# the order in which each vendor's telephone that has keys of lists says what it reads
LISTS = {
    "yealink": f"{LINES}, multipart/related, application/rlmi+xml",
    "poly": f"{LINES}, multipart/related, application/rlmi+xml, multipart/mixed",
    "grandstream": f"multipart/related, application/rlmi+xml, {LINES}",
    "fanvil": f"multipart/related, {LINES}, application/rlmi+xml",
}
RLMI = "{urn:ietf:params:xml:ns:rlmi}"
STATE = ".//{urn:ietf:params:xml:ns:dialog-info}state"


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
            with Sipp(exchange, "callee_slow", answering, port=port) as callee:
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


def lamps(exchange, number, **lamps):
    """Says what lamps an extension has."""
    path = f"/api/v1/tenants/{ACME}/extensions/{number}"
    status, document = exchange.api(path, "PATCH", {"lamps": lamps}, {"If-Match": "*"})
    equal(status, 200, f"the lamps are said: {document}")


def read_list(notify):
    """Version, whether it is whole, and by user part what a NOTIFY of a list says of each: the
    states of its dialogs, or nothing where there is no such extension."""
    text = f"Content-Type: {notify['content-type']}\n\n{notify.body}"
    whole = email.message_from_string(text)
    equal((whole.get_content_type(), notify["require"]), ("multipart/related", "eventlist"),
          "a list is told")
    root, *parts = whole.get_payload()
    equal(root["content-id"], whole.get_param("start"), "the first part is the start")
    equal(root.get_content_type(), whole.get_param("type"), "which is the list")
    by_cid = {part["content-id"]: part for part in parts}
    document = tree.fromstring(root.get_payload().strip())
    said = {}
    for resource in document.findall(f"{RLMI}resource"):
        instances = resource.findall(f"{RLMI}instance")
        equal(len(instances), 1, "each is told of")
        found = None
        if instances[0].get("state") == "active":
            part = by_cid.pop(f"<{instances[0].get('cid')}>")
            equal(part.get_content_type(), LINES, "the part is of lines")
            dialogs = tree.fromstring(part.get_payload().strip())
            equal(dialogs.get("entity"), resource.get("uri"), "the part is of its resource")
            found = [state.text for state in dialogs.iterfind(STATE)]
        said[resource.get("uri").split(":")[1].split("@")[0]] = found
    equal(by_cid, {}, "no part is without a resource")
    return int(document.get("version")), document.get("fullState"), said


def watched_list(vendor):
    """A vendor's telephone watches 102, itself and one that nobody has by one subscription, while
    102 is called, talks, and is idle again."""
    with Exchange() as exchange:
        lamps(exchange, "103", list=["102", "103", "999"])
        port = free_port()
        answering = exchange.account(ACME, "102")
        registered(exchange, answering, port)
        keys = dialect(vendor, "blf_103", "dialog", LISTS[vendor])
        if "eventlist" not in keys["supported"]:
            keys["supported"] += ", eventlist"
        account = exchange.account(ACME, "103")
        with Sipp(exchange, "watcher_of_list", account, keys=keys) as watcher:
            with Sipp(exchange, "callee_slow", answering, port=port) as callee:
                callee.ready()
                run(exchange, "caller", account=exchange.account(ACME, "101"),
                    keys={"callee": "102"}, more=("-d", "500"))
                callee.wait()
            watcher.wait()
            return [read_list(m) for m in watcher.messages(received=True)
                    if m.start.startswith("NOTIFY")]


def follows_a_list(vendor):
    idle = {"102": ["terminated"], "103": ["terminated"], "999": None}
    told = watched_list(vendor)
    _, whole, said = told[0]
    equal(whole, "true", "the whole list comes first")
    equal(said, idle, "nobody talks")
    equal([version for version, _, _ in told], list(range(len(told))), "none is missing")
    news = [said for _, whole, said in told[1:-1] if whole == "false"]
    true(all(list(said) == ["102"] for said in news), f"only of whom there is news: {told}")
    states = [state for said in news for state in said["102"]]
    for state in ("early", "confirmed", "terminated"):
        true(state in states, f"{state}: {states}")
    equal(told[-1][1:], ("true", idle), "the last word is all there is")


@test()
def a_yealinks_list_follows_a_call():
    follows_a_list("yealink")


@test()
def a_polys_list_follows_a_call():
    follows_a_list("poly")


@test()
def a_grandstreams_list_follows_a_call():
    follows_a_list("grandstream")


@test()
def a_fanvils_list_follows_a_call():
    follows_a_list("fanvil")


def refused(exchange, account, keys, status):
    """A telephone subscribes and is refused so."""
    sipp = run(exchange, "watcher_refused", account=account, keys=keys)
    equal(sipp.messages(received=True)[-1].status, status, keys["watched"])


@test()
def who_is_watched_says_by_whom_and_whether_it_is_shown_who_calls():
    with Exchange() as exchange:
        lamps(exchange, "101", watched_by=[])
        lamps(exchange, "102", shows_other_party=False)
        lamps(exchange, "103", list=["101", "102"])
        keys = dialect("yealink", "101", "dialog", LINES)
        account = exchange.account(ACME, "103")
        refused(exchange, account, keys, 404)
        refused(exchange, account, {**keys, "watched": "blf_103"}, 421)
        port = free_port()
        answering = exchange.account(ACME, "102")
        registered(exchange, answering, port)
        with Sipp(exchange, "watcher", account, keys={**keys, "watched": "102"}) as watcher:
            with Sipp(exchange, "callee_slow", answering, port=port) as callee:
                callee.ready()
                run(exchange, "caller", account=exchange.account(ACME, "101"),
                    keys={"callee": "102"}, more=("-d", "500"))
                callee.wait()
            watcher.wait()
            bodies = shown(watcher)
        true(any("<state>confirmed</state>" in body for body in bodies), "it talks")
        true(all("101@acme.example" not in body for body in bodies), "with somebody")


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
