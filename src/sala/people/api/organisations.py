"""Organisations and posts founded, moved and closed by programs, with the rights and the words of the pages."""

from datetime import date
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Schema

from sala.access.form_page import need_anywhere
from sala.access.request import Request
from sala.access.scope import visible
from sala.core.errors import Invalid
from sala.core.language import Translated
from sala.core.models import Term
from sala.people import operations, policy
from sala.people.api.directory import OrganisationOut, organisation_summary, router
from sala.people.models import Organisation, OrganisationKind, Position
from sala.places.models import Area


class FoundIn(Schema):
    """parent, area, sector: codes; usual_posts: with the posts that the country pack gives to its kind."""

    code: str
    name: dict[str, str]
    kind: str
    area: str
    parent: str = ""
    sector: str = ""
    registration: str = ""
    email: str = ""
    phone: str = ""
    website: str = ""
    usual_posts: bool = True


class FoundOut(OrganisationOut):
    """left_out: roles of the usual posts that the caller may not pass on."""

    left_out: list[str]


class MoveIn(Schema):
    """parent: code of the organisation below which it stands from now on; nothing: below none."""

    parent: str = ""
    reason: str


class CloseIn(Schema):
    """successor: code of the organisation to which posts, units and what it keeps go."""

    on: date
    reason: str
    successor: str = ""


class PostIn(Schema):
    """code: what kind of post it is, such as data; the code of the organisation is put before it."""

    code: str
    title: dict[str, str]
    is_head: bool = False
    email: str = ""
    phone: str = ""


class NewPostOut(Schema):
    code: str
    organisation: str
    title: dict[str, str]
    is_head: bool
    url: str


class ReasonIn(Schema):
    reason: str


def _organisation(request: Request, code: str) -> Organisation:
    return get_object_or_404(visible(request.actor, Organisation).select_related("area", "parent", "sector"), code=code)


def _named(request: Request, field: str, code: str) -> Organisation | None:
    """The organisation that a field names; nothing where it is empty."""
    if not code:
        return None
    found = visible(request.actor, Organisation).filter(code=code).select_related("area").first()
    if found is None:
        words = _("No organisation has this code. Look it up in the directory.")
        raise Invalid(words, {field: [words]})
    return found


def _term(field: str, found: Any) -> Any:
    if found is None:
        raise Invalid("", {field: [_("Nothing has this code.")]})
    return found


def _post_out(post: Position) -> dict[str, Any]:
    return {
        "code": post.code, "organisation": post.organisation.code, "title": post.title, "is_head": post.is_head,
        "url": post.get_absolute_url(),
    }  # fmt: skip


@router.post("/organisations", response={201: FoundOut}, summary="Enter a new organisation")
def found(request: Request, sent: FoundIn):
    need_anywhere(request.actor, policy.EDIT)
    data = sent.dict()
    usual = data.pop("usual_posts")
    if sent.kind not in OrganisationKind.values:
        raise Invalid(
            "", {"kind": [_("Unknown kind. It is one of: %(kinds)s.") % {"kinds": ", ".join(OrganisationKind.values)}]}
        )
    area = _term("area", Area.objects.filter(code=sent.area, ended_on__isnull=True).first())
    sector = Term.objects.filter(scheme="sector", code=sent.sector, retired=False).first() if sent.sector else None
    if sent.sector:
        _term("sector", sector)
    data |= {"area": area, "sector": sector, "name": Translated(sent.name)}
    data["parent"] = _named(request, "parent", sent.parent)
    if usual:
        made, left_out = operations.found_with_usual_posts(request.actor, **data)
    else:
        made, left_out = operations.found_organisation(request.actor, **data), []
    return 201, organisation_summary(made) | {"left_out": left_out}


@router.post("/organisations/{code}/move", response=OrganisationOut, summary="Put it below another organisation")
def move(request: Request, code: str, sent: MoveIn):
    parent = _named(request, "parent", sent.parent)
    operations.move_organisation(request.actor, _organisation(request, code), parent=parent, reason=sent.reason[:300])
    return organisation_summary(_organisation(request, code))


@router.post("/organisations/{code}/close", response=OrganisationOut, summary="Close it, with or without a successor")
def close(request: Request, code: str, sent: CloseIn):
    successor = _named(request, "successor", sent.successor)
    operations.close_organisation(
        request.actor, _organisation(request, code), on=sent.on, reason=sent.reason[:300], successor=successor
    )
    return organisation_summary(_organisation(request, code))


@router.post("/organisations/{code}/posts", response={201: NewPostOut}, summary="Create a post")
def new_post(request: Request, code: str, sent: PostIn):
    house = _organisation(request, code)
    made = operations.create_position(
        request.actor, house, code=f"{house.code}-{sent.code}", title=Translated(sent.title), is_head=sent.is_head,
        email=sent.email, phone=sent.phone,
    )  # fmt: skip
    return 201, _post_out(made)


def _post(request: Request, code: str) -> Position:
    return get_object_or_404(visible(request.actor, Position).select_related("organisation__area"), code=code)


@router.post("/posts/{code}/head", response=NewPostOut, summary="Make it the head of its organisation")
def head(request: Request, code: str):
    return _post_out(operations.make_head(request.actor, _post(request, code)))


@router.post("/posts/{code}/abolish", response={204: None}, summary="Abolish a post")
def abolish(request: Request, code: str, sent: ReasonIn):
    operations.abolish_position(request.actor, _post(request, code), reason=sent.reason[:300])
    return 204, None
