"""How calls begin, and how they end when they do not: what the caller is told, and what the one
record of each call says."""

from kit.baresip import Phone
from kit.case import equal, record_for, test, true, wait_until
from kit.exchange import ACME, GLOBEX, Exchange
from kit.line import Line
from kit.softphone import Softphone
from suites.features import ANNA, BERT, CARL, SECONDS, hears, tone


def ended(exchange, status, by, cause):
    """The one record of the one call."""
    cdr = exchange.one_cdr()
    equal((cdr["end"]["sip_status"], cdr["end"]["by"], cdr["end"]["cause"]), (status, by, cause),
          f"end in the record ({cdr['end']['reason']})")
    equal(cdr["answered_at"], None, "answered")
    equal({leg["codec"] for leg in cdr["legs"]}, {None}, "codecs of a call without an answer")
    return cdr


@test(listens=True)
def the_first_phone_to_answer_wins_and_the_other_is_told_why():
    with Exchange() as exchange:
        second = exchange.add_device(ACME, "101", "acme-101-b")
        with tone(exchange, "102", BERT) as bert, \
                tone(exchange, "101", ANNA, answers=False) as desk, \
                tone(exchange, "101", CARL, answers=False, account=second) as mobile:
            bert.dial("101")
            desk.wait_rings()
            mobile.wait_rings()
            mobile.command("accept")
            bert.wait_established()
            lost = wait_until("the other is cancelled", lambda: [
                m for m in desk.messages(received=True) if m.start.startswith("CANCEL")])[0]
            equal(lost["reason"], 'SIP;cause=200;text="Call completed elsewhere"', "Reason")
            wait_until("it stops ringing", lambda: desk.sent(487))
            record_for(SECONDS)
            bert.hang_up()
            bert.wait_over()
            mobile.wait_over()
            hears(bert, CARL)
            hears(mobile, BERT)
            equal(desk.recordings(), [], "recordings of the phone that lost")
            cdr = exchange.one_cdr()
            equal(sorted(leg["status"] for leg in cdr["legs"]), [200, 200, 487], "legs")
            equal(cdr["destination"]["number"], "101", "who answered")


def refused_by_the_phone(status, told, cause):
    with Exchange() as exchange, \
            Line(exchange, ACME, exchange.account(ACME, "102")) as callee, \
            Phone(exchange, ACME, "101") as caller:
        callee.register()
        caller.dial("102")
        invite = callee.wait_request("INVITE")
        callee.respond(invite, 180, "Ringing", tag="x1")
        callee.respond(invite, status, "No", tag="x1")
        true(callee.wait_request("ACK"), "the refusal is acknowledged")
        equal(caller.wait_final().status, told, "the caller is told")
        ended(exchange, told, "callee", cause)


@test()
def a_busy_phone_is_busy_to_the_caller():
    refused_by_the_phone(486, 486, 17)


@test()
def a_declined_call_is_declined_to_the_caller():
    refused_by_the_phone(603, 603, 21)


@test()
def an_unanswered_call_ends_after_the_time_of_the_extension():
    with Exchange() as exchange:
        path = f"/api/v1/tenants/{ACME}/extensions/102"
        status, found = exchange.api(path)
        equal(status, 200, "the extension is read")
        status, _ = exchange.api(path, "PATCH", {"ring_seconds": 5},
                                 {"If-Match": f'"{found["revision"]}"'})
        equal(status, 200, "the extension is changed")
        with Line(exchange, ACME, exchange.account(ACME, "102")) as callee, \
                Phone(exchange, ACME, "101") as caller:
            callee.register()
            caller.dial("102")
            invite = callee.wait_request("INVITE")
            callee.respond(invite, 180, "Ringing", tag="x1")
            cancel = callee.wait_request("CANCEL")
            true(cancel, "the phone is cancelled")
            callee.respond(cancel, 200, "OK", tag="x1")
            callee.respond(invite, 487, "Request Terminated", tag="x1")
            equal(caller.wait_final().status, 480, "the caller is told")
            ended(exchange, 480, "callee", 19)


@test()
def a_caller_who_gives_up_stops_the_ringing():
    with Exchange() as exchange:
        with Phone(exchange, ACME, "101") as caller, \
                Phone(exchange, ACME, "102", answers=False) as callee:
            caller.dial("102")
            callee.wait_rings()
            caller.hang_up()
            wait_until("the phone stops ringing", lambda: callee.sent(487))
            equal(caller.wait_final().status, 487, "the caller is told")
            ended(exchange, 487, "caller", 16)


@test()
def a_number_nobody_has_is_not_found():
    with Exchange() as exchange, Phone(exchange, ACME, "101") as caller:
        caller.dial("998")
        equal(caller.wait_final().status, 404, "the caller is told")
        cdr = ended(exchange, 404, "caller", 1)
        equal([step["rule"] for step in cdr["explanation"]], ["number.unknown"], "explanation")


@test()
def an_extension_without_a_registered_phone_is_unavailable():
    with Exchange() as exchange, Phone(exchange, ACME, "101") as caller:
        caller.dial("103")
        equal(caller.wait_final().status, 480, "the caller is told")
        ended(exchange, 480, "callee", 20)


@test(listens=True)
def a_phone_behind_a_router_is_rung_and_heard_where_its_packets_come_from():
    # 10.9.8.7 leads nowhere from here: only the way back does
    with Exchange() as exchange, \
            Softphone(exchange, ACME, "102", BERT, claims="10.9.8.7") as bert, \
            tone(exchange, "101", ANNA) as anna:
        anna.dial("102")
        anna.wait_established()
        record_for(SECONDS)
        anna.hang_up()
        bert.wait_over()
        hears(anna, BERT)
        hears(bert, ANNA)
        exchange.one_cdr()


@test()
def an_operator_sees_why_a_call_is_there_and_ends_it():
    with Exchange() as exchange, Phone(exchange, ACME, "101") as anna, \
            Phone(exchange, ACME, "102") as bert:
        anna.dial("102")
        anna.wait_established()
        bert.wait_established()
        (call,) = exchange.calls()
        equal((call["caller"], call["dialled"], call["state"]), ("101", "102", "talking"), "call")
        path = f"/api/v1/tenants/{ACME}/calls/{call['id']}"
        status, why = exchange.api(f"{path}/why")
        true(status == 200 and any(r["rule"] == "extension.by_number" for r in why["why"]), why)
        # another company's path does not lead there
        elsewhere = path.replace(ACME, GLOBEX)
        equal([exchange.api(elsewhere)[0], exchange.api(elsewhere, "DELETE")[0]], [404, 404],
              "statuses elsewhere")
        true(exchange.api(path, "DELETE")[0] in (200, 202, 204), "the call is ended")
        anna.wait_over()
        bert.wait_over()
        equal(exchange.one_cdr()["end"]["by"], "operator", "who ended it")
