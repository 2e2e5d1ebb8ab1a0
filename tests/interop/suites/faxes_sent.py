"""Companies send faxes: the exchange calls a foreign machine, and sends it a document's pages, by
modem over G.711 or by T.38, each dot where the document has it."""

from kit import paper
from kit.case import equal, record_for, test, true, wait_until
from kit.exchange import ACME, Exchange
from kit.fax_machine import FaxMachine
from suites.faxes import FAX, TENANT, fax_extension, said_of_t38

OVER = ("sent", "failed")


def wants_sent(exchange, sheets, attempts=3):
    """Has a document sent to 102; the fax."""
    status, fax = exchange.api(
        f"{TENANT}/faxes?extension={FAX}&to=102&attempts={attempts}&pause=1", "POST",
        paper.document(sheets), {"Content-Type": "application/pdf"})
    equal(status, 201, f"it is taken: {fax}")
    equal((fax["state"], fax["pages"], fax["direction"]), ("queued", len(sheets), "sent"), "it")
    return fax


def ended(exchange, fax, seconds=60):
    """The fax, once it is not tried any more."""
    def over():
        found = exchange.api(f"{TENANT}/faxes/{fax['id']}")[1]
        return found["state"] in OVER and found
    return wait_until("the fax has ended", over, seconds)


def ten_pages(exchange, by, **machine):
    """Ten pages are sent to 102; the machine, and the fax."""
    fax_extension(exchange)
    with FaxMachine(exchange, ACME, "102", **machine) as machine:
        machine.waits()
        fax = ended(exchange, wants_sent(exchange, range(10)), 200)
        equal((fax["state"], fax["failure"]), ("sent", None), "the fax")
        equal(machine.wait_result(10), 0, "all went well for the foreign machine")
        pages = machine.pages()
    equal([len(page) for page in pages], [paper.HEIGHT] * 10, "lines of each page")
    wrong = [paper.differing(page, paper.dots(number)) for number, page in enumerate(pages)]
    equal(wrong, [0] * 10, "dots that are not where the document has them")
    how = fax["sending"]["attempts"], fax["carriage"]["station"], fax["carriage"]["transport"]
    equal(how, (1, "102", by), "how")
    return machine, fax


@test(modem=True, seconds=300)
def ten_pages_of_a_document_are_sent_to_a_foreign_machine():
    with Exchange() as exchange:
        _, fax = ten_pages(exchange, "g711", asks=False, refuses=488)
        cdr = exchange.one_cdr()
        equal((cdr["call"], cdr["caller"]["number"]), (fax["call"], FAX), "the call's record")
        rules = [step["rule"] for step in cdr["explanation"]]
        true("fax.sent" in rules, f"which says what it was: {rules}")
        true("refused with 488" in said_of_t38(cdr), "and that T.38 was offered and refused")
        told = exchange.api(f"{TENANT}/events?types=fax.sent")[1]["items"]
        equal([one["data"]["fax"] for one in told], [fax["id"]], "the event")
        words = ("fax", "list", ACME, "--state", "sent", "--data", exchange.data)
        listed = exchange.command_line(*words).stdout
        true("1/3" in listed and fax["id"] in listed, f"the command line: {listed}")


@test(listens=True, seconds=300)
def ten_pages_are_sent_by_t38_that_the_foreign_machine_offers():
    with Exchange() as exchange:
        machine, _ = ten_pages(exchange, "t38")
        equal(machine.receiver.lost, 0, "nothing is lost on the way")
        said = said_of_t38(exchange.one_cdr())
        true("leg 1 went over from sound to fax (T.38)" in said, f"the record says so: {said}")


@test(listens=True, seconds=300)
def ten_pages_are_sent_by_t38_that_the_exchange_offers_although_datagrams_are_lost():
    with Exchange() as exchange:
        machine, _ = ten_pages(exchange, "t38", asks=False, loses=0.01)
        true(machine.lost > 0 and machine.receiver.repaired > 0, "some were lost and made good")
        said = said_of_t38(exchange.one_cdr())
        true("leg 1 went over from sound to fax (T.38)" in said, f"the record says so: {said}")


@test(modem=True, seconds=120)
def a_machine_that_is_busy_is_called_again():
    with Exchange() as exchange:
        fax_extension(exchange)
        with FaxMachine(exchange, ACME, "102", asks=False, refuses=488, busy=2) as machine:
            machine.waits()
            fax = ended(exchange, wants_sent(exchange, [3]))
            equal((fax["state"], fax["sending"]["attempts"]), ("sent", 3), f"the fax: {fax}")
            machine.wait_result(10)
            pages = machine.pages()
        equal(len(pages), 1, "pages")
        busy = [cdr for cdr in exchange.wait_cdrs(3) if cdr["end"]["sip_status"] == 486]
        equal(len(busy), 2, "each attempt has a record")


@test(modem=True, seconds=120)
def a_machine_that_hangs_up_in_the_middle_fails_the_fax_with_a_word_for_it():
    with Exchange() as exchange:
        fax_extension(exchange)
        with FaxMachine(exchange, ACME, "102", asks=False, refuses=488) as machine:
            machine.waits()
            fax = wants_sent(exchange, [4], attempts=1)
            wait_until("it is called", lambda: machine.modem, 20)
            record_for(6)
            machine.leaves()
            fax = ended(exchange, fax)
        equal(fax["state"], "failed", f"the fax: {fax}")
        true(fax["failure"]["code"] and fax["failure"]["because"], f"why: {fax['failure']}")
        told = exchange.api(f"{TENANT}/events?types=fax.failed")[1]["items"]
        equal([one["data"]["direction"] for one in told], ["sent"], "the event")
