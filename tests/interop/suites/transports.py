"""Phones that come in within TLS or over WebSockets register, call and are called, mixed with
phones on UDP. Telephones send their sound in plain RTP all the same; a browser protects its own."""

import os
import shutil
import signal
import socket
import ssl

from kit.baresip import Phone
from kit.case import equal, record_for, test, true, wait_until
from kit.exchange import ACME, Exchange
from kit.web_line import BINARY, CLOSE, PING, WebLine, trusting
from kit.web_phone import WebPhone
from suites.codecs import hear_each_other, voices
from suites.features import ANNA, BERT, hears, tone
from suites.protected_sound import changed

SECONDS = 5
CODEC = "PCMU/8000/1"


def talk(caller, called):
    """Two baresips, each by a transport of its own, hear each other."""
    with Exchange().also_speaks("tls") as exchange:
        anna_says, bert_says = voices(exchange)
        with Phone(exchange, ACME, "101", caller, f"aufile,{anna_says}", CODEC) as anna, \
                Phone(exchange, ACME, "102", called, f"aufile,{bert_says}", CODEC) as bert:
            hear_each_other((anna, anna_says), (bert, bert_says), SECONDS)
            for phone, transport in ((anna, caller), (bert, called)):
                said = [m for m in phone.messages(received=True) if m.status is None]
                for request in said:
                    true(f"SIP/2.0/{transport.upper()} " in request["via"], request["via"])
            equal(exchange.one_cdr()["end"]["sip_status"], 200, "status of the record")


@test(listens=True)
def two_phones_within_tls_hear_each_other():
    talk("tls", "tls")


@test(listens=True)
def a_phone_within_tls_calls_one_on_udp():
    talk("tls", "udp")


@test(listens=True)
def a_phone_on_tcp_calls_one_within_tls():
    talk("tcp", "tls")


def jssip_talks(transport):
    """JsSIP in a browser calls baresip and is called by it, and each hears the other's tone."""
    with Exchange().also_speaks("ws", "wss") as exchange, \
            WebPhone(exchange, ACME, "101", transport, ANNA) as page, \
            tone(exchange, "102", BERT) as bert:
        page.dial("102")
        bert.wait_established()
        page.wait_established()
        record_for(SECONDS)
        bert.hang_up()
        page.wait_over()
        bert.dial("101")
        page.wait_established(2)
        record_for(SECONDS)
        page.hang_up()
        bert.wait_over()
        hears(page, BERT)
        hears(bert, ANNA)
        ended = [record["end"] for record in exchange.wait_cdrs(2)]
        equal(sorted((end["sip_status"], end["by"]) for end in ended),
              [(200, "callee"), (200, "callee")], "the records")


@test(listens=True, seconds=90)
def jssip_on_a_web_socket_talks_with_a_phone_on_udp():
    jssip_talks("ws")


@test(listens=True, seconds=90)
def jssip_on_a_web_socket_within_tls_talks_with_a_phone_on_udp():
    jssip_talks("wss")


def web_phone_calls(transport, kind):
    with Exchange().also_speaks("ws", "wss") as exchange:
        account = exchange.account(ACME, "101")
        with WebLine(exchange, ACME, account, transport, kind) as page:
            page.register()
            with Phone(exchange, ACME, "102", codec=CODEC) as bert:
                dialog = page.invite(f"sip:102@{ACME}")
                equal(dialog.answer.status, 200, "the call is answered")
                true(f"{exchange.ip}:{exchange.port_of(transport)};transport=ws"
                     in dialog.answer.contact, f"where the page may say more: {dialog.target}")
                bert.wait_established()
                dialog.hang_up()
                bert.wait_over()
            equal(exchange.one_cdr()["end"]["sip_status"], 200, "status of the record")


@test()
def a_web_page_in_the_clear_calls_a_phone_on_udp():
    web_phone_calls("ws", 1)


@test()
def a_web_page_within_tls_calls_a_phone_on_udp_in_frames_of_octets():
    web_phone_calls("wss", BINARY)


def web_phone_is_called(transport):
    with Exchange().also_speaks("ws", "wss") as exchange:
        # a page that speaks plainly, as no browser does
        changed(exchange, "101", key_agreement="sdes")
        account = exchange.account(ACME, "101")
        with WebLine(exchange, ACME, account, transport) as page:
            page.register()
            with Phone(exchange, ACME, "102", codec=CODEC) as bert:
                bert.dial("101")
                invite = page.wait_request("INVITE")
                true(invite, "the page is called on the connection that it opened")
                true(".invalid" in invite.uri, f"at the address that it gave: {invite.uri}")
                true(invite["via"].startswith(f"SIP/2.0/{transport.upper()} "), invite["via"])
                page.respond(invite, 200, "OK", tag="page", body=(
                    f"v=0\r\no=- 1 1 IN IP4 {page.ip}\r\ns=-\r\nc=IN IP4 {page.ip}\r\nt=0 0\r\n"
                    "m=audio 9 RTP/AVP 0\r\na=sendrecv\r\n"))
                true(page.wait_request("ACK"), "the page's answer is acknowledged")
                bert.wait_established()
                bert.hang_up()
                bye = page.wait_request("BYE")
                true(bye, "the end reaches the page")
                page.respond(bye, 200, "OK")
            equal(exchange.one_cdr()["end"]["sip_status"], 200, "status of the record")


@test()
def a_phone_on_udp_calls_a_web_page_in_the_clear():
    web_phone_is_called("ws")


@test()
def a_phone_on_udp_calls_a_web_page_within_tls():
    web_phone_is_called("wss")


@test()
def a_web_page_is_answered_its_pings_and_its_close_and_is_no_longer_registered():
    with Exchange().also_speaks("ws") as exchange:
        with WebLine(exchange, ACME, exchange.account(ACME, "101")) as page:
            page.register()
            equal(len(exchange.registrations()), 1, "registrations")
            page.frame(PING, b"there?")
            wait_until("the pong", lambda: page.drain() is not None and page.pongs)
            equal(page.pongs, [b"there?"], "what was asked comes back")
            page.frame(CLOSE, b"\x03\xe8")
            wait_until("the close", lambda: page.drain() is not None and page.closed is not None)
            equal(page.closed, b"\x03\xe8", "its own code comes back")
            wait_until("it is gone", lambda: exchange.registrations() == [])


def serial(exchange):
    """The certificate that is shown just now."""
    plain = socket.create_connection((exchange.ip, exchange.port_of("tls")), 5)
    with trusting(exchange).wrap_socket(plain, server_hostname=ACME) as line:
        return line.getpeercert()["serialNumber"]


@test()
def a_new_certificate_is_shown_after_sighup_and_the_old_line_stays():
    with Exchange() as other, Exchange().also_speaks("tls", "ws") as exchange:
        with WebLine(exchange, ACME, exchange.account(ACME, "101")) as page:
            page.register()
            before = serial(exchange)
            for name in ("sip.crt", "sip.key"):
                shutil.copy(os.path.join(other.data, name), os.path.join(exchange.data, name))
            exchange.process.send_signal(signal.SIGHUP)

            def renewed():
                try:
                    return serial(exchange) != before
                except ssl.SSLError:
                    # still the old one, which is no longer trusted
                    return False
            wait_until("the new certificate", renewed)
            equal(page.registration(), 200, "whoever was there is still there")


@test()
def tls_speaks_1_2_and_1_3_and_nothing_older():
    with Exchange().also_speaks("tls") as exchange:
        for version, name in ((ssl.TLSVersion.TLSv1_2, "TLSv1.2"),
                              (ssl.TLSVersion.TLSv1_3, "TLSv1.3")):
            context = trusting(exchange)
            context.minimum_version = context.maximum_version = version
            plain = socket.create_connection((exchange.ip, exchange.port_of("tls")), 5)
            with context.wrap_socket(plain, server_hostname=ACME) as line:
                equal(line.version(), name, "version")
        figures = exchange.metrics()
        equal(figures["strowger_net_tcp_opened"], 2, "connections that agreed on keys")


@test()
def half_open_connections_keep_no_phone_away():
    with Exchange().also_speaks("tls", "ws") as exchange:
        silent = [socket.create_connection((exchange.ip, exchange.port_of(name)), 5)
                  for name in ("tls", "ws") for _ in range(60)]
        wait_until("all are half open",
                   lambda: exchange.metrics()["strowger_net_tcp_opening_now"] == len(silent), 8)
        with Phone(exchange, ACME, "101", "tls"), \
                WebLine(exchange, ACME, exchange.account(ACME, "102")) as page:
            page.register()
        for line in silent:
            line.settimeout(20)
            equal(line.recv(1), b"", "closed in time")
            line.close()
        wait_until("none is left", lambda: exchange.metrics()["strowger_net_tcp_opening_now"] == 0)
