"""Going to the same places together: proposing it, and what the other offices say."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sala.access.form_page import button_form, form_page
from sala.access.request import Request
from sala.access.scope import can, require, visible
from sala.collection import operations, policy
from sala.collection.forms.visits import AnswerJointForm, ProposeForm
from sala.collection.models import JointAnswer, JointProposal, Verdict
from sala.collection.queries.burden import saved_by, would_save
from sala.collection.queries.visits import clashes_of, is_waiting
from sala.collection.views.visits import find
from sala.core.errors import Conflict


def propose(request: Request, slug: str) -> HttpResponse:
    """One joint visit instead of those that go to the same places."""
    found = find(request, slug)
    require(request.actor, policy.VISIT, found)
    clashing = clashes_of(request.actor, found)
    if not clashing:
        raise Conflict(_("No other visit to the same places is planned at that time. Nothing is to be proposed."))
    by_slug = {clash.visit.slug: clash.visit for clash in clashing}
    longest = max(visit.minutes for visit in [found, *by_slug.values()])
    form = ProposeForm(
        request.POST or None, actor=request.actor, longest=longest,
        choices=[(slug, f"{visit.title}, {visit.organisation}") for slug, visit in by_slug.items()],
        initial={"others": list(by_slug), "title": found.title, "starts_on": found.starts_on.isoformat(),
                 "ends_on": found.ends_on.isoformat(), "minutes": longest},
    )  # fmt: skip
    return form_page(
        request, form,
        lambda data: operations.propose_joint(
            request.actor, found, [by_slug[slug] for slug in data.pop("others")], **data
        ),
        heading=_("Propose one joint visit"), back=found, button=_("Propose it"), template="collection/visits/propose.html",
        done=_("Proposed. The other offices find it on their desks and get a message."), clashes=clashing,
        saved=would_save([found, *by_slug.values()], longest), longest=longest,
    )  # fmt: skip


def _proposal(request: Request, pk: int) -> JointProposal:
    rows = visible(request.actor, JointProposal).select_related("visit__organisation__area", "visit__position", "joint", "position")  # fmt: skip
    return get_object_or_404(rows, pk=pk)


def _answers(proposal: JointProposal) -> list[JointAnswer]:
    related = ("visit__organisation__area", "visit__position__organisation", "proposal__visit", "proposal__joint")
    return list(proposal.answers.select_related(*related))


def joint(request: Request, pk: int) -> HttpResponse:
    """A proposal: what would be spared, who has said what, and the buttons of whoever is asked."""
    proposal = _proposal(request, pk)
    answers = _answers(proposal)
    going = [proposal.visit, *(row.visit for row in answers if row.verdict != Verdict.DECLINED)]
    context = {
        "proposal": proposal, "form": AnswerJointForm(),
        "answers": [(row, is_waiting(row) and can(request.actor, policy.VISIT, row.visit)) for row in answers],
        "saved": saved_by(proposal.joint) if proposal.joint else would_save(going, proposal.minutes),
        "may_withdraw": proposal.withdrawn_at is None and any(is_waiting(row) for row in answers) and can(request.actor, policy.VISIT, proposal.visit),
    }  # fmt: skip
    return render(request, "collection/visits/joint.html", context)


def _asked(request: Request, pk: int, number: int) -> JointAnswer:
    proposal = _proposal(request, pk)
    return get_object_or_404(JointAnswer.objects.select_related("visit__organisation__area", "visit__position"), proposal=proposal, pk=number)  # fmt: skip


@require_POST
def agree(request: Request, pk: int, number: int) -> HttpResponse:
    return redirect(operations.agree_joint(request.actor, _asked(request, pk, number)))


def decline(request: Request, pk: int, number: int) -> HttpResponse:
    answer = _asked(request, pk, number)
    require(request.actor, policy.VISIT, answer.visit)
    return form_page(
        request, AnswerJointForm(request.POST or None),
        lambda data: operations.decline_joint(request.actor, answer, reason=data["reason"]),
        heading=_("Go on your own"), back=answer.proposal, button=_("We go on our own"), done=_("The other office is told."),
    )  # fmt: skip


def withdraw(request: Request, pk: int) -> HttpResponse:
    proposal = _proposal(request, pk)
    require(request.actor, policy.VISIT, proposal.visit)
    return form_page(
        request, button_form(request), lambda data: operations.withdraw_proposal(request.actor, proposal),
        heading=_("Withdraw the proposal"), back=proposal, button=_("Withdraw it"), done=_("Nobody is asked any more."),
    )  # fmt: skip
