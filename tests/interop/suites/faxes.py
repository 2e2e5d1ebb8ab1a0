"""Companies receive faxes: a foreign machine calls a fax extension, by modem over G.711 or by T.38,
and sends pages, which are fetched as a document, each dot where it was."""

import os
import re
import struct
import urllib.request

from kit import fax_page
from kit.case import equal, record_for, test, true, wait_until
from kit.exchange import ACME, GLOBEX, Exchange
from kit.fax_machine import FaxMachine

TENANT = f"/api/v1/tenants/{ACME}"
FAX = "900"
# the number of T.6 among the compressions of TIFF
T6 = 4


def fax_extension(exchange, domain=ACME):
    status, made = exchange.api(f"/api/v1/tenants/{domain}/extensions", "POST", {
        "number": FAX, "display_name": "Fax", "destination": "fax"})
    equal(status, 201, f"the extension is made: {made}")


def kept(exchange, count=1, seconds=30):
    """The company's faxes, oldest first, once there are so many."""
    def all_of_them():
        found = exchange.items(f"{TENANT}/faxes")
        return len(found) >= count and found
    found = wait_until(f"{count} faxes are kept", all_of_them, seconds)
    equal(len(found), count, "faxes")
    return sorted(found, key=lambda one: one["id"])


def document(exchange, fax):
    """The document of a fax, as a file."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{exchange.http}{TENANT}/faxes/{fax['id']}/document",
        headers={"Authorization": f"Bearer {exchange.token}"})
    into = os.path.join(exchange.folder, f"{fax['id']}.pdf")
    with urllib.request.urlopen(request, timeout=60) as answer, open(into, "wb") as file:
        equal(answer.headers["content-type"], "application/pdf", "type")
        file.write(answer.read())
    return into


def drawn(path):
    """The lines of each page of a document: its pictures are read by libtiff, as T.6 (ITU-T)."""
    with open(path, "rb") as file:
        whole = file.read()
    pages = []
    picture = rb"/Columns (\d+) /Rows (\d+) [^>]*>> /Length (\d+) >>\nstream\n"
    for found in re.finditer(picture, whole):
        columns, rows, length = (int(number) for number in found.groups())
        into = f"{path}.{len(pages)}.tif"
        entries = [(254, 4, 0), (256, 4, columns), (257, 4, rows), (258, 3, 1), (259, 3, T6),
                   (262, 3, 0), (266, 3, 1), (273, 4, 8), (277, 3, 1), (278, 4, rows),
                   (279, 4, length)]
        with open(into, "wb") as file:
            file.write(struct.pack("<2sHI", b"II", 42, 8 + length + length % 2))
            file.write(whole[found.end():found.end() + length] + b"\0" * (length % 2))
            file.write(struct.pack("<H", len(entries)))
            for tag, kind, value in entries:
                file.write(struct.pack("<HHII", tag, kind, 1, value))
            file.write(struct.pack("<I", 0))
        pages += fax_page.read(into)
    return pages


def said_of_t38(cdr):
    return " / ".join(step["text"] for step in cdr["explanation"] if step["rule"] == "media.t38")


def sends(exchange, pages, hangs_up_after=None, refuses=488):
    """101 sends pages to the fax extension, by modem alone; how that ended for it."""
    with FaxMachine(exchange, ACME, "101", sends=pages, refuses=refuses) as machine:
        dialog = machine.calls(FAX)
        if hangs_up_after:
            record_for(hangs_up_after)
            machine.breaks_off(dialog)
            return None
        return machine.wait_result(180)


@test(modem=True, seconds=300)
def three_pages_are_sent_by_a_foreign_machine_and_fetched_as_a_document():
    with Exchange() as exchange:
        fax_extension(exchange)
        pages = [fax_page.page(number) for number in (1, 2, 3)]
        equal(sends(exchange, pages), 0, "all went well for the foreign machine")
        fax = kept(exchange)[0]
        equal((fax["state"], fax["pages"], fax["failure"]), ("received", 3, None), "the fax")
        equal((fax["caller"], fax["number"]), ("101", FAX), "between whom")
        equal(fax["carriage"]["station"], "101", "the machine's name")
        equal(fax["carriage"]["transport"], "g711", "by what it came")
        true(fax["carriage"]["bits_per_second"] >= 2400, f"its speed: {fax['carriage']}")
        true(drawn(document(exchange, fax)) == pages, "every dot of every page is where it was")
        records = exchange.wait_cdrs(1)
        equal([one["call"] for one in records], [fax["call"]], "the call's record")
        trail = exchange.items(f"{TENANT}/audit")
        fetched = [one for one in trail if one["action"] == "fax.fetched"]
        equal([one["target"] for one in fetched], [fax["id"]], "who fetched it is noted")
        told = exchange.api(f"{TENANT}/events?types=fax.received")[1]["items"]
        equal(len(told), 1, f"the event: {told}")
        equal(exchange.items(f"/api/v1/tenants/{GLOBEX}/faxes"), [], "a neighbour's faxes")


@test(modem=True, seconds=120)
def a_caller_that_hangs_up_in_the_middle_leaves_a_failed_fax():
    with Exchange() as exchange:
        fax_extension(exchange)
        sends(exchange, [fax_page.page(1)], hangs_up_after=8)
        fax = kept(exchange)[0]
        equal(fax["state"], "failed", "the fax")
        true(fax["failure"]["code"] and fax["failure"]["because"], f"why: {fax['failure']}")


def sends_by_t38(exchange, pages, asks=False, loses=0.0):
    """101 sends pages to the fax extension by T.38, which it offers itself where it `asks`; the
    machine, and the fax as it was kept."""
    with FaxMachine(exchange, ACME, "101", sends=pages, loses=loses) as machine:
        machine.calls(FAX, asks)
        equal(machine.wait_result(240), 0, "all went well for the foreign machine")
        true(machine.t38, "it has gone over to T.38")
    fax = kept(exchange)[0]
    equal((fax["state"], fax["pages"], fax["failure"]), ("received", len(pages), None), "the fax")
    equal(fax["carriage"]["transport"], "t38", "by what it came")
    true(drawn(document(exchange, fax)) == pages, "every dot of every page is where it was")
    return machine, fax


@test(listens=True, seconds=300)
def ten_pages_come_by_t38_that_the_fax_extension_offers_although_datagrams_are_lost():
    with Exchange() as exchange:
        fax_extension(exchange)
        pages = [fax_page.page(number) for number in range(10)]
        machine, fax = sends_by_t38(exchange, pages, loses=0.01)
        true(machine.lost > 0, "some were lost")
        cdr = exchange.one_cdr()
        equal(cdr["call"], fax["call"], "the call's record")
        said = said_of_t38(cdr)
        true("from sound to fax (T.38), and the fax machine of the exchange" in said, said)
        true("datagrams of the fax came from it" in said, f"and how many there were: {said}")


@test(listens=True, seconds=180)
def pages_come_by_t38_that_the_caller_offers():
    with Exchange() as exchange:
        fax_extension(exchange)
        machine, _ = sends_by_t38(exchange, [fax_page.page(number) for number in (5, 6)], asks=True)
        equal(machine.receiver.lost, 0, "nothing is lost on the way")
        true("leg 0 went over" in said_of_t38(exchange.one_cdr()), "the record says so")


@test(modem=True, seconds=240)
def a_caller_that_refuses_t38_sends_its_pages_by_sound():
    for status in (488, 606, 415):
        with Exchange() as exchange:
            fax_extension(exchange)
            pages = [fax_page.page(status)]
            equal(sends(exchange, pages, refuses=status), 0, "all went well")
            fax = kept(exchange)[0]
            equal((fax["state"], fax["carriage"]["transport"]), ("received", "g711"), "the fax")
            true(drawn(document(exchange, fax)) == pages, "every dot is where it was")
            said = said_of_t38(exchange.one_cdr())
            true(f"refused with {status}" in said, f"the record says so: {said}")
