"""Companies that are sold, capped by their plans, and moved as text: with phones in them."""

import os

from kit.case import equal, test, true, wait_until
from kit.exchange import ACME, Exchange
from kit.line import Line

tell = Exchange.command_line


def made(exchange, path, body):
    status, document = exchange.api(path, "POST", body)
    equal(status, 201, f"status of {path}: {document}")
    return document


@test()
def a_reseller_sells_a_company_whose_phone_registers_and_whose_plan_holds_at_once():
    with Exchange() as exchange:
        made(exchange, "/api/v1/resellers", {"name": "north", "limits": {"tenants": 1}})
        operator = exchange.token
        exchange.token = made(exchange, "/api/v1/tokens", {
            "name": "north", "reseller": "north"})["key"]
        # from here on everything is done with the reseller's key
        made(exchange, "/api/v1/plans", {
            "name": "small", "maximum": {"devices": 1}, "caps": {"concurrent_calls": 1}})
        sold = "sold.example"
        made(exchange, "/api/v1/tenants", {"domains": [sold], "plan": "small"})
        made(exchange, f"/api/v1/tenants/{sold}/extensions", {"number": "101"})
        device = made(exchange, f"/api/v1/tenants/{sold}/devices", {
            "username": "sold-101", "extension": "101"})
        account = ("sold-101", device["secret"])
        with Line(exchange, sold, account) as one, Line(exchange, sold, account) as two:
            one.wait_registered("the phone may register")
            first = one.invite(f"sip:*43@{sold}", media_port=40_002)
            second = two.invite(f"sip:*43@{sold}", media_port=40_004)
            equal(getattr(second, "status", None), 503, "a call beyond the plan")
            more = {"caps": {"concurrent_calls": 2}}
            status, plan = exchange.api("/api/v1/plans/small", "PATCH", more, {"If-Match": "*"})
            equal(status, 200, f"the plan is changed: {plan}")
            third = wait_until("the plan holds", lambda: answered(two, sold), 10)
            third.hang_up()
            first.hang_up()
        status, refused = exchange.api(f"/api/v1/tenants/{sold}/devices", "POST", {
            "username": "sold-102", "extension": "101"})
        equal((status, refused["type"]), (409, "urn:strowger:problem:quota"), "one device more")
        status, refused = exchange.api("/api/v1/tenants", "POST", {"domains": ["b.example"]})
        equal((status, refused["type"]), (409, "urn:strowger:problem:quota"), "one company more")
        equal(exchange.api(f"/api/v1/tenants/{ACME}")[0], 404, "a company beside its own")
        exchange.token = operator
        equal(exchange.api(f"/api/v1/tenants/{sold}/usage")[0], 200, "what the company uses")


def answered(line, domain):
    call = line.invite(f"sip:*43@{domain}", media_port=40_006)
    return call if hasattr(call, "hang_up") else None


@test()
def an_exchange_is_written_as_text_and_its_phones_register_on_another():
    one, two = Exchange(), Exchange()
    text = tell("snapshot", "--data", one.data).stdout
    true(ACME in text and "password" not in text.split("documents:")[1], "companies, no secrets")
    # the only thing that a text does not carry is given to one device
    text = text.replace("username: acme-101", "username: acme-101\n    secret: carried-by-hand")
    file = os.path.join(one.folder, "exchange.yaml")
    with open(file, "w", encoding="utf-8") as out:
        out.write(text)
    empty = os.path.join(one.folder, "empty")
    planned = tell("plan", file, "--data", empty).stdout
    true(f"+ tenant {ACME}" in planned, f"what would be made: {planned}")
    equal(tell("apply", file, "--data", empty).stdout, planned, "what was made")
    again = tell("apply", file, "--data", empty).stdout
    true(again.startswith("0 new, 0 changed"), f"a second time: {again}")
    equal(tell("snapshot", "--data", empty).stdout, tell("snapshot", "--data", one.data).stdout,
          "the snapshot of what was applied")
    # a folder with a key already says nothing before it is ready
    tell("token", "add", "operator", "--data", empty)
    two.data = empty
    with two:
        with Line(two, ACME, ("acme-101", "carried-by-hand")) as line:
            line.register()
            line.invite(f"sip:*43@{ACME}", media_port=40_002).hang_up()
    wrong = text.replace("ring_seconds: 30", "ring_seconds: 1", 1)
    with open(file, "w", encoding="utf-8") as out:
        out.write(wrong)
    refused = tell("apply", file, "--data", empty, check=False)
    true(refused.returncode == 2 and "/ring_seconds" in refused.stderr,
         f"what is wrong is named: {refused.stderr}")
