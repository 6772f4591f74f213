from django.urls import path

from sala.site.views import calendar, desk, errands, first_day, hand_overs, history, home, place, search, sitemap

app_name = "site"
urlpatterns = [
    path("search/", search.search, name="search"),
    path("feeds/search.atom", search.feed, name="search_feed"),
    path("places/<str:code>/", place.place, name="place"),
    path("places/<str:code>/compare/", place.choose_other, name="choose_other"),
    path("places/<str:code>/compare/<str:other>/", place.compare, name="compare"),
    path("places/<str:code>/figures/<slug:figure>/", place.series, name="series"),
    path("portals/<slug:code>/edit/", home.edit_portal, name="edit_portal"),
    path("robots.txt", sitemap.robots, name="robots"),
    path("sitemap.xml", sitemap.sitemap, name="sitemap"),
    path("sitemap-<slug:noun>-<int:page>.xml", sitemap.part, name="sitemap_part"),
    path("desk/", desk.desk, name="desk"),
    path("calendar/", calendar.calendar, name="calendar"),
    path("calendar.ics", calendar.calendar_feed, name="calendar_feed"),
    path("calendar/<str:secret>.ics", calendar.calendar_private, name="calendar_private"),
    path("posts/<slug:code>/calendar/", calendar.post_calendar, name="post_calendar"),
    path("posts/<slug:code>/calendar/<int:pk>/revoke/", calendar.revoke_calendar, name="revoke_calendar"),
    path("errands/<uuid:pk>/", errands.errand, name="errand"),
    path("posts/<slug:code>/first-day/", first_day.first_day, name="first_day"),
    path("posts/<slug:code>/hand-over/", hand_overs.hand_over, name="hand_over"),
    path("hand-overs/<int:pk>/", hand_overs.sheet, name="hand_over_sheet"),
    path("", home.home, name="home"),
    path("about/", home.about, name="about"),
    path("healthz", home.health, name="health"),
    path("portal/<slug:code>.css", home.portal_css, name="portal_css"),
    path("journal/<slug:noun>/<int:pk>/", history.history, name="history"),
]
