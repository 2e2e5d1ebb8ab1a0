"""Kamailio as a carrier: it registers its customer, asks who calls, and stays in the way."""

import os
import shutil
import signal
import subprocess

from kit.exchange import free_port, wait_taken
from kit.sipp import SCENARIOS

PROGRAM = shutil.which("kamailio") or "/usr/sbin/kamailio"


def transports(transport):
    """What it speaks, as its configuration says it."""
    return {"udp": "disable_tcp=yes", "tcp": "tcp_children=2",
            "tls": "tcp_children=2\nenable_tls=yes"}[transport]


def secure(paper):
    """TLS with this certificate, as its configuration says it."""
    if not paper:
        return ""
    certificate, key = paper
    return "\n".join([
        'loadmodule "tls.so"', 'modparam("tls", "tls_method", "TLSv1.2+")',
        f'modparam("tls", "certificate", "{certificate}")',
        f'modparam("tls", "private_key", "{key}")'])


class Running:
    """Kamailio while it runs, by the file `config` in a `folder`, listening at a `port`."""

    def __enter__(self):
        self.log = open(os.path.join(self.folder, "log"), "wb")
        self.process = subprocess.Popen(
            [PROGRAM, "-f", self.config, "-DD", "-E", "-m", "32", "-w", self.folder,
             "-Y", self.folder],
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=subprocess.STDOUT,
            start_new_session=True)
        wait_taken("Kamailio", [self.port], self.table)
        return self

    def __exit__(self, *_):
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.log.close()


class Kamailio(Running):
    """Listens at an address; calls of its customer go to the person at `person` (host, port), by UDP.
    The customer comes by `transport`, within TLS it sees `paper`: files of a certificate and its
    key."""

    def __init__(self, exchange, ip, person, user, word, transport="udp", paper=None):
        self.table = "udp" if transport == "udp" else "tcp"
        self.port = free_port(ip)
        self.at = f"{ip}:{self.port}"
        self.folder = os.path.join(exchange.folder, "kamailio")
        os.makedirs(self.folder)
        with open(os.path.join(SCENARIOS, "kamailio_carrier.cfg"), encoding="utf-8") as text:
            said = text.read()
        host, port = person
        words = [("PERSON_PORT", str(port)), ("PERSON", f"{host}:{port}"), ("CUSTOMER", user),
                 ("WORD", word)]
        said = said.replace("\nTRANSPORTS\n", f"\n{transports(transport)}\n")
        said = said.replace("\nSECURE\n", f"\n{secure(paper)}\n")
        head, body = said.split("request_route", 1)
        for name, value in words:
            body = body.replace(name, value)
        self.config = os.path.join(self.folder, "carrier.cfg")
        with open(self.config, "w", encoding="utf-8") as out:
            listen = {f"listen={one}:{self.at}" for one in ("udp", transport)}
            listen = "\n".join(sorted(listen))
            out.write(f"{head}{listen}\n\nrequest_route{body}")
