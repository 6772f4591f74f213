"""What the worker does for statements of banks: looking into a file, taking its lines in."""

from typing import Any

from django.urls import reverse

from sala.access.actor import Actor
from sala.core.errands import Finish
from sala.core.files import store
from sala.core.models import Errand
from sala.ledger import bank_files, operations
from sala.ledger.models import Account
from sala.places import lists

PREVIEW = 5


def look(actor: Actor, errand: Errand) -> Finish:
    """asked: told (name, bank, sheet). found: columns, order, guess (role → column), preview, rows, sheet."""
    told: dict[str, Any] = errand.asked["told"]
    asked = lists.read(store.path_of(errand.sha256), told["name"], told["sheet"])
    errand.found = {
        "columns": asked.columns, "order": list(asked.columns), "guess": bank_files.guess(asked), "rows": len(asked.lines),
        "preview": [[line.values.get(key, "") for key in asked.columns] for line in asked.lines[:PREVIEW]],
        "sheet": asked.sheet, "sheets": asked.sheets,
    }  # fmt: skip
    return lambda: reverse("ledger:columns", args=[errand.pk])


def take_in(actor: Actor, errand: Errand) -> Finish:
    """asked: sha256, told, sheet, columns (role → column), decimal_mark. found: how many lines came to what."""
    asked, told = errand.asked, errand.asked["told"]
    bank = Account.objects.select_related("owner__area").get(code=told["bank"])
    listed = lists.read(store.path_of(asked["sha256"]), told["name"], asked["sheet"])
    file = bank_files.read(listed.lines, asked["columns"], bank.currency, asked["decimal_mark"])

    def finish() -> str:
        taken = operations.take_in(actor, bank, file, file_name=told["name"], sha256=asked["sha256"])
        errand.found = {"new": taken.new, "unchanged": taken.unchanged, "known": taken.known, "out": taken.out,
                        "refused": [list(one) for one in taken.refused]}  # fmt: skip
        return taken.statement.get_absolute_url()

    return finish
