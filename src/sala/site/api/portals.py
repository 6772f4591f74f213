"""Front doors for programs, by the same rights as on the pages."""

from typing import Any, Literal

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Router, Schema

from sala.access.form_page import need_anywhere
from sala.access.request import Request
from sala.access.scope import visible
from sala.core.errors import Invalid
from sala.core.language import Translated, required_language
from sala.people.models import Organisation
from sala.places.models import Area
from sala.site import operations, policy
from sala.site.models import Portal
from sala.site.queries import known_portals

router = Router(tags=["front doors"])
TEXTS = ("name", "tagline", "intro")


class PortalOut(Schema):
    """host: * stands for anything; empty: every host that no other one names. place, owner: codes. topics: codes, in order. logo: address of a PNG, or empty."""

    code: str
    host: str
    name: dict[str, str]
    tagline: dict[str, str]
    intro: dict[str, str]
    place: str
    owner: str | None
    topics: list[str]
    band: str
    tier: str
    is_default: bool
    logo: str


class PortalsOut(Schema):
    count: int
    items: list[PortalOut]


class PortalChange(Schema):
    """Only what is sent is changed."""

    host: str | None = None
    name: dict[str, str] | None = None
    tagline: dict[str, str] | None = None
    intro: dict[str, str] | None = None
    place: str | None = None
    topics: list[str] | None = None
    band: str | None = None
    tier: Literal["public", "government"] | None = None


class PortalIn(PortalChange):
    """owner: code of the organisation that will run it."""

    owner: str
    host: str
    name: dict[str, str]
    place: str
    topics: list[str]


def _out(row: Portal) -> dict[str, Any]:
    return {
        "code": row.code, "host": row.host, "name": dict(row.name), "tagline": dict(row.tagline), "intro": dict(row.intro),
        "place": row.place.code, "owner": row.owner.code if row.owner else None, "topics": row.topics, "band": row.band,
        "tier": row.tier, "is_default": row.is_default, "logo": row.logo_url,
    }  # fmt: skip


def _described(request: Request, sent: PortalChange) -> dict[str, Any]:
    """What was sent, with texts and rows in the place of words and codes."""
    found = {name: value for name, value in sent.dict(exclude_unset=True).items() if value is not None}
    found |= {name: Translated(found[name]) for name in TEXTS if name in found}
    if "name" in found and required_language() not in found["name"]:
        raise Invalid("", {"name": [_("The text in the country's language is missing. Write it first.")]})
    for name, model in (("place", Area), ("owner", Organisation)):
        if name in found:
            row = visible(request.actor, model).filter(code=found[name]).first()
            if row is None:
                raise Invalid("", {name: [_("Nothing has this code.")]})
            found[name] = row
    return found


@router.get("/portals", response=PortalsOut, summary="Front doors that are open to the caller")
def portals(request: Request):
    rows = [_out(row) for row in known_portals(request.actor)]
    return {"count": len(rows), "items": rows}


@router.post("/portals", response={201: PortalOut}, summary="Make a front door")
def make(request: Request, sent: PortalIn):
    need_anywhere(request.actor, policy.EDIT)
    described = _described(request, sent)
    return 201, _out(operations.make_portal(request.actor, described.pop("owner"), **described))


@router.patch("/portals/{slug:code}", response=PortalOut, summary="Change a front door")
def change(request: Request, code: str, sent: PortalChange):
    found = get_object_or_404(known_portals(request.actor), code=code)
    return _out(operations.change_portal(request.actor, found, **_described(request, sent)))
