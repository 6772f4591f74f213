"""What a verb or a recorded change is called, for people (settings.SALA_VERBS, SALA_CHANGES)."""

from functools import cache
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

_load = cache(import_string)


def name_of(verb: str) -> Any:
    """The verb in words; itself where it has none."""
    return _load(settings.SALA_VERBS).get(verb, verb)


def change_of(verb: str, change: str) -> Any:
    """A step of the journal in words: the change where it is told, else the verb."""
    return _load(settings.SALA_CHANGES).get(change) or name_of(verb)
