"""Two companies share the exchange and are nothing to each other."""

import contextlib
import re

from kit.baresip import Phone, dialogue
from kit.case import equal, record_for, test, true, wait_until
from kit.exchange import ACME, GLOBEX, Exchange
from kit.line import Line, answer_next, token
from kit.rtp import Stranger
from suites.codecs import understood, voices

# what differs between two answers that are the same to the asker
FRESH = re.compile(r'(branch|tag|nonce|received|rport|cnonce)=("[^"]*"|[^;,\s]*)')


def shape(answer, own_words=()):
    """An answer without what is fresh in every answer, and without the asker's own words."""
    if answer is None:
        return None
    lines = [answer.start] + [f"{name}: {value}" for name, value in answer.fields
                              if name not in ("call-id", "from", "to", "cseq", "via", "date")]
    text = FRESH.sub(r"\1", "\n".join(lines))
    for word in own_words:
        text = text.replace(word, "WORD")
    return text + "\n" + answer.body


def globex_phones(exchange):
    return [Line(exchange, GLOBEX, exchange.account(GLOBEX, number)).register()
            for number in ("101", "102", "103")]


def heard_nothing(phones):
    for phone in phones:
        requests = [m for m in phone.drain() if m.status is None]
        equal(requests, [], f"requests that reached {phone.account[0]} of {GLOBEX}")


@test()
def extension_101_rings_only_in_its_own_company():
    with Exchange() as exchange:
        acme = Line(exchange, ACME, exchange.account(ACME, "101")).register()
        globex = Line(exchange, GLOBEX, exchange.account(GLOBEX, "101")).register()
        for domain, rung, quiet in ((ACME, acme, globex), (GLOBEX, globex, acme)):
            with Phone(exchange, domain, "102") as caller:
                caller.dial("101")
                invite = rung.wait_request("INVITE")
                true(invite, f"101 of {domain} rings")
                rung.respond(invite, 486, "Busy Here", tag="x1")
                equal(caller.wait_final().status, 486, "the caller is told")
                equal([m for m in quiet.drain() if m.method == "INVITE"], [],
                      "INVITEs at the other company")
                rung.inbox.clear()
        equal((len(exchange.wait_cdrs(1)), len(exchange.wait_cdrs(1, GLOBEX))), (1, 1), "records")


# how somebody might try to write an address of another company; `domain`, `user` and `port` are
# the other's, or made up
SPELLINGS = (
    "sip:101@{domain}",
    "sip:101@{DOMAIN}",
    "sip:101@{domain}.",
    "sip:101@{domain}:{port}",
    "sip:101@{domain};transport=tcp",
    "sip:101@{domain};user=phone",
    "sip:101@{domain};maddr=127.0.0.1",
    "sip:101@{domain};lr",
    "sip:%31%30%31@{domain}",
    "sip:{user}@{domain}",
    "sip:{user}@acme.example",
    "sip:{USER}@acme.example",
    "sip:{user}%40{domain}@acme.example",
    "sip:101%40{domain}@acme.example",
    "sip:101;domain={domain}@acme.example",
    "sip:998@acme.example;maddr={domain}",
    "sip:998@acme.example:{port}",
    "sip:{user}@{ip}:{port}",
    "sip:{user}@{ip}:{sip}",
    "sip:{user}@127.0.0.1;maddr={domain}",
    "sip:101@127.0.0.77:{port}",
    "sip:101@[::1]:{port}",
    "sip:101@[::ffff:127.0.0.77]:{port}",
    "sip:101:secret@{domain}",
    "sips:101@{domain}",
    "tel:101;phone-context={domain}",
    "tel:{user};phone-context={domain}",
    "tel:+1;phone-context={domain}",
)


@test()
def no_spelling_of_an_address_reaches_another_company_or_tells_of_it():
    with Exchange() as exchange:
        phones = globex_phones(exchange)
        theirs = {"domain": GLOBEX, "user": phones[0].account[0], "port": phones[0].port}
        nobodys = {"domain": "nobody.example", "user": "nobody-101", "port": 5999}
        with Line(exchange, ACME, exchange.account(ACME, "101")) as line:
            for spelling in SPELLINGS:
                shapes = []
                for words in (theirs, nobodys):
                    full = {**words, "DOMAIN": words["domain"].upper(),
                            "USER": words["user"].upper(), "ip": exchange.ip, "sip": exchange.sip}
                    uri = spelling.format(**full)
                    answer = patiently(line, uri)
                    true(getattr(answer, "status", 200) >= 400, f"{uri} is refused: {answer}")
                    shapes.append(shape(answer, [str(w) for w in full.values()]))
                equal(shapes[0], shapes[1], f"answers to {spelling}: there and nowhere")
        heard_nothing(phones)
        equal(exchange.cdrs(GLOBEX), [], f"records of {GLOBEX}")


def patiently(line, uri):
    """The answer to a call; one that came sooner than the company may call is made again."""
    answer = line.invite(uri)
    for _ in range(50):
        if getattr(answer, "status", 200) != 503:
            return answer
        record_for(0.1)
        answer = line.invite(uri)
    return answer


@test()
def headers_lead_nobody_astray():
    with Exchange() as exchange:
        phones = globex_phones(exchange)
        there = f"sip:{phones[0].account[0]}@{phones[0].at}"
        tricks = (
            [f"Route: <{there};lr>"],
            [f"Route: <sip:{exchange.at};lr>", f"Route: <{there};lr>"],
            [f"Record-Route: <{there};lr>"],
            [f"P-Asserted-Identity: <sip:101@{GLOBEX}>"],
            [f"P-Preferred-Identity: <sip:101@{GLOBEX}>"],
            [f"Referred-By: <sip:101@{GLOBEX}>"],
            [f"History-Info: <sip:101@{GLOBEX}>;index=1"],
            [f"Diversion: <sip:101@{GLOBEX}>"],
            [f"Path: <{there};lr>"],
        )
        with Line(exchange, ACME, exchange.account(ACME, "101")) as line:
            for headers in tricks:
                answer = line.invite(f"sip:998@{ACME}", headers=headers)
                equal(answer.status, 404, f"answer with {headers}")
            # a registration that sends its own calls elsewhere is a registration of acme's
            answer = line.request("REGISTER", f"sip:{ACME}", to=f"<{line.aor}>", contact=f"<{there}>")
            true(answer.status in (200, 400, 403), f"a contact elsewhere: {answer}")
        heard_nothing(phones)


@test()
def nobody_speaks_as_another_company():
    with Exchange() as exchange:
        phones = globex_phones(exchange)
        with Line(exchange, ACME, exchange.account(ACME, "101")) as line:
            shapes = []
            for domain in (GLOBEX, "nobody.example"):
                sender = f"<sip:101@{domain}>;tag={token()}"
                answer = line.invite(f"sip:101@{domain}", sender=sender)
                equal(answer.status, 403, f"a caller who says to be of {domain}")
                shapes.append(shape(answer, [domain]))
                answer = line.request("REGISTER", f"sip:{domain}", to=f"<sip:101@{domain}>")
                equal(answer.status, 403, f"a registration at {domain}")
                shapes.append(shape(answer, [domain]))
            equal(shapes[:2], shapes[2:], "answers for the other company and for none")
        heard_nothing(phones)
        equal(exchange.calls(GLOBEX), [], "calls of the other company")


def forged(line, call_id, ours, theirs, invite):
    """Requests of a stranger who knows all there is to know about a call, each with its name."""
    body = ("v=0\r\no=- 9 9 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
            f"m=audio {line.port} RTP/AVP 0\r\na=sendrecv\r\n")
    said = {"call_id": call_id, "cseq": 90000}
    ends = ((ours, theirs), (theirs, ours))
    uri = f"sip:102@{ACME}"
    for own, other in ends:
        tags = {"sender": f"<sip:101@{ACME}>;tag={own}", "to": f"<{uri}>;tag={other}", **said}
        yield "BYE", line.compose("BYE", uri, **tags)
        yield "INVITE", line.compose("INVITE", uri, body=body, **tags)
        yield "UPDATE", line.compose("UPDATE", uri, body=body, **tags)
        yield "REFER", line.compose("REFER", uri, headers=[f"Refer-To: <sip:103@{ACME}>"], **tags)
        yield "INFO", line.compose("INFO", uri, body="Signal=1\r\n",
                                   content_type="application/dtmf-relay", **tags)
    # the very transaction that began the call, word for word
    yield "CANCEL", line.compose(
        "CANCEL", invite.uri, via=f"Via: {invite['via']}", sender=invite["from"], to=invite["to"],
        call_id=call_id, cseq=invite.cseq)


def unmoved(exchange, phones, before):
    """The call is as it was, and nothing of it was told to the phones."""
    calls = exchange.calls()
    equal([(c["id"], c["state"]) for c in calls], before, "calls after the forgery")
    for phone in phones:
        for message in phone.messages(received=True):
            true("Signal=1" not in message.body and not message.start.startswith("REFER"),
                 f"{phone.name} got {message}")


@test(listens=True)
def forged_requests_of_another_company_change_nothing():
    with Exchange() as exchange:
        anna_says, bert_says = voices(exchange)
        with Phone(exchange, ACME, "101", "udp", f"aufile,{anna_says}", "PCMU/8000/1") as anna, \
                Phone(exchange, ACME, "102", "udp", f"aufile,{bert_says}", "PCMU/8000/1") as bert, \
                Line(exchange, GLOBEX, exchange.account(GLOBEX, "101")) as stranger:
            anna.dial("102")
            anna.wait_established()
            bert.wait_established()
            before = [(c["id"], c["state"]) for c in exchange.calls()]
            invites = [m for m in anna.messages(received=False) if m.start.startswith("INVITE")]
            inside = len([m for m in bert.messages(received=True)])
            dialogs = (dialogue(anna, False), dialogue(bert, True))
            for call_id, ours, theirs in dialogs:
                for method, text in forged(stranger, call_id, ours, theirs, invites[-1]):
                    answer = stranger.ask(text, seconds=2)
                    # a CANCEL after the final response is answered and does nothing
                    allowed = (200, 401, 403, 407, 481) if method == "CANCEL" \
                        else (401, 403, 407, 481)
                    true(answer is None or answer.status in allowed,
                         f"a forged {method} was answered {answer}")
                    unmoved(exchange, (anna, bert), before)
            # with the stranger's own proof it is still not the stranger's call
            call_id, ours, theirs = dialogs[0]
            answer = stranger.request(
                "BYE", f"sip:102@{ACME}", call_id=call_id, cseq=95000,
                sender=f"<sip:101@{ACME}>;tag={ours}", to=f"<sip:102@{ACME}>;tag={theirs}")
            true(answer is None or answer.status in (403, 407, 481), f"a proved BYE: {answer}")
            unmoved(exchange, (anna, bert), before)
            equal(len([m for m in bert.messages(received=True)]), inside, "messages to bert")
            record_for(4)
            anna.hang_up()
            anna.wait_over()
            bert.wait_over()
            understood(anna_says, bert)
            understood(bert_says, anna)
            equal(exchange.one_cdr()["end"]["by"], "caller", "who ended the call")


@test()
def a_ringing_call_cannot_be_cancelled_by_another():
    with Exchange() as exchange:
        with Phone(exchange, ACME, "101") as anna, \
                Phone(exchange, ACME, "102", answers=False) as bert, \
                Line(exchange, GLOBEX, exchange.account(GLOBEX, "101")) as stranger:
            anna.dial("102")
            bert.wait_rings()
            invite = [m for m in anna.messages(received=False) if m.start.startswith("INVITE")][-1]
            for via in (f"Via: {invite['via']}", None):
                text = stranger.compose(
                    "CANCEL", invite.uri, via=via, branch=invite.branch, sender=invite["from"],
                    to=invite["to"], call_id=invite.call_id, cseq=invite.cseq)
                answer = stranger.ask(text, seconds=2)
                # the answer may be polite as long as nothing follows
                true(answer is None or answer.status in (200, 403, 407, 481), f"CANCEL: {answer}")
            equal([c["state"] for c in exchange.calls()], ["ringing"], "the call")
            equal(bert.sent(487), [], "cancelled")
            bert.command("accept")
            anna.wait_established()
            anna.hang_up()
            exchange.one_cdr()


@test()
def another_companys_call_cannot_be_taken_over():
    with Exchange() as exchange:
        with Phone(exchange, ACME, "101") as anna, Phone(exchange, ACME, "102") as bert, \
                Line(exchange, GLOBEX, exchange.account(GLOBEX, "101")) as stranger, \
                Line(exchange, GLOBEX, exchange.account(GLOBEX, "102")) as accomplice:
            anna.dial("102")
            anna.wait_established()
            bert.wait_established()
            made_up = (token(), token(), token())
            shapes = []
            for call_id, own, theirs in (dialogue(anna, False), dialogue(bert, True), made_up):
                answer = stranger.invite(f"sip:101@{GLOBEX}", headers=[
                    f"Replaces: {call_id};to-tag={theirs};from-tag={own}"])
                shapes.append(shape(answer, [call_id, own, theirs]))
                equal(answer.status, 481, "INVITE with Replaces of another company's dialog")
            equal(set(shapes), {shapes[-1]}, "answers for a foreign dialog and for none")
            # the same within a call of the stranger's own
            accomplice.register()
            told = []
            for call_id, own, theirs in (dialogue(bert, True), made_up):
                answering = answer_next(accomplice)
                call = stranger.invite(f"sip:102@{GLOBEX}")
                answering.join()
                answer = call.ask("REFER", headers=[
                    f"Refer-To: <sip:102@{GLOBEX}?Replaces={call_id}%3Bto-tag%3D{theirs}"
                    f"%3Bfrom-tag%3D{own}>"])
                notify = stranger.wait_request("NOTIFY", 2) if answer.status == 202 else None
                told.append((answer.status, notify and notify.body))
                call.hang_up()
                stranger.inbox.clear()
                accomplice.inbox.clear()
            equal(told[0], told[1], "REFER to a foreign dialog and to none")
            true(told[0][0] >= 400 or "200" not in (told[0][1] or ""), f"refused: {told}")
            equal([c["state"] for c in exchange.calls()], ["talking"], "acme's call")
            equal((anna.said().count("terminated"), bert.said().count("terminated")), (0, 0), "ends")
            anna.hang_up()
            exchange.one_cdr()


def strangers(exchange):
    return sum(value for name, value in exchange.metrics().items()
               if name.startswith("strowger_rtp_strangers_total"))


def overheard(stranger_ip, early):
    """A call during which strangers shout at every media port: from before it begins, or once
    they have learnt the streams that the phones announce."""
    with Exchange() as exchange:
        anna_says, bert_says = voices(exchange)
        with Phone(exchange, ACME, "101", "udp", f"aufile,{anna_says}", "PCMU/8000/1") as anna, \
                Phone(exchange, ACME, "102", "udp", f"aufile,{bert_says}", "PCMU/8000/1") as bert, \
                contextlib.ExitStack() as crowd:
            if early:
                crowd.enter_context(Stranger(exchange, stranger_ip, 0x12345678))
            anna.dial("102")
            for phone in (anna, bert):
                phone.wait_established()
                phone.wait_sound()
            if not early:
                announced = {int(s) for phone in (anna, bert)
                             for s in re.findall(r"a=ssrc:(\d+)", phone.said())}
                equal(len(announced), 2, "streams announced")
                for stream in announced:
                    crowd.enter_context(Stranger(exchange, stranger_ip, stream))
            record_for(5)
            anna.hang_up()
            anna.wait_over()
            bert.wait_over()
        understood(anna_says, bert)
        understood(bert_says, anna)
        counted = [leg["quality"]["received"]["strangers"] for leg in exchange.one_cdr()["legs"]]
        true(all(count > 50 for count in counted), f"each leg counts its strangers: {counted}")
        wait_until("strangers are counted", lambda: strangers(exchange) > 100)


@test(listens=True)
def a_stranger_who_knows_the_streams_is_not_heard():
    overheard("127.0.0.1", early=False)


@test(listens=True)
def a_stranger_elsewhere_who_comes_first_is_not_heard():
    overheard("127.0.0.66", early=True)
