"""Parties that may have been entered twice, and the two answers: they are one, or they are two."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sala.access.form_page import form_page, need_anywhere
from sala.access.request import Request
from sala.access.scope import require, visible
from sala.concessions import operations, policy
from sala.concessions.forms.parties import ApartForm, MergePartyForm, UndoMergeForm
from sala.concessions.models import Party, PartyMerge
from sala.concessions.queries.party_doubles import likely, moving, shown
from sala.concessions.views.parties import find

PER_PAGE = 20
TEMPLATE = "concessions/party_form.html"


def index(request: Request) -> HttpResponse:
    """Pairs on which the reader may decide, the surest first; below, what was merged."""
    need_anywhere(request.actor, policy.PARTY)
    page = Paginator(likely(request.actor), PER_PAGE).get_page(request.GET.get("page"))
    merges = visible(request.actor, PartyMerge).select_related("lost", "kept", "position__organisation")
    context = {"page": page, "shown": shown(list(page.object_list)), "merges": merges[:PER_PAGE]}
    return render(request, "concessions/party_doubles.html", context)


def merge(request: Request, number: str) -> HttpResponse:
    """This entry is another one. ?into= fills in the one that stays."""
    found = find(request, number)
    require(request.actor, policy.PARTY, found)
    form = MergePartyForm(request.POST or None, actor=request.actor, initial={"into": request.GET.get("into", "")})
    return form_page(
        request, form, lambda data: operations.merge_parties(request.actor, found, **data).kept, back=found,
        heading=f"{_('It was entered twice')}: {found}", button=_("Merge"), danger=True, template=TEMPLATE, lead=_lead(found),
        done=_("Merged. Both names lead here now."),
    )  # fmt: skip


def _lead(found: Party) -> str:
    """What goes over, in numbers."""
    told = moving(found)
    shares = told.held + told.holders
    counted = [
        (told.grants, ngettext("%(count)d grant", "%(count)d grants", told.grants)),
        (shares, ngettext("%(count)d share in or of others", "%(count)d shares in or of others", shares)),
        (told.names, ngettext("%(count)d name", "%(count)d names", told.names)),
    ]
    parts = [words % {"count": number} for number, words in counted if number]
    words = _("This entry goes; its address leads to the one that stays. To that go over: %(parts)s.") % {
        "parts": ", ".join(parts)
    }
    if told.accounts:
        more = ngettext(
            "%(count)d account in its name stays in the books and counts for the other.",
            "%(count)d accounts in its name stay in the books and count for the other.", told.accounts,
        )  # fmt: skip
        words = f"{words} {more % {'count': told.accounts}}"
    return words


def undo(request: Request, pk: int) -> HttpResponse:
    """A merge is undone: the entry that went comes back."""
    row = get_object_or_404(visible(request.actor, PartyMerge).select_related("lost", "kept"), pk=pk)
    require(request.actor, policy.PARTY, row.kept)
    return form_page(
        request, UndoMergeForm(request.POST or None), lambda data: operations.undo_merge(request.actor, row, **data),
        heading=_("They are two parties after all"), back=row.kept, button=_("Undo the merge"), template=TEMPLATE,
        lead=_("What came from %(lost)s goes back to it. What was entered since stays with %(kept)s.")
        % {"lost": row.lost.number, "kept": row.kept.number},
        done=_("Undone. Both parties are in the register again."),
    )  # fmt: skip


def apart(request: Request, number: str, other: str) -> HttpResponse:
    """The two are not the same; they are not proposed again."""
    one, second = find(request, number), find(request, other)
    require(request.actor, policy.PARTY, one)

    def work(data: dict[str, Any]) -> None:
        operations.keep_parties_apart(request.actor, one, second, **data)

    return form_page(
        request, ApartForm(request.POST or None), work, heading=_("They are two parties"), back=_List(), button=_("Keep them apart"),
        lead=f"{one} ({one.number}) · {second} ({second.number})", template=TEMPLATE,
        done=_("Kept apart. The pair is not proposed again."),
    )  # fmt: skip


class _List:
    """The list one came from."""

    def __str__(self) -> str:
        return _("Parties that may be one")

    def get_absolute_url(self) -> str:
        return reverse("concessions:party_doubles")
