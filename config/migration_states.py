"""Migrating without drawing models up again that did not change.

Django keeps, beside the tables, classes of all models as they were at each migration. With a new model, a constraint, an
index or a trigger it makes the classes of all related models anew, which here are nearly all: three quarters of the time
of a first migration. A new model changes none of the others, and constraints, indexes and triggers are read from the
state, not from classes. Every change of a field draws up what it touches as before.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

from django.db.migrations.state import ModelState, ProjectState
from pgtrigger.migrations import AddTrigger, RemoveTrigger

OF_TRIGGERS = [(AddTrigger, "state_forwards"), (RemoveTrigger, "state_forwards")]
OF_TABLES = [(ProjectState, "_append_option"), (ProjectState, "_remove_option")]  # constraints and indexes


def _add_model(state: ProjectState, model_state: ModelState) -> None:
    key = model_state.app_label, model_state.name_lower
    state.models[key] = model_state
    if state._relations is not None:  # type: ignore[attr-defined]
        state.resolve_model_relations(key)
    if "apps" in vars(state):  # else nothing was drawn up yet
        state.apps.render_multiple([model_state])


def _without_drawing(change: Callable[..., None]) -> Callable[..., None]:
    @wraps(change)
    def changed(*args: Any) -> None:
        reload_model = ProjectState.reload_model
        ProjectState.reload_model = lambda *_args, **_options: None  # type: ignore[method-assign]
        try:
            change(*args)
        finally:
            ProjectState.reload_model = reload_model  # type: ignore[method-assign]

    return changed


def _told(change: Callable[..., None]) -> Callable[..., None]:
    """The class as it stands is told its new constraints or indexes: a later change of a field asks it for them."""
    quiet = _without_drawing(change)

    @wraps(change)
    def changed(state: ProjectState, app_label: str, model_name: str, option: str, value: Any) -> None:
        quiet(state, app_label, model_name, option, value)
        if "apps" in vars(state):
            meta = state.apps.get_model(app_label, model_name)._meta
            setattr(meta, option, list(state.models[app_label, model_name].options[option]))

    return changed


@contextmanager
def only_what_changed() -> Iterator[None]:
    """Within the block, migrations draw up only the models whose fields change."""
    changed: list[tuple[type, str, Callable[..., Any]]] = [(ProjectState, "add_model", lambda _change: _add_model)]
    changed += [(owner, name, _without_drawing) for owner, name in OF_TRIGGERS]
    changed += [(owner, name, _told) for owner, name in OF_TABLES]
    before = [(owner, name, getattr(owner, name)) for owner, name, _how in changed]
    for owner, name, how in changed:
        setattr(owner, name, how(getattr(owner, name)))
    try:
        yield
    finally:
        for owner, name, method in before:
            setattr(owner, name, method)
