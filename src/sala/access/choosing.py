"""Fields that name a row by words, by its code or by the address of its page, among the rows the reader may see.

How a noun is found is said on its model, in `choosing`, like its Scope.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any, cast

from django import forms
from django.db import models
from django.db.models import Case, Q, QuerySet, TextField, Value, When
from django.db.models.functions import Length
from django.utils.translation import gettext_lazy as _

from sala.access.actor import Actor, public
from sala.access.scope import visible
from sala.core import lao, subjects
from sala.core.choosing import ChooserWidget, FindingForm, Match, SeveralWidget, Written
from sala.core.columns import TranslatedField
from sala.core.language import languages

MOST = 12  # rows offered for the words in the box
LONGEST = 300  # characters


@dataclass(frozen=True)
class Choosing:
    """How rows of a noun are found and told apart. Lookups, as strings.

    code    what may be written instead of words; unique      words   texts that are searched, the name first
    detail  shown beside the name                             among   rows that can still be chosen
    """

    code: str
    words: tuple[str, ...]
    detail: tuple[str, ...] = ()
    among: Q = field(default_factory=Q)


def choosing_of(model: type[models.Model]) -> Choosing:
    return model.choosing  # type: ignore[attr-defined]


def is_choosable(model: type[models.Model]) -> bool:
    return hasattr(model, "choosing")


def _texts(model: type[models.Model], lookup: str) -> list[str]:
    """The lookups behind one: a text in several languages is searched in each."""
    current: Any = model
    for name in lookup.split("__"):
        column = current._meta.get_field(name)
        current = column.related_model or current
    return [f"{lookup}__{code}" for code in languages()] if isinstance(column, TranslatedField) else [lookup]


def _said(row: Any, lookup: str) -> str:
    for name in lookup.split("__"):
        row = getattr(row, name, None)
        if row is None:
            return ""
    return str(row)


def exactly(rows: QuerySet, text: str) -> list[Any]:
    """The rows that a code, the last part of a page's address, or a whole name means; a code means one row at most."""
    choosing = choosing_of(rows.model)
    code = lao.digits(text).strip().strip("/").rpartition("/")[2]
    found = list(rows.filter(**{f"{choosing.code}__iexact": code})[:1]) if code else []
    if found:
        return found
    named = Q()
    for lookup in _texts(rows.model, choosing.words[0]):
        named |= Q(**{f"{lookup}__iexact": lao.stored(text)})
    return list(rows.filter(named).distinct()[:MOST])


def near(rows: QuerySet, text: str) -> list[Any]:
    """Rows in which every word stands, those first whose name begins with the text, shorter names first."""
    choosing = choosing_of(rows.model)
    condition = Q()
    for word in lao.stored(text).split():
        anywhere = Q(**{f"{choosing.code}__icontains": lao.digits(word)})
        for lookup in choosing.words:
            for name in _texts(rows.model, lookup):
                anywhere |= Q(**{f"{name}__icontains": word})
        condition &= anywhere
    begins = Q()
    for lookup in _texts(rows.model, choosing.words[0]):
        begins |= Q(**{f"{lookup}__istartswith": lao.stored(text)})
    ids = rows.filter(condition).values("pk")
    order: list[Any] = [Case(When(begins, then=Value(0)), default=Value(1)),
             Length(models.functions.Cast(choosing.words[0], TextField())), "pk"]  # fmt: skip
    return list(rows.filter(pk__in=ids).order_by(*order)[:MOST])


def match_of(row: models.Model, key: str = "") -> Match:
    choosing = choosing_of(type(row))
    detail = dict.fromkeys(filter(None, (_said(row, lookup) for lookup in choosing.detail)))
    return Match(key or str(row.pk), _said(row, choosing.words[0]), _said(row, choosing.code), ", ".join(detail))


class Chooser(forms.Field):
    """One row of a noun. `rows` narrows what may be chosen; otherwise it is what `reader` may see.

    A code or a name that means one row is taken at once; anything else comes back with what it may mean.

    with_ended  also rows that cannot be chosen any more, such as a closed office: for looking back, not for what is new
    """

    model: type[models.Model] = models.Model
    rows: QuerySet | None = None
    reader: Actor | None = None
    widget: Any = ChooserWidget

    def __init__(self, model: type[models.Model] | None = None, *, rows: QuerySet | None = None, max_length: int = LONGEST,
                 with_ended: bool = False, **options: Any):  # fmt: skip
        self.model = model or self.model
        self.with_ended = with_ended
        self.rows = rows
        self.max_length = max_length
        options.setdefault("help_text", _("Write a part of the name, or the code."))
        super().__init__(**options)
        self.widget.longest = max_length

    def within(self) -> QuerySet:
        """Rows among which to choose."""
        rows = self.rows if self.rows is not None else visible(self.reader or public(), self.model)
        return rows if self.with_ended else rows.filter(choosing_of(self.model).among)

    # what a row is called in the form, and back
    def key_of(self, row: Any) -> str:
        return str(row.pk)

    def rows_of(self, keys: Iterable[str]) -> list[Any]:
        ids = [int(key) for key in keys if key.isascii() and key.isdigit()]
        return list(self.within().filter(pk__in=ids))

    def exactly(self, text: str) -> list[Any]:
        return exactly(self.within(), text)

    def near(self, text: str) -> list[Any]:
        return near(self.within(), text)

    def matched(self, row: Any) -> Match:
        return match_of(row)

    def offer(self, rows: Iterable[Any], taken: Iterable[Any] = ()) -> None:
        """Show these rows below the box, those taken ticked."""
        widget = cast(ChooserWidget, self.widget)
        widget.matches = [self.matched(row) for row in rows]
        widget.ticked = {self.key_of(row) for row in taken}

    def written(self, value: Any) -> Written:
        return value if isinstance(value, Written) else Written(str(value or ""))

    def prepare_value(self, value: Any) -> Any:
        """For showing: a row as its name with itself picked; what was sent as it was sent."""
        if isinstance(value, int) and not isinstance(value, bool):
            value = visible(self.reader or public(), self.model).filter(pk=value).first()
        if isinstance(value, str) and value:
            found = self.exactly(value)
            value = found[0] if len(found) == 1 else value
        if isinstance(value, models.Model):
            self.offer([value], [value])
            name, key = self.matched(value).name, self.key_of(value)
            return Written(name, (key,), name, (key,))
        return value

    def clean(self, value: Any) -> Any:
        written = self.written(value)
        picked = written.picked[:1] if written.text == written.shown else ()
        row = self._chosen(written.text, picked) if written.text or picked else None
        self.validate(row)
        return row

    def _chosen(self, text: str, picked: tuple[str, ...]) -> Any:
        if len(text) > self.max_length:
            raise forms.ValidationError(_("This is too long. Write a part of the name."))
        found = self.rows_of(picked) or self.exactly(text)
        if len(found) == 1:
            self.offer(found, found)
            return found[0]
        return self._ask(found or self.near(text), text)

    def _ask(self, rows: list[Any], text: str) -> Any:
        self.offer(rows, rows if len(rows) == 1 else ())
        if not rows:
            raise forms.ValidationError(
                _("Nothing was found for “%(text)s”. Write another part of the name, or the code."),
                params={"text": text},
            )
        if len(rows) == 1:
            raise forms.ValidationError(_("If the one found below is meant, send again."), code="ambiguous")
        if len(rows) >= MOST:
            raise forms.ValidationError(
                _("Many are found; the first of them stand below. Choose, or write more words."), code="ambiguous"
            )
        raise forms.ValidationError(_("Choose below which one is meant, then send again."), code="ambiguous")

    def has_changed(self, initial: Any, data: Any) -> bool:
        before = getattr(initial, "pk", initial)
        try:
            after = self.clean(data)
        except forms.ValidationError:
            return True
        return str(before or "") not in {str(getattr(after, "pk", "")), self.code_of(after)}

    def code_of(self, row: Any) -> str:
        return _said(row, choosing_of(type(row)).code) if row is not None else ""


class SeveralChooser(Chooser):
    """Several rows. Words are separated by commas; what is ticked already stays ticked."""

    widget = SeveralWidget

    def __init__(self, model: type[models.Model] | None = None, **options: Any):
        options.setdefault("help_text", _("Write names or codes with commas between them, then tick those meant."))
        super().__init__(model, **options)

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, Written) or not value:
            return value
        rows = [row for row in value if isinstance(row, models.Model)]
        self.offer(rows, rows)
        keys = tuple(self.key_of(row) for row in rows)
        return Written("", keys, "", keys)

    def clean(self, value: Any) -> list[Any]:
        if isinstance(value, (list, tuple)) and all(isinstance(row, models.Model) for row in value):
            return list(value)
        written = self.written(value)
        chosen = self.rows_of(written.picked)
        doubtful: list[Any] = []
        for piece in self._pieces(written):
            found = self.exactly(piece)
            if not found and not (found := self.near(piece)):
                self.offer(chosen, chosen)
                raise forms.ValidationError(
                    _("Nothing was found for “%(text)s”. Write another part of the name, or the code."),
                    params={"text": piece},
                )
            (chosen if len(found) == 1 and self.exactly(piece) else doubtful).extend(found)
        chosen = list(dict.fromkeys(chosen))
        self.offer(dict.fromkeys([*chosen, *doubtful]), chosen)
        if doubtful:
            raise forms.ValidationError(_("Tick below those that are meant, then send again."), code="ambiguous")
        if self.required and not chosen:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        return chosen

    def _pieces(self, written: Written) -> list[str]:
        if len(written.text) > self.max_length:
            raise forms.ValidationError(_("This is too long. Write a part of the name."))
        if written.is_answered:
            return []
        return [piece.strip() for piece in written.text.replace(";", ",").split(",") if piece.strip()]

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return {row.pk for row in initial or []} != {row.pk for row in self.clean(data)}
        except forms.ValidationError:
            return True


_REFERENCE = re.compile(r"^/?(?:journal/)?([a-z-]+)[ :/](\d+)/?$")


def referred(actor: Actor, text: str) -> models.Model | None:
    """The row that "dataset 12", "dataset:12" or "/journal/dataset/12/" names, when the actor sees it."""
    match = _REFERENCE.match(lao.digits(text.strip()))
    if not match or not subjects.knows(match[1]) or len(match[2]) > 18:
        return None
    return visible(actor, subjects.by_noun(match[1]).model_class).filter(pk=int(match[2])).first()


class SubjectChooser(Chooser):
    """A row of any noun: by words where the noun has them, by "dataset:12" otherwise."""

    EACH = 5  # rows offered of a noun

    def key_of(self, row: Any) -> str:
        return f"{subjects.of(row).noun}:{row.pk}"

    def rows_of(self, keys: Iterable[str]) -> list[Any]:
        return [row for key in keys if (row := referred(self.reader or public(), key))]

    def _among(self) -> list[QuerySet]:
        found = [subject.model_class for subject in subjects.all_subjects() if is_choosable(subject.model_class)]
        return [visible(self.reader or public(), model).filter(choosing_of(model).among) for model in found]

    def exactly(self, text: str) -> list[Any]:
        row = referred(self.reader or public(), text)
        return [row] if row else [found for rows in self._among() for found in exactly(rows, text)]

    def near(self, text: str) -> list[Any]:
        return [found for rows in self._among() for found in near(rows, text)[: self.EACH]]

    def matched(self, row: Any) -> Match:
        noun = subjects.of(row)
        if not is_choosable(type(row)):
            return Match(self.key_of(row), str(row), self.key_of(row), str(noun.name))
        match = match_of(row, self.key_of(row))
        return replace(match, detail=", ".join(filter(None, [str(noun.name), match.detail])))


class SeveralSubjects(SeveralChooser, SubjectChooser):
    """Several rows of any noun: words, or "dataset:12", with commas or line breaks between them."""

    def _pieces(self, written: Written) -> list[str]:
        return super()._pieces(replace(written, text=written.text.replace("\n", ",")))


class ChoosingForm(FindingForm):
    """Part of forms whose choosers look things up for somebody: every chooser asks what `reader` may see."""

    def read_as(self, reader: Actor) -> None:
        for chooser in self.fields.values():
            if isinstance(chooser, Chooser):
                chooser.reader = reader
