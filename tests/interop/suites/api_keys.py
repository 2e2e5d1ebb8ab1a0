"""A company's keys: they do what they may and no more, get new texts, end; and what the account
above takes away is gone with the next request."""

import datetime

from kit.case import equal, test, true, wait_until
from kit.exchange import ACME, GLOBEX, Exchange
from suites.people import ask

TENANT = f"tenants/{ACME}"


def make(exchange, by, name, **more):
    status, made, _ = ask(exchange, f"{TENANT}/tokens", {"name": name, **more}, by)
    equal(status, 201, f"the key {name}: {made}")
    return made


def get(exchange, key, path):
    """Status of a look, and what was said."""
    status, said, _ = ask(exchange, path, token=key, method="GET")
    return status, said


def lower(exchange, deny):
    """What the operator takes from everybody in the company."""
    status, said = exchange.api(
        f"/api/v1/{TENANT}", "PATCH", {"ceiling": {"deny": deny}}, {"If-Match": "*"})
    equal(status, 200, f"the ceiling: {said}")


def soon(seconds):
    end = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)
    return end.strftime("%Y-%m-%dT%H:%M:%SZ")


@test(seconds=120)
def a_companys_keys_do_what_they_may_get_new_texts_end_and_are_cut_from_above():
    with Exchange() as exchange:
        admin = make(exchange, exchange.token, "admin")["key"]
        crm = scoped(exchange, admin)
        rotated(exchange, admin, crm)
        expired(exchange, admin)
        cut(exchange, admin)
        listed(exchange, crm["id"])


def scoped(exchange, admin):
    crm = make(exchange, admin, "crm", scopes=["cdr.read", "extension.*"])
    equal(get(exchange, crm["key"], f"{TENANT}/extensions")[0], 200, "what it may read")
    status, said, _ = ask(exchange, f"{TENANT}/extensions", {"number": "177"}, crm["key"])
    equal(status, 201, f"what it may make: {said}")
    status, said = get(exchange, crm["key"], f"{TENANT}/devices")
    equal((status, "device.read" in said["detail"]), (403, True), f"what it may not: {said}")
    equal(get(exchange, crm["key"], f"tenants/{GLOBEX}/extensions")[0], 404, "another company")
    more = {"name": "more", "scopes": ["cdr.read"]}
    equal(ask(exchange, f"{TENANT}/tokens", more, crm["key"])[0], 403, "keys of its own")
    return crm


def rotated(exchange, admin, crm):
    """Over HTTP, then at the console; the exchange does not stop."""
    path = f"{TENANT}/tokens/{crm['id']}/rotate"
    status, turned, _ = ask(exchange, path, {"overlap_seconds": 3}, admin)
    equal(status, 200, f"the new text: {turned}")
    equal(get(exchange, crm["key"], "whoami")[0], 200, "the former text, at first")
    equal(get(exchange, turned["key"], "whoami")[0], 200, "the new text")
    wait_until("the overlap is over", lambda: get(exchange, crm["key"], "whoami")[0] == 401, 10)
    equal(get(exchange, turned["key"], "whoami")[0], 200, "the new text, alone")
    said = exchange.command_line(
        "token", "rotate", crm["id"], "--overlap", "0", "--data", exchange.data)
    equal(get(exchange, turned["key"], "whoami")[0], 401, "a text without an overlap")
    third = said.stdout.splitlines()[1]
    equal(get(exchange, third, f"{TENANT}/extensions")[0], 200, "the third text")


def expired(exchange, admin):
    short = make(exchange, admin, "short", expires=soon(3))
    equal(get(exchange, short["key"], "whoami")[0], 200, "before its end")
    status, said, _ = ask(exchange, f"{TENANT}/tokens", {"name": "long"}, short["key"])
    equal(status, 403, f"a key that outlives its maker: {said}")
    wait_until("the key ends", lambda: get(exchange, short["key"], "whoami")[0] == 401, 10)


def cut(exchange, admin):
    equal(get(exchange, admin, f"{TENANT}/webhooks")[0], 200, "without a ceiling")
    lower(exchange, ["webhook.*"])
    status, said = get(exchange, admin, f"{TENANT}/webhooks")
    equal((status, "webhook.read" in said["detail"]), (403, True), f"under it: {said}")
    true("webhook.read" not in get(exchange, admin, "whoami")[1]["permissions"], "whoami")
    equal(exchange.api(f"/api/v1/{TENANT}/webhooks")[0], 200, "the operator is above it")
    equal(get(exchange, admin, TENANT)[1]["ceiling"], {"deny": ["webhook.*"]}, "it is seen")
    status, said, _ = ask(exchange, TENANT, {"ceiling": {"deny": []}}, admin, "PATCH",
                          {"If-Match": "*"})
    equal(status, 403, f"nobody lifts the own ceiling: {said}")
    lower(exchange, [])
    equal(get(exchange, admin, f"{TENANT}/webhooks")[0], 200, "when it is lifted")


def listed(exchange, key):
    """The last use is in the store after the exchange has ended in peace."""
    status, shown = exchange.api(f"/api/v1/{TENANT}/tokens/{key}")
    equal((status, shown["last_used"] is not None), (200, True), f"the last use: {shown}")
    used = shown["last_used"]
    exchange.stop()
    said = exchange.command_line("token", "show", key, "--data", exchange.data).stdout
    true(used in said and "cdr.read extension.*" in said, f"at the console: {said}")
