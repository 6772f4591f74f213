from django.urls import path

from sala.places.views import duplicates, facilities, facility_files, list_files

app_name = "facilities"
urlpatterns = [
    path("", facilities.facilities, name="index"),
    path("register.<slug:kind>", facility_files.download, name="file"),
    path("new/", facilities.enter, name="new"),
    path("imports/", list_files.lists, {"kind": facility_files.FACILITIES}, name="imports"),
    path("imports/new/", list_files.upload, {"kind": facility_files.FACILITIES}, name="upload"),
    path("imports/new/<str:token>/", list_files.columns, {"kind": facility_files.FACILITIES}, name="columns"),
    path("imports/<int:pk>/", facility_files.report, name="import"),
    path("duplicates/", duplicates.duplicates, name="duplicates"),
    path("<str:code>/merge/", duplicates.merge, name="merge"),
    path("<str:code>/part/", duplicates.part, name="part"),
    path("<str:code>/apart/<str:other>/", duplicates.keep_apart, name="keep_apart"),
    path("<str:code>/edit/", facilities.change, name="change"),
    path("<str:code>/move/", facilities.move, name="move"),
    path("<str:code>/close/", facilities.close, name="close"),
    path("<str:code>/reopen/", facilities.reopen, name="reopen"),
    path("<str:code>/codes/new/", facilities.give_code, name="give_code"),
    path("<str:code>/codes/<int:pk>/end/", facilities.end_code, name="end_code"),
]
