"""Look-up in the one list of nouns (settings.SALA_SUBJECTS), for parts that refer to any subject by type and id."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models
from django.utils.module_loading import import_string


@dataclass(frozen=True)
class Subject:
    """One noun of the product.

    noun     its short name in addresses, journal and search ("dataset")
    model    "app.Model"
    name     one of it, for people; plural many of it
    title    what a row is called: a callable from instance to text
    search   callable from instance to its search texts (search.Text), or None when it is not searched
    reads    relations that `search` and the Scope follow; of many rows they are read at once
    owned    some post must own each row (duties list those without an owner)
    """

    noun: str
    model: str
    name: Any
    plural: Any
    title: Callable[[Any], str] = str
    search: Callable[[Any], Any] | None = None
    reads: Sequence[str | models.Prefetch] = ()
    owned: bool = False

    @property
    def model_class(self) -> type[models.Model]:
        return apps.get_model(self.model)

    def find(self, pk: int) -> models.Model | None:
        return self.model_class._default_manager.filter(pk=pk).first()


@cache
def all_subjects() -> tuple[Subject, ...]:
    return tuple(import_string(settings.SALA_SUBJECTS))


@cache
def _by_noun() -> dict[str, Subject]:
    return {subject.noun: subject for subject in all_subjects()}


@cache
def _by_model() -> dict[type[models.Model], Subject]:
    return {subject.model_class: subject for subject in all_subjects()}


def by_noun(noun: str) -> Subject:
    return _by_noun()[noun]


def knows(noun: str) -> bool:
    return noun in _by_noun()


def of(instance: models.Model) -> Subject:
    """The Subject of a row. KeyError when its model is not in the list."""
    return _by_model()[type(instance)]
