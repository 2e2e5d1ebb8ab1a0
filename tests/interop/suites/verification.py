"""Proof of who calls, looked at: a carrier played by SIPp signs by OpenSSL, its certificate is
fetched from a server within TLS, and the telephone that rings sees what came of it."""

import time

from kit.authority import Authority
from kit.case import equal, test, true
from kit.exchange import ACME, Exchange, free_port
from kit.line import Line, description
from kit.passport import written
from kit.publisher import Publisher
from kit.sipp import Sipp, registered
from suites.carriers import CARRIER, KEYS, NUMBER, PARIS, connected

DESK = f"/api/v1/tenants/{ACME}/inbound_routes/desk"
CALLER = PARIS[2:]
ORIGID = "0b7c1c1a-6c0f-4d7e-9d3e-2f3a5b1c4d5e"


def text_of(name):
    with open(name, encoding="ascii") as file:
        return file.read()


class Scene:
    """An exchange that trusts an authority, and a carrier that this authority has vouched for."""

    def __init__(self, rule, inside=True):
        self.exchange, self.rule = Exchange(), rule
        self.authority = Authority(self.exchange.folder)
        self.publisher = Publisher(self.authority)
        certificate, self.key = self.authority.vouch("carrier.example")
        self.publisher.pages["/chain.pem"] = text_of(certificate)
        self.exchange.env = {"SSL_CERT_FILE": self.authority.certificate}
        self.exchange.flags = ["--stir-trust", self.authority.certificate]
        self.exchange.flags += ["--stir-allow", "127.0.0.0/8"] if inside else []

    def __enter__(self):
        self.publisher.__enter__()
        self.exchange.__enter__()
        connected(self.exchange, [f"{CARRIER}:{free_port(CARRIER)}"])
        status, _ = self.exchange.api(DESK, "PATCH", {"proof": self.rule}, {"If-Match": "*"})
        equal(status, 200, "the rule for proofs")
        return self

    def __exit__(self, *_):
        self.exchange.__exit__()
        self.publisher.__exit__()

    def proof(self, url=None, **more):
        claims = {"attest": "A", "dest": {"tn": [NUMBER[1:]]}, "iat": int(time.time()),
                  "orig": {"tn": CALLER}, "origid": ORIGID, **more}
        return written(self.key, url or self.publisher.url("/chain.pem"), "shaken", claims)

    def rung(self, proof):
        """Calls with a proof; the INVITE that 101's telephone got, and the record."""
        exchange, port = self.exchange, free_port()
        account = exchange.account(ACME, "101")
        registered(exchange, account, port)
        with Sipp(exchange, "callee", port=port) as phone:
            phone.ready()
            with Sipp(exchange, "carrier_caller_signed", port=free_port(CARRIER), ip=CARRIER,
                      keys={**KEYS, "callee": NUMBER, "identity": proof}) as carrier:
                carrier.wait()
            phone.wait()
            invite = [m for m in phone.messages(received=True) if m.start.startswith("INVITE")][0]
        return invite, exchange.one_cdr()

    def refused(self, *headers):
        """Calls with these headers; the final status, and the record."""
        with Line(self.exchange, "carrier.example", (f"+{CALLER}", ""), ip=CARRIER) as caller:
            answer = caller.ask(caller.compose(
                "INVITE", f"sip:{NUMBER}@{self.exchange.ip}", headers=list(headers),
                body=description(CARRIER, 9)))
        return answer.status, self.exchange.one_cdr()


def asserted(invite):
    return invite["p-asserted-identity"]


def verdict(cdr):
    return cdr["legs"][0]["by_trunk"]["proof"]


@test()
def a_call_that_is_signed_by_whom_an_authority_vouches_for_rings_as_proved():
    with Scene("valid") as scene:
        invite, cdr = scene.rung(scene.proof())
        equal(asserted(invite),
              f"<sip:+{CALLER};verstat=TN-Validation-Passed@{ACME};user=phone>", "what it sees")
        equal(invite["identity"], "", "the proof itself stays here")
        kept = verdict(cdr)
        equal((kept["verdict"], kept["attestation"]), ("valid", "A"), "the record")
        true(any(step["rule"] == "proof.valid" for step in cdr["explanation"]), "explained")
        equal(scene.publisher.asked, ["/chain.pem"], "what was fetched")
        figures = scene.exchange.metrics()
        name = 'strowger_caller_proofs_total{verdict="valid"}'
        equal(figures[name], 1.0, "the figure")


@test()
def a_call_with_the_proof_of_another_call_rings_as_not_proved_where_that_is_only_told():
    with Scene("told") as scene:
        invite, cdr = scene.rung(scene.proof(orig={"tn": "442071838750"}))
        equal(asserted(invite),
              f"<sip:+{CALLER};verstat=TN-Validation-Failed@{ACME};user=phone>", "what it sees")
        equal(verdict(cdr)["verdict"], "invalid", "the record")


@test()
def a_call_with_a_wrong_proof_is_refused_where_the_company_asks_for_better():
    with Scene("not_wrong") as scene:
        wrong = scene.proof(orig={"tn": "442071838750"})
        status, cdr = scene.refused(f"Identity: {wrong}")
        equal(status, 438, "Invalid Identity Header")
        equal(verdict(cdr)["verdict"], "invalid", "the record")
        equal(cdr["end"]["sip_status"], 438, "how it ended")
        equal(cdr["end"]["by"], "policy", "by whom")


@test()
def a_call_without_a_proof_is_refused_where_one_must_be_given():
    with Scene("given") as scene:
        status, cdr = scene.refused()
        equal(status, 428, "Use Identity Header")
        equal(verdict(cdr)["verdict"], "missing", "the record")
        equal(scene.publisher.asked, [], "nothing was fetched")


@test()
def a_certificate_that_is_not_there_or_inside_cannot_be_got():
    for inside, path in ((True, "/other.pem"), (False, "/chain.pem")):
        with Scene("valid", inside) as scene:
            proof = scene.proof(scene.publisher.url(path))
            status, cdr = scene.refused(f"Identity: {proof}")
            equal(status, 436, "Bad Identity-Info")
            equal(verdict(cdr)["verdict"], "unfetchable", "the record")
            equal(scene.publisher.asked, [path] if inside else [], "who was asked")


@test()
def a_certificate_of_an_unknown_authority_proves_nothing():
    with Scene("valid") as scene:
        other = Authority(f"{scene.exchange.folder}/other")
        certificate, scene.key = other.vouch("carrier.example")
        scene.publisher.pages["/chain.pem"] = text_of(certificate)
        status, cdr = scene.refused(f"Identity: {scene.proof()}")
        equal(status, 437, "Unsupported Credential")
        equal(verdict(cdr)["verdict"], "untrusted", "the record")
