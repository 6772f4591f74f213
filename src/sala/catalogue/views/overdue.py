"""What is overdue, by place and owner; and the order that asks for all of it at once."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext

from sala.access.request import Request
from sala.access.scope import visible
from sala.catalogue.forms.orders import OrderForm
from sala.catalogue.models import Dataset
from sala.catalogue.operations import order_update
from sala.catalogue.operations.orders import RESPONSIBLE
from sala.catalogue.queries import overdue
from sala.catalogue.views.datasets import largest_owners
from sala.core.errors import Invalid
from sala.core.language import sorted_by
from sala.duties import policy as duties
from sala.duties.responsible import responsible
from sala.duties.views.finding import need_anywhere
from sala.people.models import Organisation
from sala.places.models import Area

PER_PAGE = 50
NAMED = 5  # datasets without a post that the message names


def _late(request: Request) -> tuple[dict[str, str], QuerySet[Dataset]]:
    """The filters of the address, and the datasets that are late within them: a place with all below it, an owner with
    its offices."""
    chosen = {name: request.GET.get(name, "").strip() for name in ("place", "owner")}
    rows = visible(request.actor, Dataset).defer("description", "source_note")
    if chosen["place"]:
        area = Area.objects.filter(code=chosen["place"]).first()
        rows = rows.filter(place__path__startswith=area.path) if area else rows.none()
    if chosen["owner"]:
        owner = Organisation.objects.filter(code__iexact=chosen["owner"]).first()
        rows = rows.filter(owner__path__startswith=owner.path) if owner else rows.none()
    return chosen, overdue(rows)


def overdue_list(request: Request) -> HttpResponse:
    """Which promised editions are late, and who owes them: public, as far as the datasets are."""
    chosen, late = _late(request)
    paginator = Paginator(late, PER_PAGE)
    context = {
        "page": paginator.get_page(request.GET.get("page")),
        "chosen": chosen,
        "places": Area.objects.filter(level__rank__lte=1, ended_on__isnull=True).order_by(sorted_by("name")),
        "owners": largest_owners(request.actor, chosen["owner"]),
        "may_order": request.actor.has_anywhere(duties.ISSUE) and bool(paginator.count),
    }
    return render(request, "catalogue/overdue.html", context)


def order(request: Request) -> HttpResponse:
    """One order for all that is overdue within the filters. It is a draft first, so that it can be read before it goes."""
    need_anywhere(request.actor, duties.ISSUE)
    late = list(_late(request)[1])
    posts = responsible(late, RESPONSIBLE)
    form = OrderForm(request.POST or None, actor=request.actor)
    if form.is_valid():
        rows = Dataset.objects.filter(pk__in=[dataset.pk for dataset in late])
        try:
            call, ordered = order_update(request.actor, rows, **form.cleaned_data)
        except Invalid as refused:
            form.add_error(None, str(refused))
        else:
            _say(request, ordered)
            return redirect(call)
    context = {
        "form": form,
        "rows": [{"dataset": row, "post": posts.get(row.pk)} for row in late],
        "without": sum(row.pk not in posts for row in late),
    }
    return render(request, "catalogue/order.html", context)


def _say(request: Request, ordered) -> None:
    asked = ngettext("%(count)d dataset is on the order.", "%(count)d datasets are on the order.", ordered.new)
    messages.success(request, asked % {"count": ordered.new})
    if ordered.without:
        names = "; ".join(str(row) for row in ordered.without[:NAMED])
        text = ngettext(
            "%(count)d has no responsible post and is not asked: %(names)s. Name its owner first.",
            "%(count)d have no responsible post and are not asked: %(names)s. Name their owners first.",
            len(ordered.without),
        )
        messages.warning(request, text % {"count": len(ordered.without), "names": names})
