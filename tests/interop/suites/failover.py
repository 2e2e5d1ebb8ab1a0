"""Which answers of a carrier let the next trunk be tried, with SIPp as two carriers."""

from kit.case import equal, test, true
from kit.exchange import ACME, Exchange, free_port
from kit.line import Line
from kit.sipp import Sipp
from suites.carriers import CARRIER, PARIS, connected, made

SECOND = "127.0.0.3"
# which scenario answers so
ANSWERS = {480: "carrier_unavailable", 500: "carrier_fails", 603: "carrier_declines"}


def called(first, **rules):
    """How each attempt at a call was answered whose first carrier answers so and whose second is
    busy, how the caller was told, and the rules that the record names."""
    with Exchange() as exchange:
        company, ports = f"/api/v1/tenants/{ACME}", (free_port(CARRIER), free_port(SECOND))
        connected(exchange, [f"{CARRIER}:{ports[0]}"], **rules)
        made(exchange, f"{company}/trunks", {
            "name": "second", "mode": "peer", "peers": [f"sip:{SECOND}:{ports[1]}"]})
        done, document = exchange.api(f"{company}/outbound_routes/abroad", "PATCH", {
            "trunks": ["carrier", "second"]}, {"If-Match": "*"})
        equal(done, 200, f"the route has two trunks: {document}")
        with Sipp(exchange, ANSWERS[first], ip=CARRIER, port=ports[0]) as one, \
                Sipp(exchange, "carrier_busy", ip=SECOND, port=ports[1]) as two, \
                Line(exchange, ACME, exchange.account(ACME, "101")) as anna:
            one.ready()
            two.ready()
            told = anna.invite(f"sip:{PARIS}@{ACME}").status
            one.wait()
        cdr = exchange.one_cdr()
    rules = {step["rule"] for step in cdr["explanation"]}
    return [leg["status"] for leg in cdr["legs"][1:]], told, rules


@test()
def a_trunk_says_after_which_answers_the_next_one_is_tried():
    attempts, told, rules = called(480, next_on=[480, 603])
    equal((attempts, told), ([480, 486], 486), "the next carrier was asked")
    true({"trunk.failover", "trunk.next_on"} <= rules, f"the record says why: {rules}")
    equal(called(603, next_on=[480, 603])[0], [603, 486], "even after a refusal for everybody")


@test()
def a_trunk_says_which_answers_end_a_call_that_would_go_on():
    attempts, told, rules = called(500, stop_on=[500])
    equal((attempts, told), ([500], 500), "no other carrier was asked")
    true("trunk.stop_on" in rules, f"the record says why: {rules}")
    equal(called(500)[0], [500, 486], "without the rule")
    equal(called(480)[0], [480], "nor what is usual")
