from django.urls import path

from sala.concessions.views import parties, profile, register

app_name = "concessions"
urlpatterns = [
    path("concessions/", register.concessions, name="concessions"),
    path("concessions/<str:reference>/", profile.concession, name="concession"),
    path("parties/", parties.parties, name="parties"),
    path("parties/<str:number>/", parties.party, name="party"),
]
