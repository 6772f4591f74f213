from django.urls import path

from sala.collection.views import filling, forms, phones, rounds

app_name = "collection"
urlpatterns = [
    path("phones/", phones.phones, name="phones"),
    path("posts/<slug:code>/phones/", phones.phones_of, name="phones_of"),
    path("posts/<slug:code>/phones/new/", phones.give, name="give_phone"),
    path("posts/<slug:code>/phones/<int:pk>/revoke/", phones.revoke, name="revoke_phone"),
    path("forms/", forms.forms, name="forms"),
    path("forms/new/", forms.make, name="make_form"),
    path("forms/outbox/", filling.outbox, name="outbox"),
    path("forms/worker.js", filling.fill_worker, name="fill_worker"),
    path("forms/<slug:slug>/fill/", filling.fill, name="fill"),
    path("forms/<slug:slug>/fill/<int:number>.xml", filling.fill_form, name="fill_form"),
    path("forms/<slug:slug>/fill/files/<path:name>", filling.fill_media, name="fill_media"),
    path("forms/<slug:slug>/fill/answers/<int:pk>.xml", filling.fill_answer, name="fill_answer"),
    path("forms/<slug:slug>/fill/answers/<int:pk>/<int:file>", filling.fill_answer_file, name="fill_answer_file"),
    path("forms/<slug:slug>/answers", filling.send_answer, name="send_answer"),
    path("forms/<slug:slug>/", forms.form, name="form"),
    path("forms/<slug:slug>/edit/", forms.change, name="change_form"),
    path("forms/<slug:slug>/withdraw/", forms.withdraw, name="withdraw_form"),
    path("forms/<slug:slug>/versions/new/", forms.send, name="send_version"),
    path("forms/<slug:slug>/versions/<int:number>/", forms.version, name="version"),
    path("forms/<slug:slug>/versions/<int:number>/workbook", forms.workbook, name="workbook"),
    path("forms/<slug:slug>/versions/<int:number>/form.xml", forms.xform, name="xform"),
    path("forms/<slug:slug>/versions/<int:number>/publish/", forms.publish, name="publish_version"),
    path("forms/<slug:slug>/versions/<int:number>/remove/", forms.remove, name="remove_version"),
    path("calls/<str:reference>/forms/", rounds.round_forms, name="round_forms"),
    path("calls/<str:reference>/answers/", rounds.answers, name="round"),
    path("calls/<str:reference>/answers.<slug:kind>", rounds.answers_file, name="round_file"),
    path("calls/<str:reference>/answers/waive/", rounds.waive, name="waive"),
    path("calls/<str:reference>/answers/again/", rounds.again, name="expect_again"),
    path("calls/<str:reference>/answers/give/", rounds.give, name="give_to"),
    path("calls/<str:reference>/answers/add/", rounds.add, name="add_expected"),
]
