"""Faxes between two legs, with fax terminals of libspandsp at both ends."""

from kit import fax_page
from kit.case import equal, test, true, wait_until
from kit.exchange import ACME, Exchange
from kit.fax_machine import FaxMachine, FaxStranger, fax_description
from kit.line import Line, description

PAGES = [fax_page.page(number) for number in range(3)]


def faxed(exchange, caller=None, called=None):
    """101 faxes to 102: both machines, once it is done, and the record of the call."""
    with FaxMachine(exchange, ACME, "102", **(called or {})) as there, \
            FaxMachine(exchange, ACME, "101", sends=PAGES, **(caller or {})) as here:
        there.waits()
        dialog = here.calls("102")
        results = here.wait_result(), there.wait_result()
        equal(results, (0, 0), "how it ended at either machine")
        true(there.pages() == PAGES, "each page has come bit for bit")
        dialog.hang_up()
        return here, there, exchange.one_cdr()


def said_of_fax(cdr):
    return [step["text"] for step in cdr["explanation"] if step["rule"] == "media.t38"]


def went_over(here, there, cdr):
    """It was T.38, and the record says so and how much."""
    true(here.t38 and there.t38, "both machines went over to T.38")
    said = " / ".join(said_of_fax(cdr))
    true("from sound to fax (T.38)" in said, f"the record says that it went over: {said}")
    for leg, machine in ((0, here), (1, there)):
        true(f"leg {leg}: " in said, f"and how much each leg carried: {said}")
        true(machine.sent > 20 and machine.got > 20, f"{machine.number} took part")


@test(listens=True, seconds=150)
def pages_arrive_bit_for_bit_by_t38():
    with Exchange() as exchange:
        here, there, cdr = faxed(exchange)
        went_over(here, there, cdr)
        said = " / ".join(said_of_fax(cdr))
        true(f"leg 0: {here.sent} datagrams of the fax came from it, and {there.sent} went to it"
             in said, f"{here.sent} and {there.sent} datagrams, none of them lost: {said}")
        equal((here.receiver.lost, there.receiver.lost), (0, 0), "nothing is lost on the way")
        silent = [step for step in cdr["explanation"] if "silent" in step["rule"]]
        equal(silent, [], "a fax is not taken for silence")


@test(listens=True, seconds=150)
def pages_arrive_bit_for_bit_although_one_datagram_in_a_hundred_is_lost():
    with Exchange() as exchange:
        here, there, cdr = faxed(exchange, {"loses": 0.01}, {"loses": 0.01})
        went_over(here, there, cdr)
        true(here.lost + there.lost > 0, "some were lost")
        true(here.receiver.repaired + there.receiver.repaired > 0, "and made good")


@test(modem=True, seconds=150)
def where_the_far_end_refuses_t38_the_fax_passes_as_sound():
    with Exchange() as exchange:
        here, there, cdr = faxed(exchange, {"refuses": 488})
        equal(there.refused, 488, "the refusal comes back")
        true(here.t38 is None and there.t38 is None, "it was sound all the time")
        said = " / ".join(said_of_fax(cdr))
        true("refused with 488" in said, f"the record says so: {said}")


@test(listens=True, seconds=150)
def a_strangers_datagrams_change_nothing():
    with Exchange() as exchange, FaxStranger(exchange, "127.0.0.66", 0) as stranger:
        here, there, cdr = faxed(exchange)
        went_over(here, there, cdr)
        wait_until("it has shouted enough", lambda: stranger.sent > 10_000)
        equal((here.receiver.lost, there.receiver.lost), (0, 0), "nothing is lost on the way")
        legs = [leg["quality"]["received"]["strangers"] for leg in cdr["legs"]]
        true(all(count > 0 for count in legs), f"what it said was counted: {legs}")


@test(listens=True, seconds=150)
def datagrams_pass_again_when_the_exchange_was_killed_and_has_started_anew():
    with Exchange() as exchange, FaxMachine(exchange, ACME, "102") as there, \
            FaxMachine(exchange, ACME, "101", sends=PAGES) as here:
        there.waits()
        dialog = here.calls("102")
        wait_until("the first page is on its way", lambda: here.sent > 100)
        exchange.kill()
        exchange.start()
        # what was lost meanwhile the machines settle among themselves, or give up
        before = here.got, there.got
        wait_until("102 gets more", lambda: there.got > before[1])
        wait_until("101 gets its answers", lambda: here.got > before[0])
        dialog.hang_up()
        said = " / ".join(said_of_fax(exchange.one_cdr()))
        true("from sound to fax (T.38)" in said, f"the record goes on: {said}")


@test()
def the_echo_takes_no_fax_and_goes_on_with_sound():
    with Exchange() as exchange, Line(exchange, ACME, exchange.account(ACME, "101")) as line:
        dialog = line.register().invite(f"sip:*43@{ACME}")
        refused = dialog.ask("INVITE", body=fax_description(line.ip, 9))
        equal(refused.status, 488, "what a fax is told")
        true(refused["warning"].startswith("304 "), f"and why: {refused['warning']}")
        line.send(line.compose("ACK", dialog.target, sender=dialog.local, to=dialog.remote,
                               call_id=dialog.call_id, cseq=dialog.cseq, branch=refused.branch))
        sound = dialog.ask("INVITE", body=description(line.ip, 9))
        equal(sound.status, 200, "what sound is told")
        true("m=audio" in sound.body, "it is sound that is agreed on")
        dialog.hang_up()
