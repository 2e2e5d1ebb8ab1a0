"""A small, honest authority that speaks ACME (RFC 8555): nonces that are good once, signed
requests, accounts with or without an external one, orders, proof by HTTP (http-01), certificates."""

import base64
import datetime
import hashlib
import hmac
import http.server
import json
import os
import secrets
import ssl
import subprocess
import threading
import urllib.request

from kit.authority import openssl

PROBLEM = "urn:ietf:params:acme:error:"


def plain(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def raw(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def whole(number):
    """A whole number in DER."""
    number = number.lstrip(b"\0") or b"\0"
    number = (b"\0" if number[0] & 0x80 else b"") + number
    return b"\x02" + bytes([len(number)]) + number


class Refusal(Exception):
    def __init__(self, kind, detail, status=400, headers=()):
        super().__init__(detail)
        self.kind, self.detail, self.status, self.headers = kind, detail, status, dict(headers)


class Account:
    def __init__(self, key):
        self.key = key
        names = {name: key[name] for name in ("crv", "kty", "x", "y")}
        text = json.dumps(names, separators=(",", ":"), sort_keys=True)
        self.thumbprint = plain(hashlib.sha256(text.encode()).digest())


class AcmeServer:
    """`with AcmeServer(authority, lambda: ports) as server:`; every name is looked for at
    127.0.0.1 and each of those ports. `seconds` is how long a certificate is good, `external` the id and
    key of the external account that it wants, `refusal` a `Refusal` for every new order,
    `strangers` how many nonces it refuses first, `window` what it advises."""

    def __init__(self, authority, ports, seconds=2 * 86400, external=None):
        self.authority, self.ports, self.seconds, self.external = authority, ports, seconds, external
        self.refusal, self.strangers, self.window = None, 0, None
        self.accounts, self.orders, self.nonces, self.serial = {}, {}, set(), 0
        self.contacts, self.looked, self.asked = [], [], []
        self.lock = threading.RLock()
        acme = self

        class Door(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self, status, document=None, headers=(), kind="application/json"):
                text = b"" if document is None else (
                    document if isinstance(document, bytes) else json.dumps(document).encode())
                self.send_response(status)
                for name, value in {**dict(headers), "Content-Type": kind}.items():
                    self.send_header(name, value)
                self.send_header("Replay-Nonce", acme.nonce())
                self.send_header("Cache-Control", "no-store")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(text)

            def do_HEAD(self):  # noqa: N802 - the library's name
                self.answer(200)

            def do_GET(self):  # noqa: N802 - the library's name
                if self.path == "/directory":
                    return self.answer(200, acme.directory_document())
                if self.path.startswith("/advice/") and acme.window:
                    start, end = acme.window
                    return self.answer(200, {"suggestedWindow": {"start": start, "end": end}},
                                       {"Retry-After": "60"})
                return self.answer(404, {"type": PROBLEM + "malformed", "detail": self.path})

            def do_POST(self):  # noqa: N802 - the library's name
                body = self.rfile.read(int(self.headers["Content-Length"]))
                try:
                    with acme.lock:
                        self.answer(*acme.take(self.path, json.loads(body)))
                except Refusal as refusal:
                    self.answer(refusal.status,
                                {"type": PROBLEM + refusal.kind, "detail": refusal.detail},
                                refusal.headers, "application/problem+json")

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Door)
        within = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        within.load_cert_chain(*authority.vouch("localhost"))
        self.server.socket = within.wrap_socket(self.server.socket, server_side=True)
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)

    @property
    def directory(self):
        return self.url("/directory")

    def url(self, path):
        return f"https://localhost:{self.server.server_port}{path}"

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def nonce(self):
        with self.lock:
            nonce = secrets.token_urlsafe(16)
            self.nonces.add(nonce)
            return nonce

    def directory_document(self):
        document = {
            "newNonce": self.url("/nonce"), "newAccount": self.url("/account"),
            "newOrder": self.url("/order"), "revokeCert": self.url("/revoke"),
            "keyChange": self.url("/key"),
            "meta": {"externalAccountRequired": bool(self.external)},
        }
        if self.window:
            document["renewalInfo"] = self.url("/advice")
        return document

    # requests and who made them

    def take(self, path, request):
        """Status, document, headers and media type of the answer to a signed request."""
        head = json.loads(raw(request["protected"]))
        if self.strangers:
            self.strangers -= 1
            self.nonces.discard(head.get("nonce"))
        if head.get("nonce") not in self.nonces:
            raise Refusal("badNonce", "this nonce is not ours, or was used")
        self.nonces.remove(head["nonce"])
        if head.get("url") != self.url(path):
            raise Refusal("unauthorized", f"signed for {head.get('url')}", 403)
        account = self.accounts.get(head.get("kid")) if "kid" in head else Account(head["jwk"])
        if account is None:
            raise Refusal("accountDoesNotExist", "no such account")
        if not self.signed(account.key, request):
            raise Refusal("unauthorized", "the signature is not the account's", 403)
        payload = json.loads(raw(request["payload"])) if request["payload"] else None
        self.asked.append(path)
        if path == "/account":
            return self.open_account(account, payload, head)
        if "kid" not in head:
            raise Refusal("malformed", "this needs an account")
        if path == "/order":
            return self.open_order(account, payload)
        _, what, number = path.split("/")
        order = self.orders.get(number)
        if order is None or order["account"] is not account:
            raise Refusal("malformed", "no such order", 404)
        return {"orders": self.show, "proof": self.show_proof, "challenge": self.look,
                "finalize": self.finalize, "certificate": self.hand_out}[what](order, payload)

    def signed(self, key, request):
        """Whether an ES256 signature is of this key, which OpenSSL tells."""
        folder = self.authority.folder
        stem = os.path.join(folder, f"jws-{secrets.token_hex(8)}")
        point = b"\x04" + raw(key["x"]) + raw(key["y"])
        head = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d030107034200")
        both = raw(request["signature"])
        inner = whole(both[:32]) + whole(both[32:])
        files = {
            "key": b"-----BEGIN PUBLIC KEY-----\n" + base64.encodebytes(head + point)
                   + b"-----END PUBLIC KEY-----\n", "sig": b"\x30" + bytes([len(inner)]) + inner,
            "text": f"{request['protected']}.{request['payload']}".encode(),
        }
        for name, content in files.items():
            with open(f"{stem}.{name}", "wb") as out:
                out.write(content)
        told = subprocess.run(
            ["openssl", "dgst", "-sha256", "-verify", f"{stem}.key",
             "-signature", f"{stem}.sig", f"{stem}.text"], capture_output=True, check=False)
        return told.returncode == 0

    # what they ask for

    def open_account(self, account, payload, head):
        if not payload.get("termsOfServiceAgreed"):
            raise Refusal("userActionRequired", "the terms were not accepted", 403)
        if self.external:
            self.check_external(payload.get("externalAccountBinding"), head["jwk"])
        url = self.url(f"/accounts/{len(self.accounts) + 1}")
        self.accounts[url] = account
        self.contacts.append(payload.get("contact", []))
        return 201, {"status": "valid"}, {"Location": url}

    def check_external(self, bound, key):
        if not bound:
            raise Refusal("externalAccountRequired", "no external account", 403)
        name, secret = self.external
        head = json.loads(raw(bound["protected"]))
        text = f"{bound['protected']}.{bound['payload']}".encode()
        right = hmac.new(raw(secret), text, hashlib.sha256).digest()
        if (head["kid"], head["url"]) != (name, self.url("/account")) or \
                json.loads(raw(bound["payload"])) != key or \
                not hmac.compare_digest(right, raw(bound["signature"])):
            raise Refusal("unauthorized", "the external account did not sign this", 403)

    def open_order(self, account, payload):
        if self.refusal:
            raise self.refusal
        names = [one["value"] for one in payload["identifiers"]]
        if len(names) != 1:
            raise Refusal("rejectedIdentifier", "one name at a time")
        number = str(len(self.orders) + 1)
        self.orders[number] = {
            "number": number, "account": account, "name": names[0], "status": "pending",
            "token": secrets.token_urlsafe(24), "proof": "pending", "error": None, "chain": None,
        }
        status, document, _ = self.show(self.orders[number])
        return 201, document, {"Location": self.url(f"/orders/{number}")}

    def show(self, order, _=None):
        number = order["number"]
        document = {
            "status": order["status"],
            "identifiers": [{"type": "dns", "value": order["name"]}],
            "authorizations": [self.url(f"/proof/{number}")],
            "finalize": self.url(f"/finalize/{number}"),
        }
        if order["chain"]:
            document["certificate"] = self.url(f"/certificate/{number}")
        return 200, document, {}

    def challenge(self, order):
        document = {"type": "http-01", "url": self.url(f"/challenge/{order['number']}"),
                    "token": order["token"], "status": order["proof"]}
        if order["error"]:
            document["error"] = order["error"]
        return document

    def show_proof(self, order, _):
        return 200, {
            "status": order["proof"], "identifier": {"type": "dns", "value": order["name"]},
            "challenges": [self.challenge(order)],
        }, {}

    def look(self, order, _):
        """Really asks at the name whether it is the account's."""
        before = self.challenge(order)
        if order["proof"] == "pending":
            threading.Thread(target=self.fetch, args=(order,), daemon=True).start()
        return 200, before, {}

    def fetch(self, order):
        error = None
        for port in self.ports():
            error = error or self.fault(order, port)
        with self.lock:
            self.looked.append(order["name"])
            order["error"] = error
            order["proof"] = "invalid" if error else "valid"
            order["status"] = "invalid" if error else "ready"

    def fault(self, order, port):
        """What is wrong with the answer at a port; none when it is right."""
        token, right = order["token"], f"{order['token']}.{order['account'].thumbprint}"
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}/.well-known/acme-challenge/{token}",
            headers={"Host": order["name"]})
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:
                found = answer.read(1000).decode().strip()
        except OSError as fault:
            return {"type": PROBLEM + "connection", "detail": f"{order['name']}: {fault}"}
        if found == right:
            return None
        return {"type": PROBLEM + "incorrectResponse", "detail": "another answer"}

    def finalize(self, order, payload):
        if order["status"] != "ready":
            raise Refusal("orderNotReady", "nothing was proved yet", 403)
        stem = self.authority.file(f"order-{secrets.token_hex(8)}")
        with open(f"{stem}.csr", "wb") as out:
            out.write(raw(payload["csr"]))
        told = subprocess.run(
            ["openssl", "req", "-inform", "DER", "-in", f"{stem}.csr", "-verify", "-noout",
             "-text"], capture_output=True, text=True, check=False)
        names = [line.strip() for line in told.stdout.splitlines() if "DNS:" in line]
        if told.returncode or names != [f"DNS:{order['name']}"]:
            raise Refusal("badCSR", f"it is for {names}")
        order["chain"] = self.sign(stem, order["name"])
        order["status"] = "valid"
        return self.show(order)

    def sign(self, stem, name):
        """A certificate for so many seconds, with whom vouches for it behind it."""
        self.serial += 1
        with open(f"{stem}.ext", "w", encoding="ascii") as out:
            out.write(f"subjectAltName=DNS:{name}\nauthorityKeyIdentifier=keyid\n")
        terms = f"""
            [ca]\ndefault_ca=own\n[own]\ndatabase={stem}.db\nnew_certs_dir={self.authority.folder}
            default_md=sha256\npolicy=any\nunique_subject=no\nrand_serial=yes
            [any]\ncommonName=optional\n"""
        with open(f"{stem}.cnf", "w", encoding="ascii") as out:
            out.write("\n".join(line.strip() for line in terms.splitlines()))
        open(f"{stem}.db", "w", encoding="ascii").close()
        openssl("req", "-inform", "DER", "-in", f"{stem}.csr", "-out", f"{stem}.pem")
        start, end = self.span()
        openssl("ca", "-batch", "-notext", "-config", f"{stem}.cnf", "-in", f"{stem}.pem",
                "-cert", self.authority.certificate, "-keyfile", self.authority.key,
                "-subj", f"/CN={name}", "-startdate", start, "-enddate", end,
                "-extfile", f"{stem}.ext", "-out", f"{stem}.crt")
        chain = b""
        for file in (f"{stem}.crt", self.authority.certificate):
            with open(file, "rb") as paper:
                chain += paper.read()
        return chain

    def span(self):
        now = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
        end = now + datetime.timedelta(seconds=self.seconds)
        return (f"{at:%Y%m%d%H%M%SZ}" for at in (now, end))

    def hand_out(self, order, _):
        return 200, order["chain"], {}, "application/pem-certificate-chain"
