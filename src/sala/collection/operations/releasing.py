"""Approved answers become an edition of a dataset, through the catalogue's own doors, as a draft that it reviews."""

import csv
import re
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from django.utils import translation
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import Tier, require
from sala.catalogue import policy as catalogue
from sala.catalogue.models import Dataset, Distribution, Edition
from sala.catalogue.operations.datasets import add_distribution, explain_columns
from sala.catalogue.operations.editions import receive_edition, settle_edition
from sala.catalogue.operations.origins import name_origin
from sala.collection import layout, policy
from sala.collection.layout import Column, Table
from sala.collection.models import AnswerEdition, Form, FormVersion
from sala.collection.queries.columns import tables_of
from sala.collection.queries.forms import texts_of
from sala.collection.queries.labels import choices_of
from sala.collection.queries.releasing import (
    Leaving,
    approved_answers,
    enough_beside,
    leaving,
    rounds_of,
    versions_of,
)
from sala.collection.queries.taking import Taken
from sala.core import clock
from sala.core.errors import Conflict, Invalid
from sala.core.files import store
from sala.core.language import Translated, in_each_language, languages, required_language
from sala.core.operation import lock, operation
from sala.core.quantity import UNITS
from sala.duties.models import Call
from sala.journal.operations import record

LONGEST_REASON = 300
MOST_CHOICES = 60  # told in the meaning of a column
NUMBER = "answer"  # column that says which rows, of this and the other tables, are of one answer
# what stands before the questions in an edition, and its part in the catalogue
BESIDE = {
    "answer_place": "area", "answer_place_name": "", "answer_facility": "", "answer_facility_name": "",
    "answer_period": "period",
}  # fmt: skip
_UNIT = re.compile(r"\(([^()]+)\)\s*$")


@operation
def mark_questions(actor: Actor, form: Form, *, paths: list[str]) -> Form:
    """Say which questions say nothing of single people. What leaves from then on follows; earlier editions stay."""
    form = lock(form)
    require(actor, policy.EDIT, form)
    known = {column.question.path for table in tables_of(form).values() for column in table.columns}
    if unknown := [path for path in paths if path not in known]:
        raise Invalid(_("The form has no question “%(name)s”.") % {"name": unknown[0]})
    form.impersonal = sorted(paths)
    form.save(update_fields=["impersonal"])
    record(actor, policy.EDIT, form, change="questions marked", paths=form.impersonal)
    return form


def make_edition(actor: Actor, form: Form, dataset: Dataset, *, call: Call | None = None, table: str = "") -> Edition:
    """A draft edition of the approved answers: of a round, or of all where no call is given.

    table  path of a repeat, empty for the form itself; each has a part (distribution) of its own in the dataset
    Raises Invalid where nothing is approved or nothing may leave, Conflict where these very answers are an edition.
    """
    require(actor, policy.EDIT, form)
    require(actor, catalogue.SUBMIT, dataset)
    tables = tables_of(form)
    if table not in tables:
        raise Invalid(_("The form has no such table."))
    made = _gather(actor, form, tables[table], call)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{form.slug}.csv"
        _write(path, made)
        part = _part(actor, dataset, form, tables[table])
        edition = _received(actor, part, path, made)
    return _finish(actor, form, edition, made)


@dataclass(frozen=True)
class _Made:
    """Answers that leave, in their order; beside: columns before the questions that say something."""

    taken: Taken
    allowed: Leaving
    beside: list[str]
    call: Call | None
    versions: list[str]
    left_out: int
    expected: int | None
    waived: int | None

    @property
    def columns(self) -> list[Column]:
        return [*self.allowed.open, *self.allowed.closed]

    @property
    def own(self) -> list[str]:
        turns = [layout.TURN, layout.PARENT] if self.taken.table.path else []
        return [NUMBER, *turns, *self.beside]


def _gather(actor: Actor, form: Form, table: Table, call: Call | None) -> _Made:
    rows = approved_answers(actor, form, call)
    found = list(rows.values_list("pk", "area_id"))
    if not found:
        raise Invalid(_("No answer is approved yet. Approve answers first."))
    ids = enough_beside(form, found)
    if not ids:
        raise Invalid(_("From no place came enough answers about people for them to leave."))
    allowed = leaving(form, table)
    if not allowed.open and not allowed.closed:
        words = _("The form asks about single people, and no question of this table is marked as saying nothing of them. Mark those that may leave.")  # fmt: skip
        raise Invalid(words)
    chosen = rows.filter(pk__in=ids)
    beside = []
    for name, lookup in (("place", "area"), ("facility", "facility")):
        if chosen.filter(**{f"{lookup}__isnull": False}).exists():
            beside += [f"answer_{name}", f"answer_{name}_name"]
    if chosen.exclude(period="").exists():
        beside.append("answer_period")
    standing = next((row for row in rounds_of(actor, form) if call and row.call == call), None)
    return _Made(
        Taken(form, table, np.array(ids, np.int64), required_language()), allowed, beside, call, versions_of(chosen),
        len(found) - len(ids), standing.expected if standing else None, standing.waived if standing else None,
    )  # fmt: skip


def _write(path: Path, made: _Made) -> None:
    """Codes of choices, ISO days and hours, decimal points; the answers numbered in their order of arrival."""
    names = [*made.own[1:], *(column.name for column in made.columns)]
    numbers: dict[str, int] = {}
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([*made.own, *(column.name for column in made.columns)])
        for rows in made.taken.batches():
            whose = [numbers.setdefault(name, len(numbers) + 1) for name in rows["answer_id"].to_pylist()]
            writer.writerows(zip(whose, *(_plain(rows[name]) for name in names), strict=True))


def _plain(values: pa.ChunkedArray) -> list[Any]:
    if pa.types.is_timestamp(values.type):
        return [value.isoformat() if value else None for value in values.to_pylist()]
    return values.to_pylist()


def _part(actor: Actor, dataset: Dataset, form: Form, table: Table) -> Distribution:
    code = f"{form.slug[:20]}-{table.name}"[:40].strip("-_").lower() if table.path else form.slug[:40].strip("-")
    code = re.sub(r"[^a-z0-9_-]", "-", code)
    part = dataset.distributions.filter(code=code).first()
    if part is None:
        texts = {lang: f"{text} – {table.name}" if table.path else text for lang, text in form.title.items()}
        part = add_distribution(actor, dataset, code=code, name=Translated(texts))
    return part


def _received(actor: Actor, part: Distribution, path: Path, made: _Made) -> Edition:
    """Taken in by the catalogue; a run that was cut off after that is taken up again."""
    digest = store.digest_of(path)
    edition = part.editions.filter(sha256=digest).exclude(state__in=["withdrawn", "returned"]).first()
    if edition is not None and AnswerEdition.objects.filter(edition=edition).exists():
        raise Conflict(_("These very answers are edition %(number)s already. Nothing was added.") % {"number": edition.number})  # fmt: skip
    if edition is None:
        period = made.call.period if made.call else ""
        edition = receive_edition(actor, part, path, path.name, period=period, reason=provenance(made)[:LONGEST_REASON])
    if edition.state == Edition.State.RECEIVED:
        explain_columns(actor, part, _dictionary(made))
        roles = {name: BESIDE[name] for name in made.beside if BESIDE[name]}
        types = {name: "text" for name in made.own if name != NUMBER} | {
            column.name: _TYPES.get(column.kind, "text") for column in made.columns
        }
        recipe = {"decimal_mark": ".", "types": types, "header_row": 1}
        level = made.taken.form.level
        edition = settle_edition(actor, edition, recipe=recipe, roles=roles, level=level)
    return edition


_TYPES = {layout.WHOLE: "integer", layout.NUMBER: "decimal", layout.DAY: "date"}


def provenance(made: _Made) -> str:
    """Form, versions, round, counts and coverage, in one sentence of the required language."""
    with translation.override(required_language()):
        counts: dict[str, Any] = {
            "form": made.taken.form.form_id, "versions": ", ".join(made.versions) or "–", "answers": len(made.taken.ids),
            "call": made.call.reference if made.call else "", "period": made.call.period if made.call else "",
            "expected": made.expected, "waived": made.waived, "left_out": made.left_out,
        }  # fmt: skip
        told = _("Form %(form)s, version %(versions)s: %(answers)d approved answers") % counts
        if made.call and made.expected is not None:
            told += _("; round %(call)s %(period)s: %(expected)d expected, %(waived)d of them waived") % counts
        if made.left_out:
            told += _("; %(left_out)d left out, because too few others came from the same place") % counts
        return told


def _dictionary(made: _Made) -> dict[str, dict[str, Any]]:
    """What the catalogue's dictionary says of each column, in every language."""
    told: dict[str, dict[str, Any]] = {name: {"label": in_each_language(WORDS[name])} for name in made.own}
    for column in made.columns:
        question, version = column.question, column.question.newest
        label = texts_of(version, question.labels)
        if column.part:
            label = Translated({code: f"{text} ({column.part})" for code, text in label.items()})
        closed = column in made.allowed.closed
        told[column.name] = {
            "label": label or Translated({required_language(): column.name}), "meaning": _meaning(version, column),
            "unit": _unit(column), "tier": Tier.GOVERNMENT.value if closed else Tier.PUBLIC.value,
        }  # fmt: skip
    return told


WORDS: dict[str, Callable[[], str]] = {
    NUMBER: lambda: _("Number of the answer in this edition"),
    layout.TURN: lambda: _("Number of the row within the answer"),
    layout.PARENT: lambda: _("Number of the row around it"),
    "answer_place": lambda: _("Code of the place"),
    "answer_place_name": lambda: _("Place"),
    "answer_facility": lambda: _("Code of the facility"),
    "answer_facility_name": lambda: _("Facility"),
    "answer_period": lambda: _("Period"),
}


def _meaning(version: FormVersion, column: Column) -> Translated:
    """The hint, the list of codes with their words, and in which versions it was asked where not in all alike."""
    question = column.question
    hint = texts_of(version, question.hint)
    listed = choices_of(question, None, MOST_CHOICES + 1)  # as everybody may know them
    found = {}
    for code in languages():
        parts = [hint[code]] if code in hint else []
        parts += [f"{value} = {words.text(code).text}" for value, words in listed[:MOST_CHOICES]]
        if len(listed) > MOST_CHOICES:
            parts.append("…")
        with translation.override(code):
            parts += list(_differences(column))
        if parts:
            found[code] = "\n".join(parts)
    return Translated(found)


def _differences(column: Column) -> Iterator[str]:
    question = column.question
    published = question.newest.form.versions.filter(published_at__isnull=False)
    if len(question.versions) < published.count():
        yield _("Asked in version %(versions)s only.") % {"versions": ", ".join(question.versions)}
    if len(question.types) > 1:
        kinds = "; ".join(f"{', '.join(versions)}: {kind}" for kind, versions in question.types.items())
        yield _("Its type differs by version: %(types)s.") % {"types": kinds}


def _unit(column: Column) -> str:
    """The unit that closes a label in brackets, where it is one we know."""
    signs = {**{str(sign): code for code, (_kind, _factor, sign) in UNITS.items() if sign}, **{code: code for code in UNITS}}  # fmt: skip
    for text in column.question.labels.values():
        if (found := _UNIT.search(text)) and found.group(1).strip() in signs and not column.part:
            return signs[found.group(1).strip()]
    return ""


@operation
def _finish(actor: Actor, form: Form, edition: Edition, made: _Made) -> Edition:
    """What it was made of stands beside the edition, in the dataset's origins and in the form's history."""
    form = lock(form)
    require(actor, policy.EDIT, form)
    AnswerEdition.objects.create(
        form=form, call=made.call, edition=edition, table=made.taken.table.path, versions=made.versions,
        answers=len(made.taken.ids), left_out=made.left_out, expected=made.expected, waived=made.waived,
        position_id=actor.position_id, made_at=clock.now(),
    )  # fmt: skip
    outside = f"{form.form_id}: {form.title}"[:300]
    if not edition.dataset.origins.filter(outside=outside).exists():
        name_origin(actor, edition.dataset, outside=outside, note=provenance(made)[:300])
    record(
        actor, policy.EDIT, form, change="edition made", edition=edition.pk, answers=len(made.taken.ids),
        left_out=made.left_out, call=made.call.reference if made.call else "",
        rule=made.allowed.rule.pk if made.allowed.rule else None,
    )  # fmt: skip
    return edition
