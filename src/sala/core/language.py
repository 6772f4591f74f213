"""Text in several languages: one JSONB column per field, whatever languages the country pack names.

A value is a `Translated`: a small mapping from language code to text. Showing it takes the reader's language and
falls back openly: the language that was found travels with the text, so that a page marks it.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from django.conf import settings
from django.db import models
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce, Collate, NullIf
from django.utils import translation

from sala.core import lao


def languages() -> list[str]:
    """Codes of the country's languages, the required one first."""
    return [code for code, _name in settings.LANGUAGES]


def required_language() -> str:
    return settings.LANGUAGE_CODE


def current() -> str:
    """The reader's language."""
    active = (translation.get_language() or required_language()).split("-")[0]
    return active if active in languages() else required_language()


class Found(NamedTuple):
    text: str
    language: str


class Translated(dict[str, str]):
    """Language code → text. Empty texts are not kept."""

    def __init__(self, texts: Mapping[str, str | None] | str | None = None, **more: str):
        super().__init__()
        if isinstance(texts, str):
            texts = {required_language(): texts}
        for code, text in {**(texts or {}), **more}.items():
            clean = lao.stored(text).strip() if text else ""
            if clean:
                self[code] = clean

    @classmethod
    def kept(cls, texts: Mapping[str, str]) -> "Translated":
        """Of texts that were cleaned before they were stored; cleaning them again costs more than reading them."""
        made = cls()
        made.update(texts if all(texts.values()) else {code: text for code, text in texts.items() if text})
        return made

    def text(self, language: str | None = None) -> Found:
        """The text in this language, else in the required one, else in any; with the language it is in."""
        for code in (language or current(), required_language(), *self):
            if code in self:
                return Found(self[code], code)
        return Found("", language or current())

    def __str__(self) -> str:
        return self.text().text

    def missing(self) -> list[str]:
        return [code for code in languages() if code not in self]

    def __reduce__(self):
        return (Translated, (dict(self),))


def in_each_language(words: Callable[[], object]) -> Translated:
    """What is said in each language of the country, such as the heading of a paper that is made in all of them."""
    found = {}
    for code in languages():
        with translation.override(code):
            found[code] = str(words())
    return Translated(found)


def in_language(field: str, language: str | None = None) -> Coalesce:
    """Database expression: the field's text in this language, else in the required one, else in any other."""
    codes = [language or current(), required_language(), *languages()]
    wanted = list(dict.fromkeys(codes))
    texts = [NullIf(KeyTextTransform(code, field), models.Value("")) for code in wanted]
    return Coalesce(*texts, models.Value(""), output_field=models.TextField())


def says(field: str, word: str) -> models.Q:
    """Condition: the field's text has this word in it, in any language."""
    condition = models.Q()
    for code in languages():
        condition |= models.Q(**{f"{field}__{code}__icontains": word})
    return condition


def sorted_by(field: str, language: str | None = None) -> Collate:
    """Ordering expression: alphabetical as a Lao reader expects (leading vowels after their consonant)."""
    return Collate(in_language(field, language), "lo-x-icu")


def completeness(texts: Iterable[Translated], language: str) -> float:
    """Share (0..1) of these texts that are filled in the language."""
    filled = [language in text for text in texts]
    return sum(filled) / len(filled) if filled else 0.0
