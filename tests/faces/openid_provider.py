"""An OpenID provider of the tests, in a process of its own: discovery, authorise, token, jwks, userinfo.

It logs in whom it was told to, and lies as it was told to: ``POST /told {"sub": …, "lie": …, "doors": …}``. It
checks what a provider must: the client's secret, the redirect address, the code used once, and the PKCE verifier.
Its first line on standard output is its address.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "chengxin", "a secret of the two"
OWN, FOREIGN = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))


class Provider(BaseHTTPRequestHandler):
    told: dict[str, Any] = {}  # noqa: RUF012 - the one state of the process
    codes: dict[str, dict[str, str]] = {}  # noqa: RUF012

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(address.query).items()}
        if address.path == "/.well-known/openid-configuration":
            doors = ("authorization", "token", "userinfo")
            known = {"issuer": self.root, "jwks_uri": f"{self.root}/jwks",
                     **{f"{door}_endpoint": f"{self.root}/{door}" for door in doors},
                     **self.told.get("doors", {})}  # fmt: skip
            self._answer({name: address for name, address in known.items() if address})
        elif address.path == "/authorization":
            self._authorise(asked)
        elif address.path == "/jwks":
            key = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(OWN.public_key()))
            self._answer({"keys": [{**key, "kid": "own", "alg": "RS256", "use": "sig"}]})
        elif address.path == "/userinfo":
            sub = "somebody else" if self.told.get("lie") == "userinfo" else self.told["sub"]
            self._answer({"sub": sub, "role": "head", "groups": ["sysadmin"]})

    def do_POST(self) -> None:
        text = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if self.path == "/told":
            type(self).told = json.loads(text)
            self._answer({})
            return
        said = {name: values[0] for name, values in parse_qs(text).items()}
        asked = self.codes.pop(said.get("code", ""), None)
        digest = hashlib.sha256(said.get("code_verifier", "").encode()).digest()
        proof = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if asked is None or proof != asked["code_challenge"] or said.get("client_secret") != SECRET:
            self._answer({"error": "invalid_grant"}, 400)
        elif said["redirect_uri"] != asked["redirect_uri"] or said["client_id"] != CLIENT:
            self._answer({"error": "invalid_request"}, 400)
        else:
            self._answer({"access_token": secrets.token_hex(8), "token_type": "Bearer",
                          "id_token": self._token(asked)})  # fmt: skip

    @property
    def root(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def _authorise(self, asked: dict[str, str]) -> None:
        assert asked["response_type"] == "code" and asked["code_challenge_method"] == "S256"
        code = secrets.token_hex(8)
        self.codes[code] = asked
        back = {"state": asked["state"], "code": code}
        if self.told.get("lie") == "declined":
            back = {"state": asked["state"], "error": "access_denied"}
        self.send_response(302)
        self.send_header("Location", f"{asked['redirect_uri']}?{urlencode(back)}")
        self.end_headers()

    def _token(self, asked: dict[str, str]) -> str:
        now, lie = int(time.time()), self.told.get("lie")
        said: dict[str, Any] = {
            "iss": self.root, "aud": CLIENT, "sub": self.told["sub"], "nonce": asked["nonce"],
            "iat": now, "exp": now + 300, "role": "head", **self.told.get("claims", {}),
        }  # fmt: skip
        if asked.get("prompt") == "login" and asked.get("max_age") == "0":
            said.setdefault("auth_time", now)
        lies: dict[str, dict[str, Any]] = {
            "nonce": {"nonce": "of another log-in"},
            "audience": {"aud": "another"},
            "audiences": {"aud": [CLIENT, "another"], "azp": "another"},
            "expired": {"iat": now - 900, "exp": now - 600},
            "issuer": {"iss": "http://127.0.0.1:1"},
        }
        said |= lies.get(str(lie), {})
        for name in ("nonce", "exp"):
            if lie == f"no_{name}":
                del said[name]
        if lie == "unsigned":
            return jwt.encode(said, None, algorithm="none", headers={"kid": "own"})
        if lie == "hmac":
            return jwt.encode(said, SECRET * 3, algorithm="HS256", headers={"kid": "own"})
        return jwt.encode(
            said, FOREIGN if lie == "signature" else OWN, algorithm="RS256", headers={"kid": "own"}
        )

    def _answer(self, body: dict[str, Any], status: int = 200) -> None:
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, format: str, *words: Any) -> None:  # noqa: A002 - as the parent names it
        """This will keep quiet."""


if __name__ == "__main__":
    server = HTTPServer(("127.0.0.1", 0), Provider)
    sys.stdout.write(f"http://127.0.0.1:{server.server_address[1]}\n")
    sys.stdout.flush()
    server.serve_forever()
