"""A SIP endpoint on a WebSocket, as a browser's phone is one (RFC 6455, RFC 7118). Written for the
tests alone, so that the product's own framing is not its own judge."""

import base64
import hashlib
import os
import select
import ssl
import struct

from kit.case import equal, true
from kit.line import Line, token

PROOF = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10


def trusting(exchange):
    """A client of TLS that trusts the exchange's certificate and nothing else."""
    return ssl.create_default_context(cafile=exchange.certificate)


class WebLine(Line):
    """`transport` is `ws` or `wss`. It has no address that others could reach, and says so, as
    browsers do: `….invalid` (RFC 7118 §5)."""

    def __init__(self, exchange, domain, account=("nobody", "nothing"), transport="ws",
                 kind=TEXT):
        super().__init__(exchange, domain, account, transport)
        self.kind, self.name, self.pongs, self.closed = kind, f"{token()}.invalid", [], None
        self.socket.settimeout(10)
        self.socket.connect((exchange.ip, exchange.port_of(transport)))
        if transport == "wss":
            context = trusting(exchange)
            self.socket = context.wrap_socket(self.socket, server_hostname=domain)
        self._open()

    @property
    def at(self):
        return self.name

    def _open(self):
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall((
            f"GET / HTTP/1.1\r\nHost: {self.domain}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Protocol: sip\r\nOrigin: https://portal.example\r\n\r\n"
        ).encode())
        while b"\r\n\r\n" not in self.held:
            part = self.socket.recv(4096)
            true(part, f"no WebSocket was opened: {self.held!r}")
            self.held += part
        head, _, self.held = self.held.partition(b"\r\n\r\n")
        lines = head.decode().split("\r\n")
        equal(lines[0].split(" ")[1], "101", "status of the opening")
        fields = {k.lower(): v.strip() for k, v in (line.split(":", 1) for line in lines[1:])}
        accept = base64.b64encode(hashlib.sha1((key + PROOF).encode()).digest()).decode()
        equal(fields["sec-websocket-accept"], accept, "proof that the key was read")
        equal(fields["sec-websocket-protocol"], "sip", "sub-protocol")

    def frame(self, opcode, payload, last=True):
        """One frame, masked as a client's must be."""
        size, mask = len(payload), os.urandom(4)
        head = bytes([(0x80 if last else 0) | opcode])
        if size < 126:
            head += bytes([0x80 | size])
        else:
            head += bytes([0x80 | 126]) + struct.pack("!H", size)
        masked = bytes(octet ^ mask[i % 4] for i, octet in enumerate(payload))
        self.socket.sendall(head + mask + masked)

    def send(self, text):
        self.frame(self.kind, text.encode() if isinstance(text, str) else text)

    def _read(self, seconds):
        pending = self.transport == "wss" and self.socket.pending()
        if not pending:
            readable, _, _ = select.select([self.socket], [], [], max(0, seconds))
            if not readable:
                return False
        try:
            data = self.socket.recv(65536)
        except (ConnectionError, ssl.SSLError):
            return False
        self.held += data
        while self._frame():
            pass
        return bool(data)

    def _frame(self):
        """Takes one whole frame off what is held; the exchange masks and divides nothing."""
        if len(self.held) < 2:
            return False
        first, size, begins = self.held[0], self.held[1], 2
        if size == 126:
            size, begins = struct.unpack("!H", self.held[2:4].ljust(2, b"\0"))[0], 4
        true(first & 0x70 == 0 and self.held[1] < 127, f"a frame as ours are: {self.held[:2]}")
        if len(self.held) < begins + size:
            return False
        payload, self.held = self.held[begins:begins + size], self.held[begins + size:]
        opcode = first & 0x0F
        if opcode == PING:
            self.frame(PONG, payload)
        elif opcode == PONG:
            self.pongs.append(payload)
        elif opcode == CLOSE:
            self.closed = payload
        else:
            equal(opcode, TEXT, "messages of text come as text")
            self._take(payload)
        return True
