"""Whom a draft asks: the list, a selection shown before it is taken, and taking posts off again."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sala.access.request import Request
from sala.core.errors import Conflict
from sala.duties import operations
from sala.duties.forms import Selection, SelectionForm
from sala.duties.models import Call
from sala.duties.operations import Asked
from sala.duties.operations.speaking import require_speaking_for
from sala.duties.queries.load import open_of
from sala.duties.standing_in import reached_many
from sala.duties.views.finding import call_or_404
from sala.people.models import Organisation, Position

PER_PAGE = 100
PREVIEWED = 50


def asked(request: Request, reference: str) -> HttpResponse:
    """GET with a selection shows what it would add; the button adds it. The list has boxes to take posts off."""
    call = call_or_404(request.actor, reference)
    require_speaking_for(request.actor, call.issuer)
    if not call.is_draft:
        raise Conflict(_("This call has left its draft. Withdraw it and issue a new one."))
    if request.method == "POST":
        return _change(request, call)
    form = SelectionForm(request.GET if request.GET.get("choose") else None, call=call)
    rows = call.assignments.select_related(
        "position__organisation", "validating_position", "parent__position__organisation"
    )
    page = Paginator(rows.order_by("position__organisation__code", "id"), PER_PAGE).get_page(request.GET.get("page"))
    context = {"call": call, "form": form, "page": page, **(_preview(form.selection()) if form.is_valid() else {})}
    return render(request, "duties/asked.html", context, status=422 if form.errors else 200)


def _preview(selection: Selection) -> dict:
    """The first of the chosen posts, with who is told about their work and what lies on them already."""
    posts = list(selection.posts[:PREVIEWED])
    told, load = reached_many(posts), open_of([post.pk for post in posts])
    return {
        "chosen": selection.posts.count(),
        "posts": [{"post": post, "who": told[post.pk], "open": load.get(post.pk, 0)} for post in posts],
    }


def _change(request: Request, call: Call) -> HttpResponse:
    if request.POST.get("remove"):
        numbers = [int(number) for number in request.POST.getlist("assignment") if number.isdigit()]
        count = operations.remove_asked(request.actor, call, numbers)
        messages.success(
            request,
            ngettext("%(count)d post was taken off.", "%(count)d posts were taken off.", count) % {"count": count},
        )
        return redirect("duties:asked", call.reference)
    form = SelectionForm(request.POST, call=call)
    if not form.is_valid():
        return render(request, "duties/asked.html", {"call": call, "form": form}, status=422)
    count = operations.add_asked(request.actor, call, _rows(form.selection()))
    messages.success(
        request, ngettext("%(count)d post was added.", "%(count)d posts were added.", count) % {"count": count}
    )
    return redirect("duties:asked", call.reference)


def _rows(selection: Selection) -> list[Asked]:
    """Posts of a selection; those that sum them up come first, once each."""
    posts = list(selection.posts)
    above = _above(posts, selection.above) if selection.above else {}
    summing = {post.pk: post for post in above.values()}
    return [
        *(Asked(post, checker=selection.checker) for post in summing.values()),
        *(
            Asked(post, checker=above.get(post.pk) or selection.checker, above=above.get(post.pk))
            for post in posts
            if post.pk not in summing
        ),
    ]


def _above(posts: list[Position], kind: str) -> dict[int, Position]:
    """Post → the post of this kind in the organisation above its own."""
    parents = {post.organisation.parent_id for post in posts if post.organisation.parent_id}
    codes = dict(Organisation.objects.filter(pk__in=parents).values_list("pk", "code"))
    found = {
        post.code: post
        for post in Position.objects.filter(
            code__in=[f"{code}-{kind}" for code in codes.values()], closed_on__isnull=True
        )
    }
    return {
        post.pk: found[code]
        for post in posts
        if post.organisation.parent_id and (code := f"{codes[post.organisation.parent_id]}-{kind}") in found
    }
