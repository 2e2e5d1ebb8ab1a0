"""The secret of a device is replaced while its phones go on."""

import time

from kit.case import equal, test, true, wait_until
from kit.exchange import ACME, Exchange
from kit.line import Line

DEVICES = f"/api/v1/tenants/{ACME}/devices"
OVERLAP = 8


def status_for(line):
    """What a REGISTER with the line's password is told."""
    answer = line.request("REGISTER", f"sip:{line.domain}", to=f"<{line.aor}>",
                          headers=["Expires: 300"])
    return answer and answer.status


def former(exchange):
    """Until when the former secret that each registration was proved with is valid."""
    return [each["former_secret_until"] for each in exchange.registrations()]


@test(seconds=90)
def phones_with_the_old_and_the_new_password_register_until_the_overlap_ends():
    with Exchange() as exchange:
        user, old = exchange.account(ACME, "101")
        with Line(exchange, ACME, (user, old)) as first:
            equal(status_for(first), 200, "before")
            equal(former(exchange), [None], "nothing is replaced")
            path = f"{DEVICES}/{user}/secret?overlap_seconds={OVERLAP}"
            ends = time.monotonic() + OVERLAP
            status, made = exchange.api(path, "POST")
            equal(status, 200, f"the new secret: {made}")
            with Line(exchange, ACME, (user, made["secret"])) as second:
                equal(status_for(second), 200, "the new one")
                equal(status_for(first), 200, "the old one, within the overlap")
                true(time.monotonic() < ends, "all of that was within the overlap")
                equal(sorted(bool(each) for each in former(exchange)), [False, True],
                      "one of two phones has the old one")
                wait_until("the use is counted", lambda: exchange.metrics()[
                    "strowger_former_secrets_total"] >= 1, OVERLAP)
                wait_until("the old one is void", lambda: status_for(first) == 403, OVERLAP + 5)
                true(time.monotonic() >= ends - 1, "not before the end")
                equal(status_for(second), 200, "the new one, afterwards")


@test(seconds=60)
def without_an_overlap_the_old_password_is_void_at_once():
    with Exchange() as exchange:
        user, old = exchange.account(ACME, "102")
        new = exchange.command("device", "secret", ACME, user).split()[-1]
        with Line(exchange, ACME, (user, new)) as second:
            equal(status_for(second), 200, "the new one")
        with Line(exchange, ACME, (user, old)) as first:
            equal(status_for(first), 403, "the old one")


@test(seconds=60)
def a_command_replaces_a_secret_with_an_overlap_that_survives_a_restart():
    with Exchange() as exchange:
        user, old = exchange.account(ACME, "102")
        exchange.command_line("device", "secret", ACME, user, "--overlap", "600",
                              "--data", exchange.data)
        exchange.kill()
        exchange.start()
        with Line(exchange, ACME, (user, old)) as first:
            equal(status_for(first), 200, "the old one")
        true(former(exchange)[0], "it is seen to be the former one")
