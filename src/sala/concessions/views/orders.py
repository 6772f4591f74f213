"""Orders about concessions: writing one to a selection of the register, how they stand, and answering one."""

from functools import cache
from typing import Any, BinaryIO, cast

from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sala.access.form_page import button_form, form_page, need_anywhere
from sala.access.request import Request
from sala.access.scope import visible
from sala.collection.models import Picture
from sala.collection.operations.photos import open_photos
from sala.concessions import policy
from sala.concessions.asking import ORDERS
from sala.concessions.forms.narrow import NarrowForm
from sala.concessions.forms.orders import AnswerOrderForm, OrderForm, PlaceForm
from sala.concessions.models import Concession, ConcessionOrder, FieldClass, OrderFile
from sala.concessions.operations import orders as operations
from sala.concessions.operations.orders import Sent, Words
from sala.concessions.queries.addressees import reach_of
from sala.concessions.queries.orders import (
    Standing,
    in_state,
    late_by_office,
    late_in,
    named_for,
    orders_for,
    seen_of,
    standings,
)
from sala.concessions.queries.register import register
from sala.concessions.redaction import readable
from sala.core import clock
from sala.core.csv_page import csv_response
from sala.core.errors import SignInNeeded
from sala.core.files import store
from sala.duties.models import Assignment
from sala.duties.operations.speaking import speaks_for
from sala.places.models import Area

PAGE = 50


def index(request: Request) -> HttpResponse:
    if not request.actor.is_signed_in:
        raise SignInNeeded(_("Orders are seen by those who send and answer them. Sign in with your link."))
    page = Paginator(orders_for(request.actor), PAGE).get_page(request.GET.get("page"))
    found = standings(request.actor, [row.call_id for row in page])
    form = PlaceForm(request.GET if "place" in request.GET else None, actor=request.actor)
    place = form.cleaned_data["place"] if form.is_valid() else None
    context: dict[str, Any] = {
        "form": form, "place": place, "today": clock.today(),
        "page": page, "lines": [(row, found.get(row.call_id, Standing())) for row in page],
        "late": late_by_office(request.actor), "may_order": request.actor.has_anywhere(policy.ORDER),
    }  # fmt: skip
    if place is not None:
        rows = late_in(request.actor, place).select_related("call", "position__organisation", "waits_for")
        context["late_there"] = Paginator(named_for(request.actor, list(rows)), PAGE).get_page(request.GET.get("there"))
    return render(request, "concessions/orders.html", context)


def new(request: Request) -> HttpResponse:
    """An order about what the list was narrowed to; the address holds the same words as that of the list."""
    need_anywhere(request.actor, policy.ORDER)
    narrow = NarrowForm(request.GET, actor=request.actor)
    if not narrow.is_valid():
        return redirect("concessions:concessions")
    found = register(request.actor, narrow.narrowing())
    if picked := [reference.upper() for reference in request.GET.getlist("concession")]:
        found = found.filter(reference__in=picked)
    rows = operations.may_be_ordered(request.actor, found)
    count = rows.count()
    left_out = found.count() - count
    form = OrderForm(
        request.POST or None, actor=request.actor, reach=cache(lambda: reach_of(rows)), initial=_first(request)
    )

    def work(data: dict[str, Any]) -> Any:
        words = Words(data.pop("title"), data.pop("purpose"), data.pop("instruction"))
        return operations.draft_order(request.actor, rows, words=words, selection=request.GET.urlencode(), **data)

    return form_page(
        request, form, lambda data: _Page(work(data)), heading=_("An order"), button=_("Write it"), template="concessions/order_new.html",
        done=_("The order is written. Look at it, then send it."), count=count, left_out=left_out, query=request.GET.urlencode(),
    )  # fmt: skip


def _first(request: Request) -> dict[str, Any]:
    return {"kind": request.GET.get("kind_of_order", "act"), "addressee": request.GET.get("addressee", "keeper")}


class _Page:
    """Where an order stands."""

    def __init__(self, order: ConcessionOrder):
        self.order = order

    def get_absolute_url(self) -> str:
        return address(self.order)


def address(order: ConcessionOrder) -> str:
    return reverse("concessions:order", args=[order.call.reference])


def _order(request: Request, reference: str) -> ConcessionOrder:
    return get_object_or_404(orders_for(request.actor), call__reference=reference)


def order(request: Request, reference: str) -> HttpResponse:
    """Counts, who is late, and each concession with whom it lies; ?state= narrows, ?format=csv takes it along."""
    found = _order(request, reference)
    call = found.call
    state = request.GET.get("state", "")
    rows = in_state(seen_of(request.actor, call), state).select_related("position__organisation", "waits_for")
    rows = rows.order_by("due_on", "position__organisation__code", "pk")
    if request.GET.get("format") == "csv":
        told = named_for(request.actor, list(rows))
        return csv_response(f"{call.reference}.csv", _columns(), (_line(row, one, place) for row, one, place in told))
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "order": found, "call": call, "page": page, "lines": named_for(request.actor, list(page.object_list)),
        "standing": standings(request.actor, [call.pk]).get(call.pk, Standing()), "late": late_by_office(request.actor, call.pk),
        "may_send": call.is_draft and speaks_for(request.actor, call.issuer), "state": state, "today": clock.today(),
        "states": [("", _("All")), ("open", _("Open")), ("late", _("Late")), ("ended", _("Ended"))],
    }  # fmt: skip
    return render(request, "concessions/order.html", context)


def _columns() -> list[Any]:
    return [_("Reference"), _("Concession"), _("Place"), _("Who must act"), _("Post"), _("Phone"), _("State"), _("Due on"), _("Answers given")]  # fmt: skip


def _line(row: Assignment, one: Concession | None, place: Area | None) -> list[Any]:
    return [
        one.reference if one else "", str(one.name) if one else _("Not open to you"), str(place.name) if place else "",
        str(row.position.organisation.name), str(row.position.title), row.position.phone or row.position.organisation.phone,
        row.get_state_display(), row.due_on.isoformat() if row.due_on else "", row.submissions,
    ]  # fmt: skip


def send(request: Request, reference: str) -> HttpResponse:
    found = _order(request, reference)
    count = found.call.assignments.count()
    lead = ngettext("It goes to whoever must act for %(count)d concession.", "It goes to whoever must act for %(count)d concessions.", count)  # fmt: skip
    return form_page(
        request, button_form(request), lambda data: _sent(request, found),
        heading=_("Send this order"), back=_Page(found), button=_("Send it"), lead=lead % {"count": count},
        done=_("Sent. It stands on the desk of everybody who must act."),
    )  # fmt: skip


def _sent(request: Request, order: ConcessionOrder) -> "_Page":
    operations.send_order(request.actor, order)
    return _Page(order)


# ---- the answer ----------------------------------------------------------------------------------------------------


def _part(request: Request, pk: int) -> Assignment:
    rows = visible(request.actor, Assignment).select_related("call__issuer", "position__organisation")
    return get_object_or_404(rows, pk=pk, call__asker=ORDERS, subject_id__isnull=False)


def answer(request: Request, pk: int) -> HttpResponse:
    """For a company, or whoever else must act: what was done, with photos and papers."""
    row = _part(request, pk)
    operations.require_answering(request.actor, row)
    form = AnswerOrderForm(request.POST or None, request.FILES or None, initial={"answer": row.answer})

    def work(data: dict[str, Any]) -> Assignment:
        return operations.answer_order(request.actor, row, answer=data["answer"], files=_kept(data["sent"]))

    about = readable(request.actor, FieldClass.BASICS).filter(pk=row.subject_id or 0).first()
    return form_page(
        request, form, work, heading=_("Answer the order"), back=row, button=_("Send the answer"), template="concessions/order_answer.html",
        done=_("Sent. The office that checks it decides whether it is enough."), row=row, concession=about,
        files=OrderFile.objects.filter(assignment=row),
    )  # fmt: skip


def _kept(files: list[UploadedFile]) -> list[Sent]:
    found = []
    for file in files:
        digest, size = store.keep_stream(cast(BinaryIO, file.file))
        found.append(Sent(digest, (file.name or "file")[-150:], file.content_type or "", size))
    open_photos({one.sha256 for one in found if one.media_type.startswith("image/")})
    return found


def file(request: Request, pk: int, number: int) -> FileResponse:
    """A file of an answer, to be saved; ?small=1 gives the small copy of a photo."""
    row = get_object_or_404(OrderFile.objects.filter(assignment=_part(request, pk)), pk=number)
    if request.GET.get("small"):
        picture = Picture.objects.exclude(small="").filter(pk=row.sha256).first()
        if picture is None:
            raise Http404
        response = FileResponse(store.path_of(picture.small).open("rb"), content_type="image/jpeg")
    else:
        content = store.path_of(row.sha256).open("rb")
        response = FileResponse(content, as_attachment=True, filename=row.name, content_type=row.media_type)
    response["X-Content-Type-Options"] = "nosniff"
    return response
