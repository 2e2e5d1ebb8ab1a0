"""An authenticator app: the codes of RFC 6238, computed here."""

import base64
import hashlib
import hmac
import struct
import time

#: A code is good for so long, seconds.
STEP = 30


def step_of_now():
    return int(time.time()) // STEP


def code(secret, step):
    """The code of a step."""
    key = base64.b32decode(secret)
    digest = hmac.new(key, struct.pack(">Q", step), hashlib.sha1).digest()
    at = digest[19] & 15
    word = struct.unpack(">I", digest[at:at + 4])[0] & 0x7FFFFFFF
    return f"{word % 1_000_000:06}"
