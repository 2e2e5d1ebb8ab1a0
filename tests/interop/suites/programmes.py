"""Programmes of music on hold: a playlist, a live stream and what is heard when that is lost; whose
programme is heard; and that all who wait hear the same."""

import contextlib
import os
import subprocess

import numpy as np

from kit import sound
from kit.case import equal, record_for, test, true, wait_until
from kit.exchange import ACME, GLOBEX, Exchange
from kit.radio import Radio
from kit.softphone import Softphone
from suites.browsers import page
from suites.carriers import PARIS, made
from suites.features import ANNA, BERT, CARL, holding, tone
from suites.gateways import ACCOUNT, connected, there

TENANT = f"/api/v1/tenants/{ACME}"
WORDS = "Please wait a moment, all of our people are in the garden, and somebody will be back soon."
# tones that nobody's telephone says
LOW, HIGH, THIRD, LIVE = 520, 860, 1240, 1600


def kept(exchange, name, path, tenant=TENANT):
    """Makes a sound of a file; its id."""
    document = made(exchange, f"{tenant}/sounds", {"name": name})
    with open(path, "rb") as file:
        status, facts = exchange.api(f"{tenant}/sounds/{name}/content", "PUT", file.read())
    equal(status, 200, f"the sound is uploaded: {facts}")
    return document["id"]


def humming(exchange, name, hertz, seconds, tenant=TENANT):
    """Makes a sound of a tone; its id."""
    path = os.path.join(exchange.folder, f"{name}.wav")
    subprocess.run(["sox", "-q", "-n", "-r", "16000", "-b", "16", path, "synth", str(seconds),
                    "sine", str(hertz), "vol", "0.3"], check=True)
    return kept(exchange, name, path, tenant)


def programme(exchange, name, **spec):
    return made(exchange, f"{TENANT}/music", {"name": name, **spec})


def hold(phone, exchange):
    number = phone.number
    phone.hold()
    wait_until("the hold is known", lambda: holding(exchange) == [number])


@contextlib.contextmanager
def kept_waiting(exchange):
    """101 calls 102, and lets it wait."""
    with tone(exchange, "101", ANNA) as anna:
        anna.dial("102")
        anna.wait_established()
        record_for(1)
        hold(anna, exchange)
        yield anna


def tones(path, seconds):
    """Which tones the last seconds were, one after the other: the strongest of each 200 ms, where
    it is all that is heard."""
    x = sound.samples(path)[-int(seconds * sound.RATE):]
    found, size = [], sound.RATE // 5
    for start in range(0, len(x) - size, size):
        power = np.abs(np.fft.rfft(x[start:start + size] * np.hanning(size))) ** 2
        hertz = np.fft.rfftfreq(size, 1 / sound.RATE)
        for wanted in (LOW, HIGH, THIRD, LIVE):
            if power[np.abs(hertz - wanted) < 15].sum() > 0.9 * (power.sum() + 1e-9):
                found.append(wanted)
    return [one for place, one in enumerate(found) if place == 0 or found[place - 1] != one]


def waits_for(phone, hertz, what, seconds=20):
    """Waits until this tone is what a telephone hears."""
    def heard():
        return phone.packets() > 0 and tones(phone.heard(), 1.5)[-1:] == [hertz]
    wait_until(what, heard, seconds=seconds, every=0.3)


@test(listens=True)
def who_is_held_hears_the_sounds_of_a_playlist_one_after_the_other():
    with Exchange() as exchange, Softphone(exchange, ACME, "102", BERT) as bert:
        humming(exchange, "low", LOW, 3)
        humming(exchange, "high", HIGH, 2)
        programme(exchange, "evening", playlist=["low", "high"], on_hold=True)
        with kept_waiting(exchange) as anna:
            record_for(9)
            heard = tones(bert.heard(), 8.5)
            true(heard[:3] in ([LOW, HIGH, LOW], [HIGH, LOW, HIGH]), f"what was heard: {heard}")
            metrics = exchange.metrics()
            equal((metrics["strowger_stations"], metrics["strowger_stations_listeners"]), (1, 1),
                  "the figures")
            anna.hang_up()
            bert.wait_over()
        wait_until("nobody listens",
                   lambda: exchange.metrics()["strowger_stations_listeners"] == 0)
        wait_until("the station is off the air",
                   lambda: exchange.metrics()["strowger_stations"] == 0, seconds=40)


@test(listens=True)
def two_who_are_held_hear_the_same_at_the_same_time():
    with Exchange() as exchange:
        said = sound.speech(os.path.join(exchange.folder, "words.wav"), WORDS)
        kept(exchange, "words", said)
        programme(exchange, "evening", playlist=["words"], on_hold=True)
        made(exchange, f"{TENANT}/extensions", {"number": "104"})
        account = exchange.add_device(ACME, "104", "acme-104")
        with Softphone(exchange, ACME, "102", BERT) as bert, \
                Softphone(exchange, ACME, "104", CARL, account=account) as carl, \
                tone(exchange, "101", ANNA) as anna, tone(exchange, "103", ANNA) as dora:
            for phone, called in ((anna, "102"), (dora, "104")):
                phone.dial(called)
                phone.wait_established()
                record_for(1)
                phone.hold()
                wait_until("the hold is known",
                           lambda phone=phone: phone.number in holding(exchange))
                record_for(1.7)
            record_for(6)
            files = [(phone.heard(), os.path.join(exchange.folder, f"{phone.name}.wav"))
                     for phone in (bert, carl)]
            tails = [sound.tail(heard, 5, into) for heard, into in files]
            one, other = (sound.samples(path) for path in tails)
            lag, score = sound.align(one, other)
            true(score > 0.9, f"both hear the same: {score}")
            true(abs(lag) < 0.3 * sound.RATE, f"at the same time: {lag / sound.RATE} s apart")
            true(sound.compare(said, tails[0])["median"] > 0.9, "it is what was uploaded")
            equal(exchange.metrics()["strowger_stations"], 1, "stations")
            equal(exchange.metrics()["strowger_stations_listeners"], 2, "listeners")
            for phone in (anna, dora):
                phone.hang_up()
                phone.wait_over()


@test(listens=True, seconds=120)
def a_live_stream_is_heard_and_while_it_is_lost_the_playlist():
    exchange = Exchange()
    exchange.flags += ["--music-allow", "127.0.0.0/8"]
    with Radio(LIVE) as radio, exchange, Softphone(exchange, ACME, "102", BERT) as bert:
        humming(exchange, "low", LOW, 3)
        programme(exchange, "radio", stream=radio.moved, playlist=["low"], on_hold=True)
        with kept_waiting(exchange) as anna:
            waits_for(bert, LIVE, "the live stream is heard")
            record_for(3)
            equal(tones(bert.heard(), 2), [LIVE], "it goes on")
            equal(exchange.metrics()["strowger_stations_live"], 1, "live stations")
            radio.die()
            waits_for(bert, LOW, "the playlist is heard instead")
            equal(exchange.metrics()["strowger_stations_live"], 0, "live stations")
            true(exchange.metrics()["strowger_stations_streams_lost_total"] >= 1, "it is counted")
            radio.revive()
            waits_for(bert, LIVE, "the stream is heard again", seconds=40)
            anna.hang_up()
            bert.wait_over()


@test(listens=True, seconds=60)
def a_live_stream_of_mp3_is_heard():
    exchange = Exchange()
    exchange.flags += ["--music-allow", "127.0.0.0/8"]
    with Radio(LIVE, mp3=True) as radio, exchange, Softphone(exchange, ACME, "102", BERT) as bert:
        programme(exchange, "radio", stream=radio.url, on_hold=True)
        with kept_waiting(exchange) as anna:
            waits_for(bert, LIVE, "the live stream is heard")
            record_for(5)
            equal(tones(bert.heard(), 4), [LIVE], "it goes on")
            equal(exchange.metrics()["strowger_stations_live"], 1, "live stations")
            anna.hang_up()
            bert.wait_over()


@test(listens=True)
def a_stream_inside_the_operators_network_is_not_asked_and_the_exchanges_music_is_heard():
    with Radio(LIVE) as radio, Exchange() as exchange, \
            Softphone(exchange, ACME, "102", BERT) as bert:
        programme(exchange, "radio", stream=radio.url, on_hold=True)
        with kept_waiting(exchange) as anna:
            wait_until("its failure is counted", lambda: exchange.metrics().get(
                "strowger_stations_streams_lost_total", 0) >= 1)
            record_for(4)
            waited = sound.tail(bert.heard(), 3, os.path.join(exchange.folder, "waited.wav"))
            heard = sound.character(waited)
            true(heard["silent_share"] < 0.2, f"something is heard: {heard}")
            true(heard["tonality"] > 0.5, f"it is music: {heard}")
            equal(radio.asked, 0, "who came to the station")
            anna.hang_up()
            bert.wait_over()


@test(listens=True, seconds=90)
def the_extensions_programme_comes_before_the_trunks_and_that_before_the_companys():
    with Exchange() as exchange:
        for name, hertz in (("low", LOW), ("high", HIGH), ("third", THIRD)):
            humming(exchange, name, hertz, 4)
            programme(exchange, name, playlist=[name], on_hold=name == "low")
        connected(exchange, on_hold="high")
        named = {"on_hold": "third"}
        status, _ = exchange.api(f"{TENANT}/extensions/103", "PATCH", named, {"If-Match": "*"})
        equal(status, 200, "the extension names its programme")
        with Softphone(exchange, ACME, "102", BERT) as bert, \
                Softphone(exchange, ACME, "works", CARL, account=ACCOUNT) as works, \
                tone(exchange, "101", ANNA) as anna, tone(exchange, "103", ANNA) as dora:
            wait_until("the gateway is there", lambda: there(exchange) == 1)
            calls = [(anna, "102", bert, LOW), (anna, PARIS, works, HIGH),
                     (dora, PARIS, works, THIRD)]
            for holder, called, held, hertz in calls:
                before = held.ended
                holder.dial(called)
                holder.wait_established()
                record_for(0.5)
                hold(holder, exchange)
                waits_for(held, hertz, f"{holder.number} lets {held.name} hear {hertz} Hz")
                record_for(2)
                equal(tones(held.heard(), 1.5), [hertz], f"what {held.name} hears")
                holder.hang_up()
                held.wait_over(before + 1)
                holder.wait_over()


@test(listens=True)
def an_announcement_is_said_between():
    with Exchange() as exchange, Softphone(exchange, ACME, "102", BERT) as bert:
        humming(exchange, "low", LOW, 60)
        humming(exchange, "text", HIGH, 2)
        programme(exchange, "evening", playlist=["low"], announcement="text",
                  announced_every_seconds=10, on_hold=True)
        with kept_waiting(exchange) as anna:
            record_for(15)
            equal(tones(bert.heard(), 14), [LOW, HIGH, LOW], "what was heard")
            anna.hang_up()
            bert.wait_over()


@test(seconds=60, listens=True)
def a_held_browser_hears_a_programme_too():
    with Exchange().also_speaks("wss") as exchange:
        humming(exchange, "low", LOW, 4)
        programme(exchange, "evening", playlist=["low"], on_hold=True)
        with page(exchange, "101", ANNA) as anna, tone(exchange, "102", BERT) as bert:
            anna.dial("102")
            anna.wait_established()
            bert.wait_established()
            hold(bert, exchange)
            record_for(6)
            equal(tones(anna.heard(), 3), [LOW], "what the browser hears")
            anna.hang_up()
            bert.wait_over()


@test()
def another_companys_sounds_and_programmes_cannot_be_named_and_what_is_named_stays():
    with Exchange() as exchange:
        globex = f"/api/v1/tenants/{GLOBEX}"
        theirs = humming(exchange, "theirs", LOW, 1, globex)
        own = humming(exchange, "own", HIGH, 1)
        for strange in (theirs, "theirs"):
            status, problem = exchange.api(f"{TENANT}/music", "POST",
                                           {"name": "evening", "playlist": [strange]})
            equal((status, problem["type"]), (422, "urn:strowger:problem:invalid"), "their sound")
        evening = programme(exchange, "evening", playlist=[own])
        named = {"on_hold": evening["id"]}
        status, _ = exchange.api(f"{globex}/extensions/101", "PATCH", named, {"If-Match": "*"})
        equal(status, 422, "their extension does not name our programme")
        status, _ = exchange.api(f"{TENANT}/extensions/101", "PATCH", named, {"If-Match": "*"})
        equal(status, 200, "ours does")
        for used in ("sounds/own", "music/evening"):
            status, problem = exchange.api(f"{TENANT}/{used}", "DELETE")
            equal((status, problem["type"]), (409, "urn:strowger:problem:in-use"), used)
        status, users = exchange.api(f"{TENANT}/music/evening/used-by")
        equal([one["name"] for one in users["items"]], ["101"], "who names it")
