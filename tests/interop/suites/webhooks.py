"""A company's programs follow its calls: by webhook, by stream, through a restart."""

import json
import threading
import urllib.request

from kit.baresip import Phone
from kit.case import equal, record_for, test, true, wait_until
from kit.exchange import ACME, GLOBEX, Exchange
from kit.receiver import Receiver

WHOLE = ["call.started", "call.ringing", "call.answered", "call.ended"]


def at_home():
    """An exchange that lets webhooks go to this machine."""
    exchange = Exchange()
    exchange.flags = ["--webhook-allow", "127.0.0.0/8"]
    return exchange


def hook(exchange, receiver, events=("call.*",)):
    spec = {"name": "crm", "url": receiver.url, "events": list(events)}
    status, made = exchange.api(f"/api/v1/tenants/{ACME}/webhooks", "POST", spec)
    equal(status, 201, f"the webhook: {made}")
    receiver.secret = made["secret"]


def deliveries(exchange, state):
    return exchange.items(f"/api/v1/tenants/{ACME}/webhooks/crm/deliveries?state={state}")


class Stream:
    """Follows a company's events in a thread of its own; with `every`, how its calls sound too."""

    def __init__(self, exchange, domain, after=None, every=None):
        place = "" if after is None else f"&after={after}"
        place += "" if every is None else f"&every={every}"
        self.request = urllib.request.Request(
            f"http://127.0.0.1:{exchange.http}/api/v1/tenants/{domain}/events/stream"
            f"?types=call.*{place}",
            headers={"Authorization": f"Bearer {exchange.token}"},
        )
        self.events, self.open = [], threading.Event()
        threading.Thread(target=self._follow, daemon=True).start()
        true(self.open.wait(10), "the stream opens")

    def _follow(self):
        with urllib.request.urlopen(self.request, timeout=60) as answer:
            for line in answer:
                self.open.set()
                if line.startswith(b"data: "):
                    self.events.append(json.loads(line[6:]))

    def types(self):
        return [event["type"] for event in self.events]


@test()
def a_company_hears_of_a_call_by_webhook_and_by_stream_and_its_neighbour_hears_nothing():
    with at_home() as exchange, Receiver() as receiver:
        hook(exchange, receiver)
        own, other = Stream(exchange, ACME), Stream(exchange, GLOBEX)
        with Phone(exchange, ACME, "101") as anna, Phone(exchange, ACME, "102") as bert:
            anna.dial("102")
            anna.wait_established()
            bert.wait_established()
            wait_until("the answer is told", lambda: "call.answered" in receiver.types())
            anna.hang_up()
            anna.wait_over()
        wait_until("the end is told", lambda: "call.ended" in receiver.types())
        wait_until("the stream tells it, too", lambda: "call.ended" in own.types())
        equal(receiver.types(), WHOLE, "what the webhook told")
        equal(own.types(), WHOLE, "what the stream told")
        equal(other.events, [], "what the neighbour heard")
        equal(receiver.forged, 0, "deliveries with a wrong signature")
        record = exchange.one_cdr()
        end = receiver.taken[-1]["data"]
        equal((end["record"], end["call"]), (record["id"], record["call"]), "the record told")
        again = Stream(exchange, ACME, after=own.events[1]["cursor"])
        wait_until("a reader that comes back", lambda: again.types() == WHOLE[2:])


@test(seconds=90)
def what_was_not_delivered_before_a_kill_is_delivered_after_it():
    with at_home() as exchange, Receiver() as receiver:
        hook(exchange, receiver)
        receiver.status = 503
        with Phone(exchange, ACME, "101") as anna, Phone(exchange, ACME, "102") as bert:
            anna.dial("102")
            anna.wait_established()
            bert.wait_established()
            wait_until("a delivery is refused", lambda: receiver.refused)
            # a call is written down once it is two seconds old
            record_for(3)
            exchange.kill()
            receiver.status = 204
            exchange.start()
            equal([call["state"] for call in exchange.calls()], ["talking"], "calls taken back")
            anna.hang_up()
            anna.wait_over()
        wait_until("the end is told", lambda: "call.ended" in receiver.types(), 60)
        equal(receiver.types(), WHOLE, "what was told in the end, in its order")
        # what has arrived is noted as delivered a moment later
        wait_until("nothing waits any more", lambda: not deliveries(exchange, "waiting"))


@test()
def a_dead_letter_is_listed_and_delivered_again_when_the_company_says_so():
    with at_home() as exchange, Receiver() as receiver:
        hook(exchange, receiver, ("resource.created",))
        receiver.status = 410
        path = f"/api/v1/tenants/{ACME}"
        equal(exchange.api(f"{path}/extensions", "POST", {"number": "177"})[0], 201, "made")
        dead = wait_until("a dead letter", lambda: deliveries(exchange, "dead"))
        equal((dead[0]["tries"], dead[0]["last"]["status"]), (1, 410), "how it died")
        receiver.status = 204
        status, said = exchange.api(f"{path}/webhooks/crm/replay", "POST", {})
        equal((status, said), (200, {"replayed": 1}), "the replay")
        wait_until("it is taken", lambda: receiver.taken)
        equal(receiver.taken[0]["data"]["spec"]["number"], "177", "what it told")
        status, said = exchange.api(f"{path}/webhooks/crm/ping", "POST", {})
        equal((status, said["delivered"]), (200, True), "the ping")


@test()
def a_webhook_to_the_inside_goes_nowhere_unless_the_operator_allows_it():
    with Exchange() as exchange, Receiver() as receiver:
        hook(exchange, receiver)
        status, said = exchange.api(f"/api/v1/tenants/{ACME}/webhooks/crm/ping", "POST", {})
        equal((status, said["delivered"]), (200, False), "the ping")
        equal(said["detail"], "the address is not allowed", "the reason")
        equal((receiver.taken, receiver.refused, receiver.forged), ([], 0, 0), "what arrived")
