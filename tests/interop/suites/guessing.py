"""Who guesses learns nothing: a wrong password, an unknown user, an unknown company and another
company's user look the same from outside, in words and in time; and guessing is slow."""

import itertools
import statistics
import time

from kit.case import equal, test, true, wait_until
from kit.exchange import ACME, GLOBEX, Exchange
from kit.line import Line, proof
from suites.isolation import FRESH

TRIES = 150
# medians may differ by this factor. A digest takes some microseconds of an answer that takes
# hundreds; the rest is the machine, which stutters
APART = 1.5


def strangers(exchange):
    """Accounts that are all wrong, each in its way: domain and (user, password)."""
    user, _ = exchange.account(ACME, "101")
    other, other_password = exchange.account(GLOBEX, "101")
    return {
        "wrong password": (ACME, (user, "not-the-password")),
        "unknown user": (ACME, ("acme-999", "not-the-password")),
        "unknown domain": ("nobody.example", ("nobody-101", "not-the-password")),
        "known user, unknown domain": ("nobody.example", (user, "not-the-password")),
        "another company's user": (ACME, (other, other_password)),
    }


def told(line, method):
    """Everything the exchange says to one attempt, without what is fresh each time."""
    line.inbox.clear()
    uri = f"sip:{line.domain}" if method == "REGISTER" else f"sip:101@{line.domain}"
    answer = line.request(method, uri, to=f"<{line.aor}>" if method == "REGISTER" else None)
    true(answer is not None, f"{method} of {line.account[0]} is answered")
    texts = []
    for message in line.inbox:
        fields = [f"{name}: {value}" for name, value in message.fields
                  if name not in ("via", "from", "to", "call-id", "date")]
        to_tag = "tag" if message.tag("to") else "no tag"
        text = "\n".join([message.start, to_tag, *fields, message.body])
        texts.append(FRESH.sub(r"\1", text))
    return texts


@test()
def all_who_cannot_prove_themselves_are_told_the_same():
    with Exchange() as exchange:
        for method in ("REGISTER", "INVITE"):
            answers = {}
            for kind, (domain, account) in strangers(exchange).items():
                with Line(exchange, domain, account) as line:
                    answers[kind] = told(line, method)
            first = answers["wrong password"]
            equal([int(text.split()[1]) for text in first if not text.startswith("SIP/2.0 1")],
                  [401 if method == "REGISTER" else 407, 403], f"statuses of {method}")
            for kind, texts in answers.items():
                equal(texts, first, f"what is told to: {kind}")


@test(seconds=90)
def the_time_of_a_refusal_tells_nothing():
    with Exchange() as exchange:
        times, sources = {}, itertools.count(1)
        # in turns, so that a busy moment of the machine falls on all alike; each from a source of
        # its own, for one source is answered slowly after some failures
        for turn in range(TRIES):
            for kind, (domain, account) in strangers(exchange).items():
                number = next(sources)
                with Line(exchange, domain, account, ip=f"127.1.{number // 250}.{number % 250 + 1}") \
                        as line:
                    text = line.compose("REGISTER", f"sip:{domain}", to=f"<{line.aor}>",
                                        headers=[answer_to(line)])
                    started = time.perf_counter()
                    answer = line.ask(text, seconds=5)
                    elapsed = time.perf_counter() - started
                    equal(answer and answer.status, 403, f"try {turn} of {kind}")
                    times.setdefault(kind, []).append(elapsed * 1000)
        medians = {kind: statistics.median(list_) for kind, list_ in times.items()}
        quickest, slowest = min(medians.values()), max(medians.values())
        true(slowest <= APART * quickest, f"medians in ms: {medians}")
        # the distributions overlap: each reaches from below the slowest median above the quickest
        for kind, list_ in times.items():
            true(min(list_) < slowest and max(list_) > quickest, f"{kind}: {medians}")


def answer_to(line):
    """The proof that a sender without the right password would give to a real challenge."""
    challenge = line.ask(line.compose("REGISTER", f"sip:{line.domain}", to=f"<{line.aor}>"))
    proved = proof(challenge["www-authenticate"], line.account, "REGISTER", f"sip:{line.domain}")
    return f"Authorization: {proved}"


def failures(exchange):
    return exchange.metrics()["strowger_refused_credentials_total"]


@test()
def wrong_passwords_are_counted_and_slowed_by_source():
    with Exchange() as exchange:
        user, password = exchange.account(ACME, "101")
        before = failures(exchange)
        answered = 0
        tries = 60
        with Line(exchange, ACME, (user, "not-the-password")) as guesser:
            for _ in range(tries):
                answer = guesser.request("REGISTER", f"sip:{ACME}", seconds=0.3,
                                         to=f"<{guesser.aor}>")
                answered += answer is not None and answer.status == 403
        true(answered <= tries // 2 + 15, f"{answered} of {tries} guesses were answered")
        wait_until("guesses are counted", lambda: failures(exchange) - before >= tries)
        # whoever knows the password is let in at once, from that very address
        with Line(exchange, ACME, (user, password)) as owner:
            owner.register()
        # another source has its answers still
        with Line(exchange, ACME, (user, "not-the-password"), ip="127.0.0.88") as other:
            answer = other.request("REGISTER", f"sip:{ACME}", to=f"<{other.aor}>")
            equal(answer and answer.status, 403, "answer to another source")
