"""A small identity provider on this machine: discovery, keys, the code flow with PKCE. Real HTTP, written for the tests.

Attributes bend what it says, to see that a bent answer is refused.
"""

import base64
import hashlib
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "sala-test", "not-a-real-secret"


def _key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class IdentityProvider:
    def __init__(self) -> None:
        self.key, self.foreign_key = _key(), _key()
        self.subject, self.email = "subject-1", "citizen@example.org"
        self.bend: dict = {}  # claims that replace the right ones; a value of None leaves the claim out
        self.signed_by_foreign_key = False
        self.algorithm = "RS256"
        self.codes: dict[str, dict] = {}
        self.asked: list[str] = []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def claims(self, nonce: str) -> dict:
        now = int(time.time())
        right = {
            "iss": self.issuer, "aud": CLIENT, "sub": self.subject, "iat": now, "exp": now + 300, "nonce": nonce,
            "email": self.email, "email_verified": True,
        }  # fmt: skip
        return {name: value for name, value in (right | self.bend).items() if value is not None}

    def token(self, nonce: str) -> str:
        if self.algorithm == "HS256":  # signed with the public key as if it were a shared secret
            words = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()
                     for part in ({"alg": "HS256", "kid": "one"}, self.claims(nonce))]  # fmt: skip
            return ".".join([*words, "AAAA"])
        if self.algorithm == "none":
            return jwt.encode(self.claims(nonce), None, algorithm="none", headers={"kid": "one"})
        key = self.foreign_key if self.signed_by_foreign_key else self.key
        return jwt.encode(self.claims(nonce), key, algorithm="RS256", headers={"kid": "one"})

    def _answer(self, method: str, path: str, given: dict[str, str]) -> tuple[int, dict]:
        if path == "/.well-known/openid-configuration":
            return 200, {
                "issuer": self.issuer, "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token", "jwks_uri": f"{self.issuer}/keys",
                "userinfo_endpoint": f"{self.issuer}/userinfo",
            }  # fmt: skip
        if path == "/keys":
            public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
            return 200, {"keys": [public | {"kid": "one", "use": "sig", "alg": "RS256"}]}
        if path == "/authorize":
            code = f"code-{len(self.codes)}"
            self.codes[code] = given
            return 302, {"Location": f"{given['redirect_uri']}?{urlencode({'code': code, 'state': given['state']})}"}
        if path == "/token" and method == "POST":
            return self._exchange(given)
        return 404, {}

    def _exchange(self, given: dict[str, str]) -> tuple[int, dict]:
        began = self.codes.pop(given.get("code", ""), None)
        digest = hashlib.sha256(given.get("code_verifier", "").encode()).digest()
        proof = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        known = given.get("client_id") == CLIENT and given.get("client_secret") == SECRET
        if not began or not known or began.get("code_challenge") != proof:
            return 400, {"error": "invalid_grant"}
        return 200, {"access_token": "a", "token_type": "Bearer", "id_token": self.token(began.get("nonce", ""))}

    def _handler(provider) -> type[BaseHTTPRequestHandler]:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._reply("GET", urlsplit(self.path).query)

            def do_POST(self) -> None:
                self._reply("POST", self.rfile.read(int(self.headers["Content-Length"])).decode())

            def _reply(self, method: str, query: str) -> None:
                path = urlsplit(self.path).path
                provider.asked.append(path)
                given = {name: values[0] for name, values in parse_qs(query).items()}
                status, body = provider._answer(method, path, given)
                self.send_response(status)
                if status == 302:
                    self.send_header("Location", body["Location"])
                    body = {}
                text = json.dumps(body).encode()
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *args: object) -> None:
                pass

        return Handler
