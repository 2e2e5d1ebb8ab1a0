"""Phones behind routers of every kind, and an exchange behind one."""

import re

from kit.baresip import Phone
from kit.case import equal, record_for, test, true, wait_until
from kit.exchange import ACME, Exchange, free_port, join
from kit.line import Line, description, proof, token
from kit.nat import OUTSIDE, Nat
from kit.softphone import Softphone
from suites.codecs import hear_each_other, voices
from suites.features import hears

# tones, and what every phone behind such a router believes to be
ANNA, BERT = 440, 1000
INSIDE = "192.168.1.20"
SECONDS = 4


class Twin(Softphone):
    """A telephone that believes to be where all others behind its router believe to be."""

    outside = OUTSIDE

    def __init__(self, exchange, number, hertz):
        super().__init__(exchange, ACME, number, hertz, claims=INSIDE)

    @property
    def port(self):
        return 5060

    @port.setter
    def port(self, _):
        pass

    def dial(self, number):
        """Calls another, and talks once that has answered."""
        body = description(self.claims, self.voice.port, "0 101")
        sender, call_id = f"<{self.aor}>;tag={token()}", token()
        asked = {"sender": sender, "call_id": call_id, "body": body}
        self.send(self.compose("INVITE", f"sip:{number}@{ACME}", **asked))
        challenge = self._final(call_id, 1)
        uri = f"sip:{number}@{ACME}"
        self.acknowledge(self.compose("INVITE", uri, branch=branch_of(challenge), **asked),
                         challenge)
        proved = proof(challenge["proxy-authenticate"], self.account, "INVITE", uri)
        self.send(self.compose("INVITE", uri, cseq=2, **asked,
                               headers=[f"Proxy-Authorization: {proved}"]))
        answer = self._final(call_id, 2)
        equal(answer.status, 200, "the call is answered")
        self._agree(answer.body)
        self.voice.direction = "sendrecv"
        self.send(self.compose("ACK", answer.contact, sender=answer["from"], to=answer["to"],
                               call_id=call_id, cseq=2))
        return answer

    def _final(self, call_id, cseq):
        def final():
            return next((m for m in self.inbox if m.status and m.status >= 200
                         and m.call_id == call_id and m.cseq == cseq), None)
        return wait_until(f"{self.name} is answered", final)


def branch_of(response):
    return re.search(r"branch=([^;\s]+)", response["via"]).group(1)


def measured(text):
    """A message whose length says what it is, after its body has been changed."""
    head, _, body = text.partition("\r\n\r\n")
    head = re.sub(r"(?im)^content-length:.*$", f"Content-Length: {len(body)}", head)
    return f"{head}\r\n\r\n{body}"


def helps(text, inward):
    """An ALG that writes the outer address wherever it finds the inner one."""
    return text if inward else measured(text.replace(INSIDE, OUTSIDE))


def helps_by_half(text, inward):
    """One that knows Contact alone, and leads it to a port where nobody is."""
    if inward:
        return text
    return re.sub(r"(?im)^(contact: <sip:[^@]+@)[0-9.:]+", rf"\g<1>{OUTSIDE}:9", text)


def two_behind(meddle):
    """Two phones of one private address behind one router hear each other."""
    with Exchange() as exchange, Nat(exchange, meddle=meddle) as nat, \
            Twin(nat, "101", ANNA) as anna, Twin(nat, "102", BERT) as bert:
        sources = {each["source"] for each in exchange.registrations()}
        equal(len(sources), 2, "each has a port of its own outside")
        answer = anna.dial("102")
        record_for(SECONDS)
        anna.send(anna.compose("BYE", answer.contact, sender=answer["from"], to=answer["to"],
                               call_id=answer.call_id, cseq=3))
        bert.wait_over()
        hears(anna, BERT)
        hears(bert, ANNA)
        equal(exchange.one_cdr()["end"]["sip_status"], 200, "status of the record")


@test(listens=True)
def two_phones_of_one_address_behind_one_router_hear_each_other():
    two_behind(None)


@test(listens=True)
def a_router_that_rewrites_all_that_is_said_does_no_harm():
    two_behind(helps)


@test(listens=True)
def a_router_that_rewrites_half_of_it_wrongly_does_no_harm_either():
    two_behind(helps_by_half)


@test()
def a_phone_whose_router_gives_it_another_port_is_reached_there_once_it_registers_and_so_is_its_call():
    with Exchange() as exchange, Nat(exchange) as nat, \
            Line(nat, ACME, exchange.account(ACME, "102"), claims=INSIDE) as bert, \
            Line(exchange, ACME, exchange.account(ACME, "101")) as anna:
        bert.register()
        anna.register()
        anna.request("INVITE", f"sip:102@{ACME}", seconds=1, body=description(anna.ip, 9))
        invite = bert.wait_request("INVITE")
        bert.respond(invite, 200, "OK", tag=token(), body=description(INSIDE, 9))
        true(bert.wait_request("ACK"), "the call is up")
        answer = anna.wait(lambda m: m.status == 200 and m.method == "INVITE")
        anna.send(anna.compose("ACK", answer.contact, sender=answer["from"], to=answer["to"],
                               call_id=answer.call_id, cseq=answer.cseq))
        before = nat.ports()
        nat.forget()
        bert.register()
        true(nat.ports() != before, "it has another port now")
        source = [e["source"] for e in exchange.registrations() if OUTSIDE in e["source"]]
        equal(source, [f"{OUTSIDE}:{port}" for port in nat.ports().values()], "where it is")
        anna.send(anna.compose("BYE", answer.contact, sender=answer["from"], to=answer["to"],
                               call_id=answer.call_id, cseq=answer.cseq + 1))
        bye = bert.wait_request("BYE")
        true(bye and bye.call_id == invite.call_id, "the end of its call reaches it there")
        bert.respond(bye, 200, "OK")
        bert.inbox.clear()
        anna.request("INVITE", f"sip:102@{ACME}", seconds=1, body=description(anna.ip, 9))
        true(bert.wait_request("INVITE"), "and so does the next call")


@test()
def what_does_not_come_from_the_exchange_does_not_come_through_the_router():
    # a symmetric one: whoever knows the outer port gets nothing in, and the exchange uses it alone
    with Exchange() as exchange, Nat(exchange) as nat, \
            Line(nat, ACME, exchange.account(ACME, "102"), claims=INSIDE) as bert, \
            Line(exchange, ACME, exchange.account(ACME, "101")) as anna:
        bert.register()
        anna.register()
        (port,) = nat.ports().values()
        anna.socket.sendto(b"OPTIONS sip:102@acme.example SIP/2.0\r\n\r\n", (OUTSIDE, port))
        anna.request("INVITE", f"sip:102@{ACME}", seconds=1, body=description(anna.ip, 9))
        invite = bert.wait_request("INVITE")
        true(invite, "it rings")
        equal([m.method for m in bert.inbox if m.status is None and m.method == "OPTIONS"], [],
              "what others sent")


@test()
def an_invite_too_long_for_a_datagram_goes_by_the_phones_connection():
    instance = "urn:uuid:00000000-0000-1000-8000-000000000102"
    with Exchange() as exchange, Line(exchange, ACME, exchange.account(ACME, "101")) as anna, \
            Line(exchange, ACME, exchange.account(ACME, "102"), "tcp") as tcp, \
            Line(exchange, ACME, exchange.account(ACME, "102")) as udp:
        anna.register()
        for reg_id, line in ((1, tcp), (2, udp)):
            contact = (f"<sip:102@{line.at};transport={line.transport}>"
                       f";+sip.instance=\"<{instance}>\";reg-id={reg_id}")
            answer = line.request("REGISTER", f"sip:{ACME}", to=f"<{line.aor}>", contact=contact,
                                  headers=["Supported: outbound"])
            equal(answer.status, 200, "registered")
        anna.request("INVITE", f"sip:102@{ACME}", seconds=1, body=description(anna.ip, 9))
        short = udp.wait_request("INVITE")
        true(short, "a short one goes by the newest flow")
        udp.respond(short, 486, "Busy Here", tag=token())
        wait_until("the caller is told", lambda: [m for m in anna.drain() if m.status == 486])
        lines = "".join(f"a=fmtp:101 {'0-15,' * 8}{n}\r\n" for n in range(30))
        anna.request("INVITE", f"sip:102@{ACME}", seconds=1,
                     body=description(anna.ip, 9) + lines)
        long = tcp.wait_request("INVITE")
        true(long, "a long one goes by the connection")
        equal([m for m in udp.drain() if m.call_id == long.call_id], [], "and not by datagrams")


class Hidden(Exchange):
    """An exchange behind a one-to-one translator."""

    def __init__(self):
        super().__init__()
        self.public = free_port()
        self.flags = ["--sip-public", join(self.ip, self.public)]


def talk_with_hidden(transport):
    with Hidden() as exchange, \
            Nat(exchange, exchange.ip, at=(exchange.ip, exchange.public)) as nat:
        anna_says, bert_says = voices(exchange)
        codec, public = "PCMU/8000/1", join(exchange.ip, exchange.public)
        with Phone(nat, ACME, "101", transport, f"aufile,{anna_says}", codec) as anna, \
                Phone(nat, ACME, "102", transport, f"aufile,{bert_says}", codec) as bert:
            hear_each_other((anna, anna_says), (bert, bert_says), SECONDS)
            got = [m for phone in (anna, bert) for m in phone.messages(received=True)]
            contacts = [c for m in got if m.method == "INVITE" for c in m.all("contact")]
            true(contacts and all(public in c for c in contacts),
                 f"where the exchange says that it is: {contacts}")
            vias = [m["via"] for m in got if m.status is None]
            true(vias and all(public in via for via in vias), f"the same of its requests: {vias}")
            true(exchange.at not in anna.said() + bert.said(), "its own address is told nobody")
        equal(exchange.one_cdr()["end"]["sip_status"], 200, "status of the record")


@test(listens=True)
def an_exchange_behind_a_translator_is_found_at_its_public_address_on_udp():
    talk_with_hidden("udp")


@test(listens=True)
def an_exchange_behind_a_translator_is_found_at_its_public_address_on_tcp():
    talk_with_hidden("tcp")
