"""Rows of registers of other parts, which forms can be about besides places and facilities.

Such a part derives a class from AboutNoun and names an instance of it in config/answer_subjects.py (SALA_ANSWER_SUBJECTS).
From then on a form may be about its rows: rounds expect an answer of each, pages and papers say their names, phones get
them as a list, and the part is told of every answer. This part knows codes and names only; docs/forms.md walks
through it.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.gis.geos import Point
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.core import clock
from sala.core.language import Translated, in_each_language

if TYPE_CHECKING:
    from sala.collection.models import Reading
    from sala.places.models import Area


@dataclass(frozen=True)
class Named:
    """One row of another register, as forms speak of it.

    noun, pk   which row it is              code  by which people and files name it
    area_id    the smallest place it lies in, which is what rounds and lists narrow by
    is_hidden  the reader may not know which row it is, nor where it lies
    point      where it is, None where nobody knows; near_m  metres from there within which it is still the same place
    """

    noun: str
    pk: int
    code: str
    name: Translated
    area_id: int
    url: str = ""
    point: Point | None = None
    near_m: float = 0.0
    is_hidden: bool = False

    def get_absolute_url(self) -> str:
        return self.url


# code, name, path of its place, point, further cells: one line of a list that a form reads
Listed = tuple[str, Any, str, Point | None, list[str]]


class AboutNoun:
    """Base of all nouns that forms can be about.

    code       noun in the one list of nouns (config/subjects.py)
    name       one of it, for people; plural: many of it
    columns    further columns of its list for phones, such as who holds it
    each_place what its places are that answer one by one ("each village affected"); "" where it has none
    """

    code = ""
    name: Any = ""
    plural: Any = ""
    each_place: Any = ""
    columns: tuple[str, ...] = ()

    def rows(self, paths: Sequence[str], ids: Sequence[int], day: date) -> Iterable[tuple[int, int]]:
        """(row, its place) of those that exist on the day and lie in these areas (paths), or are among `ids`."""
        raise NotImplementedError

    def places(self, paths: Sequence[str], ids: Sequence[int], day: date) -> Iterable[tuple[int, int]]:
        """(row, place) for each place of a row that answers by itself: of the rows that `rows` would give, those places
        that lie in these areas, and all of those named by number. A row of which no place is known comes with its own."""
        raise NotImplementedError

    def find(self, code: str, day: date) -> list[Named]:
        """The rows that this code names on the day, however it is written; two where it is not clear which."""
        raise NotImplementedError

    def named(self, ids: Collection[int]) -> dict[int, Named]:
        """The rows of these numbers with their names, for whoever may know them."""
        raise NotImplementedError

    def seen(self, actor: Actor, ids: Collection[int]) -> set[int]:
        """Those of the rows whose name and code the reader may know."""
        raise NotImplementedError

    def placed(self, actor: Actor, ids: Collection[int], *, each: bool = False) -> set[int]:
        """Those of the rows whose own place the reader may know; each: whose places that answer one by one."""
        raise NotImplementedError

    def like(self, actor: Actor, word: str) -> Iterable[int]:
        """Rows whose name or code has the word in it, of those that the reader may know."""
        raise NotImplementedError

    def listed(self, actor: Actor, path: str) -> Iterable[Listed]:
        """The lines of a list for this reader, in the order of the codes; cells hold only what the reader may know."""
        raise NotImplementedError

    def mark(self, actor: Actor, path: str) -> str:
        """What is another text as soon as that list may be another for this reader; "" where nobody can say it cheaply.

        Rights and language of the reader need not be in it.
        """
        return ""

    def changed(self, reading: "Reading") -> None:
        """An answer about one of its rows was read, anew as well, or its state is another now (reading.state).

        Called inside the change itself, so it must bear being told the same twice, and must not fail.
        """


@cache
def nouns() -> dict[str, AboutNoun]:
    return {noun.code: noun for noun in import_string(settings.SALA_ANSWER_SUBJECTS)}


def named(noun: str, pk: int) -> Named | None:
    """One row with its name; None where it is gone."""
    return nouns()[noun].named([pk]).get(pk) if noun in nouns() else None


def changed(reading: "Reading", before: str = "") -> None:
    """Tell the noun that an answer is about, and the one that it was about before, if that is another."""
    for noun in dict.fromkeys([reading.subject_type, before]):
        if noun in nouns():
            nouns()[noun].changed(reading)


def hidden(row: Named) -> Named:
    """What is told of a row to those who may see that an answer is expected, and not of which."""
    return replace(
        row, code="", name=in_each_language(lambda: _("Not open to you")), url="", point=None, is_hidden=True
    )


def tell_names(actor: Actor, rows: Iterable[Any], posts: Collection[int] = ()) -> None:
    """Put the names to rows (Expected, Reading) in few statements, each as far as the reader may know it.

    posts  whoever is in one of these knows what the rows that ask them are about
    """
    waiting: dict[str, list[Any]] = {}
    for row in rows:
        if row.subject_id is not None:
            waiting.setdefault(row.subject_type, []).append(row)
    for noun, group in waiting.items():
        if noun not in nouns():
            continue
        ids = {row.subject_id for row in group}
        found = nouns()[noun].named(ids)
        open_ones = nouns()[noun].seen(actor, ids)
        own: set[int] = set()
        parts: set[int] = set()
        for row in group:
            if (one := found.get(row.subject_id)) is not None:
                (own if row.area_id == one.area_id else parts).add(row.subject_id)
        placed = nouns()[noun].placed(actor, own) if own else set()
        sited = nouns()[noun].placed(actor, parts, each=True) if parts else set()
        for row in group:
            one = found.get(row.subject_id)
            if one is not None:
                asked = _asked(row, posts)
                row.other = one if row.subject_id in open_ones or asked else hidden(one)
                row.is_placed = asked or row.subject_id in (placed if row.area_id == one.area_id else sited)


def unplaced(actor: Actor, rows: Iterable[tuple[str, int, int]]) -> set[tuple[str, int, int]]:
    """Of (noun, row, place): those of which the reader may not know that the row has to do with the place."""
    closed: set[tuple[str, int, int]] = set()
    by_noun: dict[str, list[tuple[str, int, int]]] = {}
    for each in rows:
        by_noun.setdefault(each[0], []).append(each)
    for noun, group in by_noun.items():
        if noun not in nouns():
            closed.update(group)
            continue
        ids = list({pk for _noun, pk, _place in group})
        lies = dict(nouns()[noun].rows([], ids, clock.today()))
        known = {own: nouns()[noun].placed(actor, ids, each=not own) for own in (True, False)}
        closed.update(each for each in group if each[1] not in known[lies.get(each[1]) == each[2]])
    return closed


def _asked(row: Any, posts: Collection[int]) -> bool:
    return bool(posts) and (
        getattr(row, "respondent_id", None) in posts
        or ("assignment" in row._state.fields_cache and row.assignment.position_id in posts)
    )


class AboutOther:
    """For models with subject_type and subject_id: `other` is the row of the other register, with its name."""

    subject_type: str
    subject_id: int | None
    area: Any
    is_placed = True  # the reader for whom `tell_names` put the names may know the place as well

    @property
    def told_area(self) -> "Area | None":
        """Its place, as far as it may be told to the reader for whom `tell_names` put the names; None else."""
        return self.area if self.subject_id is None or self.is_placed else None

    @property
    def other(self) -> Named | None:
        if self.subject_id is None:
            return None
        if "_other" not in self.__dict__:
            self.__dict__["_other"] = named(self.subject_type, self.subject_id)
        return self.__dict__["_other"]

    @other.setter
    def other(self, row: Named | None) -> None:
        self.__dict__["_other"] = row
        self.subject_type, self.subject_id = (row.noun, row.pk) if row else ("", None)
