"""What people exchange about datasets in the API: what they follow, announced releases."""

from datetime import date
from typing import Any

from django.shortcuts import get_object_or_404
from ninja import Router, Schema

from sala.access.request import Request
from sala.access.scope import visible
from sala.catalogue.models import PlannedRelease
from sala.catalogue.operations.announcing import announce_release, call_off_release, move_release
from sala.catalogue.operations.following import follow, unfollow
from sala.catalogue.queries import find_dataset
from sala.catalogue.queries.following import followed_by
from sala.catalogue.queries.releases import announced, state_of, with_everything

router = Router(tags=["datasets"])


class FollowOut(Schema):
    kind: str
    id: int
    title: str | None


class ReleaseIn(Schema):
    period: str
    day: date


class MoveIn(Schema):
    day: date
    reason: str


class ReasonIn(Schema):
    reason: str


class ReleaseOut(Schema):
    """state: planned, late, waiting (published, its hour has not come), kept, called-off."""

    id: int
    dataset: str
    title: dict[str, str]
    period: str
    day: date
    first_day: date
    state: str
    reason: str


def release_as_sent(row: PlannedRelease) -> dict[str, Any]:
    return {
        "id": row.pk, "dataset": row.dataset.slug, "title": row.dataset.title, "period": row.period, "day": row.day,
        "first_day": row.first_day, "state": state_of(row), "reason": row.reason,
    }  # fmt: skip


@router.get("/following", response=list[FollowOut], summary="What the caller follows")
def following(request: Request):
    return [
        {"kind": one.follow.kind, "id": one.follow.subject_id, "title": None if one.row is None else str(one.row)}
        for one in followed_by(request.actor)
    ]


@router.put("/following/{kind}/{int:pk}", response={204: None}, summary="Follow a dataset, topic, place, organisation")
def start_following(request: Request, kind: str, pk: int):
    follow(request.actor, kind, pk)
    return 204, None


@router.delete("/following/{kind}/{int:pk}", response={204: None}, summary="Hear no more of it")
def end_following(request: Request, kind: str, pk: int):
    unfollow(request.actor, kind, pk)
    return 204, None


@router.get("/releases", response=list[ReleaseOut], summary="Announced releases")
def releases(request: Request):
    return [release_as_sent(row) for row in announced(request.actor)]


@router.post("/datasets/{slug}/releases", response={201: ReleaseOut}, summary="Announce a release")
def announce(request: Request, slug: str, sent: ReleaseIn):
    found = find_dataset(request.actor, slug, "owner", "place")
    return 201, release_as_sent(announce_release(request.actor, found, period=sent.period, day=sent.day))


def _release(request: Request, pk: int) -> PlannedRelease:
    return get_object_or_404(with_everything(visible(request.actor, PlannedRelease)), pk=pk)


@router.post("/releases/{int:pk}/move", response=ReleaseOut, summary="Move the day of a release")
def move(request: Request, pk: int, sent: MoveIn):
    move_release(request.actor, _release(request, pk), day=sent.day, reason=sent.reason)
    return release_as_sent(_release(request, pk))


@router.post("/releases/{int:pk}/call-off", response=ReleaseOut, summary="Call a release off")
def call_off(request: Request, pk: int, sent: ReasonIn):
    call_off_release(request.actor, _release(request, pk), reason=sent.reason)
    return release_as_sent(_release(request, pk))
