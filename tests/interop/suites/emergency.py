"""Calls for help from a real phone to a carrier played by SIPp: what the carrier gets, who is told,
and that a desk takes the call when the carrier does not."""

from kit import sound
from kit.case import equal, record_for, test, true, wait_until
from kit.exchange import ACME, Exchange, free_port
from kit.mailbox import Mailbox, text_of
from kit.receiver import Receiver
from suites.carriers import CARRIER, NUMBER, carrier, connected, made
from suites.features import ANNA, BERT, SECONDS, tone
from suites.webhooks import hook

COMPANY = f"/api/v1/tenants/{ACME}"
ADDRESS = "Musterstraße 12, floor 3, 10115 Berlin, DE"


def placed(exchange, peers, **trunk):
    """Acme in Berlin, with a trunk for help and 102 at the desk."""
    connected(exchange, peers, **trunk)
    made(exchange, f"{COMPANY}/emergency_locations", {
        "name": "berlin", "label": "Berlin, third floor", "callback": NUMBER, "desk": "102",
        "civic": {"country": "DE", "a3": "Berlin", "rd": "Musterstraße", "hno": "12",
                  "flr": "3", "pc": "10115"},
        "mail_to": ["desk@acme.example"]})
    made(exchange, f"{COMPANY}/sites", {
        "name": "here", "location": "berlin", "networks": ["127.0.0.0/8"]})
    made(exchange, f"{COMPANY}/outbound_routes", {
        "name": "help", "emergency": True, "only_to": ["DE"], "trunks": ["carrier"],
        "ring_seconds": 30})


def parts_of(invite):
    mark = invite["content-type"].split('boundary="', 1)[1].split('"', 1)[0]
    parts = invite.body.split(f"--{mark}")
    equal(parts[-1].strip(), "--", "the body ends")
    return [part.strip() for part in parts[1:-1]]


@test(listens=True)
def a_call_for_help_tells_the_carrier_the_place_and_webhook_and_mail_who_called():
    with Mailbox() as mailbox, Receiver() as receiver:
        exchange = Exchange()
        exchange.flags = ["--webhook-allow", "127.0.0.0/8", *mailbox.flags]
        with exchange:
            port = free_port(CARRIER)
            placed(exchange, [f"{CARRIER}:{port}"], location="pidf_lo", emergency_uri="urn")
            hook(exchange, receiver, ("emergency.called",))
            with carrier(exchange, "carrier_callee", port) as help, \
                    tone(exchange, "101", ANNA) as anna:
                help.ready()
                anna.dial("112")
                anna.wait_established()
                anna.hang_up()
                anna.wait_over()
                help.wait()
                invites = [m for m in help.messages(received=True)
                           if m.start.startswith("INVITE")]
            wait_until("the webhook is told", lambda: receiver.taken)
            to, mail = mailbox.wait_for(0)
            report = exchange.api(f"{COMPANY}/emergency_report")[1]
    last = invites[-1]
    true(last.start.startswith("INVITE urn:service:sos "), last.start)
    true(f"<sip:{NUMBER}@" in last["p-asserted-identity"], "who is called back")
    equal(last["privacy"], "", "nothing is withheld")
    equal(last["geolocation-routing"], "yes", "for finding the way")
    sdp, place = parts_of(last)
    true("v=0" in sdp and "Content-Type: application/sdp" in sdp, sdp)
    content_id = last["geolocation"].removeprefix("<cid:").removesuffix(">")
    true(f"Content-ID: <{content_id}>" in place, place)
    true("<ca:RD>Musterstraße</ca:RD><ca:HNO>12</ca:HNO><ca:FLR>3</ca:FLR>" in place, place)
    equal(to, ["<desk@acme.example>"[1:-1]], "who gets the mail")
    true(mail["subject"].startswith("Emergency: 101 called 112"), mail["subject"])
    true(ADDRESS in text_of(mail), text_of(mail))
    equal(len(mailbox.mails), 1, "one mail")
    call = report["calls"][0]["data"]
    equal((call["location"]["address"], call["callback"]), (ADDRESS, NUMBER), "in the report")


@test(listens=True)
def a_carrier_that_wants_a_number_gets_it_with_the_prefix_for_a_line_taken_off():
    with Exchange() as exchange:
        port = free_port(CARRIER)
        placed(exchange, [f"{CARRIER}:{port}"])
        made(exchange, f"{COMPANY}/outbound_routes", {
            "name": "line", "patterns": [{"prefix": "0", "min": 5}], "strip": 1,
            "prepend": "+49", "trunks": ["carrier"]})
        with carrier(exchange, "carrier_callee", port) as help, \
                tone(exchange, "101", ANNA) as anna:
            help.ready()
            anna.dial("0110")
            anna.wait_established()
            anna.hang_up()
            anna.wait_over()
            help.wait()
            invites = [m for m in help.messages(received=True) if m.start.startswith("INVITE")]
        true(invites[-1].start.startswith("INVITE sip:110@"), invites[-1].start)
        equal(invites[-1]["geolocation"], "", "the carrier did not ask for it")
        true(invites[-1]["content-type"].startswith("application/sdp"), "a plain offer")


@test(listens=True)
def when_no_carrier_answers_the_desk_takes_the_call_for_help():
    with Exchange() as exchange:
        placed(exchange, [f"{CARRIER}:{free_port(CARRIER)}"])
        with tone(exchange, "102", BERT) as bert, tone(exchange, "101", ANNA) as anna:
            anna.dial("112")
            anna.wait_established()
            bert.wait_established()
            anna.hang_up()
            anna.wait_over()
        cdr = exchange.one_cdr()
        true(any(step["rule"] == "emergency.desk" for step in cdr["explanation"]), "explained")


@test(listens=True)
def a_desk_that_is_alerted_rings_beside_shows_the_place_and_hears_a_signal():
    with Exchange() as exchange:
        port = free_port(CARRIER)
        placed(exchange, [f"{CARRIER}:{port}"])
        status, said = exchange.api(f"{COMPANY}/emergency_locations/berlin", "PATCH",
                                    {"alert": "103"}, {"If-Match": "*"})
        equal(status, 200, f"{said}")
        with carrier(exchange, "carrier_callee", port) as help, \
                tone(exchange, "103", BERT) as desk, tone(exchange, "101", ANNA) as anna:
            help.ready()
            anna.dial("112")
            anna.wait_established()
            desk.wait_established()
            record_for(SECONDS)
            invite = [m for m in desk.messages(received=True) if m.start.startswith("INVITE")][0]
            anna.hang_up()
            anna.wait_over()
            desk.wait_over()
            help.wait()
            true('"112 from 101: Berlin, third floor"' in invite["from"], invite["from"])
            true(f"sip:101@{ACME}" in invite["from"], "who is called back by one key")
            equal(invite["priority"], "emergency", "how urgent it is")
            # bells, and neither of the two who talk
            true(not sound.is_silent(desk.heard()), "the desk hears a signal")
            share = sound.tone_share(desk.heard(), ANNA, SECONDS)
            true(share < 0.05, f"{share:.2f} of what the desk hears is the caller")
        cdr = exchange.one_cdr()
        equal(cdr["destination"]["number"], "112", "who is called")
