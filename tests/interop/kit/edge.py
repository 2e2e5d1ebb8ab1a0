"""Kamailio as an edge proxy before the exchange: phones know it alone (RFC 3327)."""

import os
import signal
import subprocess

from kit.case import wait_until
from kit.exchange import free_port, join
from kit.kamailio import PROGRAM
from kit.sipp import SCENARIOS

class Edge:
    """Phones and lines take it for the exchange itself; what it does not have is the exchange's."""

    def __init__(self, exchange):
        self.exchange, self.port = exchange, free_port(exchange.ip)
        self.at = join(exchange.ip, self.port)
        self.folder = os.path.join(exchange.folder, "edge")
        os.makedirs(self.folder)
        with open(os.path.join(SCENARIOS, "kamailio_edge.cfg"), encoding="utf-8") as text:
            said = text.read()
        listen = "\n".join(f"listen={kind}:{self.at}" for kind in ("udp", "tcp"))
        said = said.replace("\nLISTEN\n", f"\n{listen}\n")
        said = said.replace("EXCHANGE_IP", exchange.ip).replace("EXCHANGE_PORT", str(exchange.sip))
        self.config = os.path.join(self.folder, "edge.cfg")
        with open(self.config, "w", encoding="utf-8") as out:
            out.write(said)

    def __getattr__(self, name):
        return getattr(self.exchange, name)

    @property
    def sip(self):
        return self.port

    def port_of(self, _):
        return self.port

    def __enter__(self):
        self.log = open(os.path.join(self.folder, "log"), "wb")
        self.process = subprocess.Popen(
            [PROGRAM, "-f", self.config, "-DD", "-E", "-m", "32", "-w", self.folder,
             "-Y", self.folder],
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=subprocess.STDOUT,
            start_new_session=True)
        line = f":{self.port:04X} "

        def listens():
            with open("/proc/net/tcp", encoding="ascii") as sockets:
                return any(line in row for row in sockets)
        wait_until("the edge listens", listens)
        return self

    def __exit__(self, *_):
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.log.close()
