"""What people do during a call: hold, transfer, digits. Each phone says a tone of its own, so that
what is heard tells who is heard."""

from kit import sound
from kit.baresip import Phone, dialogue
from kit.case import equal, record_for, test, true, wait_until
from kit.exchange import ACME, Exchange
from kit.line import Line
from kit.softphone import Softphone

ANNA, BERT, CARL = 440, 700, 1000
CODEC = "PCMU/8000/1"
# enough of a tone to be told from any other
SECONDS = 3


def tone(exchange, number, hertz, **more):
    return Phone(exchange, ACME, number, source=f"ausine,{hertz}", codec=CODEC, **more)


def hears(phone, hertz, seconds=SECONDS - 1):
    """In its last seconds, the phone heard this tone and hardly anything else."""
    share = sound.tone_share(phone.heard(), hertz, seconds)
    true(share >= 0.8, f"{phone.name}: {share:.2f} of what it heard at last is {hertz} Hz")


def talk_and_end(one, other):
    """Two phones hear each other's tones, until the first hangs up."""
    record_for(SECONDS)
    one.hang_up()
    one.wait_over()
    other.wait_over()
    hears(one, BERT)
    hears(other, ANNA)


def three(exchange):
    return (tone(exchange, "101", ANNA), tone(exchange, "102", BERT), tone(exchange, "103", CARL))


def holding(exchange):
    calls = exchange.calls()
    return [leg["number"] for call in calls for leg in call["legs"] if leg["holding"]]


@test(listens=True)
def without_music_a_held_call_is_quiet_and_resumes_with_sound():
    with Exchange() as exchange, Softphone(exchange, ACME, "102", BERT) as bert:
        quiet = {"music_on_hold": False}
        exchange.api(f"/api/v1/tenants/{ACME}", "PATCH", quiet, {"If-Match": "*"})
        with tone(exchange, "101", ANNA) as anna:
            anna.dial("102")
            anna.wait_established()
            record_for(1)
            anna.command("hold")
            wait_until("the hold is known", lambda: holding(exchange) == ["101"])
            true(bert.voice.direction in ("recvonly", "inactive"),
                 f"the other side is told of the hold: {bert.voice.direction}")
            record_for(0.2)
            quiet, before = anna.packets(), bert.packets()
            record_for(2)
            equal(anna.packets(), quiet, "packets to a phone that holds")
            true(bert.packets() - before < 10, "packets to a phone that is held")
            anna.command("resume")
            wait_until("the call is resumed", lambda: holding(exchange) == [])
            record_for(SECONDS)
            true(anna.packets() - quiet > 40 * SECONDS, "sound is back at the phone that held")
            anna.hang_up()
            bert.wait_over()
            hears(bert, ANNA)
            equal(exchange.one_cdr()["end"]["by"], "caller", "who hung up")


@test(listens=True)
def a_phone_that_is_held_by_the_one_it_called_hears_it_again():
    with Exchange() as exchange, Softphone(exchange, ACME, "102", BERT) as bert:
        with tone(exchange, "101", ANNA) as anna:
            anna.dial("102")
            anna.wait_established()
            bert.reoffer("sendonly")
            wait_until("the hold is known", lambda: holding(exchange) == ["102"])
            bert.reoffer("sendrecv")
            wait_until("the call is resumed", lambda: holding(exchange) == [])
            record_for(SECONDS)
            anna.hang_up()
            bert.wait_over()
            hears(bert, ANNA)
            exchange.one_cdr()


@test(listens=True)
def after_a_blind_transfer_those_who_stayed_hear_each_other():
    with Exchange() as exchange:
        anna, bert, carl = three(exchange)
        with anna, bert, carl:
            anna.dial("102")
            anna.wait_established()
            bert.wait_established()
            record_for(1.1)
            bert.command("transfer", f"sip:103@{ACME}")
            carl.wait_established()
            bert.wait_over()
            record_for(SECONDS)
            anna.hang_up()
            anna.wait_over()
            carl.wait_over()
            hears(anna, CARL)
            hears(carl, ANNA)
            told = [m for m in bert.messages(received=True) if m.start.startswith("NOTIFY")]
            true(told and "200" in told[-1].body, f"the transferor is told: {told}")
            cdr = exchange.one_cdr()
            equal([(t["succeeded"], t["attended"], t["to"]) for t in cdr["transfers"]],
                  [(True, False, "103")], "transfers in the record")


@test()
def a_blind_transfer_to_nobody_leaves_the_call_as_it_was():
    # by hand: baresip hangs up when its transfer fails
    with Exchange() as exchange, \
            Line(exchange, ACME, exchange.account(ACME, "102")) as bert, \
            tone(exchange, "101", ANNA) as anna:
        call = bert.invite(f"sip:101@{ACME}")
        anna.wait_established()
        answer = call.ask("REFER", headers=[f"Refer-To: <sip:998@{ACME}>"])
        equal(answer.status, 202, "answer to REFER")
        told = []
        while not told or "terminated" not in told[-1]["subscription-state"]:
            notify = bert.wait(lambda m: m.start.startswith("NOTIFY") and m not in told)
            true(notify, f"the transferor is told: {told}")
            told.append(notify)
            bert.respond(notify, 200, "OK")
        equal(told[-1].body.split()[1], "404", "what became of the transfer")
        equal([c["state"] for c in exchange.calls()], ["talking"], "the call")
        equal(call.ask("INFO", body="Signal=1\r\n", content_type="application/dtmf-relay").status,
              200, "answer within the call")
        call.hang_up()
        anna.wait_over()
        equal([t["succeeded"] for t in exchange.one_cdr()["transfers"]], [False], "transfers")


def refer_to(number, dialog):
    """The value of Refer-To that names a dialog (RFC 3891): the exchange's tag comes first, for
    it is the exchange that would get the INVITE."""
    call_id, own, theirs = dialog
    call_id = call_id.replace("@", "%40")
    return f"<sip:{number}@{ACME}?Replaces={call_id}%3Bto-tag%3D{theirs}%3Bfrom-tag%3D{own}>"


@test(listens=True)
def after_an_attended_transfer_those_who_stayed_hear_each_other():
    with Exchange() as exchange, Softphone(exchange, ACME, "101", ANNA) as anna:
        with tone(exchange, "102", BERT) as bert, tone(exchange, "103", CARL) as carl:
            bert.dial("101")
            bert.wait_established()
            with_anna = dialogue(bert, received_invite=False)
            bert.command("hold")
            wait_until("anna is held", lambda: holding(exchange) == ["102"])
            bert.dial("103")
            carl.wait_established()
            bert.wait_established(2)
            # the phone's current call is the one with carl: it is he who is sent to anna
            bert.command("transfer", refer_to("101", with_anna))
            bert.wait_over(2)
            record_for(SECONDS)
            carl.hang_up()
            anna.wait_over()
            hears(anna, CARL)
            hears(carl, ANNA)
            cdrs = exchange.wait_cdrs(2)
            attended = [t for cdr in cdrs for t in cdr["transfers"]]
            equal([(t["succeeded"], t["attended"]) for t in attended], [(True, True)],
                  "transfers in the records")


@test(listens=True)
def the_held_call_can_be_sent_to_the_new_one_as_well():
    with Exchange() as exchange, Softphone(exchange, ACME, "101", ANNA) as anna:
        with tone(exchange, "102", BERT) as bert, tone(exchange, "103", CARL) as carl:
            bert.dial("101")
            bert.wait_established()
            bert.command("hold")
            wait_until("anna is held", lambda: holding(exchange) == ["102"])
            bert.dial("103")
            carl.wait_established()
            bert.wait_established(2)
            with_carl = dialogue(bert, received_invite=False)
            bert.command("line", "1")
            bert.command("transfer", refer_to("103", with_carl))
            bert.wait_over(2)
            record_for(SECONDS)
            carl.hang_up()
            anna.wait_over()
            hears(anna, CARL)
            hears(carl, ANNA)
            exchange.wait_cdrs(2)


@test(listens=True)
def digits_pass_as_telephone_events():
    with Exchange() as exchange:
        with tone(exchange, "101", ANNA) as anna, tone(exchange, "102", BERT) as bert:
            anna.dial("102")
            anna.wait_established()
            bert.wait_established()
            for digit in "147#":
                anna.command("sndcode", digit)
                wait_until(f"{digit} arrives",
                           lambda digit=digit: f"event: '{digit}'" in bert.said(), 5)
            anna.hang_up()
            exchange.one_cdr()


@test()
def digits_pass_as_info():
    with Exchange() as exchange, \
            Line(exchange, ACME, exchange.account(ACME, "101")) as line, \
            tone(exchange, "102", BERT) as bert:
        call = line.invite(f"sip:102@{ACME}")
        bert.wait_established()
        answer = call.ask("INFO", body="Signal=7\r\nDuration=160\r\n",
                          content_type="application/dtmf-relay")
        equal(answer.status, 200, "answer to INFO")
        wait_until("the digit arrives", lambda: any(
            m.start.startswith("INFO") and "Signal=7" in m.body
            and m["content-type"] == "application/dtmf-relay"
            for m in bert.messages(received=True)))
        call.hang_up()
        exchange.one_cdr()
