"""The register of parties, and the page of one."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from sala.access.request import Request
from sala.access.scope import can, visible
from sala.concessions import policy
from sala.concessions.forms.narrow import NarrowPartiesForm
from sala.concessions.models import Party, Shareholding
from sala.concessions.queries.arrears import late_of_parties
from sala.concessions.queries.parties import held_by, register_of_parties, ultimate_holders
from sala.concessions.queries.register import lines
from sala.concessions.views.outside import deals_abroad
from sala.core import clock

PER_PAGE = 50


def parties(request: Request) -> HttpResponse:
    form = NarrowPartiesForm(request.GET)
    rows = register_of_parties(request.actor, **form.cleaned_data) if form.is_valid() else Party.objects.none()
    context = {
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "form": form,
        "may_enter": request.actor.has_anywhere(policy.PARTY),
    }
    return render(request, "concessions/parties.html", context)


def find(request: Request, number: str) -> Party:
    return get_object_or_404(
        visible(request.actor, Party).select_related("area", "keeper", "same_as"), number=number.upper()
    )


def party(request: Request, number: str) -> HttpResponse:
    """Names, who holds shares in it and in whom it does, and the concessions it holds, as far as the reader sees them."""
    found = find(request, number)
    if found.same_as_id and found.same_as:
        return redirect(found.same_as)
    today = clock.today()
    seen = visible(request.actor, Party)
    owners = Shareholding.objects.filter(owned=found, owner__in=seen.values("pk")).select_related("owner")
    owned = Shareholding.objects.filter(owner=found, owned__in=seen.values("pk")).select_related("owned")
    ends = ultimate_holders([found.pk], today)[found.pk]
    named = seen.in_bulk([pk for pk, _share in ends])
    context = {
        "party": found,
        "names": found.names.all(),
        "owners": owners,
        "owned": owned,
        "ultimate": [(named[pk], share) for pk, share in ends if pk in named and pk != found.pk],
        "owing": late_of_parties([found.pk, *found.doubles.values_list("pk", flat=True)], today, request.actor),
        "lines": lines(request.actor, list(held_by(request.actor, found)[:200])),
        "today": today,
        "abroad": deals_abroad(request, found),
        "may_edit": can(request.actor, policy.PARTY, found),
        "merges": found.took_in.filter(undone_at__isnull=True).select_related("lost"),
    }
    return render(request, "concessions/party.html", context)
