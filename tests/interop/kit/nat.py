"""A router between phones and the exchange: it translates addresses, forgets them, and may be one
of those that meddle with what is said."""

import selectors
import socket
import threading

from kit.exchange import free_port

# a router's own address towards the exchange
OUTSIDE = "127.0.0.51"


class Nat:
    """Phones take it for the exchange. Towards the exchange each of their sockets has a port of its
    own at one address (symmetric: what comes from elsewhere is dropped). `meddle(text, inward)` is
    what an ALG makes of a message."""

    def __init__(self, exchange, outside=OUTSIDE, meddle=None, at=None):
        self.exchange, self.outside, self.meddle = exchange, outside, meddle
        # where phones find it
        self.ip, self.port = at or (exchange.ip, free_port(exchange.ip))
        self.selector, self.lock = selectors.DefaultSelector(), threading.Lock()
        # outer socket of each inner address on UDP, and the pairs of TCP
        self.datagrams, self.pairs = {}, []
        self.running = True
        self.inner = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.listener = socket.create_server((self.ip, self.port))
        self.inner.bind((self.ip, self.port))

    def __getattr__(self, name):
        return getattr(self.exchange, name)

    @property
    def sip(self):
        return self.port

    def port_of(self, transport):
        return self.port if transport in ("udp", "tcp") else self.exchange.port_of(transport)

    def __enter__(self):
        self.selector.register(self.inner, selectors.EVENT_READ, self._outward)
        self.selector.register(self.listener, selectors.EVENT_READ, self._accept)
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.running = False
        self.thread.join()
        self.forget()
        self.inner.close()
        self.listener.close()

    def forget(self, reset=True):
        """As when it was switched off and on: every phone gets another port. Connections are reset,
        or, with `reset=False`, silently lead nowhere: nobody is told."""
        with self.lock:
            for outer in self.datagrams.values():
                self._close(outer)
            self.datagrams.clear()
            for pair in self.pairs:
                for one in pair:
                    if reset:
                        self._close(one)
                    elif one.fileno() >= 0 and one in self.selector.get_map():
                        self.selector.unregister(one)
            if reset:
                self.pairs.clear()

    def ports(self):
        """Outer ports of the phones on UDP."""
        return {inner: outer.getsockname()[1] for inner, outer in self.datagrams.items()}

    def _close(self, one):
        if one.fileno() >= 0 and one in self.selector.get_map():
            self.selector.unregister(one)
        one.close()

    def _run(self):
        while self.running:
            for key, _ in self.selector.select(0.05):
                with self.lock:
                    if key.fileobj.fileno() >= 0 and key.fileobj in self.selector.get_map():
                        key.data(key.fileobj)

    def _bent(self, data, inward):
        if self.meddle is None or not data.strip():
            return data
        return self.meddle(data.decode(), inward).encode()

    def _outward(self, inner):
        data, phone = inner.recvfrom(65536)
        outer = self.datagrams.get(phone)
        if outer is None:
            outer = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            outer.bind((self.outside, 0))
            outer.connect((self.exchange.ip, self.exchange.sip))
            self.datagrams[phone] = outer
            self.selector.register(outer, selectors.EVENT_READ,
                                   lambda sock: self._inward(sock, phone))
        outer.send(self._bent(data, False))

    def _inward(self, outer, phone):
        try:
            data = outer.recv(65536)
        except ConnectionError:
            return
        self.inner.sendto(self._bent(data, True), phone)

    def _accept(self, listener):
        inner, _ = listener.accept()
        outer = socket.create_connection(
            (self.exchange.ip, self.exchange.sip), 5, source_address=(self.outside, 0))
        self.pairs.append((inner, outer))
        for one, other in ((inner, outer), (outer, inner)):
            self.selector.register(one, selectors.EVENT_READ,
                                   lambda sock, to=other: self._pass(sock, to))

    def _pass(self, one, other):
        try:
            data = one.recv(65536)
            if data:
                return other.sendall(data)
        except OSError:
            pass
        self._close(one)
        self._close(other)
