"""Addresses of single phones (RFC 5627): a call to one rings that phone and no other, and they lead
nowhere for anybody outside the company."""

import re

from kit.case import equal, test, true, wait_until
from kit.exchange import ACME, GLOBEX, Exchange
from kit.line import Line, description, token

DESK, HALL = "urn:uuid:00000000-0000-1000-8000-0000000000d1", \
    "urn:uuid:00000000-0000-1000-8000-0000000000a1"


class Named(Line):
    """A phone that asks for addresses of its own."""

    def __init__(self, exchange, account, instance):
        super().__init__(exchange, ACME, account)
        self.instance, self.public, self.temporary = instance, None, None
        self.call_id, self.cseq = token(), 0

    def register(self, expires=300):
        contact = (f"<sip:{self.account[0]}@{self.at}>;+sip.instance=\"<{self.instance}>\"")

        self.cseq += 2
        answer = self.request("REGISTER", f"sip:{ACME}", to=f"<{self.aor}>", contact=contact,
                              call_id=self.call_id, cseq=self.cseq,
                              headers=["Supported: gruu", f"Expires: {expires}"])
        equal(answer.status, 200, "it registers")
        own = [c for c in answer.all("contact") if self.instance in c]
        if own:
            self.public = re.search(r'pub-gruu="([^"]+)"', own[0]).group(1)
            self.temporary = re.search(r'temp-gruu="([^"]+)"', own[0]).group(1)
        return self


def rung(line, seconds=1):
    invite = line.wait_request("INVITE", seconds)
    line.inbox.clear()
    return invite


def tried(line, uri):
    """What a call is answered with before anybody picks it up; it is given up then."""
    return line.request("INVITE", uri, seconds=2, body=description(line.ip, 9))


@test()
def a_call_to_a_phones_address_rings_that_phone_alone():
    with Exchange() as exchange, Line(exchange, ACME, exchange.account(ACME, "101")) as anna, \
            Named(exchange, exchange.account(ACME, "102"), DESK) as desk, \
            Named(exchange, exchange.add_device(ACME, "102", "hall"), HALL) as hall:
        anna.register()
        desk.register()
        hall.register()
        for phone in (desk, hall):
            user = phone.account[0]
            equal(phone.public, f"sip:{user}@{ACME};gr={phone.instance}",
                  "the public address is that of the user that it registers as")
        true(re.fullmatch(rf"sip:tgruu\.[0-9a-f]+@{ACME};gr", desk.temporary), desk.temporary)
        first = desk.temporary
        desk.register()
        true(desk.temporary != first, "each registration makes another temporary address")
        for uri, meant, other in ((desk.public, desk, hall), (hall.public, hall, desk),
                                  (first, desk, hall), (desk.temporary, desk, hall),
                                  (hall.temporary, hall, desk)):
            tried(anna, uri)
            invite = meant.wait_request("INVITE", 5)
            true(invite, f"{uri} rings")
            meant.respond(invite, 486, "Busy Here", tag=token())
            wait_until("the caller is told", lambda: [m for m in anna.drain() if m.status == 486])
            equal(rung(other), None, f"the other phone at {uri}")
            for line in (anna, desk, hall):
                line.drain()
                line.inbox.clear()
        # a text
        answer = anna.request("MESSAGE", hall.temporary, seconds=2, body="hello",
                              content_type="text/plain")
        true(hall.wait_request("MESSAGE"), f"the text is there: {answer}")
        equal(desk.wait_request("MESSAGE", 1), None, "the other phone has none")
        # a phone that is gone is not replaced by another
        hall.register(expires=0)
        equal(tried(anna, hall.public).status, 480, "the public address of a phone that is gone")
        equal(tried(anna, hall.temporary).status, 404, "and its temporary one")
        equal(rung(desk), None, "the phone that is there")


@test()
def a_transfer_to_a_phones_address_rings_that_phone_alone():
    with Exchange() as exchange, Line(exchange, ACME, exchange.account(ACME, "101")) as anna, \
            Line(exchange, ACME, exchange.account(ACME, "103")) as carl, \
            Named(exchange, exchange.account(ACME, "102"), DESK) as desk, \
            Named(exchange, exchange.add_device(ACME, "102", "hall"), HALL) as hall:
        for line in (anna, carl, desk, hall):
            line.register()
        for uri in (hall.public, hall.temporary):
            anna.request("INVITE", f"sip:103@{ACME}", seconds=1, body=description(anna.ip, 9))
            invite = carl.wait_request("INVITE")
            carl.respond(invite, 200, "OK", tag=token(), body=description(carl.ip, 9))
            answer = anna.wait(lambda m: m.status == 200 and m.method == "INVITE")
            within = {"sender": answer["from"], "to": answer["to"], "call_id": answer.call_id}
            anna.send(anna.compose("ACK", answer.contact, cseq=answer.cseq, **within))
            true(carl.wait_request("ACK"), "the call is up")
            said = anna.ask(anna.compose("REFER", answer.contact, cseq=answer.cseq + 1, **within,
                                         headers=[f"Refer-To: <{uri}>"]))
            equal(said.status, 202, "answer to REFER")
            true(hall.wait_request("INVITE", 5), f"{uri} rings")
            equal(rung(desk), None, "the other phone")
            anna.send(anna.compose("BYE", answer.contact, cseq=answer.cseq + 2, **within))
            for line in (anna, carl, desk, hall):
                line.drain()
                line.inbox.clear()


@test()
def to_strangers_a_phones_address_is_nobodys():
    with Exchange() as exchange, \
            Line(exchange, GLOBEX, exchange.account(GLOBEX, "101")) as stranger, \
            Named(exchange, exchange.account(ACME, "102"), DESK) as desk:
        stranger.register()
        desk.register()
        nobody = f"sip:102@{ACME};gr=urn:uuid:00000000-0000-1000-8000-00000000dead"
        public, temporary = desk.public, desk.temporary
        user = temporary.split("@")[0]
        answers = {}
        for uri in (public, temporary, nobody, f"sip:998@{ACME}", f"{user}@{GLOBEX};gr",
                    f"sip:tgruu.{'0' * 96}@{GLOBEX};gr", f"sip:102@{GLOBEX};gr={DESK}"):
            answer = tried(stranger, uri)
            answers[uri] = (answer.status, answer["reason"])
        equal(len({answers[uri] for uri in (public, temporary, nobody, f"sip:998@{ACME}")}), 1,
              f"answers to what is not theirs: {answers}")
        equal(answers[f"{user}@{GLOBEX};gr"], answers[f"sip:tgruu.{'0' * 96}@{GLOBEX};gr"],
              "a stolen temporary address and a made-up one")
        equal(answers[f"sip:102@{GLOBEX};gr={DESK}"][0], 480, "their own extension, another's phone")
        equal(rung(desk), None, "the phone")


@test()
def what_wakes_a_phone_is_kept_and_shown_but_for_its_secret():
    with Exchange() as exchange, Line(exchange, ACME, exchange.account(ACME, "102")) as phone:
        contact = (f"<sip:102@{phone.at};pn-provider=apns;pn-prid=00fc13adff785122;"
                   f"pn-param=TEAM.example.phone>;+sip.instance=\"<{DESK}>\"")
        answer = phone.request("REGISTER", f"sip:{ACME}", to=f"<{phone.aor}>", contact=contact)
        equal(answer.status, 200, "it registers")
        true("00fc13adff785122" in answer["contact"], "its own contact, as it wrote it")
        equal(answer["feature-caps"], "", "the exchange does not wake phones")
        (shown,) = exchange.registrations()
        equal(shown["push"], {"provider": "apns", "param": "TEAM.example.phone", "named": True},
              "what is shown of it")
        equal(shown["instance"], DESK, "instance")
        true("00fc13adff785122" not in str(shown), f"its secret part: {shown}")
