"""The government's identity provider (OpenID Connect), where the operator named one in the settings.

allauth speaks the protocol: discovery, state, PKCE, the exchange of the code. What is ours is the end of it: the token
is always verified against the provider's keys, only its subject is taken over, and who that is here is decided by a
link made earlier (`views.provider`), never by an e-mail address.
"""

import secrets
from typing import Any, NoReturn

import jwt
import requests
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from sala.access.request import Request
from sala.core.errors import Invalid

SIGNED_BY = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
LEEWAY = 60  # seconds by which the provider's clock may differ
PATIENCE = 10  # seconds for each answer of the provider
NONCE = "provider_nonce"


class IdentityVerified(Exception):
    """The way out of allauth's view: this subject was confirmed by the provider."""

    def __init__(self, subject: str):
        super().__init__(subject)
        self.subject = subject


def is_configured() -> bool:
    return bool(settings.IDENTITY_PROVIDER["issuer"] and settings.IDENTITY_PROVIDER["client"])


def name() -> str:
    return settings.IDENTITY_PROVIDER["name"] or _("your government account")


def issuer() -> str:
    return settings.IDENTITY_PROVIDER["issuer"]


def unconfirmed() -> Invalid:
    return Invalid(
        _(
            "The identity provider did not confirm who you are. Try again; if it stays so, sign in with a link by e-mail."
        )
    )


class Protocol(OpenIDConnectOAuth2Adapter):
    """The protocol with this one provider. Its `complete_login` ends in IdentityVerified or in a refusal."""

    def get_callback_url(self, request: Request, app: SocialApp) -> str:
        return request.build_absolute_uri(reverse("people:provider_callback"))

    def complete_login(self, request: Request, app: SocialApp, token: Any, **kwargs: Any) -> NoReturn:
        try:
            claims = self._claims(app, kwargs["response"]["id_token"])
        except (jwt.PyJWTError, requests.RequestException, KeyError, TypeError, ValueError) as error:
            raise unconfirmed() from error
        nonce = request.session.pop(NONCE, "")
        if not nonce or claims.get("nonce") != nonce or not str(claims["sub"]):
            raise unconfirmed()
        raise IdentityVerified(str(claims["sub"]))

    def _claims(self, app: SocialApp, token: str) -> dict[str, Any]:
        """What the provider says, once signature, issuer, audience and time were found right."""
        config = self.openid_config
        if config["issuer"].rstrip("/") != issuer():
            raise jwt.InvalidIssuerError
        answer = session().get(config["jwks_uri"])
        answer.raise_for_status()
        known = jwt.PyJWKSet.from_dict(answer.json())
        wanted = jwt.get_unverified_header(token).get("kid")
        keys = [key for key in known.keys if key.key_id == wanted] if wanted else known.keys
        if len(keys) != 1:
            raise jwt.InvalidKeyError
        return jwt.decode(
            token, keys[0].key, algorithms=SIGNED_BY, audience=app.client_id, issuer=config["issuer"], leeway=LEEWAY,
            options={"require": ["exp", "iat", "iss", "aud", "sub"]},
        )  # fmt: skip


class Provider(OpenIDConnectProvider):
    oauth2_adapter_class = Protocol


class Adapter(DefaultSocialAccountAdapter):
    """allauth's questions about providers, answered from the settings alone."""

    def get_provider(self, request: Request, provider: str, client_id: str | None = None) -> Provider:
        known = settings.IDENTITY_PROVIDER
        app = SocialApp(
            provider="openid_connect", provider_id="provider", name=name(), client_id=known["client"],
            secret=known["secret"],
            settings={"server_url": known["issuer"], "oauth_pkce_enabled": True, "scope": ["openid"]},
        )  # fmt: skip
        return Provider(request, app=app)

    def on_authentication_error(self, request: Request, provider: Any, error: Any = None, exception: Any = None,
                                extra_context: Any = None) -> NoReturn:  # fmt: skip
        raise unconfirmed() from exception

    def get_requests_session(self) -> requests.Session:
        return session()


class _Patient(requests.Session):
    """The operator named this provider, so its address is not questioned; but it may neither dawdle nor send us on."""

    def request(self, *args: Any, **options: Any) -> requests.Response:
        options.setdefault("timeout", PATIENCE)
        options["allow_redirects"] = False
        return super().request(*args, **options)


def session() -> requests.Session:
    return _Patient()


def begin(request: Request) -> HttpResponse:
    """To the provider's own page. What is wanted of the identity stands in the session."""
    request.session[NONCE] = nonce = secrets.token_urlsafe(16)
    door = Adapter(request).get_provider(request, "provider")
    try:
        return door.redirect(request, process="login", auth_params={"nonce": nonce})
    except (requests.RequestException, KeyError, ValueError) as error:
        raise Invalid(
            _("The identity provider does not answer. Try again later, or sign in with a link by e-mail.")
        ) from error


def subject_of(request: Request) -> str:
    """The subject that the provider confirmed with this return. Raises Invalid when it confirmed none."""
    try:
        OAuth2CallbackView.adapter_view(Protocol(request, "provider"))(request)
    except IdentityVerified as verified:
        return verified.subject
    except (requests.RequestException, KeyError, ValueError) as error:
        raise unconfirmed() from error
    raise unconfirmed()
