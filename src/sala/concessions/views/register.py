"""The register as a page: what was asked for, its totals, and its lines."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render

from sala.access.request import Request
from sala.concessions import policy
from sala.concessions.forms.narrow import NarrowForm
from sala.concessions.models import Concession
from sala.concessions.queries.register import Narrowing, Totals, in_order, lines, register, totals, whole

PER_PAGE = 50
PRINTED = 2000


class CountedPages(Paginator):
    """Pages of rows whose number is known already."""

    def __init__(self, rows, per_page: int, known: int):
        super().__init__(rows, per_page)
        self.__dict__["count"] = known


def concessions(request: Request) -> HttpResponse:
    """The register as a table; ?print=1 puts all that was found on one page. What was asked stands in the address."""
    form = NarrowForm(request.GET, actor=request.actor)
    wanted = form.narrowing() if form.is_valid() else Narrowing()
    rows = register(request.actor, wanted) if form.is_valid() else Concession.objects.none()
    sums = totals(request.actor, rows) if form.is_valid() else Totals(0)
    numbers = in_order(rows, wanted.order, number=sums.number).values_list("pk", flat=True)
    pages = CountedPages(numbers, PRINTED if request.GET.get("print") else PER_PAGE, sums.number)
    page = pages.get_page(request.GET.get("page"))
    context = {
        "page": page,
        "lines": lines(request.actor, whole(page.object_list)),
        "totals": sums,
        "form": form,
        "query": request.GET.urlencode(),
        "may_order": request.actor.has_anywhere(policy.ORDER),
        "may_enter": request.actor.has_anywhere(policy.ENTER),
        "may_import": request.actor.has_anywhere(policy.IMPORT),
    }
    return render(request, "concessions/concessions.html", context)
