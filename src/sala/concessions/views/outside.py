"""What was read from registers of others: each file with its report, and one deal as it stands there."""

from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _

from sala.access.form_page import need_anywhere
from sala.access.request import Request
from sala.access.scope import visible
from sala.concessions import policy
from sala.concessions.models import ForeignDeal, OutsideDeal, OutsideImport, Party

PAGE = 100  # lines of a report
MOST = 20  # deals found
COUNTS = {"new": _("New"), "changed": _("Changed"), "unchanged": _("Unchanged"), "refused": _("Left out")}
# what a line of a report begins with
MARKS = {
    "?": _("found no place"),
    "~": _("differs from the earlier file"),
    "!": _("left alone: an office has worked on it since"),
}


class DealForm(forms.Form):
    deal = forms.CharField(label=_("Number of a deal there"), max_length=60, required=False)


def imports(request: Request) -> HttpResponse:
    """The files that were read, the newest first; ?deal= a deal by its number in the other register."""
    need_anywhere(request.actor, policy.IMPORT)
    form = DealForm(request.GET)
    wanted = form.cleaned_data["deal"].strip() if form.is_valid() else ""
    context = {
        "rows": [(row, _counts(row)) for row in visible(request.actor, OutsideImport).select_related("position__organisation")[:PAGE]],
        "form": form, "wanted": wanted, "deals": _deals(request, wanted) if wanted else [],
    }  # fmt: skip
    return render(request, "concessions/imports.html", context)


def report(request: Request, pk: int) -> HttpResponse:
    """What came of one file, line by line."""
    need_anywhere(request.actor, policy.IMPORT)
    found = get_object_or_404(visible(request.actor, OutsideImport), pk=pk)
    page = Paginator(found.report.get("lines", []), PAGE).get_page(request.GET.get("page"))
    lines = [(MARKS.get(str(line)[:1], COUNTS["refused"]), str(line).lstrip("?~! ")) for line in page.object_list]
    return render(
        request, "concessions/import.html", {"found": found, "counts": _counts(found), "page": page, "lines": lines}
    )


def _counts(row: OutsideImport) -> list[tuple[Any, int]]:
    return [(label, row.report.get(name, 0)) for name, label in COUNTS.items()]


def _deals(request: Request, wanted: str) -> list[dict[str, Any]]:
    """Deals of this number, of this country and abroad, with the parties that the reader sees."""
    seen = visible(request.actor, Party).values("pk")
    found: list[dict[str, Any]] = []
    for model in (OutsideDeal, ForeignDeal):
        for row in model.objects.filter(outside_id__iexact=wanted).select_related("imported")[:MOST]:
            concession = getattr(row, "concession", None)
            found.append({
                "row": row, "concession": concession, "parties": list(row.parties.filter(pk__in=seen)),
                "values": sorted((name, value) for name, value in row.values.items() if value not in (None, "", [], {})),
            })  # fmt: skip
    return found


def deals_abroad(request: Request, party: Party) -> list[ForeignDeal]:
    """Deals of a party in other countries, for those who work with the register; nothing for others."""
    actor = request.actor
    if not any(actor.has_anywhere(verb) for verb in (policy.IMPORT, policy.ENTER, policy.READ_ALL)):
        return []
    return list(party.foreign_deals.order_by("country", "outside_id")[:200])
