"""A person comes in by mail, signs in with an app, is copied, forgets the password, comes back."""

import json
import time
import urllib.error
import urllib.request

from kit.case import equal, test, true, wait_until
from kit.exchange import ACME, GLOBEX, Exchange
from kit.mailbox import Mailbox, code_of, text_of
from kit.totp import STEP, code, step_of_now

ANN, PASSWORD, OTHER = "ann@acme.example", "correct horse battery", "staple of green paper"


def ask(exchange, path, body=None, token=None, method="POST", headers=None):
    """Status, document and headers of a request of whoever holds the token, or of nobody."""
    said = {"Content-Type": "application/json", **(headers or {})}
    if token:
        said["Authorization"] = f"Bearer {token}"
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(
        f"http://127.0.0.1:{exchange.http}/api/v1/{path}", data, said, method=method)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            text = answer.read()
            return answer.status, json.loads(text) if text else None, answer.headers
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read()), error.headers


def made(exchange, mail):
    spec = {"mail": mail, "role": "tenant-admin", "display_name": "Ann"}
    status, user = exchange.api(f"/api/v1/tenants/{ACME}/users", "POST", spec)
    equal(status, 201, f"the person: {user}")


def login(exchange, password, **more):
    body = {"mail": ANN, "password": password, **more}
    return ask(exchange, "auth/login", body)


def welcome(exchange, mailbox):
    """Invites Ann, who sets her first password."""
    made(exchange, ANN)
    status, sent = exchange.api(f"/api/v1/tenants/{ACME}/users/{ANN}/invite", "POST")
    equal((status, sent["sent"], sent["link"]), (200, True, None), "the invitation")
    to, mail = mailbox.wait_for(0)
    equal(to, [ANN], "to whom")
    true("pbx@host.example" in mail["from"], f"from whom: {mail['from']}")
    true(mail.get_body(("html",)) is not None, "a letter in two forms")
    body = {"code": code_of(mail), "password": PASSWORD}
    equal(ask(exchange, "auth/invitation", body)[0], 204, "the first password")
    equal(ask(exchange, "auth/invitation", body)[0], 422, "the link a second time")


@test(seconds=120)
def a_person_is_invited_by_mail_signs_in_with_an_app_and_is_brought_back_by_mail():
    with Mailbox() as mailbox:
        exchange = Exchange()
        exchange.flags = mailbox.flags
        with exchange:
            welcome(exchange, mailbox)
            status, entered, _ = login(exchange, PASSWORD)
            equal(status, 200, f"the first login: {entered}")
            first = entered["tokens"]["access_token"]
            status, me, _ = ask(exchange, "me", token=first, method="GET")
            equal((status, me["mail"], me["owner_name"]), (200, ANN, ACME), "the own account")
            equal(ask(exchange, f"tenants/{ACME}/extensions", token=first, method="GET")[0], 200,
                  "the own company")
            equal(ask(exchange, f"tenants/{GLOBEX}/extensions", token=first, method="GET")[0], 404,
                  "another company")
            codes, refresh = with_an_app(exchange, first)
            copied(exchange, refresh)
            with_a_recovery_code(exchange, codes, first)
            forgotten(exchange, mailbox)


def with_an_app(exchange, first):
    """Sets an app and signs in with it; gives recovery codes and a refresh token."""
    status, offer, _ = ask(exchange, "me/totp", {"password": PASSWORD}, first)
    equal(status, 200, f"the secret: {offer}")
    # far enough from the end of a step, so that both codes are good until they are shown
    wait_until("a step begins", lambda: time.time() % STEP < STEP / 2, STEP)
    step = step_of_now()
    shown = {"code": code(offer["secret"], step - 1)}
    status, codes, _ = ask(exchange, "me/totp/confirm", shown, first)
    equal((status, len(codes["codes"])), (200, 10), "the first code of the app")
    status, begun, _ = login(exchange, PASSWORD)
    equal((status, begun["tokens"]), (200, None), "the password alone")
    challenge = begun["second_factor"]["challenge"]
    used = {"challenge": challenge, "totp": code(offer["secret"], step - 1)}
    equal(ask(exchange, "auth/second-factor", used)[0], 401, "a code that was used")
    fresh = {"challenge": challenge, "totp": code(offer["secret"], step)}
    status, entered, _ = ask(exchange, "auth/second-factor", fresh)
    equal(status, 200, f"the second factor: {entered}")
    return codes["codes"], entered["refresh_token"]


def copied(exchange, refresh):
    """A refresh token that comes twice ends its login."""
    status, renewed, _ = ask(exchange, "auth/refresh", {"refresh_token": refresh})
    equal(status, 200, f"new tokens: {renewed}")
    access = renewed["access_token"]
    equal(ask(exchange, "me", token=access, method="GET")[0], 200, "the new access token")
    equal(ask(exchange, "auth/refresh", {"refresh_token": refresh})[0], 401, "a second time")
    equal(ask(exchange, "me", token=access, method="GET")[0], 401, "the login has ended")


def with_a_recovery_code(exchange, codes, first):
    challenge = login(exchange, PASSWORD)[1]["second_factor"]["challenge"]
    spent = {"challenge": challenge, "recovery_code": codes[0].upper()}
    status, entered, _ = ask(exchange, "auth/second-factor", spent)
    equal(status, 200, f"the recovery code: {entered}")
    access = entered["access_token"]
    equal(ask(exchange, "auth/second-factor", spent)[0], 401, "the same code again")
    status, logins, _ = ask(exchange, "me/logins", token=access, method="GET")
    equal((status, len(logins["items"])), (200, 2), "where Ann is signed in")
    equal(ask(exchange, "me/logins", token=access, method="DELETE")[0], 204, "ends the others")
    equal(ask(exchange, "me", token=first, method="GET")[0], 401, "the other login")
    equal(ask(exchange, "me/totp/remove", {"password": PASSWORD}, access)[0], 204, "no app")


def forgotten(exchange, mailbox):
    # the invitation went out a moment ago, and a person gets one mail a minute
    before = len(mailbox.mails)
    equal(ask(exchange, "auth/reset-request", {"mail": "nobody@acme.example"})[0], 204, "nobody")

    def arrived():
        equal(ask(exchange, "auth/reset-request", {"mail": ANN})[0], 204, "Ann")
        return len(mailbox.mails) > before

    wait_until("the letter arrives", arrived, 75, every=2)
    to, mail = mailbox.wait_for(before)
    equal(to, [ANN], "to whom")
    true(PASSWORD not in text_of(mail), "no password in a letter")
    body = {"code": code_of(mail), "password": OTHER}
    equal(ask(exchange, "auth/reset", body)[0], 204, "the new password")
    equal(login(exchange, PASSWORD)[0], 401, "the old password")
    equal(login(exchange, OTHER)[0], 200, "the new password")


@test()
def guessers_wait_and_the_owners_device_does_not():
    with Mailbox() as mailbox:
        exchange = Exchange()
        exchange.flags = mailbox.flags
        with exchange:
            welcome(exchange, mailbox)
            _, _, headers = login(exchange, PASSWORD)
            cookie = headers["Set-Cookie"].split(";")[0]
            wrong = {"mail": ANN, "password": OTHER}
            statuses = [ask(exchange, "auth/login", wrong, headers={
                "X-Forwarded-For": "192.0.2.1"})[0] for _ in range(8)]
            true(429 in statuses, f"a guesser waits: {statuses}")
            right = {"mail": ANN, "password": PASSWORD}
            known = {"X-Forwarded-For": "192.0.2.1", "Cookie": cookie}
            equal(ask(exchange, "auth/login", right, headers=known)[0], 200, "the known device")


@test()
def without_a_mail_server_the_link_is_printed_for_whoever_sits_at_the_machine():
    with Exchange() as exchange:
        made(exchange, ANN)
        whom = ["--tenant", ACME, ANN, "--data", exchange.data]
        told = exchange.command_line("user", "invite", *whom).stdout
        body = {"code": told.split("#", 1)[1].split()[0], "password": PASSWORD}
        equal(ask(exchange, "auth/invitation", body)[0], 204, "the first password")
        status, entered, _ = login(exchange, PASSWORD, at=ACME)
        equal(status, 200, f"the login: {entered}")
        access = entered["tokens"]["access_token"]
        exchange.command_line("user", "logout", *whom)
        equal(ask(exchange, "me", token=access, method="GET")[0], 401, "after `user logout`")
