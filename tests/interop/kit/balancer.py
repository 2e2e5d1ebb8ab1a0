"""HAProxy before an exchange: connections come to it, and it says whose each is."""

import os
import shutil
import signal
import subprocess

from kit.exchange import free_port, join, wait_taken

PROGRAM = shutil.which("haproxy") or "/usr/sbin/haproxy"
# its own address towards the exchange, which the exchange believes
OWN = "127.0.0.2"

HEAD = """global
    log stdout format raw local0
defaults
    mode tcp
    log global
    option tcplog
    timeout connect 5s
    timeout client 5m
    timeout server 5m
"""
LISTEN = """listen {transport}
    bind {bind}
    source {own}
    server exchange {server} {header} check inter 200ms
"""
HEADERS = {1: "send-proxy", 2: "send-proxy-v2"}


class Balancer:
    """Phones and lines take it for the exchange itself; what it does not have is the exchange's."""

    def __init__(self, exchange, version, *transports):
        self.exchange, self.ports = exchange, {each: free_port(exchange.ip) for each in transports}
        self.folder = os.path.join(exchange.folder, "balancer")
        os.makedirs(self.folder)
        self.config = os.path.join(self.folder, "haproxy.cfg")
        parts = [LISTEN.format(
            transport=each, bind=join(exchange.ip, port), own=OWN, header=HEADERS[version],
            server=join(exchange.ip, exchange.port_of(each)),
        ) for each, port in self.ports.items()]
        with open(self.config, "w", encoding="utf-8") as out:
            out.write("\n".join([HEAD, *parts]))

    def __getattr__(self, name):
        return getattr(self.exchange, name)

    @property
    def sip(self):
        return self.ports.get("tcp", self.exchange.sip)

    def port_of(self, transport):
        return self.ports.get(transport) or self.exchange.port_of(transport)

    def __enter__(self):
        self.log = open(os.path.join(self.folder, "log"), "wb")
        self.process = subprocess.Popen(
            [PROGRAM, "-db", "-f", self.config], stdin=subprocess.DEVNULL, stdout=self.log,
            stderr=subprocess.STDOUT, start_new_session=True)
        wait_taken("HAProxy", self.ports.values())
        return self

    def __exit__(self, *_):
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.log.close()
