"""Proof of who calls: a real phone calls by a carrier played by SIPp, and what the carrier gets is
checked by OpenSSL against the certificates that the exchange publishes."""

import email.utils
import time
import urllib.request

from kit.authority import Authority
from kit.case import equal, test, true
from kit.exchange import ACME, Exchange, free_port
from kit.line import Line, description
from kit.passport import Passport, written
from suites.carriers import CARRIER, NUMBER, PARIS, USER, WORD, carrier, connected, made
from suites.features import ANNA, tone
from suites.forwards import MADRID, forwards

COMPANY = f"/api/v1/tenants/{ACME}"
X5U = "https://pbx.operator.example/.well-known/stir/{id}.pem"


def text_of(name):
    with open(name, encoding="ascii") as file:
        return file.read()


def signing_key(exchange, authority, owner, **more):
    """A key with its certificates at an owner; the document's id."""
    certificate, key = authority.vouch("shaken.operator.example")
    chain = text_of(certificate) + text_of(authority.certificate)
    return made(exchange, f"{owner}/signing_keys", {
        "name": "shaken", "certificates": chain, "x5u": X5U, "secret": text_of(key), **more})["id"]


def published(exchange, key):
    """The certificates as anybody fetches them, without a key of the API."""
    at = f"http://127.0.0.1:{exchange.http}/.well-known/stir/{key}.pem"
    with urllib.request.urlopen(at, timeout=10) as answer:
        equal(answer.headers["content-type"], "application/pem-certificate-chain", "what it is")
        return answer.read().decode()


def called(exchange, port, dialled):
    """Anna calls; the last INVITE that the carrier got."""
    with carrier(exchange, "carrier_callee", port) as other, tone(exchange, "101", ANNA) as anna:
        other.ready()
        anna.dial(dialled)
        anna.wait_established()
        anna.hang_up()
        anna.wait_over()
        other.wait()
        return [m for m in other.messages(received=True) if m.start.startswith("INVITE")][-1]


def checked(exchange, authority, key, invite):
    """The proof of an INVITE, after OpenSSL has agreed."""
    proof = Passport(invite)
    equal(proof.header, {"alg": "ES256", "ppt": "shaken", "typ": "passport",
                         "x5u": X5U.replace("{id}", key)}, "the header")
    equal(proof.parameters, {"info": f"<{X5U.replace('{id}', key)}>", "alg": "ES256",
                             "ppt": "shaken"}, "parameters of Identity")
    proof.check(exchange.folder, published(exchange, key), authority.certificate)
    dated = email.utils.parsedate_to_datetime(proof.date).timestamp()
    equal(proof.claims["iat"], int(dated), "Date and the time of the proof")
    true(abs(time.time() - dated) < 60, f"signed at {proof.date}")
    return proof.claims


@test(listens=True)
def a_call_to_a_carrier_is_signed_in_full_by_the_companys_own_key():
    with Exchange() as exchange:
        authority, port = Authority(exchange.folder), free_port(CARRIER)
        connected(exchange, [f"{CARRIER}:{port}"], attestation="full")
        key = signing_key(exchange, authority, COMPANY)
        invite = called(exchange, port, PARIS)
        claims = checked(exchange, authority, key, invite)
        equal(claims["orig"], {"tn": NUMBER[1:]}, "who calls")
        equal(claims["dest"], {"tn": ["33140205050"]}, "who is called")
        equal(claims["attest"], "A", "how far it is vouched for")
        cdr = exchange.one_cdr()
        vouched = cdr["legs"][-1]["by_trunk"]["vouched"]
        equal(vouched, {"attestation": "A", "signing_key": key, "origid": claims["origid"]},
              "what the record names")
        true(any(step["rule"] == "attestation.signed" for step in cdr["explanation"]), "explained")
        _, told = exchange.api(f"{COMPANY}/routes:explain", "POST",
                               {"extension": "101", "called": PARIS})
        equal(told["steps"][0]["attestation"], "A", "what would be attested")


@test(listens=True)
def the_operators_key_signs_for_those_it_is_shared_with_and_no_further_than_the_trunk_may():
    with Exchange() as exchange:
        authority, port = Authority(exchange.folder), free_port(CARRIER)
        made(exchange, "/api/v1/trunks", {
            "name": "shared", "mode": "peer", "peers": [f"sip:{CARRIER}:{port}"],
            "sources": [CARRIER], "username": USER, "secret": WORD, "identity": "asserted",
            "attestation": "partial", "shared_with": [ACME]})
        made(exchange, "/api/v1/numbers", {"number": NUMBER, "tenant": ACME, "state": "assigned"})
        made(exchange, f"{COMPANY}/outbound_routes", {
            "name": "abroad", "patterns": [{"prefix": "00", "min": 6}], "strip": 2, "prepend": "+",
            "trunks": ["shared"], "ring_seconds": 30})
        key = signing_key(exchange, authority, "/api/v1", shared_with=[ACME])
        claims = checked(exchange, authority, key, called(exchange, port, PARIS))
        equal(claims["attest"], "B", "the trunk claims no more")
        status, _ = exchange.api("/api/v1/signing_keys/shaken", "PATCH", {"enabled": False},
                                 {"If-Match": "*"})
        equal(status, 200, "the key is switched off")
        invite = called(exchange, port, PARIS)
        equal(invite["identity"], "", "nobody vouches for it, and the call goes on")


@test(listens=True)
def a_call_for_help_is_signed_for_the_service_that_was_asked():
    with Exchange() as exchange:
        authority, port = Authority(exchange.folder), free_port(CARRIER)
        connected(exchange, [f"{CARRIER}:{port}"], attestation="full", emergency_uri="urn")
        made(exchange, f"{COMPANY}/outbound_routes", {
            "name": "help", "emergency": True, "trunks": ["carrier"], "ring_seconds": 30})
        key = signing_key(exchange, authority, COMPANY)
        claims = checked(exchange, authority, key, called(exchange, port, "112"))
        equal(claims["dest"], {"uri": ["urn:service:sos"]}, "who is called")
        equal(claims["attest"], "A", "how far it is vouched for")


@test()
def a_call_that_is_sent_on_abroad_has_its_callers_proof_and_one_of_who_sends_it():
    theirs = "https://certificates.carrier.example/chain.pem"
    with Exchange() as exchange:
        authority, port = Authority(exchange.folder), free_port(CARRIER)
        connected(exchange, [f"{CARRIER}:{port}"], attestation="full", passes_caller=True)
        key = signing_key(exchange, authority, COMPANY)
        forwards(exchange, "101", always=MADRID)
        _, other = authority.vouch("carrier.example")
        proof = written(other, theirs, "shaken", {
            "attest": "A", "dest": {"tn": [NUMBER[1:]]}, "iat": int(time.time()),
            "orig": {"tn": PARIS[2:]}, "origid": "0b7c1c1a-6c0f-4d7e-9d3e-2f3a5b1c4d5e"})
        with carrier(exchange, "carrier_callee", port) as madrid, \
                Line(exchange, "carrier.example", (f"+{PARIS[2:]}", ""), ip=CARRIER) as caller:
            madrid.ready()
            within = {"call_id": "sent-on", "sender": f"<{caller.aor}>;tag=theirs"}
            answer = caller.ask(caller.compose(
                "INVITE", f"sip:{NUMBER}@{exchange.ip}", headers=[f"Identity: {proof}"],
                body=description(CARRIER, 9), **within))
            equal(answer.status, 200, "the call is taken in Madrid")
            within["to"] = answer["to"]
            caller.send(caller.compose("ACK", answer.contact, cseq=1, **within))
            equal(caller.ask(caller.compose("BYE", answer.contact, cseq=2, **within)).status, 200,
                  "the end of it")
            madrid.wait()
            invites = [m for m in madrid.messages(received=True) if m.start.startswith("INVITE")]
        invite = invites[-1]
        true(f"<sip:+{PARIS[2:]}@" in invite["from"], invite["from"])
        equal(invite.all("identity")[0], proof, "the proof of the caller's own carrier")
        own = Passport(invite, (1, 2))
        equal(own.header["ppt"], "div", "the sort of ours")
        own.check(exchange.folder, published(exchange, key), authority.certificate)
        equal({name: own.claims[name] for name in ("orig", "dest", "div")},
              {"orig": {"tn": PARIS[2:]}, "dest": {"tn": [MADRID[2:]]}, "div": {"tn": NUMBER[1:]}},
              "who calls whom, and for whom the call was")
        cdr = exchange.one_cdr()
        equal(cdr["legs"][-1]["by_trunk"]["vouched"], None, "nothing of ours is vouched for")
        true(any(step["rule"] == "attestation.handed_on" for step in cdr["explanation"]), "told")
