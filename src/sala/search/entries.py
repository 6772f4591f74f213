"""What a noun gives to the search: the shape that each entry of config/subjects.py returns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sala.core.language import Translated


@dataclass
class Page:
    """One page of a document's text, in one language. Numbers start at 1. is_guess: read from a picture by machine."""

    number: int
    language: str
    text: str
    is_guess: bool = False


@dataclass
class Entry:
    """One object as the search sees it. Audiences are not given here: they come from the noun's Scope.

    title, body  texts per language      kind       a code shown as a facet (dataset, law, district …)
    topics       topic codes             kind_name  that kind's name per language, where no vocabulary has it
    codes        what people type exactly: the object's own code or number first, then others
    owner        organisation: id and name per language
    areas        ids of the areas it is about, with all that contain them, the outermost first
    place        name of the area per language
    year         year it speaks of       dated      date for sorting, newest first
    not_before   hidden until this instant, except from its owner; the Scope's embargo is heeded without it
    """

    title: Translated
    url: str
    body: Translated = field(default_factory=Translated)
    kind: str = ""
    kind_name: Mapping[str, str] = field(default_factory=dict)
    codes: Sequence[str] = ()
    topics: Sequence[str] = ()
    owner_id: int | None = None
    owner: dict[str, str] = field(default_factory=dict)
    areas: Sequence[int] = ()
    place: dict[str, str] = field(default_factory=dict)
    tier: str = ""
    year: int | None = None
    dated: date | None = None
    not_before: datetime | None = None
    extent: Any = None
    pages: Sequence[Page] = ()
