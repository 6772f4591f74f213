"""The public directory: who is in charge of what, from current appointments. Posts and office contacts only."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from sala.access.request import Request
from sala.access.scope import can, visible
from sala.core import lao
from sala.core.language import in_language, sorted_by
from sala.core.models import Term
from sala.people import policy
from sala.people.models import Organisation, Position
from sala.people.queries import with_vacancy
from sala.places.models import Area

PER_PAGE = 50


def directory(request: Request) -> HttpResponse:
    """Offices with their posts, by place, topic, word or post code (such as CIO)."""
    organisations, chosen = filtered(request)
    page = Paginator(organisations, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "chosen": chosen,
        "provinces": Area.objects.filter(level__rank=1, ended_on__isnull=True).order_by(sorted_by("name")),
        "topics": Term.objects.filter(scheme="topic", retired=False),
        "posts": posts_of([organisation.pk for organisation in page], chosen),
        "may_found": request.actor.has_anywhere(policy.EDIT),
        "may_read_people": request.actor.has_anywhere(policy.READ),
    }
    return render(request, "people/directory.html", context)


def filtered(request: Request) -> tuple[QuerySet[Organisation], dict[str, Any]]:
    organisations = visible(request.actor, Organisation).filter(closed_on__isnull=True).select_related("area__level")
    chosen: dict[str, Any] = {name: request.GET.get(name, "").strip() for name in ("place", "topic", "q", "post")}
    if chosen["place"]:
        area = Area.objects.filter(code=chosen["place"]).first()
        organisations = organisations.filter(area__path__startswith=area.path) if area else organisations.none()
        chosen["area"] = area
    else:
        organisations = (
            organisations.filter(area__level__rank=0)
            if not (chosen["q"] or chosen["topic"] or chosen["post"])
            else organisations
        )
    if chosen["topic"]:
        organisations = organisations.filter(positions__topics__code=chosen["topic"]).distinct()
    if chosen["post"]:
        organisations = organisations.filter(positions__code__iendswith=f"-{chosen['post']}").distinct()
    if chosen["q"]:
        word = lao.stored(chosen["q"])
        organisations = organisations.alias(shown=in_language("name"))
        organisations = organisations.filter(Q(shown__icontains=word) | Q(code__iexact=word))
    return organisations.order_by("area__level__rank", "area__code", "code"), chosen


def posts_of(organisation_ids: list[int], chosen: dict) -> dict[int, list[Position]]:
    """Posts of these organisations, heads first, each with whether it is held today."""
    positions = with_vacancy(Position.objects.filter(organisation_id__in=organisation_ids, closed_on__isnull=True))
    if chosen.get("topic"):
        positions = positions.filter(topics__code=chosen["topic"])
    if chosen.get("post"):
        positions = positions.filter(code__iendswith=f"-{chosen['post']}")
    found: dict[int, list[Position]] = {}
    for position in positions.order_by("organisation_id", "-is_head", "code"):
        found.setdefault(position.organisation_id, []).append(position)
    return found


def printed(request: Request, area: str) -> HttpResponse:
    """The directory of one province, on paper."""
    place = get_object_or_404(visible(request.actor, Area), code=area)
    organisations = list(
        Organisation.objects.filter(area__path__startswith=place.path, closed_on__isnull=True)
        .select_related("area")
        .order_by("area__level__rank", "area__code", "code")
    )
    posts = posts_of([organisation.pk for organisation in organisations], {})
    return render(
        request,
        "people/directory_print.html",
        {"place": place, "organisations": organisations, "posts": posts},
    )


def organisation(request: Request, code: str) -> HttpResponse:
    found = get_object_or_404(
        visible(request.actor, Organisation).select_related("parent", "area", "sector", "successor"), code=code
    )
    context = {
        "organisation": found,
        "posts": posts_of([found.pk], {}).get(found.pk, []),
        "units": found.units.filter(closed_on__isnull=True).order_by("code")[:200],
        "before": found.predecessors.order_by("closed_on", "code"),
        "may_edit": can(request.actor, policy.EDIT, found),
    }
    return render(request, "people/organisation.html", context)


def position(request: Request, code: str) -> HttpResponse:
    found = get_object_or_404(
        with_vacancy(visible(request.actor, Position)).select_related("organisation__area"), code=code
    )
    context = {
        "position": found,
        "grants": found.grants.select_related("role", "area"),
        "may_edit": can(request.actor, policy.EDIT, found),
        "may_appoint": can(request.actor, policy.APPOINT, found),
        "may_grant": can(request.actor, policy.GRANT, found),
        "is_mine": found.pk in request.actor.position_ids,
    }
    return render(request, "people/position.html", context)
