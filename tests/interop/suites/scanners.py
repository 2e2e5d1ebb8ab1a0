"""Programs that look for victims: they learn nothing, are slowed and banned, and a telephone beside
them registers and calls as ever."""

import json
import os
import re
import shutil
import subprocess

from kit.baresip import Phone
from kit.case import equal, test, true, wait_until
from kit.exchange import ACME, Exchange
from kit.line import Line
from kit.sipp import Sipp
from suites.isolation import FRESH

# whoever is on the machine itself is never banned unless it is said otherwise
NOBODY_SPARED = ["--ban-never="]
# the scanners of these tests call themselves by their names; here they go unrecognised
DISGUISED = [*NOBODY_SPARED, "--ban-agents=another-name"]
SCANNER = "127.0.0.66"
BANS = "/api/v1/bans"


class Guarded(Exchange):
    """An exchange that bans addresses of this machine, too."""

    def __init__(self, flags):
        super().__init__()
        self.flags = flags


def program(name):
    """SIPVicious's programs are called differently in Debian and in PyPI."""
    for word in (name, f"sipvicious_{name}"):
        if shutil.which(word):
            return word
    raise AssertionError(f"{name} is missing: tools/setup.sh interop")


def scan(exchange, name, *words, seconds=30):
    """What a scanner finds out, from an address of its own; it is ended when its time is up."""
    command = [program(name), "-b", SCANNER, *words]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=seconds,
                              stdin=subprocess.DEVNULL, cwd=exchange.folder)
        return done.stdout + done.stderr
    except subprocess.TimeoutExpired as slow:
        said = [part.decode(errors="replace") if isinstance(part, bytes) else part or ""
                for part in (slow.stdout, slow.stderr)]
        return "".join(said)


def bans(exchange):
    return {ban["source"]: ban for ban in exchange.items(BANS)}


def wait_banned(exchange, source, cause):
    found = wait_until(f"{source} is banned", lambda: bans(exchange).get(source))
    equal(found["cause"], cause, "why")
    return found


def calls(phone):
    """The phone's call is answered; `*43` gives back what it hears."""
    before = phone.established()
    phone.dial("*43")
    phone.wait_established(before + 1)
    phone.hang_up()


@test(seconds=120)
def svmap_sees_no_exchange_and_is_banned_for_its_name():
    with Guarded(NOBODY_SPARED) as exchange, Phone(exchange, ACME, "101") as phone:
        said = scan(exchange, "svmap", "-p", str(exchange.sip), exchange.ip)
        true("Strowger" not in said, f"svmap: {said}")
        ban = wait_banned(exchange, SCANNER, "scanner")
        equal(ban["strikes"], 1, "strikes")
        with Line(exchange, ACME, ip=SCANNER) as line:
            text = line.compose("OPTIONS", f"sip:{ACME}")
            equal(line.ask(text, seconds=2), None, "answer to a banned source")
        calls(phone)


@test(seconds=180)
def svwar_cannot_tell_users_from_nobody():
    with Guarded(DISGUISED) as exchange, Phone(exchange, ACME, "101") as phone:
        users = [exchange.account(ACME, number)[0] for number in ("101", "102", "103")]
        names = os.path.join(exchange.folder, "names")
        with open(names, "w", encoding="utf-8") as out:
            out.write("\n".join([*users, "101", "102", "nobody-1", "nobody-2", "999"]) + "\n")
        for method in ("REGISTER", "INVITE", "OPTIONS"):
            said = scan(exchange, "svwar", "-p", str(exchange.sip), "-m", method, "-d", names,
                        exchange.ip)
            found = [user for user in users if re.search(rf"\b{re.escape(user)}\b.*auth", said)]
            equal(found, [], f"what svwar finds by {method}: {said}")
        calls(phone)


def plain(message, *names):
    """An answer without what was in the question or is fresh each time."""
    fields = [f"{name}: {value}" for name, value in message.fields
              if name not in ("via", "from", "to", "call-id", "date")]
    text = "\n".join([message.start, *fields, message.body])
    for name in names:
        text = text.replace(name, "NAME")
    return FRESH.sub(r"\1", text)


@test()
def what_a_request_without_a_proof_is_told_is_the_same_to_the_byte_whoever_it_names():
    with Guarded(DISGUISED) as exchange:
        known, _ = exchange.account(ACME, "101")
        places = [(known, ACME), ("nobody-7", ACME), ("101", ACME), ("999", ACME),
                  (known, "nobody.example"), ("nobody-7", "nobody.example")]
        for method in ("REGISTER", "INVITE", "OPTIONS", "SUBSCRIBE", "MESSAGE"):
            told = {}
            for user, domain in places:
                with Line(exchange, domain, (user, "")) as line:
                    uri = f"sip:{domain}" if method == "REGISTER" else f"sip:{user}@{domain}"
                    text = line.compose(method, uri, to=f"<sip:{user}@{domain}>")
                    answer = line.ask(text)
                    true(answer is not None, f"{method} to {user}@{domain} is answered")
                    told[user, domain] = plain(answer, user, domain)
            first = told[known, ACME]
            for place, text in told.items():
                equal(text, first, f"what a {method} to {place} is told")


@test(seconds=180)
def svcrack_finds_no_password_though_it_is_on_its_list():
    # svcrack heeds no address to send from, so it comes from where no telephone of this test is
    with Guarded(DISGUISED) as exchange:
        user, password = exchange.account(ACME, "102")
        words = os.path.join(exchange.folder, "words")
        with open(words, "w", encoding="utf-8") as out:
            out.write("\n".join([*(f"guess{n}" for n in range(200)), password]) + "\n")
        said = scan(exchange, "svcrack", "-p", str(exchange.sip), "-u", user, "-d", words,
                    exchange.ip)
        true(password not in said, f"svcrack: {said}")
        wait_banned(exchange, "127.0.0.1", "guessing")
        with Line(exchange, ACME, (user, password), ip=SCANNER) as owner:
            owner.register()


@test(seconds=180)
def a_flood_is_banned_and_costs_no_memory_and_a_phone_calls_on():
    with Guarded(NOBODY_SPARED) as exchange, Phone(exchange, ACME, "101") as phone:
        before = memory(exchange)
        # from an address of its own, as often as SIPp can
        flood = ("-i", SCANNER, "-mi", SCANNER)
        with Sipp(exchange, "flood", calls=40_000, rate=4_000, seconds=60, more=flood) as sipp:
            wait_banned(exchange, SCANNER, "asking")
            calls(phone)
            with Line(exchange, ACME, exchange.account(ACME, "102")) as other:
                other.register()
            wait_until("the flood is over", lambda: sipp.process.poll() is not None, 90)
        grown = memory(exchange) - before
        true(grown < 30 << 20, f"memory has grown by {grown >> 20} MiB")
        true(exchange.metrics()["strowger_net_udp_barred"] > 10_000, "what was thrown away")
        calls(phone)


def memory(exchange):
    """Octets that the exchange has in memory."""
    with open(f"/proc/{exchange.process.pid}/statm", encoding="ascii") as figures:
        return int(figures.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@test(seconds=120)
def a_ban_by_hand_holds_over_a_restart_until_it_is_lifted():
    def heard(exchange):
        with Line(exchange, ACME, exchange.account(ACME, "102"), ip=SCANNER) as line:
            return line.ask(line.compose("OPTIONS", f"sip:{ACME}"), seconds=1) is not None

    def say(exchange, *words):
        return exchange.command_line("ban", *words, "--data", exchange.data).stdout

    with Guarded(NOBODY_SPARED) as exchange:
        true(heard(exchange), "it is heard at first")
        order = {"source": SCANNER, "seconds": 3_600, "note": "calls at night"}
        status, ban = exchange.api(BANS, "POST", order)
        equal((status, ban["cause"]), (200, "hand"), "the ban")
        wait_until("it is heard no more", lambda: not heard(exchange))
        exchange.stop()
        exchange.start()
        true(not heard(exchange), "a restart lifts no ban")
        true(SCANNER in say(exchange, "list"), "the command line shows it")
        true("calls at night" in json.loads(say(exchange, "list", "--json"))[0]["note"], "note")
        say(exchange, "lift", SCANNER)
        wait_until("it is heard again", lambda: heard(exchange))
        say(exchange, "add", SCANNER, "--seconds", "60")
        wait_until("it is heard no more", lambda: not heard(exchange))
        equal(exchange.api(f"{BANS}/{SCANNER}", "DELETE")[0], 204, "lifted by the API")
        equal(exchange.api(f"{BANS}/{SCANNER}", "DELETE")[0], 404, "lifted once")
        equal(exchange.api(BANS, "POST", {"source": "here"})[0], 422, "what is no source")
        wait_until("it is heard again", lambda: heard(exchange))
