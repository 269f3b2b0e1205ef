"""Single sign-on: an OpenID provider proves who comes. It makes no account and grants nothing.

Off unless ``CHENGXIN_OIDC_ISSUER`` is set. The person's name at the provider (the claim the deployment agreed
on, ``sub`` by default) is linked to an account by the system administrator; anything else the provider says is
ignored. The code flow runs with PKCE, state and nonce; the identity token must be signed by the provider's own
key, for us, not expired, and answer this very log-in.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final, NoReturn
from urllib.parse import urlsplit

import jwt
import requests
import structlog
from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from mozilla_django_oidc.auth import OIDCAuthenticationBackend
from mozilla_django_oidc.views import OIDCAuthenticationRequestView

from chengxin.core.errors import DeniedError, HouseFault
from chengxin.ledger.models import Official

log = structlog.get_logger("chengxin.outside")
ALGORITHM: Final = "RS256"
LEEWAY: Final = 30
"""Seconds two clocks may differ."""
NEEDED: Final = ("iss", "aud", "exp", "iat", "sub", "nonce")
LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
DOORS: Final = ("authorization_endpoint", "token_endpoint", "jwks_uri")
USERINFO: Final = "userinfo_endpoint"
"""The one door a provider may do without: the identity token then says all there is."""
STATES: Final = "oidc_states"
_REFUSALS: Final[Mapping[type[Exception], str]] = {
    jwt.ExpiredSignatureError: "outside.expired",
    jwt.InvalidAudienceError: "outside.not_for_us",
    jwt.InvalidIssuerError: "outside.not_for_us",
}


def is_on() -> bool:
    """This will say whether the deployment has an identity provider."""
    return bool(settings.OIDC_ISSUER)


@lru_cache(maxsize=4)
def provider(issuer: str) -> Mapping[str, str]:
    """This will read, once a process, where the provider's doors are; it must call itself as we call it.

    Raises ``DeniedError`` for a provider that does not answer, lacks one of them or opens it without https.
    """
    if not _is_secured(issuer):
        raise HouseFault("outside.not_https", issuer=issuer)
    try:
        answer = requests.get(
            f"{issuer.rstrip('/')}/.well-known/openid-configuration", timeout=settings.OIDC_TIMEOUT
        )
        answer.raise_for_status()
        found: Any = answer.json()
    except (requests.RequestException, ValueError) as gone:
        raise DeniedError("outside.unreachable") from gone
    named = found.get("issuer") if isinstance(found, dict) else None
    if named != issuer:
        raise HouseFault("outside.another_issuer", issuer=issuer, named=named)
    doors: dict[str, str] = {door: str(found.get(door) or "") for door in (*DOORS, USERINFO)}
    for door, address in doors.items():
        if not address and door in DOORS:
            raise DeniedError("outside.no_door", door=door)
        if address and not _is_secured(address):
            raise DeniedError("outside.door_not_https", door=door, address=address)
    return doors


def _is_secured(address: str) -> bool:
    """Codes, the client's secret and tokens go there: nobody between may read them, but on this very machine."""
    place = urlsplit(address)
    return place.scheme == "https" or (place.scheme == "http" and place.hostname in LOOPBACK)


def lead_out(request: HttpRequest, *, anew: bool = False) -> HttpResponseBase:
    """This will send the comer to the provider, with a state, a nonce and a challenge of this session.

    ``anew``: the provider shall let the person log in there again, though it knows a session of theirs.
    """
    answer: HttpResponseBase = _Leading(provider(settings.OIDC_ISSUER), anew).get(request)
    return answer


def come_back(request: HttpRequest, *, anew: bool = False) -> Official:
    """This will give the account of whom the provider proved; raises ``DeniedError`` with a sentence otherwise.

    ``anew``: only if the person logged in there after this was asked; a provider that does not say when, proves
    nothing.
    """
    state = request.GET.get("state", "")
    known = request.session.get(STATES, {})
    said = known.pop(state, None) if isinstance(known, dict) else None
    request.session.modified = True
    if said is None:
        _refuse("outside.not_asked")
    if "code" not in request.GET:
        _refuse("outside.declined", said=request.GET.get("error", ""))
    proving = _Proving(provider(settings.OIDC_ISSUER))
    try:
        found = proving.authenticate(request, nonce=said["nonce"], code_verifier=said["code_verifier"])
    except requests.RequestException as gone:
        _refuse("outside.unreachable", because=gone)
    except (SuspiciousOperation, jwt.PyJWTError, KeyError, ValueError) as forged:
        _refuse(_REFUSALS.get(type(forged), "outside.not_proven"), because=forged)
    if not isinstance(found, Official):
        _refuse("outside.not_proven")
    if anew and proving.logged_in_at < said["added_on"] - LEEWAY:
        _refuse("outside.not_anew")
    return found


def _refuse(sentence: str, **known: Any) -> NoReturn:
    log.warning(
        "single sign-on refused", sentence=sentence, **{key: str(value) for key, value in known.items()}
    )
    because = known.get("because")
    raise DeniedError(sentence) from because if isinstance(because, Exception) else None


class _Leading(OIDCAuthenticationRequestView):  # type: ignore[misc]
    """The library's way out, with the doors the provider itself names."""

    def __init__(self, doors: Mapping[str, str], anew: bool) -> None:
        self.OIDC_OP_AUTH_ENDPOINT = doors["authorization_endpoint"]
        self.OIDC_RP_CLIENT_ID = settings.OIDC_RP_CLIENT_ID
        self.anew = anew

    def get_extra_params(self, request: HttpRequest) -> dict[str, str]:
        """This will ask for a new log-in where the old one shall not do."""
        return {"prompt": "login", "max_age": "0"} if self.anew else {}


class _Proving(OIDCAuthenticationBackend):  # type: ignore[misc]
    """The library's exchange of the code, with all that a token must say checked."""

    logged_in_at = 0
    """When the person logged in at the provider, as the checked token says it."""

    def __init__(self, doors: Mapping[str, str]) -> None:
        self.OIDC_OP_TOKEN_ENDPOINT = doors["token_endpoint"]
        self.OIDC_OP_USER_ENDPOINT = doors[USERINFO]
        self.OIDC_OP_JWKS_ENDPOINT = doors["jwks_uri"]
        self.OIDC_RP_CLIENT_ID = settings.OIDC_RP_CLIENT_ID
        self.OIDC_RP_CLIENT_SECRET = settings.OIDC_RP_CLIENT_SECRET

    def verify_token(self, token: str, **words: Any) -> dict[str, Any]:
        """This will check signature, issuer, audience, age and nonce; the library itself checks but two of them."""
        if jwt.get_unverified_header(token).get("alg") != ALGORITHM:
            raise SuspiciousOperation("another algorithm")
        key = self.retrieve_matching_jwk(token)
        said: dict[str, Any] = jwt.decode(
            token, key, algorithms=[ALGORITHM], audience=self.OIDC_RP_CLIENT_ID, issuer=settings.OIDC_ISSUER,
            leeway=LEEWAY, options={"require": list(NEEDED)},
        )  # fmt: skip
        audience = said["aud"]
        if isinstance(audience, list) and len(audience) > 1 and said.get("azp") != self.OIDC_RP_CLIENT_ID:
            raise jwt.InvalidAudienceError("another party")
        if not hmac.compare_digest(str(said["nonce"]).encode(), str(words.get("nonce") or "\0").encode()):
            raise SuspiciousOperation("another nonce")
        self.logged_in_at = int(said.get("auth_time") or 0)
        return said

    def get_or_create_user(self, access_token: str, id_token: str, payload: Mapping[str, Any]) -> Official:
        """This will find the account linked to the claim. It creates none, and reads no other claim."""
        told = self.get_userinfo(access_token, id_token, payload) if self.OIDC_OP_USER_ENDPOINT else payload
        if told.get("sub") != payload["sub"]:
            raise DeniedError("outside.not_proven")
        name = str(payload.get(settings.OIDC_CLAIM) or told.get(settings.OIDC_CLAIM) or "")
        found = Official.objects.select_related("agency").filter(outside_name=name).first() if name else None
        if found is None:
            _refuse("outside.unknown")
        if not found.is_active:
            _refuse("outside.closed", username=found.username)
        return found
