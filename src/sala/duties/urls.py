from django.urls import path

from sala.duties.views import assignments, calls, duties

app_name = "duties"
urlpatterns = [
    path("calls/", calls.calls, name="calls"),
    path("calls/new/", calls.draft, name="draft"),
    path("calls/<str:reference>/", calls.call, name="call"),
    path("calls/<str:reference>/edit/", calls.redraft, name="redraft"),
    path("calls/<str:reference>/issue/", calls.issue, name="issue"),
    path("calls/<str:reference>/withdraw/", calls.withdraw, name="withdraw"),
    path("assignments/<int:pk>/", assignments.assignment, name="assignment"),
    path("assignments/<int:pk>/<slug:step>/", assignments.step, name="step"),
    path("duties/", duties.duties, name="duties"),
    path("duties/new/", duties.assign, name="assign"),
    path("duties/without-owner/", duties.without_owner, name="without_owner"),
    path("duties/<int:pk>/", duties.duty, name="duty"),
    path("duties/<int:pk>/end/", duties.end, name="end"),
]
