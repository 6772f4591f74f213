from django.urls import path, register_converter
from django.urls.converters import StringConverter

from sala.documents.views import files, issued, keeping, listing, rules


class Sha256Converter(StringConverter):
    """A hash as it is written in addresses: 64 small hexadecimal figures."""

    regex = "[0-9a-f]{64}"


register_converter(Sha256Converter, "sha256")

app_name = "documents"
urlpatterns = [
    path("documents/", listing.documents, name="documents"),
    path("documents/add/", keeping.add, name="add"),
    path("documents/<slug:slug>/", listing.document, name="document"),
    path("documents/<slug:slug>/edit/", keeping.change, name="edit"),
    path("documents/<slug:slug>/publish/", keeping.publish, name="publish"),
    path("documents/<slug:slug>/readers/", keeping.classify, name="classify"),
    path("documents/<slug:slug>/withdraw/", keeping.withdraw, name="withdraw"),
    path("documents/<slug:slug>/references/add/", keeping.add_reference, name="add_reference"),
    path("documents/<slug:slug>/references/<int:pk>/remove/", keeping.remove_reference, name="remove_reference"),
    path("documents/<slug:slug>/files/add/", files.add, name="add_file"),
    path("documents/<slug:slug>/files/<sha256:sha256>/replace/", files.replace, name="replace_file"),
    path("documents/<slug:slug>/file/<sha256:sha256>/<str:name>", files.download, name="file"),
    path("documents/<slug:slug>/copy/", files.download_copy, name="link_copy"),
    path("documents/<slug:slug>/pages/<slug:code>/<int:number>/", listing.page, name="page"),
    path("rules/", rules.rules, name="rules_index"),
    path("rules/add/", rules.add, name="add_rule"),
    path("rules/<slug:kind>/", rules.rules, name="rules"),
    path("rules/<int:pk>/end/", rules.end, name="end_rule"),
    path("working-days/", rules.working_days, name="working_days_now"),
    path("working-days/add/", rules.add_day, name="add_day"),
    path("working-days/<int:year>/", rules.working_days, name="working_days"),
    path("working-days/entries/<int:pk>/remove/", rules.remove_day, name="remove_day"),
    path("issued/", issued.issued_list, name="issued_list"),
    path("issued/add/", issued.issue, name="issue"),
    path("issued/<slug:number>/", issued.issued, name="issued"),
    path("issued/<slug:number>/withdraw/", issued.withdraw, name="withdraw_issued"),
    path("issued/<slug:number>/<slug:code>.pdf", issued.issued_file, name="issued_file"),
    path("verify/", issued.verify_start, name="verify_start"),
    path("verify/<str:number>/", issued.verify, name="verify"),
]
