"""A company's sign-in server of our own: OpenID Connect's code flow, with tokens by RS256."""

import base64
import hashlib
import json
import os
import secrets
import subprocess
import tempfile
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

CLIENT, SECRET = "strowger", "what the server gave, 100 % of it"


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def whole(text):
    return b64(json.dumps(text).encode())


class Key:
    """An RSA key, as openssl makes and uses it."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="strowger-interop-")
        self.file = os.path.join(self.folder.name, "key.pem")
        subprocess.run(["openssl", "genrsa", "-out", self.file, "2048"], check=True,
                       capture_output=True)
        told = subprocess.run(["openssl", "rsa", "-in", self.file, "-noout", "-modulus"],
                              check=True, capture_output=True, text=True).stdout
        modulus = bytes.fromhex(told.strip().split("=")[1])
        self.jwk = {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": "one",
                    "n": b64(modulus), "e": "AQAB"}

    def sign(self, claims):
        head = {"alg": "RS256", "kid": "one", "typ": "JWT"}
        text = f"{whole(head)}.{whole(claims)}"
        made = subprocess.run(["openssl", "dgst", "-sha256", "-sign", self.file],
                              input=text.encode(), check=True, capture_output=True)
        return f"{text}.{b64(made.stdout)}"


class SignIn:
    """`with SignIn() as server:`. `person` is who sits at the browser: claims of the token.
    `bend` changes the claims before they are signed."""

    def __init__(self):
        self.key = Key()
        self.person = {}
        self.bend = lambda claims: claims
        self.codes, self.refused = {}, []
        self.http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.issuer = f"http://127.0.0.1:{self.http.server_port}"

    def __enter__(self):
        threading.Thread(target=self.http.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.http.shutdown()
        self.http.server_close()

    def document(self):
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "response_types_supported": ["code"],
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": True,
        }

    def authorize(self, asked):
        """Where the browser is sent back to; the person has signed in here."""
        code = secrets.token_urlsafe(16)
        self.codes[code] = {**asked, "person": dict(self.person)}
        back = {"state": asked["state"], "code": code, "iss": self.issuer,
                "session_state": "of no concern to anybody"}
        return asked["redirect_uri"] + "?" + urllib.parse.urlencode(back)

    def token(self, form, authorization):
        """The answer to a code, once; `None` when anything is not right."""
        asked = self.codes.pop(form.get("code"), None)
        if asked is None:
            return self._no("an unknown code, or one that was used")
        pair = f"{urllib.parse.quote_plus(CLIENT)}:{urllib.parse.quote_plus(SECRET)}"
        if authorization != "Basic " + base64.b64encode(pair.encode()).decode():
            return self._no("another client, or another secret")
        verifier = form.get("code_verifier", "").encode()
        if b64(hashlib.sha256(verifier).digest()) != asked["code_challenge"]:
            return self._no("another verifier")
        if form.get("redirect_uri") != asked["redirect_uri"]:
            return self._no("another redirect address")
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300,
                  "nonce": asked["nonce"], **asked["person"]}
        return {"token_type": "Bearer", "access_token": "of no use here",
                "id_token": self.key.sign(self.bend(claims))}

    def _no(self, why):
        self.refused.append(why)

    def _handler(self):
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                path, _, query = self.path.partition("?")
                if path == "/.well-known/openid-configuration":
                    return self.tell(200, server.document())
                if path == "/keys":
                    return self.tell(200, {"keys": [server.key.jwk]})
                if path != "/authorize":
                    return self.tell(404, {})
                asked = dict(urllib.parse.parse_qsl(query))
                self.send_response(302)
                self.send_header("Location", server.authorize(asked))
                self.send_header("Content-Length", "0")
                self.end_headers()

            def do_POST(self):
                text = self.rfile.read(int(self.headers["Content-Length"])).decode()
                form = dict(urllib.parse.parse_qsl(text))
                given = server.token(form, self.headers["Authorization"])
                self.tell(200 if given else 400, given or {"error": "invalid_grant"})

            def tell(self, status, document):
                body = json.dumps(document).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        return Handler
