"""Certificates that come by themselves: an exchange asks an authority of ours by ACME, phones
verify what they are shown, and what fails leaves the old certificate in use."""

import os
import shutil
import socket
import ssl

from kit.acme import AcmeServer, Refusal
from kit.authority import Authority
from kit.baresip import Phone
from kit.case import equal, record_for, test, true, wait_until
from kit.database import Database
from kit.exchange import ACME, Exchange
from kit.nameserver import NameServer
from suites.features import ANNA, BERT, hears

HOST = "sip.acme.example"
CODEC = "PCMU/8000/1"
CERTIFICATES = "/api/v1/certificates"
LEFT = f'strowger_certificate_seconds_left{{name="{HOST}"}}'


class Scene:
    """An exchange that wants a certificate for a host, and the authority that it asks."""

    def __init__(self, external=None, names=HOST, **kind):
        self.exchange = Exchange().also_speaks("tls")
        self.authority = Authority(self.exchange.folder)
        self.server = AcmeServer(
            self.authority, lambda: [self.exchange.http], external=external, **kind)
        self.flags = [
            "--acme-directory", self.server.directory, "--acme-terms", "yes",
            "--acme-names", names, "--acme-contact", "ann@acme.example",
            "--acme-trust", self.authority.certificate,
        ]
        self.exchange.flags += self.flags

    def __enter__(self):
        self.server.__enter__()
        self.exchange.start()
        return self

    def __exit__(self, *how):
        self.exchange.__exit__(*how)
        self.server.__exit__(*how)

    def shown(self, name=HOST):
        """How the name stands, as operators see it."""
        return next((one for one in self.exchange.items(CERTIFICATES) if one["name"] == name), None)

    def wait(self, what, condition, seconds=30):
        return wait_until(what, lambda: (one := self.shown()) and condition(one) and one, seconds)

    def given(self):
        return self.wait("a certificate", lambda one: one["issuer"])

    def open_line(self, name=HOST, node=None):
        """A line within TLS to whoever proves the name."""
        believing = ssl.create_default_context(cafile=self.authority.certificate)
        node = node or self.exchange
        line = socket.create_connection((node.ip, node.port_of("tls")), 5)
        return believing.wrap_socket(line, server_hostname=name)

    def proves(self, name=HOST, node=None):
        """The number of the certificate that proves the name; none while nothing does."""
        try:
            with self.open_line(name, node) as line:
                return line.getpeercert()["serialNumber"]
        except (ssl.SSLError, ConnectionError):
            return None

    def certificate(self):
        return wait_until("TLS proves the name", self.proves)


@test(listens=True, seconds=90)
def phones_that_verify_register_and_talk_once_the_certificate_has_come():
    records = {(HOST, "A"): ["127.0.0.1"]}
    with Scene() as scene, NameServer(records) as names:
        shown = scene.given()
        equal((shown["source"], shown["problem"], shown["failures"]), ("acme", None, 0), "it")
        equal(shown["issuer"], "CN=an authority", "who vouches for it")
        equal(scene.server.contacts, [["mailto:ann@acme.example"]], "whom the authority knows")
        scene.certificate()
        more = {"host": HOST, "trusted": scene.authority.certificate,
                "config": f"dns_server {names.at}\n"}
        with Phone(scene.exchange, ACME, "101", "tls", f"ausine,{ANNA}", CODEC, **more) as anna, \
                Phone(scene.exchange, ACME, "102", "tls", f"ausine,{BERT}", CODEC, **more) as bert:
            anna.dial("102")
            bert.wait_established()
            record_for(4)
            anna.hang_up()
            bert.wait_over()
            hears(anna, BERT)
            hears(bert, ANNA)
        equal(scene.exchange.one_cdr()["end"]["sip_status"], 200, "status of the record")
        figures = scene.exchange.metrics()
        left = figures[LEFT]
        true(0 < left <= 2 * 86400, f"seconds left: {left}")
        equal(figures["strowger_certificates_given_total"], 1, "given")


@test()
def a_restart_asks_nobody_again_and_shows_the_same_certificate():
    with Scene() as scene:
        scene.given()
        before, asked = scene.certificate(), len(scene.server.asked)
        scene.exchange.stop()
        scene.exchange.start()
        equal(scene.proves(), before, "the certificate at once after the start")
        # what is left is counted by a look at what is due
        wait_until("a look at what is due", lambda: LEFT in scene.exchange.metrics())
        equal(len(scene.server.asked), asked, "what the authority was asked")


@test(seconds=120)
def a_short_lived_certificate_is_renewed_in_time_and_lines_that_are_open_stay():
    with Scene(seconds=30) as scene:
        scene.given()
        before = scene.certificate()
        with scene.open_line() as line:
            wait_until("another certificate", lambda: scene.proves() not in (None, before), 60)
            line.sendall(b"\r\n\r\n")
            equal(line.recv(2), b"\r\n", "the open line is answered")
        equal(len(scene.server.accounts), 1, "accounts")
        true(scene.exchange.metrics()["strowger_certificates_refused_total"] == 0, "no failure")


@test(seconds=120)
def while_the_authority_fails_the_old_certificate_stays_and_pauses_grow():
    with Scene(seconds=90) as scene:
        scene.given()
        before = scene.certificate()
        scene.server.refusal = Refusal("rateLimited", "come again later", 429, {"Retry-After": "3"})
        status, _ = scene.exchange.api(f"{CERTIFICATES}/{HOST}/renew", "POST")
        equal(status, 200, "asking anew")
        failed = scene.wait("two failures", lambda one: one["failures"] >= 2)
        true("asked too often" in failed["problem"], failed["problem"])
        true("come again later" in failed["problem"], failed["problem"])
        equal(scene.proves(), before, "what TLS shows meanwhile")
        listed = scene.exchange.command_line(
            "certificate", "list", "--data", scene.exchange.data).stdout
        true(HOST in listed and "too often" in listed, listed)
        refused = scene.exchange.metrics()["strowger_certificates_refused_total"]
        true(refused >= 2, f"failures counted: {refused}")
        scene.server.refusal = None
        scene.wait("a success", lambda one: not one["failures"] and not one["problem"])
        wait_until("the new one is shown", lambda: scene.proves() not in (None, before))
        audit = [entry["action"] for entry in scene.exchange.items("/api/v1/audit")]
        for action in ("certificate.given", "certificate.asked", "certificate.refused"):
            true(action in audit, f"{action} in the audit trail: {audit}")


@test()
def an_authority_with_odd_nonces_and_an_external_account_is_served():
    secret = "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0"
    scene = Scene(external=("key-1", secret))
    scene.server.strangers = 1
    scene.exchange.flags += ["--acme-eab-id", "key-1"]
    scene.exchange.env["STROWGER_ACME_EAB_KEY"] = secret
    with scene:
        scene.given()
        scene.certificate()


@test()
def a_name_that_does_not_lead_here_is_told_in_plain_words():
    scene = Scene()
    scene.server.ports = lambda: [9]
    with scene:
        failed = scene.wait("a failure", lambda one: one["problem"])
        true("does not reach the exchange" in failed["problem"], failed["problem"])
        true(failed["next"] > failed["tried"], f"the next try: {failed}")
        equal(failed["issuer"], None, "no certificate yet")
        equal(scene.proves(), None, "nothing proves the name")


@test()
def a_file_of_the_operator_wins_and_nobody_is_asked_for_its_name():
    scene = Scene(names=f"{HOST},other.acme.example")
    paper = scene.authority.vouch(HOST)
    scene.exchange.flags += ["--sip-certificate", paper[0], "--sip-key", paper[1]]
    with scene:
        wait_until("the other name is proved", lambda: scene.proves("other.acme.example"))
        true(scene.proves(), "the file's name is proved")
        equal(set(scene.server.looked), {"other.acme.example"}, "names that were looked at")
        equal(scene.shown()["source"], "file", "where the first comes from")
        status, _ = scene.exchange.api(f"{CERTIFICATES}/{HOST}/renew", "POST")
        equal(status, 422, "asking for a file anew")


@test()
def advice_to_renew_at_once_is_followed():
    scene = Scene(seconds=3600)
    scene.server.window = ("2020-01-01T00:00:00Z", "2020-01-02T00:00:00Z")
    with scene:
        scene.given()
        before = scene.certificate()
        wait_until("another certificate", lambda: scene.proves() not in (None, before))


@test(seconds=180)
def nodes_of_one_store_answer_for_each_other_and_show_one_certificate():
    scene = Scene()
    one = scene.exchange
    other = Exchange().also_speaks("tls")
    with Database() as database:
        one.command_line("migrate", "--from", f"sqlite:{one.data}", "--to", database.worker)
        shutil.copy(os.path.join(one.data, "master.key"), os.path.join(other.data, "master.key"))
        one.store = other.store = database.worker
        other.token = one.token
        other.flags += scene.flags
        # the authority believes only what both of them say, and gives nothing before both are there
        scene.server.ports = lambda: [one.http, other.http]
        scene.server.refusal = Refusal("serverInternal", "not yet", 500)
        with scene, other:
            scene.wait("a failure", lambda shown: shown["failures"])
            scene.server.refusal = None
            status, _ = other.api(f"{CERTIFICATES}/{HOST}/renew", "POST")
            equal(status, 200, "asking anew")
            first = scene.certificate()
            wait_until("the other shows it too", lambda: scene.proves(node=other) == first)
            equal(len(scene.server.looked), 1, "attempts that came to a look")
            given = [node.metrics()["strowger_certificates_given_total"] for node in (one, other)]
            equal(sum(given), 1, "given to both together")


@test()
def the_key_is_nowhere_in_the_data_folder_in_the_clear():
    with Scene() as scene:
        scene.given()
        for folder, _, files in os.walk(scene.exchange.data):
            # what the trial made for itself is no key of an authority's certificate
            for file in set(files) - {"sip.key"}:
                with open(os.path.join(folder, file), "rb") as content:
                    true(b"PRIVATE KEY" not in content.read(), f"no key in {file}")
