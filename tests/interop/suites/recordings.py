"""Calls that are recorded: what each side said is found on its channel, second by second, also when
the exchange is killed meanwhile. A foreign program decodes what is kept."""

import datetime
import os
import subprocess
import time
import urllib.error
import urllib.request
import wave

import numpy as np

from kit import sound
from kit.baresip import Phone
from kit.case import equal, record_for, test, true, wait_until
from kit.exchange import ACME, GLOBEX, Exchange
from kit.softphone import Softphone
from suites.browsers import page
from suites.codecs import BERT as SENTENCE
from suites.codecs import SECONDS, voices
from suites.features import ANNA, BERT

TENANT = f"/api/v1/tenants/{ACME}"
BOUND = 0.9
# how far from where it was expected a second is looked for, in samples: a fifth of a second
NEAR = 1600
# seconds of a recording before the exchange is killed
RECORDED = int(os.environ.get("RECORDED_SECONDS", "8"))


def rule(exchange, number, **recording):
    """How it stands with recordings of an extension's calls from now on."""
    status, now = exchange.api(
        f"{TENANT}/extensions/{number}", "PATCH", {"recording": {"announce": "none", **recording}},
        {"Content-Type": "application/merge-patch+json", "If-Match": "*"})
    equal(status, 200, f"the extension is changed: {now}")


def finished(exchange, count=1):
    """The company's recordings, oldest first, once so many are finished."""
    def all_of_them():
        found = exchange.items(f"{TENANT}/recordings")
        whole = [one for one in found if one["state"] == "finished"]
        return len(whole) >= count and whole
    found = wait_until(f"{count} recordings are finished", all_of_them)
    equal(len(found), count, "recordings")
    return sorted(found, key=lambda one: one["id"])


def fetched(exchange, recording, form="sound"):
    """What a recording sounds like, as a file."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{exchange.http}{TENANT}/recordings/{recording['id']}/{form}",
        headers={"Authorization": f"Bearer {exchange.token}"})
    into = os.path.join(exchange.folder, f"{recording['id']}.{form}")
    with urllib.request.urlopen(request, timeout=60) as answer, open(into, "wb") as file:
        while piece := answer.read(1 << 16):
            file.write(piece)
    return into


def sides(path):
    """The two channels of a WAV, each as a file of its own."""
    with wave.open(path, "rb") as file:
        equal((file.getnchannels(), file.getsampwidth()), (2, 2), "channels, octets of a sample")
        rate = file.getframerate()
        both = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2").reshape(-1, 2)
    files = []
    for channel, side in enumerate(("left", "right")):
        files.append(f"{path}.{side}.wav")
        with wave.open(files[-1], "wb") as file:
            file.setparams((1, 2, rate, 0, "NONE", ""))
            file.writeframes(both[:, channel].tobytes())
    return files


def decoded(path):
    """What another program than ours makes of what is kept."""
    into = path + ".decoded.wav"
    subprocess.run(["opusdec", "--quiet", "--rate", "48000", path, into], check=True, timeout=60)
    return into


def each_second(said, heard, first=0.0, last=None):
    """How well each second of what was said is found, near one place for all of them."""
    sent, got = sound.samples(said), sound.samples(heard)
    got = got[int(first * sound.RATE):None if last is None else int(last * sound.RATE)]
    # the sentence comes again and again, so its place is looked for about where it must be
    base = int(max(0, first - 3) * sound.RATE)
    lag, _ = sound.align(got[:10 * sound.RATE], sent[base:base + 20 * sound.RATE])
    lag += base
    scores = []
    for begin in range(0, len(got) - sound.RATE + 1, sound.RATE):
        piece = got[begin:begin + sound.RATE]
        # whoever speaks has another clock: its place moves on by some frames a minute
        start = max(0, begin + lag - NEAR)
        moved, score = sound.align(piece, sent[start:begin + lag + sound.RATE + NEAR])
        if score >= BOUND:
            lag = start + moved - begin
        scores.append((float(np.sqrt((piece ** 2).mean())), score))
    return scores


def is_found(scores, what):
    loudest = max(loud for loud, _ in scores)
    lost = [(at, round(score, 2)) for at, (loud, score) in enumerate(scores)
            if loud > 0.1 * loudest and score < BOUND]
    true(not lost, f"{what}: seconds that are not there of {len(scores)}: {lost}")


def talked(exchange, seconds, codecs=("PCMU/8000/1", "PCMU/8000/1")):
    """101 calls 102 for a while; the files of what they said."""
    said = voices(exchange)
    with Phone(exchange, ACME, "101", source=f"aufile,{said[0]}", codec=codecs[0]) as anna, \
            Phone(exchange, ACME, "102", source=f"aufile,{said[1]}", codec=codecs[1]) as bert:
        anna.dial("102")
        for phone in (anna, bert):
            phone.wait_established()
            phone.wait_sound()
        record_for(seconds)
        anna.hang_up()
        anna.wait_over()
        bert.wait_over()
    return said


def decoded_mp3(path):
    """What another program than ours makes of an MP3."""
    into = path + ".decoded.wav"
    subprocess.run(["mpg123", "-q", "-w", into, path], check=True, timeout=60)
    return into


def both_sides_are_there(said, path):
    for words, side in zip(said, sides(path)):
        score = sound.compare(words, side)
        true(score["median"] >= BOUND, f"{side}: {score}")


@test(listens=True)
def what_each_side_said_is_on_its_channel():
    with Exchange() as exchange:
        rule(exchange, "101", calls="all")
        said = talked(exchange, SECONDS)
        recording = finished(exchange)[0]
        equal((recording["caller"], recording["called"]), ("101", "102"), "whose channels")
        true(SECONDS - 1 <= recording["lasts_ms"] / 1000 <= SECONDS + 3, f"length: {recording}")
        true("key" not in recording, "its key is told to nobody")
        both_sides_are_there(said, decoded(fetched(exchange, recording)))
        both_sides_are_there(said, fetched(exchange, recording, "wave"))
        both_sides_are_there(said, decoded_mp3(fetched(exchange, recording, "mp3")))
        cdr = exchange.one_cdr()
        equal(cdr["call"], recording["call"], "the call")
        true(any(why["rule"] == "record.extension" for why in cdr["explanation"]), "why")
        with open(next(files(exchange)), "rb") as file:
            true(b"OpusHead" not in file.read(), "what is kept is encrypted")


def tones(path):
    """The shares of the two tones, channel by channel."""
    with wave.open(path, "rb") as file:
        count = file.getnchannels()
    channels = sides(path) if count == 2 else [path]
    return [tuple(round(sound.tone_share(channel, hertz, 3), 2) for hertz in (ANNA, BERT))
            for channel in channels]


@test(seconds=120, listens=True)
def of_each_call_those_are_heard_whom_its_rule_names():
    with Exchange() as exchange:
        for count, (kept, channels) in enumerate((
                ("stereo", [(True, False), (False, True)]), ("both", [(True, True)]),
                ("caller", [(True, False)]), ("called", [(False, True)])), 1):
            rule(exchange, "101", calls="all", sides=kept)
            with Softphone(exchange, ACME, "102", BERT) as bert, \
                    Phone(exchange, ACME, "101", source=f"ausine,{ANNA}",
                          codec="PCMU/8000/1") as anna:
                anna.dial("102")
                anna.wait_established()
                record_for(5)
                anna.hang_up()
                bert.wait_over()
            recording = finished(exchange, count)[-1]
            equal(recording["sides"], kept, "whose voice is kept")
            for heard in (decoded(fetched(exchange, recording)),
                          fetched(exchange, recording, "wave"),
                          decoded_mp3(fetched(exchange, recording, "mp3"))):
                shares = tones(heard)
                there = [tuple(share > 0.2 for share in channel) for channel in shares]
                equal(there, channels, f"tones of {heard}: {shares}")


def files(exchange):
    for folder, _, names in os.walk(os.path.join(exchange.data, "recordings")):
        yield from (os.path.join(folder, name) for name in names)


@test(listens=True)
def two_phones_without_a_common_codec_are_recorded():
    with Exchange() as exchange:
        rule(exchange, "102", calls="all")
        said = talked(exchange, SECONDS, ("opus/48000/2", "PCMA/8000/1"))
        both_sides_are_there(said, fetched(exchange, finished(exchange)[0], "wave"))


@test(seconds=60, listens=True)
def a_call_with_a_browser_is_recorded():
    with Exchange().also_speaks("wss") as exchange:
        rule(exchange, "101", calls="all")
        with page(exchange, "101", ANNA) as anna, \
                Softphone(exchange, ACME, "102", BERT) as bert:
            anna.dial("102")
            anna.wait_established()
            record_for(SECONDS)
            anna.hang_up()
            bert.wait_over()
        left, right = sides(fetched(exchange, finished(exchange)[0], "wave"))
        share = sound.tone_share(left, ANNA, 4)
        true(share > 0.9, f"the browser is on the left: {share:.3f}")
        true(sound.tone_share(right, BERT, 4) > 0.9, "the telephone is on the right")


def is_whole_although_killed(before, after):
    """A call is recorded, the exchange is killed and started, and the call goes on for a while.
    101 sounds a tone, which is there or not at each moment, and 102 speaks. What came between is
    silent; how much of the time before the kill is, is given back."""
    with Exchange() as exchange:
        rule(exchange, "101", calls="all")
        said = sound.speech(os.path.join(exchange.folder, "bert.wav"), SENTENCE, "en+m3",
                            before + after + 20)
        with Phone(exchange, ACME, "101", source=f"ausine,{ANNA}", codec="PCMU/8000/1") as anna, \
                Phone(exchange, ACME, "102", source=f"aufile,{said}", codec="PCMU/8000/1") as bert:
            anna.dial("102")
            for phone in (anna, bert):
                phone.wait_established()
                phone.wait_sound()
            record_for(before)
            killed = time.time()
            exchange.kill()
            exchange.start()
            record_for(after)
            anna.hang_up()
            anna.wait_over()
            bert.wait_over()
        recording = finished(exchange)[0]
        began = datetime.datetime.fromisoformat(recording["began"]).timestamp()
        killed, total = killed - began, recording["lasts_ms"] / 1000
        left, right = sides(decoded(fetched(exchange, recording)))
        kept = tone_until(left, killed)
        true(tone_until(left, total - 1) > total - 2, f"the tone is there until {total} again")
        is_found(each_second(said, right, 1, int(kept)), f"{int(kept)} s before the kill")
        is_found(each_second(said, right, total - after + 2, total - 1), "after it")
        exchange.one_cdr()
        return killed, kept, total


def tone_until(path, until):
    """Until when, before a moment, a recording of a tone has been loud."""
    x = sound.samples(path)[:int(until * sound.RATE)]
    loud = sound.loudness(x)
    return float(np.nonzero(loud > 0.3 * loud.max())[0][-1] + 1) * 160 / sound.RATE


@test(seconds=90 + 2 * RECORDED, listens=True)
def a_recording_goes_on_when_the_exchange_is_killed_and_lacks_a_second_at_most():
    before, after = RECORDED, 7
    killed, kept, total = is_whole_although_killed(before, after)
    true(killed - kept <= 1, f"of {killed:.2f} s before the kill {kept:.2f} s are there")
    true(killed + after - 1 <= total <= killed + after + 6, f"length of the recording: {total} s")
    print(f"{kept:.2f} s of {killed:.2f} s are there")


@test(listens=True)
def a_phones_key_begins_and_ends_a_recording():
    with Exchange() as exchange, Softphone(exchange, ACME, "102", BERT) as bert, \
            Phone(exchange, ACME, "101", source=f"ausine,{ANNA}", codec="PCMU/8000/1") as anna:
        rule(exchange, "102", by_phone=True)
        anna.dial("102")
        anna.wait_established()
        record_for(2)
        equal(bert.press_record("on").status, 200, "answer to the key")
        record_for(4)
        equal(bert.press_record("off").status, 200, "answer to the key")
        record_for(2)
        recording = finished(exchange)[0]
        true(3 <= recording["lasts_ms"] / 1000 <= 5.5, f"length: {recording}")
        left, right = sides(fetched(exchange, recording, "wave"))
        true(sound.tone_share(left, ANNA, 3) > 0.9, "who calls is on the left")
        true(sound.tone_share(right, BERT, 3) > 0.9, "who is called is on the right")
        anna.hang_up()
        bert.wait_over()


@test(listens=True)
def what_is_said_while_it_is_paused_is_nowhere():
    with Exchange() as exchange:
        rule(exchange, "101", calls="all")
        with Softphone(exchange, ACME, "102", BERT) as bert, \
                Phone(exchange, ACME, "101", source=f"ausine,{ANNA}", codec="PCMU/8000/1") as anna:
            anna.dial("102")
            anna.wait_established()
            record_for(3)
            one = f"{TENANT}/calls/{exchange.calls()[0]['id']}/recording"
            for state in ("paused", "on"):
                status, call = exchange.api(one, "PUT", {"state": state})
                equal((status, call["recording"]["state"]), (200, state), "what the call says")
                record_for(4)
            anna.hang_up()
            bert.wait_over()
        left, _ = sides(fetched(exchange, finished(exchange)[0], "wave"))
        x = sound.samples(left)
        quiet = [float(np.abs(x[at:at + 800]).max()) < 1e-3 for at in range(0, len(x) - 800, 800)]
        true(30 <= sum(quiet) <= 55, f"tenths of a second of silence: {sum(quiet)} of {len(quiet)}")


@test(seconds=60, listens=True)
def what_was_paused_is_so_after_the_exchange_was_killed():
    with Exchange() as exchange:
        rule(exchange, "101", calls="all")
        with Softphone(exchange, ACME, "102", BERT) as bert, \
                Phone(exchange, ACME, "101", source=f"ausine,{ANNA}", codec="PCMU/8000/1") as anna:
            anna.dial("102")
            anna.wait_established()
            record_for(3)
            one = f"{TENANT}/calls/{exchange.calls()[0]['id']}/recording"
            equal(exchange.api(one, "PUT", {"state": "paused"})[0], 200, "it is paused")
            record_for(2)
            exchange.kill()
            exchange.start()
            wait_until("the call goes on", lambda: exchange.calls())
            record_for(3)
            equal(exchange.calls()[0]["recording"]["state"], "paused", "it is so still")
            equal(exchange.api(one, "PUT", {"state": "on"})[0], 200, "it goes on")
            record_for(3)
            anna.hang_up()
            bert.wait_over()
        recording = finished(exchange)[0]
        left, _ = sides(fetched(exchange, recording, "wave"))
        x = sound.samples(left)
        loud = [float(np.abs(x[at:at + 800]).max()) >= 1e-3 for at in range(0, len(x) - 800, 800)]
        true(45 <= sum(loud) <= 75, f"tenths of a second of the tone: {sum(loud)} of {len(loud)}")
        middle = loud[40:len(loud) - 40]
        true(not any(middle), f"nothing is between: {middle}")


@test()
def nobody_else_finds_a_recording():
    with Exchange() as exchange:
        rule(exchange, "101", calls="all")
        talked(exchange, 2)
        recording = finished(exchange)[0]
        strange = f"/api/v1/tenants/{GLOBEX}/recordings/{recording['id']}"
        for path in (strange, f"{strange}/sound", f"{strange}/wave", f"{strange}/mp3"):
            status, problem = exchange.api(path)
            equal((status, problem["type"]), (404, "urn:strowger:problem:not-found"), path)
        equal(exchange.api(strange, "DELETE")[0], 404, "to remove it")
        equal(exchange.items(f"/api/v1/tenants/{GLOBEX}/recordings"), [], "what globex has")
        status, _ = exchange.api(f"{TENANT}/recordings/{recording['id']}", "DELETE")
        equal(status, 204, "its own company removes it")
        equal(list(files(exchange)), [], "and its file is gone")
