"""An exchange behind a balancer sees phones, and not the balancer: where they are, whom it bans, and
where they find it again."""

from kit.balancer import OWN, Balancer
from kit.baresip import Phone
from kit.case import equal, test, true, wait_until
from kit.exchange import ACME
from kit.line import Line
from suites.codecs import hear_each_other, voices
from suites.scanners import NOBODY_SPARED, SCANNER, Guarded, bans

SECONDS = 4
CODEC = "PCMU/8000/1"
PHONE, GUESSER = "127.0.0.31", SCANNER
# enough wrong passwords for a ban
GUESSES = 40


class Behind(Guarded):
    """An exchange that believes the balancer, and bans addresses of this machine, too."""

    def __init__(self):
        super().__init__([*NOBODY_SPARED, f"--sip-balancers={OWN}/32"])


def sources(exchange):
    return sorted(each["source"].rsplit(":", 1)[0] for each in exchange.registrations())


def talk(version, caller, called):
    """Two phones by way of the balancer hear each other, and nothing of them goes past it."""
    with Behind().also_speaks("tls") as exchange, \
            Balancer(exchange, version, "tcp", "tls") as balancer:
        anna_says, bert_says = voices(exchange)
        with Phone(balancer, ACME, "101", caller, f"aufile,{anna_says}", CODEC) as anna, \
                Phone(balancer, ACME, "102", called, f"aufile,{bert_says}", CODEC) as bert:
            equal(sources(exchange), [exchange.ip, exchange.ip], "where the phones are")
            hear_each_other((anna, anna_says), (bert, bert_says), SECONDS)
            for phone, transport in ((anna, caller), (bert, called)):
                own = f"{exchange.ip}:{exchange.port_of(transport)}"
                front = f"{exchange.ip}:{balancer.port_of(transport)}"
                contacts = [each for m in phone.messages(received=True)
                            if "INVITE" in m["cseq"] for each in m.all("contact")]
                true(contacts and all(front in each for each in contacts),
                     f"where the exchange says that it is: {contacts}")
                true(own not in phone.said(), "nobody has heard of the address behind")
        equal(exchange.one_cdr()["end"]["sip_status"], 200, "status of the record")
        figures = exchange.metrics()
        equal(figures["strowger_net_tcp_unintroduced"], 0, "connections nobody knows")


@test(listens=True)
def phones_on_tcp_and_tls_talk_through_a_balancer_with_headers_of_version_1():
    talk(1, "tcp", "tls")


@test(listens=True)
def phones_on_tls_and_tcp_talk_through_a_balancer_with_headers_of_version_2():
    talk(2, "tls", "tcp")


@test(seconds=120)
def who_guesses_through_a_balancer_is_banned_alone():
    with Behind() as exchange, Balancer(exchange, 2, "tcp") as balancer, \
            Line(balancer, ACME, exchange.account(ACME, "101"), "tcp", PHONE) as phone:
        phone.register()
        equal(sources(exchange), [PHONE], "where the phone is")
        user, _ = exchange.account(ACME, "102")
        for number in range(GUESSES):
            with Line(balancer, ACME, (user, f"guess{number}"), "tcp", GUESSER) as guesser:
                guesser.request("REGISTER", f"sip:{ACME}", to=f"<{guesser.aor}>")
            if bans(exchange):
                break
        wait_until("a ban", lambda: bans(exchange))
        equal(list(bans(exchange)), [GUESSER], "who is banned")
        phone.register()
        with Line(balancer, ACME, exchange.account(ACME, "102"), "tcp", PHONE) as owner:
            owner.register()
        barred = exchange.metrics()["strowger_net_tcp_barred"]
        with Line(balancer, ACME, (user, "guess"), "tcp", GUESSER) as guesser:
            guesser.send(guesser.compose("OPTIONS", f"sip:{ACME}"))
            wait_until("the guesser is sent away",
                       lambda: exchange.metrics()["strowger_net_tcp_barred"] > barred)


@test()
def nobody_but_the_balancer_says_who_has_come():
    with Behind() as exchange:
        account = exchange.account(ACME, "101")
        with Line(exchange, ACME, account, "tcp", GUESSER) as liar:
            liar.send(f"PROXY TCP4 {PHONE} {exchange.ip} 40000 {exchange.sip}\r\n")
            liar.send(liar.compose("OPTIONS", f"sip:{ACME}"))
            equal(liar.wait(lambda message: message.status == 200, seconds=3), None,
                  "what who says so is told")
        # its own address is a phone's like any other's
        with Line(exchange, ACME, account, "tcp", PHONE) as phone:
            phone.register()
            equal(sources(exchange), [PHONE], "where the phone is")
