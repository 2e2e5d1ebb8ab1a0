"""Recording servers and clients (SIPREC, RFC 7866): calls are sent to a server made by hand, and
from one exchange to another, where they are kept. A call goes on whatever becomes of its server."""

import urllib.request

from kit import sound
from kit.baresip import Phone
from kit.case import equal, record_for, test, true, wait_until
from kit.exchange import ACME, GLOBEX, Exchange
from kit.line import Line
from kit.recorder import Recorder
from kit.softphone import Softphone
from suites.carriers import made
from suites.codecs import SECONDS, voices
from suites.features import ANNA, BERT
from suites.recordings import BOUND, TENANT, both_sides_are_there, finished, rule

# where recording servers are
ELSEWHERE = "127.0.0.9"
# where another exchange is
OTHER = "127.0.0.8"


def sends(exchange, at, company=ACME, **more):
    """A trunk of a company's that leads to a recording server."""
    return made(exchange, f"/api/v1/tenants/{company}/trunks", {
        "name": "recorder", "mode": "peer", "peers": [f"sip:{at}"], "siprec": "sends", **more})


def unsent(exchange, company=ACME):
    """Why calls were not sent, as the company's events tell it."""
    events = exchange.api(f"/api/v1/tenants/{company}/events?limit=200")[1]["items"]
    return [one["data"]["reason"] for one in events if one["type"] == "recording.unsent"]


def reasons(cdr):
    return [why["because"] for why in cdr["explanation"] if why["rule"] == "record.server"]


def both_talk(exchange, codecs=("PCMU/8000/1", "PCMU/8000/1"), meanwhile=record_for,
              seconds=SECONDS):
    """101 calls 102 and both speak; the files of what they said."""
    said = voices(exchange)
    with Phone(exchange, ACME, "101", source=f"aufile,{said[0]}", codec=codecs[0]) as anna, \
            Phone(exchange, ACME, "102", source=f"aufile,{said[1]}", codec=codecs[1]) as bert:
        anna.dial("102")
        for phone in (anna, bert):
            phone.wait_established()
            phone.wait_sound()
        meanwhile(seconds)
        anna.hang_up()
        anna.wait_over()
        bert.wait_over()
        heard = anna.heard(), bert.heard()
    for words, file in zip(said, reversed(heard)):
        score = sound.compare(words, file)
        true(max(score["median"], score["envelope"]) >= BOUND, f"the call itself: {score}")
    return said


@test(listens=True)
def a_server_gets_what_each_side_says_and_is_told_who_it_is():
    with Exchange() as exchange, Recorder(exchange, ELSEWHERE) as recorder:
        sends(exchange, recorder.at)
        rule(exchange, "101", calls="all", kept_by="server")
        said = both_talk(exchange)
        recorder.wait_ended()
        invite = recorder.wait_told(1)
        true("siprec" in invite["require"], f"what is required: {invite['require']}")
        true("+sip.src" in invite["contact"], f"the contact: {invite['contact']}")
        offer = recorder.description(1)
        equal(offer.count("a=sendonly"), 2, f"streams that are sent: {offer}")
        metadata = recorder.metadata(1)
        equal(metadata.mode, "complete", "how much is told")
        equal(metadata.speakers(), {"1": f"sip:101@{ACME}", "2": f"sip:102@{ACME}"}, "who speaks")
        for side, words in enumerate(said):
            score = sound.compare(words, recorder.heard(side))
            true(score["median"] >= BOUND, f"stream {side}: {score}")
        equal(exchange.items(f"{TENANT}/recordings"), [], "the exchange itself keeps nothing")
        why = reasons(exchange.one_cdr())
        true(len(why) == 1 and "recorder" in why[0], f"the record says where it went: {why}")
        equal(unsent(exchange), [], "nothing is amiss")


@test(listens=True)
def a_server_of_another_codec_and_the_exchange_both_keep_a_call():
    with Exchange() as exchange, Recorder(exchange, ELSEWHERE) as recorder:
        sends(exchange, recorder.at)
        rule(exchange, "101", calls="all", kept_by="both")
        said = both_talk(exchange, ("opus/48000/2", "opus/48000/2"))
        recorder.wait_ended()
        for side, words in enumerate(said):
            score = sound.compare(words, recorder.heard(side))
            true(max(score["median"], score["envelope"]) >= BOUND, f"stream {side}: {score}")
        recording = finished(exchange)[0]
        equal(recording["source"], "call", "what the exchange has kept")


@test()
def a_server_that_asks_who_calls_is_told():
    with Exchange() as exchange, Recorder(exchange, ELSEWHERE, asks=("acme", "open sesame")) as recorder:
        sends(exchange, recorder.at, username="acme", secret="open sesame")
        rule(exchange, "101", calls="all", kept_by="server")
        with Softphone(exchange, ACME, "102", BERT) as bert, \
                Phone(exchange, ACME, "101", source=f"ausine,{ANNA}", codec="PCMU/8000/1") as anna:
            anna.dial("102")
            anna.wait_established()
            invite = recorder.wait_told(1)
            true(invite.uri.startswith("sip:acme@"), f"who is called: {invite.uri}")
            wait_until("both sides come", lambda: min(recorder.packets()) > 20)
            one = f"{TENANT}/calls/{exchange.calls()[0]['id']}/recording"
            equal(exchange.api(one, "PUT", {"state": "paused"})[0], 200, "it is paused")
            recorder.wait_told(2)
            anna.hang_up()
            bert.wait_over()
        recorder.wait_ended()


@test(listens=True)
def a_server_that_refuses_leaves_the_call_alone_and_the_company_is_told():
    with Exchange() as exchange, Recorder(exchange, ELSEWHERE, refuses=603) as recorder:
        sends(exchange, recorder.at)
        rule(exchange, "101", calls="all", kept_by="server")
        both_talk(exchange)
        true("603" in reasons(exchange.one_cdr())[-1], "the record says why")
        told = wait_until("the company is told", lambda: unsent(exchange))
        true("603" in told[0], f"the event says why: {told}")


@test(listens=True)
def a_server_that_does_not_answer_leaves_the_call_alone():
    with Exchange() as exchange, Recorder(exchange, ELSEWHERE, silent=True) as recorder:
        sends(exchange, recorder.at)
        rule(exchange, "101", calls="all", kept_by="server")
        both_talk(exchange)
        cdr = exchange.one_cdr()
        equal(cdr["end"]["sip_status"], 200, "how the call ended")
        true(reasons(cdr), "the record says what became of it")


@test(listens=True, seconds=90)
def a_pause_is_obeyed_at_once_and_a_hold_and_the_end_are_told():
    with Exchange() as exchange, Recorder(exchange, ELSEWHERE) as recorder:
        sends(exchange, recorder.at)
        rule(exchange, "101", calls="all", kept_by="server")
        with Softphone(exchange, ACME, "102", BERT) as bert, \
                Phone(exchange, ACME, "101", source=f"ausine,{ANNA}", codec="PCMU/8000/1") as anna:
            anna.dial("102")
            anna.wait_established()
            wait_until("both sides come", lambda: min(recorder.packets()) > 50)
            one = f"{TENANT}/calls/{exchange.calls()[0]['id']}/recording"
            equal(exchange.api(one, "PUT", {"state": "paused"})[0], 200, "it is paused")
            equal(recorder.description(2).count("a=inactive"), 2, "streams that are silent")
            equal(recorder.metadata(2).mode, "partial", "how much is told")
            record_for(0.3)
            before = recorder.packets()
            record_for(2)
            equal(recorder.packets(), before, "packets while it is paused")
            equal(exchange.api(one, "PUT", {"state": "on"})[0], 200, "it goes on")
            equal(recorder.description(3).count("a=sendonly"), 2, "streams that are sent")
            wait_until("both sides come again",
                       lambda: min(recorder.packets()) > max(before) + 50)
            bert.reoffer("sendonly")
            equal(recorder.metadata(4).sends(), 0, "who speaks while one is on hold")
            bert.reoffer("sendrecv")
            equal(recorder.metadata(5).sends(), 2, "who speaks then")
            anna.hang_up()
            bert.wait_over()
        recorder.wait_ended()
        for side, hertz in enumerate((ANNA, BERT)):
            share = sound.tone_share(recorder.heard(side), hertz, 1)
            true(share > 0.8, f"stream {side} has the tone of its side: {share:.2f}")


@test(listens=True)
def a_transferred_call_is_sent_on_with_whoever_has_come():
    with Exchange() as exchange, Recorder(exchange, ELSEWHERE) as recorder:
        sends(exchange, recorder.at)
        rule(exchange, "101", calls="all", kept_by="server")
        with Softphone(exchange, ACME, "102", BERT) as bert, \
                Softphone(exchange, ACME, "103", 1500) as cleo, \
                Phone(exchange, ACME, "101", source=f"ausine,{ANNA}", codec="PCMU/8000/1") as anna:
            anna.dial("102")
            anna.wait_established()
            wait_until("both sides come", lambda: min(recorder.packets()) > 50)
            bert.refer("103")
            wait_until("103 hears something", lambda: cleo.packets() > 50)
            change = recorder.metadata(2)
            equal(change.mode, "partial", "how much is told")
            true(f"sip:103@{ACME}" in change.addresses().values(), "who has come")
            record_for(3)
            anna.hang_up()
            cleo.wait_over()
        recorder.wait_ended()
        share = sound.tone_share(recorder.heard(1), 1500, 2)
        true(share > 0.8, f"whoever has come is heard: {share:.2f}")


@test(listens=True, seconds=90)
def one_exchange_keeps_what_another_sends_it():
    with Exchange() as source, Exchange(OTHER) as server:
        sends(source, server.at)
        made(server, f"/api/v1/tenants/{GLOBEX}/trunks", {
            "name": "client", "mode": "peer", "peers": [f"sip:{source.at}"],
            "sources": [source.ip], "siprec": "accepts"})
        rule(source, "101", calls="all", kept_by="server")
        said = both_talk(source)
        theirs = f"/api/v1/tenants/{GLOBEX}/recordings"

        def whole():
            return [one for one in server.items(theirs) if one["state"] == "finished"]
        recording = wait_until("the recording is finished", whole)[0]
        equal((recording["source"], recording["caller"], recording["called"]),
              ("client", "101", "102"), "what is kept")
        true(any(f"sip:101@{ACME}" in one for one in recording["members"]), "who took part")
        equal(server.items(f"/api/v1/tenants/{ACME}/recordings"), [], "nobody else has it")
        both_sides_are_there(said, of_globex(server, recording))


@test(listens=True, seconds=90)
def what_is_sent_protected_arrives():
    with Exchange() as source, Exchange(OTHER) as server:
        sends(source, server.at, srtp="require")
        made(server, f"/api/v1/tenants/{GLOBEX}/trunks", {
            "name": "client", "mode": "peer", "peers": [f"sip:{source.at}"],
            "sources": [source.ip], "siprec": "accepts", "srtp": "require"})
        rule(source, "101", calls="all", kept_by="server")
        said = both_talk(source)
        theirs = f"/api/v1/tenants/{GLOBEX}/recordings"

        def whole():
            return [one for one in server.items(theirs) if one["state"] == "finished"]
        recording = wait_until("the recording is finished", whole)[0]
        both_sides_are_there(said, of_globex(server, recording))


def of_globex(server, recording):
    """The sound of a recording of Globex's, as WAV."""
    path = f"/api/v1/tenants/{GLOBEX}/recordings/{recording['id']}/wave"
    request = urllib.request.Request(
        f"http://127.0.0.1:{server.http}{path}",
        headers={"Authorization": f"Bearer {server.token}"})
    into = f"{server.folder}/kept.wav"
    with urllib.request.urlopen(request, timeout=60) as answer, open(into, "wb") as file:
        file.write(answer.read())
    return into


SESSION = ("v=0\r\no=- 1 1 IN IP4 {ip}\r\ns=-\r\nc=IN IP4 {ip}\r\nt=0 0\r\n"
           "m=audio 9 RTP/AVP 0\r\na=sendonly\r\na=label:1\r\n")


@test()
def a_strangers_recording_is_refused_and_kept_nowhere():
    with Exchange() as exchange:
        made(exchange, f"{TENANT}/trunks", {
            "name": "client", "mode": "peer", "peers": [f"sip:{ELSEWHERE}"],
            "sources": [ELSEWHERE], "siprec": "accepts"})
        uri, body = f"sip:recorder@{exchange.at}", SESSION.format(ip=OTHER)
        with Line(exchange, ACME, ip=OTHER) as stranger:
            answer = stranger.invite(uri, body=body, headers=["Require: siprec"])
            true(answer.status in (401, 403, 404, 407, 420), f"a stranger is told {answer}")
        with Line(exchange, ACME, exchange.account(ACME, "101")) as phone:
            answer = phone.invite(uri, body=body, headers=["Require: siprec"])
            equal(answer.status, 420, "a telephone is told")
            equal(answer["unsupported"], "siprec", "what is not known")
        with Line(exchange, ACME, ip=ELSEWHERE) as client:
            dialog = client.invite(uri, body=SESSION.format(ip=ELSEWHERE),
                                   headers=["Require: siprec"])
            true(hasattr(dialog, "hang_up"), f"the client itself is told {dialog}")
            true("a=recvonly" in dialog.answer.body, "nothing is sent to it")
            dialog.hang_up()
        equal(len(finished(exchange)), 1, "what is kept")


@test()
def a_companys_calls_go_to_no_other_companys_server():
    with Exchange() as exchange, Recorder(exchange, ELSEWHERE) as recorder:
        sends(exchange, recorder.at, GLOBEX)
        rule(exchange, "101", calls="all", kept_by="server")
        with Softphone(exchange, ACME, "102", BERT) as bert, \
                Phone(exchange, ACME, "101", source=f"ausine,{ANNA}", codec="PCMU/8000/1") as anna:
            anna.dial("102")
            anna.wait_established()
            record_for(2)
            anna.hang_up()
            bert.wait_over()
        equal(recorder.told, [], "what the other's server is told")
        equal(recorder.packets(), [0, 0], "what it gets")
        true("no trunk" in reasons(exchange.one_cdr())[-1], "the record says why")
