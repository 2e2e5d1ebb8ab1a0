"""A signed statement of who calls (RFC 8225), read and checked without the product: the text by
hand, the signature and the certificates by OpenSSL."""

import base64
import json
import os
import subprocess

from kit.authority import openssl
from kit.case import equal, true


def decoded(part):
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def encoded(content):
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def plain(names):
    """JSON in the one way in which it is signed: names in order, no blanks (RFC 8225 §9)."""
    return json.dumps(names, sort_keys=True, separators=(",", ":"))


def numbers(der):
    """The two numbers of a signature in DER, 32 octets each."""
    first = 4 + der[3]
    both = der[4:first], der[first + 2:]
    return b"".join(number.lstrip(b"\0").rjust(32, b"\0") for number in both)


def written(key, url, ppt, claims):
    """A header Identity, signed by OpenSSL with the key of a file."""
    header = {"alg": "ES256", "ppt": ppt, "typ": "passport", "x5u": url}
    text = f"{encoded(plain(header).encode())}.{encoded(plain(claims).encode())}"
    done = subprocess.run(["openssl", "dgst", "-sha256", "-sign", key], check=True,
                          capture_output=True, input=text.encode())
    signature = encoded(numbers(done.stdout))
    return f"{text}.{signature};info=<{url}>;alg=ES256;ppt={ppt}"


def whole(number):
    """A number of a signature in DER."""
    number = number.lstrip(b"\0")
    number = b"\0" + number if number[:1] >= b"\x80" else number
    return b"\x02" + bytes([len(number)]) + number


class Passport:
    """A proof that a request carries in a header Identity; `place` says in which of how many."""

    def __init__(self, message, place=(0, 1)):
        at, count = place
        equal(len(message.all("identity")), count, "headers Identity")
        self.date = message["date"]
        self.token, *parameters = message.all("identity")[at].split(";")
        self.parameters = dict(one.split("=", 1) for one in parameters)
        self.text, _, signature = self.token.rpartition(".")
        header, _, claims = self.text.partition(".")
        self.header, self.claims = json.loads(decoded(header)), json.loads(decoded(claims))
        for part, read in ((header, self.header), (claims, self.claims)):
            equal(decoded(part).decode(), plain(read), "the canonical form")
        raw = decoded(signature)
        equal(len(raw), 64, "octets of the signature")
        body = whole(raw[:32]) + whole(raw[32:])
        self.signature = b"\x30" + bytes([len(body)]) + body

    def check(self, folder, chain, authority):
        """Holds it against certificates in PEM and an authority's file."""
        def file(name, content=b""):
            path = os.path.join(folder, name)
            with open(path, "wb") as out:
                out.write(content)
            return path
        first = chain.split("-----END CERTIFICATE-----")[0] + "-----END CERTIFICATE-----\n"
        paper = file("first.pem", first.encode())
        openssl("verify", "-CAfile", authority, "-untrusted", file("chain.pem", chain.encode()),
                paper)
        key = file("first.key")
        openssl("x509", "-in", paper, "-noout", "-pubkey", "-out", key)
        done = subprocess.run(
            ["openssl", "dgst", "-sha256", "-verify", key, "-signature",
             file("signature", self.signature), file("text", self.text.encode())],
            capture_output=True, text=True, stdin=subprocess.DEVNULL)
        true("Verified OK" in done.stdout, f"OpenSSL: {done.stdout} {done.stderr}")
