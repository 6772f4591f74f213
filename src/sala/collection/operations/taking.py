"""Answers leave the house: each download is counted, and the history of the form says who took what."""

from typing import Any

from django.db.models import F

from sala.access.actor import Actor
from sala.catalogue.operations.usage import user_kind
from sala.collection import policy
from sala.collection.models import DailyTaking, Form
from sala.core import clock
from sala.core.operation import operation
from sala.journal.operations import record


@operation
def note_taking(actor: Actor, form: Form, *, table: str, kind: str, answers: int, narrowed: dict[str, str],
                after: int = 0) -> None:  # fmt: skip
    """Answers of a form were taken along.

    table  name of the table, empty for the form itself    kind      csv, xlsx …
    narrowed  what the address asked for: state, call, place, period
    after     number of the last answer that was taken before, where a program goes from page to page: every page stands
              in the history, all pages together count once
    Which answers they were is not kept: it follows from the day, from who asked, and from what it was narrowed to.
    """
    user, _sex = user_kind(actor)
    key: dict[str, Any] = {"form": form, "day": clock.today(), "user_kind": user}
    DailyTaking.objects.get_or_create(**key)
    if not after:
        DailyTaking.objects.filter(**key).update(count=F("count") + 1)
    told: dict[str, Any] = {"table": table, "narrowed": narrowed, "after": after}
    told = {name: value for name, value in told.items() if value}
    record(actor, policy.TAKE, form, change="answers taken", format=kind, answers=answers, **told)
