"""Texts of search rows in every language of the installation."""

from collections.abc import Callable

from django.utils import translation

from sala.core.language import Translated, languages


def also(texts: list[str]) -> Translated:
    """Other names are findable in every language."""
    joined = " ; ".join(texts)
    return Translated({code: joined for code in languages()})


def in_each_language(say: Callable[[], str]) -> Translated:
    """What the program itself calls something, in every language it speaks."""
    texts = {}
    for code in languages():
        with translation.override(code):
            texts[code] = str(say())
    return Translated(texts)
