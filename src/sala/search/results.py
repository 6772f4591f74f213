"""What a search gives back, ready for a page, an API answer, a table or a feed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.html import strip_tags
from django.utils.safestring import SafeString

from sala.core.language import Found, Translated
from sala.search.filters import Filters
from sala.search.question import Question


@dataclass
class PageHit:
    """A page of a document on which the words stand. is_guess: they were read from a picture by machine."""

    number: int
    url: str
    snippet: SafeString
    language: str
    is_guess: bool = False


@dataclass
class Item:
    """One object. title and snippet are HTML with <mark>; languages are those the texts are in."""

    noun: str
    subject_id: int
    type: Any
    kind: Found
    title: SafeString
    plain_title: str
    title_language: str
    snippet: SafeString
    snippet_language: str
    url: str
    place: Translated
    owner: Translated
    dated: date | None
    tier: str
    tier_name: Any
    pages: list[PageHit] = field(default_factory=list)

    @property
    def plain_snippet(self) -> str:
        """The snippet as text. It was escaped, so tags are ours."""
        text = strip_tags(self.snippet)
        for entity, letter in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&#x27;", "'"), ("&amp;", "&")):
            text = text.replace(entity, letter)
        return text


@dataclass
class Value:
    """One value of a facet. `value` is what the filter takes."""

    value: str
    label: Any
    number: int
    is_chosen: bool = False


@dataclass
class Facet:
    """One way to narrow. name is that of the filter."""

    name: str
    label: Any
    values: list[Value]

    @property
    def chosen(self) -> Value | None:
        return next((value for value in self.values if value.is_chosen), None)


@dataclass
class Results:
    """how      all, apart or any: how strictly the words were taken
    reachable   how many of the hits can be paged through
    """

    question: Question
    filters: Filters
    items: Sequence[Item]
    count: int
    count_is_capped: bool
    facets: Sequence[Facet]
    how: str
    page: int
    size: int
    reachable: int
    names: Mapping[str, Translated] = field(default_factory=dict)

    @property
    def last_page(self) -> int:
        return max(1, -(-self.reachable // self.size))

    @property
    def first_number(self) -> int:
        return (self.page - 1) * self.size + 1

    @property
    def previous_page(self) -> int:
        return self.page - 1

    @property
    def next_page(self) -> int:
        return self.page + 1
