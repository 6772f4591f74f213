"""All addresses. They are stable: what stands here stays."""

from django.urls import include, path

from config.api import api
from sala.catalogue.views import ckan, dcat, oai

urlpatterns = [
    path("api/3/action/<str:name>", ckan.action, name="ckan"),
    path("api/action/<str:name>", ckan.action, name="ckan_unversioned"),
    path("api/", api.urls),
    path("oai", oai.endpoint, name="oai"),
    path("catalog.ttl", dcat.catalogue, {"kind": "ttl"}, name="catalog_ttl"),
    path("catalog.jsonld", dcat.catalogue, {"kind": "jsonld"}, name="catalog_jsonld"),
    path("ogc/", include("sala.maps.ogc.urls")),
    path("openrosa/", include("sala.collection.openrosa_urls")),
    path("journal/", include("sala.journal.urls")),
    path("places/", include("sala.places.urls")),
    path("facilities/", include("sala.places.facility_urls")),
    path("", include("sala.maps.analyses_urls")),
    path("datasets/", include("sala.catalogue.urls.datasets")),
    path("", include("sala.catalogue.urls.exchange")),
    path("", include("sala.maps.urls")),
    path("", include("sala.bodies.urls")),
    path("", include("sala.concessions.urls")),
    path("", include("sala.collection.urls")),
    path("ledger/", include("sala.ledger.urls")),
    path("", include("sala.duties.urls")),
    path("", include("sala.documents.urls")),
    path("", include("sala.people.urls")),
    path("", include("sala.site.urls")),
]

handler404 = "sala.core.middleware.page_not_found"
handler500 = "sala.core.middleware.server_failed"
