from django.urls import path

from sala.duties.views import asked, assignments, calls, duties, recommendation_steps, recommendations, threads

app_name = "duties"
urlpatterns = [
    path("calls/", calls.calls, name="calls"),
    path("calls/new/", calls.draft, name="draft"),
    path("calls/<str:reference>/", calls.call, name="call"),
    path("calls/<str:reference>/edit/", calls.redraft, name="redraft"),
    path("calls/<str:reference>/asked/", asked.asked, name="asked"),
    path("calls/<str:reference>/issue/", calls.issue, name="issue"),
    path("calls/<str:reference>/part/", calls.part, name="part"),
    path("calls/<str:reference>/questions/", threads.ask, name="ask"),
    path("calls/<str:reference>/close/", calls.close, name="close"),
    path("calls/<str:reference>/withdraw/", calls.withdraw, name="withdraw"),
    path("questions/<int:pk>/", threads.reply, name="reply"),
    path("questions/entries/<int:pk>/hide/", threads.hide, name="hide"),
    path("assignments/<int:pk>/", assignments.assignment, name="assignment"),
    path("assignments/<int:pk>/more-time/", assignments.ask_extension, name="ask_extension"),
    path("assignments/<int:pk>/<slug:step>/", assignments.step, name="step"),
    path("more-time/<int:pk>/", assignments.decide_extension, name="decide_extension"),
    path("duties/", duties.duties, name="duties"),
    path("duties/new/", duties.assign, name="assign"),
    path("duties/matrix/", duties.matrix, name="matrix"),
    path("duties/without-owner/", duties.without_owner, name="without_owner"),
    path("duties/<int:pk>/", duties.duty, name="duty"),
    path("duties/<int:pk>/end/", duties.end, name="end"),
    path("recommendations/", recommendations.board, name="recommendations"),
    path("recommendations.csv", recommendations.board_csv, name="recommendations_csv"),
    path("recommendations/new/", recommendation_steps.draft, name="new_recommendation"),
    path("recommendations/<str:reference>/", recommendations.recommendation, name="recommendation"),
    path("recommendations/<str:reference>/<slug:step>/", recommendation_steps.step, name="recommendation_step"),
]
