"""Who must act for a concession: the office that keeps it, the one above that confirms, the ministry's, or the company's.

A post is found by a duty on the concession, else by the right that goes with the work. Each of these is a finder of the
engine of orders (duties.responsible): rows → post of each, in few queries however many rows.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db import models

from sala.access.actor import path_ids
from sala.concessions import policy
from sala.concessions.models import Addressee, Grant
from sala.core import clock
from sala.duties.models import DutyKind
from sala.duties.policy import SUBMIT
from sala.duties.responsible import Finder, responsible
from sala.people.models import Organisation, Position

Rows = Sequence[models.Model]


def finders(addressee: str) -> list[Finder | str]:
    """How the post is found, tried in this order."""
    if addressee == Addressee.COMPANY:
        return [DutyKind.REPORTS, of_company]
    if addressee == Addressee.PROVINCE:
        return [by_right(policy.CONFIRM)]
    if addressee == Addressee.MINISTRY:
        return [by_right(policy.RELEASE, topmost=True)]
    return [DutyKind.OWNS, DutyKind.MAINTAINS, by_right(policy.ENTER)]


def by_right(verb: str, *, topmost: bool = False) -> Finder:
    """The post with this right in the office that keeps the entry, else in the nearest office above it.

    topmost  in the highest office above it that has one
    """

    def find(rows: Sequence[Any]) -> Mapping[int, Position]:
        paths = dict(Organisation.objects.filter(pk__in={row.lead_id for row in rows}).values_list("pk", "path"))
        offices = {pk for path in paths.values() for pk in path_ids(path)}
        posts = first_posts(offices, verb)
        found: dict[int, Position] = {}
        for row in rows:
            chain = path_ids(paths[row.lead_id])
            near = next((pk for pk in (chain if topmost else reversed(chain)) if pk in posts), None)
            if near is not None:
                found[row.pk] = posts[near]
        return found

    return find


def of_company(rows: Rows) -> Mapping[int, Position]:
    """The representative of the organisation that holds it today, of several that of the largest share."""
    holders = houses_of([row.pk for row in rows])
    posts = first_posts(set(holders.values()), SUBMIT)
    return {pk: posts[house] for pk, house in holders.items() if house in posts}


def houses_of(concessions: Collection[int], *, always: bool = False) -> dict[int, int]:
    """Concession → the organisation that holds it today, of several that of the largest share.

    always  where none holds it today, the one whose grant no other has followed
    """
    grants = Grant.objects.filter(concession__in=concessions, holder__organisation__isnull=False)
    ordered = grants.order_by("-share", "pk").values_list("concession", "holder__organisation")
    found: dict[int, int] = {}
    for concession, house in ordered.filter(valid__contains=clock.today()):
        found.setdefault(concession, house)
    for concession, house in ordered.filter(replaced_by__isnull=True) if always else ():
        found.setdefault(concession, house)
    return found


def first_posts(offices: Collection[int], verb: str) -> dict[int, Position]:
    """Office → its first post with the right. A post whose only such right is that of a head comes after the others."""
    rows = Position.objects.filter(
        organisation__in=offices, closed_on__isnull=True, grants__role__verbs__contains=[verb]
    )
    found: dict[int, Position] = {}
    ordered = rows.select_related("organisation__area").order_by("is_head", "pk").distinct()
    for post in ordered:
        found.setdefault(post.organisation_id, post)
    return found


def reach_of(rows: Any) -> dict[str, tuple[int, int]]:
    """Kind of addressee → (concessions for which somebody is found, for which nobody is), for the page of a new order."""
    from_register = list(rows.only("pk", "lead_id"))
    found = {str(addressee): len(responsible(from_register, finders(addressee))) for addressee in Addressee}
    return {addressee: (count, len(from_register) - count) for addressee, count in found.items()}
