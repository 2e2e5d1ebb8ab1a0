"""How many calls sounded: a phone by a wire that loses packets stands out in the summaries of its
model, its site and its codec, a carrier in that of its trunk; and who follows a company's calls is
told how they sound while they last."""

import re

from kit.baresip import Phone
from kit.case import equal, record_for, test, true, wait_until
from kit.exchange import ACME, GLOBEX, Exchange, free_port
from kit.nat import OUTSIDE
from kit.sipp import Sipp
from kit.wire import OUTWARD, Wire
from suites.carriers import CARRIER, NUMBER, PARIS, made
from suites.features import ANNA, tone
from suites.webhooks import Stream

TENANT = f"/api/v1/tenants/{ACME}"
# seconds of a call
TALK = 12
# what the phone by the bad wire calls itself, and what model that is
SAID, MODEL = "Rotary 3000/1.2", "Rotary 3000"


class Branch(Wire):
    """A bad wire to a phone of a make of its own."""

    def _lead(self, text, inward):
        if not inward:
            text = re.sub(r"(?im)^(user-agent|server):.*$", rf"\1: {SAID}", text)
        return super()._lead(text, inward)


def sites(exchange):
    """The branch is behind the wire, the office where the exchange is."""
    made(exchange, f"{TENANT}/emergency_locations", {
        "name": "berlin", "default": True, "civic": {"country": "DE", "a3": "Berlin"}})
    for name, network in ("branch", OUTSIDE), ("office", exchange.ip):
        made(exchange, f"{TENANT}/sites", {
            "name": name, "location": "berlin", "networks": [network]})


def summed(exchange, by, domain=ACME):
    """The summaries by what they are of: their name where they have one."""
    items = exchange.items(f"/api/v1/tenants/{domain}/quality?by={by}")
    return {item["name"] or item["value"]: item for item in items}


def sounds(stream, call=None):
    told = [event for event in stream.events if event.get("type") == "call.quality"]
    return [event["data"] for event in told if call in (None, event["subject"])]


def worst(told, number):
    """The most packets of a party's that one event says were lost on its way to the exchange."""
    legs = [leg for data in told for leg in data["legs"] if leg["party"]["number"] == number]
    return max((leg["received"]["lost"] for leg in legs if leg["received"]), default=0)


def is_bad(item, of):
    # a third of what it says, and nothing of what is said to it
    true(10 < item["loss_percent"] < 40, f"{of} loses a third: {item}")
    equal(item["poor_percent"], 100, f"{of} is poor: {item}")
    true(item["worst_mos_x100"] < 300, f"{of} sounds bad: {item}")


def is_good(item, of):
    equal((item["loss_percent"], item["poor_percent"]), (0, 0), f"{of} loses nothing: {item}")
    true(item["mos_x100"] > 400, f"{of} sounds well: {item}")


@test(listens=True, seconds=90)
def a_bad_wire_stands_out_by_model_site_and_codec_and_is_heard_of_while_the_call_lasts():
    with Exchange() as exchange, Branch(exchange) as wire:
        sites(exchange)
        ours, theirs = (Stream(exchange, domain, every=1) for domain in (ACME, GLOBEX))
        wire.loses = OUTWARD
        with Phone(wire, ACME, "101", codec="PCMA") as anna, \
                Phone(exchange, ACME, "102", codec="PCMU") as bert:
            anna.dial("102")
            for phone in (anna, bert):
                phone.wait_established()
                phone.wait_sound()
            [call] = exchange.calls()
            wait_until("the loss is told of while the call lasts",
                       lambda: worst(sounds(ours, call["id"]), "101") > 20)
            record_for(TALK)
            equal(summed(exchange, "model"), {}, "a call is summed up when it is over")
            anna.hang_up()
            anna.wait_over()
            bert.wait_over()
        cdr = exchange.one_cdr()
        equal(worst(sounds(ours), "102"), 0, "nothing of his was lost")
        told = sounds(ours, call["id"])
        # of the five seconds that the road tells of at once, each leg and direction by itself
        true(3 <= len(told) <= 4 * TALK, f"it was told of in steps: {len(told)}")
        true(all(data["seconds"] == 5 for data in told), f"{told[0]}")
        equal(sounds(theirs), [], "the neighbour hears nothing")
        wait_until("the stream tells the end", lambda: "call.ended" in ours.types())
        for by, bad, good in (("model", MODEL, "baresip"), ("site", "branch", "office"),
                              ("codec", "PCMA", "PCMU")):
            found = summed(exchange, by)
            equal(sorted(found), sorted((bad, good)), f"what it is told by {by}")
            is_bad(found[bad], bad)
            is_good(found[good], good)
            equal((found[bad]["calls"], found[bad]["legs"]), (1, 1), f"{by}: {found[bad]}")
            true(found[bad]["concealed"] > 50, f"what was lost was made up: {found[bad]}")
        hours = exchange.items(f"{TENANT}/quality")
        equal([(hour["calls"], hour["legs"], hour["poor_percent"]) for hour in hours],
              [(1, 2, 50)], "the hour as a whole")
        true(hours[0]["hour"] <= cdr["started"], f"{hours[0]['hour']}: {cdr['started']}")
        for by in ("model", "site", "trunk", "codec", "hour"):
            equal(exchange.items(f"/api/v1/tenants/{GLOBEX}/quality?by={by}"), [],
                  f"the neighbour has none by {by}")
        is_printed(exchange)


def is_printed(exchange):
    words = ("quality", ACME, "--by", "model", "--data", exchange.data)
    head, *lines = exchange.command_line(*words).stdout.splitlines()
    equal(head.split()[:6], ["OF", "CALLS", "LEGS", "MINUTES", "MOS", "WORST"], "its head")
    equal(len(lines), 2, f"a line for each model: {lines}")
    true(lines[0].startswith(MODEL) and "100.00 %" in lines[0], lines[0])
    true(lines[1].startswith("baresip") and "0.00 %" in lines[1], lines[1])


@test(listens=True, seconds=90)
def a_trunk_is_summed_up_for_its_company_and_in_total_for_its_owner():
    with Exchange() as exchange:
        port = free_port(CARRIER)
        made(exchange, "/api/v1/trunks", {
            "name": "carrier", "mode": "peer", "peers": [f"sip:{CARRIER}:{port}"],
            "sources": [CARRIER], "identity": "asserted", "shared_with": [ACME, GLOBEX]})
        made(exchange, "/api/v1/numbers", {"number": NUMBER, "tenant": ACME, "state": "assigned"})
        made(exchange, f"{TENANT}/outbound_routes", {
            "name": "abroad", "patterns": [{"prefix": "00", "min": 6}], "strip": 2,
            "prepend": "+", "trunks": ["carrier"], "ring_seconds": 30})
        with Sipp(exchange, "callee", port=port, ip=CARRIER, more=("-rtp_echo",)) as paris, \
                tone(exchange, "101", ANNA) as anna:
            paris.ready()
            anna.dial(PARIS)
            anna.wait_established()
            record_for(TALK)
            anna.hang_up()
            anna.wait_over()
            paris.wait()
        exchange.one_cdr()
        ours = summed(exchange, "trunk")
        equal(sorted(ours), ["carrier"], "by its name, which the company may know")
        one = ours["carrier"]
        equal((one["calls"], one["legs"], one["scored"]), (1, 1, 1), f"{one}")
        is_good(one, "the carrier")
        equal(sorted(summed(exchange, "model")), ["baresip"], "a carrier is no telephone")
        equal(summed(exchange, "trunk", GLOBEX), {}, "the neighbour has not called by it")
        [total] = exchange.items("/api/v1/trunks/carrier/quality")
        equal((total["calls"], total["value"], total["name"]), (1, None, None), f"{total}")
        words = ("quality", "--trunk", "carrier", "--data", exchange.data)
        _, line = exchange.command_line(*words).stdout.splitlines()
        equal(line.split()[1:3], ["1", "1"], line)
        status, _ = exchange.api(f"{TENANT}/trunks/carrier/quality")
        equal(status, 404, "it is its owner's to ask for totals")
