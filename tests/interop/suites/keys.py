"""The keys that seal secrets are replaced while phones register."""

import base64
import os

from kit.baresip import Phone
from kit.case import equal, test, true, wait_until
from kit.exchange import ACME, GLOBEX, Exchange


def names(exchange):
    status, said = exchange.api("/api/v1/master-keys")
    equal(status, 200, f"the status: {said}")
    equal(said["unopened"], 0, "data keys that open under none")
    return [(key["name"], key["data_keys"]) for key in said["master_keys"]]


def reseal(exchange):
    anew, step = 0, {}
    while True:
        status, said = exchange.api("/api/v1/master-keys/reseal", "POST", step)
        equal(status, 200, f"a step: {said}")
        anew += said["anew"]
        if said["next"] is None:
            return anew
        step = {"after": said["next"]}


def registers(exchange, domain, number):
    """A fresh phone registers, and is gone again."""
    before = len(exchange.registrations(domain))
    with Phone(exchange, domain, number):
        wait_until("it is registered",
                   lambda: len(exchange.registrations(domain)) == before + 1)
    wait_until("it is gone", lambda: len(exchange.registrations(domain)) == before)


@test(seconds=120)
def a_master_key_in_a_file_is_replaced_under_a_running_exchange():
    with Exchange() as exchange:
        with Phone(exchange, ACME, "101"):
            wait_until("the first phone", lambda: len(exchange.registrations()) == 1)
            (old, count), = names(exchange)
            words = ["--data", exchange.data]
            exchange.command_line("key", "add", *words)
            equal([sealed for _, sealed in names(exchange)], [0, count], "before")
            refused = exchange.command_line("key", "drop", *words, check=False)
            true(refused.returncode == 2 and "reseal" in refused.stderr, f"{refused}")
            exchange.command_line("key", "reseal", *words)
            equal([sealed for _, sealed in names(exchange)], [count, 0], "after")
            exchange.command_line("key", "drop", *words)
            left = names(exchange)
            equal([sealed for _, sealed in left], [count], "the new one alone")
            true(left[0][0] != old, "it is another one")
            exchange.command_line("key", "renew", *words)
            registers(exchange, ACME, "102")
            registers(exchange, GLOBEX, "101")
            equal(len(exchange.registrations()), 1, "the first phone still")


@test(seconds=180)
def a_master_key_in_a_variable_is_replaced_with_two_restarts():
    exchange = Exchange()
    with open(os.path.join(exchange.data, "master.key"), "rb") as file:
        held = file.read()
    old = base64.b64encode(held).decode()
    new = exchange.command_line("key", "make").stdout.strip()
    exchange.flags = ["--master-key", "env:PBX_KEYS"]
    os.environ["PBX_KEYS"] = old
    try:
        with exchange, Phone(exchange, ACME, "101"):
            wait_until("the first phone", lambda: len(exchange.registrations()) == 1)
            (_, count), = names(exchange)
            for keys, sealed in ((f"{new}\n{old}", [0, count]), (new, [count])):
                exchange.kill()
                os.environ["PBX_KEYS"] = keys
                exchange.start()
                equal([each for _, each in names(exchange)], sealed, "after the start")
                equal(len(exchange.registrations()), 1, "the first phone came back")
                registers(exchange, ACME, "102")
                equal(reseal(exchange), count if len(sealed) == 2 else 0, "sealed anew")
            exchange.kill()
            os.environ["PBX_KEYS"] = old
            true(not starts(exchange), "under the old key alone nothing is served")
            os.environ["PBX_KEYS"] = new
            exchange.start()
            registers(exchange, GLOBEX, "102")
    finally:
        del os.environ["PBX_KEYS"]


def starts(exchange):
    try:
        exchange.start()
    except RuntimeError as refused:
        true("another master key" in str(refused), f"why: {refused}")
        return False
    return True
