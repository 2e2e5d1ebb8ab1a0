"""People of a company sign in by way of its own sign-in server, and nobody else does."""

import http.client
import json
import urllib.parse

from kit.case import equal, test, true
from kit.exchange import ACME, GLOBEX, Exchange
from kit.people import with_password
from kit.signin import CLIENT, SECRET, SignIn

ANN = {"sub": "7", "email": "Ann@acme.example", "email_verified": True, "name": "Ann"}
PASSWORD = "correct horse battery"


def at_home():
    """An exchange that may ask sign-in servers on this machine."""
    exchange = Exchange()
    exchange.flags = ["--sso-allow", "127.0.0.0/8"]
    return exchange


class Browser:
    """Follows redirects by hand and keeps cookies, of one person."""

    def __init__(self, exchange):
        self.exchange, self.cookies = exchange, {}

    def ask(self, url, method="GET", body=None):
        """Status, headers and text of one request."""
        at = urllib.parse.urlsplit(url)
        host = at.netloc or f"127.0.0.1:{self.exchange.http}"
        line = http.client.HTTPConnection(host, timeout=20)
        said = {"Content-Type": "application/json"}
        if self.cookies:
            said["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        path = f"{at.path}?{at.query}" if at.query else at.path
        line.request(method, path, None if body is None else json.dumps(body), said)
        answer = line.getresponse()
        text = answer.read()
        for cookie in answer.headers.get_all("Set-Cookie", []):
            name, _, value = cookie.split(";")[0].partition("=")
            self.cookies[name] = value
        line.close()
        return answer.status, answer.headers, text

    def set_out(self, mail):
        """Where the exchange sends it: to the sign-in server."""
        mail = urllib.parse.quote(mail)
        status, headers, text = self.ask(f"/api/v1/auth/sso?mail={mail}")
        equal(status, 302, f"the way to the server: {text}")
        cookie = headers["Set-Cookie"]
        for part in ["__Host-strowger-visit=", "Secure", "HttpOnly", "SameSite=Lax", "Path=/"]:
            true(part in cookie, f"{part} in {cookie}")
        return headers["Location"]

    def come_back(self, there):
        """What the server answers, and the fragment of the page where the exchange sends it."""
        status, headers, text = self.ask(there)
        equal(status, 302, f"the way back: {text}")
        return self.land(headers["Location"])

    def land(self, back):
        status, headers, text = self.ask(back)
        equal(status, 302, f"the callback: {text}")
        page, _, fragment = headers["Location"].partition("#")
        equal(page, f"http://127.0.0.1:{self.exchange.http}/sign-in", "the portal's page")
        return dict(urllib.parse.parse_qsl(fragment))

    def finish(self, code):
        status, _, text = self.ask("/api/v1/auth/sso/finish", "POST", {"code": code})
        return status, json.loads(text)

    def sign_in(self, mail):
        told = self.come_back(self.set_out(mail))
        true("code" in told, f"a code: {told}")
        status, tokens = self.finish(told["code"])
        equal(status, 200, f"the tokens: {tokens}")
        return tokens["access_token"]


def grant(exchange, domain, mail_domains):
    status, done = exchange.api(f"/api/v1/tenants/{domain}", "PATCH",
                                {"mail_domains": mail_domains}, {"If-Match": "*"})
    equal(status, 200, f"the grant: {done}")


def door(exchange, server, domain=ACME, **more):
    spec = {"name": "entra", "issuer": server.issuer, "client_id": CLIENT, "secret": SECRET,
            "domains": [ACME], "make_people": True, "role": "user", **more}
    status, made = exchange.api(f"/api/v1/tenants/{domain}/sso", "POST", spec)
    equal(status, 201, f"the sign-in server: {made}")
    true(SECRET not in json.dumps(made), "the secret is not shown")


def me(exchange, token):
    status, told = exchange.api("/api/v1/me", headers={"Authorization": f"Bearer {token}"})
    equal(status, 200, f"the own account: {told}")
    return told


def trail(exchange, action):
    entries = exchange.items(f"/api/v1/tenants/{ACME}/audit")
    return [entry for entry in entries if entry["action"] == action]


def login(exchange, mail, password=PASSWORD):
    status, _, text = Browser(exchange).ask(
        "/api/v1/auth/login", "POST", {"mail": mail, "password": password})
    return status, json.loads(text)


@test()
def a_person_becomes_one_of_the_company_as_she_comes_and_is_the_same_the_next_time():
    with SignIn() as server, at_home() as exchange:
        grant(exchange, ACME, [ACME])
        door(exchange, server)
        server.person = ANN
        first = me(exchange, Browser(exchange).sign_in("ann@acme.example"))
        equal((first["mail"], first["role"], first["owner_name"]),
              ("ann@acme.example", "user", ACME), "who she is")
        again = me(exchange, Browser(exchange).sign_in("ann@acme.example"))
        equal(again["id"], first["id"], "the same person")
        equal(server.refused, [], "what the server refused")
        equal(len(trail(exchange, "user.sign-on-bound")), 1, "she was bound once")
        equal([entry["after"]["factor"] for entry in trail(exchange, "user.signed-in")],
              ["sso", "sso"], "how she signed in")


@test()
def a_code_and_an_answer_are_good_once_and_in_the_browser_that_set_out_alone():
    with SignIn() as server, at_home() as exchange:
        grant(exchange, ACME, [ACME])
        door(exchange, server)
        server.person = ANN
        browser, thief = Browser(exchange), Browser(exchange)
        thief.set_out("ann@acme.example")
        _, headers, _ = browser.ask(browser.set_out("ann@acme.example"))
        back = headers["Location"]
        equal(thief.land(back), {"error": "refused"}, "the answer in another browser")
        code = browser.land(back)["code"]
        equal(browser.land(back), {"error": "refused"}, "the answer a second time")
        equal(thief.finish(code)[0], 401, "the code in another browser")
        equal(browser.finish(code)[0], 200, "the code")
        equal(browser.finish(code)[0], 401, "the code a second time")


@test()
def a_token_of_another_issuer_client_or_visit_lets_nobody_in_and_the_trail_says_why():
    bent = {
        "iss": "http://127.0.0.1:1", "aud": "another", "nonce": "another",
        "exp": 1, "email_verified": False, "email": "ann@elsewhere.example",
    }
    with SignIn() as server, at_home() as exchange:
        grant(exchange, ACME, [ACME])
        door(exchange, server)
        server.person = ANN
        for claim, value in bent.items():
            server.bend = lambda claims, claim=claim, value=value: {**claims, claim: value}
            browser = Browser(exchange)
            told = browser.come_back(browser.set_out("ann@acme.example"))
            equal(told, {"error": "refused"}, f"{claim}: {value}")
        why = {entry["after"]["why"] for entry in trail(exchange, "sso.refused")}
        equal(len(why), len(bent), f"reasons: {why}")
        users = exchange.items(f"/api/v1/tenants/{ACME}/users")
        equal([one for one in users if one["mail"].startswith("ann")], [], "people made")


@test()
def a_company_speaks_for_the_mail_domains_that_were_granted_to_it_alone():
    with SignIn() as server, at_home() as exchange:
        unknown = Browser(exchange).ask("/api/v1/auth/sso?mail=ann@nowhere.example")
        door(exchange, server, GLOBEX)
        claimed = Browser(exchange).ask("/api/v1/auth/sso?mail=ann@acme.example")
        grant(exchange, ACME, [ACME])
        without = Browser(exchange).ask("/api/v1/auth/sso?mail=ann@acme.example")
        told = [{**json.loads(text), "request": None} for _, _, text in
                (unknown, claimed, without)]
        equal(unknown[0], 404, "an unknown domain")
        equal(told[1:], told[:1] * 2, "one answer to all three")
        status, _ = exchange.api(f"/api/v1/tenants/{GLOBEX}", "PATCH",
                                 {"mail_domains": [ACME]}, {"If-Match": "*"})
        equal(status, 409, "a domain that is another's")


@test()
def where_the_server_is_the_only_way_passwords_open_nothing_but_the_admin_keeps_one():
    with SignIn() as server, at_home() as exchange:
        grant(exchange, ACME, [ACME])
        with_password(exchange, "ann@acme.example", "user", PASSWORD)
        with_password(exchange, "root@acme.example", "tenant-admin", PASSWORD)
        equal(login(exchange, "ann@acme.example")[0], 200, "before")
        door(exchange, server, enforced=True)
        refused = [login(exchange, mail, password) for mail, password in [
            ("ann@acme.example", PASSWORD), ("ann@acme.example", "wrong"),
            ("nobody@acme.example", "wrong"), ("root@acme.example", "wrong"),
        ]]
        for status, told in refused:
            equal((status, told["type"]), (403, "urn:strowger:problem:sign-on-needed"), "refused")
        equal(login(exchange, "root@acme.example")[0], 200, "the admin")
        server.person = {**ANN, "name": "Ann"}
        Browser(exchange).sign_in("ann@acme.example")
        status, told = exchange.api(f"/api/v1/tenants/{ACME}/users/ann@acme.example/reset",
                                    "POST")
        equal(status, 422, f"a new password: {told}")


@test()
def a_disabled_person_stays_out_and_a_full_plan_takes_nobody_in():
    with SignIn() as server, at_home() as exchange:
        grant(exchange, ACME, [ACME])
        door(exchange, server)
        server.person = ANN
        Browser(exchange).sign_in("ann@acme.example")
        one = f"/api/v1/tenants/{ACME}/users/ann@acme.example"
        equal(exchange.api(one, "PATCH", {"enabled": False}, {"If-Match": "*"})[0], 200, "out")
        browser = Browser(exchange)
        told = browser.come_back(browser.set_out("ann@acme.example"))
        equal(told, {"error": "refused"}, "a disabled person")
        plan = {"name": "tiny", "maximum": {"users": 0}}
        equal(exchange.api("/api/v1/plans", "POST", plan)[0], 201, "the plan")
        status, done = exchange.api(f"/api/v1/tenants/{ACME}", "PATCH", {"plan": "tiny"},
                                    {"If-Match": "*"})
        equal(status, 200, f"the plan is bought: {done}")
        server.person = {**ANN, "sub": "8", "email": "bo@acme.example"}
        browser = Browser(exchange)
        told = browser.come_back(browser.set_out("bo@acme.example"))
        equal(told, {"error": "quota"}, "nobody more fits")


@test()
def a_server_that_is_away_is_told_as_such_and_one_inside_is_not_asked():
    exchange = Exchange()
    with SignIn() as server, exchange:
        grant(exchange, ACME, [ACME])
        door(exchange, server)
        status, _, text = Browser(exchange).ask("/api/v1/auth/sso?mail=ann@acme.example")
        equal(status, 503, f"a server at an inside address: {text}")
        true("127.0.0.1" not in text.decode(), "which address it is stays unsaid")
