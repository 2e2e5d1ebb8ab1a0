"""A customer's gateway at the other end of a trunk: it registers here with a user name and a secret
of its own, is called where it has registered, and calls as a carrier does."""

from kit.case import equal, record_for, test, true, wait_until
from kit.exchange import ACME, GLOBEX, Exchange, free_port
from kit.line import Dialog, Line, UNHURRIED
from kit.sipp import Sipp, registered
from suites.carriers import CARRIER, NUMBER, PARIS, USER, WORD, carrier, made
from suites.features import ANNA, SECONDS, hears, tone
from suites.outbound import Flow, calls, caller, pick_up, rings

# where the gateway is, and where whoever is not the gateway
WORKS, ELSEWHERE = "127.0.0.4", "127.0.0.5"
ACCOUNT = ("acme-works", "word-of-the-works-9")


def connected(exchange, port=None, **more):
    """Acme's gateway, its number on 101, and a way abroad: by the gateway, then by a carrier."""
    company = f"/api/v1/tenants/{ACME}"
    made(exchange, "/api/v1/numbers", {"number": NUMBER, "tenant": ACME, "state": "assigned"})
    made(exchange, f"{company}/inbound_routes", {
        "name": "desk", "called": NUMBER, "extension": "101"})
    trunks = ["works"]
    if port:
        made(exchange, f"{company}/trunks", {
            "name": "carrier", "mode": "peer", "peers": [f"sip:{CARRIER}:{port}"],
            "username": USER, "secret": WORD})
        trunks.append("carrier")
    made(exchange, f"{company}/trunks", {
        "name": "works", "mode": "gateway", "username": ACCOUNT[0], "secret": ACCOUNT[1],
        "identity": "asserted", **more})
    made(exchange, f"{company}/outbound_routes", {
        "name": "abroad", "patterns": [{"prefix": "00", "min": 6}], "strip": 2, "prepend": "+",
        "trunks": trunks, "ring_seconds": 30})


def there(exchange):
    """How many gateways have registered, as the figures say."""
    return exchange.metrics().get("strowger_trunks_registered")


def told(exchange):
    _, log = exchange.api(f"/api/v1/tenants/{ACME}/events?limit=200")
    return [event["type"] for event in log["items"] if event["type"].startswith("trunk.")]


def called(exchange, port):
    """Anna calls Paris, and whoever is at that port of the gateway's answers; its INVITE."""
    with Sipp(exchange, "callee", port=port, ip=WORKS, more=("-rtp_echo",)) as works, \
            tone(exchange, "101", ANNA) as anna:
        works.ready()
        anna.dial(PARIS)
        anna.wait_established()
        record_for(SECONDS)
        anna.hang_up()
        anna.wait_over()
        works.wait()
        hears(anna, ANNA)
        return [m for m in works.messages(received=True) if m.start.startswith("INVITE")][-1]


@test(listens=True)
def a_gateway_registers_and_is_called_where_it_is_and_both_are_heard():
    with Exchange() as exchange:
        port = free_port(WORKS)
        connected(exchange)
        registered(exchange, ACCOUNT, port, ip=WORKS)
        wait_until("it is counted", lambda: there(exchange) == 1)
        found = [one for one in exchange.registrations() if one["trunk"]]
        equal([(one["device"], one["source"]) for one in found], [(None, f"{WORKS}:{port}")],
              "the list of registrations")
        invite = called(exchange, port)
        true(invite.start.startswith(f"INVITE sip:+33140205050@{WORKS}:{port}"), invite.start)
        true(f"<sip:{NUMBER}@" in invite["p-asserted-identity"], "the company's number is shown")
        equal(invite["to"], f"<sip:+33140205050@{ACME}>", "To")
        leg = exchange.one_cdr()["legs"][-1]
        equal((leg["address"], leg["by_trunk"]["called"]), (f"{WORKS}:{port}", "+33140205050"),
              "the record")
        wait_until("the company is told", lambda: told(exchange) == ["trunk.up"])


@test(listens=True)
def what_a_gateway_has_registered_outlives_a_crash():
    with Exchange() as exchange:
        port = free_port(WORKS)
        connected(exchange)
        registered(exchange, ACCOUNT, port, ip=WORKS)
        exchange.kill()
        exchange.start()
        wait_until("it is known again", lambda: there(exchange) == 1)
        called(exchange, port)


@test(listens=True)
def a_call_from_a_gateway_rings_whose_number_it_is_and_both_are_heard():
    with Exchange() as exchange:
        connected(exchange)
        with tone(exchange, "101", ANNA) as anna, \
                Sipp(exchange, "caller", account=ACCOUNT, ip=WORKS, keys={"callee": NUMBER},
                     more=("-rtp_echo", "-d", str(SECONDS * 1000))) as works:
            anna.wait_established()
            works.wait()
            anna.wait_over()
            hears(anna, ANNA)
        cdr = exchange.one_cdr()
        equal((cdr["dialled"], cdr["end"]["sip_status"]), (NUMBER, 200), "record")
        equal(cdr["caller"].get("device"), None, "no device calls")
        true(cdr["legs"][0]["by_trunk"], "it came by the trunk")


@test()
def a_gateway_has_no_right_of_a_phones():
    with Exchange() as exchange:
        connected(exchange)
        with Line(exchange, ACME, ACCOUNT, ip=WORKS) as works:
            works.register()
            for number in ("101", "*43", PARIS):
                answer = works.invite(f"sip:{number}@{ACME}")
                equal(answer.status, 404, f"a call to {number}")
            for method, more in (("SUBSCRIBE", ["Event: presence", "Expires: 60"]),
                                 ("MESSAGE", [])):
                answer = works.request(method, f"sip:101@{ACME}", headers=more)
                equal(answer.status, 403, method)


@test(listens=True)
def a_gateway_that_is_gone_is_followed_by_the_next_trunk():
    with Exchange() as exchange:
        port = free_port(CARRIER)
        connected(exchange, port)
        with Line(exchange, ACME, ACCOUNT, ip=WORKS) as works:
            works.register()
            works.register(expires=0)
        wait_until("the company is told", lambda: "trunk.down" in told(exchange))
        with carrier(exchange, "carrier_callee", port) as paris, \
                tone(exchange, "101", ANNA) as anna:
            paris.ready()
            anna.dial(PARIS)
            anna.wait_established()
            anna.hang_up()
            anna.wait_over()
            paris.wait()
        cdr = exchange.one_cdr()
        equal(len(cdr["legs"]), 2, "nothing was tried in vain")
        rules = [step["rule"] for step in cdr["explanation"]]
        true("trunk.unregistered" in rules, f"the record says why: {rules}")


@test()
def a_gateway_that_comes_back_on_a_new_connection_keeps_its_call():
    def flow(exchange):
        return Flow(exchange, None, "urn:uuid:00000000-0000-1000-8000-000000000900",
                    account=ACCOUNT)
    with Exchange() as exchange, caller(exchange) as anna:
        connected(exchange)
        with flow(exchange) as works:
            works.register()
            calls(anna, PARIS)
            invite = rings(works)
            true(invite, "the gateway is called")
            theirs = pick_up(works, invite)
            answer = anna.wait(lambda m: m.status == 200 and m.method == "INVITE")
            mine = Dialog(anna, answer.call_id, answer["from"], answer["to"], answer.contact,
                          answer.cseq)
            mine.acknowledge()
        wait_until("the flow is gone", lambda: there(exchange) == 0)
        equal(len(exchange.calls()), 1, "the call goes on")
        with flow(exchange) as back:
            back.register()
            anna.send(anna.compose("BYE", mine.target, sender=mine.local, to=mine.remote,
                                   call_id=mine.call_id, cseq=mine.cseq + 1))
            bye = back.wait_request("BYE")
            true(bye, "the end of the call comes by the new connection")
            equal(bye.call_id, theirs.call_id, "its call")
            back.respond(bye, 200, "OK")
        equal(exchange.one_cdr()["end"]["sip_status"], 200, "status of the record")


@test()
def a_wrong_secret_is_refused_and_held_against_its_source():
    with Exchange() as exchange:
        connected(exchange)
        def refused():
            return exchange.metrics()["strowger_refused_credentials_total"]
        before = refused()
        with Line(exchange, ACME, (ACCOUNT[0], "guessed wrongly"), ip=ELSEWHERE) as guesser:
            for _ in range(2):
                equal(guesser.registration(), 403, "a wrong secret")
                wait_until("a breath", lambda: True, every=UNHURRIED)
        wait_until("both are counted", lambda: refused() - before == 2)
        equal(there(exchange), 0, "registered trunks")


@test()
def a_neighbours_gateway_is_apart():
    with Exchange() as exchange:
        connected(exchange)
        theirs = f"/api/v1/tenants/{GLOBEX}/trunks"
        spec = {"name": "works", "mode": "gateway", "username": ACCOUNT[0],
                "secret": "another word 12"}
        status, problem = exchange.api(theirs, "POST", spec)
        equal(status, 409, f"a user name is there once: {problem}")
        spec["username"] = "globex-works"
        made(exchange, theirs, spec)
        status, problem = exchange.api("/api/v1/trunks", "POST", {**spec, "username": "ours"})
        equal(status, 422, f"the operator has no gateway: {problem}")
        true("/mode" in str(problem), f"the field is named: {problem}")
        account = (spec["username"], spec["secret"])
        with Line(exchange, ACME, account, ip=ELSEWHERE) as stranger:
            equal(stranger.registration(), 403, "in the neighbour's domain")
        with Line(exchange, GLOBEX, account, ip=ELSEWHERE) as neighbour:
            neighbour.register()
            # its own company's trunk proves nothing about a number of Acme's
            answer = neighbour.invite(f"sip:{NUMBER}@{ACME}")
            true(answer.status in (403, 404), f"a number of the neighbour's: {answer.status}")
        equal([one["trunk"] for one in exchange.registrations() if one["trunk"]], [], "at Acme")
        true([one["trunk"] for one in exchange.registrations(GLOBEX) if one["trunk"]], "at Globex")
