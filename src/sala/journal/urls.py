from django.urls import path

from sala.journal import views

app_name = "journal"
urlpatterns = [
    path("", views.heads, name="heads"),
]
