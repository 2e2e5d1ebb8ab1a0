"""The rules of a trunk for headers, with SIPp as the carrier and as the phone."""

from kit.case import equal, test, true
from kit.exchange import ACME, Exchange, free_port
from kit.sipp import Sipp, registered, run
from suites.carriers import CARRIER, NUMBER, PARIS, USER, carrier, connected

RULES = [
    {"direction": "out", "action": "add", "name": "X-Account", "value": "{username}/{caller}"},
    {"direction": "out", "action": "add", "name": "P-Charge-Info", "value": "<sip:{username}@c>"},
    {"direction": "out", "action": "relay", "name": "X-Ticket"},
    {"direction": "out", "action": "remove", "name": "User-Agent"},
    {"direction": "in", "action": "add", "name": "X-Line", "value": "{called}"},
    {"direction": "in", "action": "relay", "name": "X-Queue"},
]


def invites(sipp):
    return [m for m in sipp.messages(received=True) if m.start.startswith("INVITE")]


@test()
def a_carrier_gets_the_headers_of_the_trunks_rules_and_nothing_else_of_the_phones():
    with Exchange() as exchange:
        port, account = free_port(CARRIER), exchange.account(ACME, "101")
        connected(exchange, [f"{CARRIER}:{port}"], headers=RULES)
        with carrier(exchange, "carrier_callee", port) as paris, \
                Sipp(exchange, "caller_with_headers", account, more=("-d", "300"),
                     keys={"callee": PARIS, "ticket": "4711", "inside": "secret"}) as anna:
            paris.ready()
            anna.wait()
            paris.wait()
            # the second one has proof, and is the same else
            for invite in invites(paris):
                equal(invite["x-account"], f"{USER}/{NUMBER}", "what the rule adds")
                equal(invite["p-charge-info"], f"<sip:{USER}@c>", "who pays")
                equal(invite["x-ticket"], "4711", "what the phone says is handed on")
                equal(invite["user-agent"], "", "what the exchange calls itself")
                said = "".join(value for _, value in invite.fields)
                true("secret" not in said, "no other header of the phone's goes out")
            equal(len(invites(paris)), 2, "INVITEs")


@test()
def a_phone_gets_the_headers_of_the_trunks_rules_and_nothing_else_of_the_carriers():
    with Exchange() as exchange:
        port, account = free_port(), exchange.account(ACME, "101")
        connected(exchange, [f"{CARRIER}:{free_port(CARRIER)}"], headers=RULES)
        registered(exchange, account, port)
        with Sipp(exchange, "callee", account, port=port) as anna:
            anna.ready()
            run(exchange, "carrier_caller_with_headers", ip=CARRIER, port=free_port(CARRIER),
                keys={"callee": NUMBER})
            anna.wait()
            invite = invites(anna)[-1]
        equal(invite["x-line"], NUMBER, "what the rule adds")
        equal(invite["x-queue"], "sales", "what the carrier says is handed on")
        said = "".join(value for _, value in invite.fields)
        for kept in ("sbc-7", "1-2-3", USER):
            true(kept not in said, f"{kept} stays outside")
