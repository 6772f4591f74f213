"""What single posts owe to rounds: rows of their desk, entries of their calendar, and where an answer is given."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Count, Min
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sala.access.actor import Actor
from sala.collection.models import Expected, ExpectedState
from sala.core.calendar import Entry
from sala.core.desk import DeskRow, Group
from sala.core.language import Translated
from sala.documents.working_days import Calendar
from sala.duties.due import reckon

ONE_BY_ONE = 5  # answers of one form that stand on a desk each for itself; more stand there as one line


def fill_url(slug: str, expected: int) -> str:
    """Where the answer is given: the page that fills the form in, for this very answer."""
    return f"{reverse('collection:fill', args=[slug])}?expected={expected}"


def _waiting(posts: Iterable[int]) -> Any:
    return Expected.objects.filter(
        respondent__in=list(posts), is_open=True, given_in__isnull=True, state=ExpectedState.WAITING
    )


def desk_rows(actor: Actor) -> list[DeskRow]:
    """Answers that the reader's posts give and that have not come; those sent back are told with their reasons elsewhere."""
    if not actor.position_ids:
        return []
    waiting = _waiting(actor.position_ids)
    groups = waiting.order_by().values("assignment", "form", "respondent").annotate(count=Count("pk"))
    many = {(row["assignment"], row["form"], row["respondent"]): row["count"] for row in groups}
    few = [key for key, count in many.items() if count <= ONE_BY_ONE]
    rows = [_one(row) for row in _of(waiting, few)]
    return rows + _many(waiting, [key for key, count in many.items() if count > ONE_BY_ONE], many)


def _of(waiting: Any, keys: list[tuple[int, int, int]]) -> list[Expected]:
    assignments = {key[0] for key in keys}
    rows = waiting.filter(assignment__in=assignments).select_related(
        "form", "area", "facility", "respondent", "assignment__call__issuer__organisation"
    )
    wanted = set(keys)
    return [row for row in rows.order_by("assignment__due_on", "id") if (row.assignment_id, row.form_id, row.respondent_id) in wanted]  # fmt: skip


def _one(row: Expected) -> DeskRow:
    return DeskRow(
        group=Group.WORK, title=row.form.title, url=fill_url(row.form.slug, row.pk),
        post=row.respondent.title if row.respondent else "", who=row.subject.name, due=row.assignment.due_on,
        note=row.period,
    )  # fmt: skip


def _many(waiting: Any, keys: list[tuple[int, int, int]], counts: dict[tuple[int, int, int], int]) -> list[DeskRow]:
    first = waiting.filter(assignment__in={key[0] for key in keys}).order_by()
    firsts = {
        (row["assignment"], row["form"], row["respondent"]): row["first"]
        for row in first.values("assignment", "form", "respondent").annotate(first=Min("pk"))
    }
    shown = Expected.objects.select_related("form", "respondent", "assignment__call__issuer__organisation")
    by_pk = shown.in_bulk([firsts[key] for key in keys])
    rows = []
    for key in keys:
        row = by_pk[firsts[key]]
        call = row.assignment.call
        url = f"{reverse('collection:round', args=[call.reference])}?form={row.form.slug}"
        count = ngettext("%(count)d answer", "%(count)d answers", counts[key]) % {"count": counts[key]}
        rows.append(
            DeskRow(
                group=Group.WORK, title=row.form.title, url=url, post=row.respondent.title if row.respondent else "",
                who=call.issuer.organisation.name, due=row.assignment.due_on, note=count,
            )
        )  # fmt: skip
    return rows


# ---- calendar ----------------------------------------------------------------------------------------------------


def answers_open(actor: Actor, first: date, last: date) -> list[Entry]:
    """Nothing that is open to everybody: a round's own due date stands in the calendar as that of its call."""
    return []


def answers_due(actor: Actor, first: date, last: date) -> list[Entry]:
    """Answers that the reader's posts give, one entry for each form and due date."""
    rows = _waiting(actor.position_ids).filter(assignment__due_on__range=(first, last))
    grouped = rows.order_by().values(
        "assignment", "form", "form__slug", "form__title", "assignment__due_on", "assignment__call__reference"
    )
    calendar = Calendar()
    return [
        Entry(
            uid=f"answers-{row['assignment']}-{row['form']}",
            starts=reckon(row["assignment__due_on"], calendar=calendar).last,
            title=Translated(row["form__title"]),
            url=reverse("collection:round", args=[row["assignment__call__reference"]])
            if row["count"] > 1
            else fill_url(row["form__slug"], row["first"]),
            kind=_("Answer due"),
            note=ngettext("%(count)d answer", "%(count)d answers", row["count"]) % {"count": row["count"]},
        )
        for row in grouped.annotate(count=Count("pk"), first=Min("pk"))
    ]
