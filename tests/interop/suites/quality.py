"""How calls sound from second to second: a wire loses packets for some seconds of a call between
real phones, and the record says in which seconds, on which leg and in which direction."""

import datetime

from kit.baresip import Phone
from kit.case import equal, record_for, test, true, wait_until
from kit.exchange import ACME, GLOBEX, Exchange
from kit.line import Line, description
from kit.reporter import MIDDLE, SSRC, Reporter
from kit.wire import INWARD, OUTWARD, Wire

TENANT = f"/api/v1/tenants/{ACME}"
# before, while and after packets are lost
GOOD, BAD = 6, 5


def now():
    return datetime.datetime.now(datetime.timezone.utc)


def quality(exchange, path):
    status, found = exchange.api(f"{TENANT}/{path}/quality")
    equal(status, 200, f"the quality of {path}: {found}")
    return found


def seconds_of(timeline):
    """Each sample with when it begins and ends."""
    begin = datetime.datetime.fromisoformat(timeline["begin"].replace("Z", "+00:00"))
    step = datetime.timedelta(seconds=timeline["seconds"])
    names = [name for name, of in timeline.items() if isinstance(of, list)]
    for at, _ in enumerate(timeline["expected"]):
        sample = {name: timeline[name][at] for name in names}
        if sample["expected"] is not None:
            yield begin + at * step, begin + (at + 1) * step, sample


def spoilt(exchange, wire, direction, after):
    """101 calls 102 by a wire that is bad for a while in one direction; when that was."""
    with Phone(wire, ACME, "101") as anna, Phone(exchange, ACME, "102") as bert:
        anna.dial("102")
        for phone in (anna, bert):
            phone.wait_established()
            phone.wait_sound()
        record_for(GOOD)
        wire.loses, began = direction, now()
        record_for(BAD)
        wire.loses, ended = None, now()
        record_for(after)
        live = exchange.calls()
        equal(len(live), 1, "live calls")
        so_far = quality(exchange, f"calls/{live[0]['id']}")
        equal(so_far["cdr"], None, "there is no record yet")
        true(so_far["legs"][0]["received"]["expected"], "a live call is told of so far")
        anna.hang_up()
        anna.wait_over()
        bert.wait_over()
    return began, ended


@test(listens=True, seconds=90)
def lost_packets_show_in_the_seconds_in_which_they_were_lost():
    with Exchange() as exchange, Wire(exchange) as wire:
        began, ended = spoilt(exchange, wire, OUTWARD, GOOD)
        true(wire.lost > 40, f"the wire lost {wire.lost}")
        cdr = exchange.one_cdr()
        true("timelines" not in cdr["legs"][0], "a record in a list has none of it")
        legs = quality(exchange, f"cdrs/{cdr['id']}")["legs"]
        equal([leg["party"]["number"] for leg in legs], ["101", "102"], "whose legs")
        second = datetime.timedelta(seconds=1)
        inside = beside = 0
        for begin, end, sample in seconds_of(legs[0]["received"]):
            share = sample["lost"] / max(1, sample["expected"])
            if began + second / 4 <= begin and end <= ended - second / 4:
                inside += 1
                true(0.2 < share < 0.5, f"{sample} at {begin}, bad from {began} to {ended}")
                true(sample["mos_x100"] < 250, f"it sounds bad: {sample}")
                true(sample["longest_loss"] >= 1, f"{sample}")
            elif end <= began - second / 4 or ended + second / 4 <= begin:
                beside += 1
                equal(sample["lost"], 0, f"{sample} at {begin}, bad from {began} to {ended}")
                true(sample["mos_x100"] is None or sample["mos_x100"] > 400, f"{sample}")
        true(inside >= BAD - 2 and beside >= 2 * (GOOD - 2), f"{inside} and {beside} seconds")
        lost = sum(sample["lost"] for _, _, sample in seconds_of(legs[0]["received"]))
        equal(lost, wire.lost, "all that was lost")
        equal(sum(sample["lost"] for _, _, sample in seconds_of(legs[1]["received"])), 0,
              "nothing was lost on the other leg")
        is_drawn(exchange, cdr)
        is_nobody_elses(exchange, cdr)


def is_drawn(exchange, cdr):
    words = ("cdr", "quality", ACME, cdr["id"], "--data", exchange.data)
    drawn = exchange.command_line(*words).stdout
    for part in ("leg 0, incoming: 101", "received since", "MOS", "at worst", "loss"):
        true(part in drawn, f"{part} in {drawn}")


def is_nobody_elses(exchange, cdr):
    status, _ = exchange.api(f"/api/v1/tenants/{GLOBEX}/cdrs/{cdr['id']}/quality")
    equal(status, 404, "another company has no such record")


@test(listens=True, seconds=90)
def what_a_phone_misses_is_told_by_its_reports():
    with Exchange() as exchange, Wire(exchange) as wire:
        began, ended = spoilt(exchange, wire, INWARD, 12)
        legs = quality(exchange, f"cdrs/{exchange.one_cdr()['id']}")["legs"]
        sent = list(seconds_of(legs[0]["sent"]))
        # a phone reports every few seconds, of the time since its last report
        lost = sum(sample["lost"] for _, _, sample in sent)
        true(0.5 * wire.lost <= lost <= wire.lost, f"{lost} of {wire.lost}: {sent}")
        before = [sample for _, end, sample in sent if end <= began]
        true(all(sample["lost"] == 0 for sample in before), f"{before}")
        bad = [sample for _, _, sample in sent if sample["lost"] > 10]
        true(bad and all(sample["mos_x100"] < 400 for sample in bad), f"{bad}")
        trips = [sample["round_trip_ms"] for _, _, sample in sent]
        true(any(trip is not None and trip < 500 for trip in trips), f"round trips: {trips}")
        received = seconds_of(legs[0]["received"])
        equal(sum(sample["lost"] for _, _, sample in received), 0, "it was heard without loss")


@test(listens=True, seconds=60)
def one_way_sound_is_told_of_within_three_seconds():
    with Exchange() as exchange, Wire(exchange) as wire:
        with Phone(wire, ACME, "101") as anna, Phone(exchange, ACME, "102") as bert:
            anna.dial("102")
            for phone in (anna, bert):
                phone.wait_established()
                phone.wait_sound()
            record_for(2)
            # nothing of hers comes through any more
            wire.other, began = None, now()

            def alarms():
                return exchange.api(f"{TENANT}/events?types=call.silent")[1]["items"]
            alarm = wait_until("the alarm is there", alarms)[0]
            at = datetime.datetime.fromisoformat(alarm["at"].replace("Z", "+00:00"))
            true((at - began).total_seconds() <= 3, f"{alarm}, since {began}")
            data = alarm["data"]
            equal((data["party"]["number"], data["leg"], data["direction"], data["one_way"]),
                  ("101", 0, "received", True), "who is not heard")
            wait_until("it is counted",
                       lambda: exchange.metrics().get("strowger_one_way_total") == 1)
            anna.hang_up()
            bert.wait_over()


@test(listens=True, seconds=60)
def the_round_trip_to_a_phone_is_known_that_talks_to_the_echo():
    with Exchange() as exchange, Phone(exchange, ACME, "101") as anna:
        anna.dial("*43")
        anna.wait_established()
        anna.wait_sound()
        record_for(14)
        anna.hang_up()
        anna.wait_over()
        [leg] = quality(exchange, f"cdrs/{exchange.one_cdr()['id']}")["legs"]
        sent = [sample for _, _, sample in seconds_of(leg["sent"])]
        trips = [sample["round_trip_ms"] for sample in sent if sample["round_trip_ms"] is not None]
        true(trips and all(trip < 500 for trip in trips), f"{sent}")


# discarded 26/256, burst density 128/256, bursts of 180 ms, MOS 3.1
HEARD = (26, 128, 180, 31)


@test(listens=True, seconds=60)
def what_a_phone_tells_of_its_listening_is_kept_and_it_is_told_how_it_is_heard():
    with Exchange() as exchange:
        line = Line(exchange, ACME, exchange.account(ACME, "101")).register()
        # four packets of seven, once a second
        reporter = Reporter(exchange.ip, HEARD, loses=lambda n: n % 50 in (10, 12, 14, 16))
        with line:
            offer = reporter.description(description(line.ip, reporter.port, "0 101"))
            dialog = line.invite(f"sip:*43@{ACME}", body=offer)
            true("a=rtcp-xr:rcvr-rtt=all voip-metrics" in dialog.answer.body,
                 f"extended reports are wanted of it as well: {dialog.answer.body}")
            reporter.begin(dialog.answer.body)
            record_for(14)
            dialog.hang_up()
        reporter.close()
        told = wait_until("it was told how it is heard", lambda: reporter.voip)[-1]
        equal(told["ssrc"], SSRC, "whose stream it is")
        # 4 of 50 packets are lost, and 4 of the 7 of each burst
        true(15 <= told["loss"] <= 25, f"{told}")
        # 4 of 7 are 146 of 256, and 7 packets are 140 ms; the last burst may still go on
        true(145 <= told["burst_density"] <= 149 and 120 <= told["burst_ms"] <= 140, f"{told}")
        equal(told["discard"], 0, f"{told}")
        true(700 <= told["gap_ms"] <= 900, f"{told}")
        true(reporter.answers and all(of[:2] == (SSRC, MIDDLE) for of in reporter.answers),
             f"the time it asked by was answered: {reporter.answers}")
        cdr = exchange.one_cdr()
        [leg] = quality(exchange, f"cdrs/{cdr['id']}")["legs"]
        names = ("discarded_percent", "burst_loss_percent", "burst_ms", "own_mos_x100")
        sent = [sample for _, _, sample in seconds_of(leg["sent"])]
        kept = {tuple(sample[name] for name in names) for sample in sent}
        told = {sample for sample in kept if sample != (None,) * 4}
        equal(told, {(10.2, 50.0, 180, 310)}, "what it tells of its listening")
        equal(leg["received"]["own_mos_x100"], None, "the other direction is measured here")
        words = ("cdr", "quality", ACME, cdr["id"], "--data", exchange.data)
        drawn = exchange.command_line(*words).stdout
        for part in ("its own", "at worst 3.10", "discarded", "at most 10.1 %", "180 ms"):
            true(part in drawn, f"{part} in {drawn}")


def report_on(call_id, loss="1.2"):
    """A telephone's report on a call (RFC 6035)."""
    return (
        f"VQSessionReport: CallTerm\r\nCallID: {call_id}\r\nLocalMetrics:\r\n"
        "Timestamps:START=2026-03-02T09:14:07Z STOP=2026-03-02T09:15:02Z\r\n"
        f"SessionDesc:PT=0 PD=PCMU SR=8000 PLC=3 SSUP=off\r\nPacketLoss:NLR={loss} JDR=0.5\r\n"
        "BurstGapLoss:BLD=25.0 BD=80 GLD=0.1 GD=9000 GMIN=16\r\nDelay:RTD=40 ESD=60 IAJ=2\r\n"
        "QualityEst:MOSLQ=4.1 MOSCQ=3.9\r\n"
    )


def tells(line, body, method="PUBLISH"):
    return line.request(method, f"sip:{line.domain}", to=f"<sip:{line.domain}>", body=body,
                        content_type="application/vq-rtcpxr", headers=["Event: vq-rtcpxr"])


@test(listens=True, seconds=60)
def what_a_phone_reports_when_its_call_is_over_is_kept_with_its_leg_and_by_nobody_else():
    with Exchange() as exchange:
        anna, bert = (Line(exchange, ACME, exchange.account(ACME, name)).register()
                      for name in ("101", "102"))
        stranger = Line(exchange, GLOBEX, exchange.account(GLOBEX, "101"))
        with anna, bert, stranger:
            dialog = anna.invite(f"sip:*43@{ACME}")
            call_id = dialog.call_id
            answer = tells(anna, report_on(call_id).replace("SessionReport", "IntervalReport"),
                           "NOTIFY")
            equal(answer.status, 200, "a report while the call goes on")
            dialog.hang_up()
            cdr = exchange.one_cdr()
            equal(tells(anna, report_on(call_id)).status, 200, "a report afterwards")
            equal(tells(bert, report_on(call_id)).status, 404, "a colleague's")
            equal(tells(stranger, report_on(call_id)).status, 404, "another company's")
            answer = tells(anna, report_on(call_id, loss="bad"))
            equal(answer.status, 400, "one that cannot be read")
            true("line 6" in answer["warning"], f"the line is named: {answer['warning']}")

            def kept():
                [leg] = quality(exchange, f"cdrs/{cdr['id']}")["legs"]
                return len(leg["reported"]) == 2 and leg["reported"]
            interval, session = wait_until("both reports are kept", kept)
            equal((interval["kind"], session["kind"]), ("interval", "session"), "their kinds")
            names = ("loss_percent", "discarded_percent", "burst_loss_percent", "burst_ms",
                     "round_trip_ms", "end_system_ms", "jitter_ms", "listening_mos_x100",
                     "conversation_mos_x100")
            equal([session[name] for name in names], [1.2, 0.5, 25.0, 80, 40, 60, 2, 410, 390],
                  "what it told")
            words = ("cdr", "quality", ACME, cdr["id"], "--data", exchange.data)
            drawn = exchange.command_line(*words).stdout
            true("(of the call): MOS 4.10, in conversation 3.90, loss 1.2 %" in drawn, drawn)
