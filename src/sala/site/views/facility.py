"""Everything known of one facility: what it is called, where it stands and stood, who runs it."""

import shapely
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from sala.access.request import Request
from sala.access.scope import can, visible
from sala.core.language import current, languages
from sala.core.models import PackFact
from sala.duties import policy as duties
from sala.duties.queries import duties_about, shown_document
from sala.places import policy
from sala.places.maps import point_map
from sala.places.models import Area, Facility
from sala.places.queries import stays
from sala.places.queries.facilities import SYSTEMS


def facility(request: Request, code: str) -> HttpResponse:
    """The page of a facility. The address of one that was entered twice leads to the one that stays."""
    rows = visible(request.actor, Facility).select_related("kind", "area__level", "successor")
    found = get_object_or_404(rows, code__iexact=code)
    if found.is_duplicate or found.code != code:
        return redirect(stays(found), permanent=True)
    actor = request.actor
    point = shapely.Point(found.point.x, found.point.y) if found.point else None
    context = {
        "facility": found,
        "ancestors": Area.objects.filter(pk__in=found.area.within()).select_related("level").order_by("path"),
        "named": [(language, found.name[language]) for language in languages() if language in found.name],
        "names": found.names.all(),
        "codes": found.codes.order_by("system", "-valid"),
        "systems": systems(),
        "places": found.places.select_related("area").order_by("-valid"),
        "duplicates": found.predecessors.filter(is_duplicate=True),
        "predecessors": found.predecessors.filter(is_duplicate=False),
        "map": point_map(found.area, point, current()) if point else "",
        "duties": [{"duty": row, "document": shown_document(actor, row)} for row in duties_about(found)],
        "may_name_duty": actor.has_anywhere(duties.EDIT),
        "may_edit": can(actor, policy.FACILITY_EDIT, found),
        "may_merge": can(actor, policy.FACILITY_MERGE, found),
    }
    return render(request, "site/facility.html", context)


def systems() -> dict[str, dict[str, str]]:
    """Code system → its name, as the country pack calls it."""
    return {entry["code"]: entry["name"] for entry in PackFact.get(SYSTEMS) or []}
