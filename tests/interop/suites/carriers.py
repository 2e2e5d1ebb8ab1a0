"""Calls to and from a carrier, played by SIPp: it asks for a password when a trunk registers and
when it is called, and it calls from its own address, which nobody else has."""

from kit.authority import Authority
from kit.case import equal, record_for, test, true, wait_until
from kit.exchange import ACME, Exchange, free_port
from kit.kamailio import Kamailio
from kit.nameserver import NameServer
from kit.sipp import Sipp, run
from suites.features import ANNA, SECONDS, hears, tone

# the carrier's address, and one at which nobody is
CARRIER, NOBODY = "127.0.0.2", "127.0.0.3"
NUMBER, PARIS = "+493055501", "0033140205050"
USER, WORD = "acme-trunk", "the carrier's own word 7"
KEYS = {"user": USER, "word": WORD}


def made(exchange, path, spec):
    status, document = exchange.api(path, "POST", spec)
    equal(status, 201, f"{path}: {document}")
    return document


def connected(exchange, peers, **more):
    """Acme's own trunk to these peers, its number on 101, and a way abroad for everybody."""
    company = f"/api/v1/tenants/{ACME}"
    made(exchange, f"{company}/trunks", {
        "name": "carrier", "mode": "peer", "peers": [f"sip:{peer}" for peer in peers],
        "sources": [CARRIER], "username": USER, "secret": WORD, "identity": "asserted", **more})
    made(exchange, "/api/v1/numbers", {"number": NUMBER, "tenant": ACME, "state": "assigned"})
    made(exchange, f"{company}/inbound_routes", {
        "name": "desk", "called": NUMBER, "extension": "101"})
    made(exchange, f"{company}/outbound_routes", {
        "name": "abroad", "patterns": [{"prefix": "00", "min": 6}], "strip": 2, "prepend": "+",
        "trunks": ["carrier"], "ring_seconds": 30})


def carrier(exchange, scenario, port, callee="nobody"):
    """SIPp at the carrier's address, which sends back what it hears."""
    return Sipp(exchange, scenario, port=port, ip=CARRIER, keys={**KEYS, "callee": callee},
                more=("-rtp_echo",))


@test()
def a_trunk_registers_at_its_carrier_with_a_password():
    with Exchange() as exchange:
        port = free_port(CARRIER)
        with carrier(exchange, "carrier_registrar", port) as registrar:
            registrar.ready()
            connected(exchange, [f"{CARRIER}:{port}"], mode="register", expires_seconds=300)
            registrar.wait()
            first, second = registrar.messages(received=True)[:2]
        equal(first["authorization"], "", "credentials of the first REGISTER")
        true(f'username="{USER}"' in second["authorization"], second["authorization"])
        true(WORD not in second["authorization"], "the password is not said")
        wait_until("it is counted",
                   lambda: exchange.metrics().get("strowger_trunks_registered") == 1)


@test(listens=True)
def a_call_from_the_carrier_rings_whose_number_it_is_and_both_are_heard():
    with Exchange() as exchange:
        connected(exchange, [f"{CARRIER}:{free_port(CARRIER)}"])
        with tone(exchange, "101", ANNA) as anna, \
                carrier(exchange, "carrier_caller", free_port(CARRIER), callee=NUMBER) as paris:
            anna.wait_established()
            record_for(SECONDS)
            anna.hang_up()
            anna.wait_over()
            paris.wait()
            # her own voice, by way of the carrier: both directions were there
            hears(anna, ANNA)
        cdr = exchange.one_cdr()
        equal(cdr["caller"]["number"], "+33140205050", "the number the carrier asserts")
        equal((cdr["dialled"], cdr["end"]["sip_status"]), (NUMBER, 200), "record")


@test()
def a_number_that_nobody_has_is_not_found():
    with Exchange() as exchange:
        connected(exchange, [f"{CARRIER}:{free_port(CARRIER)}"])
        for called in ("+493055502", "101", "*43", PARIS):
            run(exchange, "carrier_refused", port=free_port(CARRIER), ip=CARRIER,
                keys={"callee": called})
        # a call by the company's own trunk is its business, also one that led nowhere
        records = exchange.wait_cdrs(1)
        equal({cdr["end"]["sip_status"] for cdr in records}, {404}, "how they ended")
        equal({len(cdr["legs"]) for cdr in records}, {1}, "nobody was rung")


@test(listens=True)
def a_call_abroad_shows_the_companys_number_and_proves_who_calls():
    with Exchange() as exchange:
        port = free_port(CARRIER)
        connected(exchange, [f"{CARRIER}:{port}"])
        with carrier(exchange, "carrier_callee", port) as paris, \
                tone(exchange, "101", ANNA) as anna:
            paris.ready()
            anna.dial(PARIS)
            anna.wait_established()
            record_for(SECONDS)
            anna.hang_up()
            anna.wait_over()
            paris.wait()
            hears(anna, ANNA)
            invites = [m for m in paris.messages(received=True) if m.start.startswith("INVITE")]
        true(invites[-1].start.startswith("INVITE sip:+33140205050@"), invites[-1].start)
        true(f"<sip:{NUMBER}@" in invites[-1]["p-asserted-identity"], "P-Asserted-Identity")
        said = invites[-1].body + "".join(value for _, value in invites[-1].fields)
        true(ACME not in said, "nothing of the company's domain goes out")
        cdr = exchange.one_cdr()
        true(any(step["rule"] == "trunk.attempt" for step in cdr["explanation"]), "explained")


@test(listens=True)
def a_dead_peer_is_followed_by_a_living_one():
    with Exchange() as exchange:
        port = free_port(CARRIER)
        connected(exchange, [f"{NOBODY}:{port}", f"{CARRIER}:{port}"])
        with carrier(exchange, "carrier_callee", port) as paris, \
                tone(exchange, "101", ANNA) as anna:
            paris.ready()
            anna.dial(PARIS)
            anna.wait_established()
            anna.hang_up()
            anna.wait_over()
            paris.wait()
        legs = exchange.one_cdr()["legs"]
        equal(len(legs), 3, "every attempt is in the record")
        equal(legs[-1]["status"], 200, "the second one was answered")


def named(port):
    """Names that lead to a dead server first, and to a living one in the second place."""
    return {
        ("carrier.example", "NAPTR"): [(10, 50, "SIP+D2U", "_sip._udp.carrier.example")],
        ("_sip._udp.carrier.example", "SRV"): [
            (2, 0, port, "two.carrier.example"), (1, 0, port, "one.carrier.example")],
        ("one.carrier.example", "A"): [NOBODY],
        ("two.carrier.example", "A"): [CARRIER],
    }


@test(listens=True)
def a_carrier_is_found_by_its_name_and_its_dead_server_is_passed_over():
    port = free_port(CARRIER)
    exchange = Exchange()
    with NameServer(named(port)) as names:
        exchange.flags = ["--name-servers", names.at]
        with exchange:
            connected(exchange, ["carrier.example"])
            with carrier(exchange, "carrier_callee", port) as paris, \
                    tone(exchange, "101", ANNA) as anna:
                paris.ready()
                wait_until("the name is found",
                           lambda: exchange.metrics().get("strowger_trunk_names_found_total"))
                anna.dial(PARIS)
                anna.wait_established()
                anna.hang_up()
                anna.wait_over()
                paris.wait()
                invites = [m for m in paris.messages(received=True)
                           if m.start.startswith("INVITE")]
            legs = exchange.one_cdr()["legs"]
        true(("_sip._udp.carrier.example", "SRV") in names.asked, "asked for servers")
        true(invites[-1].start.startswith("INVITE sip:+33140205050@carrier.example "),
             invites[-1].start)
    equal([leg["address"] for leg in legs[1:]], [f"{NOBODY}:{port}", f"{CARRIER}:{port}"], "tried")
    equal(legs[2]["status"], 200, "the second server answered")
    equal(legs[2]["by_trunk"]["shown"], NUMBER, "the number shown is in the record")


def served(transport, port):
    """Names that lead to Kamailio by a transport, behind a server at which nobody is."""
    service = {"udp": "_sip._udp", "tcp": "_sip._tcp", "tls": "_sips._tcp"}[transport]
    offer = {"udp": "SIP+D2U", "tcp": "SIP+D2T", "tls": "SIPS+D2T"}[transport]
    return {
        ("carrier.example", "NAPTR"): [(10, 50, offer, f"{service}.carrier.example")],
        (f"{service}.carrier.example", "SRV"): [
            (1, 0, port, "one.carrier.example"), (2, 0, port, "two.carrier.example")],
        ("one.carrier.example", "A"): [NOBODY],
        ("two.carrier.example", "A"): [CARRIER],
    }


def registered(exchange):
    return exchange.metrics().get("strowger_trunks_registered") == 1


def called_there(exchange, person):
    """Anna calls Paris by way of the carrier, and both are heard."""
    with Sipp(exchange, "callee", port=person[1], ip=CARRIER, more=("-rtp_echo",)) as paris, \
            tone(exchange, "101", ANNA) as anna:
        paris.ready()
        anna.dial(PARIS)
        anna.wait_established()
        record_for(SECONDS)
        anna.hang_up()
        anna.wait_over()
        paris.wait()
        hears(anna, ANNA)
        return [m for m in paris.messages(received=True) if m.start.startswith("INVITE")][-1]


def called_back(exchange, kamailio, person):
    """Paris calls Anna's number by way of the carrier, and both are heard."""
    with tone(exchange, "101", ANNA) as anna, \
            Sipp(exchange, "carrier_caller", port=person[1], ip=CARRIER, at=kamailio.at,
                 keys={"callee": NUMBER}, more=("-rtp_echo",)) as paris:
        anna.wait_established()
        record_for(SECONDS)
        anna.hang_up()
        anna.wait_over()
        paris.wait()
        hears(anna, ANNA)


def at_kamailio(transport):
    """A trunk at a carrier that is found by its name, whose first server is dead: it registers, calls
    with proof, and is called where it registered."""
    exchange, person = Exchange(), (CARRIER, free_port(CARRIER))
    authority = Authority(exchange.folder)
    paper = authority.vouch("carrier.example") if transport == "tls" else None
    exchange.flags = ["--sip-trust", authority.certificate]
    with Kamailio(exchange, CARRIER, person, USER, WORD, transport, paper) as kamailio, \
            NameServer(served(transport, kamailio.port)) as names:
        exchange.flags += ["--name-servers", names.at]
        with exchange.also_speaks("tls"):
            connected(exchange, ["carrier.example"], mode="register", sources=[],
                      options_seconds=5)
            wait_until("it is registered", lambda: registered(exchange))
            invite = called_there(exchange, person)
            true(f"<sip:{NUMBER}@" in invite["p-asserted-identity"], "who calls")
            equal(invite["proxy-authorization"], "", "the proof stays at the carrier")
            vias = [value for name, value in invite.fields if name.lower() == "via"]
            true(f"SIP/2.0/{transport.upper()} " in vias[-1], f"by {transport}: {vias}")
            called_back(exchange, kamailio, person)
            out, back = sorted(exchange.wait_cdrs(2), key=lambda cdr: cdr["started"])
    answered = out["legs"][-1]
    equal(answered["by_trunk"]["called"], PARIS.replace("00", "+", 1), "called")
    equal(answered["address"], kamailio.at, "the second server answered")
    equal(back["legs"][0]["by_trunk"]["shown"], "+33140205050", "who the carrier says calls")
    equal((back["dialled"], back["end"]["sip_status"]), (NUMBER, 200), "the call that came in")


@test(listens=True)
def a_trunk_at_kamailio_registers_calls_with_proof_and_is_called_where_it_registered():
    at_kamailio("udp")


@test(listens=True)
def the_same_over_tcp():
    at_kamailio("tcp")


@test(listens=True)
def the_same_within_tls():
    at_kamailio("tls")


@test()
def nothing_is_said_to_a_carrier_that_proves_another_name():
    exchange, person = Exchange(), (CARRIER, free_port(CARRIER))
    authority = Authority(exchange.folder)
    paper = authority.vouch("another.example")
    exchange.flags = ["--sip-trust", authority.certificate]
    with Kamailio(exchange, CARRIER, person, USER, WORD, "tls", paper) as kamailio, \
            NameServer(served("tls", kamailio.port)) as names:
        exchange.flags += ["--name-servers", names.at]
        with exchange:
            connected(exchange, ["carrier.example"], mode="register", sources=[])
            wait_until("it was refused", lambda: exchange.metrics().get("strowger_net_tls_unproved"))
            equal(exchange.metrics().get("strowger_trunks_registered"), 0, "registered trunks")


def contained(exchange):
    return [one["name"] for one in exchange.items(f"/api/v1/tenants/{ACME}/containments")]


def finals(phone):
    """How often it was told how a call of its went."""
    return [m.status for m in phone.messages(received=True)
            if m.status and m.method == "INVITE" and m.status >= 200 and m.status != 407]


def calls_paris(phone):
    """Whether its call abroad was answered; then it is over."""
    calls, talks = len(finals(phone)), phone.established()
    phone.dial(PARIS)
    wait_until("the carrier or the exchange answers", lambda: len(finals(phone)) > calls)
    if finals(phone)[-1] != 200:
        return False
    phone.wait_established(talks + 1)
    phone.hang_up()
    phone.wait_over(talks + 1)
    return True


@test()
def a_stolen_telephone_is_contained_and_its_colleague_calls_on():
    with Exchange() as exchange:
        port, company = free_port(CARRIER), f"/api/v1/tenants/{ACME}"
        connected(exchange, [f"{CARRIER}:{port}"])
        made(exchange, f"{company}/toll_guards", {
            "name": "abroad", "budget": {"limits": {"calls_per_hour": 1}}})
        with Sipp(exchange, "carrier_callee", port=port, ip=CARRIER, calls=3, seconds=60,
                  keys={**KEYS, "callee": "nobody"}, more=("-rtp_echo",)) as paris:
            paris.ready()
            with tone(exchange, "101", ANNA) as anna:
                true(calls_paris(anna), "one call is within the budget")
                true(not calls_paris(anna), "a second one is not")
                equal(finals(anna)[-1], 403, "how she is refused")
                wait_until("she is contained", lambda: len(contained(exchange)) == 1)
                with tone(exchange, "102", ANNA) as bert:
                    true(calls_paris(bert), "her colleague calls on")
                held = contained(exchange)
                equal(len(held), 1, "nobody else is contained")
                status, _ = exchange.api(f"{company}/containments/{held[0]}", "DELETE")
                equal(status, 204, "she is released")
                wait_until("she calls again", lambda: calls_paris(anna))
            paris.wait()
        rules = {step["rule"] for cdr in exchange.wait_cdrs(4) for step in cdr["explanation"]}
        true("fraud.budget" in rules, f"the record says why: {rules}")
        _, log = exchange.api(f"{company}/events?limit=200")
        told = {event["type"] for event in log["items"]}
        missing = {"fraud.warned", "fraud.contained", "fraud.released"} - told
        equal(missing, set(), "what the company was told")
