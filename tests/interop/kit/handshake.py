"""OpenSSL, which shakes hands over the way of a voice (DTLS-SRTP, RFC 5764) and makes no checks."""

import base64
import hashlib
import os
import re
import socket
import subprocess
import threading

from kit.case import equal, wait_until
from kit.libsrtp import INBOUND, OUTBOUND, SUITES, Session

# the salts of each suite's keys, in octets, by OpenSSL's name of it
PROFILES = {"SRTP_AES128_CM_SHA1_80": ("AES_CM_128_HMAC_SHA1_80", 14),
            "SRTP_AEAD_AES_128_GCM": ("AEAD_AES_128_GCM", 12)}
LABEL = "EXTRACTOR-dtls_srtp"


class Handshake:
    """One, of a voice whose packets are protected as soon as it is over. `active` is who begins."""

    def __init__(self, exchange, voice, profile, active):
        self.voice, self.profile, self.active = voice, profile, active
        self.certificate, self.key = (
            os.path.join(exchange.folder, f"shaking-{voice.port}.{end}") for end in ("crt", "key"))
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
                "-nodes", "-subj", "/CN=sound", "-days", "2", "-out", self.certificate,
                "-keyout", self.key)
        said = openssl("x509", "-in", self.certificate, "-noout", "-fingerprint", "-sha256")
        self.fingerprint = said.split("=")[1].strip()
        # between OpenSSL, which wants a socket of its own, and that of the voice
        self.between = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.between.bind(("127.0.0.1", 0))
        self.peer = self.process = self.theirs = None
        self.said = ""

    def wear(self, description, mux=True):
        """A description of plain sound that says what is going to be done instead; with `mux`
        reports go by the port of the sound."""
        setup = "active" if self.active else "passive"
        mux = "a=rtcp-mux\r\n" if mux else ""
        return (description.replace("RTP/AVP", "UDP/TLS/RTP/SAVP") + mux +
                f"a=setup:{setup}\r\na=fingerprint:sha-256 {self.fingerprint}\r\n")

    def begin(self, theirs):
        """Shakes hands with whom this description is of."""
        self.theirs = re.search(r"^a=fingerprint:sha-256 (\S+)", theirs, re.M).group(1)
        ip = re.search(r"^c=IN IP4 (\S+)", theirs, re.M).group(1)
        self.peer = ip, int(re.search(r"^m=audio (\d+)", theirs, re.M).group(1))
        _, salt = PROFILES[self.profile]
        at = self.between.getsockname()
        if self.active:
            part = ["s_client", "-connect", f"{at[0]}:{at[1]}"]
        else:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
                free.bind(("127.0.0.1", 0))
                listens = free.getsockname()
            self.between.connect(listens)
            part = ["s_server", "-accept", f"{listens[0]}:{listens[1]}", "-Verify", "1"]
        self.process = subprocess.Popen(
            ["openssl", *part, "-dtls1_2", "-cert", self.certificate, "-key", self.key,
             "-use_srtp", self.profile, "-keymatexport", LABEL,
             "-keymatexportlen", str(2 * (16 + salt))],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        for work in (self._read, self._carry):
            threading.Thread(target=work, daemon=True).start()
        self.voice.handshake = self._bring
        return self

    def end(self):
        if self.process:
            self.process.kill()
            self.process.wait()
        self.between.close()

    def _read(self):
        for line in self.process.stdout:
            self.said += line

    def _carry(self):
        """What OpenSSL says goes out by the socket of the voice."""
        while True:
            try:
                data, at = self.between.recvfrom(4096)
                if self.active:
                    self.between.connect(at)
                self.voice.socket.sendto(data, self.peer)
            except ConnectionError:
                continue
            except OSError:
                return

    def _bring(self, data):
        """What came to that socket goes to OpenSSL."""
        try:
            self.between.send(data)
        except OSError:
            pass

    def wait_over(self):
        """Waits until keys are agreed on, which the voice protects its packets with, and looks
        whether the other side is whom its description named."""
        material = wait_until("hands are shaken", lambda: re.search(
            r"Keying material: ([0-9A-F]+)", self.said))
        keys, salts = bytes.fromhex(material.group(1)), PROFILES[self.profile][1]
        of = [keys[16 * n:16 * n + 16] + keys[32 + salts * n:32 + salts * n + salts]
              for n in (0, 1)]
        ours, theirs = of if self.active else reversed(of)
        suite, _ = PROFILES[self.profile]
        equal(len(ours), SUITES[suite][0], "octets of a key and its salt")
        self.voice.protection = Session(suite, ours, OUTBOUND), Session(suite, theirs, INBOUND)
        self.voice.peer, self.voice.direction = self.peer, "sendrecv"
        shown = re.search(r"-----BEGIN CERTIFICATE-----(.*?)-----END", self.said, re.S).group(1)
        proof = hashlib.sha256(base64.b64decode(shown)).hexdigest().upper()
        equal(proof, self.theirs.replace(":", "").upper(), "the certificate of the exchange")


def openssl(*words):
    done = subprocess.run(["openssl", *words], check=True, capture_output=True, text=True,
                          stdin=subprocess.DEVNULL)
    return done.stdout
