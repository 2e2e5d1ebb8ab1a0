"""Video beside sound, in calls of two parties: between telephones, between browsers, and between a
browser and a telephone. Nobody makes video into another codec, so both speak VP8. A picture counts
when it has been decoded and shown."""

from kit.case import equal, record_for, test, true, wait_until
from kit.exchange import ACME, Exchange
from kit.web_phone import WebPhone
from suites.features import ANNA, BERT, CARL, tone
from suites.matrix import hears_anew
from suites.protected_sound import changed, forged, suites

CAMERA = """module vp8.so
module fakevideo.so
video_source fakevideo,nil
video_display fakevideo,nil
video_size 320x240
video_bitrate 300000
video_fps 15
"""
# two seconds of it
ENOUGH = 30


def camera(exchange, number, hertz, **more):
    """A telephone with a camera, which is made up."""
    config = CAMERA + more.pop("config", "")
    return tone(exchange, number, hertz, config=config, **more)


def page(exchange, number, hertz, shows=True):
    return WebPhone(exchange, ACME, number, "wss", hertz, shows=shows)


def pictures(one):
    seen = one.seen()
    return seen["frames"] if isinstance(seen, dict) else seen


def sees_anew(one, enough=ENOUGH):
    """From now on, so many more pictures reach it."""
    before = pictures(one)
    wait_until(f"{one.name} sees something new", lambda: pictures(one) >= before + enough)


def talking(one, other, number="102"):
    one.dial(number)
    one.wait_established()
    other.wait_established()


def see_and_hear(*parties):
    for party in parties:
        hears_anew(party)
        sees_anew(party)


def because(cdr):
    """What a call's record says of its video."""
    return [step["because"] for step in cdr["explanation"] if step["rule"] == "media.video"]


@test(seconds=90)
def two_telephones_see_each_other_and_go_on_so_after_a_hold():
    with Exchange() as exchange, camera(exchange, "101", ANNA) as anna, \
            camera(exchange, "102", BERT) as bert:
        talking(anna, bert)
        see_and_hear(anna, bert)
        bert.hold()
        hears_anew(anna)
        bert.resume()
        see_and_hear(anna, bert)
        anna.hang_up()
        bert.wait_over()
        said = because(exchange.one_cdr())
        true(any("passes" in text and "VP8" in text for text in said), f"the record says so: {said}")


@test(seconds=90)
def a_telephone_that_may_have_no_video_calls_and_is_called_with_sound_alone():
    with Exchange() as exchange, camera(exchange, "101", ANNA) as anna, \
            camera(exchange, "102", BERT) as bert:
        changed(exchange, "102", video="refuse")
        for count, (one, other) in enumerate(((anna, bert), (bert, anna)), 1):
            one.dial(other.number)
            for party in (anna, bert):
                party.wait_established(count)
                hears_anew(party)
            one.hang_up()
            for party in (anna, bert):
                party.wait_over(count)
        equal((anna.seen(), bert.seen()), (0, 0), "pictures")
        said = [text for cdr in exchange.wait_cdrs(2) for text in because(cdr)]
        true(any("its device may not have" in text for text in said), f"the records say so: {said}")


@test(seconds=90)
def a_telephone_without_a_camera_is_called_and_calls_with_sound_alone():
    with Exchange() as exchange, camera(exchange, "101", ANNA) as anna, \
            tone(exchange, "102", BERT) as bert:
        talking(anna, bert)
        hears_anew(anna)
        hears_anew(bert)
        equal(anna.seen(), 0, "pictures")
        anna.hang_up()
        bert.wait_over()
        said = because(exchange.one_cdr())
        true(any("does not take" in text for text in said), f"the record says so: {said}")
        bert.dial("101")
        bert.wait_established(2)
        hears_anew(anna)
        hears_anew(bert)


@test(seconds=90)
def whoever_a_call_is_sent_on_to_sees_and_is_seen():
    with Exchange() as exchange, camera(exchange, "101", ANNA) as anna, \
            camera(exchange, "102", BERT) as bert, camera(exchange, "103", CARL) as carl:
        talking(anna, bert)
        see_and_hear(anna, bert)
        bert.send_on("103")
        carl.wait_established()
        bert.wait_over()
        see_and_hear(anna, carl)


@test(seconds=90)
def video_is_protected_as_the_sound_is():
    protected = {"config": "module srtp.so\n", "more": ";mediaenc=srtp-mand"}
    with Exchange().also_speaks("tls") as exchange, \
            camera(exchange, "101", ANNA, **protected) as anna, \
            camera(exchange, "102", BERT) as bert:
        talking(anna, bert)
        see_and_hear(anna, bert)
        anna.hang_up()
        bert.wait_over()
        equal(forged(exchange), 0, "forged packets")
        used = suites(exchange.one_cdr())
        true(any(used), f"one side was protected: {used}")


def goes_on_after_a_kill(exchange, anna, bert):
    talking(anna, bert)
    see_and_hear(anna, bert)
    # a call is stored once it is two seconds old
    record_for(3)
    exchange.kill()
    exchange.start()
    equal([call["state"] for call in exchange.calls()], ["talking"], "the call is back")
    if isinstance(anna, WebPhone):
        # it comes back by another connection, and is offered another handshake there
        anna.wait_for("registered", 2)
    see_and_hear(anna, bert)
    anna.hang_up()
    bert.wait_over()


@test(seconds=120)
def two_telephones_see_each_other_also_after_the_exchange_was_killed():
    with Exchange() as exchange, camera(exchange, "101", ANNA) as anna, \
            camera(exchange, "102", BERT) as bert:
        goes_on_after_a_kill(exchange, anna, bert)


@test(seconds=120)
def a_browser_and_a_telephone_see_each_other_also_after_the_exchange_was_killed():
    with Exchange().also_speaks("wss") as exchange, page(exchange, "101", ANNA) as anna, \
            camera(exchange, "102", BERT) as bert:
        goes_on_after_a_kill(exchange, anna, bert)


@test(seconds=90)
def the_echo_has_no_video():
    with Exchange() as exchange, camera(exchange, "101", ANNA) as anna:
        anna.dial("*43")
        anna.wait_established()
        hears_anew(anna)
        equal(anna.seen(), 0, "pictures")


@test(seconds=90)
def a_browser_and_a_telephone_see_each_other_whoever_calls():
    with Exchange().also_speaks("wss") as exchange, page(exchange, "101", ANNA) as anna, \
            camera(exchange, "102", BERT) as bert:
        talking(anna, bert)
        see_and_hear(anna, bert)
        equal(anna.seen()["codec"], "video/VP8", "what it sees")
        anna.hang_up()
        bert.wait_over()
        bert.dial("101")
        anna.wait_established(2)
        see_and_hear(anna, bert)
        bert.hang_up()
        anna.wait_over(2)
        equal(forged(exchange), 0, "forged packets")


@test(seconds=90)
def two_browsers_see_each_other_and_a_screen_in_place_of_a_camera():
    with Exchange().also_speaks("wss") as exchange, page(exchange, "101", ANNA) as anna, \
            page(exchange, "102", BERT) as bert:
        talking(anna, bert)
        see_and_hear(anna, bert)
        true(anna.seen()["wasAsked"] + bert.seen()["wasAsked"] > 0, "whole pictures were asked for")
        anna.share_screen()
        wait_until("the screen is seen", lambda: bert.seen()["width"] == 400)
        sees_anew(bert)
        anna.hang_up()
        bert.wait_over()
        equal(forged(exchange), 0, "forged packets")


@test(seconds=90)
def a_browser_adds_its_camera_to_a_call_and_takes_it_out():
    with Exchange().also_speaks("wss") as exchange, \
            page(exchange, "101", ANNA, shows=False) as anna, page(exchange, "102", BERT) as bert:
        talking(anna, bert)
        hears_anew(anna)
        anna.show()
        sees_anew(bert)
        hears_anew(anna)
        anna.hide()
        hears_anew(anna)
        hears_anew(bert)
        equal(forged(exchange), 0, "forged packets")


@test(seconds=90)
def a_browser_without_a_camera_hears_a_telephone_that_has_one():
    with Exchange().also_speaks("wss") as exchange, \
            page(exchange, "101", ANNA, shows=False) as anna, \
            camera(exchange, "102", BERT) as bert:
        bert.dial("101")
        anna.wait_established()
        hears_anew(anna)
        hears_anew(bert)
