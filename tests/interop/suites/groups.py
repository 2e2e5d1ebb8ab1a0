"""Outbound routes that are for some groups of extensions alone, with SIPp as the carrier."""

from kit.case import equal, test, true
from kit.exchange import ACME, Exchange, free_port
from kit.line import Line
from kit.sipp import Sipp
from suites.carriers import CARRIER, PARIS, connected

COMPANY = f"/api/v1/tenants/{ACME}"


def changed(exchange, path, change):
    status, document = exchange.api(f"{COMPANY}/{path}", "PATCH", change, {"If-Match": "*"})
    equal(status, 200, f"{path}: {document}")


def dials(exchange, number):
    with Line(exchange, ACME, exchange.account(ACME, number)) as line:
        return line.invite(f"sip:{PARIS}@{ACME}").status


@test()
def a_route_for_a_group_carries_its_extensions_and_nobody_elses():
    with Exchange() as exchange:
        port = free_port(CARRIER)
        connected(exchange, [f"{CARRIER}:{port}"])
        changed(exchange, "outbound_routes/abroad", {"for_groups": ["sales"]})
        changed(exchange, "extensions/101", {"groups": ["Sales", "board"]})
        with Sipp(exchange, "carrier_busy", ip=CARRIER, port=port) as paris:
            paris.ready()
            equal(dials(exchange, "102"), 403, "who is in no group")
            equal(dials(exchange, "101"), 486, "who is one of the group reaches the carrier")
            paris.wait()
        records = sorted(exchange.wait_cdrs(2), key=lambda cdr: cdr["started"])
        why = [{step["rule"]: step["because"] for step in cdr["explanation"]} for cdr in records]
        true(why[0]["outbound.not_allowed"].endswith("sales"), f"the group is named: {why[0]}")
        true("one of the group sales" in why[1]["outbound.route"], f"by what: {why[1]}")
