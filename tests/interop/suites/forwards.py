"""Calls that are sent on: by what an extension says, by a phone's own key, inside the company and
out by a carrier. Each phone says a tone of its own, and what is heard tells who talks with whom."""

from kit.case import equal, record_for, test, true, wait_until
from kit.exchange import ACME, Exchange, free_port
from kit.line import Line
from kit.sipp import Sipp, registered
from suites.carriers import CARRIER, NUMBER, PARIS, carrier, connected
from suites.features import ANNA, BERT, CARL, SECONDS, hears, tone

MADRID = "0034911234567"


def forwards(exchange, number, **where):
    """Says where calls of an extension go on to."""
    path = f"/api/v1/tenants/{ACME}/extensions/{number}"
    status, document = exchange.api(path, "PATCH", {"forwards": where}, {"If-Match": "*"})
    equal(status, 200, f"the forwards are said: {document}")


def diverted(cdr):
    """By whom the call was sent on, why, and where to."""
    return [(one["by"]["number"], one["reason"], one["to"]) for one in cdr["diversions"]]


def invited(phone):
    """The INVITE that made a phone ring last."""
    return [m for m in phone.messages(received=True) if m.start.startswith("INVITE")][-1]


def goes_on_to_carl(exchange, reason, anna, carl):
    """101 calls 102, and talks with 103, whose phone shows why."""
    anna.dial("102")
    anna.wait_established()
    carl.wait_established()
    record_for(SECONDS)
    told = {m.status for m in anna.messages(received=True) if m.status}
    true(181 in told, f"the caller is told of the forward: {told}")
    invite = invited(carl)
    word = {"always": "unconditional", "busy": "user-busy", "no_answer": "no-answer",
            "unreachable": "unavailable", "phone": "deflection"}[reason]
    true(f"<sip:102@{ACME}>;reason={word};counter=1" in invite["diversion"], invite["diversion"])
    true(f"sip:102@{ACME}?Reason=SIP%3Bcause%3D" in invite["history-info"], invite["history-info"])
    anna.hang_up()
    anna.wait_over()
    carl.wait_over()
    hears(anna, CARL)
    hears(carl, ANNA)
    cdr = exchange.one_cdr()
    equal(diverted(cdr), [("102", reason, "103")], "the record names the forward")
    equal((cdr["dialled"], cdr["destination"]["number"]), ("102", "103"), "dialled, and answered")
    return cdr


@test(listens=True)
def a_call_to_an_extension_that_forwards_all_calls_is_answered_elsewhere():
    with Exchange() as exchange:
        forwards(exchange, "102", always="103")
        with tone(exchange, "101", ANNA) as anna, tone(exchange, "102", BERT) as bert, \
                tone(exchange, "103", CARL) as carl:
            goes_on_to_carl(exchange, "always", anna, carl)
            rung = [m for m in bert.messages(received=True) if m.start.startswith("INVITE")]
            equal(rung, [], "102 does not ring")


@test(listens=True)
def a_call_to_a_busy_phone_is_answered_elsewhere():
    with Exchange() as exchange:
        forwards(exchange, "102", busy="103")
        with tone(exchange, "101", ANNA) as anna, tone(exchange, "103", CARL) as carl, \
                Line(exchange, ACME, exchange.account(ACME, "102")) as bert:
            bert.register()
            anna.dial("102")
            invite = bert.wait_request("INVITE")
            bert.respond(invite, 486, "Busy Here", tag="b1")
            bert.wait_request("ACK")
            anna.wait_established()
            carl.wait_established()
            record_for(SECONDS)
            anna.hang_up()
            carl.wait_over()
            hears(anna, CARL)
            hears(carl, ANNA)
        equal(diverted(exchange.one_cdr()), [("102", "busy", "103")], "record")


@test(listens=True)
def a_call_that_nobody_answers_is_answered_elsewhere_after_a_while():
    with Exchange() as exchange:
        forwards(exchange, "102", no_answer={"to": "103", "after_seconds": 5})
        with tone(exchange, "101", ANNA) as anna, tone(exchange, "103", CARL) as carl, \
                tone(exchange, "102", BERT, answers=False) as bert:
            cdr = goes_on_to_carl(exchange, "no_answer", anna, carl)
            wait_until("102 rings no more", lambda: bert.sent(487))
        equal([leg["status"] for leg in cdr["legs"]], [200, 487, 200], "legs")


@test(listens=True)
def a_call_to_a_phone_that_is_not_there_is_answered_elsewhere():
    with Exchange() as exchange:
        forwards(exchange, "102", unreachable="103")
        with tone(exchange, "101", ANNA) as anna, tone(exchange, "103", CARL) as carl:
            goes_on_to_carl(exchange, "unreachable", anna, carl)


@test(listens=True)
def a_phone_forwards_by_its_own_key_and_a_strange_place_leads_nowhere():
    with Exchange() as exchange:
        port, account = free_port(), exchange.account(ACME, "102")
        registered(exchange, account, port)
        keys = {"onward": "103", "second": "101", "domain": ACME}
        with tone(exchange, "101", ANNA) as anna, tone(exchange, "103", CARL) as carl, \
                Sipp(exchange, "callee_redirects", account, port=port, keys=keys) as bert:
            bert.ready()
            cdr = goes_on_to_carl(exchange, "phone", anna, carl)
            bert.wait()
        true(cdr["diversions"][0]["by"]["device"], "the device is named")
        true(any(step["rule"] == "device.redirected_astray" for step in cdr["explanation"]),
             "the foreign address is told, and not dialled")


def out_by_the_carrier(reason, more, **where):
    """102 forwards abroad: the call goes out as its own, whoever called."""
    with Exchange() as exchange:
        port = free_port(CARRIER)
        connected(exchange, [f"{CARRIER}:{port}"], **more)
        forwards(exchange, "102", **where)
        with carrier(exchange, "carrier_callee", port) as paris, \
                tone(exchange, "101", ANNA) as anna:
            paris.ready()
            anna.dial("102")
            anna.wait_established()
            record_for(SECONDS)
            anna.hang_up()
            anna.wait_over()
            paris.wait()
            # her own voice, by way of the carrier: both directions were there
            hears(anna, ANNA)
            invites = [m for m in paris.messages(received=True) if m.start.startswith("INVITE")]
        cdr = exchange.one_cdr()
        equal(diverted(cdr), [("102", reason, PARIS)], "record")
        equal(cdr["legs"][-1]["by_trunk"]["shown"], NUMBER, "the company's number is shown")
        said = invites[-1].body + "".join(value for _, value in invites[-1].fields)
        true(ACME not in said, "nothing of the company's domain goes out")
        return invites[-1]


@test(listens=True)
def a_call_is_forwarded_out_by_a_carrier_which_is_told_by_whom():
    invite = out_by_the_carrier("always", {}, always=PARIS)
    true(f"<sip:{NUMBER}@" in invite["diversion"], invite["diversion"])
    true("reason=unconditional" in invite["diversion"], invite["diversion"])


@test(listens=True)
def a_call_to_nobody_is_forwarded_out_and_its_history_told_where_that_is_wanted():
    invite = out_by_the_carrier("unreachable", {"diversion": "history_info"}, unreachable=PARIS)
    equal(invite["diversion"], "", "no Diversion")
    true("index=1" in invite["history-info"], invite["history-info"])


def in_and_out(passes):
    """A carrier calls 101, which forwards abroad by the same carrier."""
    with Exchange() as exchange:
        port = free_port(CARRIER)
        connected(exchange, [f"{CARRIER}:{port}"], passes_caller=passes)
        forwards(exchange, "101", always=MADRID)
        with carrier(exchange, "carrier_callee", port) as madrid:
            madrid.ready()
            caller = carrier(exchange, "carrier_caller_hangs_up", free_port(CARRIER), callee=NUMBER)
            with caller:
                caller.wait()
            madrid.wait()
            invites = [m for m in madrid.messages(received=True) if m.start.startswith("INVITE")]
        cdr = exchange.one_cdr()
        equal(diverted(cdr), [("101", "always", MADRID)], "record")
        equal(cdr["end"]["sip_status"], 200, "it was talked")
        return invites[-1]


@test()
def a_call_that_came_by_a_carrier_goes_out_with_the_companys_number():
    invite = in_and_out(False)
    true(f"<sip:{NUMBER}@" in invite["from"], invite["from"])


@test()
def a_carrier_that_takes_it_is_shown_who_called_and_told_which_number_sent_the_call_on():
    invite = in_and_out(True)
    true("<sip:+33140205050@" in invite["from"], invite["from"])
    true(f"<sip:{NUMBER}@" in invite["p-asserted-identity"], "the company answers for the call")
    true(f"<sip:{NUMBER}@" in invite["diversion"], invite["diversion"])
