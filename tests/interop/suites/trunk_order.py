"""Which trunk is tried first: the cheaper one, and not one that has failed call after call. SIPp is
the two carriers."""

import time

from kit.case import equal, test, true
from kit.exchange import ACME, Exchange, free_port
from kit.line import Line
from kit.sipp import Sipp
from suites.carriers import CARRIER, KEYS, connected, made

CHEAP = "127.0.0.3"
COMPANY = f"/api/v1/tenants/{ACME}"
# a call within the country, which no budget counts
HAMBURG = "00494012345678"
# how many calls say how a trunk does
ENOUGH = 20


def priced(exchange, ports):
    """Acme's two trunks with what they cost, and a route that asks for the cheaper one that answers
    four of ten calls."""
    # the calls follow each other closely
    caps = {"calls_per_second": 1_000}
    connected(exchange, [f"{CARRIER}:{ports[0]}"], caps=caps)
    for name, price in ("dear", 20_000), ("cheap", 5_000):
        made(exchange, f"{COMPANY}/rate_decks", {
            "name": name, "currency": "EUR", "first_seconds": 1, "each_seconds": 1,
            "rates": [{"prefix": "", "per_minute": 900_000},
                      {"prefix": "49", "per_minute": price}]})
    made(exchange, f"{COMPANY}/trunks", {
        "name": "second", "mode": "peer", "peers": [f"sip:{CHEAP}:{ports[1]}"],
        "caps": caps, "rate_decks": ["cheap"]})
    for path, change in (
            ("trunks/carrier", {"rate_decks": ["dear"]}),
            ("outbound_routes/abroad", {
                "trunks": ["carrier", "second"], "order": "least_cost",
                "floor": {"answer_percent": 40}})):
        done, document = exchange.api(f"{COMPANY}/{path}", "PATCH", change, {"If-Match": "*"})
        equal(done, 200, f"{path}: {document}")


def calls(exchange, times):
    """Calls Hamburg so often, one call after the other, and hangs up as soon as it is answered."""
    with Line(exchange, ACME, exchange.account(ACME, "101")) as anna:
        for _ in range(times):
            call = anna.invite(f"sip:{HAMBURG}@{ACME}")
            equal(call.answer.status, 200, "the carrier that works answers")
            call.hang_up()


def tried(cdr):
    """By whom each attempt of a call was answered, and how."""
    return [(leg["address"].split(":")[0], leg["status"]) for leg in cdr["legs"][1:]]


def rules(cdr):
    return {step["rule"]: step["because"] for step in cdr["explanation"]}


@test(seconds=120)
def the_cheaper_carrier_is_asked_first_until_it_has_failed_too_often():
    with Exchange() as exchange:
        ports = free_port(CARRIER), free_port(CHEAP)
        priced(exchange, ports)
        with Sipp(exchange, "carrier_fails", ip=CHEAP, port=ports[1], calls=ENOUGH,
                  seconds=90) as cheap, \
                Sipp(exchange, "carrier_callee", ip=CARRIER, port=ports[0], calls=ENOUGH + 1,
                     seconds=90, keys=KEYS) as dear:
            cheap.ready()
            dear.ready()
            calls(exchange, ENOUGH)
            cheap.wait()
            # the company may begin twenty calls within a second
            time.sleep(1.1)
            calls(exchange, 1)
            dear.wait()
        records = sorted(exchange.wait_cdrs(ENOUGH + 1), key=lambda cdr: cdr["started"])
        equal(tried(records[0]), [(CHEAP, 500), (CARRIER, 200)], "the cheaper one first")
        why = rules(records[0])
        true("outbound.least_cost" in why, f"the record says why: {why}")
        true("EUR" in why["trunk.price"], f"in figures, of own trunks: {why['trunk.price']}")
        equal(tried(records[-1]), [(CARRIER, 200)], "the one that works first")
        why = rules(records[-1])
        true("outbound.below_floor" in why, f"the record says why: {why}")
        status, told = exchange.api(f"{COMPANY}/trunk_usage")
        equal(status, 200, f"what is used: {told}")
        second = next(trunk for trunk in told["trunks"] if trunk["name"] == "second")
        equal((second["quality"]["calls"], second["quality"]["answer_percent"]), (ENOUGH, 0),
              "how it does")
