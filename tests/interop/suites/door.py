"""People come in by the front door's pages, in a real browser."""

import os

from kit.browser import Browser
from kit.case import equal, test, true
from kit.exchange import ACME, Exchange
from kit.mailbox import Mailbox, text_of
from kit.totp import code, step_of_now

ANN, PASSWORD, OTHER = "ann@acme.example", "correct horse battery", "staple of another horse"
SECRET = "return document.getElementById('secret').textContent;"
CODES = "return [...document.querySelectorAll('ol.codes li')].map(one => one.textContent);"
#: What a reader of screens meets: fields without a name, and pictures that say nothing.
NAMELESS = """
return [...document.querySelectorAll('input, button, a')].filter(one =>
    !(one.labels?.length || one.textContent.trim() || one.getAttribute('aria-label')))
    .map(one => one.outerHTML);
"""


class Portal:
    """An exchange at a name, its mails, and a browser before it."""

    def __enter__(self):
        self.mailbox = Mailbox()
        self.exchange = Exchange()
        self.base = f"http://localhost:{self.exchange.http}"
        self.exchange.flags = ["--portal", self.base, *self.mailbox.flags]
        self.exchange.__enter__()
        self.browser = Browser()
        self.browser.__enter__()
        return self

    def __exit__(self, *what):
        self.browser.__exit__(*what)
        self.exchange.__exit__(*what)
        self.mailbox.__exit__(*what)

    def invite(self, mail):
        """The link that somebody is sent."""
        users = f"/api/v1/tenants/{ACME}/users"
        spec = {"mail": mail, "role": "tenant-admin", "display_name": "Ann Lee"}
        equal(self.exchange.api(users, "POST", spec)[0], 201, "the person")
        equal(self.exchange.api(f"{users}/{mail}/invite", "POST")[0], 200, "the invitation")
        return self.link(0)

    def link(self, number):
        _, mail = self.mailbox.wait_for(number)
        return next(word for word in text_of(mail).split() if word.startswith(self.base))

    def look(self, name):
        """Nothing on the page is without a name; and what it looks like, where that is wanted."""
        equal(self.browser.run(NAMELESS), [], f"nameless things on {name}")
        folder = os.environ.get("STROWGER_PICTURES")
        if folder:
            self.browser.picture(os.path.join(folder, f"{name}.png"))

    def sign_in(self, password):
        self.browser.wait_for("Forgot your password?")
        self.browser.fill(mail=ANN, password=password)
        self.browser.press("Sign in")


@test(seconds=180)
def an_invited_person_comes_in_and_sets_an_app_and_a_passkey():
    with Portal() as portal:
        browser = portal.browser
        browser.open(portal.invite(ANN))
        browser.wait_for("Welcome")
        portal.look("invitation")
        browser.fill(password="short")
        browser.press("Set the password")
        true("Your password is set" not in browser.text(), "a short password")
        browser.fill(password=PASSWORD)
        browser.press("Set the password")
        browser.wait_for("Your password is set")
        portal.look("sign-in")
        portal.sign_in("wrong horse battery")
        browser.wait_for("That is not right")
        browser.open(f"{portal.base}/sign-in")
        portal.sign_in(PASSWORD)
        browser.wait_for("Your account")
        true("Ann Lee" in browser.text() and ACME in browser.text(), "whose account it is")
        portal.look("account")
        with_an_app(portal)
        with_a_passkey(portal)
        browser.press("Sign out")
        portal.sign_in(PASSWORD)
        browser.wait_for("One more step")
        portal.look("second-factor")
        browser.press("Use a passkey")
        browser.wait_for("Your account")
        browser.press("Sign out")
        browser.press("Sign in with a passkey")
        browser.wait_for("Your account")
        me = portal.exchange.items(f"/api/v1/tenants/{ACME}/audit")
        factors = [entry["after"]["factor"] for entry in me if entry["action"] == "user.signed-in"]
        equal(factors[:2], ["passkey", "second-passkey"], "how she signed in last")


def with_an_app(portal):
    browser = portal.browser
    browser.press("Set up an app")
    browser.fill(password=PASSWORD)
    browser.press("Set up an app")
    browser.wait_for("Scan this with the app")
    shown = browser.run("const it = document.querySelector('.picture');"
                        "await it.decode(); return it.naturalWidth;")
    true(shown >= 200, f"the code to scan: {shown} wide")
    portal.look("app")
    browser.fill(code=code(browser.run(SECRET), step_of_now()))
    browser.press("Go on")
    browser.wait_for("Recovery codes")
    equal(len(set(browser.run(CODES))), 10, "recovery codes")
    portal.look("codes")
    browser.press("I have kept them")
    browser.wait_for("Recovery codes left: 10")


def with_a_passkey(portal):
    browser = portal.browser
    browser.press("Add a passkey")
    browser.fill(password=PASSWORD)
    browser.press("Add a passkey")
    browser.wait_for("This device added")
    equal(len(browser.passkeys()), 1, "what the authenticator keeps")
    portal.look("passkey")


@test(seconds=180)
def whoever_forgot_the_password_gets_a_new_one_by_mail_and_a_reload_keeps_the_login():
    with Portal() as portal:
        browser = portal.browser
        portal.exchange.api(f"/api/v1/tenants/{ACME}/users", "POST",
                            {"mail": ANN, "role": "user"})
        browser.open(f"{portal.base}/reset")
        browser.fill(mail=ANN)
        browser.press("Send the mail")
        browser.wait_for("a mail is on its way")
        portal.look("reset")
        # she had no password yet, so it is the invitation
        link = portal.link(0)
        browser.open(link)
        browser.fill(password=OTHER)
        browser.press("Set the password")
        portal.sign_in(OTHER)
        browser.wait_for("Your account")
        browser.open(f"{portal.base}/account")
        browser.wait_for("Where you are signed in")
        browser.open(link)
        browser.fill(password=OTHER)
        browser.press("Set the password")
        browser.wait_for("The link or code")
        true(OTHER not in browser.run("return location.href;"), "what stands in the address")
