"""Phones that keep flows (RFC 5626): one phone however many flows it has, called by the newest, by
another when that is gone, and in its calls by whichever it comes back on."""

import contextlib

from kit.baresip import Phone
from kit.case import equal, record_for, test, true, wait_until
from kit.exchange import ACME, Exchange
from kit.line import Dialog, Line, description, token
from kit.nat import Nat

ANNA, BERT = "urn:uuid:00000000-0000-1000-8000-000000000101", \
    "urn:uuid:00000000-0000-1000-8000-000000000102"


class Flow(Line):
    """One flow of a phone."""

    def __init__(self, exchange, number, instance, reg_id=1, transport="tcp", account=None):
        account = account or exchange.account(ACME, number)
        super().__init__(exchange, ACME, account, transport)
        self.instance, self.reg_id = instance, reg_id

    @property
    def contact(self):
        return (f"<sip:{self.account[0]}@{self.at};transport={self.transport};ob>"
                f";+sip.instance=\"<{self.instance}>\";reg-id={self.reg_id}")

    def register(self, expires=300, supported="path, outbound"):
        answer = self.request("REGISTER", f"sip:{ACME}", to=f"<{self.aor}>", contact=self.contact,
                              headers=[f"Expires: {expires}", f"Supported: {supported}"])
        equal(answer and answer.status, 200, "a flow is registered")
        self.registered = answer
        return self


def rings(line, seconds=5):
    return line.wait_request("INVITE", seconds)


def pick_up(line, invite):
    """Answers a call; gives it as a dialog of the line."""
    tag = token()
    line.respond(invite, 200, "OK", tag=tag, body=description(line.ip, 9))
    line.wait_request("ACK")
    target = invite.contact
    return Dialog(line, invite.call_id, f"{invite['to']};tag={tag}", invite["from"], target, 100)


@contextlib.contextmanager
def caller(exchange):
    with Line(exchange, ACME, exchange.account(ACME, "101")) as line:
        yield line.register()


def calls(line, number="102"):
    """Begins a call without waiting for its end; gives its INVITE."""
    answer = line.request("INVITE", f"sip:{number}@{ACME}", seconds=1,
                          body=description(line.ip, 9))
    return answer


@test()
def a_registration_with_a_flow_number_is_told_so_and_how_often_to_keep_it_alive():
    with Exchange() as exchange, Flow(exchange, "102", BERT) as bert:
        bert.register()
        said = bert.registered
        true("outbound" in said["require"], "Require")
        equal(said["flow-timer"], "120", "Flow-Timer")
        true(f'+sip.instance="<{BERT}>"' in said["contact"] and "reg-id=1" in said["contact"],
             f"the contact as it is told: {said['contact']}")
        bert.register(supported="path")
        equal(bert.registered["require"], "", "Require where nobody asked")
        # a proxy on the way that keeps no flow
        bert.request("OPTIONS", f"sip:{ACME}")
        via = (f"Via: SIP/2.0/TCP {bert.at};branch=z9hG4bK{token()};rport\r\n"
               f"Via: SIP/2.0/UDP 192.0.2.9;branch=z9hG4bK{token()}")
        answer = bert.request("REGISTER", f"sip:{ACME}", to=f"<{bert.aor}>", contact=bert.contact,
                              via=via, headers=["Supported: outbound"])
        equal(answer.status, 439, "the first hop keeps no flows")


@test()
def a_phone_with_two_flows_rings_once_by_the_newest_and_by_the_other_when_that_is_gone():
    with Exchange() as exchange, caller(exchange) as anna, \
            Flow(exchange, "102", BERT, 1) as first, Flow(exchange, "102", BERT, 2) as second:
        first.register()
        second.register()
        equal(len(exchange.registrations()), 3, "bindings")
        calls(anna)
        invite = rings(second)
        true(invite, "the newest flow rings")
        equal(rings(first, 1), None, "the other does not")
        second.respond(invite, 486, "Busy Here", tag=token())
        wait_until("the caller is told", lambda: [m for m in anna.drain() if m.status == 486])
        equal(rings(first, 1), None, "whoever was heard is not sought elsewhere")
        first.inbox.clear()
        second.socket.close()
        wait_until("the flow is gone", lambda: len(exchange.registrations()) == 2)
        calls(anna)
        true(rings(first), "the other flow rings now")


@test()
def a_flow_that_is_silent_or_has_failed_is_followed_by_the_next():
    with Exchange() as exchange, caller(exchange) as anna, \
            Flow(exchange, "102", BERT, 1) as tcp, \
            Flow(exchange, "102", BERT, 2, "udp") as udp:
        tcp.register()
        udp.register()
        calls(anna)
        lost = rings(udp)
        true(lost, "the newest flow has the call")
        # it says nothing at all; after four seconds the connection has it
        invite = rings(tcp, 10)
        true(invite, "the other flow rings")
        udp.respond(lost, 180, "Ringing", tag=token())
        true(udp.wait_request("CANCEL"), "what came late is taken back")
        dialog = pick_up(tcp, invite)
        answered = anna.wait(lambda m: m.status == 200 and m.method == "INVITE")
        true(answered, "the caller talks")
        equal(dialog.ask("BYE").status, 200, "BYE")
        anna.inbox.clear()
        udp.register()
        udp.inbox.clear()
        tcp.inbox.clear()
        calls(anna)
        udp.respond(rings(udp), 430, "Flow Failed", tag=token())
        true(rings(tcp), "after 430 the other flow rings")


def talking(anna, flow):
    """A call from 101 to a flow that is up: the caller's side and the flow's."""
    calls(anna)
    invite = rings(flow)
    true(invite, "it rings")
    theirs = pick_up(flow, invite)
    answer = anna.wait(lambda m: m.status == 200 and m.method == "INVITE")
    mine = Dialog(anna, answer.call_id, answer["from"], answer["to"], answer.contact, answer.cseq)
    mine.acknowledge()
    return mine, theirs


@test()
def a_phone_that_comes_back_on_a_new_connection_keeps_its_call():
    with Exchange() as exchange, caller(exchange) as anna, Flow(exchange, "102", BERT) as bert:
        bert.register()
        mine, theirs = talking(anna, bert)
        bert.socket.close()
        wait_until("the flow is gone", lambda: len(exchange.registrations()) == 1)
        equal(len(exchange.calls()), 1, "the call goes on")
        with Flow(exchange, "102", BERT) as back:
            back.register()
            # what the other side says comes on the new connection
            mine.line.send(anna.compose(
                "INFO", mine.target, sender=mine.local, to=mine.remote, call_id=mine.call_id,
                cseq=mine.cseq + 1, body="Signal=5\r\n", content_type="application/dtmf-relay"))
            mine.cseq += 1
            info = back.wait_request("INFO")
            true(info, "a key pressed by the other side")
            equal(info.call_id, theirs.call_id, "its call")
            back.respond(info, 200, "OK")
            # and so does what the phone itself says, without another proof
            theirs.line = back
            equal(theirs.ask("INFO", body="Signal=6\r\n",
                             content_type="application/dtmf-relay").status, 200, "INFO")
            answer_info(anna)
            mine.line.send(anna.compose("BYE", mine.target, sender=mine.local, to=mine.remote,
                                        call_id=mine.call_id, cseq=mine.cseq + 1))
            bye = back.wait_request("BYE")
            true(bye, "the end of the call")
            back.respond(bye, 200, "OK")
        equal(exchange.one_cdr()["end"]["sip_status"], 200, "status of the record")
        wait_until("the leg that moved is counted",
                   lambda: exchange.metrics()["strowger_moved_legs_total"] == 1)


def answer_info(line):
    info = line.wait_request("INFO")
    true(info, "the caller has a key pressed")
    line.respond(info, 200, "OK")


@test()
def a_phone_whose_connection_silently_leads_nowhere_keeps_its_call_once_it_registers_anew():
    with Exchange() as exchange, Nat(exchange) as nat, caller(exchange) as anna, \
            Flow(nat, "102", BERT) as bert:
        bert.register()
        mine, theirs = talking(anna, bert)
        nat.forget(reset=False)
        with Flow(nat, "102", BERT) as back:
            back.register()
            equal(len(exchange.registrations()), 2, "the flow took the place of the one before")
            mine.line.send(anna.compose("BYE", mine.target, sender=mine.local, to=mine.remote,
                                        call_id=mine.call_id, cseq=mine.cseq + 1))
            true(back.wait_request("BYE"), "the end of the call comes by the new connection")
            equal(back.inbox[-1].call_id, theirs.call_id, "its call")


@test()
def nobody_elses_registration_takes_a_call_over():
    with Exchange() as exchange, caller(exchange) as anna, Flow(exchange, "102", BERT) as bert, \
            Flow(exchange, "102", ANNA) as other:
        bert.register()
        mine, _ = talking(anna, bert)
        bert.socket.close()
        wait_until("the flow is gone", lambda: len(exchange.registrations()) == 1)
        # another phone of the same account, with an instance of its own
        other.register()
        with Flow(exchange, "998", BERT, account=exchange.account("globex.example", "101")) as far:
            far.domain = "globex.example"
            answer = far.request("REGISTER", "sip:globex.example",
                                 to=f"<sip:{far.account[0]}@globex.example>", contact=far.contact,
                                 sender=f"<sip:{far.account[0]}@globex.example>;tag={token()}",
                                 headers=["Supported: outbound"])
            equal(answer.status, 200, "a stranger with the same instance registers")
            mine.line.send(anna.compose("BYE", mine.target, sender=mine.local, to=mine.remote,
                                        call_id=mine.call_id, cseq=mine.cseq + 1))
            wait_until("the call is over", lambda: exchange.cdrs())
            for line in (other, far):
                equal(line.wait_request("BYE", 1), None, "what they hear of it")


@test()
def calls_on_connections_outlive_the_exchange():
    with Exchange() as exchange, caller(exchange) as anna, Flow(exchange, "102", BERT) as bert:
        bert.register()
        mine, theirs = talking(anna, bert)
        # a call is written down once it is two seconds old
        record_for(3)
        exchange.kill()
        exchange.start()
        equal(len(exchange.calls()), 1, "the call goes on")
        with Flow(exchange, "102", BERT) as back:
            back.register()
            mine.line.send(anna.compose("BYE", mine.target, sender=mine.local, to=mine.remote,
                                        call_id=mine.call_id, cseq=mine.cseq + 1))
            true(back.wait_request("BYE"), "the end of the call")
            equal(back.inbox[-1].call_id, theirs.call_id, "its call")


@test(seconds=120)
def baresip_with_outbound_keeps_its_call_through_a_router_that_was_switched_off_and_on():
    with Exchange() as exchange, Nat(exchange) as nat, \
            Phone(exchange, ACME, "101") as anna, \
            Phone(nat, ACME, "102", "tcp", more=";sipnat=outbound;regint=60") as bert:
        registers = [m for m in bert.messages(received=False) if m.start.startswith("REGISTER")]
        true("reg-id=1" in registers[-1]["contact"], registers[-1]["contact"])
        anna.dial("102")
        bert.wait_established()
        anna.wait_established()
        nat.forget()
        wait_until("the flow is gone", lambda: len(exchange.registrations()) == 1)
        wait_until("the phone has come back", lambda: len(exchange.registrations()) == 2, 80)
        anna.hang_up()
        bert.wait_over()
        equal(exchange.one_cdr()["end"]["sip_status"], 200, "status of the record")


@test()
def lamps_of_a_phone_that_comes_back_go_on():
    with Exchange() as exchange, caller(exchange) as anna, Flow(exchange, "102", BERT) as bert, \
            Line(exchange, ACME, exchange.account(ACME, "103")) as carl:
        carl.register()
        bert.register()
        answer = bert.request("SUBSCRIBE", f"sip:103@{ACME}",
                              headers=["Event: dialog", "Expires: 600"])
        equal(answer.status, 200, "the lamp is granted")
        bert.respond(bert.wait_request("NOTIFY"), 200, "OK")
        bert.socket.close()
        wait_until("the flow is gone", lambda: len(exchange.registrations()) == 2)
        # what happens meanwhile is told when the phone is back
        calls(anna, "103")
        invite = rings(carl)
        true(invite, "somebody is called")
        carl.respond(invite, 180, "Ringing", tag=token())
        with Flow(exchange, "102", BERT) as back:
            back.register()
            notify = back.wait_request("NOTIFY")
            true(notify and "early" in notify.body, f"what the lamp shows: {notify}")
            back.respond(notify, 200, "OK")
