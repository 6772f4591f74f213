from django.urls import path

from sala.places import views

app_name = "places"
urlpatterns = [
    path("", views.index, name="index"),
    path("imports/", views.imports, name="imports"),
    path("imports/<int:pk>/", views.review, name="import"),
]
