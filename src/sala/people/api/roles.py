"""Roles of posts in the API: given, withdrawn and confirmed by the same people as on the pages."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Router, Schema

from sala.access.request import Request
from sala.access.scope import require, visible
from sala.core.errors import Invalid
from sala.people import operations, policy
from sala.people.models import Position, PositionGrant, Role
from sala.people.queries import roles_to_confirm
from sala.places.models import Area

router = Router(tags=["people"])


class RoleIn(Schema):
    """role: its code; area: code of a place within which it holds, or nothing for the area of the organisation."""

    role: str
    area: str = ""
    across_organisations: bool = False


class RoleOut(Schema):
    """area: where it holds only; to_confirm: it passed to the successor of an area or office, and nobody has said that it is right"""

    id: int
    post: str
    role: str
    name: dict[str, str]
    area: str | None
    across_organisations: bool
    to_confirm: bool


def _out(grant: PositionGrant) -> dict[str, Any]:
    return {
        "id": grant.pk, "post": grant.position.code, "role": grant.role.code, "name": grant.role.name,
        "area": grant.area.code if grant.area else None, "across_organisations": grant.across_organisations,
        "to_confirm": grant.to_confirm,
    }  # fmt: skip


def _post(request: Request, code: str) -> Position:
    return get_object_or_404(visible(request.actor, Position).select_related("organisation__area"), code=code)


def _grant(request: Request, code: str, pk: int) -> PositionGrant:
    post = _post(request, code)
    require(request.actor, policy.GRANT, post)
    return get_object_or_404(PositionGrant.objects.select_related("role", "area", "position"), pk=pk, position=post)


@router.get("/posts/{code}/roles", response=list[RoleOut], summary="Roles of a post")
def roles(request: Request, code: str):
    rows = _post(request, code).grants.select_related("role", "area", "position").order_by("role__code", "pk")
    return [_out(row) for row in rows]


@router.post("/posts/{code}/roles", response={201: RoleOut}, summary="Give a post a role")
def give(request: Request, code: str, sent: RoleIn):
    post = _post(request, code)
    require(request.actor, policy.GRANT, post)
    role = Role.objects.filter(code=sent.role).first()
    area = Area.objects.filter(code=sent.area, ended_on__isnull=True).first() if sent.area else None
    faults = {}
    if role is None:
        faults["role"] = [_("No role has this code.")]
    if sent.area and area is None:
        faults["area"] = [_("No place has this code.")]
    if role is None or faults:
        raise Invalid("", faults)
    given = operations.grant_role(request.actor, post, role, area=area, across_organisations=sent.across_organisations)
    return 201, _out(given)


@router.delete("/posts/{code}/roles/{int:pk}", response={204: None}, summary="Withdraw a role")
def withdraw(request: Request, code: str, pk: int):
    operations.revoke_role(request.actor, _grant(request, code, pk))
    return 204, None


@router.post(
    "/posts/{code}/roles/{int:pk}/confirm", response=RoleOut, summary="Confirm a role that passed to a successor"
)
def confirm(request: Request, code: str, pk: int):
    return _out(operations.confirm_role(request.actor, _grant(request, code, pk)))


@router.get("/roles/to-confirm", response=list[RoleOut], summary="Roles that wait for the caller to confirm them")
def to_confirm(request: Request):
    return [_out(row) for row in roles_to_confirm(request.actor)]
