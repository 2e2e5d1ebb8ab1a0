"""Two phones of one company talk, and what each hears is what the other said.

The bound is 0.9, for the correlation of the median second of speech where the codec keeps the
waveform and for the curve of loudness where it does not. A call through a relay that is whole
gives 0.99; one that loses a packet in twenty gives less than 0.6. So 0.9 passes on a machine that
stutters now and then and fails on anything that a person would notice.
"""

import os

from kit import sound
from kit.baresip import Phone
from kit.case import equal, record_for, test, true
from kit.exchange import ACME, Exchange

BOUND = 0.9
SECONDS = 6
ANNA = "The quick brown fox jumps over the lazy dog, and then it sleeps all day in the sun."
BERT = "Pack my box with five dozen liquor jugs; how quickly daft jumping zebras vex everyone."


def voices(exchange):
    """Two people speaking, as files."""
    return (
        sound.speech(os.path.join(exchange.folder, "anna.wav"), ANNA, "en+f3"),
        sound.speech(os.path.join(exchange.folder, "bert.wav"), BERT, "en+m3"),
    )


def understood(said, phone, kind="median", path=None):
    """The score of what a phone heard against what was said."""
    score = sound.compare(said, path or phone.heard())
    true(score[kind] >= BOUND, f"{phone.name} heard {score}, {kind} must be {BOUND}")
    return score


def hear_each_other(caller, called, seconds, kind="median"):
    """The first phone calls 102, which is the second, and each hears what the other says."""
    (anna, anna_says), (bert, bert_says) = caller, called
    anna.dial("102")
    anna.wait_established()
    bert.wait_established()
    record_for(seconds)
    anna.hang_up()
    anna.wait_over()
    bert.wait_over()
    understood(anna_says, bert, kind)
    understood(bert_says, anna, kind)


def talk(codec, kind="median", transports=("udp", "udp"), ips=("127.0.0.1", "127.0.0.1")):
    with Exchange(ips[0], ips[1] if ips[1] != ips[0] else None) as exchange:
        anna_says, bert_says = voices(exchange)
        with Phone(exchange, ACME, "101", transports[0], f"aufile,{anna_says}", codec,
                   ip=ips[0]) as anna, \
                Phone(exchange, ACME, "102", transports[1], f"aufile,{bert_says}", codec,
                      ip=ips[1]) as bert:
            hear_each_other((anna, anna_says), (bert, bert_says), SECONDS, kind)
            cdr = exchange.one_cdr()
            equal(cdr["end"]["sip_status"], 200, "status of the record")
            codecs = [leg["codec"] for leg in cdr["legs"]]
            true(all(name and name.upper().startswith(codec.split("/")[0].upper())
                     for name in codecs), f"codecs of the legs in the record: {codecs}")
            for leg in cdr["legs"]:
                received = leg["quality"]["received"]
                true(received["packets"] >= 40 * SECONDS, f"packets counted: {received}")
                true(received["mos_x100"] >= 350, f"opinion score: {received}")


@test(listens=True)
def pcmu_is_heard_both_ways():
    talk("PCMU/8000/1")


@test(listens=True)
def pcma_is_heard_both_ways():
    talk("PCMA/8000/1")


@test(listens=True)
def g722_is_heard_both_ways():
    talk("G722/16000/1")


@test(listens=True)
def opus_is_heard_both_ways():
    talk("opus/48000/2", "envelope")


@test(listens=True)
def phones_on_tcp_hear_each_other():
    talk("PCMU/8000/1", transports=("tcp", "tcp"))


@test(listens=True)
def a_phone_on_udp_and_one_on_tcp_hear_each_other():
    talk("PCMA/8000/1", transports=("udp", "tcp"))


@test(listens=True)
def phones_on_ipv6_hear_each_other():
    talk("PCMU/8000/1", ips=("::1", "::1"))


@test(listens=True)
def a_phone_on_ipv4_and_one_on_ipv6_hear_each_other():
    talk("PCMU/8000/1", ips=("127.0.0.1", "::1"))
