"""The parties that the exchange plays itself: the echo and the music."""

from kit import sound
from kit.baresip import Phone
from kit.case import equal, record_for, test, true
from kit.exchange import ACME, Exchange
from kit.line import Line, description
from suites.codecs import understood, voices

SECONDS = 5


def echo(codec):
    with Exchange() as exchange:
        says, _ = voices(exchange)
        with Phone(exchange, ACME, "101", "udp", f"aufile,{says}", codec) as phone:
            phone.dial("*43")
            phone.wait_established()
            record_for(SECONDS)
            phone.hang_up()
            phone.wait_over()
            understood(says, phone)
            cdr = exchange.one_cdr()
            equal(cdr["dialled"], "*43", "dialled")
            true(any(step["rule"] == "code.echo" for step in cdr["explanation"]), cdr)


@test(listens=True)
def the_echo_returns_what_was_said_in_pcma():
    echo("PCMA/8000/1")


@test(listens=True)
def the_echo_returns_what_was_said_in_g722():
    echo("G722/16000/1")


@test(listens=True)
def the_echo_returns_what_was_said_in_opus():
    echo("opus/48000/2")


def music(codec):
    with Exchange() as exchange:
        with Phone(exchange, ACME, "101", codec=codec) as phone:
            phone.dial("*44")
            phone.wait_established()
            record_for(SECONDS)
            phone.hang_up()
            phone.wait_over()
            heard = sound.character(phone.heard())
            true(heard["seconds"] >= SECONDS - 1, f"it plays all the time: {heard}")
            true(-40 <= heard["level_db"] <= -6, f"neither silent nor a shout: {heard}")
            true(heard["silent_share"] < 0.5, f"music, not a click now and then: {heard}")
            # hiss spreads its power over the band; notes do not
            true(heard["tonality"] >= 0.5, f"notes, not noise: {heard}")
            true(100 <= heard["pitch_hz"] <= 2000, f"notes of a sensible pitch: {heard}")


@test(listens=True)
def the_music_is_heard_in_pcmu():
    music("PCMU/8000/1")


@test(listens=True)
def the_music_is_made_into_opus_for_whoever_speaks_nothing_else():
    music("opus/48000/2")


@test(listens=True)
def the_music_is_heard_in_pcma():
    music("PCMA/8000/1")


@test(listens=True)
def the_music_is_heard_in_g722():
    music("G722/16000/1")


@test()
def a_guest_is_refused_to_a_phone_that_speaks_nothing_that_is_spoken_here():
    with Exchange() as exchange, \
            Line(exchange, ACME, exchange.account(ACME, "101")) as line:
        g729 = description(line.ip, 9, "18")
        for number in ("*43", "*44"):
            equal(line.invite(f"sip:{number}@{ACME}", body=g729).status, 488, "status")
        exchange.wait_cdrs(2)
