"""Texts in several languages: kept per language, shown with an open fallback, required where required."""

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.template import Context, Template
from django.utils import translation

from sala.core.language import Translated, completeness
from sala.core.models import Term


def test_the_language_found_travels_with_the_text():
    text = Translated(lo="ບ້ານ")
    assert text.text("en") == ("ບ້ານ", "lo") and text.text("lo") == ("ບ້ານ", "lo")
    assert text.missing() == ["en"]


def test_a_fallback_is_marked_on_the_page():
    page = Template("{{ name|words }}").render(Context({"name": Translated(lo="ບ້ານ <b>")}))
    assert page == '<span lang="lo" class="other-language">ບ້ານ &lt;b&gt;</span>'
    with translation.override("lo"):
        assert Template("{{ name|words }}").render(Context({"name": Translated(lo="ບ້ານ")})) == "ບ້ານ"


def test_invisible_marks_are_not_stored():
    assert Translated(lo="ບ້\u200bານ")["lo"] == "ບ້ານ"


@pytest.mark.django_db
def test_the_countrys_language_is_required():
    with pytest.raises(ValidationError):
        Term(scheme="x", code="y", name=Translated(en="village")).full_clean()


@pytest.mark.django_db
def test_what_is_stored_comes_back_as_texts():
    Term.objects.create(scheme="x", code="y", name=Translated(lo="ບ້ານ", en="village"))
    assert Term.objects.get(scheme="x").name.text("en").text == "village"


@pytest.mark.django_db
def test_texts_are_clean_however_they_were_stored():
    Term.objects.create(scheme="x", code="y", name={"lo": " ບ້\u200bານ", "en": ""})
    assert Term.objects.get(scheme="x").name == {"lo": "ບ້ານ"}
    with connection.cursor() as cursor:
        cursor.execute("""update core_term set name = '{"lo": "ບ້ານ", "en": ""}' where scheme = 'x'""")
    assert Term.objects.get(scheme="x").name.text("en") == ("ບ້ານ", "lo")


def test_completeness_is_the_share_of_filled_texts():
    assert completeness([Translated(lo="a", en="b"), Translated(lo="c")], "en") == 0.5
