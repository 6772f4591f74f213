"""Answers as tables: what there is, taking it along, and making an edition of what was approved."""

import tempfile

import numpy as np
from django.db.models import Count
from django.http import FileResponse, Http404, HttpResponse, QueryDict, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from sala.access.form_page import form_page
from sala.access.request import Request
from sala.access.scope import can, require, visible
from sala.catalogue.models import Edition
from sala.collection import operations, policy
from sala.collection.exports import tables as exports
from sala.collection.forms.data import EditionForm, MarkForm
from sala.collection.models import AnswerEdition, Form, ReadingState
from sala.collection.queries.columns import tables_of
from sala.collection.queries.dictionary import dictionary_rows
from sala.collection.queries.releasing import leaving, rounds_of
from sala.collection.queries.taking import ALL, Taken, answers_to_take
from sala.collection.queries.takings import takings_of
from sala.collection.views.forms import find
from sala.core.csv_page import csv_response
from sala.core.errors import Invalid
from sala.core.language import required_language
from sala.places.models import Area

STREAMED = {"csv": exports.csv_stream, "jsonl": exports.json_stream}
MOST_ROUNDS = 100
MOST_AT_ONCE = 10_000  # answers of one page of a program that goes from page to page


def data(request: Request, slug: str) -> HttpResponse:
    """What there is of a form's answers for this reader, and the doors out."""
    form = find(request, slug)
    tables = tables_of(form)
    counts = dict(answers_to_take(request.actor, form, state=ALL).order_by().values_list("state").annotate(count=Count("pk")))  # fmt: skip
    made = AnswerEdition.objects.filter(form=form, edition__in=visible(request.actor, Edition))
    may_edit = can(request.actor, policy.EDIT, form)
    context = {
        "form": form,
        "tables": [(table, exports.points_of(table)) for table in tables.values()],
        "counts": [(state, label, counts[state]) for state, label in ReadingState.choices if counts.get(state)],
        "rounds": rounds_of(request.actor, form)[:MOST_ROUNDS],
        "takings": takings_of(form) if may_edit else None,
        "made": made.select_related("edition__distribution__dataset", "call"),
        "may_edit": may_edit,
        "leaving": leaving(form, tables[""]) if may_edit and form.asks_of_persons and tables[""].columns else None,
    }
    return render(request, "collection/data.html", context)


def taken_of(request: Request, form: Form, asked: QueryDict) -> Taken:
    """The answers that an address asks for: table, state, call, place, period. Raises Invalid, Http404."""
    tables = {table.name: table for table in tables_of(form).values()}
    table = tables.get(asked.get("table", ""))
    if table is None:
        raise Invalid(_("The form has no such table."))
    state = asked.get("state", "")
    if state not in ("", ALL, *ReadingState.values):
        raise Invalid(_("There is no such state of an answer."))
    place = asked.get("place", "")
    area = get_object_or_404(Area, code=place) if place else None
    rows = answers_to_take(
        request.actor, form, state=state, call=asked.get("call", ""), area=area, period=asked.get("period", "")
    )
    if after := asked.get("after", ""):
        if not (after.isascii() and after.isdigit() and len(after) < 19):
            raise Invalid(_("“after” is the number that the page before gave."))
        rows = rows.filter(pk__gt=int(after))
    if limit := asked.get("limit", ""):
        if not (limit.isascii() and limit.isdigit() and 0 < int(limit[:9]) <= MOST_AT_ONCE):
            raise Invalid(_("“limit” is a number from 1 to %(most)d.") % {"most": MOST_AT_ONCE})
        rows = rows[: int(limit)]
    ids = np.fromiter(rows.values_list("pk", flat=True).iterator(chunk_size=10_000), np.int64)
    return Taken(form, table, ids, get_language() or required_language(), request.actor)


def answer_with(request: Request, form: Form, kind: str) -> HttpResponseBase:
    """The answers in one of the formats: streamed, or from a file that is gone once it was sent."""
    if kind not in exports.TYPES:
        raise Http404
    taken = taken_of(request, form, request.GET)
    words = request.GET.get("words", "") not in ("", "0", "no")
    response: HttpResponseBase
    if kind in STREAMED:
        response = StreamingHttpResponse(STREAMED[kind](taken, words), content_type=exports.TYPES[kind])
    else:
        with tempfile.TemporaryDirectory() as folder:
            handle = exports.write(taken, kind, folder, words).open("rb")  # the open file outlives its folder
        response = FileResponse(handle, content_type=exports.TYPES[kind])
    part = f"-{taken.table.name}" if taken.table.path else ""
    narrowed = {name: said for name in ("state", "call", "place", "period") if (said := request.GET.get(name, ""))}
    operations.note_taking(
        request.actor, form, table=taken.table.name, kind=kind, answers=int(taken.ids.size), narrowed=narrowed,
        after=int(request.GET.get("after") or 0),
    )  # fmt: skip
    response["Content-Disposition"] = f'attachment; filename="{form.slug}{part}.{kind}"'
    response["X-Content-Type-Options"] = "nosniff"
    if request.GET.get("limit") and taken.ids.size:
        response["X-Last"] = str(taken.ids[-1])
    return response


def take(request: Request, slug: str, kind: str) -> HttpResponseBase:
    return answer_with(request, find(request, slug), kind)


def columns(request: Request, slug: str) -> HttpResponse:
    """What the columns of the tables mean, as a table."""
    form = find(request, slug)
    heading, rows = dictionary_rows(form, request.actor)
    return csv_response(f"{form.slug}-columns.csv", heading, rows)


def mark(request: Request, slug: str) -> HttpResponse:
    form = find(request, slug)
    require(request.actor, policy.EDIT, form)
    return form_page(
        request, MarkForm(request.POST if request.method == "POST" else None, form=form, tables=tables_of(form)),
        lambda sent: operations.mark_questions(request.actor, form, paths=sent["paths"]),
        heading=_("Questions that may leave"), back=form,
        lead=_("Tick only questions whose answers tell nothing of a single person, alone or together with the others."),
    )  # fmt: skip


def edition(request: Request, slug: str) -> HttpResponse:
    form = find(request, slug)
    require(request.actor, policy.EDIT, form)
    asked = EditionForm(request.POST or None, actor=request.actor, form=form, tables=tables_of(form))
    return form_page(
        request, asked,
        lambda sent: operations.make_edition(
            request.actor, form, sent["dataset"], call=sent["call"], table=sent.get("table", "")
        ),
        heading=_("Make an edition"), back=form, button=_("Make an edition"),
        done=_("The edition is a draft. Look at it, then give it to the reviewer."),
        lead=_("Approved answers become a draft edition of a dataset. It is reviewed and published like any other."),
    )  # fmt: skip
