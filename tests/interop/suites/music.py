"""Music on hold: the held phone hears the exchange's or its company's own, and then the other again."""

import os

from kit import sound
from kit.case import equal, record_for, test, true, wait_until
from kit.exchange import ACME, Exchange
from kit.softphone import Softphone
from suites.browsers import page
from suites.features import ANNA, BERT, SECONDS, hears, holding, tone

TENANT = f"/api/v1/tenants/{ACME}"
# what callers wait to, told from tones and from each other by its loudness and its words
WORDS = "Please wait a moment, all of our people are in the garden, and somebody will be back soon."
BOUND = 0.9


def own_music(exchange, name="waltz"):
    """Gives the company a sound of its own that is its music on hold; the file that it came from."""
    path = sound.speech(os.path.join(exchange.folder, "waltz.wav"), WORDS)
    status, made = exchange.api(f"{TENANT}/sounds", "POST", {"name": name, "on_hold": True})
    equal(status, 201, f"the sound is made: {made}")
    with open(path, "rb") as file:
        status, facts = exchange.api(f"{TENANT}/sounds/{name}/content", "PUT", file.read())
    equal(status, 200, f"the sound is uploaded: {facts}")
    equal(facts["rate"], 48000, "rate of what came")
    return path


def held(exchange, seconds):
    """101 calls 102 and holds it; what 102 heard at last before 101 hung up, as a file."""
    with Softphone(exchange, ACME, "102", BERT) as bert, tone(exchange, "101", ANNA) as anna:
        anna.dial("102")
        anna.wait_established()
        record_for(1)
        anna.hold()
        wait_until("the hold is known", lambda: holding(exchange) == ["101"])
        record_for(seconds + 1)
        anna.hang_up()
        anna.wait_over()
        bert.wait_over()
        into = os.path.join(exchange.folder, "waited.wav")
        return sound.tail(bert.heard(), seconds, into)


@test(listens=True)
def a_held_phone_hears_the_sound_that_its_company_has_uploaded():
    with Exchange() as exchange:
        said = own_music(exchange)
        waited = held(exchange, 6)
        score = sound.compare(said, waited)
        true(score["median"] >= BOUND, f"what was uploaded was heard: {score}")
        exchange.one_cdr()


@test(listens=True)
def without_a_sound_of_its_own_it_hears_the_music_of_the_exchange():
    with Exchange() as exchange:
        waited = held(exchange, 4)
        heard = sound.character(waited)
        true(heard["silent_share"] < 0.2, f"something is heard: {heard}")
        true(heard["tonality"] > 0.5, f"it is music: {heard}")
        true(sound.tone_share(waited, ANNA, 4) < 0.2, "it is not the tone of whoever holds")
        exchange.one_cdr()


@test(listens=True)
def after_the_retrieval_it_hears_the_other_party_again():
    with Exchange() as exchange, Softphone(exchange, ACME, "102", BERT) as bert:
        own_music(exchange)
        with tone(exchange, "101", ANNA) as anna:
            anna.dial("102")
            anna.wait_established()
            record_for(1)
            anna.hold()
            wait_until("the hold is known", lambda: holding(exchange) == ["101"])
            equal(bert.voice.direction, "recvonly", "the held phone goes on listening")
            before = bert.packets()
            record_for(2)
            true(bert.packets() - before > 70, "music is on its way")
            anna.resume()
            wait_until("the call is resumed", lambda: holding(exchange) == [])
            record_for(SECONDS)
            anna.hang_up()
            bert.wait_over()
            hears(bert, ANNA)
            exchange.one_cdr()


@test(seconds=60, listens=True)
def a_held_browser_hears_music():
    with Exchange().also_speaks("wss") as exchange, \
            page(exchange, "101", ANNA) as anna, tone(exchange, "102", BERT) as bert:
        anna.dial("102")
        anna.wait_established()
        bert.wait_established()
        bert.hold()
        wait_until("the hold is known", lambda: holding(exchange) == ["102"])
        record_for(5)
        waited = sound.tail(anna.heard(), 3, os.path.join(exchange.folder, "waited.wav"))
        heard = sound.character(waited)
        true(heard["silent_share"] < 0.2, f"something is heard: {heard}")
        true(sound.tone_share(waited, BERT, 3) < 0.2, "it is not the tone of whoever holds")
        bert.resume()
        wait_until("the call is resumed", lambda: holding(exchange) == [])
        record_for(SECONDS)
        hears(anna, BERT)
        anna.hang_up()
        bert.wait_over()


@test()
def what_is_no_recording_is_refused_and_what_was_uploaded_is_given_back():
    with Exchange() as exchange:
        own_music(exchange)
        content = f"{TENANT}/sounds/waltz/content"
        status, problem = exchange.api(content, "PUT", b"<html>nothing to be heard</html>")
        equal((status, problem["type"]), (422, "urn:strowger:problem:bad-sound"), "the refusal")
        status, facts = exchange.api(f"{content}/facts")
        equal((status, facts["format"]), (200, "wave"), "what is known of it")
