"""Phones behind an edge proxy: the exchange reaches them by the path that it wrote down, and nobody
but an edge may write one."""

from kit.baresip import Phone
from kit.case import equal, test, true, wait_until
from kit.edge import Edge
from kit.exchange import ACME, Exchange
from kit.line import Line
from suites.codecs import hear_each_other, voices

# somebody who is no edge
ELSEWHERE = "127.0.0.66"
SECONDS = 4
CODEC = "PCMU/8000/1"


class Trusting(Exchange):
    """An exchange that believes the edge."""

    def __init__(self):
        super().__init__()
        self.flags = ["--ban-never=", f"--sip-edges={self.ip}/32"]


def talk(caller, called):
    """Two phones by way of the edge hear each other; their messages never go past it."""
    with Trusting() as exchange, Edge(exchange) as edge:
        anna_says, bert_says = voices(exchange)
        with Phone(edge, ACME, "101", caller, f"aufile,{anna_says}", CODEC) as anna, \
                Phone(edge, ACME, "102", called, f"aufile,{bert_says}", CODEC) as bert:
            if caller == called == "udp":
                sources = [each["source"] for each in exchange.registrations()]
                equal(sources, [edge.at, edge.at], "where they came from")
            hear_each_other((anna, anna_says), (bert, bert_says), SECONDS)
            got = [m for phone in (anna, bert) for m in phone.messages(received=True)]
            vias = [m["via"] for m in got if m.status is None]
            true(vias and all(edge.at in via for via in vias), f"the way in: {vias}")
        equal(exchange.one_cdr()["end"]["sip_status"], 200, "status of the record")


@test(listens=True)
def phones_on_udp_talk_through_an_edge():
    talk("udp", "udp")


@test(listens=True)
def a_phone_on_tcp_is_called_through_an_edge_by_one_on_udp():
    talk("udp", "tcp")


@test()
def a_path_is_kept_and_told_back_where_an_edge_wrote_it_and_refused_from_anybody_else():
    with Trusting() as exchange, Edge(exchange) as edge:
        account = exchange.account(ACME, "101")
        with Line(edge, ACME, account) as inside:
            answer = inside.request("REGISTER", f"sip:{ACME}", to=f"<{inside.aor}>",
                                    headers=["Supported: path"])
            equal(answer.status, 200, "by way of the edge")
            true(edge.at in answer["path"], f"the path as it is told: {answer['path']}")
        with Line(exchange, ACME, exchange.account(ACME, "102"), ip=ELSEWHERE) as liar:
            path = [f"Path: <sip:{liar.at};lr>"]
            answer = liar.request("REGISTER", f"sip:{ACME}", to=f"<{liar.aor}>", headers=path)
            equal(answer.status, 403, "a path that a phone wrote itself")
            liar.register()
        equal(len(exchange.registrations()), 2, "bindings")
        wait_until("the edge is not banned", lambda: exchange.items("/api/v1/bans") == [])
