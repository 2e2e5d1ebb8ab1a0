"""The command line as somebody meets it who has never seen it."""

import json
import os
import re
import resource
import signal
import socket
import tempfile

from kit.baresip import Phone
from kit.case import equal, test, true, wait_until
from kit.exchange import ACME, GLOBEX, Exchange, free_port
from kit.line import Dialog, Line

tell = Exchange.command_line


@test()
def help_names_every_command_with_a_sentence():
    text = tell("--help").stdout
    for command in ("serve", "demo", "tenant", "extension", "device", "token", "cdr",
                    "prepare", "migrate"):
        line = re.search(rf"^\s+{command}\s+(\S.*)$", text, re.M)
        true(line, f"{command} is in the help: {text}")
        more = tell(command, "--help").stdout
        true(len(more.splitlines()) >= 5, f"help of {command} teaches: {more}")
    refused = tell("sreve", check=False)
    true(refused.returncode != 0 and "serve" in refused.stderr + refused.stdout,
         f"a slip of the pen is helped with: {refused.stderr}")


@test()
def the_demonstration_is_made_once_and_its_secrets_are_told_once():
    with Exchange() as exchange:
        domains = set(exchange.companies)
        equal(domains, {ACME, GLOBEX}, "companies")
        secrets = [exchange.token]
        for company in exchange.companies.values():
            numbers = [extension["number"] for extension in company["extensions"]]
            equal(numbers, ["101", "102", "103"], "extensions")
            secrets += [d["password"] for e in company["extensions"] for d in e["devices"]]
        equal(len(set(secrets)), 7, "different secrets")
        exchange.stop()
        again = tell("demo", "--data", exchange.data)
        as_json = tell("demo", "--data", exchange.data, "--json")
        for secret in secrets:
            true(secret not in again.stdout + again.stderr + as_json.stdout + as_json.stderr,
                 "a secret is told a second time")
        json.loads(as_json.stdout)
        exchange.start()
        status, _ = exchange.api(f"/api/v1/tenants/{ACME}")
        equal(status, 200, "the key of the first time still serves")
        with Phone(exchange, ACME, "101"):
            pass


@test()
def no_secret_lies_readable_in_the_data_folder():
    with Exchange() as exchange:
        with Phone(exchange, ACME, "101"):
            pass
        exchange.stop()
        secrets = [exchange.token] + [
            d["password"] for c in exchange.companies.values()
            for e in c["extensions"] for d in e["devices"]]
        for folder, _, names in os.walk(exchange.data):
            for name in names:
                with open(os.path.join(folder, name), "rb") as file:
                    data = file.read()
                for secret in secrets:
                    true(secret.encode() not in data, f"{name} holds a secret")


def secret_told(text):
    return re.search(r"shown this once\):\s+(\S+)", text).group(1)


@test()
def a_company_is_made_while_the_exchange_runs_and_its_phone_registers_at_once():
    with Exchange() as exchange:
        data = ("--data", exchange.data)
        initech = "initech.example"
        tell("tenant", "add", initech, "display_name=Initech", *data)
        true(initech in tell("tenant", "list", *data).stdout, "the company is listed")
        tell("extension", "add", initech, "101", "ring_seconds=20", *data)
        tell("extension", "set", initech, "101", "display_name=Reception", *data)
        shown = json.loads(tell("extension", "show", initech, "101", *data).stdout)
        text = json.dumps(shown)
        true("Reception" in text and "20" in text, f"the extension: {text}")
        made = tell("device", "add", initech, "initech-101", "extension=101", *data).stdout
        secret = secret_told(made)
        listed = tell("device", "list", initech, *data).stdout
        shown = tell("device", "show", initech, "initech-101", *data).stdout
        true("initech-101" in listed, f"the list: {listed}")
        true(secret not in listed + shown, "the secret is told a second time")
        # the running exchange looks for changes every second
        with Line(exchange, initech, ("initech-101", secret)) as line:
            line.wait_registered("the new phone may register")
        with Phone(exchange, initech, "101", account=("initech-101", secret)) as phone:
            phone.dial("*43")
            phone.wait_established()
            phone.hang_up()
        # a lost password is replaced, and the old one is void at once
        replaced = secret_told(tell("device", "secret", initech, "initech-101", *data).stdout)
        with Line(exchange, initech, ("initech-101", replaced)) as line:
            line.wait_registered("the new password serves")
        with Line(exchange, initech, ("initech-101", secret)) as line:
            equal(line.registration(), 403, "status with the old password")
        wait_until("the call has its record",
                   lambda: "*43" in tell("cdr", "list", initech, *data).stdout)
        record = re.search(r"cdr_\w+", tell("cdr", "list", initech, *data).stdout).group(0)
        why = tell("cdr", "why", initech, record, *data).stdout
        equal(why.count("*43"), 1, f"reasons that name what was dialled: {why}")
        true("[code.echo]" in why, f"the rule: {why}")
        refused = tell("tenant", "remove", initech, *data, check=False)
        true(refused.returncode != 0 and "use" in refused.stderr, f"still in use: {refused.stderr}")
        for words in (("device", "remove", initech, "initech-101"),
                      ("extension", "remove", initech, "101"), ("tenant", "remove", initech)):
            tell(*words, *data)
        true(initech not in tell("tenant", "list", *data).stdout, "the company is gone")


@test()
def a_new_key_serves_until_it_is_revoked():
    with Exchange() as exchange:
        data = ("--data", exchange.data)
        made = tell("token", "add", "for-the-test", *data).stdout
        operator, exchange.token = exchange.token, made.split()[-1]
        equal(exchange.api("/api/v1/tenants")[0], 200, "status with the new key")
        made = tell("token", "add", "for-acme", "--tenant", ACME, *data).stdout
        exchange.token = made.split()[-1]
        key = re.search(r"key (\S+)", made).group(1)
        equal(exchange.api(f"/api/v1/tenants/{ACME}/extensions")[0], 200, "its own company")
        equal(exchange.api(f"/api/v1/tenants/{GLOBEX}/extensions")[0], 404, "another company")
        listed = tell("token", "list", *data).stdout
        true("for-acme" in listed and exchange.token not in listed, f"the list: {listed}")
        tell("token", "revoke", key, *data)
        wait_until("the key is void",
                   lambda: exchange.api(f"/api/v1/tenants/{ACME}/extensions")[0] == 401)
        exchange.token = operator[:-1] + ("a" if operator[-1] != "a" else "b")
        equal(exchange.api("/api/v1/tenants")[0], 401, "status with a wrong key")


def work_done():
    """Seconds of the processor that ended children have used."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@test(seconds=90)
def twenty_thousand_phones_are_made_in_half_a_minute():
    with tempfile.TemporaryDirectory(prefix="strowger-interop-") as folder:
        before = work_done()
        made = tell("demo", "--data", folder, "--tenants", "50", "--extensions", "400", "--json")
        # of the processor's time: how long that takes depends on who else is at work
        true(work_done() - before < 30, f"it took {work_done() - before:.1f} s")
        companies = json.loads(made.stdout)["tenants"]
        phones = [d["username"] for c in companies for e in c["extensions"] for d in e["devices"]]
        equal(len(set(phones)), 20_000, "user names")


@test()
def a_folder_for_load_drivers_is_not_served_to_the_world():
    with tempfile.TemporaryDirectory(prefix="strowger-interop-") as folder:
        tell("demo", "--data", folder, "--load", "10")
        port = free_port("0.0.0.0")
        refused = tell("serve", "--data", folder, "--sip", f"0.0.0.0:{port}", check=False)
        true(refused.returncode != 0 and "load.example" in refused.stderr, f"served: {refused}")


@test()
def mistakes_are_explained():
    with Exchange() as exchange:
        taken = tell("serve", "--data", exchange.data, "--sip", exchange.at, "--http",
                     f"127.0.0.1:{free_port()}", check=False)
        true(taken.returncode != 0 and len(taken.stderr) > 20, f"a taken port: {taken}")
        true("panicked" not in taken.stderr, f"a panic: {taken.stderr}")
    nowhere = tell("serve", "--data", "/proc/nowhere", check=False)
    true(nowhere.returncode != 0 and "/proc/nowhere" in nowhere.stderr, f"no folder: {nowhere}")
    wrong = tell("serve", "--sip", "not-an-address", check=False)
    true(wrong.returncode != 0 and "not-an-address" in wrong.stderr, f"no address: {wrong}")


def is_refused(line):
    """Whether a new call is refused for now; one that is not is hung up."""
    called = line.invite(f"sip:*43@{ACME}", seconds=2)
    if isinstance(called, Dialog):
        called.hang_up()
        return False
    return called is not None and called.status == 503


@test()
def on_sigterm_calls_may_end_and_new_ones_are_refused():
    with Exchange() as exchange:
        with Phone(exchange, ACME, "101") as anna, Phone(exchange, ACME, "102") as bert, \
                Line(exchange, ACME, exchange.account(ACME, "103")) as carl:
            anna.dial("102")
            anna.wait_established()
            bert.wait_established()
            exchange.process.send_signal(signal.SIGTERM)
            wait_until("new calls are refused", lambda: is_refused(carl))
            true(exchange.process.poll() is None, "the exchange waits for the call")
            equal(anna.said().count("terminated"), 0, "the call goes on")
            anna.hang_up()
            equal(exchange.process.wait(15), 0, "exit status")
        exchange.start()
        wait_until("the call has its record",
                   lambda: [c for c in exchange.cdrs() if c["dialled"] == "102"])


@test()
def a_second_sigterm_stops_at_once():
    with Exchange() as exchange:
        with Phone(exchange, ACME, "101") as anna:
            anna.dial("*44")
            anna.wait_established()
            exchange.process.send_signal(signal.SIGTERM)
            with Line(exchange, ACME, exchange.account(ACME, "103")) as carl:
                wait_until("it drains", lambda: is_refused(carl))
            exchange.process.send_signal(signal.SIGTERM)
            exchange.process.wait(15)
        exchange.start()
        # the phone is gone: the call that was carried over is hung up or found to be dead
        wait_until("the call is known or has its record", lambda: exchange.calls() or [
            c for c in exchange.cdrs() if c["dialled"] == "*44"])


@test()
def the_ready_line_says_where_everything_is():
    with Exchange() as exchange:
        for text in (exchange.at, f"127.0.0.1:{exchange.http}"):
            true(text in exchange.ready, f"{text} in {exchange.ready!r}")
        with socket.create_connection(("127.0.0.1", exchange.http), 5):
            pass
        equal(exchange.api("/readyz")[0], 200, "readiness")
