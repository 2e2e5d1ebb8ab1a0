"""A company's own server: takes webhooks, checks who sent them, and answers as it is told."""

import base64
import hashlib
import hmac
import http.server
import json
import threading
import time

# how far a delivery's timestamp may be from this clock, in seconds
WINDOW = 300


def is_genuine(secret, headers, body):
    """What the guide tells receivers to do."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    stamp = headers["webhook-timestamp"]
    if abs(time.time() - int(stamp)) > WINDOW:
        return False
    signed = headers["webhook-id"].encode() + b"." + stamp.encode() + b"." + body
    right = "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
    given = headers["webhook-signature"].split(" ")
    return any(hmac.compare_digest(right, one) for one in given)


class Receiver:
    """`with Receiver() as receiver:`; `status` is what it answers from now on."""

    def __init__(self):
        self.status, self.secret = 204, None
        self.taken, self.forged, self.refused = [], 0, 0
        receiver = self

        class Door(http.server.BaseHTTPRequestHandler):
            def do_POST(self):  # noqa: N802 - the library's name
                body = self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(receiver.take(self.headers, body))
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Door)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)

    def take(self, headers, body):
        if not is_genuine(self.secret, headers, body):
            self.forged += 1
            return 401
        if self.status >= 300:
            self.refused += 1
            return self.status
        self.taken.append(json.loads(body))
        return self.status

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def types(self):
        """Types of what was taken, each event once, in the order of their coming."""
        once = {event["id"]: event["type"] for event in self.taken}
        return list(once.values())
