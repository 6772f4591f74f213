"""The answers of a round as a file for people: one row an answer that is expected."""

import tempfile
from pathlib import Path
from typing import IO, Any

import pyarrow as pa
import pyarrow.parquet as pq
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.collection.about import tell_names
from sala.collection.models import Expected, ExpectedState
from sala.core.files import child
from sala.places.models import Area

WRITERS = {"csv": "sala.core.files.export:write_csv", "xlsx": "sala.core.files.export:write_xlsx"}
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def write_expected(actor: Actor, rows: QuerySet[Expected], kind: str) -> IO[bytes]:
    """An open file that is gone once it was read. rows  as queries.rounds.answers_of gives them"""
    related = rows.select_related("assignment__position__organisation", "assignment__call", "respondent__organisation")
    found = list(related)
    tell_names(actor, found, actor.position_ids)
    above = Area.objects.in_bulk({pk for row in found for pk in _above(row)})
    columns: dict[str, tuple[str, list[Any]]] = {
        "form": (_("Form"), [str(row.form.title) for row in found]),
        "code": (_("Code"), [row.subject.code for row in found]),
        "name": (_("Name"), [str(row.subject.name) for row in found]),
        "place": (_("Place"), [str(row.told_area.name) if row.told_area else "" for row in found]),
        "above": (_("In"), [", ".join(str(above[pk].name) for pk in _above(row)[:0:-1]) for row in found]),
        "office": (_("Office"), [str(row.assignment.position.organisation.name) for row in found]),
        "period": (_("Period"), [row.period for row in found]),
        "due": (_("Due on"), [row.assignment.due_on.isoformat() if row.assignment.due_on else "" for row in found]),
        "state": (_("State"), [str(ExpectedState(row.stands).label) for row in found]),  # type: ignore[attr-defined]
        "received": (_("Received on"), [_day(row.came_at) for row in found]),  # type: ignore[attr-defined]
        "post": (_("Post that answers"), [str(row.respondent or "") for row in found]),
        "phone": (_("Telephone"), [phone_of(row) for row in found]),
        "reason": (_("Reason"), [row.reason for row in found]),
    }
    table = pa.table({name: pa.array(values, pa.string()) for name, (_label, values) in columns.items()})
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "answers.parquet", Path(folder) / f"answers.{kind}"
        pq.write_table(table, source)
        child.run(
            WRITERS[kind], source, target, [{"name": name, "label": label} for name, (label, _v) in columns.items()]
        )
        return target.open("rb")  # the open file outlives its folder


def _above(row: Expected) -> list[int]:
    """Ids of the places around its place, the widest first; none where the place is not told."""
    return row.told_area.within()[:-1] if row.told_area else []


def phone_of(row: Expected) -> str:
    """Where whoever answers is called: the post's telephone, else that of its office."""
    return (row.respondent.phone or row.respondent.organisation.phone) if row.respondent else ""


def _day(moment: Any) -> str:
    return timezone.localtime(moment).date().isoformat() if moment else ""
