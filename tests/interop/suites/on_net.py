"""Two companies of one exchange call each other by their numbers: no carrier is in between, and
each sees of the other what a carrier's call would show."""

import json

from kit.baresip import Phone
from kit.case import equal, test, true
from kit.exchange import ACME, GLOBEX, Exchange
from kit.line import Line
from suites.carriers import NUMBER, made
from suites.features import ANNA, BERT, CODEC, talk_and_end, tone

THEIRS = "+4989123456"


def connected(exchange, companies=(ACME, GLOBEX)):
    """A trunk of the operator's that leads back here, and a number of each company's on its 101."""
    made(exchange, "/api/v1/trunks", {
        "name": "here", "mode": "on_net", "identity": "asserted",
        "shared_with": list(companies)})
    for company, number in ((ACME, NUMBER), (GLOBEX, THEIRS)):
        made(exchange, "/api/v1/numbers", {
            "number": number, "tenant": company, "state": "assigned"})
        made(exchange, f"/api/v1/tenants/{company}/inbound_routes", {
            "name": "desk", "called": number, "extension": "101"})
    for company in companies:
        made(exchange, f"/api/v1/tenants/{company}/outbound_routes", {
            "name": "world", "patterns": [{"prefix": "00", "min": 6}], "strip": 2, "prepend": "+",
            "trunks": ["here"], "ring_seconds": 30})


def dialled(number):
    return "00" + number.lstrip("+")


@test(listens=True)
def companies_of_one_exchange_talk_without_a_carrier_and_see_no_more_than_by_one():
    with Exchange() as exchange:
        connected(exchange)
        with tone(exchange, "101", ANNA) as anna, \
                Phone(exchange, GLOBEX, "101", source=f"ausine,{BERT}", codec=CODEC) as bert:
            anna.dial(dialled(THEIRS))
            anna.wait_established()
            bert.wait_established()
            talk_and_end(anna, bert)
        went, came = exchange.one_cdr(), exchange.one_cdr(GLOBEX)
        equal(went["legs"][-1]["by_trunk"]["called"], THEIRS, "what Acme called")
        equal((came["caller"]["number"], came["dialled"]), (NUMBER, THEIRS), "what Globex saw")
        for record, stranger in ((went, GLOBEX), (came, ACME)):
            text = json.dumps(record)
            true(stranger not in text, f"{stranger} in {text}")
            true("baresip" not in json.dumps(record["legs"][record is went]),
                 f"the other's telephone: {text}")


@test()
def a_company_that_is_not_connected_cannot_be_told_from_nobody():
    with Exchange() as exchange:
        connected(exchange, (ACME,))
        with Line(exchange, ACME, exchange.account(ACME, "101")) as anna:
            anna.register()
            theirs = anna.invite(f"sip:{dialled(THEIRS)}@{ACME}")
            nobodys = anna.invite(f"sip:004989654321@{ACME}")
            equal((theirs.status, theirs.start), (nobodys.status, nobodys.start), "the answer")
        rules = [{step["rule"] for step in cdr["explanation"]} for cdr in exchange.wait_cdrs(2)]
        equal(rules[0], rules[1], "what the records say")
        true("trunk.off_net" in rules[0], f"it was tried: {rules[0]}")


@test()
def no_company_connects_itself_with_everybody():
    with Exchange() as exchange:
        status, problem = exchange.api(f"/api/v1/tenants/{ACME}/trunks", "POST", {
            "name": "here", "mode": "on_net"})
        equal(status, 422, f"refused: {problem}")
        true("/partner" in str(problem), f"the field is named: {problem}")


def partner(exchange, company, other, number):
    """A company's number, and its trunk to another company."""
    made(exchange, "/api/v1/numbers", {"number": number, "tenant": company, "state": "assigned"})
    made(exchange, f"/api/v1/tenants/{company}/inbound_routes", {
        "name": "desk", "called": number, "extension": "101"})
    exchange.command("trunk", "add", "--tenant", company, "partner", "mode=on_net",
                     f"partner={other}", "identity=asserted")


@test(listens=True)
def two_companies_connect_themselves_once_both_have_said_so():
    with Exchange() as exchange:
        partner(exchange, ACME, GLOBEX, NUMBER)
        made(exchange, f"/api/v1/tenants/{ACME}/outbound_routes", {
            "name": "partner", "patterns": [{"prefix": "82", "min": 3}], "strip": 2,
            "prepend": THEIRS[:-2], "trunks": ["partner"], "ring_seconds": 30})
        short = "82" + THEIRS[-2:]
        with tone(exchange, "101", ANNA) as anna, \
                Phone(exchange, GLOBEX, "101", source=f"ausine,{BERT}", codec=CODEC) as bert:
            anna.dial(short)
            alone = exchange.one_cdr()
            true("trunk.off_net" in [step["rule"] for step in alone["explanation"]],
                 f"one side alone: {alone['explanation']}")
            equal(exchange.cdrs(GLOBEX), [], "nothing comes to the other")
            partner(exchange, GLOBEX, ACME, THEIRS)
            anna.dial(short)
            anna.wait_established()
            bert.wait_established()
            talk_and_end(anna, bert)
        came = exchange.one_cdr(GLOBEX)
        equal((came["caller"]["number"], came["dialled"]), (NUMBER, THEIRS), "what Globex saw")
