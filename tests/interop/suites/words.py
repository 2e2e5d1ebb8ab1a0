"""What the exchange says: numbers, the clock, announcements; in recorded and made voices."""

import os
import subprocess

import numpy as np

from kit import sound
from kit.baresip import Phone
from kit.case import equal, record_for, test, true, wait_until
from kit.exchange import ACME, Exchange
from kit.speech_engine import SpeechEngine
from kit.speech_engine import recording as made_elsewhere
from suites.features import BERT
from suites.recordings import fetched, finished, rule, sides

TENANT = f"/api/v1/tenants/{ACME}"
PCMU, OPUS = "PCMU/8000/1", "opus/48000/2"
BOUND = 0.9
# the pieces of "extension 101", and what a voice that is none of the exchange's says for each
PIECES = [("vm-extension", "extension number"), ("digits/1", "one"), ("digits/0", "zero"),
          ("digits/1", "one")]


def spoken(path, words, voice="en-us"):
    """A file of words as the exchange has them spoken."""
    subprocess.run(["espeak-ng", "-v", voice, "-s", "150", "-w", path, words], check=True)
    return path


def recorded_set(folder):
    """A set of recordings of somebody else in WAV, and a file of its pieces one after the other."""
    voice = os.path.join(folder, "en_XX_m_Somebody")
    os.makedirs(os.path.join(voice, "digits"))
    files = []
    for name, words in PIECES:
        raw = spoken(os.path.join(folder, "raw.wav"), words, "en-gb+m3")
        files.append(os.path.join(voice, f"{name}.wav"))
        subprocess.run(["sox", "-q", raw, "-r", "16000", "-c", "1", "-b", "16", files[-1]],
                       check=True)
    whole = os.path.join(folder, "whole.wav")
    subprocess.run(["sox", "-q", *files, whole], check=True)
    return whole


def without_sets(exchange):
    """An exchange that has no recorded voice, whatever is on this machine."""
    empty = os.path.join(exchange.folder, "nobody")
    os.makedirs(empty)
    exchange.flags += ["--prompts", empty]
    return exchange


def told(exchange, number, seconds, codec=PCMU):
    """What 101 hears when it dials a number and listens for some seconds, as a file."""
    with Phone(exchange, ACME, "101", codec=codec) as anna:
        anna.dial(number)
        anna.wait_established()
        record_for(seconds)
        anna.hang_up()
        anna.wait_over()
        return anna.heard()


def says(said, heard, measure="median"):
    score = sound.compare(said, heard)
    true(score[measure] >= BOUND, f"what was to be said was heard: {score}")


@test(listens=True)
def who_asks_for_its_number_hears_the_pieces_of_the_recorded_set():
    exchange = Exchange()
    prompts = os.path.join(exchange.folder, "prompts")
    os.makedirs(prompts)
    whole = recorded_set(prompts)
    exchange.flags += ["--prompts", prompts]
    with exchange:
        says(whole, told(exchange, "*65", 9))
        equal(exchange.one_cdr()["end"]["by"], "caller", "who hung up")


@test(listens=True)
def without_recordings_it_hears_a_made_voice():
    with without_sets(Exchange()) as exchange:
        said = spoken(os.path.join(exchange.folder, "said.wav"), "extension one zero one")
        says(said, told(exchange, "*65", 9))
        exchange.one_cdr()


@test(listens=True)
def the_clock_speaks_at_once_and_then_is_silent_for_a_while():
    with without_sets(Exchange()) as exchange:
        heard = told(exchange, "*60", 12)
        character = sound.character(heard)
        # nothing is sent in the pause, so what was written down is shorter than the call
        true(2 < character["seconds"] < 10, f"words and a pause: {character}")
        true(character["silent_share"] < 0.5, f"words: {character}")
        early = sound.samples(heard)[:4 * sound.RATE]
        true(float((early**2).mean()) > 1e-5, "it begins with words")
        exchange.one_cdr()


@test(seconds=60, listens=True)
def an_announcement_in_words_is_heard_by_telephones_of_pcmu_and_opus():
    words = "Thank you for calling. Our house is closed today, and opens again on Monday."
    with without_sets(Exchange()) as exchange:
        announcement = {"text": words, "again": False}
        status, made = exchange.api(f"{TENANT}/extensions", "POST", {
            "number": "600", "destination": "announcement", "announcement": announcement,
        })
        equal(status, 201, f"the announcement is made: {made}")
        said = spoken(os.path.join(exchange.folder, "said.wav"), words)
        # Opus keeps the shape of the sound and not its waves
        for codec, measure in ((PCMU, "median"), (OPUS, "envelope")):
            with Phone(exchange, ACME, "101", codec=codec) as anna:
                anna.dial("600")
                anna.wait_established()
                # it is heard once, and then the exchange hangs up
                anna.wait_over()
                says(said, anna.heard(), measure)


@test(listens=True)
def a_company_is_spoken_to_in_its_own_language():
    with without_sets(Exchange()) as exchange:
        changed = {"language": "it", "time_zone": "Europe/Rome"}
        status, tenant = exchange.api(TENANT, "PATCH", changed, {"If-Match": "*"})
        equal((status, tenant["language"]), (200, "it"), "the tenant's language")
        path = os.path.join(exchange.folder, "said.wav")
        said = spoken(path, "interno uno zero uno", "it")
        says(said, told(exchange, "*65", 9))
        exchange.one_cdr()


@test(listens=True)
def an_extension_is_spoken_to_in_a_language_of_its_own():
    with without_sets(Exchange()) as exchange:
        status, extension = exchange.api(
            f"{TENANT}/extensions/101", "PATCH", {"language": "it"}, {"If-Match": "*"})
        equal((status, extension["language"]), (200, "it"), "the extension's language")
        path = os.path.join(exchange.folder, "said.wav")
        said = spoken(path, "interno uno zero uno", "it")
        says(said, told(exchange, "*65", 9))
        exchange.one_cdr()


@test(seconds=60, listens=True)
def texts_are_spoken_by_a_speech_engine_and_by_the_machine_itself_when_that_fails():
    words, voice = "Thank you for calling. Our house is closed today.", "en-gb+f3"
    exchange = without_sets(Exchange())
    engine = SpeechEngine("sesame")
    exchange.flags += ["--speech-url", engine.url, "--speech-voices", f"en={voice}"]
    exchange.env["STROWGER_SPEECH_KEY"] = engine.key
    with engine, exchange:
        exchange.api(f"{TENANT}/extensions", "POST", {
            "number": "600", "destination": "announcement",
            "announcement": {"text": words, "again": False},
        })
        path = os.path.join(exchange.folder, "said.wav")
        with open(path, "wb") as file:
            file.write(made_elsewhere(words, voice))
        says(path, told(exchange, "600", 6))
        asked = {"model": "tts-1", "voice": voice, "input": words, "response_format": "wav"}
        equal(engine.asked, [asked], "what the engine was asked")
        engine.fails = True
        status, made = exchange.api(f"{TENANT}/extensions", "POST", {
            "number": "601", "destination": "announcement",
            "announcement": {"text": f"{words} Good bye.", "again": False},
        })
        equal(status, 201, f"the second announcement: {made}")
        here = spoken(path, f"{words} Good bye.")
        says(here, told(exchange, "601", 7))
        equal(len(engine.asked), 2, "the engine was asked again")


@test(seconds=60, listens=True)
def both_hear_it_said_before_their_call_is_recorded():
    with without_sets(Exchange()) as exchange:
        rule(exchange, "101", calls="all", announce="words")
        said = spoken(os.path.join(exchange.folder, "said.wav"), "This call is being recorded.")
        with Phone(exchange, ACME, "102", source=f"ausine,{BERT}", codec=PCMU) as bert, \
                Phone(exchange, ACME, "101", codec=PCMU) as anna:
            anna.dial("102")
            for phone in (anna, bert):
                phone.wait_established()
            wait_until("it is recorded", lambda: exchange.calls()[0]["recording"])
            record_for(4)
            anna.hang_up()
            for phone in (anna, bert):
                phone.wait_over()
            heard = [sound.head(phone.heard(), 5, f"{phone.heard()}.first.wav")
                     for phone in (anna, bert)]
        for path in heard:
            share = best(said, path)
            true(share >= BOUND, f"{path}: the words are there: {share:.2f}")
        recording = finished(exchange)[0]
        left, right = sides(fetched(exchange, recording, "wave"))
        true(sound.tone_share(right, BERT, 3) > 0.9, "102 is recorded")
        true(best(said, left) < 0.5 and best(said, right) < 0.5, "and the words are not")
        exchange.one_cdr()


def best(said, path):
    """How well the first second and a half of words is found anywhere in a recording."""
    words = sound.samples(said)
    words = words[np.argmax(np.abs(words) > 0.02):][:int(1.5 * sound.RATE)]
    heard = sound.samples(path)
    if len(heard) <= len(words):
        return 0.0
    energy = np.convolve(heard**2, np.ones(len(words)), "valid")
    found = np.abs(np.correlate(heard, words, "valid"))
    return float((found / np.sqrt(np.maximum(energy, 1e-3) * (words @ words))).max())


@test(seconds=60, listens=True)
def whoever_comes_to_a_recorded_conference_hears_it_said():
    with without_sets(Exchange()) as exchange:
        status, made = exchange.api(f"{TENANT}/extensions", "POST", {
            "number": "800", "destination": "conference", "recording": {"announce": "words"},
            "conference": {"recording": "always"}})
        equal(status, 201, f"the conference is made: {made}")
        said = spoken(os.path.join(exchange.folder, "said.wav"), "This call is being recorded.")
        with Phone(exchange, ACME, "102", source=f"ausine,{BERT}", codec=PCMU) as bert, \
                Phone(exchange, ACME, "101", codec=PCMU) as anna:
            bert.dial("800")
            bert.wait_established()
            record_for(4)
            anna.dial("800")
            anna.wait_established()
            record_for(6)
            for phone in (anna, bert):
                phone.hang_up()
                phone.wait_over()
            for phone in (anna, bert):
                share = best(said, sound.head(phone.heard(), 5, f"{phone.heard()}.first.wav"))
                true(share >= BOUND, f"{phone.name}: the words are there: {share:.2f}")
            true(sound.tone_share(anna.heard(), BERT, 2) > 0.8, "and then the others are heard")
        equal(finished(exchange)[0]["members"], ["102", "101"], "who was there")
