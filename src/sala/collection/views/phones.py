"""Pages for who gives out phones: those of a post, a new one with the code that sets it up, taking one back."""

import base64
import json
import zlib
from typing import Any

import segno
from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from sala.access.form_page import button_form, form_page
from sala.access.request import Request
from sala.access.scope import require, visible
from sala.collection import operations, policy
from sala.collection.forms.phones import PhoneForm
from sala.core import language
from sala.core.errors import Conflict, Invalid, SignInNeeded
from sala.core.form_faults import show_faults
from sala.people.models import ApiToken, Position

PER_PAGE = 50
# languages that the app names by more than two letters
APP_LANGUAGES = {"lo": "lo_LA", "ne": "ne_NP", "sv": "sv_SE", "th": "th_TH"}


class _Phones:
    """Where a page goes back to after a change."""

    def __init__(self, position: Position):
        self.position = position

    def __str__(self) -> str:
        return f"{self.position.title}, {self.position.organisation.name}"

    def get_absolute_url(self) -> str:
        return reverse("collection:phones_of", args=[self.position.code])


def _position(request: Request, code: str) -> Position:
    """The post, for those who give it phones."""
    found = get_object_or_404(visible(request.actor, Position).select_related("organisation__area"), code=code)
    require(request.actor, operations.gives_phones(request.actor, found) or policy.SEND, found)
    return found


def phones(request: Request) -> HttpResponse:
    """Every phone of one's own organisations, to find a lost one by its name or its post."""
    if not request.actor.holdings and not request.actor.is_everything:
        raise SignInNeeded(_("This needs a position in government. Sign in with your link."))
    word = request.GET.get("q", "").strip()
    rows = visible(request.actor, ApiToken).filter(door=policy.DOOR)
    if word:
        title = f"position__title__{language.current()}__icontains"
        rows = rows.filter(Q(name__icontains=word) | Q(position__code__icontains=word) | Q(**{title: word}))
    rows = rows.select_related("position__organisation", "made_by").order_by("-revoked_at", "-id")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "collection/phones.html", {"page": page, "word": word})


def phones_of(request: Request, code: str) -> HttpResponse:
    position = _position(request, code)
    rows = position.tokens.filter(door=policy.DOOR).select_related("made_by")
    return render(request, "collection/phones_of.html", {"position": position, "phones": rows, "form": PhoneForm()})


@never_cache
def give(request: Request, code: str) -> HttpResponse:
    """Asks for the name; sent, shows once the code that the phone photographs and the address to type in."""
    position = _position(request, code)
    form = PhoneForm(request.POST or None)
    if form.is_valid():
        try:
            phone, secret = operations.give_phone(request.actor, position, **form.cleaned_data)
        except (Invalid, Conflict) as error:
            show_faults(form, error, "name")
        else:
            return render(request, "collection/phone_code.html", {
                "position": position, "phone": phone, "address": address_of(secret),
                "square": square_of(settings_of(position, secret)),
            })  # fmt: skip
    return form_page(
        request, form, lambda data: None, heading=_("New phone"), back=_Phones(position), button=_("Make the code"),
        lead=_("The phone will send answers for this post. The code is shown only once, so have the phone at hand."),
    )  # fmt: skip


def revoke(request: Request, code: str, pk: int) -> HttpResponse:
    position = _position(request, code)
    phone = get_object_or_404(position.tokens.filter(door=policy.DOOR), pk=pk)
    return form_page(
        request, button_form(request), lambda data: operations.revoke_phone(request.actor, phone) and None,
        heading=_("Take back the phone “%(name)s”") % {"name": phone.name}, back=_Phones(position),
        button=_("Take back"), danger=True, done=_("The phone opens nothing any more."),
        lead=_("From this moment the phone gets no forms and sends no answers. What it sent stays. If it is found again, give it a new code and it sends what is still on it."),
    )  # fmt: skip


def address_of(secret: str) -> str:
    """What the app asks for as the address of the server."""
    return settings.BASE_URL.rstrip("/") + reverse("openrosa:door", args=[secret]).rstrip("/")


def settings_of(position: Position, secret: str) -> dict[str, Any]:
    """The settings that the app takes from a photographed code; what is not named is set to the app's own default."""
    code = language.required_language()
    return {
        "general": {
            "server_url": address_of(secret), "form_update_mode": "match_exactly",
            "periodic_form_updates_check": "every_one_hour", "automatic_update": True, "autosend": "wifi_and_cellular",
            "image_size": "medium", "app_language": APP_LANGUAGES.get(code, code),
        },
        "admin": {},
        "project": {"name": f"{position.title}, {position.organisation.name}"[:80]},
    }  # fmt: skip


def square_of(told: dict[str, Any]) -> str:
    """QR code (SVG) as the app reads it: the settings as JSON, compressed by zlib, in base64."""
    packed = base64.b64encode(zlib.compress(json.dumps(told, ensure_ascii=False).encode(), 9))
    drawn = segno.make(packed, error="l", micro=False).svg_inline(scale=4, border=4, svgclass=None, lineclass=None)
    return mark_safe(drawn)  # noqa: S308
