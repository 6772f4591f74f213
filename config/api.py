"""The one API: each part's router, one error form, tokens or the session for who asks."""

from typing import Any

from django.db import DataError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import ValidationError
from ninja.utils import check_csrf

from config.api_examples import with_examples
from sala import __version__
from sala.bodies.api import router as bodies
from sala.catalogue.api import router as catalogue
from sala.collection.api import router as collection
from sala.concessions.api import router as concessions
from sala.core.errors import Invalid, Missing, NotPermitted, SalaError
from sala.core.middleware import answer, unstorable
from sala.documents.api import router as documents
from sala.duties.api import router as duties
from sala.ledger.api import router as ledger
from sala.maps.analyses_api import router as analyses
from sala.maps.api import router as maps
from sala.people.api import router as people
from sala.places.api import router as places
from sala.search.api import router as search
from sala.site.api import router as site

SAFE = {"GET", "HEAD", "OPTIONS"}


def same_site(request: HttpRequest) -> bool:
    """Who asks is known already (people.middleware). A change made with a session must come from our own pages."""
    by_session = not request.headers.get("Authorization", "").startswith("Bearer ")
    if request.method not in SAFE and by_session and check_csrf(request):
        raise NotPermitted(_("Changes through the API need a token of your post. Make one on the page of the post."))
    return True


class DescribedAPI(NinjaAPI):
    """The API with examples in its description."""

    def get_openapi_schema(self, **options: Any) -> Any:
        return with_examples(super().get_openapi_schema(**options))


api = DescribedAPI(
    auth=same_site,
    title="Sala",
    version=__version__,
    description="Reading needs no key. Send `Authorization: Bearer …` with a token of your post to see and do more.",
    urls_namespace="api",
    openapi_url="/openapi.json",
    docs_url="/docs",
)
for router in (
    places,
    people,
    catalogue,
    documents,
    duties,
    ledger,
    bodies,
    collection,
    concessions,
    analyses,
    maps,
    search,
    site,
):
    api.add_router("/v1", router)


@api.exception_handler(SalaError)
def expected(request: HttpRequest, error: SalaError) -> HttpResponse:
    return answer(request, error)


@api.exception_handler(DataError)
def unkept(request: HttpRequest, error: DataError) -> HttpResponse:
    return answer(request, unstorable())


@api.exception_handler(ValidationError)
def malformed(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """What did not fit the declared shape, field by field."""
    fields: dict[str, list[str]] = {}
    for fault in error.errors:
        fields.setdefault(".".join(str(part) for part in fault["loc"][1:]), []).append(str(fault["msg"]))
    return answer(request, Invalid(fields=fields))


@api.exception_handler(Http404)
def missing(request: HttpRequest, error: Http404) -> HttpResponse:
    """Not there, or not to be seen by this caller: the two look the same."""
    return answer(request, Missing(_("Check the address, or search for what you need.")))
