from django.urls import path

from sala.concessions.views import constraints, exchange, findings, parties, profile, register, screening

app_name = "concessions"
urlpatterns = [
    path("concessions/", register.concessions, name="concessions"),
    path("concessions/screening/", screening.index, name="screenings"),
    path("concessions/screening/new/", screening.new, name="screen"),
    path("concessions/screening/<str:reference>/", screening.screening, name="screening"),
    path("concessions/screening/<str:reference>/paper.pdf", screening.paper, name="screening_paper"),
    path("concessions/screening/<str:reference>/again/", screening.again, name="screen_again"),
    path("concessions/screening/<str:reference>/issue/", screening.issue, name="issue_screening"),
    path("concessions/constraints/", constraints.index, name="constraints"),
    path("concessions/constraints/new/", constraints.new, name="new_constraint"),
    path("concessions/constraints/<slug:code>/", constraints.constraint, name="constraint"),
    path("concessions/constraints/<slug:code>/edit/", constraints.change, name="change_constraint"),
    path("concessions/constraints/<slug:code>/retire/", constraints.retire, name="retire_constraint"),
    path("concessions/findings/", findings.index, name="findings"),
    path("concessions/findings/<int:pk>/", findings.finding, name="finding"),
    path("concessions/findings/<int:pk>/decide/", findings.decide, name="decide"),
    path("concessions/situations/", findings.situations, name="situations"),
    path("concessions/land-matrix.zip", exchange.land_matrix, name="land_matrix"),
    path("concessions/<str:reference>/", profile.concession, name="concession"),
    path("parties/", parties.parties, name="parties"),
    path("parties/<str:number>/", parties.party, name="party"),
]
