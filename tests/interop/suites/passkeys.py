"""Somebody registers a passkey in a real browser, and signs in with it."""

from kit.browser import Browser
from kit.case import equal, test, true
from kit.exchange import ACME, Exchange
from kit.people import with_password
from kit.totp import code, step_of_now

ANN, PASSWORD = "ann@acme.example", "correct horse battery"

# what a portal does: docs/guide/signon.md
POST = """
const post = async (path, body, token) => {
    const headers = {'Content-Type': 'application/json'};
    if (token) headers.Authorization = `Bearer ${token}`;
    const answer = await fetch('/api/v1/' + path,
        {method: 'POST', headers, body: JSON.stringify(body)});
    return {status: answer.status, body: await answer.json().catch(() => null)};
};
"""

REGISTER = POST + """
const [mail, password] = given;
const entered = await post('auth/login', {mail, password});
const token = entered.body.tokens.access_token;
const offer = await post('me/passkeys/begin', {password}, token);
const credential = await navigator.credentials.create(
    {publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(offer.body)});
return post('me/passkeys', {name: 'This browser', credential: credential.toJSON()}, token);
"""

SIGN_IN = POST + """
const offer = await post('auth/passkey/begin', {});
const credential = await navigator.credentials.get(
    {publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(offer.body)});
const answer = {credential: credential.toJSON()};
return [await post('auth/passkey/finish', answer), await post('auth/passkey/finish', answer)];
"""

SECOND = POST + """
const [mail, password] = given;
const {second_factor: {challenge}} = (await post('auth/login', {mail, password})).body;
const offer = await post('auth/second-factor/passkey', {challenge});
const credential = await navigator.credentials.get(
    {publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(offer.body)});
return post('auth/second-factor', {challenge, passkey: credential.toJSON()});
"""


def at_a_portal():
    """An exchange whose portal is at a name, as passkeys need one."""
    exchange = Exchange()
    exchange.flags = ["--portal", f"http://localhost:{exchange.http}"]
    return exchange


def with_an_app(exchange):
    """Sets an app: from then on the password alone opens nothing."""
    entered = exchange.api("/api/v1/auth/login", "POST", {"mail": ANN, "password": PASSWORD})[1]
    token = {"Authorization": f"Bearer {entered['tokens']['access_token']}"}
    status, offer = exchange.api("/api/v1/me/totp", "POST", {"password": PASSWORD}, token)
    equal(status, 200, f"the secret: {offer}")
    shown = {"code": code(offer["secret"], step_of_now())}
    equal(exchange.api("/api/v1/me/totp/confirm", "POST", shown, token)[0], 200, "the app")


def page(exchange):
    """A page of the portal's origin: without one there is nothing but the API's description."""
    return f"http://localhost:{exchange.http}/api/v1/openapi.json"


@test(seconds=120)
def a_passkey_is_registered_in_a_browser_and_signs_in_without_a_name():
    with at_a_portal() as exchange, Browser() as browser:
        with_password(exchange, ANN, "user", PASSWORD)
        browser.open(page(exchange))
        added = browser.run(REGISTER, ANN, PASSWORD)
        equal((added["status"], added["body"]["name"]), (200, "This browser"), f"added: {added}")
        kept = browser.passkeys()
        equal((len(kept), kept[0]["rpId"]), (1, "localhost"), "what the authenticator keeps")
        entered, again = browser.run(SIGN_IN)
        equal(entered["status"], 200, f"signed in: {entered}")
        equal(again["status"], 401, "the same answer again")
        token = entered["body"]["access_token"]
        status, me = exchange.api("/api/v1/me", headers={"Authorization": f"Bearer {token}"})
        equal((status, me["mail"]), (200, ANN), "who it is")
        entries = exchange.items(f"/api/v1/tenants/{ACME}/audit")
        factors = [entry["after"]["factor"] for entry in entries
                   if entry["action"] == "user.signed-in"]
        true("passkey" in factors, f"how she signed in: {factors}")


@test(seconds=120)
def a_passkey_in_a_browser_stands_in_for_the_code_of_an_app():
    with at_a_portal() as exchange, Browser() as browser:
        with_password(exchange, ANN, "user", PASSWORD)
        browser.open(page(exchange))
        equal(browser.run(REGISTER, ANN, PASSWORD)["status"], 200, "the passkey")
        with_an_app(exchange)
        entered = browser.run(SECOND, ANN, PASSWORD)
        equal(entered["status"], 200, f"signed in: {entered}")


@test(seconds=120)
def an_authenticator_that_does_not_verify_its_owner_makes_no_passkey():
    with at_a_portal() as exchange, Browser() as browser:
        with_password(exchange, ANN, "user", PASSWORD)
        browser.open(page(exchange))
        browser.verified(False)
        try:
            browser.run(REGISTER, ANN, PASSWORD)
        except AssertionError as refused:
            true("NotAllowedError" in str(refused), f"refused by the browser: {refused}")
        else:
            raise AssertionError("a passkey without its owner")
        equal(browser.passkeys(), [], "what the authenticator keeps")
