"""All addresses. They are stable: what stands here stays."""

from django.urls import include, path

urlpatterns = [
    path("journal/", include("sala.journal.urls")),
    path("places/", include("sala.places.urls")),
    path("", include("sala.people.urls")),
    path("", include("sala.site.urls")),
]

handler404 = "sala.core.middleware.page_not_found"
handler500 = "sala.core.middleware.server_failed"
