"""SIPp, message by message: what the standards ask for beyond an ordinary call."""

from kit.case import equal, test, true
from kit.exchange import ACME, Exchange, free_port
from kit.sipp import Sipp, registered, run


def call_between(caller, callee="callee", pause=300, seconds=20, look=None,
                 direction="sendrecv"):
    """A scenario of a caller against one of a callee; gives the record. `look` is shown both."""
    with Exchange() as exchange:
        port = free_port()
        answering = exchange.account(ACME, "102")
        registered(exchange, answering, port)
        account = exchange.account(ACME, "101")
        with Sipp(exchange, callee, answering, port=port, seconds=seconds,
                  keys={"direction": direction}) as second:
            second.ready()
            first = run(exchange, caller, account=account, seconds=seconds,
                        keys={"callee": "102", "direction": direction},
                        more=("-d", str(pause)))
            second.wait()
        if look:
            look(first, second)
        return exchange.one_cdr()


@test()
def a_call_is_made_and_answered():
    cdr = call_between("caller")
    equal((cdr["end"]["sip_status"], cdr["end"]["by"]), (200, "caller"), "end")
    equal(cdr["destination"]["number"], "102", "destination")


@test()
def registrations_add_up_and_are_refreshed():
    with Exchange() as exchange:
        for number in ("101", "102"):
            account = exchange.account(ACME, number)
            registered(exchange, account, free_port())
        found = exchange.registrations()
        equal(len(found), 2, "bindings")
        true(all("sipp" not in binding["contact"] or binding["source"] for binding in found), found)
        port = free_port()
        for _ in range(2):
            registered(exchange, exchange.account(ACME, "103"), port)
        equal(len(exchange.registrations()), 3, "bindings after one was refreshed")


@test()
def registering_over_tcp_works_like_over_udp():
    with Exchange() as exchange:
        registered(exchange, exchange.account(ACME, "101"), free_port(), transport="t1")
        exchange.items(f"/api/v1/tenants/{ACME}/registrations")


@test()
def a_phone_without_a_domain_is_known_by_its_user_name():
    with Exchange() as exchange:
        port = free_port()
        callee = exchange.account(ACME, "102")
        run(exchange, "register_without_domain", account=callee, port=port)
        with Sipp(exchange, "callee", callee, port=port) as second:
            second.ready()
            run(exchange, "caller_without_domain", account=exchange.account(ACME, "101"),
                keys={"callee": "102"}, more=("-d", "200"))
            second.wait()
        equal(exchange.one_cdr()["caller"]["number"], "101", "caller")


@test()
def an_invite_without_a_description_is_answered_with_an_offer():
    def look(first, second):
        invites = [m for m in second.messages(received=True) if m.start.startswith("INVITE")]
        equal(invites[0].body.strip(), "", "description in the INVITE to the callee")
        acks = [m for m in second.messages(received=True) if m.start.startswith("ACK")]
        true("m=audio" in acks[-1].body, "the answer reaches the callee in ACK")
        # both descriptions lead to the exchange, not to the other phone
        offered = [m for m in first.messages(received=True) if m.status == 200 and m.body.strip()]
        own = [m for m in second.messages(received=False) if m.body.strip()]
        true(offered[0].media_address() != own[0].media_address(), "media goes through us")
    equal(call_between("caller_late_offer", look=look)["end"]["sip_status"], 200, "end")


@test()
def what_a_phone_says_before_it_answers_is_passed_on():
    call_between("caller_early", "callee_early")


@test()
def a_caller_that_requires_it_is_rung_reliably():
    call_between("caller_prack")


@test()
def a_phone_that_rings_reliably_gets_prack():
    call_between("caller", "callee_prack")


@test()
def a_session_too_short_is_refused_with_the_least_that_is_taken():
    with Exchange() as exchange:
        run(exchange, "caller_timer_short", account=exchange.account(ACME, "101"),
            keys={"callee": "102"})


@test()
def a_caller_keeps_the_session_alive():
    call_between("caller_refreshes", "callee_reinvited")


@test(seconds=90)
def the_exchange_keeps_the_session_alive_with_update():
    # a party that ought to speak and does not would be asked whether it is there
    call_between("caller_is_refreshed", seconds=80, direction="inactive")


@test(seconds=90)
def the_exchange_keeps_the_session_alive_with_invite_where_update_is_unknown():
    call_between("caller_is_refreshed_by_invite", seconds=80, direction="inactive")


@test()
def offers_that_cross_are_told_apart():
    call_between("caller_reinvites", "callee_glare")
