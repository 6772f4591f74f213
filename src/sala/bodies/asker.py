"""What a request for documents tells the engine of calls: the papers asked, and what an office gave for each."""

from collections.abc import Sequence
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from sala.access.actor import Actor
from sala.access.scope import visible
from sala.bodies.models import PaperAsked, PaperGiven
from sala.bodies.operations.papers import missing_papers
from sala.documents.models import Document
from sala.duties.asking import Asker, Fault, Item
from sala.duties.models import Assignment, Call


class Papers(Asker):
    """Documents to be delivered, one by one; a reviewer returns single ones."""

    code = "papers"
    name = gettext_lazy("Documents to deliver")

    def missing(self, call: Call) -> dict[str, list[str]]:
        return {} if call.papers_asked.exists() else {"asker": [_("Say which documents are asked.")]}

    def edit_url(self, call: Call) -> str:
        return reverse("bodies:papers_asked", args=[call.reference])

    def answer_url(self, assignment: Assignment) -> str:
        return reverse("bodies:papers_given", args=[assignment.pk])

    def items(self, actor: Actor, assignment: Assignment) -> Sequence[Item]:
        given = dict(assignment.papers_given.values_list("asked", "document"))
        shown = visible(actor, Document).in_bulk(given.values())
        return [self._item(paper, given.get(paper.pk), shown) for paper in assignment.call.papers_asked.all()]

    def _item(self, paper: PaperAsked, number: int | None, shown: dict[int, Document]) -> Item:
        document = shown.get(number) if number else None
        answer = document.title if document else _("a document that is not open to you") if number else ""
        return Item(
            key=str(paper.number), label=paper.title, answer=answer,
            url=document.get_absolute_url() if document else "", missing=paper.is_needed and number is None,
        )  # fmt: skip

    def check(self, assignment: Assignment) -> Sequence[Fault]:
        return [
            Fault(str(paper.number), _("“%(title)s” is still missing.") % {"title": paper.title})
            for paper in missing_papers(assignment)
        ]

    def summary(self, assignment: Assignment) -> str:
        count = assignment.papers_given.count()
        return ngettext("%(count)d document", "%(count)d documents", count) % {"count": count}

    def carry_forward(self, source: Call, target: Call, today: date) -> None:
        """The same papers, but for no agenda item: that meeting is over."""
        PaperAsked.objects.bulk_create(
            PaperAsked(call=target, number=paper.number, title=paper.title, kind=paper.kind, is_needed=paper.is_needed)
            for paper in source.papers_asked.all()
        )


def given_to(assignment: Assignment) -> dict[int, PaperGiven]:
    return {row.asked_id: row for row in assignment.papers_given.select_related("document")}
