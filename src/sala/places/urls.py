from django.urls import path

from sala.places.views import boundary_files, changes, list_files, place_lists, tree

app_name = "places"
urlpatterns = [
    path("", tree.index, name="index"),
    path("imports/", boundary_files.imports, name="imports"),
    path("imports/new/", boundary_files.upload, name="upload"),
    path("imports/new/<str:token>/", boundary_files.columns, name="columns"),
    path("imports/<int:pk>/", boundary_files.review, name="import"),
    path("imports/<int:pk>/rows/<int:number>/", boundary_files.decide, name="decide"),
    path("imports/<int:pk>/withdraw/", boundary_files.withdraw, name="withdraw"),
    path("lists/", list_files.lists, {"kind": place_lists.PLACES}, name="lists"),
    path("lists/new/", list_files.upload, {"kind": place_lists.PLACES}, name="list_upload"),
    path("lists/new/<str:token>/", list_files.columns, {"kind": place_lists.PLACES}, name="list_columns"),
    path("lists/changes/", list_files.lists, {"kind": place_lists.CHANGES}, name="change_lists"),
    path("lists/changes/new/", list_files.upload, {"kind": place_lists.CHANGES}, name="change_upload"),
    path("lists/changes/new/<str:token>/", list_files.columns, {"kind": place_lists.CHANGES}, name="change_columns"),
    path("lists/<int:pk>/", place_lists.review, name="list"),
    path("lists/<int:pk>/make/", place_lists.make, name="list_make"),
    path("lists/<int:pk>/rows/<int:number>/", place_lists.decide, name="list_decide"),
    path("lists/<int:pk>/rows/<int:number>/refuse/", place_lists.refuse, name="list_refuse"),
    path("<str:code>/edit/", changes.correct, name="edit"),
    path("<str:code>/rename/", changes.rename, name="rename"),
    path("<str:code>/transfer/", changes.transfer, name="transfer"),
    path("<str:code>/split/", changes.split, name="split"),
    path("<str:code>/merge/", changes.merge, name="merge"),
    path("<str:code>/end/", changes.end, name="end"),
]
