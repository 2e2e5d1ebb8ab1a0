"""A baresip phone: registers, calls, answers by itself, and records what it hears."""

import glob
import json
import os
import socket
import subprocess
import time

from exchange import free_port, wait_until

CONFIG = """poll_method epoll
sip_listen 127.0.0.1:0
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
net_interface 127.0.0.1
rtp_stats yes
jitter_buffer_type fixed
jitter_buffer_delay 1-10
rtp_ports {ports}
module_path /usr/lib/baresip/modules
module g711.so
module opus.so
module g722.so
module auconv.so
module auresamp.so
module ausine.so
module aufile.so
module aubridge.so
module sndfile.so
module_tmp uuid.so
module_tmp account.so
module_app menu.so
module_app ctrl_tcp.so
module_app debug_cmd.so
snd_path {folder}
ctrl_tcp_listen 127.0.0.1:{control}
"""

RTP = iter(range(27000, 29900, 100))


class Phone:
    def __init__(self, exchange, domain, number, transport="udp", source="ausine,440",
                 codec=None, answers=True, name=None, expires=120, domain_sent=None):
        self.exchange, self.number, self.domain = exchange, number, domain
        self.name = name or f"{domain.split('.')[0]}-{number}-{transport}-{time.monotonic_ns()}"
        self.folder = os.path.join(exchange.folder, self.name)
        os.makedirs(self.folder)
        self.control = free_port()
        user, password = exchange.account(domain, number)
        server = f"sip:{exchange.ip}:{exchange.sip};transport={transport}"
        first = next(RTP)
        line = (
            f"<sip:{user}@{domain_sent or domain};transport={transport}>;auth_user={user}"
            f";auth_pass={password};outbound=\"{server}\";regint={expires}"
            f";answermode={'auto' if answers else 'manual'}"
        )
        if codec:
            line += f";audio_codecs={codec}"
        channels = 1 if source.startswith("aufile") else 2
        config = CONFIG.format(
            name=self.name, source=source, channels=channels, ports=f"{first}-{first + 99}",
            folder=self.folder, control=self.control,
        )
        for file, text in (("accounts", line + "\n"), ("contacts", ""), ("config", config)):
            with open(os.path.join(self.folder, file), "w", encoding="utf-8") as out:
                out.write(text)
        self.log = open(os.path.join(self.folder, "log"), "wb")
        self.process = subprocess.Popen(
            ["baresip", "-4", "-f", self.folder],
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=subprocess.STDOUT,
        )

    def wait_registered(self):
        wait_until(f"{self.name} registers", lambda: b"200 OK" in self.said())
        return self

    def said(self):
        with open(os.path.join(self.folder, "log"), "rb") as log:
            return log.read()

    def command(self, command, params=""):
        """Carries out a menu command; gives what it says."""
        body = json.dumps({"command": command, "params": params, "token": "t"}).encode()
        with socket.create_connection(("127.0.0.1", self.control), 5) as control:
            control.settimeout(5)
            control.sendall(b"%d:%s," % (len(body), body))
            held = b""
            while True:
                held += control.recv(65536)
                while b":" in held:
                    head, rest = held.split(b":", 1)
                    if len(rest) < int(head) + 1:
                        break
                    message, held = json.loads(rest[: int(head)]), rest[int(head) + 1:]
                    if message.get("response"):
                        return message.get("data", "")

    def dial(self, target):
        self.command("dial", f"sip:{target}" if "@" in target else f"sip:{target}@{self.domain}")

    def hang_up(self):
        self.command("hangup")

    def established(self):
        return self.said().count(b"Call established")

    def wait_established(self, count=1):
        wait_until(f"{self.name} talks", lambda: self.established() >= count)

    def heard(self):
        """The newest recording of what it heard."""
        files = sorted(glob.glob(os.path.join(self.folder, "dump-*-dec.wav")), key=os.path.getmtime)
        return files[-1] if files else None

    def stop(self):
        if self.process.poll() is None:
            try:
                self.command("quit")
            except (OSError, ValueError):
                pass
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.log.close()
