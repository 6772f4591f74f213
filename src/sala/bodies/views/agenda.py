"""Items of an agenda and their papers."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from sala.access.form_page import button_form, form_page
from sala.access.request import Request
from sala.access.scope import require, visible
from sala.bodies import operations, policy
from sala.bodies.forms.fields import initial_of
from sala.bodies.forms.meetings import ItemForm, PaperForm
from sala.bodies.models import AgendaItem, AgendaPaper, Meeting
from sala.bodies.views.meetings import find
from sala.documents.models import Document


def find_item(request: Request, pk: int) -> AgendaItem:
    rows = AgendaItem.objects.filter(meeting__in=visible(request.actor, Meeting))
    return get_object_or_404(rows.select_related("meeting__body__secretariat__area"), pk=pk)


def add(request: Request, reference: str) -> HttpResponse:
    meeting = find(request, reference)
    require(request.actor, policy.CONVENE, meeting)
    form = ItemForm(request.POST or None)
    return form_page(
        request, form, lambda data: operations.add_item(request.actor, meeting, **data),
        heading=_("New item on the agenda"), back=meeting,
    )  # fmt: skip


def change(request: Request, pk: int) -> HttpResponse:
    item = find_item(request, pk)
    require(request.actor, policy.CONVENE, item.meeting)
    initial = initial_of(item, ItemForm.NAMES) | {"presenter": item.presenter.code if item.presenter else ""}
    form = ItemForm(request.POST or None, initial=initial)
    return form_page(
        request, form, lambda data: operations.change_item(request.actor, item, **data),
        heading=_("Edit"), back=item.meeting,
    )  # fmt: skip


def remove(request: Request, pk: int) -> HttpResponse:
    item = find_item(request, pk)
    require(request.actor, policy.CONVENE, item.meeting)
    return form_page(
        request, button_form(request), lambda data: operations.remove_item(request.actor, item),
        heading=_("Take it off the agenda"), back=item.meeting, button=_("Take it off"), danger=True, lead=item,
    )  # fmt: skip


def add_paper(request: Request, pk: int) -> HttpResponse:
    item = find_item(request, pk)
    require(request.actor, policy.CONVENE, item.meeting)
    form = PaperForm(request.POST or None, actor=request.actor)
    return form_page(
        request, form, lambda data: operations.attach_paper(request.actor, item, data["document"]) and item,
        heading=_("Add a paper"), back=item.meeting, lead=item,
    )  # fmt: skip


def remove_paper(request: Request, pk: int) -> HttpResponse:
    rows = AgendaPaper.objects.filter(
        item__meeting__in=visible(request.actor, Meeting), document__in=visible(request.actor, Document)
    )
    paper = get_object_or_404(rows.select_related("item__meeting__body", "document"), pk=pk)
    meeting = paper.item.meeting
    require(request.actor, policy.CONVENE, meeting)
    return form_page(
        request, button_form(request), lambda data: operations.take_away_paper(request.actor, paper),
        heading=_("Take it off the agenda"), back=meeting, button=_("Take it off"), danger=True, lead=paper,
    )  # fmt: skip
