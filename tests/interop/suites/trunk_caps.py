"""Minutes that may be talked by a trunk on one day, with SIPp as two carriers."""

from kit.case import equal, record_for, test, true, wait_until
from kit.exchange import ACME, Exchange, free_port
from kit.sipp import Sipp
from suites.carriers import CARRIER, KEYS, PARIS, connected, made
from suites.features import ANNA, tone

SECOND = "127.0.0.3"
COMPANY = f"/api/v1/tenants/{ACME}"


def talks(exchange, seconds):
    """A call abroad of so many seconds."""
    with tone(exchange, "101", ANNA) as anna:
        anna.dial(PARIS)
        anna.wait_established()
        record_for(seconds)
        anna.hang_up()
        anna.wait_over()


def used(exchange, name):
    status, told = exchange.api(f"{COMPANY}/trunk_usage")
    equal(status, 200, f"what is used: {told}")
    return next(trunk for trunk in told["trunks"] if trunk["name"] == name)


def told(exchange):
    _, log = exchange.api(f"{COMPANY}/events?limit=200")
    return [event["data"]["percent"] for event in log["items"] if event["type"] == "trunk.minutes"]


@test(seconds=180)
def a_trunk_whose_minutes_are_talked_leaves_the_next_call_to_the_next_trunk():
    with Exchange() as exchange:
        ports = free_port(CARRIER), free_port(SECOND)
        connected(exchange, [f"{CARRIER}:{ports[0]}"], caps={"minutes_per_day": 1})
        made(exchange, f"{COMPANY}/trunks", {
            "name": "second", "mode": "peer", "peers": [f"sip:{SECOND}:{ports[1]}"],
            "username": KEYS["user"], "secret": KEYS["word"]})
        done, document = exchange.api(f"{COMPANY}/outbound_routes/abroad", "PATCH", {
            "trunks": ["carrier", "second"]}, {"If-Match": "*"})
        equal(done, 200, f"the route has two trunks: {document}")
        with Sipp(exchange, "carrier_callee", ip=CARRIER, port=ports[0], seconds=120,
                  keys=KEYS, more=("-rtp_echo",)) as first:
            first.ready()
            talks(exchange, 62)
            first.wait()
        exchange.wait_cdrs(1)
        seconds = used(exchange, "carrier")["all"]["seconds_today"]
        true(60 <= seconds <= 75, f"a minute was talked: {seconds}")
        # of two marks that are passed between two looks, the higher one is told
        wait_until("the end of the share is told", lambda: told(exchange)[-1:] == [100])
        # what was talked is not forgotten when the exchange dies
        exchange.kill()
        exchange.start()
        equal(used(exchange, "carrier")["all"]["seconds_today"], seconds, "after a restart")
        with Sipp(exchange, "carrier_callee", ip=SECOND, port=ports[1], keys=KEYS,
                  more=("-rtp_echo",)) as second:
            second.ready()
            talks(exchange, 1)
            second.wait()
        records = exchange.wait_cdrs(2)
        last = max(records, key=lambda cdr: cdr["started"])
        rules = {step["rule"] for step in last["explanation"]}
        true("trunk.minutes_per_day" in rules, f"the record says why: {rules}")
        equal([leg["status"] for leg in last["legs"][1:]], [503, 200], "its attempts")
