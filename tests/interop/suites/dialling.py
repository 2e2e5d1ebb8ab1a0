"""How a company's people dial: by one route for all numbers of the world, whichever way a phone
writes them, and with callers shown as they are called back."""

from kit.case import equal, test, true
from kit.exchange import ACME, Exchange, free_port
from kit.line import Line
from kit.sipp import Sipp
from suites.carriers import CARRIER, NUMBER, carrier, made
from suites.carriers import connected as by_a_trunk
from suites.features import ANNA, tone

COMPANY = f"/api/v1/tenants/{ACME}"
# Paris as it is dialled in Berlin, by those who dial 0 for an outside line
DIALLED = "00033140205050"


def connected(exchange, peer):
    """A company of Berlin with a trunk, and one route for all numbers of the world."""
    habits = {"country": "DE", "area": "30", "outside_prefix": "0", "callers": "as_dialled"}
    status, told = exchange.api(COMPANY, "PATCH", {"dialling": habits}, {"If-Match": "*"})
    equal(status, 200, f"the company says how it dials: {told}")
    by_a_trunk(exchange, [peer])
    status, told = exchange.api(f"{COMPANY}/outbound_routes/abroad", "DELETE", None,
                                {"If-Match": "*"})
    equal(status, 204, f"no route for what is dialled itself: {told}")
    made(exchange, f"{COMPANY}/outbound_routes", {
        "name": "world", "patterns": [{"prefix": "+"}], "trunks": ["carrier"],
        "ring_seconds": 30})


def calls(exchange, anna, port, dialled):
    """Anna calls Paris, who answers; the last INVITE that Paris had."""
    with carrier(exchange, "carrier_callee", port) as paris:
        paris.ready()
        anna.dial(dialled)
        anna.wait_established()
        anna.hang_up()
        anna.wait_over()
        paris.wait()
        return [m for m in paris.messages(received=True) if m.start.startswith("INVITE")][-1]


@test(listens=True)
def a_number_abroad_is_reached_however_a_phone_dials_it():
    with Exchange() as exchange:
        port = free_port(CARRIER)
        connected(exchange, f"{CARRIER}:{port}")
        with tone(exchange, "101", ANNA) as anna:
            invite = calls(exchange, anna, port, DIALLED)
        true(invite.start.startswith("INVITE sip:+33140205050@"), invite.start)
        cdr = exchange.one_cdr()
        equal(cdr["dialled"], DIALLED, "the record has what was dialled")
        equal(cdr["legs"][-1]["by_trunk"]["called"], "+33140205050", "and what went out")
        why = {step["rule"]: step["because"] for step in cdr["explanation"]}
        equal(why["dialled.read"], f"{DIALLED} means +33140205050 as numbers are dialled in DE",
              "the record says why")


@test()
def a_number_without_the_outside_line_is_nobodys():
    with Exchange() as exchange:
        connected(exchange, f"{CARRIER}:{free_port(CARRIER)}")
        with Line(exchange, ACME, exchange.account(ACME, "101")) as anna:
            anna.register()
            equal(anna.invite(f"sip:89123456@{ACME}").status, 404, "no extension and no number")


@test()
def a_caller_is_shown_as_he_is_called_back():
    with Exchange() as exchange:
        connected(exchange, f"{CARRIER}:{free_port(CARRIER)}")
        with Line(exchange, ACME, exchange.account(ACME, "101")) as anna:
            anna.register()
            with Sipp(exchange, "carrier_refused", port=free_port(CARRIER), ip=CARRIER,
                      keys={"callee": NUMBER}) as paris:
                invite = anna.wait_request("INVITE")
                true(invite, "she is rung")
                anna.respond(invite, 404, "Not Found")
                paris.wait()
        true(f"<sip:{DIALLED}@{ACME}>" in invite["from"], invite["from"])
        equal(exchange.one_cdr()["caller"]["number"], "+33140205050", "the record has the number")
