"""All addresses. They are stable: what stands here stays."""

from django.urls import include, path

from config.api import api

urlpatterns = [
    path("api/", api.urls),
    path("journal/", include("sala.journal.urls")),
    path("places/", include("sala.places.urls")),
    path("datasets/", include("sala.catalogue.urls")),
    path("", include("sala.bodies.urls")),
    path("", include("sala.duties.urls")),
    path("", include("sala.documents.urls")),
    path("", include("sala.people.urls")),
    path("", include("sala.site.urls")),
]

handler404 = "sala.core.middleware.page_not_found"
handler500 = "sala.core.middleware.server_failed"
