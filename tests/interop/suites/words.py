"""What the exchange says: numbers, the clock, announcements; in recorded and made voices."""

import os
import subprocess

from kit import sound
from kit.baresip import Phone
from kit.case import equal, record_for, test, true
from kit.exchange import ACME, Exchange

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
