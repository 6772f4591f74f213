from django.urls import path

from sala.site.views import desk, history, home, place, search

app_name = "site"
urlpatterns = [
    path("search/", search.search, name="search"),
    path("places/<str:code>/", place.place, name="place"),
    path("desk/", desk.desk, name="desk"),
    path("hand-overs/<int:pk>/", desk.hand_over_sheet, name="hand_over_sheet"),
    path("", home.home, name="home"),
    path("about/", home.about, name="about"),
    path("healthz", home.health, name="health"),
    path("portal/<slug:code>.css", home.portal_css, name="portal_css"),
    path("journal/<slug:noun>/<int:pk>/", history.history, name="history"),
]
