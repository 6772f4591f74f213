"""The addresses of the site with the interface for programs beside them, as far as duties go."""

from django.urls import path
from ninja import NinjaAPI

from config.urls import handler404, handler500
from config.urls import urlpatterns as pages
from sala.duties.api import router

api = NinjaAPI(urls_namespace="duties-under-test")
api.add_router("", router)
urlpatterns = [path("api/v1/", api.urls), *pages]
__all__ = ["handler404", "handler500", "urlpatterns"]
