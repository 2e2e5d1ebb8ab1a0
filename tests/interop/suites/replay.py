"""Calls of real phones and of a carrier, asked again afterwards: what a change of routes would have
done with them, from the command line and over the API, and that it is what the change does."""

import json
import os

from kit.case import equal, test, true
from kit.exchange import ACME, Exchange, free_port
from suites.carriers import CARRIER, NUMBER, PARIS, carrier, connected, made
from suites.features import ANNA, BERT, CARL, tone
from suites.proof import called

COMPANY = f"/api/v1/tenants/{ACME}"


def called_in(exchange, number, hertz):
    """Paris calls the company's number, and the phone of an extension answers."""
    with tone(exchange, number, hertz) as phone, \
            carrier(exchange, "carrier_caller", free_port(CARRIER), callee=NUMBER) as paris:
        phone.wait_established()
        phone.hang_up()
        phone.wait_over()
        paris.wait()


def a_day(exchange, port):
    """Anna calls Paris, Paris calls her, and she calls help and Bert."""
    called(exchange, port, PARIS)
    # before help is called, as afterwards her telephone would ring first, whatever routes say
    called_in(exchange, "101", ANNA)
    called(exchange, port, "112")
    with tone(exchange, "101", ANNA) as anna, tone(exchange, "102", BERT) as bert:
        anna.dial("102")
        anna.wait_established()
        anna.hang_up()
        anna.wait_over()
        bert.wait_over()
    return {cdr["dialled"]: cdr["id"] for cdr in exchange.wait_cdrs(4)}


def written(exchange, *documents):
    """A file as `apply` takes it; JSON is YAML, too."""
    path = os.path.join(exchange.folder, "proposal.yaml")
    with open(path, "w", encoding="utf-8") as file:
        json.dump({"strowger": 1, "documents": [
            {"kind": kind, "in": ACME, "spec": spec} for kind, spec in documents]}, file)
    return path


def asked(exchange, *words):
    """Exit status and output of `strowger replay`."""
    said = exchange.command_line("replay", ACME, "--data", exchange.data, *words, check=False)
    true(said.returncode in (0, 2, 3, 4), said.stderr)
    return said.returncode, said.stdout, said.stderr


def found(exchange, *words):
    """Exit status, sums, and the differences by what was dialled."""
    status, text, _ = asked(exchange, "--json", *words)
    told = json.loads(text)
    return status, told["sums"], {one["call"]["dialled"]: one for one in told["differences"]}


@test(listens=True)
def yesterdays_calls_tell_what_a_change_of_routes_would_do_and_it_does():
    with Exchange() as exchange:
        port = free_port(CARRIER)
        connected(exchange, [f"{CARRIER}:{port}"])
        made(exchange, f"{COMPANY}/outbound_routes", {
            "name": "help", "emergency": True, "trunks": ["carrier"], "ring_seconds": 30})
        records = a_day(exchange, port)
        status, sums, differs = found(exchange)
        equal((status, sums["calls"], sums["same"], differs), (0, 4, 4, {}), "nothing has changed")

        # other routes in, and none abroad
        inbound = ("inbound_route", {"name": "desk", "called": NUMBER, "extension": "103"})
        outbound = ("outbound_route", {
            "name": "abroad", "patterns": [{"prefix": "009", "min": 6}], "strip": 2,
            "prepend": "+", "trunks": ["carrier"], "ring_seconds": 30})
        status, sums, differs = found(exchange, "--with", written(exchange, inbound, outbound))
        equal((status, sums["same"], sums["help_stopped"]), (3, 2, 0), "two calls differ")
        moved, lost = differs[NUMBER], differs[PARIS]
        equal((moved["change"], moved["call"]["cdr"]), ("elsewhere", records[NUMBER]), "the way in")
        equal(moved["happened"], ["rang 101", "answered"], "what happened")
        true(moved["proposed"]["in_words"][0].startswith("ring 103 "), f"would go: {moved}")
        true(any("route desk, revision 2" in rule["because"]
                 for rule in moved["proposed"]["differing"]), f"by which rule: {moved}")
        equal((lost["change"], lost["proposed"]["in_words"]), ("lost", ["refuse with 404"]),
              "the way abroad")

        # an extension that is no more, with its phone; alone it cannot go
        user, _ = exchange.account(ACME, "102")
        status, _, error = asked(exchange, "--without", "extension/102")
        equal(status, 2, "it is in use")
        true(f"device {user}" in error, error)
        without = ("--without", f"device/{user}", "--without", "extension/102")
        status, sums, differs = found(exchange, *without)
        equal((status, list(differs)), (3, ["102"]), "what differs")
        equal(differs["102"]["change"], "lost", "a call to it")

        # a phone that is switched off calls no help, and that is said before anything else
        user, _ = exchange.account(ACME, "101")
        off = written(exchange, ("device", {"username": user, "extension": "101",
                                            "enabled": False}))
        status, text, _ = asked(exchange, "--with", off)
        equal(status, 4, "a call for help would not complete")
        first, _, _, row = text.splitlines()[:4]
        true(first.startswith("!!! 1 CALL(S) FOR HELP"), text)
        true(row.startswith("!!!") and " 112 " in row, text)

        # the same over the API, and nothing of all this was done
        document = {"kind": inbound[0], "in": ACME, "spec": inbound[1]}
        status, told = exchange.api(f"{COMPANY}/routes:replay", "POST", {
            "with": {"strowger": 1, "documents": [document]}})
        equal((status, told["sums"]["different"]), (200, {"elsewhere": 1}), f"the API: {told}")
        equal(found(exchange)[1]["same"], 4, "nothing was changed")

        # it is what the change does
        exchange.command("apply", written(exchange, inbound))
        called_in(exchange, "103", CARL)
        equal(exchange.wait_cdrs(5)[0]["destination"]["number"], "103", "who answers now")
        status, sums, differs = found(exchange)
        equal((status, sums["same"], differs[NUMBER]["call"]["cdr"]), (3, 4, records[NUMBER]),
              "what would not go any more as it went")
