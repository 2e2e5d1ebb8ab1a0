"""Conferences: telephones of every codec, browsers and whoever is sent on hear each other and not
themselves, as far as each may. Each says a tone of its own, so that what is heard tells who is."""

from kit import sound
from kit.baresip import Phone
from kit.case import equal, record_for, test, true, wait_until
from kit.exchange import ACME, GLOBEX, Exchange
from suites.browsers import page
from suites.features import ANNA, BERT, CARL, SECONDS, holding
from suites.recordings import decoded, decoded_mp3, fetched, finished

TENANT = f"/api/v1/tenants/{ACME}"
ROOM = "800"
PCMU, G722, OPUS = "PCMU/8000/1", "G722/16000/1", "opus/48000/2"
# the share of the power of a tone that is heard among others, and of one that is not heard
HEARD, UNHEARD = 0.15, 0.01


def conference(exchange, domain=ACME, notice=None, **rule):
    """Makes the extension that is one."""
    status, made = exchange.api(f"/api/v1/tenants/{domain}/extensions", "POST", {
        "number": ROOM, "display_name": "Mondays", "destination": "conference",
        "conference": rule, "recording": notice or {}})
    equal(status, 201, f"the conference is made: {made}")


def says(exchange, number, hertz, codec=PCMU, domain=ACME):
    return Phone(exchange, domain, number, source=f"ausine,{hertz}", codec=codec)


def members(exchange, domain=ACME):
    """Those of the company's only conference, by their numbers."""
    status, found = exchange.api(f"/api/v1/tenants/{domain}/conferences")
    equal(status, 200, f"conferences: {found}")
    return {one["number"]: one for each in found["items"] for one in each["members"]}


def all_come(exchange, *phones):
    for phone in phones:
        phone.dial(ROOM)
        phone.wait_established()
    wait_until("all are there", lambda: len(members(exchange)) == len(phones))


def seat(exchange, number, **seat):
    """Changes what a member may."""
    call = members(exchange)[number]["call"]
    status, now = exchange.api(f"{TENANT}/calls/{call}/seat", "PUT", seat)
    equal(status, 200, f"{number} is seated: {now}")


def all_leave(*phones):
    for phone in phones:
        phone.hang_up()
    for phone in phones:
        phone.wait_over()


def hears(phone, *hertz, seconds=SECONDS - 1, never=()):
    """In its last seconds, the phone heard these tones and hardly anything else."""
    heard = phone.heard()
    shares = {tone: round(sound.tone_share(heard, tone, seconds), 3)
              for tone in (ANNA, BERT, CARL)}
    true(all(shares[tone] >= HEARD for tone in hertz) and
         all(share <= UNHEARD for tone, share in shares.items() if tone not in hertz) and
         sum(shares[tone] for tone in hertz) >= 0.8,
         f"{phone.name} heard {hertz} at last: shares {shares}")


def three(exchange, codecs=(PCMU, PCMU, PCMU)):
    return [says(exchange, number, hertz, codec)
            for number, hertz, codec in zip(("101", "102", "103"), (ANNA, BERT, CARL), codecs)]


@test(listens=True, seconds=90)
def three_phones_of_different_codecs_hear_the_others_and_not_themselves():
    with Exchange() as exchange:
        conference(exchange)
        anna, bert, carl = three(exchange, (PCMU, G722, OPUS))
        with anna, bert, carl:
            all_come(exchange, anna, bert, carl)
            record_for(SECONDS)
            heard = wait_until("all are heard", lambda: all(
                one["heard"] for one in members(exchange).values()) and members(exchange))
            equal(sorted(heard), ["101", "102", "103"], "members")
            carl.hang_up()
            carl.wait_over()
            hears(carl, ANNA, BERT)
            record_for(SECONDS)
            all_leave(anna, bert)
            hears(anna, BERT)
            hears(bert, ANNA)
        codecs = sorted(cdr["legs"][0]["codec"].upper() for cdr in exchange.wait_cdrs(3))
        equal(codecs, ["G722", "OPUS", "PCMU"], "codecs of the records")
        equal(members(exchange), {}, "members at last")
        _, log = exchange.api(f"{TENANT}/events?limit=200&types=conference.*")
        told = [event["type"] for event in log["items"]]
        equal((told.count("conference.joined"), told.count("conference.left")), (3, 3), "events")
        true("conference.floor" in told, f"somebody had the floor: {told}")


@test(listens=True, seconds=90)
def who_is_muted_is_heard_by_nobody_and_who_is_deaf_hears_nothing():
    with Exchange() as exchange:
        conference(exchange, muted_at_first=True)
        anna, bert, carl = three(exchange)
        with anna, bert, carl:
            all_come(exchange, anna, bert, carl)
            true(all(one["seat"]["muted"] for one in members(exchange).values()), "all are muted")
            # the keys of the telephone: it is heard from now on
            for count, key in enumerate("*6", 1):
                anna.command("sndcode", key)
                wait_until(f"{key} arrives", lambda count=count:
                           exchange.metrics()["strowger_digits_total"] >= count)
            wait_until("the keys are known",
                       lambda: not members(exchange)["101"]["seat"]["muted"])
            seat(exchange, "102", gain_percent=100)
            seat(exchange, "103", muted=True, deaf=True)
            record_for(SECONDS)
            all_leave(anna, bert, carl)
            hears(anna, BERT)
            hears(bert, ANNA)
            true(sound.is_silent(carl.heard(), after=0) or
                 sound.tone_share(carl.heard(), BERT, SECONDS - 1) < 0.8, "who is deaf hears nobody")


@test(listens=True, seconds=90)
def a_coach_is_heard_by_its_pupil_alone():
    with Exchange() as exchange:
        conference(exchange)
        anna, bert, carl = three(exchange)
        with anna, bert, carl:
            all_come(exchange, anna, bert, carl)
            seat(exchange, "103", coaches=members(exchange)["102"]["call"])
            record_for(SECONDS)
            all_leave(anna, bert, carl)
            hears(anna, BERT)
            hears(bert, ANNA, CARL)
            hears(carl, ANNA, BERT)


@test(listens=True, seconds=90)
def who_holds_is_heard_by_nobody_until_it_is_back():
    with Exchange() as exchange:
        conference(exchange)
        anna, bert, carl = three(exchange)
        with anna, bert, carl:
            all_come(exchange, anna, bert, carl)
            carl.hold()
            wait_until("the hold is known", lambda: holding(exchange) == ["103"])
            record_for(SECONDS)
            anna.hang_up()
            anna.wait_over()
            hears(anna, BERT)
            carl.resume()
            wait_until("it is back", lambda: holding(exchange) == [])
            record_for(SECONDS)
            all_leave(bert, carl)
            hears(bert, CARL)


@test(listens=True, seconds=120)
def a_conference_goes_on_after_the_exchange_was_killed():
    with Exchange() as exchange:
        conference(exchange)
        anna, bert, carl = three(exchange)
        with anna, bert, carl:
            all_come(exchange, anna, bert, carl)
            seat(exchange, "103", muted=True)
            # a call is kept once it is two seconds old
            record_for(4)
            exchange.kill()
            exchange.start()
            back = wait_until("all are back", lambda: len(members(exchange)) == 3
                              and members(exchange))
            true(back["103"]["seat"]["muted"], "who was muted is so still")
            record_for(SECONDS + 1)
            all_leave(anna, bert, carl)
            hears(anna, BERT)
            hears(bert, ANNA)
            hears(carl, ANNA, BERT)
        exchange.wait_cdrs(3)


@test(listens=True, seconds=120)
def a_browser_joins_and_somebody_is_sent_on_to_the_others():
    with Exchange().also_speaks("wss") as exchange:
        conference(exchange)
        with page(exchange, "101", ANNA) as anna, says(exchange, "102", BERT, G722) as bert, \
                says(exchange, "103", CARL) as carl:
            anna.dial(ROOM)
            anna.wait_established()
            # alone it hears silence, but it hears it
            wait_until("the browser hears Opus", lambda: anna.codec() == "audio/opus")
            # 102 calls 103, and sends it on
            bert.dial("103")
            bert.wait_established()
            record_for(1.5)
            bert.send_on(ROOM)
            bert.wait_over()
            wait_until("103 is there", lambda: set(members(exchange)) == {"101", "103"})
            record_for(SECONDS)
            share = sound.tone_share(anna.heard(), CARL, SECONDS - 1)
            true(share >= 0.8, f"the browser hears who was sent on: {share:.2f}")
            carl.hang_up()
            carl.wait_over()
            hears(carl, ANNA)
            anna.hang_up()
            anna.wait_over()
        exchange.wait_cdrs(2)


@test(listens=True, seconds=90)
def conferences_of_the_same_number_in_two_companies_never_meet():
    with Exchange() as exchange:
        conference(exchange)
        conference(exchange, GLOBEX)
        with says(exchange, "101", ANNA) as anna, says(exchange, "102", BERT) as bert, \
                says(exchange, "101", CARL, domain=GLOBEX) as stranger:
            all_come(exchange, anna, bert)
            stranger.dial(ROOM)
            stranger.wait_established()
            wait_until("the stranger is in its own", lambda: members(exchange, GLOBEX))
            equal(sorted(members(exchange)), ["101", "102"], "members of the one company's")
            record_for(SECONDS)
            all_leave(anna, bert, stranger)
            hears(anna, BERT)
            hears(bert, ANNA)


@test(seconds=60)
def whoever_comes_to_a_full_conference_is_told_so():
    with Exchange() as exchange:
        conference(exchange, most_members=2)
        anna, bert, carl = three(exchange)
        with anna, bert, carl:
            all_come(exchange, anna, bert)
            carl.dial(ROOM)
            equal(carl.wait_final().status, 503, "what the third is told")
            all_leave(anna, bert)
        refused = [cdr for cdr in exchange.wait_cdrs(3) if cdr["end"]["sip_status"] == 503]
        true("has its 2 members" in refused[0]["end"]["reason"], f"the record: {refused[0]['end']}")


def has_tones(path, *hertz, seconds=3):
    """The last seconds of a recording have these tones, and hardly anything else."""
    shares = {tone: round(sound.tone_share(path, tone, seconds), 3)
              for tone in (ANNA, BERT, CARL)}
    true(all((share >= HEARD) == (tone in hertz) for tone, share in shares.items()),
         f"{path} has {hertz} at last: shares {shares}")


@test(listens=True, seconds=120)
def the_recording_of_a_conference_has_all_its_members_after_the_exchange_was_killed():
    with Exchange() as exchange:
        conference(exchange, recording="always", notice={"announce": "none"})
        anna, bert, carl = three(exchange, (PCMU, G722, OPUS))
        with anna, bert, carl:
            all_come(exchange, anna, bert)
            # a call is kept once it is two seconds old
            record_for(4)
            exchange.kill()
            exchange.start()
            wait_until("both are back", lambda: len(members(exchange)) == 2)
            carl.dial(ROOM)
            carl.wait_established()
            wait_until("all are there", lambda: len(members(exchange)) == 3)
            record_for(SECONDS)
            all_leave(anna, bert, carl)
        recording = finished(exchange)[0]
        equal((recording["source"], recording["called"], recording["sides"]),
              ("conference", ROOM, "both"), "what it is of")
        equal(recording["members"], ["101", "102", "103"], "who was there")
        whole = decoded(fetched(exchange, recording))
        has_tones(whole, ANNA, BERT, CARL)
        has_tones(decoded_mp3(fetched(exchange, recording, "mp3")), ANNA, BERT, CARL)
        # the first seconds are those before the kill
        early = sound.head(whole, 4, whole + ".early.wav")
        has_tones(early, ANNA, BERT, seconds=2)
        for named in (ROOM, recording["conference"]):
            found = exchange.items(f"{TENANT}/recordings?conference={named}")
            equal([one["id"] for one in found], [recording["id"]], f"those of {named}")
        links = [why["because"] for cdr in exchange.wait_cdrs(3) for why in cdr["explanation"]
                 if why["rule"] == "record.conference"]
        equal(len(links), 3, f"each record names the recording: {links}")
        true(all(recording["id"] in link for link in links), f"by its id: {links}")


@test(listens=True, seconds=90)
def a_member_that_may_has_a_conference_recorded_by_its_keys():
    with Exchange() as exchange:
        conference(exchange, recording="on_request", notice={"announce": "none"})
        status, _ = exchange.api(
            f"{TENANT}/extensions/101", "PATCH", {"recording": {"by_phone": True}},
            {"Content-Type": "application/merge-patch+json", "If-Match": "*"})
        equal(status, 200, "101 may")
        anna, bert, _ = three(exchange)
        with anna, bert:
            all_come(exchange, anna, bert)
            pressed = 0
            for state in ("on", "paused", "on"):
                for key in "*2":
                    anna.command("sndcode", key)
                    pressed += 1
                    wait_until(f"{key} arrives", lambda: exchange.metrics()[
                        "strowger_digits_total"] >= pressed)
                wait_until(f"it is {state}", lambda state=state: live(exchange) == state)
                record_for(4)
            all_leave(anna, bert)
        recording = finished(exchange)[0]
        x = sound.samples(fetched(exchange, recording, "wave"))
        loud = sound.loudness(x)
        silent = float((loud < 1e-3).sum()) * 160 / sound.RATE
        true(3 <= silent <= 6.5, f"of {len(x) / sound.RATE:.1f} s {silent:.1f} s are silent")
        exchange.wait_cdrs(2)


def live(exchange):
    """How it stands with the recording of the company's only conference."""
    status, found = exchange.api(f"{TENANT}/conferences")
    equal(status, 200, f"conferences: {found}")
    recording = found["items"][0]["recording"]
    return recording and recording["state"]
