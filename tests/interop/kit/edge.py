"""Kamailio as an edge proxy before the exchange: phones know it alone (RFC 3327)."""

import os

from kit.exchange import free_port, join
from kit.kamailio import Running
from kit.sipp import SCENARIOS


class Edge(Running):
    """Phones and lines take it for the exchange itself; what it does not have is the exchange's."""

    table = "tcp"

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
