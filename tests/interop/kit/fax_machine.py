"""A fax machine: a telephone made by hand whose voice is a terminal of libspandsp, by modem over
G.711 or by T.38."""

import os
import random
import re
import socket
import threading
import time

import numpy as np

from kit import fax_page
from kit.case import true, wait_until
from kit.line import Line, description, token
from kit.rtp import INTERVAL, PACKET, Stranger, packet
from kit.spandsp import ModemTerminal, T38Terminal
from kit.udptl import Receiver, Sender
from kit.voice import linear, mu_law

# seconds of sound before a machine that was called wants to go over to T.38
TONE = 1.0
T38 = ("a=T38FaxVersion:0\r\na=T38MaxBitRate:14400\r\na=T38FaxRateManagement:transferredTCF\r\n"
       "a=T38FaxMaxBuffer:2000\r\na=T38FaxMaxDatagram:400\r\na=T38FaxUdpEC:t38UDPRedundancy\r\n")


def fax_description(ip, port):
    return (f"v=0\r\no=- 1 2 IN IP4 {ip}\r\ns=-\r\nc=IN IP4 {ip}\r\nt=0 0\r\n"
            f"m=image {port} udptl t38\r\n{T38}")


class FaxMachine(Line):
    """Registered, and answering every call at once. One that is called asks to go over to T.38
    where `asks`; one that `refuses` answers 488 to that. The first `busy` calls find it busy. `loses` is the share of datagrams of T.38
    that it neither sends nor gets."""

    def __init__(self, exchange, domain, number, sends=None, asks=True, refuses=None, loses=0.0,
                 busy=0):
        super().__init__(exchange, domain, exchange.account(domain, number))
        self.busy, self.answered = busy, None
        self.number, self.asks, self.refuses = number, asks, refuses
        self.sends = self.takes = None
        if sends:
            self.sends = os.path.join(exchange.folder, f"{number}-sent.tif")
            fax_page.write(self.sends, sends)
        else:
            self.takes = os.path.join(exchange.folder, f"{number}-got.tif")
        self.loses, self.dice = loses, random.Random(int(number))
        self.media = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.media.bind((self.ip, 0))
        self.media.setblocking(False)
        self.peer, self.modem, self.t38, self.refused = None, None, None, None
        self.sender, self.receiver = Sender(), Receiver()
        self.sent = self.got = self.lost = 0
        self.next_rtp, self.ending, self.tag, self.calling = None, False, token(), False
        self.register()
        self.threads = []

    def _begin(self):
        for work in (self._signal, self._fax):
            thread = threading.Thread(target=work, daemon=True)
            thread.start()
            self.threads.append(thread)
        return self

    def waits(self):
        """Waits for calls from now on."""
        return self._begin()

    def calls(self, number, asks=False):
        """Calls, and faxes as soon as it is answered; where it `asks`, by T.38, which it offers at
        once."""
        dialog = self.invite(f"sip:{number}@{self.domain}",
                             self.media.getsockname()[1])
        true(hasattr(dialog, "answer"), f"{number} answers: {dialog}")
        self.calling, self.peer = True, dialog.answer.media_address()
        self.modem = ModemTerminal(True, self.sends, self.takes, self.number)
        if asks:
            answer = dialog.ask(
                "INVITE", body=fax_description(self.ip, self.media.getsockname()[1]))
            true(answer.status == 200, f"{number} takes T.38: {answer.status}")
            self._go_over(answer.body)
        self._begin()
        return dialog

    def breaks_off(self, dialog):
        """Hangs up, whatever is under way. Nobody else reads its messages by then."""
        self._end()
        dialog.hang_up()

    def leaves(self):
        """Hangs up a call that it has answered, in the middle of it."""
        invite = self.answered
        self.send(self.compose(
            "BYE", invite.contact, sender=f"{invite['to']};tag={self.tag}", to=invite["from"],
            call_id=invite.call_id, cseq=3))

    def _end(self):
        self.ending = True
        for thread in self.threads:
            thread.join()

    def __exit__(self, *_):
        self._end()
        for terminal in (self.modem, self.t38):
            if terminal:
                terminal.close()
        self.media.close()
        self.socket.close()

    @property
    def result(self):
        """How it ended, if it has: 0 is well."""
        terminal = self.t38 or self.modem
        return terminal and terminal.result

    def wait_result(self, seconds=90):
        wait_until(f"the fax of {self.number} has ended", lambda: self.result is not None, seconds)
        return self.result

    def pages(self):
        return fax_page.read(self.takes)

    # ---- signalling

    def _signal(self):
        done = 0
        while not self.ending:
            self._read(0.1)
            while done < len(self.inbox):
                message = self.inbox[done]
                done += 1
                if message.status is None:
                    self._take_request(message)

    def _take_request(self, request):
        port = self.media.getsockname()[1]
        if request.method != "INVITE":
            if request.method != "ACK":
                self.respond(request, 200, "OK")
        elif "m=image" in request.body:
            if self.refuses:
                self.respond(request, self.refuses, "Not Acceptable Here")
                return
            self.respond(request, 200, "OK", tag=self.tag, body=fax_description(self.ip, port))
            # the same INVITE may come again
            if self.t38 is None:
                self._go_over(request.body)
        elif self.busy:
            self.busy -= 1
            self.respond(request, 486, "Busy Here", tag=self.tag)
        else:
            if self.modem is None:
                # before it answers: then sound comes at once
                self.answered, self.peer = request, request.media_address()
                self.modem = ModemTerminal(False, self.sends, self.takes, self.number)
                if self.asks:
                    threading.Thread(target=self._ask, args=(request,), daemon=True).start()
            self.respond(request, 200, "OK", tag=self.tag, body=description(self.ip, port))

    def _ask(self, invite):
        """Wants to go over to T.38, a moment after it was called."""
        time.sleep(TONE)
        self.send(self.compose(
            "INVITE", invite.contact, sender=f"{invite['to']};tag={self.tag}", to=invite["from"],
            call_id=invite.call_id, cseq=2,
            body=fax_description(self.ip, self.media.getsockname()[1])))

        def final():
            return next((m for m in list(self.inbox) if m.status and m.status >= 200
                         and m.call_id == invite.call_id and m.cseq == 2), None)
        answer = wait_until(f"{self.number} is answered about T.38", final)
        self.send(self.compose("ACK", invite.contact, sender=answer["from"], to=answer["to"],
                               call_id=invite.call_id, cseq=2,
                               branch=answer.branch if answer.status >= 300 else None))
        if answer.status == 200:
            self._go_over(answer.body)
        else:
            self.refused = answer.status

    def _go_over(self, body):
        ip = re.search(r"^c=IN IP4 (\S+)", body, re.M).group(1)
        self.peer = ip, int(re.search(r"^m=image (\d+)", body, re.M).group(1))
        self.t38 = T38Terminal(self.calling, self.sends, self.takes, self.number, self._send)

    # ---- media

    def _is_lost(self):
        lost = self.dice.random() < self.loses
        self.lost += lost
        return lost

    def _put(self, data):
        try:
            self.media.sendto(data, self.peer)
        except ConnectionError:
            # a port that is closed by now says so to the next packet
            pass

    def _send(self, ifp, count):
        data = self.sender.packet(ifp)
        for _ in range(count):
            self.sent += 1
            if not self._is_lost():
                self._put(data)

    def _fax(self):
        sequence, ssrc, due = 0, int.from_bytes(os.urandom(4), "big"), time.monotonic()
        while not self.ending:
            t38, modem = self.t38, self.modem
            self._listen(t38, modem)
            if t38:
                t38.pass_time(PACKET)
            elif modem:
                said = mu_law(modem.say(PACKET))
                self._put(packet(0, sequence, sequence * PACKET, ssrc, said))
            sequence += 1
            due += INTERVAL
            time.sleep(max(0.0, due - time.monotonic()))

    def _listen(self, t38, modem):
        while True:
            try:
                data, source = self.media.recvfrom(2048)
            except (BlockingIOError, ConnectionError):
                return
            if source != self.peer:
                raise AssertionError(f"{source} writes to {self.number}, and not {self.peer}")
            if t38:
                # what is left of the sound may come for a moment yet
                if data[0] != 0x80:
                    self._take_datagram(t38, data)
            elif modem and data[0] == 0x80 and data[1] & 0x7F == 0:
                self._take_sound(modem, data)

    def _take_datagram(self, t38, data):
        self.got += 1
        if not self._is_lost():
            for seq, ifp in self.receiver.take(data):
                t38.take(seq, ifp)

    def _take_sound(self, modem, data):
        seq = int.from_bytes(data[2:4], "big")
        missing = 0 if self.next_rtp is None else seq - self.next_rtp & 0xFFFF
        if missing < 50:
            for _ in range(missing):
                modem.miss(PACKET)
            self.next_rtp = seq + 1 & 0xFFFF
            modem.hear(np.ascontiguousarray(linear(data[12:]), dtype=np.int16))


class FaxStranger(Stranger):
    """Shouts datagrams of a fax at every media port."""

    def data(self, sequence):
        sender = Sender()
        sender.seq = sequence & 0xFFFF
        return sender.packet(os.urandom(30))
