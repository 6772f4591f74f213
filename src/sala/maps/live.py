"""Nouns whose rows are a layer as they are now: the one list that settings.SALA_LAYERS names."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils.module_loading import import_string

from sala.access.actor import Actor
from sala.core.language import Translated


@dataclass(frozen=True)
class LiveNoun:
    """One noun with shapes.

    key       stands in Layer.live                name      what it is called, for people
    parts     (key, name) of what a layer may show of it, such as the levels of areas; empty: all in one
    rows      (actor, part) → what the actor sees, annotated with `shown`, a JSON object
    number    field that identifies a row         geometry  field of its shape
    size      field that orders rows by size, the largest drawn first where a tile is full
    columns   (name, label) of the properties, for a part
    label     column whose text is written on the map
    source    (part) → where the shapes come from and of what day, as text
    told_here (key, name) of the parts that “what is here” tells of; None: of none
    address   (code) → the page of a row, whose code is in `shown`
    offered   (actor, part) → maps.collections.Collection with numbers and links, for programs that ask the OGC API
    """

    key: str
    name: Any
    rows: Callable[[Actor, str], QuerySet]
    columns: Callable[[str], Sequence[tuple[str, Translated]]]
    number: str = "pk"
    geometry: str = "geometry"
    size: str = ""
    parts: Callable[[], list[tuple[str, Any]]] = field(default=list)
    label: str = ""
    source: Callable[[str], str] = field(default=lambda part: "")
    told_here: Callable[[], list[tuple[str, Any]]] | None = None
    address: Callable[[str], str] | None = None
    offered: Callable[[Actor, str], Any] | None = None


@cache
def _load(name: str) -> dict[str, LiveNoun]:
    return {noun.key: noun for noun in import_string(name)}


def live_nouns() -> dict[str, LiveNoun]:
    return _load(settings.SALA_LAYERS)
