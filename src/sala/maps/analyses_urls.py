from django.urls import path

from sala.maps.views import analyses, here, suitability, two_places, zonal

app_name = "analyses"
urlpatterns = [
    path("here/", here.here, name="here"),
    path("here/compare/", two_places.two_places, name="compare_here"),
    path("zonal/", zonal.zonal, name="zonal"),
    path("suitability/", suitability.choose, name="choose"),
    path("suitability/criteria/", suitability.criteria, name="criteria"),
    path("suitability/compare/", suitability.compare, name="compare"),
    path("analyses/<str:reference>/", analyses.analysis, name="analysis"),
    path("analyses/<str:reference>/paper.pdf", analyses.paper, name="paper"),
    path("analyses/<str:reference>/issue/", analyses.issue, name="issue"),
    path("analyses/<str:reference>/open/", analyses.open_to, name="open"),
    path("analyses/<str:reference>/again/", analyses.again, name="again"),
    path("analyses/<str:reference>/files/<str:kind>", analyses.file, name="file"),
]
