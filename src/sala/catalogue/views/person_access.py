"""Pages on which a person without a post asks for access, and the office answers."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sala.access.choosing import Chooser, ChoosingForm
from sala.access.request import Request
from sala.access.scope import can
from sala.catalogue.operations.access import LONGEST_PURPOSE
from sala.catalogue.operations.person_access import answer_person, ask_as_person, withdraw_request
from sala.catalogue.queries.person_requests import own_requests, requests_seen
from sala.core.errors import Conflict, Invalid, SignInNeeded
from sala.core.form_faults import show_faults
from sala.duties import policy as duties
from sala.people.models import Organisation


class AskForm(ChoosingForm, forms.Form):
    owner = Chooser(Organisation, label=gettext_lazy("Office that keeps it"))
    wanted = forms.CharField(label=gettext_lazy("What you ask for"), max_length=300,
                             help_text=gettext_lazy("Its title, as far as you know it."))  # fmt: skip
    purpose = forms.CharField(
        label=gettext_lazy("What you need it for"), max_length=LONGEST_PURPOSE, widget=forms.Textarea(attrs={"rows": 3})
    )


class AnswerForm(forms.Form):
    decision = forms.ChoiceField(
        label=gettext_lazy("Decision"), widget=forms.RadioSelect,
        choices=[("give", gettext_lazy("It is given")), ("refuse", gettext_lazy("It is refused"))],
    )  # fmt: skip
    answer = forms.CharField(
        label=gettext_lazy("Answer"), widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Where it is found or how it comes; when you refuse, why and by which law."),
    )  # fmt: skip


def ask(request: Request) -> HttpResponse:
    """What the person asks, and below it what was asked before, with the answers."""
    if not request.actor.is_signed_in:
        raise SignInNeeded(_("Sign in with your e-mail address, so that the office can answer you."))
    form = AskForm(request.POST or None, initial={name: request.GET.get(name, "") for name in ("wanted", "owner")})
    form.read_as(request.actor)
    if form.is_valid():
        try:
            made = ask_as_person(request.actor, **form.cleaned_data)
        except (Invalid, Conflict) as error:
            show_faults(form, error)
        else:
            messages.success(request, _("Asked. You will be told by mail what the office answers."))
            return redirect(made)
    context = {"form": form, "mine": own_requests(request.actor)}
    return render(request, "catalogue/access/person_ask.html", context)


def person_request(request: Request, pk: int) -> HttpResponse:
    """For the person who asked and for the office asked; who answers for it has the form, who asked may take it back."""
    actor = request.actor
    asked = get_object_or_404(requests_seen(actor), pk=pk)
    is_mine = actor.is_signed_in and asked.person_id == actor.person_id
    if request.POST.get("do") == "withdraw":
        withdraw_request(actor, asked)
        messages.success(request, _("Taken back. The office is told."))
        return redirect("catalogue:ask_as_person")
    answers = not asked.decision and can(actor, duties.SUBMIT, asked.position)
    form = AnswerForm(request.POST or None) if answers else None
    if form is not None and form.is_valid():
        data = form.cleaned_data
        answer_person(actor, asked, given=data["decision"] == "give", answer=data["answer"])
        messages.success(request, _("Decided. The person is told by mail."))
        return redirect(asked)
    context = {"asked": asked, "form": form, "may_withdraw": is_mine and not asked.decision}
    return render(request, "catalogue/access/person_request.html", context)
