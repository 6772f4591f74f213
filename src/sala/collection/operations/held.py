"""Asking what is held already: only with a reason, said question by question before the form is put in use."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import require
from sala.collection import policy
from sala.collection.models import AskedAnyway, FormVersion, VersionState
from sala.collection.queries.held import Held, unanswered
from sala.core import clock
from sala.core.errors import Conflict, Invalid
from sala.core.operation import lock, operation
from sala.journal.operations import record

NAMED = 5  # examples named in a refusal


@operation
def ask_anyway(actor: Actor, version: FormVersion, reasons: Mapping[tuple[str, str, str], str]) -> FormVersion:
    """Say why questions are asked although the answers are held. reasons: (path, kind, key) of Held → why."""
    form = lock(version.form)
    require(actor, policy.EDIT, form)
    version = lock(version)
    if version.state != VersionState.DRAFT:
        raise Conflict(_("This version is or was in use already. Send a changed workbook as a new version."))
    said = {address: reason.strip() for address, reason in reasons.items() if reason.strip()}
    if not said:
        raise Invalid(_("Write a reason for at least one question, or leave the question out of the workbook."))
    rows = [
        AskedAnyway(
            form=form, number=version.number, path=held.path, label=held.question.label, held_kind=held.kind,
            held_key=held.key, held_text=held.text, reason=reason, position_id=actor.position_id, at=clock.now(),
        )
        for held in unanswered(actor, version)
        if (reason := said.get((held.path, held.kind, held.key)))
    ]  # fmt: skip
    if not rows:
        raise Conflict(_("These questions have their reasons already. Open the page anew."))
    AskedAnyway.objects.bulk_create(rows)
    record(
        actor, policy.EDIT, form, change="asked all the same", version=version.version,
        questions=[{"path": row.path, "held": [row.held_kind, row.held_key], "reason": row.reason} for row in rows],
    )  # fmt: skip
    return version


def check_answered(actor: Actor, version: FormVersion) -> None:
    """Raises Invalid while something that is held has no answer from the author."""
    if left := unanswered(actor, version):
        words = _("This is held already: %(names)s. On the page of the version, open “Held already” and say for each why it is asked all the same, or leave it out of the workbook.")  # fmt: skip
        raise Invalid(words % {"names": _named(left)})


def _named(left: list[Held]) -> str:
    names = list(dict.fromkeys(f"“{held.question.label or held.question.field['name']}”" for held in left))
    return ", ".join(names[:NAMED]) + ("…" if len(names) > NAMED else "")
