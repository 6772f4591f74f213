"""Issued papers: issuing, reading, taking back, and the public page that verifies them."""

import hashlib

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from sala.access.request import Request
from sala.access.scope import can, require, sees, visible
from sala.core import lao, subjects
from sala.core.errors import Conflict, Invalid, NotPermitted, SignInNeeded
from sala.core.form_faults import show_faults
from sala.documents import operations, policy, queries
from sala.documents.forms import CheckFileForm, IssueForm, ReasonForm
from sala.documents.models import IssuedDocument, IssuedKind
from sala.documents.views.files import as_download

PER_PAGE = 50


def issued_list(request: Request) -> HttpResponse:
    """Issued papers that the reader may see."""
    found = visible(request.actor, IssuedDocument).select_related("issuer")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    may_issue = request.actor.has_anywhere(policy.ISSUE)
    return render(request, "documents/issued_list.html", {"page": page, "may_issue": may_issue})


def issued(request: Request, number: str) -> HttpResponse:
    found = get_object_or_404(visible(request.actor, IssuedDocument).select_related("issuer__area"), number=number)
    context = {
        "issued": found,
        "files": found.files.all(),
        "about": _about(request, found),
        "verify_url": operations.issued.verify_url(found.number),
        "may_withdraw": found.is_valid and can(request.actor, policy.ISSUE, found),
    }
    return render(request, "documents/issued.html", context)


def _about(request: Request, found: IssuedDocument):
    """The row the paper is about, when the reader may see it and it has a page."""
    if not found.subject_id or not subjects.knows(found.subject_type):
        return None
    row = subjects.by_noun(found.subject_type).find(found.subject_id)
    return row if row is not None and hasattr(row, "get_absolute_url") and sees(request.actor, row) else None


def issued_file(request: Request, number: str, code: str) -> HttpResponseBase:
    found = get_object_or_404(visible(request.actor, IssuedDocument), number=number)
    file = get_object_or_404(found.files, language=code)
    return as_download(file.sha256, file.name, "application/pdf")


def issue(request: Request) -> HttpResponse:
    """Issue an official letter in the plain layout."""
    if not request.actor.is_signed_in:
        raise SignInNeeded(_("This needs a position in government. Sign in with your link, then send it again."))
    if not request.actor.has_anywhere(policy.ISSUE):
        raise NotPermitted(_("Official papers are issued by records officers and heads of office. Ask yours."))
    form = IssueForm(request.POST or None, reader=request.actor)
    if form.is_valid():
        data = form.cleaned_data
        try:
            paper = operations.issue_document(
                request.actor, data["issuer"], kind=IssuedKind.LETTER, title=data["title"], tier=data["tier"],
                languages=list(data["body"]), context={"body": data["body"], "addressee": data["addressee"]},
            )  # fmt: skip
        except (Invalid, Conflict) as error:
            show_faults(form, error, "title")
        else:
            messages.success(request, _("Issued under number %(number)s.") % {"number": paper.number})
            return redirect(paper)
    context = {
        "form": form, "heading": _("Issue an official letter"), "button": _("Issue"),
        "lead": _("It gets the next number at once and cannot be changed afterwards."),
    }  # fmt: skip
    return render(request, "documents/form.html", context)


def withdraw(request: Request, number: str) -> HttpResponse:
    found = get_object_or_404(visible(request.actor, IssuedDocument).select_related("issuer__area"), number=number)
    require(request.actor, policy.ISSUE, found)
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        operations.withdraw_issued(request.actor, found, **form.cleaned_data)
        messages.success(request, _("Withdrawn. Whoever verifies it is told."))
        return redirect(found)
    context = {"form": form, "heading": _("Withdraw"), "button": _("Withdraw"), "lead": found.number, "is_grave": True}
    return render(request, "documents/form.html", context)


def verify(request: Request, number: str) -> HttpResponse:
    """Whether a paper with this number was issued, is valid, and whether a file is that paper. For anyone.

    Nothing of its content is shown here: whoever holds the paper has it in hand.
    """
    wanted = lao.digits(queries.typed(number))
    found = IssuedDocument.objects.select_related("issuer").filter(number__iexact=wanted).first()
    form = CheckFileForm(request.POST or None, request.FILES or None) if found else None
    result = ""
    if found and form and form.is_valid():
        result = "same" if found.files.filter(sha256=_hash(form.cleaned_data["file"])).exists() else "different"
    context = {
        "number": wanted,
        "issued": found,
        "files": found.files.all() if found else [],
        "form": form,
        "result": result,
        "may_open": found is not None and sees(request.actor, found),
    }
    return render(request, "documents/verify.html", context, status=200 if found else 404)


def verify_start(request: Request) -> HttpResponse:
    """Asks for the number on the paper."""
    number = lao.digits(queries.typed(request.GET.get("number", "")))
    if number and "/" not in number:
        return redirect("documents:verify", number)
    return render(request, "documents/verify_start.html", {"number": number})


def _hash(file) -> str:
    sha = hashlib.sha256()
    for chunk in file.chunks():
        sha.update(chunk)
    return sha.hexdigest()
