"""Backups of a working exchange, and a company that moves to another one."""

import json
import os
import shutil
import subprocess

from kit.baresip import Phone
from kit.case import equal, test, true, wait_until
from kit.exchange import ACME, GLOBEX, Exchange, free_port
from kit.line import Line
from kit.people import with_password
from kit.sipp import Sipp, registered

tell = Exchange.command_line

CALLS = 60
RATE = 10


def call(exchange, caller, callee):
    with Phone(exchange, ACME, caller) as anna, Phone(exchange, ACME, callee) as bert:
        anna.dial(callee)
        anna.wait_established()
        bert.wait_established()
        anna.hang_up()
        anna.wait_over()


ANN, PASSWORD = "ann@acme.example", "correct horse battery"


def ask(exchange, path, body):
    return exchange.api(f"/api/v1/{path}", "POST", body)


def with_a_password(exchange):
    """Ann of the company sets a password and signs in; gives her access token."""
    with_password(exchange, ANN, "tenant-admin", PASSWORD)
    return signs_in(exchange)


def signs_in(exchange):
    status, entered = ask(exchange, "auth/login", {"mail": ANN, "password": PASSWORD})
    equal(status, 200, f"signing in: {entered}")
    return entered["tokens"]["access_token"]


def is_signed_in(exchange, token):
    said = {"Authorization": f"Bearer {token}"}
    return exchange.api("/api/v1/me", headers=said)[0] == 200


def files(exchange):
    """Where an archive and its key lie."""
    return [os.path.join(exchange.folder, name) for name in ("archive", "archive.key")]


def wipe(exchange):
    shutil.rmtree(exchange.data)


@test(seconds=180)
def a_backup_under_load_brings_all_back_that_was_acknowledged():
    with Exchange() as exchange:
        archive, key = files(exchange)
        port = free_port()
        caller, callee = exchange.account(ACME, "101"), exchange.account(ACME, "102")
        registered(exchange, callee, port)
        second = Sipp(exchange, "callee_slow", callee, port=port, calls=CALLS, seconds=60)
        second.ready()
        first = Sipp(exchange, "caller_of_any_length", caller, calls=CALLS, rate=RATE, seconds=60,
                     keys={"callee": "102"})
        with first, second:
            wait_until("some calls are over", lambda: len(exchange.cdrs()) >= 5)
            true(exchange.calls(), "calls are going on")
            exchange.add_device(ACME, "103", "made-just-before")
            acknowledged = {cdr["id"] for cdr in exchange.cdrs()}
            trail = {entry["id"] for entry in exchange.items("/api/v1/audit")}
            done = tell("backup", archive, "--archive-key", key, "--data", exchange.data)
            true("rows in" in done.stdout, done.stdout)
            wait_until("no call is left", lambda: not exchange.calls(), 120)
        with open(archive, "rb") as file:
            # a whole domain: four letters may stand in random bytes by chance
            true(ACME.encode() not in file.read(), "the archive tells nothing without its key")
        exchange.kill()
        wipe(exchange)
        spoilt = archive + ".spoilt"
        with open(archive, "rb") as whole, open(spoilt, "wb") as file:
            data = bytearray(whole.read())
            data[len(data) // 2] ^= 1
            file.write(data)
        refused = tell("restore", spoilt, "--archive-key", key, "--data", exchange.data,
                       check=False)
        equal(refused.returncode, 2, "exit status for a spoilt archive")
        true("is damaged" in refused.stderr or "does not open" in refused.stderr, refused.stderr)
        back = tell("restore", archive, "--archive-key", key, "--data", exchange.data)
        true("sound:" in back.stdout, back.stdout)
        exchange.start()
        lost = acknowledged - {cdr["id"] for cdr in exchange.cdrs()}
        equal(lost, set(), "records that were acknowledged and are lost")
        lost = trail - {entry["id"] for entry in exchange.items("/api/v1/audit")}
        equal(lost, set(), "entries of the trail that are lost")
        status, _ = exchange.api(f"/api/v1/tenants/{ACME}/devices/made-just-before")
        equal(status, 200, "the device that was made just before")
        call(exchange, "101", "103")
        healthy = tell("check", "--data", exchange.data)
        true("sound:" in healthy.stdout, healthy.stdout)


@test(seconds=180)
def a_company_moves_to_another_exchange_with_its_old_passwords():
    with Exchange() as old:
        archive, key = files(old)
        call(old, "101", "102")
        before = old.one_cdr()
        token = with_a_password(old)
        true(is_signed_in(old, token), "she is signed in")
        tell("archive", "take", ACME, archive, "--archive-key", key, "--data", old.data)
        again = tell("archive", "restore", archive, "--archive-key", key, "--data", old.data,
                     check=False)
        true(again.returncode != 0 and "is here" in again.stderr, again.stderr)
        shown = tell("archive", "show", archive, "--archive-key", key)
        true(ACME in shown.stdout, "the archive can be read with its key")
        equal(shown.stdout.count("globex"), 0, "words of a neighbour in it")
        new = Exchange()
        wipe(new)
        came = tell("archive", "restore", archive, "--archive-key", key, "--data", new.data)
        true(ACME in came.stdout and "need new passwords" not in came.stdout, came.stdout)
        made = tell("token", "add", "operator", "--data", new.data)
        new.token = made.stdout.splitlines()[1].strip()
        new.companies = {ACME: old.companies[ACME]}
        with new:
            equal(new.one_cdr(), before, "the record of the call before")
            call(new, "101", "103")
            new.wait_cdrs(2)
            true(not is_signed_in(new, token), "the login stayed behind")
            true(is_signed_in(new, signs_in(new)), "she signs in with her old password")
            healthy = tell("check", "--data", new.data)
            true("credentials of 1 people" in healthy.stdout, healthy.stdout)
            status, _ = new.api(f"/api/v1/tenants/{GLOBEX}")
            equal(status, 404, "the neighbour stayed behind")
            cloned = tell("archive", "clone", archive, "--archive-key", key, "--domain",
                          "initech.example", "--data", new.data)
            true("acme-101.initech" in cloned.stdout, cloned.stdout)
            status, clone = new.api("/api/v1/tenants/initech.example/devices/acme-101.initech")
            equal(status, 200, f"a device of the clone: {clone}")
            call(new, "101", "102")


PASSPHRASE = "seven wild geese fly north"


def curl(exchange, path, *words):
    """What curl says of a request with the operator's key: status and text."""
    done = subprocess.run(
        ["curl", "--silent", "--show-error", "--write-out", "%{http_code}", *words,
         "-H", f"Authorization: Bearer {exchange.token}",
         f"http://127.0.0.1:{exchange.http}/api/v1/{path}"],
        capture_output=True, text=True, timeout=80, check=True, stdin=subprocess.DEVNULL,
    )
    return int(done.stdout[-3:]), done.stdout[:-3]


def sent(archive, passphrase):
    """Words by which curl sends an archive as it lies on the disk."""
    return ["-X", "POST", "-H", f"Archive-Passphrase: {passphrase}",
            "-H", "Content-Type: application/octet-stream", "-T", archive]


@test(seconds=240)
def a_company_moves_by_curl_alone_and_its_phones_call_with_their_old_passwords():
    with Exchange() as old, Exchange() as new:
        archive, cut = (os.path.join(old.folder, name) for name in ("acme.strowger", "cut"))
        call(old, "101", "102")
        before = old.one_cdr()
        for company in (ACME, GLOBEX):
            status, gone = new.api(f"/api/v1/tenants/{company}/erase", "POST")
            equal(status, 200, f"room in the new exchange: {gone}")
        asked = json.dumps({"passphrase": PASSPHRASE})
        status, said = curl(old, f"tenants/{ACME}/archive", "-o", archive, "--data", asked,
                            "-H", "Content-Type: application/json")
        equal(status, 200, f"taking it out: {said}")
        with open(archive, "rb") as file:
            whole = file.read()
        true(ACME.encode() not in whole, "the archive tells nothing without its passphrase")
        with open(cut, "wb") as file:
            file.write(whole[:-1])
        for name, phrase in ((cut, PASSPHRASE), (archive, "eight wild geese fly north")):
            status, said = curl(new, "archives", *sent(name, phrase))
            equal((status, "bad-archive" in said), (422, True), said)
            equal(new.api(f"/api/v1/tenants/{ACME}")[0], 404, "nothing was left behind")
        status, said = curl(new, "archives/look", *sent(archive, PASSPHRASE))
        equal(status, 200, f"looking into it: {said}")
        seen = json.loads(said)
        equal((seen["domains"], seen["bytes"], seen["passwords_hold"]),
              ([ACME], len(whole), True), "what is in it")
        equal(seen["counts"]["cdrs"], 1, "the record of the call")
        equal(new.api(f"/api/v1/tenants/{ACME}")[0], 404, "looking changes nothing")
        status, said = curl(new, "archives", *sent(archive, PASSPHRASE))
        equal(status, 201, f"bringing it in: {said}")
        came = json.loads(said)
        equal((came["domain"], came["passwords"]), (ACME, []), "what came in")
        new.companies = {ACME: old.companies[ACME]}
        equal(new.one_cdr(), before, "the record of the call before")
        # signalling learns of what came while it ran a moment later
        with Line(new, ACME, new.account(ACME, "101")) as line:
            line.wait_registered("the company is known")
        call(new, "101", "103")
        new.wait_cdrs(2)
        status, said = curl(old, f"tenants/{ACME}/clone", "-H", "Content-Type: application/json",
                            "--data", json.dumps({"domains": ["initech.example"]}))
        equal(status, 201, f"cloning it: {said}")
        devices = {one["username"] for one in json.loads(said)["passwords"]}
        true("acme-101.initech" in devices, f"devices of the clone: {devices}")
        call(old, "101", "102")
