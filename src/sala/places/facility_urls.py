from django.urls import path

from sala.places.views import facilities, facility_files

app_name = "facilities"
urlpatterns = [
    path("", facilities.facilities, name="index"),
    path("register.<slug:kind>", facility_files.download, name="file"),
    path("new/", facilities.enter, name="new"),
    path("<str:code>/edit/", facilities.change, name="change"),
    path("<str:code>/move/", facilities.move, name="move"),
    path("<str:code>/close/", facilities.close, name="close"),
    path("<str:code>/reopen/", facilities.reopen, name="reopen"),
    path("<str:code>/codes/new/", facilities.give_code, name="give_code"),
    path("<str:code>/codes/<int:pk>/end/", facilities.end_code, name="end_code"),
]
