"""Who answers a call that goes out: a person, a machine that beeps, a fax, nobody who speaks."""

import os
import subprocess

from kit.baresip import Phone
from kit.case import equal, test, true, wait_until
from kit.exchange import ACME, Exchange, free_port
from suites.carriers import made

COMPANY = f"/api/v1/tenants/{ACME}"
DIALLED, PARIS = "0033140205050", "33140205050"
HELLO = "Hello, Miller speaking?"
MAILBOX = ("You have reached the mailbox of Miller and sons. Nobody can take your call at the "
           "moment. Please leave a message after the tone, and we will call you back.")


def says(exchange, words, *effects):
    """A file of somebody who says this, perhaps does something else, and then is silent."""
    raw = os.path.join(exchange.folder, "words.wav")
    path = os.path.join(exchange.folder, "answer.wav")
    form = ["-r", "48000", "-c", "1", "-b", "16"]
    parts = []
    if words:
        subprocess.run(["espeak-ng", "-v", "en", "-s", "150", "-w", raw, words], check=True)
        parts.append(os.path.join(exchange.folder, "said.wav"))
        subprocess.run(["sox", "-q", raw, *form, parts[-1], "pad", "0.3", "0.7"], check=True)
    for number, effect in enumerate([*effects, ("trim", "0", "30")]):
        parts.append(os.path.join(exchange.folder, f"{number}.wav"))
        subprocess.run(["sox", "-q", "-n", *form, parts[-1], *effect], check=True)
    subprocess.run(["sox", "-q", *parts, path], check=True)
    return path


def tone_of(hertz, seconds):
    return ("synth", str(seconds), "sine", str(hertz), "gain", "-12")


class Scene:
    """Anna's company, a carrier's telephone in Paris that answers with this file, and a call."""

    def __init__(self, exchange, source, codec=None, tells=True):
        self.exchange = exchange
        port = free_port(exchange.ip)
        made(exchange, f"{COMPANY}/trunks", {
            "name": "carrier", "mode": "peer", "peers": [f"sip:{exchange.ip}:{port}"]})
        made(exchange, f"{COMPANY}/outbound_routes", {
            "name": "abroad", "patterns": [{"prefix": "00", "min": 6}], "strip": 2,
            "trunks": ["carrier"], "tells_who_answers": tells})
        account = exchange.add_device(ACME, "103", PARIS)
        self.paris = Phone(exchange, ACME, "103", source=f"aufile,{source}", account=account,
                           codec=codec, config=f"sip_listen {exchange.ip}:{port}\n")
        self.anna = Phone(exchange, ACME, "101")

    def __enter__(self):
        wait_until("the telephone in Paris is ready", lambda: "is ready" in self.paris.said())
        self.anna.wait_registered()
        self.anna.dial(DIALLED)
        self.anna.wait_established()
        return self

    def __exit__(self, *_):
        self.anna.stop()
        self.paris.stop()

    def events(self, kind):
        return self.exchange.api(f"{COMPANY}/events?types={kind}")[1]["items"]

    def wait_event(self, kind):
        return wait_until(f"{kind} is told", lambda: self.events(kind))[-1]["data"]

    def over(self):
        """Ends the call; its record."""
        self.anna.hang_up()
        self.anna.wait_over()
        return self.exchange.one_cdr()


def answered_by(cdr):
    return cdr["legs"][1]["by_trunk"]["answerer"]


def is_told(answerer, words, *effects, codec=None):
    """The events and the record say so."""
    with Exchange() as exchange:
        with Scene(exchange, says(exchange, words, *effects), codec) as scene:
            told = scene.wait_event("call.answerer")
            equal((told["answerer"], told["leg"]), (answerer, 1), "who has answered")
            cdr = scene.over()
        equal(answered_by(cdr), answerer, "by the record")
        true(any(step["rule"] == "media.answerer" for step in cdr["explanation"]), "explained")


@test(seconds=60)
def a_person_is_known_by_its_short_word():
    is_told("person", HELLO)


@test(seconds=60)
def a_person_is_known_in_g722_as_well():
    is_told("person", HELLO, codec="G722/16000/1")


@test(seconds=60)
def nobody_who_speaks_is_silence():
    is_told("silence", "")


@test(seconds=60)
def a_fax_is_known_by_its_tone():
    is_told("fax", "", ("trim", "0", "1"), tone_of(2100, 3))


@test(seconds=60)
def a_machine_is_known_before_it_is_through_and_its_beep_is_told():
    with Exchange() as exchange:
        source = says(exchange, MAILBOX, tone_of(1000, 0.4))
        with Scene(exchange, source) as scene:
            equal(scene.wait_event("call.answerer")["answerer"], "machine", "who has answered")
            equal(scene.events("call.beeped"), [], "it speaks still")
            equal(scene.wait_event("call.beeped")["leg"], 1, "which has beeped")
            cdr = scene.over()
        equal(answered_by(cdr), "machine", "by the record")
        beeps = [step for step in cdr["explanation"] if "beeped" in step["text"]]
        equal(len(beeps), 1, f"explained: {cdr['explanation']}")


@test(seconds=60)
def by_a_route_that_does_not_tell_nobody_listens():
    with Exchange() as exchange:
        with Scene(exchange, says(exchange, HELLO), tells=False) as scene:
            scene.paris.wait_sound()
            cdr = scene.over()
        equal(answered_by(cdr), None, "who has answered")
        equal(scene.events("call.answerer"), [], "what was told")
