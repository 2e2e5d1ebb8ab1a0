"""A baresip phone: registers, calls, answers by itself, records what it hears, and writes down
every message it sends and gets."""

import glob
import json
import os
import re
import socket
import subprocess
import time
import wave

from kit.case import wait_until
from kit.exchange import free_port, join
from kit.message import Message

CONFIG = """poll_method epoll
sip_listen {listen}
call_local_timeout 60
call_max_calls 8
audio_player aubridge,sink-{name}
audio_source {source}
audio_alert aubridge,alert-{name}
audio_level no
ausrc_srate 48000
ausrc_channels {channels}
ausrc_format s16
auplay_format s16
auenc_format s16
audec_format s16
audio_buffer 20-160
net_interface {ip}
rtp_stats yes
jitter_buffer_type fixed
jitter_buffer_delay 1-10
rtp_ports 27000-29999
module_path /usr/lib/baresip/modules
module g711.so
module opus.so
module g722.so
module ausine.so
module aufile.so
module aubridge.so
module sndfile.so
module_tmp uuid.so
module_tmp account.so
module_app menu.so
module_app ctrl_tcp.so
snd_path {folder}
ctrl_tcp_listen 127.0.0.1:{control}
"""
# what the phone prints while it talks
TICKER = re.compile(r"\x1b\[[0-9;]*m|[^\n]*\(bit/s\)(?: efps=\S*)?\s*|\r")
TRACED = re.compile(r"^#\n(?:UDP|TCP|TLS) (\S+) -> (\S+)\n(.*?)(?=^#\n|\Z)", re.M | re.S)


class Phone:
    """`source` is what it says: `ausine,440` or `aufile,FILE`. `host` is by which name it reaches
    the exchange, `trusted` the file of whom it trusts, `config` what its configuration says besides."""

    def __init__(self, exchange, domain, number, transport="udp", source="ausine,440",
                 codec=None, answers=True, account=None, ip=None, more="",
                 host=None, trusted=None, config=""):
        ip = ip or exchange.ip
        self.at = join(ip, exchange.port_of(transport))
        named = join(host or ip, exchange.port_of(transport))
        self.exchange, self.number, self.domain = exchange, number, domain
        user, password = account or exchange.account(domain, number)
        self.user = user
        self.name = f"{user}-{transport}-{time.monotonic_ns()}"
        self.folder = os.path.join(exchange.folder, self.name)
        os.makedirs(self.folder)
        self.control = free_port()
        line = (
            f"<sip:{user}@{domain};transport={transport}>;auth_user={user};auth_pass={password}"
            f";outbound=\"sip:{named};transport={transport}\";regint=120"
            f";answermode={'auto' if answers else 'manual'}"
        )
        if codec:
            line += f";audio_codecs={codec}"
        line += more
        config += CONFIG.format(
            # baresip makes tones in stereo and reads files as they are
            name=self.name, source=source, channels=1 if source.startswith("aufile") else 2,
            folder=self.folder, control=self.control, ip=ip, listen=join(ip, 0),
        )
        if transport == "tls":
            config += f"sip_cafile {trusted or exchange.certificate}\nsip_verify_server yes\n"
        for file, text in (("accounts", line + "\n"), ("contacts", ""), ("config", config)):
            with open(os.path.join(self.folder, file), "w", encoding="utf-8") as out:
                out.write(text)
        self.log = open(os.path.join(self.folder, "log"), "wb")
        family = "-6" if ":" in ip else "-4"
        self.process = subprocess.Popen(
            ["baresip", "-s", family, "-f", self.folder],
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=subprocess.STDOUT,
        )

    def __enter__(self):
        return self.wait_registered()

    def __exit__(self, *_):
        self.stop()

    def wait_registered(self):
        wait_until(f"{self.name} registers",
                   lambda: re.search(r"200 OK \(.*\) \[\d+ binding", self.said()))
        return self

    def said(self):
        """All it has printed, without the ticker."""
        with open(os.path.join(self.folder, "log"), "rb") as log:
            return TICKER.sub("", log.read().decode("utf-8", "replace"))

    def messages(self, received=None):
        """Messages sent and received, in order; only those of one direction when asked."""
        found = []
        for match in TRACED.finditer(self.said()):
            came_in = match.group(1) == self.at
            if received is None or received == came_in:
                found.append(Message(match.group(3)))
        return found

    def hold(self):
        self.command("hold")

    def resume(self):
        self.command("resume")

    def send_on(self, number):
        """A blind transfer of the call (REFER)."""
        self.command("transfer", f"sip:{number}@{self.domain}")

    def packets(self):
        """Packets of sound that have reached it in its call; none before it has begun to listen."""
        # counted apart for each stream it has heard: an exchange that starts again begins another
        counted = re.findall(r"rcvd=(\d+)", self.command("audio_debug"))
        return sum(int(count) for count in counted)

    def seen(self):
        """Pictures that it has shown in its call; none before the first has come."""
        counted = re.findall(r"vidisp:[^\n]* frames=(\d+)", self.command("video_debug"))
        return sum(int(count) for count in counted)

    def command(self, command, params=""):
        """Carries out a menu command; gives what it says."""
        body = json.dumps({"command": command, "params": params, "token": "t"}).encode()
        with socket.create_connection(("127.0.0.1", self.control), 5) as control:
            control.settimeout(5)
            control.sendall(b"%d:%s," % (len(body), body))
            held = b""
            while True:
                part = control.recv(65536)
                if not part:
                    return ""
                held += part
                while b":" in held:
                    head, rest = held.split(b":", 1)
                    if len(rest) < int(head) + 1:
                        break
                    message, held = json.loads(rest[: int(head)]), rest[int(head) + 1:]
                    if message.get("response"):
                        return message.get("data", "")

    def dial(self, target):
        self.command("dial", target if ":" in target else f"sip:{target}@{self.domain}")

    def established(self):
        return self.said().count("Call established")

    def wait_established(self, count=1):
        wait_until(f"{self.name} talks", lambda: self.established() >= count)

    def wait_sound(self):
        """Until the first packet of sound is there."""
        wait_until(f"{self.name} hears something",
                   lambda: "incoming rtp for 'audio' established" in self.said())

    def wait_rings(self):
        """The INVITE that makes it ring."""
        def ringing():
            invites = [m for m in self.messages(received=True) if m.start.startswith("INVITE")]
            return invites[-1] if invites and self.sent(180) else None
        return wait_until(f"{self.name} rings", ringing)

    def wait_final(self):
        """The final response to its last INVITE."""
        def final():
            got = [m for m in self.messages(received=True)
                   if m.status and m.method == "INVITE" and m.status >= 200 and m.status != 407]
            return got[-1] if got else None
        return wait_until(f"{self.name} is told", final)

    def wait_over(self, count=1):
        """Until so many of its calls have ended with BYE, whoever said it."""
        def ended():
            calls = {m.call_id for m in self.messages() if m.start.startswith("BYE")}
            return len(calls) >= count
        wait_until(f"{self.name} has hung up", ended)

    def sent(self, status):
        return [m for m in self.messages(received=False) if m.status == status]

    def hang_up(self):
        self.command("hangup")

    def recordings(self):
        """What it heard, one file for each time it began to listen, oldest first."""
        names = glob.glob(os.path.join(self.folder, "dump-*-dec.wav"))
        return sorted(names, key=os.path.getmtime)

    def heard(self):
        """The newest recording of what it heard, once it is finished: the call must be over."""
        found = self.recordings()
        if not found:
            raise AssertionError(f"{self.name} heard nothing at all")
        wait_until(f"{self.name} has written down what it heard", lambda: is_whole(found[-1]), 10)
        return found[-1]

    def stop(self):
        if self.process.poll() is None:
            try:
                self.command("quit")
            except (OSError, ValueError):
                pass
            try:
                self.process.wait(3)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.log.close()


def is_whole(path):
    """Whether a recording has its heading, which is written last."""
    try:
        with wave.open(path, "rb") as file:
            return file.getnframes() > 0
    except (wave.Error, EOFError):
        return False


def dialogue(phone, received_invite):
    """Call-ID and tags of the phone's newest dialog: (call id, its own tag, the exchange's)."""
    answers = [m for m in phone.messages() if m.status == 200 and m.method == "INVITE"]
    if not answers:
        raise AssertionError(f"{phone.name} has no dialog")
    last = answers[-1]
    if received_invite:
        return last.call_id, last.tag("to"), last.tag("from")
    return last.call_id, last.tag("from"), last.tag("to")
