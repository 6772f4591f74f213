"""What every change shares: one transaction, one history context, a lock on the row."""

import functools
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

import pghistory
from django.db import models, transaction

P = ParamSpec("P")
R = TypeVar("R")
M = TypeVar("M", bound=models.Model)


def operation(function: Callable[P, R]) -> Callable[P, R]:
    """Run a change in one transaction, with who and what set once for the row history.

    The first argument is the actor. An operation called by another joins its transaction and context.
    """

    @functools.wraps(function)
    def wrapper(*args: P.args, **options: P.kwargs) -> R:
        actor: Any = args[0]
        context = {"operation": function.__name__, "person": actor.person_id, "position": actor.position_id}
        with transaction.atomic(), pghistory.context(**context):
            return function(*args, **options)

    return wrapper


def lock(instance: M) -> M:
    """The row as it is now, held until the transaction ends. Raises DoesNotExist when it is gone."""
    manager: Any = type(instance)._default_manager
    return manager.select_for_update(of=("self",)).get(pk=instance.pk)
