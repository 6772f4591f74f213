"""Addresses for phones. Without a key in the address it comes as Authorization: Bearer."""

from django.urls import URLPattern, path

from sala.collection.views import openrosa

app_name = "openrosa"


def _addresses(before: str) -> list[URLPattern]:
    version = f"{before}forms/<slug:slug>/<int:number>"
    return [
        path(f"{before}formList", openrosa.form_list, name="form_list"),
        path(f"{version}.xml", openrosa.form_xml, name="form_xml"),
        path(f"{version}/manifest", openrosa.manifest, name="manifest"),
        path(f"{version}/media/<path:name>", openrosa.media, name="media"),
        path(f"{before}submission", openrosa.submission, name="submission"),
        path(before, openrosa.door, name="door"),
    ]


urlpatterns = [*_addresses(""), *_addresses("<str:token>/")]
