"""Phones that have no codec in common hear each other.

What is made waits in a jitter buffer, which shortens its delay by a frame once the network has
shown that it may. A curve of loudness over the whole call would count that as damage, so speech is
compared second by second, with Opus too: at the rate it is spoken here it keeps the wave.
"""

from kit.baresip import Phone
from kit.case import equal, record_for, test, true
from kit.exchange import ACME, Exchange
from suites.codecs import SECONDS, understood, voices


def between(anna_speaks, bert_speaks):
    """Two phones with one codec each, and the sound of each at the other's end."""
    with Exchange() as exchange:
        anna_says, bert_says = voices(exchange)
        with Phone(exchange, ACME, "101", source=f"aufile,{anna_says}",
                   codec=anna_speaks) as anna, \
                Phone(exchange, ACME, "102", source=f"aufile,{bert_says}",
                      codec=bert_speaks) as bert:
            anna.dial("102")
            anna.wait_established()
            bert.wait_established()
            record_for(SECONDS)
            anna.hang_up()
            anna.wait_over()
            bert.wait_over()
            understood(anna_says, bert)
            understood(bert_says, anna)
            codecs = [leg["codec"].upper() for leg in exchange.one_cdr()["legs"]]
            wanted = [codec.split("/")[0].upper() for codec in (anna_speaks, bert_speaks)]
            equal(sorted(codecs), sorted(wanted), "codecs of the legs in the record")


@test(listens=True)
def g722_calls_pcma():
    between("G722/16000/1", "PCMA/8000/1")


@test(listens=True)
def g722_calls_pcmu():
    between("G722/16000/1", "PCMU/8000/1")


@test(listens=True)
def opus_calls_pcma():
    between("opus/48000/2", "PCMA/8000/1")


@test(listens=True)
def opus_calls_pcmu():
    between("opus/48000/2", "PCMU/8000/1")


@test(listens=True)
def pcmu_calls_g722_that_speaks_nothing_of_the_first_offer():
    between("PCMU/8000/1", "G722/16000/1")


@test(listens=True)
def g722_calls_opus_that_speaks_nothing_of_the_first_offer():
    between("G722/16000/1", "opus/48000/2")


@test()
def an_offer_names_the_laws_of_g711_behind_what_the_caller_speaks():
    with Exchange() as exchange:
        with Phone(exchange, ACME, "101", codec="G722/16000/1") as anna, \
                Phone(exchange, ACME, "102", codec="PCMA/8000/1") as bert:
            anna.dial("102")
            anna.wait_established()
            invites = [m for m in bert.messages(received=True) if m.start.startswith("INVITE")]
            line = next(line for line in invites[-1].body.splitlines() if line.startswith("m=audio"))
            formats = line.split()[3:]
            equal(formats[0], "9", "what the caller speaks comes first")
            true({"0", "8"} <= set(formats), f"both laws are offered: {line}")
            true("opus" not in invites[-1].body, "and nothing else that can be made")
            anna.hang_up()
            anna.wait_over()
