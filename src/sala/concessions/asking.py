"""What an order about concessions tells the engine of calls: where it is answered, and that a step was taken."""

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from sala.access.actor import Actor
from sala.concessions import policy
from sala.concessions.models import Concession, OrderFile
from sala.duties.asking import Asker, Item
from sala.duties.models import Assignment, Call
from sala.duties.states import Step
from sala.journal.operations import record

ORDERS = "concession-order"
CHANGES = {Step.SUBMIT: "order answered", Step.ACCEPT: "order accepted", Step.RETURN: "order returned"}


class Orders(Asker):
    code = ORDERS
    is_request = True  # who may order about a concession may ask its holder, wherever that is; draft_order looks at it
    name = gettext_lazy("what must be done about a concession, answered with photos and papers")

    def missing(self, call: Call) -> dict[str, list[str]]:
        if call.assignments.exclude(subject_type="concession").exists():
            return {"position": [_("Each part of such an order is about one concession. Write it from the register of concessions.")]}  # fmt: skip
        return {}

    def answer_url(self, assignment: Assignment) -> str:
        return reverse("concessions:answer_order", args=[assignment.pk]) if assignment.subject_id else ""

    def standing_url(self, call: Call) -> str:
        return reverse("concessions:order", args=[call.reference])

    def items(self, actor: Actor, assignment: Assignment) -> Sequence[Item]:
        """What was sent with the answer; whoever sees the assignment may open it."""
        files = OrderFile.objects.filter(assignment=assignment)
        return [
            Item(key=f"file-{row.pk}", label=row.name, answer=row.get_place_display() if row.point else row.media_type,
                 url=reverse("concessions:order_file", args=[assignment.pk, row.pk]))
            for row in files
        ]  # fmt: skip

    def summary(self, assignment: Assignment) -> str:
        count = OrderFile.objects.filter(assignment=assignment).count()
        return (
            ngettext("%(count)d file was sent.", "%(count)d files were sent.", count) % {"count": count}
            if count
            else ""
        )

    def moved(self, actor: Actor, assignment: Assignment, step: str) -> None:
        """Its concession says so in its history and is looked at anew: findings, situation, and what else asks for it."""
        if step in CHANGES and assignment.subject_type == "concession" and assignment.subject_id is not None:
            concession = Concession.objects.filter(pk=assignment.subject_id).first()
            if concession is not None:
                record(actor, policy.ORDER, concession, change=CHANGES[Step(step)], call=assignment.call_id,
                       assignment=assignment.pk)  # fmt: skip
