"""Two exchanges, of which each is a carrier to the other. To find a way and to agree on keys they are
like browsers, but both of the kind that waits to be asked: one of them must seek (RFC 8445)."""

from kit import sound
from kit.case import equal, record_for, test, true, wait_until
from kit.exchange import ACME, Exchange
from suites.browsers import CONSENT, page
from suites.carriers import NUMBER, made
from suites.features import ANNA, BERT, holding
from suites.matrix import hears_anew, hold_and_resume
from suites.on_net import THEIRS, dialled
from suites.protected_sound import forged, suites

# where the exchanges are: what comes from there comes by the trunk, so no browser may be there
HERE, THERE = "127.0.0.6", "127.0.0.7"


def knows(exchange, other, number, theirs):
    """Has a trunk to the other exchange, a way to its number, and a number of its own on 101."""
    company = f"/api/v1/tenants/{ACME}"
    made(exchange, f"{company}/trunks", {
        "name": "other", "mode": "peer", "peers": [f"sip:{other.at}"], "sources": [other.ip],
        "identity": "asserted", "srtp": "require", "key_agreement": "dtls"})
    made(exchange, "/api/v1/numbers", {"number": number, "tenant": ACME, "state": "assigned"})
    made(exchange, f"{company}/inbound_routes", {
        "name": "desk", "called": number, "extension": "101"})
    made(exchange, f"{company}/outbound_routes", {
        "name": "over", "patterns": [{"prefix": dialled(theirs)}], "strip": 2, "prepend": "+",
        "trunks": ["other"]})


@test(listens=True, seconds=150)
def exchanges_that_both_wait_to_be_asked_find_each_other_and_go_on_consenting():
    with Exchange(HERE).also_speaks("wss") as here, Exchange(THERE).also_speaks("wss") as there:
        knows(here, there, NUMBER, THEIRS)
        knows(there, here, THEIRS, NUMBER)
        with page(here, "101", ANNA) as anna, page(there, "101", BERT) as bert:
            anna.dial(dialled(THEIRS))
            anna.wait_established()
            bert.wait_established()
            hears_anew(anna)
            hears_anew(bert)
            hold_and_resume(there, bert)
            wait_until("the other exchange knows too", lambda: holding(here) == [])
            # who does not consent any more is gone by then
            record_for(CONSENT + 5)
            anna.hang_up()
            bert.wait_over()
            for one, hertz in ((anna, BERT), (bert, ANNA)):
                # two browsers and two exchanges want more than two processors have at times
                share = sound.tone_share(one.heard(), hertz, 4)
                true(share > 0.5, f"{one.name}: {share:.2f} of what it heard at last is {hertz} Hz")
            bert.dial(dialled(NUMBER))
            anna.wait_established(2)
            bert.wait_established(2)
            hears_anew(anna)
            hears_anew(bert)
            bert.hang_up()
            anna.wait_over(2)
        for exchange in (here, there):
            records = exchange.wait_cdrs(2)
            used = [suite for record in records for suite in suites(record)]
            true(len(used) == 4 and all(used), f"all are protected by a handshake: {used}")
            equal(forged(exchange), 0, "forged packets")
